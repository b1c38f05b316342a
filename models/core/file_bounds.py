"""What the lake's catalogue knows for certain of the values in data files, before any file is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pyiceberg.conversions import from_bytes
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema
from pyiceberg.types import DateType, IcebergType, StringType

Bounds = Mapping[str, tuple[Any, Any]]
"""By column, the least and the largest value of all rows; without missing ones."""
CUT = 16
"""Bounds of texts are cut at so many signs, so that they are the very values only where they are shorter."""
EPOCH = date(1970, 1, 1)


def bounds_of(schema: Schema, files: Sequence[DataFile], columns: Iterable[str]) -> Bounds:
    """The bounds of text and date columns over all rows of files; a column is left out where they are not certain."""
    found = {}
    for name in columns:
        field = schema.find_field(name)
        each = [_of_file(file, field.field_id, field.field_type) for file in files]
        certain = [pair for pair in each if pair is not None]
        if each and len(certain) == len(each):
            found[name] = (min(low for low, _ in certain), max(high for _, high in certain))
    return found


def _of_file(file: DataFile, number: int, kind: IcebergType) -> tuple[Any, Any] | None:
    ends = [known.get(number) for known in (file.lower_bounds or {}, file.upper_bounds or {})]
    if None in ends or (file.null_value_counts or {}).get(number) != 0:
        return None
    low, high = (_value(kind, end) for end in ends)
    return None if low is None or high is None else (low, high)


def _value(kind: IcebergType, stored: Any) -> Any:
    if isinstance(kind, DateType):
        return EPOCH + timedelta(days=int(from_bytes(kind, stored)))
    if isinstance(kind, StringType):
        text = str(from_bytes(kind, stored))
        return text if len(text) < CUT else None
    return None

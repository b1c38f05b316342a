"""Reading records as facts: rows of columns become an Arrow table, keys as text, without an object for each key.

A select names `key_text(column)` where it wants a key; `arrow` writes all keys alike, whatever the database answered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Text, cast
from sqlalchemy.orm import InstrumentedAttribute

BARE = 32
"""The length of a key as SQLite keeps it, without dashes."""
PARTS = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))


def key_text(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A key as the database writes it; only for `arrow`, and to compare with others of the same database."""
    return cast(column, Text)


def arrow(schema: pa.Schema, rows: Sequence[Sequence[object]], *, keys: Collection[str] = ()) -> pa.Table:
    """Rows as an Arrow table of a schema. The columns `keys` came by `key_text`."""
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(list(values), field.type) for values, field in zip(columns, schema, strict=True)]
    written = [dashed(array) if field.name in keys else array for array, field in zip(arrays, schema, strict=True)]
    return pa.table(written, schema=schema)


def dashed(keys: pa.Array) -> pa.Array:
    """Keys with their dashes: `6f1c2f0e-6a0d-5c8f-9d53-1f6f7c1f7a10`; missing ones stay missing."""
    some = next((key for key in keys if key.is_valid), None)
    if some is None or len(some.as_py()) != BARE:
        return keys
    return pc.binary_join_element_wise(*(pc.utf8_slice_codeunits(keys, *part) for part in PARTS), "-")

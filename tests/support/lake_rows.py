"""Rows of any table of the lake, for tests: what a row does not name is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count, groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Table

from models.core.lake import lake

_KINDS = {"BIGINT": pa.int64(), "TEXT": pa.string(), "DATE": pa.date32()}
_commits = count(1)


def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table of the lake; times are UTC."""
    kinds: dict[str, pa.DataType] = {}
    for column in table.columns:
        name = str(column.type)
        if name.startswith("NUMERIC"):
            kinds[column.name] = pa.decimal128(column.type.precision, column.type.scale)  # type: ignore[attr-defined]
        else:
            kinds[column.name] = _KINDS.get(name, pa.timestamp("us", "UTC"))
    return pa.schema(kinds)


def put_rows(table: Table, rows: Iterable[Mapping[str, Any]], folder: Path) -> None:
    """Commit rows to the lake of this installation: one file for each partition."""
    number, shape = next(_commits), arrow_schema(table)

    def place(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in table.info["partition_by"])

    files = []
    for part, (_, group) in enumerate(groupby(sorted(rows, key=place), place)):
        files.append(folder / f"{table.name}-{number}-{part}.parquet")
        named = [{name: row.get(name) for name in shape.names} for row in group]
        pq.write_table(pa.Table.from_pylist(named, schema=shape), files[-1])
    lake().replace(table, remove=None, files=files, commit_id=f"{table.name}-{number}")

"""DuckDB in this process: one database with one limit for everybody, and a cursor of its own for each statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import duckdb_engine
import pyarrow as pa
from sqlalchemy import Select

from models.core.settings import settings

DIALECT = duckdb_engine.Dialect(paramstyle="numeric_dollar")


class Cursor:
    """Answers statements over the tables that were handed to it: its names are nobody else's.

    `files` are names of facts with the SQL that reads them. It stands inside the statement itself, so that files are
    opened once and not a second time to describe a view.
    """

    def __init__(self, duck: duckdb.DuckDBPyConnection, files: Mapping[str, str]) -> None:
        self._duck = duck
        self._files = ", ".join(f'"{name}" AS NOT MATERIALIZED (SELECT * FROM {read})' for name, read in files.items())

    def rows(self, stmt: Select[Any]) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        sql, values = self._bound(stmt)
        return self._duck.execute(sql, values).fetchall()

    def batches(self, stmt: Select[Any], size: int) -> pa.RecordBatchReader:
        """Its rows, batch after batch, read while they are wanted."""
        sql, values = self._bound(stmt)
        reader: pa.RecordBatchReader = self._duck.sql(sql, params=values).to_arrow_reader(size)
        return reader

    def _bound(self, stmt: Select[Any]) -> tuple[str, list[Any]]:
        sql, values = bound(stmt)
        return f"WITH {self._files} {sql}" if self._files else sql, values


@contextmanager
def cursor(files: Mapping[str, str], tables: Mapping[str, pa.Table]) -> Iterator[Cursor]:
    """A cursor over files and tables in memory, both by the names that statements call them."""
    chosen = settings()
    with _database(chosen.home, chosen.lake_memory_mib, chosen.lake_threads).cursor() as duck:
        for name, table in tables.items():
            duck.register(name, table)
        yield Cursor(duck, files)


def bound(stmt: Select[Any]) -> tuple[str, list[Any]]:
    """The text of a statement and its parameters, in order; no value ever stands in the text."""
    sql = stmt.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    names = getattr(sql, "positiontup", None) or []
    return sql.string, [sql.params[name] for name in names]


@lru_cache(maxsize=2)
def _database(home: Path, memory_mib: int, threads: int) -> duckdb.DuckDBPyConnection:
    """The one in-memory DuckDB of this process, so that its limits hold for all users together."""
    folder = home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    limits: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_mib}MiB",
        "threads": str(threads),
        "temp_directory": str(folder),
    }
    connection = duckdb.connect(":memory:", config=limits)
    # Data files never change, so what their footers say may be kept.
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection

"""Asks DuckDB: one cursor for each statement, over the files that the lake names, remembered while nothing changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import duckdb_engine
import pyarrow as pa
from sqlalchemy import Select, func, select
from sqlalchemy.exc import OperationalError

from models.core.errors import DomainError
from models.core.lake import RowFilter, Scan, equals, lake
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics.cache import Cache
from models.engines.statistics.compiling import compiled, dimension_of, lookups, needed
from models.engines.statistics.question import Answer, Question, Row
from models.engines.statistics.terms import Facts, Lookup, Unit

log = logging.getLogger(__name__)
T = TypeVar("T")

DIALECT = duckdb_engine.Dialect(paramstyle="numeric_dollar")


class LakeAway(DomainError):
    """The facts cannot be read at this moment."""

    code = "LAKE-AWAY"


def ask(uow: UnitOfWork, question: Question) -> Answer:
    """The answer to a question within the actor's scope; no rows when the lake is empty.

    Raises:
        Refused: a dimension that does not exist.
        LakeAway: the lake cannot be read.
    """
    scope, facts = uow.actor.scope, question.facts
    wanted = lookups(question)
    versions = tuple(lookup.version(uow) for lookup in wanted)

    def answer(scan: Scan) -> Answer:
        if not scan.files:
            return Answer((), scan.as_of, scan.snapshot_id)
        key = (_place(), scan.snapshot_id, question, scope, versions)
        known: Answer | None = _remembered.get(key)
        if known is None:
            with _cursor(scan, _loaded(uow, wanted)) as cursor:
                found = _execute(cursor, compiled(question, scope)).fetchall()
            known = Answer(tuple(_rows(question, found)), scan.as_of, scan.snapshot_id)
            _remembered.put(key, known, weight=len(known.rows))
        return known

    return _read(uow, facts, _files_of(question), lambda: needed(question, scope), answer)


def fetch(
    uow: UnitOfWork, question: Question, stmt: Select[Any], tables: Sequence[Lookup]
) -> tuple[list[tuple[Any, ...]], datetime | None]:
    """Rows of a select that `compiling.narrowed` kept to the question and the scope, and how fresh they are."""
    loaded = _loaded(uow, tables)

    def fetched(scan: Scan) -> tuple[list[tuple[Any, ...]], datetime | None]:
        if not scan.files:
            return [], scan.as_of
        with _cursor(scan, loaded) as cursor:
            return _execute(cursor, stmt).fetchall(), scan.as_of

    return _read(uow, question.facts, _files_of(question), lambda: needed(question, uow.actor.scope), fetched)


def stream(
    uow: UnitOfWork, question: Question, stmt: Select[Any], tables: Sequence[Lookup], *, batch: int
) -> Iterator[pa.RecordBatch]:
    """The same, batch after batch, for what may be millions of rows; of one state of the lake."""
    loaded = _loaded(uow, tables)
    try:
        scan = lake().scan(question.facts.table, needed(question, uow.actor.scope))
        with _cursor(scan, loaded) as cursor:
            sql, values = _bound(stmt)
            batches: pa.RecordBatchReader = cursor.sql(sql, params=values).to_arrow_reader(batch)
            yield from batches
    except (duckdb.IOException, OperationalError, OSError) as error:
        raise _away(question.facts, error) from error


def data_through(uow: UnitOfWork, facts: Facts, cycle: date) -> date | None:
    """The last business date of a cycle that has any fact, whosever it is: how far the data reaches.

    Not within the scope: a customer who bought nothing since the 3rd does not make the data end there.
    """
    day = facts.table.c[facts.day]
    stmt = select(func.max(day)).where(facts.table.c[facts.cycle] == cycle)

    def newest(scan: Scan) -> date | None:
        key = (_place(), scan.snapshot_id, facts, cycle)
        found: date | None = _remembered.get(key)
        if found is None and scan.files:
            with _cursor(scan, {}) as cursor:
                found = _execute(cursor, stmt).fetchall()[0][0]
            _remembered.put(key, found, weight=1)
        return found

    return _read(uow, facts, cycle, lambda: equals(facts.cycle, cycle), newest)


def forget() -> None:
    """Drop everything remembered (tests measure and compare without it)."""
    _remembered.clear()
    _tables.clear()


_remembered = Cache(entries=512, weight=300_000)
_tables = Cache(entries=32, weight=1_000_000)


def _place() -> Hashable:
    """Which installation is asked: its lake and its records."""
    return lake().url, settings().record_store


def _loaded(uow: UnitOfWork, wanted: Sequence[Lookup]) -> dict[Lookup, pa.Table]:
    """The small tables as the actor may see them, loaded again only when they changed."""
    loaded = {}
    for lookup in wanted:
        key = (_place(), lookup, uow.actor.scope, lookup.version(uow))
        table: pa.Table | None = _tables.get(key)
        if table is None:
            table = lookup.load(uow)
            _tables.put(key, table, weight=table.num_rows)
        loaded[lookup] = table
    return loaded


def look_again(uow: UnitOfWork) -> None:
    """Let the next question see the newest state of the lake."""
    uow.session.info.pop(_SCANS, None)


_SCANS = "lake scans"


def _files_of(question: Question) -> Hashable:
    return question.period, question.compared, question.where


def _read(uow: UnitOfWork, facts: Facts, key: Hashable, rows: Callable[[], RowFilter], use: Callable[[Scan], T]) -> T:
    """Use the newest state; once more when its files went away meanwhile.

    A reading unit of work plans the same files (`key`) once: a page asks a dozen questions about one period.
    """
    for last in (False, True):
        scans = uow.session.info.setdefault(_SCANS, {}) if uow.read_only else {}
        try:
            if (facts, key) not in scans:
                scans[facts, key] = lake().scan(facts.table, rows())
            return use(scans[facts, key])
        except (duckdb.IOException, OperationalError, OSError) as error:
            look_again(uow)
            if last:
                raise _away(facts, error) from error
    raise AssertionError("unreachable")


def _away(facts: Facts, error: Exception) -> LakeAway:
    log.warning("statistics.lake.away", extra={"table": facts.table.name, "error": type(error).__name__})
    return LakeAway("The figures cannot be read right now; nothing was lost. Try again in a minute.")


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


@contextmanager
def _cursor(scan: Scan, tables: dict[Lookup, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own for one statement: its views and tables are nobody else's."""
    chosen = settings()
    with _database(chosen.home, chosen.lake_memory_mib, chosen.lake_threads).cursor() as cursor:
        cursor.execute(f'CREATE TEMP VIEW "{scan.table.name}" AS SELECT * FROM {scan.sql}')
        for lookup, table in tables.items():
            cursor.register(lookup.table.name, table)
        yield cursor


def _execute(cursor: duckdb.DuckDBPyConnection, stmt: Select[Any]) -> duckdb.DuckDBPyConnection:
    return cursor.execute(*_bound(stmt))


def _bound(stmt: Select[Any]) -> tuple[str, list[Any]]:
    """The text of a statement and its parameters, in order; no value ever stands in the text."""
    sql = stmt.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    names = getattr(sql, "positiontup", None) or []
    return sql.string, [sql.params[name] for name in names]


def _rows(question: Question, found: Sequence[tuple[Any, ...]]) -> Iterator[Row]:
    """Typed rows; a missing value of a dimension becomes its key."""
    missing = [dimension_of(question.facts, name).missing_key for name in question.by]
    keys, count = len(missing), len(question.measures)
    currency = any(measure.unit is Unit.MONEY for measure in question.measures)
    start = keys + currency
    first = start + (question.granularity is not None)
    for row in found:
        yield Row(
            tuple(key if value is None else value for key, value in zip(missing, row[:keys], strict=True)),
            (row[keys] or "") if currency else "",
            row[start] if question.granularity else None,
            row[first : first + count],
            row[first + count :],
        )

"""Asks DuckDB: one cursor for each statement, over the files that the lake names or the records, remembered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
from models.core.lake import RowFilter, between, equals
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import states
from models.engines.statistics.cache import Cache
from models.engines.statistics.compiling import (
    STEPS,
    compiled,
    dimension_of,
    in_scope,
    lookups,
    needed,
    of_steps,
    per_currency,
    steps,
)
from models.engines.statistics.question import Answer, Question, Row
from models.engines.statistics.states import State, look_again, place, state_of
from models.engines.statistics.terms import Facts, Lookup, month_end

log = logging.getLogger(__name__)
T = TypeVar("T")

TRIES = 3
"""Answers of two states are asked again; changes of the lake are minutes apart, so twice is already rare."""
EVER = date(1990, 1, 1)
"""Nothing is older."""
GONE = (duckdb.IOException, OperationalError, OSError)
"""What reading raises when files or the catalogue are away."""
DIALECT = duckdb_engine.Dialect(paramstyle="numeric_dollar")


class LakeAway(DomainError):
    """The facts cannot be read at this moment."""

    code = "LAKE-AWAY"


def ask(uow: UnitOfWork, question: Question) -> Answer:
    """The answer to a question within the actor's scope; no rows when there are no facts.

    Raises:
        Refused: a dimension that does not exist.
        LakeAway: the facts cannot be read.
    """
    scope, facts = uow.actor.scope, question.facts
    wanted = lookups(question)
    versions = tuple(lookup.version(uow) for lookup in wanted)

    def answer(state: State) -> Answer:
        if state.empty:
            return Answer((), state.as_of, state.number)
        key = (place(), state.number, question, scope, versions)
        known: Answer | None = _remembered.get(key)
        if known is None:
            with _cursor(facts, state, _loaded(uow, wanted), question) as cursor:
                found = _execute(cursor, compiled(question, scope)).fetchall()
            known = Answer(tuple(_rows(question, found)), state.as_of, state.number)
            _remembered.put(key, known, weight=len(known.rows))
        return known if known.as_of == state.as_of else replace(known, as_of=state.as_of)

    return _read(uow, facts, _files_of(question), lambda: needed(question, scope), answer)


def ask_together(uow: UnitOfWork, *questions: Question) -> list[Answer]:
    """Answers that are all of one state of each facts; asked again when somebody changed them in between.

    Raises:
        Refused: a dimension that does not exist.
        LakeAway: the facts cannot be read.
    """
    answers = [ask(uow, question) for question in questions]
    for _ in range(TRIES):
        states = {(question.facts, each.snapshot_id) for question, each in zip(questions, answers, strict=True)}
        if len(states) == len({question.facts for question in questions}):
            break
        look_again(uow)
        answers = [ask(uow, question) for question in questions]
    return answers


def fetch(
    uow: UnitOfWork, question: Question, stmt: Select[Any], tables: Sequence[Lookup]
) -> tuple[list[tuple[Any, ...]], datetime | None]:
    """Rows of a select that `compiling.narrowed` kept to the question and the scope, and how fresh they are."""
    facts, loaded = question.facts, _loaded(uow, tables)

    def fetched(state: State) -> tuple[list[tuple[Any, ...]], datetime | None]:
        if state.empty:
            return [], state.as_of
        with _cursor(facts, state, loaded, question) as cursor:
            return _execute(cursor, stmt).fetchall(), state.as_of

    return _read(uow, facts, _files_of(question), lambda: needed(question, uow.actor.scope), fetched)


def stream(
    uow: UnitOfWork, question: Question, stmt: Select[Any], tables: Sequence[Lookup], *, batch: int
) -> Iterator[pa.RecordBatch]:
    """The same, batch after batch, for what may be millions of rows; of one state of the facts."""
    facts, loaded = question.facts, _loaded(uow, tables)
    try:
        look_again(uow)
        state = state_of(uow, facts, _files_of(question), lambda: needed(question, uow.actor.scope))
        with _cursor(facts, state, loaded, question) as cursor:
            sql, values = _bound(stmt)
            batches: pa.RecordBatchReader = cursor.sql(sql, params=values).to_arrow_reader(batch)
            yield from batches
    except GONE as error:
        raise _away(facts, error) from error


def data_through(uow: UnitOfWork, facts: Facts, cycle: date) -> date | None:
    """The last business date of a cycle that has any fact, whosever it is: how far the data reaches.

    Not within the scope: a customer who bought nothing since the 3rd does not make the data end there. Records reach
    until today.
    """
    if facts.snapshot or facts.cycle is None:
        return min(month_end(cycle), uow.today) if cycle <= uow.today else None
    name, day = facts.cycle, facts.table.c[facts.day]
    stmt = select(func.max(day)).where(facts.table.c[name] == cycle)

    def newest(state: State) -> date | None:
        key = (place(), state.number, facts, cycle)
        found: date | None = _remembered.get(key)
        if found is None and not state.empty:
            with _cursor(facts, state, {}) as cursor:
                found = _execute(cursor, stmt).fetchall()[0][0]
            _remembered.put(key, found, weight=1)
        return found

    return _read(uow, facts, cycle, lambda: equals(name, cycle), newest)


def data_from(uow: UnitOfWork, facts: Facts) -> date | None:
    """The first day (of the lake: the first billing month) of any fact that the actor may see; None without any."""
    name, scope = facts.cycle or facts.day, uow.actor.scope
    stmt = select(func.min(facts.table.c[name])).where(in_scope(facts, scope))

    def oldest(state: State) -> date | None:
        key = (place(), state.number, facts, scope, "from")
        found: date | None = _remembered.get(key)
        if found is None and not state.empty:
            with _cursor(facts, state, {}) as cursor:
                found = _execute(cursor, stmt.select_from(facts.table)).fetchall()[0][0]
            _remembered.put(key, found, weight=1)
        return found

    return _read(uow, facts, "from", lambda: between(name, EVER, uow.today), oldest)


def forget() -> None:
    """Drop everything remembered (tests measure and compare without it)."""
    _remembered.clear()
    _tables.clear()
    states.forget()


_remembered = Cache(entries=512, weight=300_000)
_tables = Cache(entries=32, weight=1_000_000)


def _loaded(uow: UnitOfWork, wanted: Sequence[Lookup]) -> dict[Lookup, pa.Table]:
    """The small tables as the actor may see them, loaded again only when they changed."""
    loaded = {}
    for lookup in wanted:
        key = (place(), lookup, uow.actor.scope, lookup.version(uow))
        table: pa.Table | None = _tables.get(key)
        if table is None:
            table = lookup.load(uow)
            _tables.put(key, table, weight=table.num_rows)
        loaded[lookup] = table
    return loaded


def _files_of(question: Question) -> Hashable:
    return question.periods, question.where


def _read(uow: UnitOfWork, facts: Facts, key: Hashable, rows: Callable[[], RowFilter], use: Callable[[State], T]) -> T:
    """Use the newest state; once more when its files went away meanwhile."""
    try:
        return use(state_of(uow, facts, key, rows))
    except GONE:
        look_again(uow)
    try:
        return use(state_of(uow, facts, key, rows))
    except GONE as error:
        raise _away(facts, error) from error


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
def _cursor(
    facts: Facts, state: State, tables: dict[Lookup, pa.Table], question: Question | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own for one statement: its views and tables are nobody else's."""
    chosen = settings()
    with _database(chosen.home, chosen.lake_memory_mib, chosen.lake_threads).cursor() as cursor:
        if isinstance(state.read, str):
            cursor.execute(f'CREATE TEMP VIEW "{facts.table.name}" AS SELECT * FROM {state.read}')
        else:
            cursor.register(facts.table.name, state.read)
        for lookup, table in tables.items():
            cursor.register(lookup.table.name, table)
        if question and of_steps(question):
            shape = pa.schema({"period": pa.int64(), "start": pa.date32(), "ends": pa.date32()})
            found = [dict(zip(shape.names, step, strict=True)) for step in steps(question)]
            cursor.register(STEPS.name, pa.Table.from_pylist(found, schema=shape))
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
    parts = [len(measure.parts) for measure in question.measures]
    keys, count = len(missing), sum(parts)
    currency = per_currency(question)
    start = keys + currency
    first = start + (question.granularity is not None)
    for row in found:
        periods = [_values(question, row[place : place + count]) for place in range(first, len(row), count)]
        before = periods[1:2] if question.compared else [()]
        yield Row(
            tuple(key if value is None else value for key, value in zip(missing, row[:keys], strict=True)),
            (row[keys] or "") if currency else "",
            row[start] if question.granularity else None,
            periods[0],
            before[0],
            tuple(periods[2:] if question.compared else periods[1:]),
        )


def _values(question: Question, row: Sequence[Any]) -> tuple[Any, ...]:
    """The measures of one period from their parts."""
    if len(row) == len(question.measures):
        return tuple(row)
    rest = iter(row)
    return tuple(measure.of_parts([next(rest) for _ in measure.parts]) for measure in question.measures)

"""Asks DuckDB: one cursor for each statement, over the files that the lake names or the records, remembered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

import duckdb
import pyarrow as pa
from sqlalchemy import Select, func, select
from sqlalchemy.exc import OperationalError

from models.core.errors import DomainError
from models.core.lake import RowFilter, between, equals
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import gathering, states
from models.engines.statistics.cache import Cache
from models.engines.statistics.compiling import (
    STEPS,
    compiled,
    in_scope,
    lookups,
    needed,
    of_steps,
    steps,
)
from models.engines.statistics.question import Answer, Question, rows_of
from models.engines.statistics.session import Cursor, cursor
from models.engines.statistics.states import MEBIBYTE, State, look_again, place, state_of
from models.engines.statistics.terms import Facts, Lookup, month_end

log = logging.getLogger(__name__)
T = TypeVar("T")

TRIES = 3
"""Answers of two states are asked again; changes of the lake are minutes apart, so twice is already rare."""
EVER = date(1990, 1, 1)
"""Nothing is older."""
BATCH, LARGEST_SUMS = 50_000, 64 * MEBIBYTE
"""Sums that several questions share are read so many at a time; larger ones are not kept, each question reads facts."""
GONE = (duckdb.IOException, OperationalError, OSError)
"""What reading raises when files or the catalogue are away."""


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
            found = _of_sums(uow, question, state)
            if found is None:
                with _open(facts, state, _loaded(uow, wanted), question) as opened:
                    found = opened.rows(compiled(question, scope, state.bounds))
            known = Answer(rows_of(question, found), state.as_of, state.number)
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
        with _open(facts, state, loaded, question) as opened:
            return opened.rows(stmt), state.as_of

    return _read(uow, facts, _files_of(question), lambda: needed(question, uow.actor.scope), fetched)


def stream(
    uow: UnitOfWork, question: Question, stmt: Select[Any], tables: Sequence[Lookup], *, batch: int
) -> Iterator[pa.RecordBatch]:
    """The same, batch after batch, for what may be millions of rows; of one state of the facts."""
    facts, loaded = question.facts, _loaded(uow, tables)
    try:
        look_again(uow)
        state = state_of(uow, facts, _files_of(question), lambda: needed(question, uow.actor.scope))
        with _open(facts, state, loaded, question) as opened:
            yield from opened.batches(stmt, batch)
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
            with _open(facts, state, {}) as opened:
                found = opened.rows(stmt)[0][0]
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
            with _open(facts, state, {}) as opened:
                found = opened.rows(stmt.select_from(facts.table))[0][0]
            _remembered.put(key, found, weight=1)
        return found

    return _read(uow, facts, "from", lambda: between(name, EVER, uow.today), oldest)


def forget() -> None:
    """Drop everything remembered (tests measure and compare without it)."""
    _remembered.clear()
    _tables.clear()
    _sums.clear()
    states.forget()


_remembered = Cache(entries=512, weight=300_000)
_tables = Cache(entries=32, weight=1_000_000)
_sums = Cache(entries=32, weight=2 * LARGEST_SUMS, largest=2)


def _of_sums(uow: UnitOfWork, question: Question, state: State) -> list[tuple[Any, ...]] | None:
    """The rows of a question that is one of several, found in the sums that they share; None where there are none."""
    whole, scope = question.within, uow.actor.scope
    if whole is None or (stmt := gathering.gathered(whole, scope)) is None:
        return None
    wanted = lookups(whole)
    key = (place(), state.number, whole, scope, tuple(lookup.version(uow) for lookup in wanted))
    known: gathering.Sums | None = _sums.get(key)
    if known is None:
        with _open(whole.facts, state, _loaded(uow, wanted)) as opened:
            known = gathering.kept(opened.batches(stmt, BATCH), LARGEST_SUMS)
        _sums.put(key, known, weight=known.size)
    if known.rows is None:
        return None
    with cursor({}, {gathering.SUMS: known.rows}) as opened:
        return opened.rows(gathering.taken(question, whole))


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


def _open(
    facts: Facts, state: State, tables: dict[Lookup, pa.Table], question: Question | None = None
) -> AbstractContextManager[Cursor]:
    """A cursor over one state of facts with small tables beside it."""
    named = {lookup.table.name: table for lookup, table in tables.items()}
    if question and of_steps(question):
        shape = pa.schema({"period": pa.int64(), "start": pa.date32(), "ends": pa.date32()})
        found = [dict(zip(shape.names, step, strict=True)) for step in steps(question)]
        named[STEPS.name] = pa.Table.from_pylist(found, schema=shape)
    if isinstance(state.read, str):
        return cursor({facts.table.name: state.read}, named)
    return cursor({}, {facts.table.name: state.read, **named})

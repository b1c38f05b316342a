"""A statement becomes an answer: judged, its tables cut to what it needs, run in the limited process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

import pyarrow as pa

from models.core.errors import Problem, Refused
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.sandbox import reading
from models.engines.sandbox.process import (
    Answer,
    Cancel,
    Limits,
    Parameter,
    Sandbox,
    Statement,
    Table,
    TookTooLong,
    table_of,
)
from models.engines.sandbox.reading import Needed, Reading
from models.explore.slices import guess, prepared, too_many
from models.explore.sources import Fresh, Source, SourceColumn, schema_of, sources

PERMISSION = "explore.use"
Own = Mapping[str, pa.Table]
"""Tables that somebody brought to this session, by the names that statements call them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement as it was typed, with the values of its parameters."""

    text: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What a statement would read: rows, and about how many bytes, of which tables with how many columns."""

    tables: tuple[tuple[str, int, int], ...]
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer. `kind` is text, number (whole or exact), float (inexact), date, time or yes or no."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The rows of an answer, as many as are shown; `more` says that there were others. Amounts are exact."""

    columns: tuple[Column, ...]
    rows: pa.Table
    more: bool
    read: tuple[Fresh, ...]
    milliseconds: int
    own: tuple[str, ...] = ()


@dataclass
class Opened:
    """An answer that is read batch after batch, and what it was read from."""

    answer: Answer
    read: list[Fresh] = field(default_factory=list)


def judged(uow: UnitOfWork, asked: Asked, own: Own | None = None) -> Reading:
    """What a statement needs.

    Raises:
        NotAllowed: the actor may not explore.
        Refused: it is faulty, reaches beyond the tables, or a parameter has no value that fits.
    """
    uow.actor.demand(PERMISSION)
    own = own or {}
    schema = {**schema_of(sources(uow.actor)), **{name: own_source(name, table).kinds for name, table in own.items()}}
    found = reading.read(asked.text, schema, asked.parameters)
    if problems := [*_parameter_problems(found, asked.parameters)]:
        raise Refused(problems)
    return found


def cost(uow: UnitOfWork, asked: Asked, own: Own | None = None) -> Cost:
    """What a statement would read, counted but not read.

    Raises:
        Refused: it cannot run, or reads more of a table than one question may.
    """
    found, known = judged(uow, asked, own), {each.name: each for each in sources(uow.actor)}
    tables, rows, size = [], 0, 0
    for name, needed in found.tables.items():
        if name in (own or {}):
            continue
        count, width = guess(uow, known[name], needed)
        if count > settings().explore_rows:
            raise Refused(Problem("SQL-ROWS", too_many(known[name], settings().explore_rows)))
        tables.append((name, count, len(needed.columns)))
        rows, size = rows + count, size + width
    return Cost(tuple(tables), rows, size)


def answer(uow: UnitOfWork, asked: Asked, *, own: Own | None = None, cancel: Cancel | None = None) -> Answered:
    """The answer to a statement, at most as many rows as a page shows.

    Raises:
        NotAllowed: the actor may not explore.
        Refused: it cannot run, in words; nothing was changed.
        TookTooLong, Cancelled: it was ended.
        LakeAway: the lake cannot be read.
    """
    began = time.monotonic()
    limits = Limits(
        seconds=settings().explore_seconds, memory_mib=settings().explore_memory_mib, threads=settings().lake_threads,
        rows=settings().explore_shown,
    )  # fmt: skip
    with opened(uow, asked, own=own, limits=limits, cancel=cancel) as found:
        batches = list(found.answer.batches)
        rows = pa.Table.from_batches(batches, found.answer.schema)
        ended = found.answer.ended
    shown = rows.slice(0, limits.rows)
    columns = tuple(Column(each.name, kind_of(each.type)) for each in rows.schema)
    used = tuple(name for name in (own or {}) if any(each.name == name for each in found.read))
    took = int((time.monotonic() - began) * 1000)
    return Answered(columns, shown, bool(ended and ended.more), tuple(found.read), took, used)


@contextmanager
def opened(
    uow: UnitOfWork, asked: Asked, *, limits: Limits, own: Own | None = None, cancel: Cancel | None = None,
    masked: bool = False,
) -> Iterator[Opened]:  # fmt: skip
    """An answer to be read batch after batch, within its limits; `masked` as exports may show names.

    Raises as `answer` does, also while it is read.
    """
    found, cancel = judged(uow, asked, own), cancel or Cancel()
    known = {each.name: each for each in sources(uow.actor)}
    deadline = time.monotonic() + limits.seconds
    with ExitStack() as held:
        read, tables = list[Fresh](), list[Table]()
        for name, needed in found.tables.items():
            table, fresh = _taken(uow, name, needed, own or {}, known, masked, cancel)
            tables.append(held.enter_context(table))
            read.append(fresh)
        left = deadline - time.monotonic()
        if left <= 0:
            raise TookTooLong("Reading the rows took longer than a question may. Narrow its period.")
        sandbox = Sandbox(Limits(left, limits.memory_mib, limits.threads, limits.rows, limits.answer_mib), cancel)
        answers = sandbox.run([Statement(found.sql, _used(found, asked.parameters))], tables)
        held.callback(answers.close)
        yield Opened(next(answers), read)


def _taken(
    uow: UnitOfWork, name: str, needed: Needed, own: Own, known: Mapping[str, Source], masked: bool, cancel: Cancel
) -> tuple[Table, Fresh]:
    if name in own:
        table = own[name].select(list(needed.columns))
        return table_of(name, table), Fresh(name, table.num_rows, None)
    return prepared(uow, known[name], needed, most=settings().explore_rows, masked=masked, cancel=cancel)


def own_source(name: str, table: pa.Table) -> Source:
    """A table that somebody brought, as the schema shows it."""
    columns = tuple(SourceColumn(field.name, kind_of(field.type), "Of your file") for field in table.schema)
    return Source(name, "Your file", columns)


def kind_of(kind: pa.DataType) -> str:
    """What a column of an answer holds, in the words of `Column`."""
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_floating(kind):
        return "float"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "time"
    return "yes or no" if pa.types.is_boolean(kind) else "text"


def _used(found: Reading, given: Sequence[Parameter]) -> tuple[Parameter, ...]:
    return tuple(each for each in given if each.name in found.parameters)


def _parameter_problems(found: Reading, given: Sequence[Parameter]) -> Iterator[Problem]:
    by_name = {each.name: each for each in given}
    for name in found.parameters:
        each = by_name.get(name)
        if each is None:
            yield Problem("SQL-PARAMETER", f"Enter a value for {name}.", name)
        elif each.text is not None and (wrong := parameter_problem(each)):
            yield Problem("SQL-PARAMETER", f"{name}: {wrong}", name)


def parameter_problem(given: Parameter) -> str:
    """Why a value is none of its kind; empty when it is."""
    text = given.text or ""
    if given.kind == "number":
        try:
            return "" if Decimal(text).is_finite() else "enter a number."
        except InvalidOperation:
            return "enter a number, such as 1250.50."
    if given.kind == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return "enter a day as 2026-06-30."
    return ""

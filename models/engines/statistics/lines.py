"""The lines behind a figure: the single facts that it counts, a page of them or all as a stream.

They stand under the very conditions of the figure, so that they add up to it exactly; keys come with their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, ColumnElement, Select, func, literal_column, select, true
from sqlalchemy.sql.functions import FunctionElement

from models.core.errors import Problem, Refused
from models.core.paging import Asc, Desc, PageRequest, keyset, page_of
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics.compiling import dimension_of, lookups, narrowed
from models.engines.statistics.engine import fetch, stream
from models.engines.statistics.question import Question
from models.engines.statistics.states import PLACE
from models.engines.statistics.terms import (
    Dimension,
    Facts,
    Labels,
    LineColumn,
    LineKind,
    Lines,
    Lookup,
    Measure,
    Sort,
    Unit,
)

VALUE = "value"
"""The column of what a line adds to the figure."""
_KINDS = {
    Unit.MONEY: LineKind.AMOUNT,
    Unit.QUANTITY: LineKind.AMOUNT,
    Unit.DURATION: LineKind.DURATION,
}
Line = Mapping[str, Any]
"""What a line holds by the names of its columns."""


@dataclass(frozen=True, slots=True)
class LinePage:
    """Lines in order, as they are stored and with keys replaced by words, and the cursors of the pages beside it."""

    rows: tuple[Line, ...]
    keys: tuple[Line, ...]
    as_of: datetime | None
    next: str | None
    previous: str | None


def line_columns(facts: Facts, measure: Measure) -> tuple[LineColumn, ...]:
    """The columns of the lines of a measure: those of its facts, their currency, and what each adds to the figure.

    Raises:
        Refused: single facts of this kind cannot be shown.
    """
    found = [each if isinstance(each, LineColumn) else _of(dimension_of(facts, each)) for each in _declared(facts)]
    if facts.currency and "currency" not in {each.name for each in found}:
        found.append(LineColumn("currency", "Currency", facts.table.c[facts.currency]))
    if (adds := _adds(measure)) is None:
        return tuple(found)
    others = [each for each in found if each.column is not adds]  # what it adds stands once, at the end
    return (*others, LineColumn(VALUE, measure.words, adds, _KINDS[measure.unit]))


def lines(
    uow: UnitOfWork, measure: Measure, question: Question, page: PageRequest, *, sort: Sort = Sort.AMOUNT
) -> LinePage:
    """A page of the lines that a measure counts in a question's period and filters: the largest first, or the newest.

    Raises:
        Refused: the cursor is not one of this list, or single facts of this kind cannot be shown.
        LakeAway: the facts cannot be read.
    """
    columns = line_columns(question.facts, measure)
    stmt, tables = _statement(uow, measure, question, columns)
    found, as_of = fetch(uow, question, keyset(stmt, page, order=_order(question.facts, measure, sort)), tables)
    cut = page_of(found, len(columns), page, lambda *values: values)
    keys = tuple(dict(zip((each.name for each in columns), row, strict=True)) for row in cut.rows)
    words = {each.name: _words(uow, each.labels, [row[each.name] for row in keys]) for each in columns if each.labels}
    rows = tuple({name: words[name].get(value, "") if name in words else value for name, value in row.items()}
                 for row in keys)  # fmt: skip
    return LinePage(rows, keys, as_of, cut.next, cut.previous)


def lines_as_stream(
    uow: UnitOfWork, measure: Measure, question: Question, *, batch: int = 50_000
) -> Iterator[Mapping[str, list[Any]]]:
    """All of them, batch after batch, by columns with words in place of keys; consume it while `uow` is open.

    Raises:
        Refused: single facts of this kind cannot be shown.
        LakeAway: the facts cannot be read.
    """
    columns = line_columns(question.facts, measure)
    stmt, tables = _statement(uow, measure, question, columns)
    known: dict[str, dict[str, str]] = {each.name: {} for each in columns if each.labels}
    labels = {each.name: each.labels for each in columns if each.labels}
    ordered = stmt.order_by(*_unique(question.facts))
    for found in stream(uow, question, ordered, tables, batch=batch):
        yield {name: _worded(uow, column, labels.get(name), known.get(name, {}))
               for name, column in zip(found.schema.names, found.columns, strict=True)}  # fmt: skip


def counted(measure: Measure) -> Measure:
    """How many lines a measure counts: a measure of the same conditions."""
    return Measure(
        f"{measure.name}.lines", "Lines", Unit.COUNT, func.count(), measure.where, True, "", lookup=measure.lookup
    )


def _declared(facts: Facts) -> tuple[str | LineColumn, ...]:
    return _lines_of(facts).columns


def _lines_of(facts: Facts) -> Lines:
    if facts.lines is None:
        raise Refused(Problem("STATISTICS-LINES", f"{facts.words} have no lines that could be shown one by one."))
    return facts.lines


def _of(dimension: Dimension) -> LineColumn:
    column = func.coalesce(dimension.column, dimension.missing_key)

    def labels(uow: UnitOfWork, keys: Sequence[str]) -> Mapping[str, str]:
        known = [key for key in keys if key != dimension.missing_key]
        return {**dimension.labels(uow, known), dimension.missing_key: dimension.missing_label}

    return LineColumn(dimension.name, dimension.words, column, labels=labels)


def _adds(measure: Measure) -> ColumnElement[Any] | None:
    """What a line adds to a sum, or is among the durations of a median; nothing where lines are only counted."""
    if measure.unit not in _KINDS or measure.divided_by is not None:
        return None
    function = measure.aggregate
    assert isinstance(function, FunctionElement), f"{measure.name} is no function of a column"
    return next(iter(function.clauses))


def _statement(
    uow: UnitOfWork, measure: Measure, question: Question, columns: Sequence[LineColumn]
) -> tuple[Select[Any], tuple[Lookup, ...]]:
    where = measure.where if measure.where is not None else true()
    stmt = select(*(each.column.label(each.name) for each in columns)).where(where)
    names = [each for each in _declared(question.facts) if isinstance(each, str)]
    own = [dimension_of(question.facts, name).lookup for name in names]
    tables = tuple(dict.fromkeys((*lookups(question), *(each for each in (*own, measure.lookup) if each))))
    return narrowed(stmt, question, uow.actor.scope, also=tables), tables


def _order(facts: Facts, measure: Measure, sort: Sort) -> tuple[Asc | Desc, ...]:
    adds = _adds(measure)
    by = facts.table.c[facts.day] if adds is None or sort is Sort.TIME else func.abs(func.coalesce(adds, 0))
    return (Desc(by), *(Asc(column) for column in _unique(facts)))


def _unique(facts: Facts) -> tuple[ColumnElement[Any], ...]:
    return _lines_of(facts).unique or (literal_column(PLACE, BigInteger),)


def _words(uow: UnitOfWork, labels: Labels, keys: Sequence[str | None]) -> dict[str, str]:
    return dict(labels(uow, list(dict.fromkeys(key for key in keys if key is not None))))


def _worded(uow: UnitOfWork, column: pa.Array, labels: Labels | None, known: dict[str, str]) -> list[Any]:
    """The values of a column, keys replaced by words; those of each key are asked once."""
    if labels is None:
        return list(column.to_pylist())
    if fresh := [key for key in pc.unique(column).to_pylist() if key is not None and key not in known]:
        known |= labels(uow, fresh)
    return [known.get(key, "") for key in column.to_pylist()]

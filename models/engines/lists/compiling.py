"""A question to a list becomes one statement, paged by key, within the session's scope; fills follow for the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, String, and_, case, func, literal, or_, select
from sqlalchemy import Date as SqlDate
from sqlalchemy.types import TypeEngine

from models.core.clock import business_midnight
from models.core.money import sum_amount
from models.core.paging import Asc, Column, Desc, Page, PageRequest, containing, fetch_page
from models.core.types import AmountType, InstantType
from models.core.unit_of_work import UnitOfWork
from models.engines.lists.asking import Asked, parsed
from models.engines.lists.schema import ColumnKind, FilterKind, ListFilter
from models.engines.lists.shaping import Shape
from models.engines.lists.sources import Chosen, Fill, Filter, ListSource

COUNTED_TO = 10_000
"""How far a list is counted exactly: counting a million rows costs more than showing a page of them."""
_LEAST: dict[ColumnKind, tuple[Any, TypeEngine[Any]]] = {
    ColumnKind.AMOUNT: (Decimal(0), AmountType()),
    ColumnKind.COUNT: (0, Integer()),
    ColumnKind.DATE: (date(1970, 1, 1), SqlDate()),
    ColumnKind.INSTANT: (datetime.combine(date(1970, 1, 1), time(), tzinfo=business_midnight(date(1970, 1, 1)).tzinfo),
                         InstantType()),
    ColumnKind.YES_NO: (0, Integer()),
}  # fmt: skip
"""What stands for NULL in an order, behind all that is something: pages by key need a value."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row: its key (a UUID, or a code where records have one) and the values of its columns by name, as the record
    store has them."""

    key: Any
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A page of a list. `labels`: headers that depend on the data; `away`: columns that are not for this actor."""

    page: Page[ListRow]
    labels: Mapping[str, str] = field(default_factory=dict)
    away: frozenset[str] = frozenset()


def read_page(
    uow: UnitOfWork, source: ListSource, shape: Shape, asked: Asked, page: PageRequest, names: Iterable[str]
) -> ListAnswer:
    """A page of the rows that a question finds, with the named columns. One statement, and one for each fill.

    Raises:
        Refused: the cursor is not one that this list gave out.
    """
    source = source.bound(uow, asked.filters)
    wanted = list(dict.fromkeys(names))
    read = [name for name in wanted if name in source.fields]
    stmt = _found(uow, source, shape, asked, select(source.key, *(source.fields[name].expression for name in read)))

    def row(key: Any, *values: Any) -> ListRow:
        return ListRow(key, dict(zip(read, values, strict=True)))

    found = fetch_page(uow, stmt, row, page, order=order_of(source, shape, asked))
    return _filled(uow, [fill for fill in source.fills if set(fill.columns) & set(wanted)], found)


def count(uow: UnitOfWork, source: ListSource, shape: Shape, asked: Asked, *, most: int = COUNTED_TO) -> int:
    """How many rows a question finds, counted as far as `most`; one more means: more than that."""
    source = source.bound(uow, asked.filters)
    found = _found(uow, source, shape, asked, select(source.key)).limit(most + 1).subquery()
    return uow.session.scalar(select(func.count()).select_from(found)) or 0


def count_by(uow: UnitOfWork, source: ListSource, shape: Shape, asked: Asked, name: str) -> dict[Any, int]:
    """How many of the rows that a question finds have each value of a column."""
    source = source.bound(uow, asked.filters)
    column = source.fields[name].expression
    stmt = _found(uow, source, shape, asked, select(column, func.count())).group_by(column).order_by(column)
    return dict(uow.session.execute(stmt).tuples().all())


def sum_by(
    uow: UnitOfWork, source: ListSource, shape: Shape, asked: Asked, name: str, amount: str
) -> dict[tuple[Any, str], Decimal]:
    """What an amount comes to over the rows that a question finds, by the value of a column and by currency."""
    source = source.bound(uow, asked.filters)
    by, currency = source.fields[name].expression, source.definition.columns_by_name[amount].currency
    unit = source.fields[currency].expression if currency in source.fields else literal(currency)
    wanted = select(by, unit, sum_amount(source.fields[amount].expression))
    stmt = _found(uow, source, shape, asked, wanted).group_by(by, unit).order_by(by, unit)
    return {(value, money): total for value, money, total in uow.session.execute(stmt)}


def found_keys(uow: UnitOfWork, source: ListSource, shape: Shape, asked: Asked, *, most: int) -> list[UUID]:
    """The keys of the rows that a question finds, in its order, at most so many."""
    source = source.bound(uow, asked.filters)
    stmt = _found(uow, source, shape, asked, select(source.key)).order_by(
        *(by.column.asc() if by.up else by.column.desc() for by in order_of(source, shape, asked))
    )
    return list(uow.session.scalars(stmt.limit(most)))


def filter_words(uow: UnitOfWork, source: ListSource, shape: Shape, asked: Asked) -> dict[str, dict[str, str]]:
    """The values of the filters that are on, each with its words; asks the store only for what has no words else."""
    source = source.bound(uow, asked.filters)
    return {name: _words_of(uow, source.filters[name], shape.filters[name], values, asked.filters)
            for name, values in asked.filters.items()}  # fmt: skip


def _words_of(
    uow: UnitOfWork, behind: Filter, named: ListFilter, values: Sequence[str], chosen: Chosen
) -> dict[str, str]:
    if named.kind is FilterKind.YES_NO:
        return {value: value for value in values}
    if named.kind.a_range:
        return {value: range_words(value) for value in values}
    rest = [value for value in values if not named.nothing or value != named.nothing]
    words: Mapping[str, str] = {}
    if rest and behind.words:
        words = behind.words(uow, rest)
    elif rest and behind.options:
        words = behind.options(uow, chosen)
    return {value: words.get(value, value) if value in rest else named.nothing_words for value in values}


def range_words(value: str) -> str:
    """A range in words: `5 to 10`, `from 5`, `to 10`."""
    low, _, high = value.partition("..")
    return f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}"


def batches(
    uow: UnitOfWork, source: ListSource, shape: Shape, asked: Asked, names: Sequence[str], *, size: int
) -> Iterator[ListAnswer]:
    """All rows that a question finds, batch after batch, in its order; at least one batch."""
    page = PageRequest(size=size)
    while True:
        answer = read_page(uow, source, shape, asked, page, names)
        yield answer
        if answer.page.next is None:
            return
        page = PageRequest(answer.page.next, size)


def order_of(source: ListSource, shape: Shape, asked: Asked) -> list[Asc | Desc]:
    """The order of the list, ending with the key; rows without a value come last either way."""
    named = asked.sort or shape.sort
    name, up = named.removeprefix("-"), not named.startswith("-")
    way = Asc if up else Desc
    behind = source.fields[name]
    by = behind.order if behind.order is not None else behind.expression
    if not behind.nullable:
        return [way(by), way(source.key)]
    least, kind = _LEAST.get(source.definition.columns_by_name[name].kind, ("", String()))
    missing = case((by.is_(None), 1), else_=0)
    return [Asc(missing), way(func.coalesce(by, literal(least, kind), type_=kind)), way(source.key)]


def _found(uow: UnitOfWork, source: ListSource, shape: Shape, asked: Asked, stmt: Select[Any]) -> Select[Any]:
    stmt = source.base(uow, stmt)
    for name, values in asked.filters.items():
        stmt = stmt.where(_condition(source.filters[name], shape.filters[name], values))
    if words := asked.search.strip():
        if callable(source.search):
            return stmt.where(source.search(uow, words))
        pattern = containing(words)
        stmt = stmt.where(or_(*(func.lower(column).like(pattern, escape="/") for column in source.search)))
    return stmt


def _condition(behind: Filter, named: ListFilter, values: Sequence[str]) -> ColumnElement[bool]:
    wanted = [parsed(behind, named, value) for value in values]
    if behind.condition is not None:
        return behind.condition(wanted)
    assert behind.column is not None
    column = behind.column
    if named.kind.a_range:
        return _between(column, named.kind, *wanted[-1])
    if named.kind is FilterKind.TEXT:
        return func.lower(column).like(containing(wanted[-1]), escape="/")
    some = [value for value in wanted if value is not None]
    conditions = [column.in_(some)] if some else []
    if len(some) < len(wanted):
        conditions.append(column.is_(None))
    return or_(*conditions)


def _between(column: Column, kind: FilterKind, low: Any, high: Any) -> ColumnElement[bool]:
    """From and to, both included; days of a time are business days (GMT+08:00)."""
    conditions: list[ColumnElement[bool]] = []
    if low is not None:
        conditions.append(column >= (business_midnight(low) if kind is FilterKind.INSTANT else low))
    if high is not None and kind is FilterKind.INSTANT:
        conditions.append(column < business_midnight(high + timedelta(days=1)))
    elif high is not None:
        conditions.append(column <= high)
    return and_(*conditions)


def _filled(uow: UnitOfWork, fills: Sequence[Fill], page: Page[ListRow]) -> ListAnswer:
    labels: dict[str, str] = {}
    away: set[str] = set()
    keys = [row.key for row in page.rows]
    more: dict[UUID, dict[str, Any]] = {key: {} for key in keys}
    for fill in fills:
        filled = fill.read(uow, keys)
        if filled is None:
            away |= set(fill.columns)
            continue
        labels |= filled.labels
        for key in keys:
            more[key] |= filled.values.get(key, {})
    rows = tuple(ListRow(row.key, {**row.values, **more[row.key]}) for row in page.rows)
    return ListAnswer(Page(rows, page.next, page.previous), labels, frozenset(away))

"""From a question to one select: the actor's scope first, then period, filters, groups and measures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Label,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.types import NullType

from models.core.actor import Scope
from models.core.errors import Problem, Refused
from models.core.file_bounds import Bounds
from models.core.lake import RowFilter, all_of, any_of, between, one_of
from models.engines.statistics.question import Period, Question, joined_periods
from models.engines.statistics.terms import (
    OTHER,
    UNMAPPED,
    Dimension,
    Facts,
    Filter,
    Granularity,
    Lookup,
    Measure,
)

STEPS = Table(
    "steps_of_question", MetaData(), Column("period", BigInteger), Column("start", Date), Column("ends", Date)
)
"""The steps of each period of a question, as a small table beside facts that are states."""
CURRENCY = "currency"
NOTHING_KNOWN: Bounds = MappingProxyType({})
SHORT = 64
"""Up to so many values are listed one by one, which DuckDB uses to skip parts of files; more are one list."""


def compiled(question: Question, scope: Scope, bounds: Bounds = NOTHING_KNOWN) -> Select[Any]:
    """The one statement that answers a question. Columns: keys, currency, start, measures now, measures before.

    What `bounds` of the facts say for certain need not be read: their only currency, that all are of the period.

    Raises:
        Refused: there is no such dimension.
    """
    groups = groups_of(question)
    shared, found = aggregates(question)
    measures = [each.label(f"measure_{place}") for place, each in enumerate(found)]
    only = _only_currency(question, bounds) if len(groups) > 1 else None
    told = [literal(only, Text).label(CURRENCY) if only and each.key == CURRENCY else each for each in groups]
    stmt = narrowed(select(*told, *measures).where(shared), question, scope, also=lookups(question), bounds=bounds)
    # Grouped by the labels: an expression with parameters, written twice, would be two expressions.
    return stmt.group_by(*(literal_column(each.key or "") for each in groups if not only or each.key != CURRENCY))


def _only_currency(question: Question, bounds: Bounds) -> str | None:
    """The one currency of all facts; None where there are several, or nothing is certain."""
    least, largest = bounds.get(question.facts.currency or "", (None, None))
    return least if least == largest else None


def lookups(question: Question) -> tuple[Lookup, ...]:
    """The small tables that the dimensions, filters and measures of a question need."""
    names = (*question.by, *(each.dimension for each in question.where))
    wanted = [dimension_of(question.facts, name).lookup for name in names]
    wanted += [measure.lookup for measure in question.measures]
    return tuple(dict.fromkeys(lookup for lookup in wanted if lookup))


def narrowed(
    stmt: Select[Any], question: Question, scope: Scope, *, also: Sequence[Lookup], bounds: Bounds = NOTHING_KNOWN
) -> Select[Any]:
    """A select over facts kept to the scope, periods and filters of a question.

    `also` are the small tables that the select uses; those of the filters must be among them. `bounds` of the facts
    spare a condition that all of them fulfil.
    """
    facts = question.facts
    source, conditions = joined(facts, also), [in_scope(facts, scope)]
    if of_steps(question):
        source = source.join(STEPS, _holds(facts))
    else:
        conditions.append(_in_periods(question, bounds))
    conditions += [filtered(facts, each) for each in question.where]
    if question.currencies is not None:
        conditions.append(one_of_values(facts.table.c[facts.currency or ""], question.currencies))
    return stmt.select_from(source).where(*conditions)


def _in_periods(question: Question, bounds: Bounds) -> ColumnElement[bool]:
    periods = joined_periods(question.periods, question.facts)
    if any(period.holds_all(question.facts, bounds) for period in periods):
        return true()
    return or_(*(period.condition(question.facts) for period in periods))


def in_scope(facts: Facts, scope: Scope) -> ColumnElement[bool]:
    """Which facts the scope allows. Those of no known partner or customer are in no limited scope.

    Facts that have no customer are kept to the partners alone, as the records are.
    """
    conditions: list[ColumnElement[bool]] = []
    for column, allowed in ((facts.partner, scope.partners), (facts.customer, scope.customers)):
        if allowed is not None and column is not None:
            conditions.append(one_of_values(facts.table.c[column], _texts(allowed)))
    return and_(true(), *conditions)


def filtered(facts: Facts, wanted: Filter) -> ColumnElement[bool]:
    """Which facts a filter keeps.

    Raises:
        Refused: there is no such dimension.
    """
    dimension = dimension_of(facts, wanted.dimension)
    values = [value for value in wanted.values if value != dimension.missing_key]
    if dimension.stored is not None and _plain(dimension, wanted.values):
        return one_of_values(dimension.stored, values)
    kept = one_of_values(dimension.column, values)
    return or_(kept, dimension.column.is_(None)) if len(values) < len(wanted.values) else kept


def dimension_of(facts: Facts, name: str) -> Dimension:
    """A dimension by name.

    Raises:
        Refused: there is no such dimension.
    """
    if name not in facts.dimensions:
        known = ", ".join(sorted(facts.dimensions))
        raise Refused(Problem("STATISTICS-DIMENSION", f"Nothing can be grouped by {name}. Choose one of {known}."))
    return facts.dimensions[name]


def joined(facts: Facts, lookups: Iterable[Lookup]) -> Any:
    """The fact table with small tables beside it; a fact without a row there stays."""
    source: Any = facts.table
    for lookup in lookups:
        source = source.outerjoin(lookup.table, lookup.on)
    return source


def needed(question: Question, scope: Scope) -> RowFilter:
    """Which rows can matter, as the lake understands it: cycles, and partners when they are limited."""
    facts = question.facts
    assert facts.cycle, "facts of the lake lie by their cycle"
    rows = any_of(*(between(facts.cycle, period.first, period.last) for period in question.periods))
    if scope.partners is not None:
        return all_of(rows, one_of(facts.partner, _texts(scope.partners)))
    for each in question.where:
        dimension = dimension_of(facts, each.dimension)
        stored = dimension.column if dimension.stored is None else dimension.stored
        if stored is facts.table.c[facts.partner] and _plain(dimension, each.values):
            return all_of(rows, one_of(facts.partner, each.values))
    return rows


def _plain(dimension: Dimension, values: Iterable[str]) -> bool:
    """Whether all values are keys as they are stored."""
    return not {dimension.missing_key, UNMAPPED}.intersection(values)


def one_of_values(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column has one of the values, however many; every value is a bound parameter."""
    if not values:
        return false()
    if len(values) <= SHORT:
        return column.in_(list(values))
    listed = bindparam(None, list(values), type_=NullType(), unique=True)
    return column.in_(select(func.unnest(listed)))


def _texts(keys: Iterable[UUID]) -> list[str]:
    return sorted(str(key) for key in keys)


def groups_of(question: Question) -> list[Label[Any]]:
    """By what the answer of a question is grouped: `key_0` and so on, `currency`, `start`."""
    facts = question.facts
    groups: list[Label[Any]] = []
    for place, name in enumerate(question.by):
        dimension = dimension_of(facts, name)
        column = dimension.column
        if place == 0 and question.folded is not None:
            column = folded(dimension, question.folded)
        groups.append(column.label(f"key_{place}"))
    if question.shows_currency:
        groups.append(facts.table.c[facts.currency or ""].label(CURRENCY))
    if question.granularity:
        start = STEPS.c.start if of_steps(question) else _start(facts, question.granularity)
        groups.append(start.label("start"))
    return groups


def of_steps(question: Question) -> bool:
    """Whether states are asked step by step: one that holds at the end of several steps counts in each."""
    return question.facts.ended is not None and question.granularity is not None


def steps(question: Question) -> list[tuple[int, date, date]]:
    """The rows of STEPS: the number of the period, the first day of a step, and its last within the period."""
    found: list[tuple[int, date, date]] = []
    assert question.granularity
    for number, period in enumerate(question.periods):
        found += [(number, first, last) for first, last in period.steps(question.granularity)]
    return found


def _holds(facts: Facts) -> ColumnElement[bool]:
    day, ended = facts.table.c[facts.day], facts.table.c[facts.ended or ""]
    return and_(day <= STEPS.c.ends, or_(ended.is_(None), ended > STEPS.c.ends))


def _start(facts: Facts, granularity: Granularity) -> ColumnElement[date]:
    """The first day of the step that a fact falls into."""
    day = facts.table.c[facts.day]
    if granularity is Granularity.DAY:
        return day
    if granularity is Granularity.MONTH and facts.cycle:
        return facts.table.c[facts.cycle]
    # The unit is written out: a bound one would be another expression each time it stands there.
    unit: ColumnElement[str] = literal_column(f"'{granularity.value}'")
    return cast(func.date_trunc(unit, facts.table.c[facts.cycle] if facts.cycle else day), Date)


def folded(dimension: Dimension, kept: Collection[str]) -> ColumnElement[Any]:
    """The keys of a dimension where they are kept, OTHER elsewhere."""
    values = [value for value in kept if value != dimension.missing_key]
    missing = literal(None) if len(values) < len(kept) else literal(OTHER)
    return case(
        (dimension.column.is_(None), missing),
        (one_of_values(dimension.column, values), dimension.column),
        else_=literal(OTHER),
    )


def aggregates(question: Question) -> tuple[ColumnElement[bool], list[ColumnElement[Any]]]:
    """What all measures have in common as a condition on rows, and their parts, each for its period."""
    wheres = {id(measure.where): measure.where for measure in question.measures}
    common = next(iter(wheres.values())) if len(wheres) == 1 else None
    columns: list[ColumnElement[Any]] = []
    several = len(question.periods) > 1
    for number, period in enumerate(question.periods):
        within = _counted(question, number, period, several)
        for part in (part for measure in question.measures for part in measure.parts):
            columns.append(_aggregate(part, part.where if common is None else None, within))
    return (true() if common is None else common), columns


def _counted(question: Question, number: int, period: Period, several: bool) -> ColumnElement[bool] | None:
    """Which rows count for one of several periods."""
    if not several:
        return None
    return STEPS.c.period == number if of_steps(question) else period.condition(question.facts)


def _aggregate(measure: Measure, *conditions: ColumnElement[bool] | None) -> ColumnElement[Any]:
    wanted = [condition for condition in conditions if condition is not None]
    return measure.aggregate.filter(*wanted) if wanted else measure.aggregate

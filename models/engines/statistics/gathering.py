"""Sums that several questions share: facts are read once, summed up to the finest grain, and each is asked of the sums.

The largest groups, what the others are together and the whole are three questions about the same rows. What adds up is
summed; to count different things once, the things themselves stay in the sums, each once for every group. The answers
are the same to the last digit, which property tests hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Label,
    Numeric,
    Select,
    Text,
    UnaryExpression,
    cast,
    column,
    distinct,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.sql.elements import FunctionFilter
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import distinct_op
from sqlalchemy.types import UserDefinedType

from models.core.actor import Scope
from models.engines.statistics.compiling import (
    aggregates,
    dimension_of,
    folded,
    groups_of,
    lookups,
    narrowed,
    of_steps,
)
from models.engines.statistics.question import Question
from models.engines.statistics.terms import Measure

SUMS = "sums_of_question"
AGAIN = {"sum": "sum", "count": "sum", "count_if": "sum", "min": "min", "max": "max"}
"""By what the sums of groups become those of larger groups."""
THING = "thing"


class Huge(UserDefinedType[int]):
    """A whole number of 128 bits, as DuckDB sums whole numbers up."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its name in SQL."""
        return "HUGEINT"


@dataclass(frozen=True, slots=True)
class Sums:
    """What several questions are asked of; no rows when there would be too many to keep."""

    rows: pa.Table | None
    size: int


def gathered(whole: Question, scope: Scope) -> Select[Any] | None:
    """The select that sums facts up for every question within `whole`; None where its answers cannot be made of sums.

    A state counts in every step in which it holds, so that its steps are no parts of a whole.
    """
    things = _things(whole)
    if things is None or of_steps(whole):
        return None
    shared, found = aggregates(replace(whole, measures=tuple(_summing(part) for part in _parts(whole))))
    names = [_column(period, number) for period in range(len(whole.periods)) for number in range(len(_parts(whole)))]
    columns = [aggregate.label(name) for name, aggregate in zip(names, found, strict=True)]
    columns += [(func.count().filter(where) > 0).label(f"met_{place}") for place, where in _met(whole).items()]
    groups = [*(group.element.label(f"of_{group.key}") for group in groups_of(whole)), *things]
    stmt = narrowed(select(*groups, *columns).where(shared), whole, scope, also=lookups(whole))
    return stmt.group_by(*(literal_column(group.key or "") for group in groups))


def taken(question: Question, whole: Question) -> Select[Any]:
    """The statement that answers one of the questions from the sums; the same columns and rows as from the facts."""
    parts = _parts(whole)
    groups: list[Label[Any]] = []
    for place, name in enumerate(question.by):
        key: ColumnElement[Any] = column(f"of_key_{whole.by.index(name)}", Text)
        if place == 0 and question.folded is not None:
            key = folded(replace(dimension_of(question.facts, name), column=key), question.folded)
        groups.append(key.label(f"key_{place}"))
    groups += [column("of_currency", Text).label("currency")] if question.shows_currency else []
    groups += [column("of_start").label("start")] if question.granularity else []
    wanted = [next(place for place, each in enumerate(parts) if each is part) for part in _parts(question)]
    measures = [_again(parts[number], _column(period, number))
                for period in range(len(question.periods)) for number in wanted]  # fmt: skip
    named = [measure.label(f"measure_{place}") for place, measure in enumerate(measures)]
    # A group in which nothing counts is none of the answer's.
    own, met = {id(part.where) for part in _parts(question)}, _met(whole)
    counts = [column(f"met_{place}", Boolean) for place in met if own == {place}]
    stmt = select(*groups, *named).select_from(table(SUMS)).where(*counts)
    return stmt.group_by(*(literal_column(group.key or "") for group in groups))


def kept(batches: pa.RecordBatchReader, most: int) -> Sums:
    """The sums in memory, unless they are larger than `most` bytes."""
    found: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        found.append(batch)
        size += batch.nbytes
        if size > most:
            return Sums(None, 0)
    return Sums(pa.Table.from_batches(found, batches.schema), size)


def _parts(question: Question) -> list[Measure]:
    return [part for measure in question.measures for part in measure.parts]


def _column(period: int, number: int) -> str:
    return f"part_{period}_{number}"


def _met(whole: Question) -> dict[int, ColumnElement[bool]]:
    """The conditions under which rows count, where there are several."""
    wheres = {id(part.where): part.where for part in _parts(whole)}
    return {key: where for key, where in wheres.items() if where is not None} if len(wheres) > 1 else {}


def _things(whole: Question) -> list[Label[Any]] | None:
    """What is counted once, as a column of the sums; None where there are several such, or a part is no sum."""
    found: list[ColumnElement[Any]] = []
    for part in _parts(whole):
        thing = _thing(part)
        if thing is None and not _adds_up(part):
            return None
        if thing is not None and not any(thing.compare(each) for each in found):
            found.append(thing)
    return [thing.label(THING) for thing in found] if len(found) < 2 else None


def _function(part: Measure) -> FunctionElement[Any]:
    found = part.aggregate.func if isinstance(part.aggregate, FunctionFilter) else part.aggregate
    assert isinstance(found, FunctionElement)
    return found


def _thing(part: Measure) -> ColumnElement[Any] | None:
    """Of what different ones are counted; None where that is not what is counted."""
    function = _function(part)
    inner = next(iter(function.clauses), None)
    if not isinstance(inner, UnaryExpression) or inner.operator is not distinct_op:
        return None
    return inner.element if _name(part) == "count" else None


def _adds_up(part: Measure) -> bool:
    """Whether the parts of a sum are kept exactly and as what they are."""
    inner = next(iter(_function(part).clauses), None)
    if isinstance(inner, UnaryExpression) and inner.operator is distinct_op:
        return False
    return _name(part) in AGAIN and (_name(part) != "sum" or isinstance(part.aggregate.type, Numeric | Integer))


def _name(part: Measure) -> str:
    return str(getattr(_function(part), "name", ""))


def _summing(part: Measure) -> Measure:
    """What is summed up for a part: itself, or in how many rows the thing was seen."""
    if _thing(part) is None:
        return part
    seen, counted = func.count(), part.aggregate
    kept = counted.criterion if isinstance(counted, FunctionFilter) else None
    return replace(part, aggregate=seen if kept is None else seen.filter(kept))


def _again(part: Measure, name: str) -> ColumnElement[Any]:
    """A part of larger groups, from the sums of smaller ones."""
    if _thing(part) is not None:
        return func.count(distinct(column(THING))).filter(column(name, BigInteger) > 0)
    found: ColumnElement[Any] = getattr(func, AGAIN[_name(part)])(column(name))
    if _name(part) in ("count", "count_if"):
        return cast(func.coalesce(found, 0), BigInteger)
    # Whole numbers come back from memory as decimals.
    return cast(found, Huge()) if _name(part) == "sum" and isinstance(part.aggregate.type, Integer) else found

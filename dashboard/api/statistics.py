"""Statistics: what can be asked, and answers; one question has the same total here as on a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dashboard.api.access import ForStatistics, reading
from dashboard.api.problems import answers
from models.engines.statistics import Unit
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import Ask
from models.statistics.results import Result, ResultRow, Value

router = APIRouter(tags=["Statistics"])
Given = Annotated[
    str | int | None,
    Field(description="Exact decimals are text (`-12.3400`), numbers of things whole numbers; null: not known."),
]


class MeasureOut(BaseModel):
    """A figure that can be asked for, and by what it can be grouped and filtered."""

    name: str
    words: str
    unit: Unit
    definition: str
    additive: bool = Field(description="Whether groups may be summed; else the total is asked on its own.")
    dimensions: list[str]
    note: str = Field(description="What must be said beside the figure.")


class DimensionOut(BaseModel):
    """By what figures can be grouped and filtered; `parent` is the dimension above it."""

    name: str
    words: str
    parent: str | None
    definition: str
    measures: list[str]


class RowOut(BaseModel):
    """One group (and step of a trend): keys filter, labels are for people, values in the order of the measures."""

    keys: list[str]
    labels: list[str]
    currency: str
    start: date | None
    values: list[Given]
    compared: list[list[Given]] = Field(description="For each comparison, in the order of the question.")
    other: bool = Field(description="Whether it sums up what is left after the largest groups.")
    count: int = Field(description="How many groups it sums up.")


class MeasuredOut(BaseModel):
    """A measure of the answer."""

    name: str
    words: str
    unit: Unit
    definition: str
    additive: bool
    note: str


class GroupedOut(BaseModel):
    """A dimension of the answer; `finer` is the next one below it."""

    name: str
    words: str
    finer: str | None


class ComparisonOut(BaseModel):
    """What the answer is compared with, and which days that are."""

    against: str
    words: str


class AnswerOut(BaseModel):
    """The answer to a question. `problems` say what a reader must know; `as_of` is the age of the data."""

    period: str
    measures: list[MeasuredOut]
    dimensions: list[GroupedOut]
    comparisons: list[ComparisonOut]
    rows: list[RowOut]
    totals: list[RowOut]
    currency: str
    other_currencies: list[str]
    as_of: datetime | None
    through: date | None
    problems: list[str]


@router.get("/measures", responses=answers(403), operation_id="measures")
def measures(who: ForStatistics) -> list[MeasureOut]:
    """The figures that the person may ask for.

    A person whose roles open no statistics gets an empty list.
    """
    return [
        MeasureOut(
            name=offer.measure.name, words=offer.measure.words, unit=offer.measure.unit,
            definition=offer.measure.definition, additive=offer.measure.additive,
            dimensions=[dimension.name for dimension in offer.dimensions], note=offer.facts.note,
        )
        for offer in catalogue.offered(who.actor)
    ]  # fmt: skip


@router.get("/dimensions", responses=answers(403), operation_id="dimensions")
def dimensions(who: ForStatistics) -> list[DimensionOut]:
    """By what the person may group and filter figures."""
    named: dict[str, list[str]] = {}
    for offer in catalogue.offered(who.actor):
        for dimension in offer.dimensions:
            named.setdefault(dimension.name, []).append(offer.measure.name)
    known = catalogue.dimensions()
    return [
        DimensionOut(
            name=name, words=known[name].words, parent=known[name].parent, definition=known[name].definition,
            measures=measured,
        )
        for name, measured in named.items()
    ]  # fmt: skip


@router.post("/queries", responses=answers(403, 413, 422), operation_id="query")
def query(who: ForStatistics, ask: Ask) -> AnswerOut:
    """The answer to a question: measures by dimensions over a period, within what the person may see.

    It only reads; it is a POST because a question may be long.
    """
    with reading(who) as uow:
        return shown(answer(uow, ask))


def shown(result: Result) -> AnswerOut:
    """An answer as JSON tells it."""
    return AnswerOut(
        period=result.words,
        measures=[
            MeasuredOut(name=m.name, words=m.words, unit=m.unit, definition=m.definition, additive=m.additive,
                        note=m.note)
            for m in result.measures
        ],
        dimensions=[GroupedOut(name=d.name, words=d.words, finer=d.finer) for d in result.dimensions],
        comparisons=[ComparisonOut(against=c.against, words=c.words) for c in result.comparisons],
        rows=[_row(row) for row in result.rows],
        totals=[_row(row) for row in result.totals],
        currency=result.currency,
        other_currencies=list(result.other_currencies),
        as_of=result.as_of,
        through=result.through,
        problems=list(result.problems),
    )  # fmt: skip


def _row(row: ResultRow) -> RowOut:
    return RowOut(
        keys=list(row.keys), labels=list(row.labels), currency=row.currency, start=row.start, values=_values(row.now),
        compared=[_values(each) for each in row.compared], other=row.is_other, count=row.count,
    )  # fmt: skip


def _values(values: Sequence[Value]) -> list[str | int | None]:
    return [format(value, "f") if isinstance(value, Decimal) else value for value in values]

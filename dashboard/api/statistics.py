"""Statistics: what can be asked, and answers; one question has the same total here as on a page."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from dashboard.api.access import ForStatistics, reading
from dashboard.api.problems import answers
from dashboard.downloads import HEADERS, disposition
from models.core.settings import settings
from models.engines.statistics import Unit
from models.engines.statistics.explaining import Effect, Move
from models.exports import service
from models.exports.rules import ExportFormat, file_name
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import Ask, Compared, Name
from models.statistics.explaining import explain
from models.statistics.exporting import KIND, question_of
from models.statistics.results import Result, ResultRow, Value

router = APIRouter(tags=["Statistics"])
log = logging.getLogger("kontor.api")
PIECE = 1 << 18
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


class ExplainAsked(BaseModel):
    """A question and by what its change is split; `against` is the comparison to explain, by default its first."""

    model_config = ConfigDict(extra="forbid")
    question: Ask
    by: Name
    against: Compared | None = None


class PartOut(BaseModel):
    """What one group had before and has now, and how it moved: new, grown, shrunk or lost."""

    key: str
    label: str
    before: Given
    now: Given
    change: Given
    move: Move


class ExplainedOut(BaseModel):
    """Why the first measure of a question changed: the changes of all parts add up to `change` exactly.

    `effects` (price, volume, mix, new, lost) add up to it too; empty where no quantities are known.
    """

    measure: str
    by: str
    period: str
    compared_with: str
    currency: str
    before: Given
    now: Given
    change: Given
    parts: list[PartOut]
    effects: dict[Effect, Given]
    sentence: str
    as_of: datetime | None


@router.post("/queries/explain", responses=answers(403, 413, 422), operation_id="explain")
def explain_change(who: ForStatistics, asked: ExplainAsked) -> ExplainedOut:
    """Why a figure changed: who made the change, split exactly by one dimension, within what the person may see."""
    with reading(who) as uow:
        found = explain(uow, asked.question, asked.by, against=asked.against)
    result, split = found.result, found.split
    return ExplainedOut(
        measure=result.measures[0].name, by=found.by, period=result.words, compared_with=result.comparisons[0].words,
        currency=result.currency, before=_value(split.before), now=_value(split.now), change=_value(split.change),
        parts=[
            PartOut(key=part.key, label=found.labels[part.key], before=_value(part.before), now=_value(part.now),
                    change=_value(part.change), move=part.move)
            for part in split.parts
        ],
        effects={effect: _value(amount) for effect, amount in found.effects.items()}, sentence=found.sentence,
        as_of=result.as_of,
    )  # fmt: skip


class AnswerFormat(StrEnum):
    """The kinds of file that an answer can be."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {ExportFormat(kind.value).content_type.partition(";")[0]: {"schema": {"type": "string", "format":
                    "binary"}} for kind in AnswerFormat},
    }
}  # fmt: skip


@router.post(
    "/queries/file", response_class=StreamingResponse, responses=_FILE | answers(403, 413, 422),
    operation_id="query_file",
)  # fmt: skip
def query_file(who: ForStatistics, ask: Ask, format: AnswerFormat = AnswerFormat.CSV) -> StreamingResponse:
    """The answer to a question as a file, made at once: the same records as in an export of the page.

    An answer has at most 100,000 rows; customers' names are masked, as in every export.
    """
    kind, name = ExportFormat(format.value), "Answer"
    folder = settings().home / "exports-under-way" / f"api-{uuid4()}"
    folder.mkdir(parents=True)
    try:
        with reading(who) as uow:
            rows = service.write_now(uow, KIND, question_of([("", ask)], uow), kind, name, folder / "file")
            headers = HEADERS | {"content-disposition": disposition(file_name(name, uow.today, kind))}
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    log.info("api.answer_exported", extra={"token": str(who.token_id), "rows": rows, "format": kind.value})
    headers |= {"content-length": str((folder / "file").stat().st_size)}
    return StreamingResponse(_chunks(folder), media_type=kind.content_type, headers=headers)


def _chunks(folder: Path) -> Iterator[bytes]:
    """The file piece by piece; it is gone when it was sent, or when nobody waits for it any more."""
    try:
        with (folder / "file").open("rb") as content:
            while piece := content.read(PIECE):
                yield piece
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
    return [_value(value) for value in values]


def _value(value: Value) -> str | int | None:
    return f"{value:f}" if isinstance(value, Decimal) else value

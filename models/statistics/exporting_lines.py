"""Exports of the lines behind a figure: every one of them, with the figure on the cover.

A question is `{"ask": …}`, asked again within what the requester may see. Amounts come with eight decimals, what a line
adds to the figure exact as well; customers' names are masked (FIN-EXP-03).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import LineColumn, LineKind
from models.engines.statistics.lines import VALUE
from models.exports.producers import Column, Produced, Question, register
from models.exports.rules import ColumnKind, masked_name
from models.statistics import catalogue, lines
from models.statistics.asks import Ask, parsed
from models.statistics.exporting import fixed, said_of
from models.statistics.findings import value_text

KIND = "statistics.lines"
KINDS = {
    LineKind.AMOUNT: ColumnKind.AMOUNT, LineKind.COUNT: ColumnKind.NUMBER, LineKind.DURATION: ColumnKind.NUMBER,
    LineKind.DATE: ColumnKind.DATE,
}  # fmt: skip


def question_of(ask: Ask, uow: UnitOfWork) -> dict[str, Any]:
    """What is exported: the lines of the days that the question means today, whenever the file is made."""
    return {"ask": fixed(lines.alone(ask), uow).model_dump(mode="json")}


class LineExport:
    """`statistics.lines`: every line behind a figure."""

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """How many lines there are."""
        return lines.count(uow, _ask(question))

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """The lines, one record each."""
        ask = _ask(question)
        figure, columns, batches = lines.all_lines(uow, ask)
        measure = figure.measures[0]
        total = [value_text(row.now[0], measure.unit, row.currency) for row in figure.totals]
        facts = [(measure.words, "; ".join(total)), ("Definition", measure.definition), *said_of(uow, [figure])]
        headings = [heading for column in columns for heading in _headings(column)]
        missing = catalogue.dimensions()["customer"].missing_label
        cells = (_cells(columns, batch, missing) for batch in batches)
        return Produced(headings, cells, figure.as_of, facts)


def _ask(question: Question) -> Ask:
    given = question.get("ask")
    if not isinstance(given, Mapping):
        raise Refused(Problem("EXPORT-QUESTION", "This export asks nothing. Export from the page again."))
    return parsed(given)


def _headings(column: LineColumn) -> list[Column]:
    words = f"{column.words}, seconds" if column.kind is LineKind.DURATION else column.words
    first = Column(words, KINDS.get(column.kind, ColumnKind.TEXT))
    return [first, Column(f"{words} (exact)", ColumnKind.EXACT)] if _twice(column) else [first]


def _twice(column: LineColumn) -> bool:
    return column.name == VALUE and column.kind is LineKind.AMOUNT


def _cells(columns: Sequence[LineColumn], batch: Mapping[str, list[Any]], missing: str) -> list[list[Any]]:
    found: list[list[Any]] = []
    for column in columns:
        values = batch[column.name]
        if column.kind is LineKind.MARK:
            values = [None if value is None else "yes" if value else "no" for value in values]
        if column.name == "customer":
            values = [name if name == missing else masked_name(name) for name in values]
        found += [values, values] if _twice(column) else [values]
    return found


register(KIND, LineExport())

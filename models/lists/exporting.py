"""A list as a file: exactly what is filtered, with the columns that are shown, within the scope of who asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from models.core.unit_of_work import UnitOfWork
from models.engines.lists import compiling
from models.engines.lists.asking import Asked, asked_of, checked
from models.engines.lists.compiling import ListAnswer
from models.engines.lists.schema import ColumnKind, ListColumn
from models.exports.producers import Column, Produced, Question, register
from models.exports.rules import EXPORT_TERMS
from models.exports.rules import ColumnKind as FileKind
from models.lists.queries import OpenList, all_lists, columns_of, open_list

BATCH = 500
KINDS = {
    ColumnKind.AMOUNT: FileKind.AMOUNT, ColumnKind.COUNT: FileKind.NUMBER, ColumnKind.PERCENT: FileKind.QUANTITY,
    ColumnKind.SHARE: FileKind.QUANTITY,
    ColumnKind.DATE: FileKind.DATE, ColumnKind.INSTANT: FileKind.INSTANT,
}  # fmt: skip
PRIVATE = {"name": FileKind.NAME, "email": FileKind.EMAIL, "mobile": FileKind.MOBILE}


def question_of(opened: OpenList, asked: Asked) -> dict[str, Any]:
    """What an export of a list asks: the same as the page, its columns named, so that later changes do not matter."""
    named = Asked(asked.filters, asked.search, asked.sort or opened.shape.sort, columns_of(opened, asked))
    return {"asked": named.params()}


class ListExport:
    """`lists.<key>`: the rows of one list."""

    def __init__(self, key: str) -> None:
        self.key = key

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """How many rows there are, as far as an export may have them."""
        opened, asked = self._asked(uow, question)
        return compiling.count(uow, opened.source, opened.shape, asked, most=EXPORT_TERMS.largest)

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """The rows in the order of the list."""
        opened, asked = self._asked(uow, question)
        columns = [opened.shape.columns[name] for name in columns_of(opened, asked)]
        names = [*(column.name for column in columns), *_currencies(opened, columns)]
        answers = compiling.batches(uow, opened.source, opened.shape, asked, names, size=BATCH)
        first = next(answers)
        columns = [column for column in columns if column.name not in first.away]
        made = list(_file_columns(opened, columns, first))
        batches = (_cells(opened, made, answer) for answer in chain([first], answers))
        return Produced([column for column, _ in made], batches, uow.now, _facts(uow, opened, asked))

    def _asked(self, uow: UnitOfWork, question: Question) -> tuple[OpenList, Asked]:
        opened = open_list(uow, self.key)
        made = opened.source.definition
        uow.actor.demand(made.export if uow.actor.is_vendor else made.export_partner or made.export)
        return opened, checked(opened.source, opened.shape, asked_of(opened.shape, question.get("asked", {})))[0]


def _file_columns(
    opened: OpenList, columns: Sequence[ListColumn], first: ListAnswer
) -> Iterator[tuple[Column, ListColumn]]:
    """The columns of the file; an amount is preceded by its currency where each row has its own."""
    for column in columns:
        label = first.labels.get(column.name, column.label)
        if column.private:
            yield Column(label, PRIVATE[column.private]), column
            continue
        if column.kind is ColumnKind.AMOUNT and column.currency in opened.source.fields:
            currency = ListColumn(name=column.currency, label=f"{label}: currency")
            yield Column(currency.label), currency
        yield Column(label, KINDS.get(column.kind, FileKind.TEXT)), column


def _currencies(opened: OpenList, columns: Sequence[ListColumn]) -> list[str]:
    return [column.currency for column in columns if column.currency in opened.source.fields]


def _cells(opened: OpenList, made: Sequence[tuple[Column, ListColumn]], answer: ListAnswer) -> Sequence[Sequence[Any]]:
    return [
        [_cell(opened, column, row.values.get(column.name)) for row in answer.page.rows] for _, column in made
    ]  # fmt: skip


def _cell(opened: OpenList, column: ListColumn, value: Any) -> Any:
    if value is None or column.kind in (ColumnKind.AMOUNT, ColumnKind.COUNT, ColumnKind.DATE, ColumnKind.INSTANT):
        return value
    if column.kind in (ColumnKind.PERCENT, ColumnKind.SHARE):
        return Decimal(value) * 100
    if column.kind is ColumnKind.YES_NO:
        return "yes" if value else "no"
    behind = opened.source.fields.get(column.name)
    return behind.words(value) if behind else str(value)


def _facts(uow: UnitOfWork, opened: OpenList, asked: Asked) -> list[tuple[str, str]]:
    """What the cover says about the question, in words."""
    facts = [("List", opened.source.definition.title)]
    if asked.search:
        facts.append(("Search", asked.search))
    for name, words in compiling.filter_words(uow, opened.source, opened.shape, asked).items():
        facts.append((opened.shape.filters[name].label, ", ".join(words.values())))
    by = opened.shape.columns[asked.sort.removeprefix("-")] if asked.sort else None
    if by:
        facts.append(("Order", f"{by.label}{', the other way round' if asked.sort.startswith('-') else ''}"))
    return facts


for _key in all_lists():
    register(f"lists.{_key}", ListExport(_key))

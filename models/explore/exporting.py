"""Exports of exploration, made in the background: `explore.sql`, a statement's whole answer, and `explore.fields`.

A question is `{"sql": text, "parameters": {name: {"kind": …, "text": …}}}`, whose names are masked before SQL sees
them, or `{"ask": an Ask as JSON}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa

from models.core.errors import Problem, Refused
from models.core.money import WIDE
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.sandbox.process import Limits
from models.engines.statistics import Unit
from models.explore import asking, fields
from models.explore.asking import Asked
from models.explore.queries import parameters_of
from models.exports.producers import Column, Produced, Question, register
from models.exports.rules import EXPORT_TERMS, ColumnKind
from models.statistics.asks import Ask, parsed
from models.statistics.results import Value, as_number

LARGEST_MIB = 8_192
LAKE_PLACES = 12
"""Decimals of the exact columns of a file; answers with more keep eighteen."""
KINDS = {"number": ColumnKind.NUMBER, "date": ColumnKind.DATE, "time": ColumnKind.INSTANT}


class SqlAnswer:
    """`explore.sql`: every row of a statement's answer."""

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """How many rows there are is known when they were read: only the statement is judged."""
        asking.judged(uow, asked_of(question))
        return 0

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """The rows, batch after batch."""
        asked = asked_of(question)
        limits = Limits(
            seconds=settings().explore_seconds * 10, memory_mib=settings().explore_memory_mib,
            threads=settings().lake_threads, rows=EXPORT_TERMS.largest, answer_mib=LARGEST_MIB,
        )  # fmt: skip
        held = ExitStack()
        found = held.enter_context(asking.opened(uow, asked, limits=limits, masked=True))
        schema = found.answer.schema
        ages = [each.as_of for each in found.read if each.as_of]
        facts = [("Statement", asked.text)]
        facts += [(f"Value of {each.name}", each.text or "--") for each in asked.parameters]
        facts += [("Read", f"{each.rows:,} rows of {each.name}") for each in found.read]
        return Produced(columns_of(schema), _batches(held, found), min(ages, default=None), facts)


def asked_of(question: Question) -> Asked:
    """The statement that the page asked.

    Raises:
        Refused: it names none.
    """
    if not isinstance(question.get("sql"), str):
        raise Refused(Problem("EXPORT-QUESTION", "This export names no statement. Export from the page again."))
    return Asked(question["sql"], parameters_of(question.get("parameters") or {}))


def question_of(asked: Asked) -> dict[str, Any]:
    """A statement as exports keep it."""
    return {"sql": asked.text, "parameters": {p.name: {"kind": p.kind, "text": p.text} for p in asked.parameters}}


def columns_of(schema: pa.Schema) -> list[Column]:
    """The columns of the file; decimals keep every place."""
    return [Column(field.name, _kind(field.type)) for field in schema]


def _kind(kind: pa.DataType) -> ColumnKind:
    if pa.types.is_decimal(kind):
        return ColumnKind.EXACT if kind.scale <= LAKE_PLACES else ColumnKind.QUANTITY
    return KINDS.get(asking.kind_of(kind), ColumnKind.TEXT)


def _batches(held: ExitStack, found: asking.Opened) -> Iterator[Sequence[Sequence[Any]]]:
    rows = 0
    with held:
        for batch in found.answer.batches:
            rows += batch.num_rows
            if rows > EXPORT_TERMS.largest:
                text = f"The answer has more than the {EXPORT_TERMS.largest:,} records that one export may have."
                raise Refused(Problem("EXPORT-LARGE", text))
            yield [_cells(batch.column(place)) for place in range(batch.num_columns)]


def _cells(column: pa.Array) -> list[Any]:
    kind = column.type
    values: list[Any] = column.to_pylist()
    if pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return [None if value is None else str(value) for value in values]
    if pa.types.is_timestamp(kind) and kind.tz is None:
        return list(column.cast(pa.timestamp("us", "UTC")).to_pylist())
    return values


class FieldsAnswer:
    """`explore.fields`: the rows of an answer by fields, exact."""

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """How many rows there are."""
        return len(fields.asked(uow, _ask_of(question)).rows)

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """All rows at once: an answer has few."""
        found = fields.asked(uow, _ask_of(question))
        columns, cells = [], list[Sequence[Any]]()
        for place, dimension in enumerate(found.dimensions):
            named = ColumnKind.NAME if dimension.name == "customer" else ColumnKind.TEXT
            columns.append(Column(dimension.words, named))
            cells.append([row.labels[place] for row in found.rows])
        if found.ask.granularity:
            columns.append(Column(found.ask.granularity.value.capitalize(), ColumnKind.DATE))
            cells.append([row.start for row in found.rows])
        columns.append(Column("Currency"))
        cells.append([row.currency or None for row in found.rows])
        for place, measure in enumerate(found.measures):
            kind = ColumnKind.TEXT if measure.unit is Unit.WORD else ColumnKind.EXACT
            columns.append(Column(measure.words, kind))
            cells.append([_exact(row.now[place], kind) for row in found.rows])
            for number, other in enumerate(found.comparisons):
                columns.append(Column(f"{measure.words}, {other.words}", kind))
                cells.append([_exact(row.compared[number][place], kind) for row in found.rows])
        facts = [("Period", found.words), *((each.words, each.definition) for each in found.measures)]
        facts += [("Note", each) for each in found.problems]
        return Produced(columns, iter([cells]), found.as_of, facts)


def _exact(value: Value, kind: ColumnKind) -> Any:
    """As the column holds it: twelve decimals, as the lake does."""
    number = as_number(value)
    if kind is ColumnKind.TEXT or number is None:
        return value
    return number.quantize(Decimal(1).scaleb(-LAKE_PLACES), ROUND_HALF_UP, WIDE)


def _ask_of(question: Question) -> Ask:
    return parsed(question.get("ask") or {})


register("explore.sql", SqlAnswer())
register("explore.fields", FieldsAnswer())

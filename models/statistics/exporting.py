"""Exports of pages of statistics: exactly the questions that are shown, as one long table, or printed with pictures.

A question is `{"asks": [{"title": …, "ask": …}]}`; it is asked again within what the requester may see. Amounts keep
every decimal; customers' names are masked, as in every export (FIN-EXP-03).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models.core.errors import Problem, Refused
from models.core.money import WIDE
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Unit
from models.exports.producers import Column, Produced, Question, Section, register
from models.exports.rules import ColumnKind, masked_name
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import Ask, Days, Months, Where, parsed
from models.statistics.findings import finding, value_text
from models.statistics.periods import span
from models.statistics.results import Result, ResultRow, Value, as_number

KIND = "statistics.page"
PLACES = Decimal("0.000000000001")
"""To so many decimals quotients are rounded; amounts have no more."""
MOST = 40
"""Questions of one export."""
UNITS = {Unit.DURATION: "seconds", Unit.SHARE: "fraction", Unit.COUNT: "count", Unit.QUANTITY: "quantity"}
COLUMNS = (
    Column("Question"), Column("Period"), Column("Group"), Column("Second Group"), Column("From", ColumnKind.DATE),
    Column("Measure"), Column("Unit"), Column("Value", ColumnKind.EXACT), Column("Compared With"),
    Column("Compared Value", ColumnKind.EXACT), Column("Change", ColumnKind.EXACT),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    title: str
    result: Result


def question_of(asks: Sequence[tuple[str, Ask]], uow: UnitOfWork) -> dict[str, Any]:
    """What is exported: the questions with the days that they mean today, whenever the file is made."""
    return {"asks": [{"title": title, "ask": fixed(ask, uow).model_dump(mode="json")} for title, ask in asks]}


def fixed(ask: Ask, uow: UnitOfWork) -> Ask:
    """The same question for the days that its period means today."""
    meant = span(ask.period, uow.today)
    days = Days(from_day=meant.first, to_day=meant.last)
    months = Months(first=meant.first, last=meant.last.replace(day=1)) if meant.by_month else days
    return ask.model_copy(update={"period": months})


class PageExport:
    """`statistics.page`: the figures and tiles of a page."""

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """Pages are small: only the questions themselves are looked at."""
        _questions(question)
        return 0

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """The answers, one row for each measure of each group and step."""
        asked = [_Asked(title, answer(uow, ask)) for title, ask in _questions(question)]
        rows = [row for each in asked for row in _records(each)]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
        fresh = [each.result.as_of for each in asked if each.result.as_of]
        sections = [_section(each) for each in asked]
        facts = said_of(uow, [each.result for each in asked])
        return Produced(COLUMNS, iter([columns]), min(fresh, default=None), facts, sections)


def _questions(question: Question) -> list[tuple[str, Ask]]:
    given = question.get("asks")
    if (
        not isinstance(given, list)
        or not 0 < len(given) <= MOST
        or not all(isinstance(each, Mapping) for each in given)
    ):
        raise Refused(Problem("EXPORT-QUESTION", "This export asks nothing. Export from the page again."))
    return [(str(each.get("title", "")), parsed(each.get("ask") or {})) for each in given]


# ---- records ----


def _records(asked: _Asked) -> Iterator[tuple[Any, ...]]:
    result = asked.result
    rows = result.rows if result.ask.by or result.ask.granularity else result.totals
    for row in rows:
        first, second = (*_labels(result, row), None, None)[:2]
        for place, measure in enumerate(result.measures):
            unit = row.currency if measure.unit is Unit.MONEY else UNITS.get(measure.unit, "")
            others = result.comparisons[:1]
            before = _exact(row.compared[0][place]) if others else None
            now = _exact(row.now[place])
            change = now - before if now is not None and before is not None else None
            yield (
                _title(asked), result.words, first, second, row.start, measure.words, unit, now,
                others[0].words if others else None, before, change,
            )  # fmt: skip


def _title(asked: _Asked) -> str:
    """Its title, never a finding about customers: that would name them."""
    return asked.title or ", ".join(each.words for each in asked.result.measures)


def _labels(result: Result, row: ResultRow) -> list[str]:
    return [
        masked_name(label) if name == "customer" and len(key) == 36 else label
        for name, key, label in zip(result.ask.by, row.keys, row.labels, strict=True)
    ]


def _exact(value: Value) -> Decimal | None:
    number = as_number(value)
    return None if number is None else number.quantize(PLACES, ROUND_HALF_UP, WIDE)


# ---- on paper ----


def _section(asked: _Asked) -> Section:
    result = asked.result
    rows = result.rows if result.ask.by or result.ask.granularity else result.totals
    step = [result.ask.granularity.value.capitalize()] if result.ask.granularity else []
    names = [each.words for each in result.dimensions] + step
    before = [f"Against {each.words}" for each in result.comparisons[:1]]
    measures = [head for each in result.measures for head in (_head(each.words, each.unit, result), *before)]
    table = [[*_labels(result, row), *([_day(row)] if step else []), *_values(result, row)] for row in rows]
    headers = [*names, *measures]
    numbers = range(len(names), len(headers))
    words = ", ".join(each.words for each in result.measures)
    said = "" if "customer" in result.ask.by else f"{finding(result)}. "
    return Section(
        _title(asked), f"{said}{words}; {result.words}", headers, table, tuple(numbers), _bars(result), bool(step)
    )


def _head(words: str, unit: Unit, result: Result) -> str:
    return f"{words}, {result.currency}" if unit is Unit.MONEY and result.currency else words


def _day(row: ResultRow) -> str:
    return f"{row.start:%b %Y}" if row.start else ""


def _values(result: Result, row: ResultRow) -> Iterator[str]:
    for place, each in enumerate(result.measures):
        yield value_text(row.now[place], each.unit)
        if result.comparisons:
            percent = row.percent(place)
            yield "--" if percent is None else f"{percent.quantize(Decimal('0.1'), ROUND_HALF_UP):+} %"


def _bars(result: Result) -> list[tuple[str, float]]:
    """The first measure as a picture: by group, or by step; nothing where there are groups and steps."""
    by, step = result.ask.by, result.ask.granularity
    if (by and step) or len(by) > 1 or not (by or step):
        return []
    named = [(_day(row) if step else _labels(result, row)[0], row) for row in result.rows if not row.is_other]
    return [(name, float(as_number(row.now[0]) or 0)) for name, row in named]


# ---- the cover ----


def said_of(uow: UnitOfWork, results: Sequence[Result]) -> list[tuple[str, str]]:
    """Period, comparison, currency, filters and what must be said, each once."""
    facts = [("Period", results[0].words)]
    if results[0].comparisons:
        facts.append(("Compared with", results[0].comparisons[0].words))
    currencies = dict.fromkeys(each.currency for each in results if each.currency)
    if currencies:
        facts.append(("Currency", ", ".join(currencies)))
    for where in dict.fromkeys(where for each in results for where in each.ask.where):
        facts.append((catalogue.dimensions()[where.dimension].words, _filtered(uow, where)))
    notes = [note for each in results for note in (*(m.note for m in each.measures), *each.problems) if note]
    return facts + [("Note", note) for note in dict.fromkeys(notes)]


def _filtered(uow: UnitOfWork, where: Where) -> str:
    labels = catalogue.dimensions()[where.dimension].labels(uow, list(where.values))
    masks = where.dimension == "customer"
    return ", ".join(
        masked_name(labels.get(value, value)) if masks else labels.get(value, value) for value in where.values
    )


register(KIND, PageExport())

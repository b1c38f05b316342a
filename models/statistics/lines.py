"""The lines behind a figure: the same question as the figure's, down to each fact, with the figure as their total.

Lines of amounts are those of the currency that the figure is shown in; where it is converted, or asked for in each
currency, all of them, each in its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.core.errors import Problem, Refused
from models.core.paging import FIRST_PAGE, PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines import statistics as engine
from models.engines.statistics import Facts, Line, LineColumn, Measure, Question, Sort
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import EACH, Ask
from models.statistics.framing import resolved
from models.statistics.results import Result


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of the lines behind a figure. `figure` is the figure itself, `count` how many lines make it.

    `keys` has what stands behind the words of each row: by them a line leads to its case, customer or partner.
    """

    ask: Ask
    figure: Result
    each: Result | None
    """The figure in every currency of its own, where it is converted."""
    words: str
    columns: tuple[LineColumn, ...]
    rows: tuple[Line, ...]
    keys: tuple[Line, ...]
    count: int
    as_of: datetime | None
    next: str | None
    previous: str | None


def alone(ask: Ask) -> Ask:
    """The question of one figure: without groups, steps and comparisons."""
    return ask.model_copy(update={"by": (), "against": (), "granularity": None, "top": None, "sort": Sort.AMOUNT})


def lines(uow: UnitOfWork, ask: Ask, page: PageRequest = FIRST_PAGE, *, sort: Sort = Sort.AMOUNT) -> Lines:
    """A page of the lines that make the figure of a question's one measure: the largest first, or the newest.

    Raises:
        NotAllowed: the actor may not see the measure.
        Refused: several measures, one that does not exist, or a cursor of another list.
        LakeAway: the facts cannot be read.
    """
    asked = alone(ask)
    figure, measure, question = _meant(uow, asked)
    each = answer(uow, asked.model_copy(update={"convert": None, "currency": EACH})) if figure.conversion else None
    counts = engine.ask(uow, _counting(measure, question)).rows
    found = engine.lines(uow, measure, question, page, sort=sort)
    facts = question.facts
    return Lines(
        asked, figure, each, facts.lines.words if facts.lines else "", engine.line_columns(facts, measure), found.rows,
        found.keys, sum(int(row.amount()) for row in counts), found.as_of, found.next, found.previous,
    )  # fmt: skip


def count(uow: UnitOfWork, ask: Ask) -> int:
    """How many lines make the figure."""
    _, measure, question = _meant(uow, alone(ask))
    return sum(int(row.amount()) for row in engine.ask(uow, _counting(measure, question)).rows)


def all_lines(uow: UnitOfWork, ask: Ask) -> tuple[Result, tuple[LineColumn, ...], Iterator[Mapping[str, list[Any]]]]:
    """The figure, the columns of its lines, and all of them batch after batch, while `uow` is open."""
    figure, measure, question = _meant(uow, alone(ask))
    return figure, engine.line_columns(question.facts, measure), engine.lines_as_stream(uow, measure, question)


def _meant(uow: UnitOfWork, ask: Ask) -> tuple[Result, Measure, Question]:
    """The figure, its measure, and the question that keeps facts to what it counts."""
    if len(ask.measures) != 1:
        raise Refused(Problem("STATISTICS-LINES", "Ask for the lines of one figure at a time.", "measures"))
    asked = resolved(uow, ask)
    facts, measure = catalogue.facts_of(ask.measures[0]), asked.measures[0]
    figure = answer(uow, ask)
    currencies = _currencies(facts, measure, figure)
    question = asked.question(facts, measure.parts, (), currencies=currencies, further=())
    return figure, measure, question


def _currencies(facts: Facts, measure: Measure, figure: Result) -> tuple[str, ...] | None:
    """The currencies that the lines are kept to; None for all."""
    if facts.currency is None or figure.conversion or figure.ask.currency == EACH:
        return None
    if measure.per_currency:
        return (figure.currency,) if figure.currency else None
    return (figure.ask.currency,) if figure.ask.currency else None


def _counting(measure: Measure, question: Question) -> Question:
    return Question(
        question.facts, (engine.counted(measure),), question.period, where=question.where,
        currencies=question.currencies,
    )  # fmt: skip

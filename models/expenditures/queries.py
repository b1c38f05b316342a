"""The questions of Statistics › Expenditures (FIN-SEXP), answered from the lake within the actor's scope.

Every question takes an `ExpenditureFilter`; every answer says period, comparison, currency and how fresh it is.
Amounts of different currencies are never added. Amount due and amount paid wait for the bills: nothing here invents
them. Expenditure is the sum of every bill type but tax (CUS-COM-05).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import (
    OTHER,
    UNMAPPED,
    Against,
    Answer,
    Filter,
    Granularity,
    Period,
    Question,
    Sort,
    ask,
    ask_together,
)
from models.expenditures.answers import (
    Cycles,
    Distribution,
    Figure,
    GroupedTrend,
    Option,
    Overview,
    Series,
    Trend,
    TrendPoint,
)
from models.expenditures.customer_list import customers_by_change, drivers
from models.expenditures.dimensions import DIMENSIONS, EXPENDITURES, labels
from models.expenditures.filters import CONVERTED, FILTERS, Conversion, ExpenditureFilter
from models.expenditures.frame import (
    ZERO,
    Frame,
    Money,
    Shown,
    Step,
    added,
    context,
    frame,
    group,
    known_until,
    money,
    steps,
    topped,
)
from models.expenditures.line_list import lines, lines_for_export
from models.expenditures.measures import LINES, SPENDING_CUSTOMERS

__all__ = [
    "CONVERTED",
    "FILTERS",
    "GROUPINGS",
    "Against",
    "Conversion",
    "ExpenditureFilter",
    "Filter",
    "Granularity",
    "Sort",
    "customers_by_change",
    "cycles",
    "distribution",
    "drivers",
    "grouped_trend",
    "lines",
    "lines_for_export",
    "options",
    "overview",
    "trend",
]

GROUPINGS = ("service_type", "billing_mode", "association_type", "account_manager", "customer")
"""The grouping basis, exactly these five (FIN-SEXP-04). Vendors may also group by "partner"."""
EVER = Period(date(1990, 1, 1), date(2200, 1, 1))


def cycles(uow: UnitOfWork) -> Cycles:
    """Billing cycles with lines that the actor may see, newest first; none when the lake is empty."""
    uow.actor.demand("statistics.view")
    answer = ask(uow, Question(EXPENDITURES, (LINES,), EVER, granularity=Granularity.MONTH))
    return Cycles(tuple(sorted((row.start for row in answer.rows if row.start), reverse=True)), answer.as_of)


def overview(uow: UnitOfWork, asked: ExpenditureFilter) -> Overview:
    """Expenditure and spending customers of the period and the compared one (FIN-SEXP-01)."""
    framed = frame(uow, asked)
    unlimited = uow.actor.scope.everything
    whole = framed.question()
    shown = money(uow, asked, ask(uow, whole))
    # A chosen currency narrows customers as well; without one all that spend are counted, whatever they spend in.
    same = (*asked.filters, Filter("currency", (asked.currency,))) if asked.currency else asked.filters
    questions = [whole, framed.question(measures=(SPENDING_CUSTOMERS,), where=same)]
    if unlimited:
        nobodys = (*(each for each in asked.filters if each.dimension != "customer"), Filter("customer", (UNMAPPED,)))
        questions.append(framed.question(where=nobodys))
    answers = ask_together(uow, *questions)
    amounts, customers = answers[0].rows, answers[1].rows
    shown, compared = money(uow, asked, answers[0]), framed.compared is not None
    chosen = asked.values("customer")
    seen = unlimited and (not chosen or UNMAPPED in chosen)
    figures = [Figure(row.currency, row.amount(), row.amount_before() if compared else None) for row in amounts]
    return Overview(
        context=context(framed, shown, answers[0]),
        total=shown.total(answers[0], compared=compared),
        figures=tuple(sorted(figures, key=lambda each: each.currency)),
        unmapped=shown.total(answers[2], compared=compared) if seen else None,
        spending_customers=int(added(row.amount() for row in customers)),
        spending_customers_before=int(added(row.amount_before() for row in customers)) if compared else None,
        lines=int(added(row.amount(1) for row in amounts)),
    )


def trend(uow: UnitOfWork, asked: ExpenditureFilter, granularity: Granularity | None = None) -> Trend:
    """Expenditure over time: daily for one cycle, monthly for more, unless asked otherwise (FIN-SEXP-01)."""
    framed = frame(uow, asked)
    step = Granularity.DAY if asked.day else granularity or _usual(asked)
    answer = ask(uow, framed.question(granularity=step))
    shown = money(uow, asked, answer)
    now, before = _by_start(shown.shown(answer))
    latest = known_until(framed)
    points = [
        TrendPoint(
            each.position,
            each.start,
            None if each.start is None or each.start > latest else now.get(each.start, ZERO),
            each.before_start,
            before.get(each.before_start, ZERO) if each.before_start and _within(each.before_start, framed) else None,
        )
        for each in steps(framed, step)
    ]
    return Trend(context(framed, shown, answer), step, tuple(points))


def grouped_trend(
    uow: UnitOfWork, asked: ExpenditureFilter, by: str, *, top: int = 10, sort: Sort = Sort.AMOUNT
) -> GroupedTrend:
    """Expenditure over time by a dimension; groups after the `top` first are summed up as Other (FIN-SEXP-02).

    Raises:
        Refused: there is no such dimension.
    """
    framed = frame(uow, asked)
    step = _usual(asked)
    if by in DIMENSIONS and DIMENSIONS[by].many:
        # Thousands of groups at every step would be fetched to show ten: the largest are asked for first.
        whole = distribution(uow, asked, by, top=top, sort=sort)
        keys = tuple(each.key for each in whole.groups if each.key)
        answer = ask(uow, framed.question(by=(by,), granularity=step, folded=keys))
        shown = money(uow, asked, answer)
        counts = {OTHER: next((each.count for each in whole.groups if each.key is None), 0)}
    else:
        answer = ask(uow, framed.question(by=(by,), granularity=step))
        shown, counts = money(uow, asked, answer), {}
    total = shown.total(answer, compared=framed.compared is not None)
    places = steps(framed, step)
    series = _series(uow, framed, by, shown, answer, places, total, top=top, sort=sort, counts=counts)
    return GroupedTrend(
        context(framed, shown, answer),
        by,
        step,
        tuple(each.start for each in places if each.start),
        tuple(series),
        total,
    )


def distribution(
    uow: UnitOfWork, asked: ExpenditureFilter, by: str, *, top: int = 10, sort: Sort = Sort.AMOUNT
) -> Distribution:
    """Expenditure by a dimension with change and share; the rest is summed up as Other (FIN-SEXP-03).

    Raises:
        Refused: there is no such dimension.
    """
    framed = frame(uow, asked)
    answer = ask(uow, framed.question(by=(by,)))
    shown, compared = money(uow, asked, answer), framed.compared is not None
    total = shown.total(answer, compared=compared)
    groups = topped(uow, by, shown.ranked(answer, sort), sort, top, total)
    return Distribution(context(framed, shown, answer), by, tuple(groups), total)


def options(uow: UnitOfWork, asked: ExpenditureFilter, dimension: str) -> tuple[Option, ...]:
    """Values of a dimension that occur in the period (the filter on this dimension itself aside), by label.

    Raises:
        Refused: there is no such dimension.
    """
    framed = frame(uow, replace(asked.narrowed(dimension), against=Against.NOTHING))
    answer = ask(uow, framed.question(by=(dimension,), measures=(LINES,)))
    words = labels(uow, dimension, (row.keys[0] for row in answer.rows))
    found = (Option(row.keys[0], words[row.keys[0]]) for row in answer.rows)
    return tuple(sorted(found, key=lambda each: (each.label.casefold(), each.key)))


def _usual(asked: ExpenditureFilter) -> Granularity:
    return Granularity.DAY if asked.day or asked.months == 1 else Granularity.MONTH


def _by_start(rows: Sequence[Shown]) -> tuple[dict[date, Decimal], dict[date, Decimal]]:
    now: dict[date, Decimal] = {}
    before: dict[date, Decimal] = {}
    for each in rows:
        if each.row.start:
            now[each.row.start] = added((now.get(each.row.start, ZERO), each.now))
            before[each.row.start] = added((before.get(each.row.start, ZERO), each.before))
    return now, before


def _within(day: date, framed: Frame) -> bool:
    """Whether the compared period is looked at on that day: a running month is compared up to the same day."""
    if framed.compared is None:
        return False
    until = framed.compared.until
    return until is None or day < framed.compared.last or (day - framed.compared.last).days < until


def _series(
    uow: UnitOfWork,
    framed: Frame,
    by: str,
    shown: Money,
    answer: Answer,
    places: Sequence[Step],
    total: Figure,
    *,
    top: int,
    sort: Sort,
    counts: Mapping[str, int],
) -> list[Series]:
    """The groups in order, each over time."""
    parts: dict[str, list[Shown]] = {}
    for each in shown.shown(answer):
        parts.setdefault(each.row.keys[0], []).append(each)
    order = [each for each in shown.ranked(answer, sort) if each.key != OTHER]
    groups = topped(uow, by, order, sort, len(order) if OTHER in parts else top, total)
    if OTHER in parts:
        rest = shown.sums(answer)[OTHER]
        before = None if total.before is None else rest.before
        groups.append(group(None, "Other", rest.now, before, total.now, count=counts[OTHER]))
    named = {each.key for each in groups}
    others = [row for key, rows in parts.items() if key not in named for row in rows]
    return [Series(each, *_along(others if each.key is None else parts[each.key], places, framed)) for each in groups]


def _along(
    rows: Sequence[Shown], places: Sequence[Step], framed: Frame
) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...] | None]:
    now, before = _by_start(rows)
    amounts = tuple(now.get(each.start, ZERO) for each in places if each.start)
    if framed.compared is None:
        return amounts, None
    return amounts, tuple(before.get(each.before_start, ZERO) for each in places if each.before_start)

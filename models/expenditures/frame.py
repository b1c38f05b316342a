"""What every answer stands in: the two periods, the currency it is shown in, and the groups in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models.catalog import queries as catalog
from models.core.errors import Problem, Refused
from models.core.money import EXACT, WIDE, Rate
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import (
    Answer,
    Granularity,
    Period,
    Question,
    Row,
    Sort,
    ask,
    data_through,
    month_end,
    of_one_state,
    shift_month,
)
from models.expenditures.answers import Context, ConversionUsed, Figure, Group, percent
from models.expenditures.dimensions import EXPENDITURES
from models.expenditures.filters import ExpenditureFilter
from models.expenditures.measures import EXPENDITURE, LINES

ZERO = Decimal(0)
TRIES = 3
"""Answers of two states of the lake are asked again; imports are minutes apart, so twice is already rare."""
LONGEST = 120
"""More cycles than this are no question a page asks; it would be a damaged address."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The periods that a filter means on the business date of the question (GMT+08:00)."""

    asked: ExpenditureFilter
    period: Period
    compared: Period | None
    elapsed: int | None
    through: date | None

    def question(self, **more: object) -> Question:
        """A question over both periods within the filters: expenditure and lines, unless asked otherwise."""
        plain: dict[str, object] = {
            "facts": EXPENDITURES,
            "measures": (EXPENDITURE, LINES),
            "period": self.period,
            "compared": self.compared,
            "where": self.asked.filters,
        }
        return Question(**{**plain, **more})  # type: ignore[arg-type]


def frame(uow: UnitOfWork, asked: ExpenditureFilter) -> Frame:
    """The periods of a question. A running month is compared with the same elapsed days.

    Raises:
        NotAllowed: the actor may not see statistics.
        Refused: the period is longer than ten years.
    """
    uow.actor.demand("statistics.view")
    if asked.months > LONGEST:
        raise Refused(Problem("STATISTICS-PERIOD", "Ask for a period of at most ten years.", "period"))
    period = Period(asked.first, asked.last, day=asked.day)
    if asked.last != uow.today.replace(day=1) or asked.day:
        return Frame(asked, period, period.compared(asked.against), None, None)
    through = data_through(EXPENDITURES, asked.last)
    elapsed = min(through, uow.today).day if through else 0
    return Frame(asked, period, period.compared(asked.against, until=elapsed), elapsed, through)


def ask_together(uow: UnitOfWork, *questions: Question) -> list[Answer]:
    """Answers that are all of one state of the lake."""
    answers = [ask(uow, question) for question in questions]
    for _ in range(TRIES):
        if of_one_state(answers):
            break
        answers = [ask(uow, question) for question in questions]
    return answers


@dataclass(frozen=True, slots=True)
class Money:
    """In which currency amounts are shown, and by what those of others are multiplied; others are left out."""

    currency: str
    factors: Mapping[str, Decimal]
    used: ConversionUsed | None

    def shown(self, rows: Iterable[Row]) -> list[Shown]:
        """Rows in the shown currency, unrounded."""
        return [
            Shown(row, WIDE.multiply(row.amount(), factor), _before(row, factor))
            for row in rows
            if (factor := self.factors.get(row.currency)) is not None
        ]

    def total(self, rows: Iterable[Row], *, compared: bool) -> Figure:
        """What the rows add up to."""
        shown = self.shown(rows)
        before = added(row.before for row in shown) if compared else None
        return Figure(self.currency, added(row.now for row in shown), before)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the engine with its amounts in the shown currency."""

    row: Row
    now: Decimal
    before: Decimal


def _before(row: Row, factor: Decimal) -> Decimal:
    return WIDE.multiply(row.amount_before(), factor) if row.before else ZERO


def money(uow: UnitOfWork, asked: ExpenditureFilter, rows: Iterable[Row]) -> Money:
    """How amounts of these rows are shown; their second measure is the number of lines."""
    lines: dict[str, Decimal] = {}
    for row in rows:
        lines[row.currency] = lines.get(row.currency, ZERO) + row.amount(1)
        if row.before:
            lines[row.currency] += row.amount_before(1)
    if asked.conversion:
        return _converted(uow, asked, set(lines))
    base = settings().base_currency
    currency = asked.currency or (base if base in lines or not lines else max(lines, key=lambda c: (lines[c], c)))
    return Money(currency, {currency: Decimal(1)}, None)


def _converted(uow: UnitOfWork, asked: ExpenditureFilter, currencies: set[str]) -> Money:
    wanted = asked.conversion
    assert wanted
    on = wanted.on or min(month_end(asked.last), uow.today)
    rates = catalog.rates(uow, on, base=wanted.base, source=wanted.source or None)
    used: tuple[Rate, ...] = tuple(rates[each] for each in sorted(currencies - {wanted.base}) if each in rates)
    missing = tuple(sorted(currencies - {wanted.base} - rates.keys()))
    factors = {wanted.base: Decimal(1)} | {rate.currency: rate.value for rate in used}
    return Money(wanted.base, factors, ConversionUsed(wanted.base, used, missing))


def context(framed: Frame, shown: Money, answer: Answer) -> Context:
    """What belongs to every answer."""
    compared = framed.compared
    return Context(
        first=framed.period.first,
        last=framed.period.last,
        compared_first=compared.first if compared else None,
        compared_last=compared.last if compared else None,
        elapsed=framed.elapsed,
        through=framed.through,
        currency=shown.currency,
        conversion=shown.used,
        as_of=answer.as_of,
        snapshot_id=answer.snapshot_id,
    )


def added(amounts: Iterable[Decimal]) -> Decimal:
    """An exact sum."""
    total = ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def sums_by_key(rows: Sequence[Shown]) -> dict[str, tuple[Decimal, Decimal]]:
    """Now and before of each key of the first dimension."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for each in rows:
        now, before = sums.get(each.row.keys[0], (ZERO, ZERO))
        sums[each.row.keys[0]] = EXACT.add(now, each.now), EXACT.add(before, each.before)
    return sums


def group(
    key: str | None, label: str, now: Decimal, before: Decimal | None, total: Decimal, *, count: int = 1
) -> Group:
    """A group with its change and share; a share of nothing (or of a credit) is none."""
    change = None if before is None else EXACT.subtract(now, before)
    share = WIDE.divide(now, total) if total > 0 else None
    return Group(key, label, now, before, change, percent(change, before), share, count)


def ranked(groups: Sequence[Group], sort: Sort) -> list[Group]:
    """Groups in order; equal ones by label and key, so that the order never jumps."""
    by_name = sorted(groups, key=lambda each: (each.label.casefold(), each.key or ""))
    if sort is Sort.NAME:
        return by_name
    if sort is Sort.CHANGE:
        return sorted(by_name, key=lambda each: abs(each.change or ZERO), reverse=True)
    return sorted(by_name, key=lambda each: each.now, reverse=True)


def topped(groups: Sequence[Group], sort: Sort, top: int, total: Decimal) -> list[Group]:
    """The `top` first groups and Other, which sums up the rest; by name the largest are kept, then put in order."""
    order = ranked(groups, Sort.AMOUNT if sort is Sort.NAME else sort)
    kept, rest = order[:top], order[top:]
    if len(rest) == 1:  # Other would be a single group: its own name says more
        kept, rest = order, []
    if sort is Sort.NAME:
        kept = ranked(kept, Sort.NAME)
    if rest:
        compared = rest[0].before is not None
        before = added(each.before or ZERO for each in rest) if compared else None
        kept = [*kept, group(None, "Other", added(each.now for each in rest), before, total, count=len(rest))]
    return kept


@dataclass(frozen=True, slots=True)
class Step:
    """One position of a trend and where it lies in each period; None where that period has no such day."""

    position: int
    start: date | None
    before_start: date | None


def steps(framed: Frame, granularity: Granularity) -> list[Step]:
    """The positions of a trend: cycle beside cycle, or each day beside the same day of the compared cycle."""
    if framed.period.day:
        return [Step(1, framed.period.day, framed.compared.day if framed.compared else None)]
    months = framed.period.months
    compared = framed.compared.months if framed.compared else (None,) * len(months)
    pairs = list(zip(months, compared, strict=False))
    if granularity is Granularity.MONTH:
        return [Step(place, now, before) for place, (now, before) in enumerate(pairs, start=1)]
    days = [
        (_on_day(now, day), _on_day(before, day) if before else None)
        for now, before in pairs
        for day in range(1, max(month_end(now).day, month_end(before).day if before else 0) + 1)
    ]
    return [Step(place, now, before) for place, (now, before) in enumerate(days, start=1)]


def _on_day(month: date, day: int) -> date | None:
    found = month + timedelta(days=day - 1)
    return found if found < shift_month(month, 1) else None


def known_until(framed: Frame) -> date:
    """The last business date that can have data: days after it are unknown, not zero."""
    if framed.elapsed is None:
        return month_end(framed.period.last)
    return framed.through or framed.period.last - timedelta(days=1)

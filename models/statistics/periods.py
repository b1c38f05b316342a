"""Which days a question means, which it is compared with, and their words; pure, business dates (GMT+08:00)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest

from models.engines.statistics import Granularity, Period, month_end, shift_month
from models.expenditures.words import months_words
from models.statistics.asks import Compared, Days, Months, Relative

DAY = timedelta(days=1)
FULL_MONTHS = {
    Relative.LAST_MONTH: 1,
    Relative.LAST_3_MONTHS: 3,
    Relative.LAST_6_MONTHS: 6,
    Relative.LAST_12_MONTHS: 12,
    Relative.LAST_24_MONTHS: 24,
}
SOME_DAYS = {Relative.LAST_7_DAYS: 7, Relative.LAST_30_DAYS: 30, Relative.LAST_90_DAYS: 90}


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; whole months when `by_month`."""

    first: date
    last: date
    by_month: bool

    @property
    def months(self) -> int:
        """How many months it touches."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def period(self) -> Period:
        """As the engine asks for it."""
        if self.by_month:
            return Period(self.first, self.last.replace(day=1))
        return Period.of_days(self.first, self.last)

    def words(self, today: date) -> str:
        """`June`, `April to June`, `2 to 8 June 2024`."""
        if self.by_month and self.last == month_end(self.last.replace(day=1)):
            if (self.first.month, self.last.month, self.months) == (1, 12, 12):
                return str(self.first.year)
            return months_words(self.first, self.last.replace(day=1), today=today)
        year = "" if self.last.year == today.year else f" {self.last.year}"
        end = f"{self.last.day} {self.last:%B}{year}"
        if self.first == self.last:
            return end
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first.day} to {end}"
        begins = "" if self.first.year == self.last.year else f" {self.first.year}"
        return f"{self.first.day} {self.first:%B}{begins} to {end}"


def span(period: Relative | Months | Days, today: date) -> Span:
    """The days that a period means today."""
    if isinstance(period, Months):
        return Span(period.first, month_end(period.last), True)
    if isinstance(period, Days):
        return Span(period.from_day, period.to_day, False)
    month = today.replace(day=1)
    if period in FULL_MONTHS:
        return Span(shift_month(month, -FULL_MONTHS[period]), month - DAY, True)
    if period in SOME_DAYS:
        return Span(today - SOME_DAYS[period] * DAY, today - DAY, False)
    step = {
        Relative.THIS_QUARTER: Granularity.QUARTER,
        Relative.LAST_QUARTER: Granularity.QUARTER,
        Relative.THIS_YEAR: Granularity.YEAR,
        Relative.LAST_YEAR: Granularity.YEAR,
    }.get(period, Granularity.MONTH)
    first = step.step(today)
    if period in (Relative.LAST_QUARTER, Relative.LAST_YEAR):
        first = shift_month(first, -step.months)
    return Span(first, shift_month(first, step.months) - DAY, True)


def running(asked: Span, today: date) -> bool:
    """Whether some of its days are still to come, or today is its last."""
    return asked.first <= today <= asked.last


def compared(asked: Span, against: Compared, *, today: date, through: date | None) -> Period | None:
    """The days that a period is compared with; None for the plan, which is of the same days.

    A running period is compared with the same elapsed days: until `through`, the last day with data (None: none yet).
    """
    if against is Compared.PLAN:
        return None
    year = against is Compared.YEAR
    if not asked.by_month:
        return _days_before(asked, year, min(through or today, today) if running(asked, today) else asked.last)
    by = -12 if year else -asked.months
    first, last = asked.first, asked.last.replace(day=1)
    if not running(asked, today):
        return Period(shift_month(first, by), shift_month(last, by))
    until = min(through, today).day if through else 0
    return Period(shift_month(first, by), shift_month(today.replace(day=1), by), until=until)


def _days_before(asked: Span, year: bool, last: date) -> Period:
    if year:
        return Period.of_days(_year_before(asked.first), _year_before(last))
    length = asked.last - asked.first + DAY
    return Period.of_days(asked.first - length, last - length)


def _year_before(day: date) -> date:
    month = shift_month(day.replace(day=1), -12)
    return month.replace(day=min(day.day, month_end(month).day))


def span_of(period: Period) -> Span:
    """The days of an engine's period."""
    return Span(period.begins, period.ends, period.days is None and period.day is None)


@dataclass(frozen=True, slots=True)
class Step:
    """One position of a trend, counted from 1, and where it begins in the period and in each compared one.

    None where that period has no such step (a 31st beside a 30th).
    """

    position: int
    start: date | None
    compared: tuple[date | None, ...]


def steps(asked: Period, others: Sequence[Period | None], granularity: Granularity) -> tuple[Step, ...]:
    """The steps of a period beside those of the compared ones: day beside the same day of its month, else in order."""
    all_periods = [asked, *(other or asked for other in others)]
    if granularity is Granularity.DAY and asked.days is None:
        rows = _days_of_months(all_periods)
    else:
        rows = list(zip_longest(*([start for start, _ in each.steps(granularity)] for each in all_periods)))
    return tuple(Step(place, row[0], tuple(row[1:])) for place, row in enumerate(rows, start=1))


def _days_of_months(periods: Sequence[Period]) -> list[tuple[date | None, ...]]:
    rows: list[tuple[date | None, ...]] = []
    for months in zip_longest(*(each.months for each in periods)):
        longest = max(month_end(month).day for month in months if month)
        rows += [tuple(_on_day(month, day) for month in months) for day in range(1, longest + 1)]
    return rows


def _on_day(month: date | None, day: int) -> date | None:
    return None if month is None or day > month_end(month).day else month.replace(day=day)

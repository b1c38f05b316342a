"""A question and its answer: measures by dimensions over billing cycles, within filters, compared with before."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, and_, false, or_

from models.core.file_bounds import Bounds
from models.engines.statistics.terms import (
    Against,
    Facts,
    Filter,
    Granularity,
    Measure,
    month_end,
    shift_month,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period:
    """Billing cycles from `first` to `last`, both included.

    `until` keeps only the first so many days of the last cycle, `day` only one business date, `days` only those from
    the first to the second, both included.
    """

    first: date
    last: date
    until: int | None = None
    day: date | None = None
    days: tuple[date, date] | None = None

    @classmethod
    def of_days(cls, first: date, last: date) -> Period:
        """Business dates from the first to the last, both included."""
        return cls(first.replace(day=1), last.replace(day=1), days=(first, last))

    @property
    def begins(self) -> date:
        """Its first business date."""
        return self.days[0] if self.days else self.day or self.first

    @property
    def ends(self) -> date:
        """Its last business date; before `begins` when it has none."""
        if self.days or self.day:
            return self.days[1] if self.days else self.day or self.last
        return month_end(self.last) if self.until is None else self.last + timedelta(days=self.until - 1)

    @property
    def months(self) -> tuple[date, ...]:
        """Its cycles in order."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return tuple(shift_month(self.first, step) for step in range(count))

    def steps(self, granularity: Granularity) -> list[tuple[date, date]]:
        """First and last day of each step, the last one no later than the period ends.

        A step begins where the calendar does, even before the period: the first quarter of a period that begins in
        February is the quarter of January.
        """
        found: list[tuple[date, date]] = []
        start = granularity.step(self.begins)
        while start <= self.ends:
            later = shift_month(start, granularity.months) if granularity.months else start + timedelta(days=1)
            found.append((start, min(later - timedelta(days=1), self.ends)))
            start = later
        return found

    def compared(self, against: Against, *, until: int | None = None) -> Period | None:
        """The period it is compared with, of equal length; `until` cuts its last cycle at the days elapsed.

        None when nothing is compared, or when the day has none to be compared with (a 31st after a 30th).
        """
        if against is Against.NOTHING:
            return None
        by = -12 if against is Against.YEAR else -len(self.months)
        day = None
        if self.day:
            month = shift_month(self.day.replace(day=1), -12 if against is Against.YEAR else -1)
            if self.day.day > month_end(month).day:
                return None
            day = month.replace(day=self.day.day)
            return Period(month, month, day=day)
        return replace(self, first=shift_month(self.first, by), last=shift_month(self.last, by), until=until)

    def condition(self, facts: Facts) -> ColumnElement[bool]:
        """Which facts fall into it: those that happened in it, or the states that hold at its end."""
        day = facts.table.c[facts.day]
        if self.last < self.first:
            return false()
        if facts.ended:
            ended = facts.table.c[facts.ended]
            return and_(day <= self.ends, or_(ended.is_(None), ended > self.ends))
        if facts.cycle is None:
            return day == self.begins if self.begins == self.ends else day.between(self.begins, self.ends)
        cycle = facts.table.c[facts.cycle]
        within = cycle == self.first if self.first == self.last else cycle.between(self.first, self.last)
        if self.day:
            return and_(within, day == self.day)
        if self.days:
            return and_(within, day.between(*self.days))
        if self.until is not None:
            return and_(within, or_(cycle < self.last, day <= self.ends))
        return within

    def holds_all(self, facts: Facts, bounds: Bounds) -> bool:
        """Whether facts of such billing months are all in it, whole months that it is."""
        known = bounds.get(facts.cycle or "")
        if known is None or self != Period(self.first, self.last):
            return False
        return bool(self.first <= known[0] and known[1] <= self.last)


def joined_periods(periods: Sequence[Period], facts: Facts) -> list[Period]:
    """Periods that hold the same facts together; whole months that follow each other are one, read by one condition."""
    if facts.ended or facts.cycle is None or any(each != Period(each.first, each.last) for each in periods):
        return list(periods)
    found: list[Period] = []
    for each in sorted(periods, key=lambda period: period.first):
        if found and each.first <= shift_month(found[-1].last, 1):
            found[-1] = Period(found[-1].first, max(found[-1].last, each.last))
        else:
            found.append(each)
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a fact table. The engine adds the actor's scope.

    `granularity` splits into steps. `folded` keeps these keys of the first dimension of `by` and sums up the others as
    OTHER. `further` are more periods that it is compared with. `currencies` keeps these only; `per_currency` puts each
    on rows of its own even where nothing asked is an amount. `within` is the finest of several questions of which this
    is one: what they have in common is then read once (gathering.py). It changes no answer.
    """

    facts: Facts
    measures: tuple[Measure, ...]
    period: Period
    compared: Period | None = None
    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    granularity: Granularity | None = None
    folded: tuple[str, ...] | None = None
    further: tuple[Period, ...] = ()
    currencies: tuple[str, ...] | None = None
    per_currency: bool = False
    within: Question | None = field(default=None, compare=False)

    @property
    def shows_currency(self) -> bool:
        """Whether amounts stand in the answer, each currency on rows of its own."""
        return self.per_currency or any(measure.per_currency for measure in self.measures)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The period and those it is compared with."""
        return (self.period, *((self.compared,) if self.compared else ()), *self.further)


Value = Decimal | int | str | None


class Row(NamedTuple):
    """Measures of one group, in the order of the question; None where no line counts.

    `currency` is empty when no measure is money; `start` is the first day of the step with a granularity.
    """

    keys: tuple[str, ...]
    currency: str
    start: date | None
    now: tuple[Value, ...]
    before: tuple[Value, ...]
    further: tuple[tuple[Value, ...], ...] = ()

    def amount(self, measure: int = 0) -> Decimal:
        """A measure of the period as a Decimal; zero where nothing counts."""
        return _decimal(self.now[measure])

    def amount_before(self, measure: int = 0) -> Decimal:
        """A measure of the compared period as a Decimal; zero where nothing counts."""
        return _decimal(self.before[measure])


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows in no particular order, and which state of the facts they are of (None: an empty lake).

    Records are as fresh as the question, the lake is as its newest commit.
    """

    rows: tuple[Row, ...]
    as_of: datetime | None
    snapshot_id: int | None
    _derived: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """What a caller makes of the rows, made once and kept as long as the answer is; `key` says how it is made.

        Two threads may make it at the same time: both make the same.
        """
        if key not in self._derived:
            self._derived[key] = make()
        found: T = self._derived[key]
        return found


def rows_of(question: Question, found: Sequence[tuple[Any, ...]]) -> tuple[Row, ...]:
    """Typed rows from those of a statement, column by column; a missing value of a dimension becomes its key."""
    if not found:
        return ()
    columns = iter(zip(*found, strict=True))
    missing = [question.facts.dimensions[name].missing_key for name in question.by]
    keys = [[key if value is None else value for value in next(columns)] for key in missing]
    currencies = [value or "" for value in next(columns)] if question.shows_currency else repeat("", len(found))
    starts = next(columns) if question.granularity else repeat(None, len(found))
    now, *others = [_values(question, columns, len(found)) for _ in question.periods]
    before = others.pop(0) if question.compared else repeat((), len(found))
    further = zip(*others, strict=True) if others else repeat((), len(found))
    each = zip(*keys, strict=True) if keys else repeat((), len(found))
    return tuple(map(Row, each, currencies, starts, now, before, further))


def _values(question: Question, columns: Iterator[tuple[Any, ...]], count: int) -> list[tuple[Any, ...]]:
    """The measures of one period from the columns of their parts."""
    measures: list[Iterable[Any]] = []
    for measure in question.measures:
        parts = [next(columns) for _ in measure.parts]
        measures.append(parts[0] if len(parts) == 1 else map(measure.of_parts, zip(*parts, strict=True)))
    return list(zip(*measures, strict=True)) if measures else [()] * count


def _decimal(value: Any) -> Decimal:
    if value is None:
        return Decimal(0)
    if isinstance(value, Decimal | int):
        return Decimal(value)
    raise TypeError(f"{value!r} is no exact number")

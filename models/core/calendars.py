"""Working time: which days and hours a country works, and due times computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from models.core.clock import BUSINESS_ZONE


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Public holidays of a country (ISO 3166 alpha-2) in a year; none are known for a country without a list."""
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


@lru_cache(maxsize=64)
def holiday_names(country: str, year: int) -> Mapping[date, str]:
    """The same in English words, where the list has them."""
    try:
        return dict(sorted(holidays.country_holidays(country, years=year, language="en_US").items()))
    except NotImplementedError:
        return {}


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours from a first to a last day (None: until others follow), in business time."""

    first: date
    last: date | None
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """A country's working days and hours in business time (GMT+08:00), with the vendor's own exceptions.

    `hours` are those of some time; `opens` and `closes` are those of every other day.
    """

    country: str
    opens: time = time(9)
    closes: time = time(18)
    weekend: frozenset[int] = frozenset({5, 6})
    extra_holidays: frozenset[date] = field(default_factory=frozenset)
    extra_workdays: frozenset[date] = field(default_factory=frozenset)
    hours: tuple[Hours, ...] = ()
    book: CalendarBook | None = field(default=None, repr=False, compare=False)
    """Where the other countries' calendars stand."""

    def of(self, country: str) -> WorkingCalendar:
        """The calendar of another country from the same book."""
        return self.book.of(country) if self.book else WorkingCalendar(country)

    def hours_on(self, day: date) -> tuple[time, time]:
        """When a day's work begins and ends."""
        for each in self.hours:
            if each.first <= day and (each.last is None or day <= each.last):
                return each.opens, each.closes
        return self.opens, self.closes

    def works_on(self, day: date) -> bool:
        """Whether the day is a working day: a manager's exception first, then holidays, then the weekend."""
        if day in self.extra_workdays:
            return True
        if day in self.extra_holidays or day in public_holidays(self.country, day.year):
            return False
        return day.weekday() not in self.weekend

    def next_workday(self, day: date) -> date:
        """The first working day after `day`.

        Raises:
            ValueError: the calendar has no working day within a year.
        """
        for ahead in range(1, 367):
            if self.works_on(candidate := day + timedelta(days=ahead)):
                return candidate
        raise ValueError(f"the calendar of {self.country} has no working day in a year after {day}")

    def add_workdays(self, start: date, days: int) -> date:
        """The date `days` working days after `start`; the day of the start does not count."""
        for _ in range(days):
            start = self.next_workday(start)
        return start

    def due(self, start: datetime, *, workdays: int) -> datetime:
        """When `workdays` working days after an instant end: closing time of that day, aware."""
        day = self.add_workdays(start.astimezone(BUSINESS_ZONE).date(), workdays)
        return datetime.combine(day, self.hours_on(day)[1], BUSINESS_ZONE)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Time between two instants that falls into working hours; zero when the end is not later."""
        start, end = start.astimezone(BUSINESS_ZONE), end.astimezone(BUSINESS_ZONE)
        total, day = timedelta(), start.date()
        while day <= end.date() and start < end:
            if self.works_on(day):
                opens, closes = (datetime.combine(day, at, BUSINESS_ZONE) for at in self.hours_on(day))
                total += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return total


@dataclass(frozen=True, slots=True)
class CalendarBook:
    """The calendars of all countries, with what the vendor changed of them."""

    changed: Mapping[str, WorkingCalendar] = field(default_factory=dict)

    def of(self, country: str) -> WorkingCalendar:
        """The calendar of a country (ISO 3166 alpha-2)."""
        return replace(self.changed.get(country) or WorkingCalendar(country), book=self)

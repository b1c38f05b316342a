"""Working time between many pairs of instants: the same as the calendar's own count, without going day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import accumulate

from models.core.calendars import WorkingCalendar
from models.core.clock import business_midnight

DAY = 24 * 60 * 60


class WorkedTime:
    """Working time by a calendar between instants from a first until a last business date."""

    def __init__(self, calendar: WorkingCalendar, first: date, last: date) -> None:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        self._begins = int(business_midnight(first).timestamp())
        self._hours = [_hours(calendar, day) for day in days]
        self._before = [0, *accumulate(closes - opens for opens, closes in self._hours)]

    def seconds(self, start: datetime, end: datetime) -> int:
        """Whole seconds of working time; zero when the end is not later."""
        return max(self._until(end) - self._until(start), 0)

    def _until(self, at: datetime) -> int:
        """Working seconds from the beginning of the first day until an instant."""
        number, second = divmod(int(at.timestamp()) - self._begins, DAY)
        opens, closes = self._hours[number]
        return self._before[number] + min(max(second - opens, 0), closes - opens)


def _hours(calendar: WorkingCalendar, day: date) -> tuple[int, int]:
    """From which second of a day until which one is worked."""
    if not calendar.works_on(day):
        return 0, 0
    opens, closes = (_second(at) for at in calendar.hours_on(day))
    return opens, max(opens, closes)


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second

"""Working time between many pairs of instants: the same as the calendar's own count, without going day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import accumulate

from models.core.calendars import WorkingCalendar
from models.core.clock import BUSINESS_ZONE


class WorkedTime:
    """Working time by a calendar between instants from a first until a last business date."""

    def __init__(self, calendar: WorkingCalendar, first: date, last: date) -> None:
        self._calendar, self._first = calendar, first
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        self._before = [0, *accumulate(self._of_day(day) for day in days)]

    def seconds(self, start: datetime, end: datetime) -> int:
        """Whole seconds of working time; zero when the end is not later."""
        return max(self._until(end) - self._until(start), 0)

    def _of_day(self, day: date) -> int:
        if not self._calendar.works_on(day):
            return 0
        opens, closes = (datetime.combine(day, at) for at in self._calendar.hours_on(day))
        return max(int((closes - opens).total_seconds()), 0)

    def _until(self, at: datetime) -> int:
        """Working seconds from the beginning of the first day until an instant."""
        local = at.astimezone(BUSINESS_ZONE)
        number = (local.date() - self._first).days
        whole = self._before[number + 1] - self._before[number]
        opens = datetime.combine(local.date(), self._calendar.hours_on(local.date())[0], BUSINESS_ZONE)
        return self._before[number] + min(max(int((local - opens).total_seconds()), 0), whole)

"""Spans of time as a manager writes them: `3 working days`, `15 days`, `2 hours`; and when they end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from models.core.calendars import WorkingCalendar
from models.core.clock import BUSINESS_ZONE

_WORDS = re.compile(r"(\d+) (working days?|days?|hours?|minutes?)")


class Unit(StrEnum):
    """What a span counts; working days follow the vendor's calendar, the others run through."""

    WORKING_DAYS = "working day"
    DAYS = "day"
    HOURS = "hour"
    MINUTES = "minute"


@dataclass(frozen=True, slots=True)
class Term:
    """A span of time, e.g. 3 working days."""

    number: int
    unit: Unit

    @classmethod
    def parse(cls, words: Any) -> Term:
        """The span that the words mean.

        Raises:
            ValueError: they mean none.
        """
        if isinstance(words, Term):
            return words
        found = _WORDS.fullmatch(str(words).strip())
        if found is None:
            raise ValueError(f"{words!r} is no span of time; write for example 3 working days, 15 days or 2 hours")
        return cls(int(found[1]), Unit(found[2].removesuffix("s")))

    def after(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """When the span ends that begins at `start`. Days end with the business day (GMT+08:00), working days with
        the closing time of their last day."""
        if self.unit is Unit.WORKING_DAYS:
            return calendar.due(start, workdays=self.number)
        if self.unit is Unit.DAYS:
            day = start.astimezone(BUSINESS_ZONE).date() + timedelta(days=self.number)
            return datetime.combine(day, calendar.hours_on(day)[1], BUSINESS_ZONE)
        hours = self.unit is Unit.HOURS
        return start + (timedelta(hours=self.number) if hours else timedelta(minutes=self.number))

    def before(self, end: datetime, calendar: WorkingCalendar) -> datetime:
        """When so much is left until `end`."""
        if self.unit is Unit.WORKING_DAYS:
            day = end.astimezone(BUSINESS_ZONE)
            for _ in range(self.number):
                day -= timedelta(days=1)
                while not calendar.works_on(day.date()):
                    day -= timedelta(days=1)
            return day
        spans = {Unit.DAYS: timedelta(days=1), Unit.HOURS: timedelta(hours=1), Unit.MINUTES: timedelta(minutes=1)}
        return end - self.number * spans[self.unit]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


TermField = Annotated[Term, BeforeValidator(Term.parse)]

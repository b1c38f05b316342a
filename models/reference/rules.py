"""What reference data must be before it counts, and what may still be changed of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum

from models.core.calendars import WorkingCalendar
from models.core.errors import Problem

LONGEST_NAME = 80
LONGEST_EXCEPTION = 60
"""Days that one exception may span: more is a mistyped year."""
TAX_PLACES = 4


class DayKind(StrEnum):
    """What an exception makes of a day."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"

    @property
    def words(self) -> str:
        """As people read it."""
        return "Holiday" if self is DayKind.HOLIDAY else "Working day"


@dataclass(frozen=True, slots=True)
class Validity:
    """From a first to a last day, both included; without a last day until something ends it. Business dates."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)

    def meets(self, other: Validity) -> bool:
        """Whether a day lies in both."""
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)

    def days(self) -> Iterator[date]:
        """Every day of a validity that has a last one."""
        assert self.last is not None
        for ahead in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=ahead)

    def __str__(self) -> str:
        if self.last is None:
            return f"from {self.first}"
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def validity_problems(wanted: Validity, others: Iterable[Validity], *, today: date) -> list[Problem]:
    """What keeps a new validity from being entered beside `others` of the same kind; `today` is the business date.

    What has passed was counted with already, so nothing new begins before today.
    """
    if wanted.last is not None and wanted.last < wanted.first:
        return [Problem("REF-ORDER", "The last day lies before the first one.", "last")]
    if wanted.first < today:
        words = f"{wanted.first} has passed and was counted with: begin today ({today}) or later."
        return [Problem("REF-PAST", words, "first")]
    return [
        Problem("REF-OVERLAP", f"There is one already {other}: end it first, or choose other days.", "first")
        for other in others
        if wanted.meets(other)
    ]


def name_problems(name: str, field: str = "name") -> list[Problem]:
    """Whether something can be called so."""
    if name.strip() and len(name) <= LONGEST_NAME:
        return []
    return [Problem("REF-NAME", f"Give it a name of at most {LONGEST_NAME} characters.", field)]


def exception_problems(
    kind: DayKind, wanted: Validity, others: Iterable[Validity], calendar: WorkingCalendar, *, name: str, today: date
) -> list[Problem]:
    """Everything that keeps days of a country's calendar from being made holidays or working days.

    `calendar` is the country's as it counts now.
    """
    problems = name_problems(name) + validity_problems(wanted, others, today=today)
    if problems:
        return problems
    if wanted.last is None or (wanted.last - wanted.first).days >= LONGEST_EXCEPTION:
        return [Problem("REF-LONG", f"Holidays and working days span at most {LONGEST_EXCEPTION} days.", "last")]
    works = kind is DayKind.WORKDAY
    if all(calendar.works_on(day) is works for day in wanted.days()):
        already = "working days" if works else "no working days"
        return [Problem("REF-NOTHING", f"These are {already} already ({wanted}): nothing would change.", "first")]
    return []


def hours_problems(opens: time, closes: time) -> list[Problem]:
    """Whether a day can be worked so."""
    if opens < closes:
        return []
    return [Problem("REF-HOURS", "The day closes after it opens, within the same day.", "closes")]


def tax_problems(tax: str, percent: Decimal) -> list[Problem]:
    """Whether there can be a tax of so many per cent."""
    problems = name_problems(tax, "tax")
    if not percent.is_finite() or not 0 <= percent <= 100:
        problems.append(Problem("REF-PERCENT", "A rate lies between 0 and 100 per cent, such as 19 or 7.5.", "percent"))
    elif percent != round(percent, TAX_PLACES):
        problems.append(Problem("REF-PLACES", f"A rate has at most {TAX_PLACES} decimals.", "percent"))
    return problems


def end_problems(current: Validity, last: date, *, today: date) -> list[Problem]:
    """What keeps a validity from ending with the day `last`. What has passed stays: the earliest end is yesterday's.

    A validity that has not begun by then is withdrawn as a whole.
    """
    if current.last is not None and current.last < today:
        return [Problem("REF-OVER", f"It was over on {current.last}: what has passed stays as it was.", "last")]
    if last < today - timedelta(days=1):
        words = f"It counted on {last + timedelta(days=1)} already: end it with {today - timedelta(days=1)} or later."
        return [Problem("REF-PAST", words, "last")]
    if current.last is not None and last > current.last:
        return [Problem("REF-LONGER", f"It ends on {current.last} already: enter what follows as a new one.", "last")]
    return []

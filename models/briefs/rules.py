"""When a brief is due: pure, in the person's own time."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from models.core.errors import Problem


class Every(StrEnum):
    """How often a brief comes."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class EditionStatus(StrEnum):
    """How far an edition is."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a brief comes: `on_day` is the weekday (1: Monday) or the day of the month (31: its last), `at` the local
    time as HH:MM."""

    every: Every
    on_day: int
    at: str

    @property
    def words(self) -> str:
        """`Every Monday at 07:30`."""
        if self.every is Every.DAY:
            return f"Every day at {self.at}"
        if self.every is Every.WEEK:
            return f"Every {DAYS[self.on_day - 1]} at {self.at}"
        return f"Every month on day {self.on_day} at {self.at}"


def schedule_problems(schedule: Schedule) -> list[Problem]:
    """Everything wrong with a schedule; empty when nothing is."""
    problems = []
    if not _CLOCK.fullmatch(schedule.at):
        problems.append(Problem("BRIEF-TIME", "Enter a time of day like 07:30.", "at"))
    most = {Every.DAY: 1, Every.WEEK: 7, Every.MONTH: 31}[schedule.every]
    if schedule.every is not Every.DAY and not 1 <= schedule.on_day <= most:
        problems.append(Problem("BRIEF-DAY", f"Choose a day from 1 to {most}.", "on_day"))
    return problems


def next_due(schedule: Schedule, after: datetime, zone: tzinfo) -> datetime:
    """The first time after an instant at which a brief is due, in UTC.

    A time that a change of clocks skips is read as if it had not; one that comes twice counts the first time.
    """
    day = after.astimezone(zone).date()
    while True:
        if _fits(schedule, day):
            due = _at(day, schedule.at, zone)
            if due > after:
                return due
        day += timedelta(days=1)


def _fits(schedule: Schedule, day: date) -> bool:
    if schedule.every is Every.DAY:
        return True
    if schedule.every is Every.WEEK:
        return day.isoweekday() == schedule.on_day
    return day.day == min(schedule.on_day, monthrange(day.year, day.month)[1])


def _at(day: date, clock: str, zone: tzinfo) -> datetime:
    hour, _, minute = clock.partition(":")
    return datetime.combine(day, time(int(hour), int(minute)), zone).astimezone(UTC)


def narrowed(filters: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Stored filters as they are asked: dimension to keys; whatever is no list of keys is left out."""
    return {
        str(name): tuple(str(key) for key in keys)
        for name, keys in filters.items()
        if isinstance(keys, list | tuple) and keys
    }

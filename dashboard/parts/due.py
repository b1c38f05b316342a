"""Due times in colour and words: how late, how soon, or that the clock stands (look §2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from dashboard.parts import formats
from dashboard.parts.head import Badge
from dashboard.parts.rows import Tone
from models.core.calendars import WorkingCalendar
from models.core.clock import BUSINESS_ZONE, now

Said = tuple[str, Tone]


def due_words(
    due_at: datetime | None, *, paused: bool = False, calendar: WorkingCalendar | None = None, short: bool = False
) -> Said:
    """A due time as people read it, with its tone; working days are the calendar's. `short`: for a narrow column."""
    if paused:
        return "Clock stopped" if short else "Clock stopped: partner owes answer", "blue"
    if due_at is None:
        return "No due time", "gray"
    due, moment = due_at.astimezone(BUSINESS_ZONE), now().astimezone(BUSINESS_ZONE)
    if due <= moment:
        return _overdue(due, moment, calendar or WorkingCalendar("CN"), short), "red"
    days = (due.date() - moment.date()).days
    if days == 0:
        return f"Due today {due:%H:%M}", "orange"
    if days == 1:
        return f"Due tomorrow {due:%H:%M}", "gray"
    if days < 7:
        return f"Due {due:%a}, {formats.day(due.date())}", "gray"
    until = f"Until {formats.day(due.date())}"
    return until if short else f"{until}, {formats.plural(days, 'day')}", "gray"


def _overdue(due: datetime, moment: datetime, calendar: WorkingCalendar, short: bool) -> str:
    if due.date() == moment.date():
        return f"Overdue since {due:%H:%M}"
    worked, day = 0, due.date()
    while day < moment.date() and worked < 400:
        day += timedelta(days=1)
        worked += calendar.works_on(day)
    days = formats.plural(max(worked, 1), "working day")
    return f"{days} late" if short else f"Overdue by {days}"


def due_badge(due_at: datetime | None, *, paused: bool = False) -> Badge:
    """The same as a badge beside a title."""
    words, tone = due_words(due_at, paused=paused)
    icon = {"red": "alarm", "orange": "schedule", "blue": "pause_circle"}.get(tone, "event")
    return Badge(words, tone, icon)


def age_words(since: datetime) -> str:
    """How long something lies there: `4 h`, `6 d`."""
    span = now() - since
    return f"{span.days} d" if span.days else f"{max(span.seconds // 3600, 0)} h"

"""Clocks over a part of a workflow: what starts, pauses and ends them, and when they are due.

A clock listens to signals: `enter business`, `leave business`, `leave business.approve`, `submit request`, `ask`,
`ask business`, `answer`, `end`. When it is due is worked out from when it started and from every span in which it
stood, each time anew; nothing is ever added to an earlier due time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from models.core.calendars import WorkingCalendar
from models.core.clock import BUSINESS_ZONE
from models.engines.workflow import events as e
from models.engines.workflow.state import ClockState
from models.engines.workflow.terms import Term, TermField, Unit

What = Literal["started", "paused", "resumed", "stopped", "reset", "cancelled"]
VISIT = "clock:"
"""How the timers of a clock name it where those of a stage name their visit."""


class Clock(BaseModel):
    """A named clock. Each list holds the signals that have this effect; `due` is a span of running time.

    `remind` says how long before it is due whoever is waited for is told, `escalate` how long after it each role is.
    `country` is the calendar of its working days; empty: that of the type.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = ""
    start: tuple[str, ...] = Field(min_length=1)
    pause: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    due: TermField
    country: str = ""
    remind: tuple[TermField, ...] = ()
    escalate: dict[str, TermField] = Field(default_factory=dict)

    @property
    def signals(self) -> set[str]:
        """Everything that it listens to."""
        return {*self.start, *self.pause, *self.resume, *self.stop, *self.reset, *self.cancel}


def within(clock: Clock, name: str) -> Clock:
    """The clock of a process that stands in another workflow, where its nodes have a longer name."""

    def renamed(signals: tuple[str, ...]) -> tuple[str, ...]:
        parts = [signal.partition(" ") for signal in signals]
        return tuple(
            f"{verb} {name}.{node}" if node and verb != "submit" else f"{verb}{space}{node}"
            for verb, space, node in parts
        )

    lists = ("start", "pause", "resume", "stop", "reset", "cancel")
    return clock.model_copy(update={each: renamed(getattr(clock, each)) for each in lists})


def signals_of(event: e.Event) -> frozenset[str]:
    """What clocks hear of an event."""
    match event:
        case e.Entered():
            return frozenset({f"enter {event.node}"})
        case e.Left():
            node = event.visit.rpartition("#")[0]
            return frozenset({f"leave {node}", f"leave {node}.{event.outcome}"})
        case e.Submitted():
            return frozenset({f"submit {event.form}"})
        case e.Asked() | e.Answered():
            word = "ask" if isinstance(event, e.Asked) else "answer"
            return frozenset({word, f"{word} {event.visit.rpartition('#')[0]}"})
        case e.Withdrawn():
            return frozenset(f"leave {visit.rpartition('#')[0]}" for visit in event.visits)
        case e.Ended():
            return frozenset({"end"})
    return frozenset()


def heard(clock: Clock, state: ClockState | None, signals: frozenset[str]) -> What | None:
    """What a clock does for signals. Of several effects at once the one that ends most counts."""
    running = state is not None and state.ended_at is None
    if state is not None and running:
        if signals & {*clock.cancel}:
            return "cancelled"
        if signals & {*clock.stop} or "end" in signals:
            return "stopped"
        if signals & {*clock.reset}:
            return "reset"
        if signals & {*clock.pause} and not state.is_paused:
            return "paused"
        if signals & {*clock.resume} and state.is_paused:
            return "resumed"
        return None
    return "started" if signals & {*clock.start} and "end" not in signals else None


def calendar_of(clock: Clock, calendar: WorkingCalendar) -> WorkingCalendar:
    """The calendar of its working days."""
    return calendar.of(clock.country) if clock.country else calendar


def due_at(term: Term, state: ClockState, calendar: WorkingCalendar) -> datetime | None:
    """When a clock is due by all that it ran and stood; None while it stands, or is over."""
    if state.is_paused or state.ended_at is not None:
        return None
    stood = [(begin, end) for begin, end in state.pauses if end is not None]
    if term.unit is Unit.WORKING_DAYS:
        days = sum(_workdays(begin, end, calendar) for begin, end in stood)
        return calendar.due(state.started_at, workdays=term.number + days)
    return term.after(state.started_at, calendar) + sum((end - begin for begin, end in stood), timedelta())


def _workdays(begin: datetime, end: datetime, calendar: WorkingCalendar) -> int:
    """Working days that began between two instants."""
    day, last, found = begin.astimezone(BUSINESS_ZONE).date(), end.astimezone(BUSINESS_ZONE).date(), 0
    while day < last:
        day += timedelta(days=1)
        found += calendar.works_on(day)
    return found


def clock_timers(clock: Clock, state: ClockState, calendar: WorkingCalendar) -> dict[str, datetime]:
    """When each rung of its ladder comes, by its due time as it is now."""
    due = due_at(clock.due, state, calendar)
    if due is None:
        return {}
    before = ((f"remind:{number}", term.before(due, calendar)) for number, term in enumerate(clock.remind))
    found = {timer: at for timer, at in before if at > state.started_at}
    found["due"] = due
    return found | {f"escalate:{role}": term.after(due, calendar) for role, term in clock.escalate.items()}


def changes(clocks: dict[str, Clock], states: dict[str, ClockState], event: e.Event) -> Iterator[tuple[str, What]]:
    """What an event does to clocks."""
    signals = signals_of(event) if clocks else frozenset()
    for name, clock in clocks.items() if signals else ():
        if what := heard(clock, states.get(name), signals):
            yield name, what


def rings(
    clocks: dict[str, Clock], states: dict[str, ClockState], calendar: WorkingCalendar
) -> Iterator[tuple[datetime, str, str]]:
    """The rungs that are still to come: when, the name that timers have for the clock, and which."""
    for name, state in states.items():
        if clock := clocks.get(name):
            for timer, at in clock_timers(clock, state, calendar_of(clock, calendar)).items():
                if timer not in state.fired:
                    yield at, f"{VISIT}{name}", timer

"""The one timeline of a case that partner, reviewer and manager read: what happened, by whom, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models.applications.rows import Standing
from models.engines.definitions.registry import DEEDS, Deed
from models.engines.definitions.schema import ApplicationType
from models.engines.definitions.versions import words as version_words
from models.engines.forms.words import words
from models.engines.workflow import events as e
from models.engines.workflow.evolve import evolve
from models.engines.workflow.schema import Decision, ReviewNode
from models.engines.workflow.state import State
from models.identity.roles import role_book


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A thing that happened, or (`current`) whom the case waits for: then `at` is since when, `due_at` until when.

    `status` is the case's status afterwards, when it changed; `given` what a decision recorded, label and words.
    `tone`: green, red, orange, blue or gray.
    """

    at: datetime
    icon: str
    title: str
    by: str
    tone: str
    phase: str
    comment: str = ""
    reason: str = ""
    status: str = ""
    current: bool = False
    due_at: datetime | None = None
    overdue: bool = False
    paused: bool = False
    given: tuple[tuple[str, str], ...] = ()


Told = tuple[str, str, str]
"""Icon, title, tone."""


def timeline_of(
    made: ApplicationType, events: Iterable[e.Event], standing: Sequence[Standing]
) -> tuple[TimelineRow, ...]:
    """What happened, oldest first, then whom the case waits for now."""
    return (*_past(made, events), *_present(made, standing))


def _past(made: ApplicationType, events: Iterable[e.Event]) -> Iterator[TimelineRow]:
    state, status = State(), ""
    kept: TimelineRow | None = None
    acted: e.ActionTaken | None = None
    for event in events:
        state = evolve(state, event)
        if (teller := _TELLERS.get(type(event))) is not None:
            if kept is not None:
                yield kept
            kept = replace(_row(event, teller(made, event), state), given=_given(made, event))
        elif isinstance(event, e.ActionTaken) and (deed := DEEDS.get(event.action, Deed())).past:
            if kept is not None:
                yield kept
            kept, acted = _row(event, (deed.icon, deed.past, "green"), state), event
        elif isinstance(event, e.FactsNoted) and kept is not None and acted is not None and event.visit == acted.visit:
            kept = replace(kept, given=_noted(DEEDS[acted.action], event))
        if state.status != status and kept is not None:
            status = state.status
            kept = replace(kept, phase=state.phase, status=state.status)
    if kept is not None:
        yield kept


def _given(made: ApplicationType, event: e.Event) -> tuple[tuple[str, str], ...]:
    """What was filled in with a decision: `Paid on`, `Bank reference`."""
    if not isinstance(event, e.Decided):
        return ()
    decision = _decision(made, event)
    fields = decision.fields if decision else ()
    return tuple((field.label, words(field, event.facts[field.name])) for field in fields if field.name in event.facts)


def _noted(deed: Deed, event: e.FactsNoted) -> tuple[tuple[str, str], ...]:
    """What an action noted of what it did: `Coupon`, `Valid until`."""
    return tuple((each.label, words(each, event.facts[each.name])) for each in deed.notes if each.name in event.facts)


def _row(event: e.Event, told: Told, state: State) -> TimelineRow:
    icon, title, tone = told
    comment = str(getattr(event, "comment", "") or getattr(event, "text", ""))
    at: datetime = event.at  # type: ignore[attr-defined]  # every event that is told has its time
    by = str(getattr(event, "by_name", "") or "Kontor")
    if stead := str(getattr(event, "for_name", "")):
        by = f"{by} for {stead}"
    return TimelineRow(at, icon, title, by, tone, state.phase, comment, str(getattr(event, "reason", "")))


def _present(made: ApplicationType, standing: Sequence[Standing]) -> Iterator[TimelineRow]:
    for each in standing:
        node = made.workflow.nodes.get(each.visit.partition("#")[0])
        tone = "red" if each.overdue else "orange" if each.paused else "blue"
        title = f"Question to the partner: {each.label}" if each.paused else each.label
        yield TimelineRow(
            at=each.since, icon="hourglass_top", title=title, by=each.who, tone=tone,
            phase=node.phase if node else "", current=True, due_at=each.due_at, overdue=each.overdue,
            paused=each.paused,
        )  # fmt: skip


def _submitted(made: ApplicationType, event: e.Submitted) -> Told:
    again = "" if event.revision == 1 else f", revision {event.revision}"
    return "send", f"{made.forms[event.form].title} submitted{again}", "blue"


def _decision(made: ApplicationType, event: e.Decided) -> Decision | None:
    node = made.workflow.nodes.get(event.node)
    return node.decisions.get(event.decision) if isinstance(node, ReviewNode) else None


def _decided(made: ApplicationType, event: e.Decided) -> Told:
    decision = _decision(made, event)
    past = (decision.past or decision.label.lower()) if decision else event.decision
    icon, tone = {"positive": ("check_circle", "green"), "negative": ("cancel", "red")}.get(
        decision.tone if decision else "", ("undo", "orange")
    )
    return icon, f"{made.label(event.node)}: {past}", tone


def _assigned(made: ApplicationType, event: e.Assigned) -> Told:
    stead = "" if event.to == event.turn else f", who stands in for {event.turn_name}"
    return "assignment_ind", f"{made.label(event.node)}: given to {event.to_name}{stead}", "gray"


def _checked(made: ApplicationType, event: e.Checked) -> Told:
    label = made.label(event.visit.partition("#")[0])
    look = sum(finding.verdict in ("look", "fix") for finding in event.findings)
    return (
        "manage_search",
        f"{label}: {f'{look} to look at' if look else 'nothing found'}",
        "orange" if look else "gray",
    )


def _escalated(made: ApplicationType, event: e.Escalated) -> Told:
    return "priority_high", f"Escalated to {role_book().name(event.role).lower()}", "red"


def _ended(made: ApplicationType, event: e.Ended) -> Told:
    if event.outcome == "deleted":
        return "delete", "Given up", "gray"
    return ("flag", "Completed", "green") if made.succeeded(event.outcome) else ("event_busy", "Closed", "gray")


def _rang(made: ApplicationType, event: e.ClockRang) -> Told:
    clock = made.workflow.clocks.get(event.clock)
    label = (clock.label if clock else "") or event.clock.replace("_", " ").capitalize()
    kind, _, role = event.timer.partition(":")
    if kind == "escalate":
        return "priority_high", f"{label}: escalated to {role_book().name(role).lower()}", "red"
    return (
        ("notifications", f"Reminded: {label}", "gray") if kind == "remind" else ("alarm", f"{label}: overdue", "red")
    )


def _migrated(made: ApplicationType, event: e.Migrated) -> Told:
    return "move_down", f"{'Back' if event.undoes else 'Goes on'} under version {version_words(event.version)}", "gray"


_TELLERS: dict[type[e.Event], Callable[[ApplicationType, Any], Told]] = {
    e.Submitted: _submitted,
    e.Decided: _decided,
    e.Assigned: _assigned,
    e.Checked: _checked,
    e.Escalated: _escalated,
    e.Ended: _ended,
    e.Migrated: _migrated,
    e.ClockRang: _rang,
    e.Cancelled: lambda made, event: ("undo", "Cancelled by the partner", "gray"),
    e.Expired: lambda made, event: (
        "event_busy",
        f"{made.label(event.visit.partition('#')[0])}: the time for it is over",
        "gray",
    ),
    e.Asked: lambda made, event: ("help", "Question to the partner", "orange"),
    e.Answered: lambda made, event: ("reply", "Answered", "blue"),
    e.BecameOverdue: lambda made, event: (
        "alarm",
        f"{made.label(event.visit.partition('#')[0])} became overdue",
        "red",
    ),
    e.Reminded: lambda made, event: ("notifications", f"Reminded: {made.label(event.visit.partition('#')[0])}", "gray"),
}
"""What is told of an event: icon, title, tone. Claims, timers and automatic steps are not."""

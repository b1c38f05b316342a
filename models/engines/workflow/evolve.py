"""The state after an event: pure, without the definition, so that replaying needs nothing but the events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from models.engines.workflow import events as e
from models.engines.workflow.state import ClockState, Question, State, Visit, Vote

Changes = dict[str, Any]
"""Fields of a state with what they become."""


class _Fold:
    """A state that is changed in place while a history is replayed: a new one for every event costs the most."""

    visit = State.visit

    def __init__(self, state: State) -> None:
        self.__dict__.update({name: getattr(state, name) for name in _FIELDS})


_FIELDS = tuple(each.name for each in fields(State))
_VISIT = tuple(each.name for each in fields(Visit))
_kept, _held = attrgetter(*_FIELDS), attrgetter(*_VISIT)
"""All values of a state or a visit at once: half the time of `replace`, which asks for each."""


def replay(events: Iterable[e.Event]) -> State:
    """The state that a whole history leads to."""
    fold: Any = _Fold(State())
    values, seq = fold.__dict__, 0
    for event in events:
        seq += 1
        if apply := _APPLY.get(type(event)):
            values.update(apply(fold, event))
    values["seq"] = seq
    return State(**values)


def replay_stored(rows: Iterable[tuple[str, int, dict[str, Any]]]) -> State:
    """The state that a stored history leads to: kind, schema number and payload of each event, in order. Events that
    change no state are not read."""
    fold: Any = _Fold(State())
    values, seq = fold.__dict__, 0
    for name, schema, payload in rows:
        seq += 1
        if step := _STORED.get(name):
            kind, read, apply = step
            values.update(apply(fold, read(payload) if schema == kind.schema else e.unpack(name, schema, payload)))
    values["seq"] = seq
    return State(**values)


def evolve(state: State, event: e.Event) -> State:
    """The state after one more event."""
    apply = _APPLY.get(type(event))
    values = dict(zip(_FIELDS, _kept(state), strict=True))
    if apply:
        values |= apply(state, event)
    values["seq"] = state.seq + 1
    return State(**values)


def _opened(state: State, event: e.Opened) -> Changes:
    return {"type": event.type, "version": event.version, "partner_id": event.partner_id, "opened_by": event.by}


def _arrived(state: State, event: e.Arrived) -> Changes:
    return {"arrived": state.arrived | {event.node: (*state.arrived.get(event.node, ()), event.source)}}


def _entered(state: State, event: e.Entered) -> Changes:
    visit = Visit(
        event.visit, event.node, event.kind, event.at, event.due_at, event.why, expires_at=event.expires_at,
        candidates=event.candidates,
    )  # fmt: skip
    return {
        "visits": (*state.visits, visit),
        "visited": state.visited | {event.node: state.visited.get(event.node, 0) + 1},
        "arrived": {node: sources for node, sources in state.arrived.items() if node != event.node},
        "status": state.status if event.status is None else event.status,
        "vendor_status": state.vendor_status if event.vendor_status is None else event.vendor_status,
        "phase": state.phase if event.phase is None else event.phase,
    }


def _left(state: State, event: e.Left) -> Changes:
    return {"visits": tuple(visit for visit in state.visits if visit.id != event.visit)}


def _withdrawn(state: State, event: e.Withdrawn) -> Changes:
    return {
        "visits": tuple(visit for visit in state.visits if visit.id not in event.visits),
        "arrived": {node: sources for node, sources in state.arrived.items() if node not in event.joins},
    }


def _submitted(state: State, event: e.Submitted) -> Changes:
    new = event.by is not None and event.by not in state.submitters
    return {
        "facts": state.facts | event.facts,
        "submitted": state.submitted | {event.form: event.revision},
        "submitters": (*state.submitters, event.by) if new and event.by else state.submitters,
    }


def _claimed(state: State, event: e.Claimed) -> Changes:
    return _visit(state, event.visit, holder=event.by, holder_name=event.by_name, assigned="")


def _assigned(state: State, event: e.Assigned) -> Changes:
    return _visit(state, event.visit, holder=event.to, holder_name=event.to_name, assigned=event.how)


def _released(state: State, event: e.Released) -> Changes:
    return _visit(state, event.visit, holder=None, holder_name="", assigned="")


def _decided(state: State, event: e.Decided) -> Changes:
    """A vote; whoever held the visit no longer does, so that the next one of a quorum can."""
    visit = state.visit(event.visit)
    vote = Vote(event.by, event.by_name, event.decision, event.at, event.for_id, event.for_name, event.stands_for)
    votes = (*(visit.votes if visit else ()), vote)
    people = tuple(person for vote in votes for person in vote.hands)
    agreed = state.agreed
    if event.tone == "positive":
        agreed = agreed | {event.node: tuple(dict.fromkeys((*agreed.get(event.node, ()), *vote.hands)))}
    decided = _visit(state, event.visit, votes=votes, holder=None, holder_name="", assigned="")
    return decided | {
        "facts": state.facts | event.facts,
        "deciders": state.deciders | {event.node: people},
        "agreed": agreed,
    }


def _asked(state: State, event: e.Asked) -> Changes:
    return _visit(state, event.visit, question=Question(event.by, event.by_name, event.text, event.at))


def _answered(state: State, event: e.Answered) -> Changes:
    visit = state.visit(event.visit)
    pause = event.pause + visit.pause if visit else event.pause
    return _visit(state, event.visit, question=None, pause=pause, due_at=event.due_at)


def _checked(state: State, event: e.Checked | e.TableAnswered) -> Changes:
    return {"facts": state.facts | event.facts}


def _fired(state: State, event: e.Reminded) -> Changes:
    return _fire(state, event.visit, event.timer)


def _overdue(state: State, event: e.BecameOverdue) -> Changes:
    return _fire(state, event.visit, "due", overdue=True)


def _escalated(state: State, event: e.Escalated) -> Changes:
    return _fire(state, event.visit, f"escalate:{event.role}")


def _noted(state: State, event: e.FactsNoted) -> Changes:
    return {"facts": state.facts | event.facts}


def _migrated(state: State, event: e.Migrated) -> Changes:
    return {
        "version": event.version, "visits": event.visits, "deciders": event.deciders, "agreed": event.agreed,
        "visited": event.visited, "arrived": event.arrived, "status": event.status,
        "vendor_status": event.vendor_status, "phase": event.phase, "clocks": event.clocks,
    }  # fmt: skip


def _turned(state: State, event: e.ClockTurned) -> Changes:
    old = state.clocks.get(event.clock)
    match event.what:
        case "cancelled":
            return {"clocks": {name: each for name, each in state.clocks.items() if name != event.clock}}
        case "paused" if old:
            new = replace(old, pauses=(*old.pauses, (event.at, None)), due_at=None)
        case "resumed" if old:
            new = replace(old, pauses=(*old.pauses[:-1], (old.pauses[-1][0], event.at)), due_at=event.due_at)
        case "stopped" if old:
            new = replace(old, ended_at=event.at)
        case _:
            new = ClockState(event.at, due_at=event.due_at)
    return {"clocks": state.clocks | {event.clock: new}}


def _rang(state: State, event: e.ClockRang) -> Changes:
    old = state.clocks.get(event.clock)
    if old is None:
        return {}
    return {"clocks": state.clocks | {event.clock: replace(old, fired=(*old.fired, event.timer))}}


def _ended(state: State, event: e.Ended) -> Changes:
    return {"visits": (), "outcome": event.outcome, "ended_at": event.at}


def _fire(state: State, visit_id: str, timer: str, **changed: Any) -> Changes:
    visit = state.visit(visit_id)
    return _visit(state, visit_id, fired=(*visit.fired, timer), **changed) if visit else {}


def _visit(state: State, visit_id: str, **changed: Any) -> Changes:
    visits = [
        Visit(**dict(zip(_VISIT, _held(visit), strict=True)) | changed) if visit.id == visit_id else visit
        for visit in state.visits
    ]
    return {"visits": tuple(visits)}


_APPLY: dict[type[e.Event], Callable[[State, Any], Changes]] = {
    e.Opened: _opened, e.Arrived: _arrived, e.Entered: _entered, e.Left: _left, e.Submitted: _submitted,
    e.Claimed: _claimed, e.Assigned: _assigned, e.Released: _released, e.Decided: _decided, e.Asked: _asked,
    e.Answered: _answered, e.Checked: _checked,
    e.Reminded: _fired, e.BecameOverdue: _overdue, e.Escalated: _escalated,
    e.FactsNoted: _noted, e.Ended: _ended, e.TableAnswered: _checked, e.Withdrawn: _withdrawn,
    e.Migrated: _migrated, e.ClockTurned: _turned, e.ClockRang: _rang,
}  # fmt: skip
"""What changes with an event; what only asks for something to happen later changes nothing."""

_STORED = {kind.__name__: (kind, e.reader(kind), apply) for kind, apply in _APPLY.items()}
"""By an event's name: its class, how its payload of today is read, and what it changes."""

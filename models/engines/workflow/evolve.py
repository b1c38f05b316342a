"""The state after an event: pure, without the definition, so that replaying needs nothing but the events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from models.engines.workflow import events as e
from models.engines.workflow.state import ClockState, Question, State, Visit, Vote


def replay(events: Iterable[e.Event]) -> State:
    """The state that a whole history leads to."""
    state = State()
    for event in events:
        state = evolve(state, event)
    return state


def evolve(state: State, event: e.Event) -> State:
    """The state after one more event."""
    return replace(_APPLY[type(event)](state, event), seq=state.seq + 1)


def _opened(state: State, event: e.Opened) -> State:
    return replace(state, type=event.type, version=event.version, partner_id=event.partner_id, opened_by=event.by)


def _arrived(state: State, event: e.Arrived) -> State:
    return replace(state, arrived=state.arrived | {event.node: (*state.arrived.get(event.node, ()), event.source)})


def _entered(state: State, event: e.Entered) -> State:
    visit = Visit(
        event.visit, event.node, event.kind, event.at, event.due_at, event.why, expires_at=event.expires_at,
        candidates=event.candidates,
    )  # fmt: skip
    return replace(
        state,
        visits=(*state.visits, visit),
        visited=state.visited | {event.node: state.visited.get(event.node, 0) + 1},
        arrived={node: sources for node, sources in state.arrived.items() if node != event.node},
        status=state.status if event.status is None else event.status,
        vendor_status=state.vendor_status if event.vendor_status is None else event.vendor_status,
        phase=state.phase if event.phase is None else event.phase,
    )


def _left(state: State, event: e.Left) -> State:
    return replace(state, visits=tuple(visit for visit in state.visits if visit.id != event.visit))


def _withdrawn(state: State, event: e.Withdrawn) -> State:
    return replace(
        state,
        visits=tuple(visit for visit in state.visits if visit.id not in event.visits),
        arrived={node: sources for node, sources in state.arrived.items() if node not in event.joins},
    )


def _submitted(state: State, event: e.Submitted) -> State:
    new = event.by is not None and event.by not in state.submitters
    return replace(
        state,
        facts=state.facts | event.facts,
        submitted=state.submitted | {event.form: event.revision},
        submitters=(*state.submitters, event.by) if new and event.by else state.submitters,
    )


def _claimed(state: State, event: e.Claimed) -> State:
    return _visit(state, event.visit, holder=event.by, holder_name=event.by_name, assigned="")


def _assigned(state: State, event: e.Assigned) -> State:
    return _visit(state, event.visit, holder=event.to, holder_name=event.to_name, assigned=event.how)


def _released(state: State, event: e.Released) -> State:
    return _visit(state, event.visit, holder=None, holder_name="", assigned="")


def _decided(state: State, event: e.Decided) -> State:
    """A vote; whoever held the visit no longer does, so that the next one of a quorum can."""
    visit = state.visit(event.visit)
    vote = Vote(event.by, event.by_name, event.decision, event.at, event.for_id, event.for_name, event.stands_for)
    votes = (*(visit.votes if visit else ()), vote)
    state = _visit(state, event.visit, votes=votes, holder=None, holder_name="", assigned="")
    people = tuple(person for vote in votes for person in vote.hands)
    agreed = state.agreed
    if event.tone == "positive":
        agreed = agreed | {event.node: tuple(dict.fromkeys((*agreed.get(event.node, ()), *vote.hands)))}
    return replace(
        state, facts=state.facts | event.facts, deciders=state.deciders | {event.node: people}, agreed=agreed
    )


def _asked(state: State, event: e.Asked) -> State:
    return _visit(state, event.visit, question=Question(event.by, event.by_name, event.text, event.at))


def _answered(state: State, event: e.Answered) -> State:
    visit = state.visit(event.visit)
    pause = event.pause + visit.pause if visit else event.pause
    return _visit(state, event.visit, question=None, pause=pause, due_at=event.due_at)


def _checked(state: State, event: e.Checked | e.TableAnswered) -> State:
    return replace(state, facts=state.facts | event.facts)


def _fired(state: State, event: e.Reminded) -> State:
    return _fire(state, event.visit, event.timer)


def _overdue(state: State, event: e.BecameOverdue) -> State:
    return _visit(_fire(state, event.visit, "due"), event.visit, overdue=True)


def _escalated(state: State, event: e.Escalated) -> State:
    return _fire(state, event.visit, f"escalate:{event.role}")


def _noted(state: State, event: e.FactsNoted) -> State:
    return replace(state, facts=state.facts | event.facts)


def _migrated(state: State, event: e.Migrated) -> State:
    return replace(
        state, version=event.version, visits=event.visits, deciders=event.deciders, agreed=event.agreed,
        visited=event.visited, arrived=event.arrived, status=event.status, vendor_status=event.vendor_status,
        phase=event.phase, clocks=event.clocks,
    )  # fmt: skip


def _turned(state: State, event: e.ClockTurned) -> State:
    old = state.clocks.get(event.clock)
    match event.what:
        case "cancelled":
            return replace(state, clocks={name: each for name, each in state.clocks.items() if name != event.clock})
        case "paused" if old:
            new = replace(old, pauses=(*old.pauses, (event.at, None)), due_at=None)
        case "resumed" if old:
            new = replace(old, pauses=(*old.pauses[:-1], (old.pauses[-1][0], event.at)), due_at=event.due_at)
        case "stopped" if old:
            new = replace(old, ended_at=event.at)
        case _:
            new = ClockState(event.at, due_at=event.due_at)
    return replace(state, clocks=state.clocks | {event.clock: new})


def _rang(state: State, event: e.ClockRang) -> State:
    old = state.clocks.get(event.clock)
    if old is None:
        return state
    return replace(state, clocks=state.clocks | {event.clock: replace(old, fired=(*old.fired, event.timer))})


def _ended(state: State, event: e.Ended) -> State:
    return replace(state, visits=(), outcome=event.outcome, ended_at=event.at)


def _same(state: State, event: e.Event) -> State:
    return state


def _fire(state: State, visit_id: str, timer: str) -> State:
    visit = state.visit(visit_id)
    return _visit(state, visit_id, fired=(*visit.fired, timer)) if visit else state


def _visit(state: State, visit_id: str, **changed: Any) -> State:
    return replace(
        state, visits=tuple(replace(visit, **changed) if visit.id == visit_id else visit for visit in state.visits)
    )


_APPLY: dict[type[e.Event], Callable[[State, Any], State]] = {
    e.Opened: _opened, e.Arrived: _arrived, e.Entered: _entered, e.Left: _left, e.Submitted: _submitted,
    e.Claimed: _claimed, e.Assigned: _assigned, e.Released: _released, e.Decided: _decided, e.Asked: _asked,
    e.Answered: _answered, e.CheckWanted: _same, e.Checked: _checked, e.ActionTaken: _same, e.TimerSet: _same,
    e.Reminded: _fired, e.BecameOverdue: _overdue, e.Escalated: _escalated, e.Expired: _same, e.Cancelled: _same,
    e.FactsNoted: _noted, e.Ended: _ended, e.TableAnswered: _checked, e.Withdrawn: _withdrawn,
    e.Migrated: _migrated, e.ClockTurned: _turned, e.ClockRang: _rang,
}  # fmt: skip

"""The road ahead of a case: which people come next if everybody agrees, and when that could be at the latest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.core.calendars import WorkingCalendar
from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.schema import (
    DecisionNode,
    EndNode,
    FormNode,
    Node,
    ReviewNode,
    Timed,
    WaitNode,
    Workflow,
    kind_of,
)
from models.engines.workflow.state import State
from models.engines.workflow.terms import Term


@dataclass(frozen=True, slots=True)
class Stop:
    """A node that somebody or time is waited for at. `latest` is the promised time counted from now on; None: nobody
    promised one, here or on the way here."""

    node: str
    kind: str
    roles: tuple[str, ...]
    phase: str
    latest: datetime | None


def road_ahead(workflow: Workflow, state: State, now: datetime, calendar: WorkingCalendar) -> tuple[Stop, ...]:
    """What follows after the case's present stage, on the way on which everybody agrees."""
    if not state.visits:
        return ()
    visit = state.visits[0]
    clock: datetime | None = max(visit.due_at, now) if visit.due_at else None
    stops, seen = [], {visit.node}
    for name in _way(workflow, visit.node, seen):
        node = workflow.nodes[name]
        if not isinstance(node, FormNode | ReviewNode | WaitNode | EndNode):
            continue
        if isinstance(node, WaitNode):
            clock = node.wait.after(clock, calendar) if clock and isinstance(node.wait, Term) else None
        elif isinstance(node, Timed):
            clock = node.due.after(clock, calendar) if clock and node.due else None
        roles = node.review if isinstance(node, ReviewNode) else ()
        stops.append(Stop(name, kind_of(node) or "", roles, node.phase, clock))
    return tuple(stops)


def _way(workflow: Workflow, start: str, seen: set[str]) -> Iterator[str]:
    name: str | None = start
    while name is not None:
        ways = workflow.next(name, _best(workflow.nodes[name]))
        name = next((to for to in ways if to not in seen), None)
        if name is not None:
            seen.add(name)
            yield name


def _best(node: Node) -> str:
    """The outcome with which a case goes on."""
    if isinstance(node, ReviewNode):
        return next((key for key, decision in node.decisions.items() if decision.tone == "positive"), "")
    if isinstance(node, DecisionNode):
        return outcomes(node)[0]
    return {"form": "submit", "check": "pass"}.get(kind_of(node) or "", "")

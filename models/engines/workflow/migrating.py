"""A running case is moved to another version of its definition: planned, carried out as planned, undone as an event.

A case moves with what it stands at: visits keep since when they wait, the question that is open, and at the same stage
their holder and votes. Promised times are worked out anew from when the stage began. The plan is the events themselves,
so that a migration does exactly what its dry run said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import SequenceMatcher
from uuid import UUID

from models.core.clock import as_instant
from models.core.errors import Problem
from models.engines.conditions import fits
from models.engines.workflow import events as e
from models.engines.workflow.audience import audience
from models.engines.workflow.clocks import calendar_of, clock_timers, due_at, rings
from models.engines.workflow.dry import Definition
from models.engines.workflow.evolve import evolve
from models.engines.workflow.schema import (
    CheckNode,
    FormNode,
    Node,
    ParallelNode,
    ReviewNode,
    Timed,
    WaitNode,
    Workflow,
    kind_of,
)
from models.engines.workflow.state import ClockState, State, Visit
from models.engines.workflow.terms import Term
from models.engines.workflow.turn import moved, status_of, timers_of
from models.engines.workflow.world import World

LIKE = 0.6
"""How alike two names have to be (0 to 1) before one is suggested for the other."""

Places = Mapping[str, str]
"""By place of the old version: what it became."""


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of a visit: the stage it was at and comes to, when it was and will be due."""

    visit: str
    node: str
    to: str
    due_at: datetime | None
    new_due_at: datetime | None
    votes: int
    kept_votes: int


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """What a migration of a case would do: the events, the state they lead to, and what becomes of each visit; with
    problems nothing."""

    problems: tuple[Problem, ...]
    events: tuple[e.Event, ...] = ()
    after: State | None = None
    moves: tuple[Move, ...] = ()


def places(workflow: Workflow) -> dict[str, Node]:
    """The nodes that a running case can stand at, or wait with at a join."""
    return {name: node for name, node in workflow.nodes.items() if _holds_a_case(node)}


def _holds_a_case(node: Node) -> bool:
    if isinstance(node, CheckNode):
        return node.by == "worker"
    if isinstance(node, ParallelNode):
        return node.parallel == "join"
    return isinstance(node, FormNode | ReviewNode | WaitNode)


def suggested(old: Workflow, new: Workflow) -> dict[str, str]:
    """What each place of the old version most likely became: the same name and kind, the same kind and label, or what
    is most alike of the rest. A place that nothing is like is left out."""
    left = dict(places(new))
    found: dict[str, str] = {}

    def take(name: str, to: str | None) -> None:
        if to is not None:
            found[name] = to
            left.pop(to)

    for name, node in places(old).items():
        take(name, name if name in left and kind_of(left[name]) == kind_of(node) else None)
    for name, node in places(old).items():
        if name not in found and node.label:
            take(name, next((to for to, each in left.items() if _is_same(node, each)), None))
    for name, node in places(old).items():
        if name not in found:
            likely = (
                (_likeness(name, node, to, each), to) for to, each in left.items() if kind_of(each) == kind_of(node)
            )
            best = max(likely, default=(0.0, ""))
            take(name, best[1] if best[0] >= LIKE else None)
    return found


def _kept(old: Workflow, new: Workflow) -> dict[str, str]:
    """Places that are there under the same name: nobody has to say what becomes of them."""
    there = places(new)
    return {name: name for name, node in places(old).items() if name in there and kind_of(there[name]) == kind_of(node)}


def _is_same(node: Node, other: Node) -> bool:
    return kind_of(node) == kind_of(other) and node.label == other.label


def _likeness(name: str, node: Node, to: str, other: Node) -> float:
    words = [(name, to), (node.label or name, other.label or to)]
    return max(SequenceMatcher(None, first.lower(), second.lower()).ratio() for first, second in words)


def plan(
    state: State, old: Definition, new: Definition, version: int, world: World, mapping: Places | None = None
) -> MigrationPlan:
    """What it would mean for a case to go on under another version, at the time and in the name that `world` says.

    `mapping` says what became of places that are not there any more; without it, what they most likely became counts.
    """
    to = suggested(old.workflow, new.workflow) if mapping is None else _kept(old.workflow, new.workflow) | {**mapping}
    problems = list(_problems(state, old.workflow, new, to))
    if problems:
        return MigrationPlan(tuple(problems))
    visited = _renamed_counts(state.visited, to)
    visits, moves = [], []
    for visit in state.visits:
        target = to[visit.node]
        if target != visit.node:
            visited[target] = visited.get(target, 0) + 1
        fresh = _visit(visit, target, visited.get(target, 1), state, old, new, world)
        visits.append(fresh)
        moves.append(Move(visit.id, visit.node, target, visit.due_at, fresh.due_at, len(visit.votes), len(fresh.votes)))
    last = new.workflow.nodes[visits[-1].node] if visits else None
    status = (status_of(last, visits[-1].why) if last else None) or state.status
    event = e.Migrated(
        version=version,
        visits=tuple(visits),
        deciders=_renamed_people(state.deciders, to),
        agreed=_renamed_people(state.agreed, to),
        visited=visited,
        arrived={to[join]: tuple(to.get(each, each) for each in sources) for join, sources in state.arrived.items()},
        status=status,
        vendor_status=(last.vendor_status if last else None) or status,
        phase=(last.phase if last else "") or state.phase,
        by=world.person.id,
        by_name=world.person.name,
        at=world.now,
        clocks=dict(_clocks(state, new.workflow, world)),
    )
    events = (
        event,
        *_follow(state.visits, visits, new.workflow, world),
        *_clock_timers(event.clocks, new.workflow, world),
    )
    return MigrationPlan((), events, _after(state, events), tuple(moves))


def undone(state: State, migrated: e.Migrated, before: State, world: World, workflow: Workflow) -> MigrationPlan:
    """What it takes to bring a case back to the version it came from; `before` is its state right before it migrated.

    Only while it still stands where the migration put it: nobody's work is lost.
    """
    if state.version != migrated.version or state.visits != migrated.visits or state.ended_at is not None:
        text = "Somebody has worked on it since it was moved. Move it to the other version instead."
        return MigrationPlan((Problem("MIGRATE-MOVED-ON", text),))
    event = e.Migrated(
        version=before.version, visits=before.visits, deciders=before.deciders, agreed=before.agreed,
        visited=before.visited, arrived=before.arrived, status=before.status, vendor_status=before.vendor_status,
        phase=before.phase, clocks=before.clocks, by=world.person.id, by_name=world.person.name,
        at=world.now, undoes=True,
    )  # fmt: skip
    events = (
        event,
        *_follow(state.visits, before.visits, workflow, world),
        *_clock_timers(event.clocks, workflow, world),
    )
    moves = tuple(
        Move(visit.id, visit.node, back.node, visit.due_at, back.due_at, len(visit.votes), len(back.votes))
        for visit, back in zip(state.visits, before.visits, strict=True)
    )
    return MigrationPlan((), events, _after(state, events), moves)


def _after(state: State, events: Iterable[e.Event]) -> State:
    for event in events:
        state = evolve(state, event)
    return state


def _problems(state: State, old: Workflow, new: Definition, to: Places) -> Iterator[Problem]:
    if state.ended_at is not None:
        yield Problem("MIGRATE-ENDED", "The case is over; it stays under the version that it ended with.")
        return
    targets = places(new.workflow)
    standing = [*(visit.node for visit in state.visits), *state.arrived]
    for node in standing:
        label = _label(old, node)
        target = to.get(node)
        if target is None or target not in targets:
            yield Problem(
                "MIGRATE-NO-PLACE", f"Say what becomes of {label}: the other version has no such place.", node
            )
        elif kind_of(targets[target]) != kind_of(old.nodes[node]):
            text = f"{label} cannot become {_label(new.workflow, target)}: a case waits for something else there."
            yield Problem("MIGRATE-KIND", text, node)
    came = [to[node] for node in standing if node in to]
    for target in sorted({node for node in came if came.count(node) > 1}):
        text = f"Two branches of the case would stand at {_label(new.workflow, target)} at once."
        yield Problem("MIGRATE-TWICE", text, target)
    for name, value in state.facts.items():
        kind = new.facts.get(name)
        if kind is not None and value not in (None, "") and not fits(kind, value):
            yield Problem(
                "MIGRATE-FACT", f"{name}: {value!r} is not what the other version means by it ({kind}).", name
            )


def _label(workflow: Workflow, name: str) -> str:
    return workflow.nodes[name].label or name.rpartition(".")[2].replace("_", " ").capitalize()


def _renamed_people(people: Mapping[str, tuple[UUID, ...]], to: Places) -> dict[str, tuple[UUID, ...]]:
    found: dict[str, tuple[UUID, ...]] = {}
    for node, who in people.items():
        name = to.get(node, node)
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *who)))
    return found


def _renamed_counts(visited: Mapping[str, int], to: Places) -> dict[str, int]:
    found: dict[str, int] = {}
    for node, count in visited.items():
        name = to.get(node, node)
        found[name] = max(found.get(name, 0), count)
    return found


def _visit(
    visit: Visit, target: str, number: int, state: State, old: Definition, new: Definition, world: World
) -> Visit:
    """A visit as it goes on at its new place."""
    was, node = old.workflow.nodes[visit.node], new.workflow.nodes[target]
    stays = target == visit.node
    due = _due(visit, was, node, state, world)
    made = replace(
        visit, id=visit.id if stays else f"{target}#{number}", node=target, due_at=due,
        expires_at=_expires(visit, was, node, state, world), votes=(), fired=(), candidates=(),
        overdue=due is not None and due <= world.now and visit.overdue,
    )  # fmt: skip
    if isinstance(node, ReviewNode):
        assert isinstance(was, ReviewNode)
        same = stays and was.review == node.review and was.candidates == node.candidates
        made = replace(
            made,
            holder=visit.holder if same else None,
            holder_name=visit.holder_name if same else "",
            assigned=visit.assigned if same else "",
            question=visit.question if node.may_ask else None,
            votes=tuple(vote for vote in visit.votes if vote.decision in node.decisions) if stays else (),
            candidates=visit.candidates if same else audience(node, state, world) if node.candidates else (),
        )
    if times := timers_of(node, made, world):
        made = replace(made, fired=tuple(each for each in visit.fired if each in times and times[each] <= world.now))
    return made


def _due(visit: Visit, was: Node, node: Node, state: State, world: World) -> datetime | None:
    """When it is due by the new version; to the minute as before where the promise is the same."""
    before, after = _promise(was), _promise(node)
    if before == after or after is None:
        return visit.due_at if before == after else None
    term, since = after
    due = term.after(_counted_from(since, state, visit), world.calendar)
    return moved(due, term, visit.entered_at, visit.entered_at + visit.pause, world) if visit.pause else due


def _expires(visit: Visit, was: Node, node: Node, state: State, world: World) -> datetime | None:
    if not isinstance(node, Timed | WaitNode) or node.expires is None:
        return None
    since = node.expires_since if isinstance(node, Timed) else None
    before = was.expires_since if isinstance(was, Timed) else None
    if isinstance(was, Timed | WaitNode) and (was.expires, before) == (node.expires, since):
        return visit.expires_at
    return node.expires.after(max(_counted_from(since, state, visit), visit.entered_at), world.calendar)


def _promise(node: Node) -> tuple[Term, str | None] | None:
    if isinstance(node, WaitNode):
        return (node.wait, node.since) if isinstance(node.wait, Term) else None
    return (node.due, node.since) if isinstance(node, Timed) and node.due else None


def _counted_from(fact: str | None, state: State, visit: Visit) -> datetime:
    since = state.facts.get(fact) if fact else None
    return as_instant(date.fromisoformat(str(since))) if since else visit.entered_at


def _clocks(state: State, workflow: Workflow, world: World) -> Iterator[tuple[str, ClockState]]:
    """The clocks that there still are, due by the new version."""
    for name, own in state.clocks.items():
        if clock := workflow.clocks.get(name):
            calendar = calendar_of(clock, world.calendar)
            times = clock_timers(clock, own, calendar)
            fired = tuple(timer for timer in own.fired if timer in times and times[timer] <= world.now)
            yield name, own if own.ended_at else replace(own, due_at=due_at(clock.due, own, calendar), fired=fired)


def _clock_timers(clocks: Mapping[str, ClockState], workflow: Workflow, world: World) -> Iterator[e.Event]:
    for at, name, timer in rings(workflow.clocks, dict(clocks), world.calendar):
        yield e.TimerSet(name, timer, world.now, at)


def _follow(old: Iterable[Visit], new: Iterable[Visit], workflow: Workflow, world: World) -> Iterator[e.Event]:
    """What has to be asked anew: timers that moved, and searches of the worker."""
    for was, visit in zip(old, new, strict=True):
        node = workflow.nodes[visit.node]
        if isinstance(node, CheckNode):
            yield e.CheckWanted(visit.id, node.check, world.now)
        same = isinstance(node, WaitNode) and replace(was, fired=visit.fired) == visit
        for timer, at in timers_of(node, visit, world).items() if not same else ():
            if timer not in visit.fired:
                yield e.TimerSet(visit.id, timer, world.now, at)

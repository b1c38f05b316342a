"""One command's turn: the events so far, the state they lead to, and going on until the case waits for somebody.

Automatic nodes (checks at hand, decisions, splits and joins, actions, ends) are passed in the same turn. An action is
carried out where it stands, so that a decision right behind it sees the facts that it notes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.core.clock import as_instant
from models.core.errors import Refused
from models.engines.workflow import events as e
from models.engines.workflow.assigning import chosen
from models.engines.workflow.audience import audience
from models.engines.workflow.clocks import VISIT, What, calendar_of, changes, clock_timers, due_at
from models.engines.workflow.evolve import evolve
from models.engines.workflow.regions import left_by
from models.engines.workflow.schema import (
    SET,
    ActionNode,
    CheckNode,
    DecisionNode,
    EndNode,
    FormNode,
    Node,
    ParallelNode,
    ReviewNode,
    Timed,
    WaitNode,
    Workflow,
    kind_of,
)
from models.engines.workflow.state import CANCELLED, RETURNED, State, Visit
from models.engines.workflow.terms import Term, Unit
from models.engines.workflow.ways import way
from models.engines.workflow.world import World

MOST_STEPS = 100
"""Nodes that one command may pass; more is a loop that no person is part of."""


class Turn:
    """What one command brings about, event by event."""

    def __init__(self, workflow: Workflow, state: State, world: World) -> None:
        self.workflow = workflow
        self.state = state
        self.world = world
        self.events: list[e.Event] = []
        self._steps = 0
        self._regions_left: dict[str, int] = {}

    def add(self, event: e.Event) -> None:
        """One more event, and what clocks make of it."""
        self.events.append(event)
        self.state = evolve(self.state, event)
        if self.workflow.clocks:
            for name, what in list(changes(self.workflow.clocks, self.state.clocks, event)):
                self._turn_clock(name, what)

    def _turn_clock(self, name: str, what: What) -> None:
        clock, now = self.workflow.clocks[name], self.world.now
        calendar = calendar_of(clock, self.world.calendar)
        after = evolve(self.state, e.ClockTurned(name, what, now)).clocks.get(name)
        self.add(e.ClockTurned(name, what, now, due_at(clock.due, after, calendar) if after else None))
        if after:
            for timer, at in clock_timers(clock, after, calendar).items():
                if timer not in after.fired:
                    self.add(e.TimerSet(f"{VISIT}{name}", timer, now, at))

    def leave(self, visit: Visit, outcome: str, why: str = "") -> None:
        """End a visit with an outcome and go on from there; `why` says that the case goes back.

        Raises:
            RuntimeError: nothing follows (the linter refuses such a definition).
        """
        self.add(e.Left(visit.id, outcome, self.world.now))
        ways = self.workflow.next(visit.node, outcome)
        if not ways and self.state.outcome is None:
            raise RuntimeError(f"{self.state.type}: nothing follows {visit.node} after {outcome or 'it'}")
        left = self._regions_left.get(visit.node, 0)
        for node in ways:
            # A branch that led out again at once, past a check, leaves nothing to begin the others for.
            if self.state.outcome is None and self._regions_left.get(visit.node, 0) == left:
                self._withdraw(visit.node, node)
                self.enter(node, why, source=visit.node)

    def _withdraw(self, source: str, target: str) -> None:
        """End the branches beside one that goes on by another way than the join."""
        for region in left_by(self.workflow, source, target):
            self._regions_left[region.split] = self._regions_left.get(region.split, 0) + 1
            visits = tuple(visit.id for visit in self.state.visits if visit.node in region.nodes)
            places = region.joins | region.nodes
            joins = tuple(sorted(join for join in self.state.arrived if join in places))
            if visits or joins:
                self.add(e.Withdrawn(visits, joins, self.world.now))

    def enter(self, name: str, why: str = "", *, source: str = "") -> None:
        """Arrive at a node, and pass it when nobody is waited for there.

        Raises:
            RuntimeError: automatic nodes lead in a circle (the linter refuses such a definition).
        """
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise RuntimeError(f"{self.state.type}: automatic nodes lead in a circle at {name}")
        node = self.workflow.nodes[name]
        if isinstance(node, ParallelNode) and node.parallel == "join" and not self._all_here(name, source):
            return
        visit = self._begin(name, node, why)
        match node:
            case ReviewNode():
                self.set_timers(node, visit)
                self.assign(node, visit)
            case FormNode():
                self.set_timers(node, visit)
            case CheckNode(by="worker"):
                self.add(e.CheckWanted(visit.id, node.check, self.world.now))
            case CheckNode():
                passed, findings = self.world.check(node.check, self.state.facts)
                self.add(e.Checked(visit.id, node.check, passed, findings, self.world.now))
                self.leave(visit, "pass" if passed else "fail", why)
            case DecisionNode():
                found = way(name, node, self.state.facts, self.world)
                if found.rows:
                    self.add(e.TableAnswered(visit.id, found.rows, found.facts, self.world.now))
                self.leave(visit, found.outcome, why)
            case ParallelNode():
                self.leave(visit, "", why)
            case WaitNode():
                self._wait(node, visit)
            case ActionNode():
                self._act(node, visit)
                self.leave(visit, "", why)
            case EndNode():
                self.add(e.Ended(node.end, self.world.now))
            case _:
                raise RuntimeError(f"{self.state.type}: {name} was not expanded before it ran")

    def _wait(self, node: WaitNode, visit: Visit) -> None:
        if is_over(node, self.state, self.world):
            self.leave(visit, "")
            return
        for timer, at in timers_of(node, visit, self.world).items():
            self.add(e.TimerSet(visit.id, timer, self.world.now, at))

    def wake(self) -> None:
        """Let everything go on that waits for facts which are there now."""
        waits = [name for name, node in self.workflow.nodes.items() if isinstance(node, WaitNode) and node.until]
        while waits:
            over = (
                visit
                for visit in self.state.visits
                if visit.node in waits and is_over(self.workflow.nodes[visit.node], self.state, self.world)
            )
            visit = next(over, None)
            if visit is None:
                return
            self.leave(visit, "")

    def _act(self, node: ActionNode, visit: Visit) -> None:
        if node.action == SET:
            given = {fact: str(value) for fact, value in node.given.items()}
            noted = {fact: self.world.value(fact, value, self.state.facts) for fact, value in given.items()}
        else:
            self.add(e.ActionTaken(visit.id, node.action, dict(node.given), self.world.now))
            noted = dict(self.world.act(node.action, node.given, self.state))
        if noted:
            self.add(e.FactsNoted(noted, self.world.now, "Kontor", visit.id))

    def _begin(self, name: str, node: Node, why: str) -> Visit:
        waits = isinstance(node, FormNode | ReviewNode)
        entered = e.Entered(
            visit=f"{name}#{self.state.visited.get(name, 0) + 1}",
            node=name,
            kind=kind_of(node) or "",
            at=self.world.now,
            due_at=self._due(node),
            expires_at=self._expires(node),
            why=why if waits else "",
            status=status_of(node, why),
            vendor_status=node.vendor_status or status_of(node, why),
            phase=node.phase or None,
            candidates=self._candidates(node),
        )
        self.add(entered)
        return self.state.visits[-1]

    def _candidates(self, node: Node) -> tuple[str, ...]:
        if isinstance(node, ReviewNode) and node.candidates:
            return audience(node, self.state, self.world)
        return ()

    def _due(self, node: Node) -> datetime | None:
        if isinstance(node, WaitNode):
            if not isinstance(node.wait, Term):
                return None
            return node.wait.after(self._counted_from(node.since), self.world.calendar)
        if isinstance(node, Timed) and node.due:
            return node.due.after(self._counted_from(node.since), self.world.calendar)
        return None

    def _expires(self, node: Node) -> datetime | None:
        """When nobody waits any longer: a question to the applicant does not move it."""
        if isinstance(node, WaitNode) and node.expires:
            return node.expires.after(self.world.now, self.world.calendar)
        if isinstance(node, Timed) and node.expires:
            return node.expires.after(max(self._counted_from(node.expires_since), self.world.now), self.world.calendar)
        return None

    def _counted_from(self, fact: str | None) -> datetime:
        """When a span begins: on the date that a fact holds, else now."""
        since = self.state.facts.get(fact) if fact else None
        return as_instant(date.fromisoformat(str(since))) if since else self.world.now

    def _all_here(self, name: str, source: str) -> bool:
        """Whether the last branch that a join waits for has come."""
        wanted = {self.workflow.source(begin) for begin, end in self.workflow.edges if end == name}
        self.add(e.Arrived(name, source, self.world.now))
        return wanted <= set(self.state.arrived.get(name, ()))

    def assign(self, node: ReviewNode, visit: Visit) -> None:
        """Give a review to somebody first, where the stage says so."""
        if found := chosen(node, self.state, visit, self.world.people):
            taker, turn = found.taker, found.turn
            assert taker.id is not None
            assert turn.id is not None
            self.add(
                e.Assigned(visit.id, visit.node, taker.id, taker.name, node.assign, turn.id, turn.name, self.world.now)
            )

    def set_timers(self, node: Timed, visit: Visit) -> None:
        """Reminders before, the due time itself, escalations after."""
        for timer, at in timers(node, visit, self.world).items():
            if timer not in visit.fired:
                self.add(e.TimerSet(visit.id, timer, self.world.now, at))


def is_over(node: Node, state: State, world: World) -> bool:
    """Whether the facts are there that a node waits for; what is missing or cannot be worked out is not."""
    until = node.until.strip() if isinstance(node, WaitNode) else ""
    if until.isidentifier():
        return state.facts.get(until) not in (None, "", False)
    try:
        return bool(until) and world.holds(until, state.facts)
    except Refused:
        return False


def timers_of(node: Node, visit: Visit, world: World) -> dict[str, datetime]:
    """When each timer of a visit fires; none of one that waits for nobody and no time."""
    if isinstance(node, WaitNode):
        found = {"wait": visit.due_at, "expire": visit.expires_at}
        return {timer: at for timer, at in found.items() if at is not None}
    return timers(node, visit, world) if isinstance(node, Timed) else {}


def timers(node: Timed, visit: Visit, world: World) -> dict[str, datetime]:
    """When each timer of a visit fires, by its due time as it is now."""
    found: dict[str, datetime] = {}
    if goal := visit.due_at or visit.expires_at:
        reminders = {f"remind:{n}": term.before(goal, world.calendar) for n, term in enumerate(node.remind)}
        # A reminder whose time was over before the visit began would only be noise.
        found = {name: at for name, at in reminders.items() if at > visit.entered_at}
    if due := visit.due_at:
        found["due"] = due
        found |= {f"escalate:{role}": term.after(due, world.calendar) for role, term in node.escalate.items()}
    return found | ({"expire": visit.expires_at} if visit.expires_at else {})


def moved(due: datetime | None, term: Term | None, since: datetime, until: datetime, world: World) -> datetime | None:
    """A due time moved by as long as the clock stood: by whole working days where working days count."""
    if due is None or term is None:
        return due
    if term.unit is not Unit.WORKING_DAYS:
        return due + (until - since)
    calendar, day, last = world.calendar, since.date(), until.date()
    stood = 0
    while day < last:
        day += timedelta(days=1)
        stood += calendar.works_on(day)
    return calendar.due(due, workdays=stood) if stood else due


def status_of(node: Node, why: str) -> str | None:
    """The status that a case gets at a node; None: it keeps the one it has."""
    if isinstance(node, FormNode):
        if why == RETURNED and node.returned:
            return node.returned
        if why == CANCELLED and node.cancelled:
            return node.cancelled
    if isinstance(node, ReviewNode) and why == RETURNED and node.returned:
        return node.returned
    return node.status

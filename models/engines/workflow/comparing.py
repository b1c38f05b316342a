"""What would have become of a stored case under another definition: its recorded decisions, carried through a draft.

What was done at a stage is done at the stage of the same name (or the one that it became). Promised times, waits and
expiries are the draft's own. A stage that the case never met is taken as approved on the day that it is due, so that
what follows comes later (`assumed` names it); what the draft has no place for is left out (`lost` says so).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core.errors import DomainError
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.clocks import rings
from models.engines.workflow.decide import decided
from models.engines.workflow.dry import Definition
from models.engines.workflow.evolve import evolve, replay
from models.engines.workflow.replaying import MACHINE, Given, Rebase, RecordedWorld, recorded
from models.engines.workflow.schema import CheckNode, ReviewNode, Workflow
from models.engines.workflow.state import State, Visit
from models.engines.workflow.turn import timers_of
from models.engines.workflow.world import Person

ANYBODY = Person(UUID(int=0), "Somebody", known=True)
SILENT = ("decision", "parallel")
"""Kinds of nodes that only point the way."""
MOST = 500
"""Timers and stages that are passed by themselves before a case counts as lost in a circle."""


@dataclass(frozen=True, slots=True)
class Step:
    """A node that a case passed: from when until when, with which outcome, due when; None: it still stands there."""

    node: str
    kind: str
    entered_at: datetime
    left_at: datetime | None
    outcome: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Path:
    """The way of a case: its steps in the order in which it came to them, and how it ended or stands."""

    steps: tuple[Step, ...]
    outcome: str | None
    ended_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True)
class Turning:
    """Where the two ways part: the last step they share, what came then, and what would come."""

    node: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """A stored case beside what would have become of it. `first` is None when it would have gone the same way."""

    was: Path
    would: Path
    first: Turning | None
    assumed: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether it goes the same way to the same end; times may differ."""
        return self.first is None and self.was.outcome == self.would.outcome


def compared(
    definition: Definition, events: Sequence[e.Event], *, mapping: Mapping[str, str] | None = None,
    known: Mapping[UUID, Person] | None = None, until: datetime | None = None,
) -> Compared:  # fmt: skip
    """Carry the recorded decisions of a stored case through a draft.

    `mapping` says what stages became, `known` what people may do now: then what somebody could not do any more counts
    as lost. Nothing is carried further than `until`, the last event's time.
    """
    return _Run(definition, events, mapping or {}, known, until).compared()


class _Run:
    """One case on its way through a draft."""

    def __init__(
        self, definition: Definition, events: Sequence[e.Event], mapping: Mapping[str, str],
        known: Mapping[UUID, Person] | None, until: datetime | None,
    ) -> None:  # fmt: skip
        self.definition, self.flow, self.was = definition, definition.workflow, events
        self.mapping = mapping
        self.record = recorded(events)
        self.world = RecordedWorld(definition, self.record, known)
        self.state = State()
        self.made: list[e.Event] = []
        self.assumed: list[str] = []
        self.lost: list[str] = []
        self.delay = timedelta()
        self.until = until or max((each.at for each in self.record.given), default=None)
        self.met = {mapping.get(each.node, each.node) for each in events if isinstance(each, e.Entered)}

    def compared(self) -> Compared:
        for given in self.record.given:
            if not isinstance(given.command, c.TimerFired | Rebase):
                self._carry(given)
        if self.until is not None and self.state.outcome is None:
            self._pass_time(self.until + self.delay)
        was, would = path_of(self.was), path_of(self.made)
        assumed = dict.fromkeys((*self.assumed, *self.world.assumed))
        return Compared(was, would, _turning(self.flow, self.mapping, was, would), tuple(assumed), tuple(self.lost))

    def _carry(self, given: Given) -> None:
        """One recorded command, at its time, where the case then stands."""
        self._pass_time(given.at + self.delay)
        command = self._aimed(given.command)
        passed = 0
        while command is None and passed < len(self.flow.nodes) and self._assume(given.at + self.delay):
            command = self._aimed(given.command)
            passed += 1
        if command is None:
            self.lost.append(f"{_who(given)} has no place: the case would be at {self._here() or 'its end'}.")
        elif refusal := self._give(replace(given, command=command, at=given.at + self.delay)):
            self.lost.append(f"{_who(given)}: {refusal}")

    def _aimed(self, command: c.Command) -> c.Command | None:
        """The command for the visit that is open now at the stage it was meant for; None: there is none."""
        visit_id = getattr(command, "visit", None)
        if visit_id is None:
            return command if self.state.outcome is None else None
        node = visit_id.partition("#")[0]
        node = self.mapping.get(node, node)
        found = next((visit for visit in self.state.visits if visit.node == node), None)
        changed: dict[str, Any] = {"visit": found.id} if found else {}
        return replace(command, **changed) if found else None

    def _give(self, given: Given) -> str:
        """Give a command; what it is refused for, if it is."""
        try:
            new, self.state = decided(self.flow, self.state, given.command, self.world.at(given))
        except DomainError as error:
            return error.problems[0].text
        self.made += new
        self._answer_checks(given.at)
        return ""

    def _answer_checks(self, now: datetime) -> None:
        """Checks of the worker that the record has no answer for are passed at once."""
        recorded_checks = {each.command.visit.partition("#")[0] for each in self.record.given
                           if isinstance(each.command, c.CheckDone)}  # fmt: skip
        known = {self.mapping.get(node, node) for node in recorded_checks}
        for visit in self.state.visits:
            node = self.flow.nodes[visit.node]
            if isinstance(node, CheckNode) and visit.node not in known:
                self.assumed.append(node.label or node.check)
                self._give(Given(c.CheckDone(visit.id, True), MACHINE, now))
                return

    def _assume(self, now: datetime) -> bool:
        """Approve a stage that the recorded case never met; whether there was one."""
        for visit in self.state.visits:
            node = self.flow.nodes[visit.node]
            if isinstance(node, ReviewNode) and visit.node not in self.met:
                decision = next((key for key, each in node.decisions.items() if each.tone == "positive"), None)
                if decision is not None:
                    self.assumed.append(_label(self.flow, visit.node))
                    return self._approve(node, visit, decision, now)
        return False

    def _approve(self, node: ReviewNode, visit: Visit, decision: str, now: datetime) -> bool:
        at = max(now, visit.due_at or now)
        self.delay += at - now
        # Somebody else at each stage, so that four eyes are kept.
        first = 1_000 * len(self.assumed)
        voters = tuple(replace(ANYBODY, id=UUID(int=first + each)) for each in range(max(1, node.quorum.number)))
        reasons = node.decisions[decision].reasons
        for somebody in voters:
            command = c.Decide(visit.id, decision, reasons[0] if reasons else "", "Assumed.")
            self._give(Given(command, somebody, at, voters=voters))
        return self.state.visit(visit.id) is None

    def _pass_time(self, now: datetime) -> None:
        """Let the draft's own times come that lie before `now`."""
        left, seq = MOST, -1
        while self.state.seq != seq and left and (coming := [each for each in self._timers() if each[0] <= now]):
            at, visit, timer = min(coming)
            left, seq = left - 1, self.state.seq
            self._give(Given(c.TimerFired(visit, timer), MACHINE, at))

    def _timers(self) -> Iterator[tuple[datetime, str, str]]:
        for visit in self.state.visits:
            node = self.flow.nodes[visit.node]
            for timer, at in timers_of(node, visit, self.world).items():
                if timer not in visit.fired and (visit.question is None or timer == "expire"):
                    yield at, visit.id, timer
        yield from rings(self.flow.clocks, self.state.clocks, self.definition.calendar)

    def _here(self) -> str:
        return ", ".join(_label(self.flow, visit.node) for visit in self.state.visits)


def path_of(events: Iterable[e.Event]) -> Path:
    """The way that events tell of."""
    kept = list(events)
    state = replay(kept)
    first = _first_names(kept)
    left = {first.get(event.visit, event.visit): event for event in kept if isinstance(event, e.Left)}
    due = {first.get(event.visit, event.visit): event.due_at for event in kept if isinstance(event, e.Answered)}
    steps = tuple(
        Step(
            event.node, event.kind, event.at, left[event.visit].at if event.visit in left else None,
            left[event.visit].outcome if event.visit in left else None, due.get(event.visit, event.due_at),
        )
        for event in kept
        if isinstance(event, e.Entered)
    )  # fmt: skip
    return Path(steps, state.outcome, state.ended_at, state.status)


def _first_names(events: Sequence[e.Event]) -> dict[str, str]:
    """Visits that were moved to another version, with the name that each began under."""
    first: dict[str, str] = {}
    state = State()
    for event in events:
        if isinstance(event, e.Migrated):
            for was, visit in zip(state.visits, event.visits, strict=True):
                first[visit.id] = first.get(was.id, was.id)
        state = evolve(state, event)
    return first


def _turning(flow: Workflow, mapping: Mapping[str, str], was: Path, would: Path) -> Turning | None:
    """Where the ways part; nodes that only point the way explain it, but passing one more is no other way."""
    if _parting(flow, mapping, *(_without_silent(path) for path in (was, would))) is None:
        return None
    return _parting(flow, mapping, was, would)


def _without_silent(path: Path) -> Path:
    return replace(path, steps=tuple(step for step in path.steps if step.kind not in SILENT))


def _parting(flow: Workflow, mapping: Mapping[str, str], was: Path, would: Path) -> Turning | None:
    old = [(mapping.get(step.node, step.node), step) for step in was.steps]
    new = [(step.node, step) for step in would.steps]
    last: tuple[str, Step] | None = None
    for (old_node, old_step), (new_node, new_step) in zip(old, new, strict=False):
        if old_node != new_node:
            text = (
                f"{_after(flow, last)} it came to {_label(flow, old_node)}; it would come to {_label(flow, new_node)}."
            )
            return Turning(last[0] if last else new_node, text, new_step.entered_at)
        if old_step.outcome != new_step.outcome:
            text = f"{_label(flow, old_node)} {_ended(old_step, 'ended')}; it {_ended(new_step, 'would end')}."
            return Turning(old_node, text, new_step.entered_at)
        last = new_node, new_step
    if len(old) == len(new):
        return None
    longer, what = (old, "it came to") if len(old) > len(new) else (new, "it would come to")
    node, step = longer[min(len(old), len(new))]
    return Turning(last[0] if last else node, f"{_after(flow, last)} {what} {_label(flow, node)}.", step.entered_at)


def _after(flow: Workflow, last: tuple[str, Step] | None) -> str:
    return f"After {_label(flow, last[0])}" if last else "At first"


def _ended(step: Step, verb: str) -> str:
    if step.outcome is None:
        return "still waits" if verb == "ended" else "would still wait"
    return f"{verb} with {step.outcome.replace('_', ' ')}" if step.outcome else f"{verb} and went on"


def _label(flow: Workflow, node: str) -> str:
    found = flow.nodes.get(node)
    return (found.label if found else "") or node.rpartition(".")[2].replace("_", " ").capitalize()


def _who(given: Given) -> str:
    what = type(given.command).__name__.lower()
    if isinstance(given.command, c.Decide):
        what = (
            f"{given.command.decision.replace('_', ' ')}, at {given.command.visit.partition('#')[0].replace('_', ' ')},"
        )
    return f"What {given.by.name or 'somebody'} did ({what})"

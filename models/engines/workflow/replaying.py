"""A stored case told once more: what was asked of it, by whom and when, read back from its events.

What machines and areas answered (checks, facts that actions noted) stands in the events too, so that the same commands
lead to the same events; `replayed` says where they do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from itertools import takewhile
from typing import Any
from uuid import UUID

from models.core.errors import DomainError
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.audience import quality
from models.engines.workflow.clocks import VISIT
from models.engines.workflow.decide import decided
from models.engines.workflow.dry import Checked, Definition, DryWorld
from models.engines.workflow.evolve import evolve
from models.engines.workflow.schema import ReviewNode, Workflow
from models.engines.workflow.state import State
from models.engines.workflow.world import Alone, Handover, Person

NO_LIMIT = Decimal(10) ** 15
MACHINE = Person(None, "Kontor", is_system=True)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rebase(c.Command):
    """The case was moved to another version: what was written then, as it stands."""

    events: tuple[e.Event, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A command as it was given; `stead` is whom the person stood in for, `voters` who decided the same visit."""

    command: c.Command
    by: Person
    at: datetime
    stead: Person | None = None
    voters: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What was asked of a case, what checks at hand answered by name, and what actions noted, each in order."""

    given: tuple[Given, ...]
    checks: Mapping[str, tuple[bool, ...]]
    noted: Mapping[str, tuple[Mapping[str, Any], ...]]


def recorded(events: Sequence[e.Event]) -> Record:
    """What the events of a case say that was asked of it."""
    return _Reader(events).read()


@dataclass
class _Reader:
    """Reads events once, from the first to the last."""

    events: Sequence[e.Event]
    partner: UUID | None = None
    opener: Person = MACHINE
    wanted: set[str] = field(default_factory=set)
    """Visits whose check the worker was asked for."""
    waits: set[str] = field(default_factory=set)
    """Visits that wait for a time."""
    acted: e.ActionTaken | None = None
    """The last action."""
    checks: dict[str, list[bool]] = field(default_factory=dict)
    noted: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def read(self) -> Record:
        found = tuple(given for number, event in enumerate(self.events) for given in self._given(number, event))
        return Record(
            found,
            {name: tuple(each) for name, each in self.checks.items()},
            {name: tuple(each) for name, each in self.noted.items()},
        )

    def _given(self, number: int, event: e.Event) -> Iterator[Given]:
        command, by = self._asked(number, event)
        if command is None:
            return
        at = getattr(event, "at", None) or next(each.at for each in self.events if isinstance(each, e.Entered))
        if isinstance(event, e.Decided):
            stead = Person(event.for_id, event.for_name) if event.for_id else None
            same = (each for each in self.events if isinstance(each, e.Decided) and each.visit == event.visit)
            yield Given(command, by, at, stead, tuple(Person(each.by, each.by_name) for each in same))
        else:
            yield Given(command, by, at)

    def _asked(self, number: int, event: e.Event) -> tuple[c.Command | None, Person]:
        match event:
            case e.Opened():
                self.partner = event.partner_id
                self.opener = self._applicant(event)
                return c.Open(event.type, event.version, event.partner_id), self.opener
            case e.Submitted():
                return c.Submit(event.visit, event.revision, event.facts, event.findings), self._applicant(event)
            case e.Cancelled():
                return c.Cancel(), self._applicant(event)
            case e.Answered():
                return c.Answer(event.visit, event.text), self._applicant(event)
            case e.Migrated():
                behind = takewhile(lambda each: isinstance(each, e.TimerSet | e.CheckWanted), self.events[number + 1 :])
                return Rebase((event, *behind)), Person(event.by, event.by_name)
            case e.Ended(outcome="deleted"):
                return c.Delete(), self.opener
            case e.Claimed():
                return c.Claim(event.visit), Person(event.by, event.by_name)
            case e.Released():
                return c.Release(event.visit), MACHINE
            case e.Decided():
                command = c.Decide(event.visit, event.decision, event.reason, event.comment, event.facts)
                return command, Person(event.by, event.by_name)
            case e.Asked():
                return c.Ask(event.visit, event.text), Person(event.by, event.by_name)
        return self._by_machine(number, event), MACHINE

    def _by_machine(self, number: int, event: e.Event) -> c.Command | None:
        match event:
            case e.Entered(kind="wait"):
                self.waits |= {event.visit} if event.due_at else set()
            case e.CheckWanted():
                self.wanted.add(event.visit)
            case e.Checked() if event.visit in self.wanted:
                return c.CheckDone(event.visit, event.passed, event.findings, event.facts)
            case e.Checked():
                self.checks.setdefault(event.check, []).append(event.passed)
            case e.ActionTaken():
                self.acted = event
                self.noted.setdefault(event.action, []).append({})
            case e.FactsNoted():
                return self._facts(event)
            case e.Reminded():
                return c.TimerFired(event.visit, event.timer)
            case e.BecameOverdue():
                return c.TimerFired(event.visit, "due")
            case e.ClockRang():
                return c.TimerFired(f"{VISIT}{event.clock}", event.timer)
            case e.Escalated():
                return c.TimerFired(event.visit, f"escalate:{event.role}")
            case e.Expired():
                return c.TimerFired(event.visit, "expire")
            case e.Left() if event.visit in self.waits and not event.outcome:
                return c.TimerFired(event.visit, "wait")
        return None

    def _facts(self, event: e.FactsNoted) -> c.Command | None:
        """An action's are facts that name its visit; of those that name none yet, what came with its turn and time."""
        acted = self.acted
        if acted and (event.visit == acted.visit or (not event.visit and event.at == acted.at)):
            self.noted[acted.action][-1] = {**self.noted[acted.action][-1], **event.facts}
            return None
        # Of `set` there is no action: it works its facts out again.
        return None if event.visit else c.NoteFacts(event.facts)

    def _applicant(self, event: Any) -> Person:
        return Person(event.by, event.by_name, partner_id=self.partner)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where events differ first: the number of the event, what it was, and what it would be (None: nothing more)."""

    seq: int
    was: e.Event | None
    would: e.Event | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The state that a case leads to when it is decided once more, and where that differs from what is stored."""

    state: State
    events: tuple[e.Event, ...]
    first: Difference | None


def replayed(
    definition: Definition, events: Sequence[e.Event], versions: Mapping[int, Definition] | None = None
) -> Replayed:
    """Give every command of a stored case once more under a definition, and compare event by event.

    `versions` are those that a case was moved to, by number.

    Whose turn a stage was, and who was given it first, hangs on who there was then: not compared.
    """
    record, made, state = recorded(events), list[e.Event](), State()
    world = RecordedWorld(definition, record)
    for given in record.given:
        if isinstance(given.command, Rebase):
            state = reduce(evolve, given.command.events, state)
            made += given.command.events
            world.go_on_under((versions or {}).get(state.version, world.definition))
            continue
        try:
            new, state = decided(world.definition.workflow, state, given.command, world.at(given))
        except DomainError as error:
            return Replayed(state, tuple(made), _first(events, made, error.problems[0].text))
        made += new
    return Replayed(state, tuple(made), _first(events, made))


def _first(events: Sequence[e.Event], made: Sequence[e.Event], refusal: str = "") -> Difference | None:
    was, would = list(_comparable(events)), list(_comparable(made))
    for number in range(max(len(was), len(would))):
        old = was[number] if number < len(was) else None
        new = would[number] if number < len(would) else None
        if old is None or new is None or old[1] != new[1]:
            return Difference(old[0] if old else len(events) + 1, old and old[1], new and new[1], refusal)
    return None


def _comparable(events: Iterable[e.Event]) -> Iterator[tuple[int, e.Event]]:
    """Events as far as they hang on the definition: without who was given a stage, facts of actions in their old place,
    and what older events do not say yet."""
    for number, event in enumerate(events, 1):
        match event:
            case e.Assigned() | e.FactsNoted():
                pass
            case e.Entered():
                yield number, replace(event, candidates=())
            case e.Decided():
                yield number, replace(event, tone="", stands_for=())
            case _:
                yield number, event


class RecordedWorld(DryWorld):
    """The world as a stored case met it: everybody who did something could do it, checks and actions answer as then."""

    def __init__(self, definition: Definition, record: Record, known: Mapping[UUID, Person] | None = None) -> None:
        super().__init__(definition, NEVER, MACHINE, Then(), self._checked, self._acted)
        self._checks = {name: list(each) for name, each in record.checks.items()}
        self._noted = {name: list(each) for name, each in record.noted.items()}
        self._everything = qualities_of(definition.workflow)
        self._known = known
        self.assumed: list[str] = []
        """Checks that the record has no answer for: taken as passed."""

    def go_on_under(self, definition: Definition) -> None:
        """The case was moved to another version."""
        self.definition, self._everything = definition, qualities_of(definition.workflow)

    def at(self, given: Given) -> RecordedWorld:
        """The world of a command."""
        whole = self.able if given.stead is None else (lambda person: person)
        self.now, self.person = given.at, whole(given.by)
        stands_in = Handover(self.able(given.stead), given.by) if given.stead else None
        self.people = Then(voters=tuple(self.able(each) for each in given.voters), stands_in=stands_in)
        return self

    def able(self, person: Person) -> Person:
        """A person with what they have now, if that is known; otherwise with whatever any stage asks for."""
        if self._known is not None and person.id is not None and person.id in self._known:
            return self._known[person.id]
        if person.is_system or person.partner_id is not None:
            return person
        return replace(person, roles=self._everything, manages=True, limit=NO_LIMIT, known=True)

    def _checked(self, name: str, facts: Mapping[str, Any]) -> Checked:
        if self._checks.get(name):
            return self._checks[name].pop(0), ()
        self.assumed.append(name)
        return True, ()

    def _acted(self, action: str, visit: str) -> Mapping[str, Any]:
        return self._noted[action].pop(0) if self._noted.get(action) else {}


@dataclass(frozen=True, slots=True)
class Then(Alone):
    """The people around a recorded decision: those who decided the same visit, and whom somebody stood in for."""

    voters: tuple[Person, ...] = ()
    stands_in: Handover | None = None

    def members(self, audience: Sequence[str]) -> Sequence[Person]:
        """Whoever decided; somebody, so that a stage never counts as having nobody."""
        return self.voters or (Person(None, "somebody"),)

    def handed_to(self, person: UUID) -> Sequence[Handover]:
        """Whom the person stood in for."""
        return (self.stands_in,) if self.stands_in and self.stands_in.to.id == person else ()


def qualities_of(workflow: Workflow) -> frozenset[str]:
    """Every quality that a stage of a workflow asks for of people."""
    found: set[str] = set()
    for node in workflow.nodes.values():
        if isinstance(node, ReviewNode):
            found |= set(node.review) | {entry for entry, _ in node.quorum.each}
            for each in node.candidates:
                found |= {each.role, quality("group", each.group), quality("skill", each.skill)}
    return frozenset(found)

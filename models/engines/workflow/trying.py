"""A case that is only tried: people do things at times, step by step, and what a set of such scenarios has passed.

A scenario is data, so that it can be kept beside a draft and run again whenever the draft changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import unquote
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

from models.core.errors import DomainError, Problem
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.audience import fits
from models.engines.workflow.clocks import rings
from models.engines.workflow.decide import decided
from models.engines.workflow.dry import Definition, DryWorld
from models.engines.workflow.replaying import NO_LIMIT
from models.engines.workflow.schema import FormNode, Workflow
from models.engines.workflow.state import State, Visit
from models.engines.workflow.terms import TermField
from models.engines.workflow.turn import timers_of
from models.engines.workflow.world import Alone, Person

APPLICANT, PARTNER, MACHINE = "applicant", UUID(int=1), Person(None, "Kontor", is_system=True)
BEGAN = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
"""A Monday morning in GMT+08:00: when a scenario begins that says nothing."""
MOST_TIMERS = 500


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Move(_Part):
    """One thing that somebody does: after a time, at a node (empty: wherever the case waits for such a thing).

    The applicant begins the case before the first move.
    """

    do: Literal["submit", "decide", "claim", "release", "ask", "answer", "cancel", "delete", "check", "note", "wait"]
    by: str = APPLICANT
    node: str = ""
    after: TermField | None = None
    decision: str = ""
    reason: str = ""
    text: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)
    passed: bool = True


class Expected(_Part):
    """How a scenario has to come out; what is empty is not looked at."""

    outcome: str = ""
    status: str = ""
    at: str = ""
    """The node that the case stands at."""


class Scenario(_Part):
    """A case from its beginning: `people` of the vendor with their qualities, and what everybody does in order.

    Qualities are roles, groups and skills as `audience.py` names them. `checks` says, by name, what checks that are
    asked at once answer: registered checks look at records, of which a case that is only tried has none.
    """

    name: str
    people: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    checks: dict[str, bool] = Field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    began: datetime = BEGAN
    expect: Expected = Expected()


@dataclass(frozen=True, slots=True)
class Stand:
    """After a move (0: the beginning): when, the status, the open visits, and what the move was refused for."""

    move: int
    at: datetime
    status: str
    visits: tuple[Visit, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """How a scenario went; `problems` is what came out otherwise than expected."""

    events: tuple[e.Event, ...]
    state: State
    stands: tuple[Stand, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What scenarios have passed of a workflow, and what none of them has."""

    nodes: frozenset[str]
    edges: frozenset[tuple[str, str]]
    missing_nodes: frozenset[str]
    missing_edges: frozenset[tuple[str, str]]

    @property
    def percent(self) -> int:
        """Nodes and edges passed of all there are, in whole percent."""
        done, left = len(self.nodes) + len(self.edges), len(self.missing_nodes) + len(self.missing_edges)
        return 100 * done // (done + left) if done + left else 100


def tried(definition: Definition, scenario: Scenario) -> Tried:
    """Play a scenario: what is refused leaves the case as it was, and the scenario goes on."""
    return _Play(definition, scenario).played()


def coverage(workflow: Workflow, plays: Iterable[Tried]) -> Coverage:
    """What some plays have passed of a workflow."""
    nodes, edges = set[str](), set[tuple[str, str]]()
    for play in plays:
        for event in play.events:
            if isinstance(event, e.Entered):
                nodes.add(event.node)
            elif isinstance(event, e.Left):
                edges |= set(_edges(workflow, event.visit.rpartition("#")[0], event.outcome))
    everything = set(workflow.edges)
    return Coverage(
        frozenset(nodes & set(workflow.nodes)), frozenset(edges), frozenset(set(workflow.nodes) - nodes),
        frozenset(everything - edges),
    )  # fmt: skip


def _edges(workflow: Workflow, node: str, outcome: str) -> Iterator[tuple[str, str]]:
    begin = f"{node}.{outcome}" if workflow.has_edge(node, outcome) else node
    yield from (edge for edge in workflow.edges if edge[0] == begin)


class _Play:
    """One scenario on its way."""

    def __init__(self, definition: Definition, scenario: Scenario) -> None:
        self.definition, self.flow, self.scenario = definition, definition.workflow, scenario
        self.people = {name: person_of(name, roles) for name, roles in scenario.people.items()}
        self.applicant = Person(_key(APPLICANT), "Applicant", partner_id=PARTNER)
        team = _Team(everybody=tuple(self.people.values()))
        self.world = DryWorld(definition, scenario.began, self.applicant, team, checked=self._passes)
        self.state, self.events, self.stands = State(), list[e.Event](), list[Stand]()

    def _passes(self, name: str, facts: Mapping[str, Any]) -> bool:
        return self.scenario.checks.get(name, True)

    def played(self) -> Tried:
        self._do(0, c.Open("trial", 1, PARTNER), self.applicant)
        for number, move in enumerate(self.scenario.moves, 1):
            if move.after:
                self._pass_time(number, move.after.after(self.world.now, self.definition.calendar))
            self._move(number, move)
        return Tried(tuple(self.events), self.state, tuple(self.stands), tuple(self._unexpected()))

    def _move(self, number: int, move: Move) -> None:
        person = self._who(move)
        if person is None:
            self._stand(number, [Problem("TRY-PERSON", f"Nobody in this scenario is called {move.by}.", move.by)])
        elif move.do == "wait":
            self._stand(number)
        elif move.do == "note":
            self._do(number, c.NoteFacts(move.facts), MACHINE)
        elif move.do in ("cancel", "delete"):
            self._do(number, c.Cancel() if move.do == "cancel" else c.Delete(), person)
        elif (visit := self._visit(move)) is None:
            text = f"The case does not wait for that now: {self.state.status or 'it has not begun'}."
            self._stand(number, [Problem("TRY-NOT-NOW", text, move.node or None)])
        else:
            self._do(number, self._command(move, visit), MACHINE if move.do == "check" else person)

    def _command(self, move: Move, visit: Visit) -> c.Command:
        match move.do:
            case "submit":
                node = self.flow.nodes[visit.node]
                form = node.form if isinstance(node, FormNode) else ""
                return c.Submit(visit.id, self.state.submitted.get(form, 0) + 1, move.facts)
            case "decide":
                return c.Decide(visit.id, move.decision, move.reason, move.text, move.facts)
            case "check":
                return c.CheckDone(visit.id, move.passed, facts=move.facts)
            case "ask":
                return c.Ask(visit.id, move.text)
            case "answer":
                return c.Answer(visit.id, move.text)
        return c.Claim(visit.id) if move.do == "claim" else c.Release(visit.id)

    def _visit(self, move: Move) -> Visit | None:
        """The visit that a move is meant for."""
        kinds = {"submit": "form", "check": "check"}
        wanted = kinds.get(move.do, "review")
        found = [visit for visit in self.state.visits if visit.kind == wanted and move.node in ("", visit.node)]
        return found[0] if found else None

    def _who(self, move: Move) -> Person | None:
        if move.by == APPLICANT or move.do in ("check", "note", "wait"):
            return self.applicant
        return self.people.get(move.by)

    def _do(self, number: int, command: c.Command, by: Person) -> None:
        self.world.person = by
        try:
            new, self.state = decided(self.flow, self.state, command, self.world)
        except DomainError as error:
            self._stand(number, error.problems)
            return
        self.events += new
        self._stand(number)

    def _stand(self, number: int, problems: Sequence[Problem] = ()) -> None:
        self.stands.append(Stand(number, self.world.now, self.state.status, self.state.visits, tuple(problems)))

    def _pass_time(self, number: int, until: datetime) -> None:
        """Let everything happen, before a move, that its time has come for."""
        left, seq = MOST_TIMERS, -1
        while self.state.seq != seq and left and (coming := [each for each in self._timers() if each[0] <= until]):
            at, visit, timer = min(coming)
            left, seq = left - 1, self.state.seq
            self.world.now = max(self.world.now, at)
            self._do(number, c.TimerFired(visit, timer), MACHINE)
        self.world.now = max(self.world.now, until)

    def _timers(self) -> Iterator[tuple[datetime, str, str]]:
        for visit in self.state.visits:
            node = self.flow.nodes[visit.node]
            for timer, at in timers_of(node, visit, self.world).items():
                if timer not in visit.fired and (visit.question is None or timer == "expire"):
                    yield at, visit.id, timer
        yield from rings(self.flow.clocks, self.state.clocks, self.definition.calendar)

    def _unexpected(self) -> Iterator[Problem]:
        wanted, here = self.scenario.expect, [visit.node for visit in self.state.visits]
        if wanted.outcome and wanted.outcome != self.state.outcome:
            yield Problem("TRY-OUTCOME", f"It should end as {wanted.outcome}; it is {self._ended()}.", "outcome")
        if wanted.status and wanted.status != self.state.status:
            yield Problem("TRY-STATUS", f"Its status should be {wanted.status}; it is {self.state.status}.", "status")
        if wanted.at and wanted.at not in here:
            where = ", ".join(here) or self._ended()
            yield Problem("TRY-PLACE", f"It should stand at {wanted.at}; it is {where}.", wanted.at)

    def _ended(self) -> str:
        return f"ended as {self.state.outcome}" if self.state.outcome else "not over"


@dataclass(frozen=True, slots=True)
class _Team(Alone):
    """The people of a scenario."""

    everybody: tuple[Person, ...] = ()

    def members(self, audience: Sequence[str]) -> Sequence[Person]:
        """Whoever fits."""
        return [person for person in self.everybody if fits(audience, person)]


def person_of(name: str, has: tuple[str, ...]) -> Person:
    """A person of a scenario, with their qualities."""
    named: dict[str, set[str]] = {"group": set(), "skill": set()}
    for each in has:
        kind, _, value = each.partition(":")
        if value and kind in named:
            named[kind].add(unquote(value))
    roles = frozenset(each for each in has if ":" not in each)
    groups, skills = frozenset(named["group"]), frozenset(named["skill"])
    return Person(_key(name), name, roles, groups=groups, skills=skills, limit=NO_LIMIT, known=True)


def _key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"kontor:trial:{name}")

"""A case that is only tried: people do things at times, step by step, and what a set of such scenarios has passed.

What is tried is a `scenario.py`: data, kept beside a draft and run again whenever the draft changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import NAMESPACE_URL, UUID, uuid5

from models.core.errors import DomainError, Problem
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.answers import Answer, AtHand, By, Records, Sent, answered
from models.engines.workflow.audience import fits
from models.engines.workflow.clocks import rings
from models.engines.workflow.decide import decided
from models.engines.workflow.dry import Definition, DryWorld
from models.engines.workflow.findings import Finding
from models.engines.workflow.replaying import NO_LIMIT
from models.engines.workflow.scenario import APPLICANT, Move, Scenario
from models.engines.workflow.schema import CheckNode, FormNode, ReviewNode, Workflow
from models.engines.workflow.state import State, Visit
from models.engines.workflow.turn import timers_of
from models.engines.workflow.world import Alone, Person

PARTNER, MACHINE = UUID(int=1), Person(None, "Kontor", is_system=True)
MOST_TIMERS = 500


@dataclass(frozen=True, slots=True)
class Stand:
    """After a move (0: the beginning): when, the status, the open visits, what the move was refused for, and what
    checks answered on the way."""

    move: int
    at: datetime
    status: str
    visits: tuple[Visit, ...]
    problems: tuple[Problem, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """How a scenario went; `problems` is what came out otherwise than expected, `shown` what whoever reviews it now is
    shown of checks."""

    events: tuple[e.Event, ...]
    state: State
    stands: tuple[Stand, ...]
    problems: tuple[Problem, ...]
    shown: tuple[Answer, ...] = ()


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


def tried(definition: Definition, scenario: Scenario, records: Records | None = None) -> Tried:
    """Play a scenario: what is refused leaves the case as it was, and the scenario goes on.

    Checks are asked of `records`; without any they pass, and rules of forms are not asked.
    """
    return _Play(definition, scenario, records).played()


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

    def __init__(self, definition: Definition, scenario: Scenario, records: Records | None) -> None:
        self.definition, self.flow, self.scenario, self.records = definition, definition.workflow, scenario, records
        self.people = {name: person_of(name, roles) for name, roles in scenario.people.items()}
        self.partner = scenario.partner or PARTNER
        self.applicant = Person(_key(APPLICANT), "Applicant", partner_id=self.partner)
        team = _Team(everybody=tuple(self.people.values()))
        self.world = DryWorld(definition, scenario.began, self.applicant, team, checked=self._checked)
        self.state, self.events, self.stands = State(), list[e.Event](), list[Stand]()
        self.sent, self.answers = dict[str, Sent](), list[Answer]()

    def _checked(self, name: str, facts: Mapping[str, Any]) -> tuple[bool, tuple[Finding, ...]]:
        answer = self._answer(name, facts)
        return answer.passed, answer.findings

    def _answer(
        self, name: str, facts: Mapping[str, Any], form: str = "", data: Mapping[str, Any] | None = None
    ) -> Answer:
        """Ask a check; what it says is told with the step."""
        found = None
        if self.records:
            hand = AtHand(self.partner, self.state, facts, self.world.now, dict(self.sent), form, data or {})
            found = self.records.ask(name, hand)
        self.answers.append(answered(name, found, self.scenario.checks.get(name)))
        return self.answers[-1]

    def played(self) -> Tried:
        self._do(0, c.Open("trial", 1, self.partner), self.applicant)
        for number, move in enumerate(self.scenario.moves, 1):
            if move.after:
                self._pass_time(number, move.after.after(self.world.now, self.definition.calendar))
            self._move(number, move)
        return Tried(
            tuple(self.events), self.state, tuple(self.stands), tuple(self._unexpected()), tuple(self._shown())
        )

    def _shown(self) -> Iterator[Answer]:
        """What the checks of the reviews that are open say to whoever reviews."""
        if self.records:
            for visit in self.state.visits:
                node = self.flow.nodes[visit.node]
                if isinstance(node, ReviewNode):
                    yield from [self._answer(name, self.state.facts) for name in node.checks]

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
        elif move.do == "submit":
            self._submit(number, move, visit, person)
        else:
            self._do(number, self._command(move, visit), MACHINE if move.do == "check" else person)

    def _submit(self, number: int, move: Move, visit: Visit, person: Person) -> None:
        """Send a form, when its rules are kept."""
        node = self.flow.nodes[visit.node]
        assert isinstance(node, FormNode)
        data, facts = self.records.filled(node.form, move.facts) if self.records else (move.facts, move.facts)
        asked = [name for name in node.checks if self.records or name in self.scenario.checks]
        answers = [self._answer(name, {**self.state.facts, **facts}, node.form, data) for name in asked]
        if wrong := [problem for answer in answers for problem in answer.problems()]:
            self._stand(number, wrong)
            return
        findings = tuple(finding for answer in answers if answer.by is not By.HAND for finding in answer.findings)
        before = self.state.seq
        self._do(number, c.Submit(visit.id, self.state.submitted.get(node.form, 0) + 1, facts, findings), person)
        if self.state.seq != before:
            self.sent[node.form] = Sent(data, self.world.now)

    def _command(self, move: Move, visit: Visit) -> c.Command:
        match move.do:
            case "decide":
                return c.Decide(visit.id, move.decision, move.reason, move.text, move.facts)
            case "check":
                return self._check_done(move, visit)
            case "ask":
                return c.Ask(visit.id, move.text)
            case "answer":
                return c.Answer(visit.id, move.text)
        return c.Claim(visit.id) if move.do == "claim" else c.Release(visit.id)

    def _check_done(self, move: Move, visit: Visit) -> c.Command:
        node = self.flow.nodes[visit.node]
        if move.passed is not None or not isinstance(node, CheckNode):
            return c.CheckDone(visit.id, bool(move.passed), facts=move.facts)
        answer = self._answer(node.check, self.state.facts)
        return c.CheckDone(visit.id, answer.passed, answer.findings, move.facts)

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
        here, answers = self.state.visits, tuple(self.answers)
        self.stands.append(Stand(number, self.world.now, self.state.status, here, tuple(problems), answers))
        self.answers.clear()

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

"""Whatever definition passes the linter: no case of it gets stuck silently, replay equals live, four eyes hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.core.errors import DomainError
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.decide import decided
from models.engines.workflow.dry import Definition, DryWorld
from models.engines.workflow.evolve import evolve, replay
from models.engines.workflow.lint import Names, faults
from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.replaying import replayed
from models.engines.workflow.schema import CheckNode, FormNode, ReviewNode, Workflow
from models.engines.workflow.state import State, Visit
from models.engines.workflow.world import Person
from tests.support import workflows as w
from tests.support.workflows import LIIS, MACHINE, Team, person

TEAM = tuple(person(100 + number, f"Reviewer {number}", "a", "b") for number in range(9))
FACTS = {"asked": "usd", "urgent": "yes_no", "level": "text", "noted": "yes_no"}
NAMES = Names(facts=FACTS, fields={"ask": ["asked", "urgent"]})  # type: ignore[arg-type]


@dataclass
class Building:
    """A workflow that grows block by block; each block is entered at one node and left by open ends."""

    nodes: dict[str, Any] = field(
        default_factory=lambda: {
            "ask": {"form": "ask", "cancel": "first"},
            "end": {"end": "done"},
            "gone": {"end": "gone", "tone": "neutral"},
        }
    )
    edges: list[list[str]] = field(default_factory=lambda: [["ask.cancel", "gone"]])
    reviews: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))
    loose: bool = False
    """One way of a branch may lead into another branch, so that their join waits for it in vain."""

    def add(self, **node: Any) -> str:
        name = f"{next(iter(node))}{next(self.numbers)}"
        self.nodes[name] = node
        return name

    def join(self, ends: list[str], to: str) -> None:
        self.edges += [[end, to] for end in ends]


Block = tuple[str, list[str]]


@st.composite
def blocks(draw: st.DrawFn, made: Building, depth: int) -> Block:
    """One block, and the blocks within it."""
    kinds = ["review", "check", "now", "action", "set", "wait", "facts"]
    kind = draw(st.sampled_from(kinds + (["decision", "branches", "parallel", "sequence"] * 2 if depth else [])))
    match kind:
        case "review":
            return draw(reviews(made))
        case "check" | "now":
            name = made.add(check="look", by="worker" if kind == "check" else "now")
            made.edges.append([f"{name}.fail", "ask"])
            return name, [f"{name}.pass"]
        case "action":
            name = made.add(action="act")
        case "set":
            name = made.add(action="set", given={"level": "'high'"})
        case "wait":
            name = made.add(wait="2 days")
        case "facts":
            name = made.add(wait="facts", until="noted", expires="9 days")
            made.edges.append([f"{name}.expire", "gone"])
        case "sequence":
            first, ends = draw(blocks(made, depth - 1))
            second, last = draw(blocks(made, depth - 1))
            made.join(ends, second)
            return first, last
        case "parallel":
            name, join, meets = made.add(parallel="split"), made.add(parallel="join"), list[str]()
            for _ in range(draw(st.integers(2, 3))):
                first, ends = draw(blocks(made, depth - 1))
                made.edges.append([name, first])
                # A join counts branches by the node they come from: several ends of one branch meet before it.
                if made.loose and meets and len(ends) > 1 and draw(st.booleans()):
                    made.join([ends.pop()], meets[0])
                meet = made.add(action="act")
                made.join(ends, meet)
                made.edges.append([meet, join])
                meets.append(meet)
            return name, [join]
        case _:
            decision = "urgent" if kind == "decision" else [{"when": "asked > usd(5)", "then": "yes"}]
            name = made.add(decision=decision, **({} if kind == "decision" else {"otherwise": "no"}))
            open_ends = []
            for outcome in ("yes", "no"):
                first, ends = draw(blocks(made, depth - 1))
                made.edges.append([f"{name}.{outcome}", first])
                open_ends += ends
            return name, open_ends
    return name, [name]


@st.composite
def reviews(draw: st.DrawFn, made: Building) -> Block:
    others = draw(st.lists(st.sampled_from(made.reviews), max_size=2, unique=True)) if made.reviews else []
    name = made.add(
        review=draw(st.sampled_from(["a", "b"])), not_same_person_as=others,
        quorum=draw(st.sampled_from([1, 1, 2, "2 of 3", "50 %", "any", {"a": 1, "b": 1}])), due="3 days",
        remind=["1 day"],
        decisions={"yes": {"label": "Yes", "tone": "positive"}, "no": {"label": "No", "tone": "negative"},
                   "back": {"label": "Back", "back": True}},
    )  # fmt: skip
    made.reviews.append(name)
    made.edges += [[f"{name}.no", "ask"], [f"{name}.back", "ask"]]
    return name, [f"{name}.yes"]


@st.composite
def definitions(draw: st.DrawFn, *, rewired: bool = False) -> Workflow:
    """A workflow of nested blocks; `rewired`: some edges lead elsewhere, and joins may wait for ever."""
    made = Building(loose=rewired)
    first, ends = draw(blocks(made, 2))
    made.edges.append(["ask.submit", first])
    made.join(ends, "end")
    if draw(st.booleans()):
        clock = {"start": ["submit ask"], "pause": ["ask"], "resume": ["answer"], "stop": ["end"], "due": "4 days"}
        clocks = {"whole": clock}
    else:
        clocks = {}
    for _ in range(draw(st.integers(0, 2)) if rewired else 0):
        edge = draw(st.sampled_from(made.edges))
        edge[1] = draw(st.sampled_from(sorted(made.nodes)))
    return Workflow.model_validate({"start": "ask", "nodes": made.nodes, "edges": made.edges, "clocks": clocks})


def moves_of(flow: Workflow, state: State, visit: Visit) -> list[tuple[c.Command, Person]]:
    """Everything that could take a case on from a visit, by outcome."""
    node = flow.nodes[visit.node]
    if isinstance(node, FormNode):
        facts = {"asked": "10.00", "urgent": state.seq % 2 == 0}
        return [(c.Submit(visit.id, state.seq, facts), LIIS), (c.Cancel(), LIIS)]
    if isinstance(node, ReviewNode):
        return [(c.Decide(visit.id, decision), who) for decision in node.decisions for who in TEAM]
    if isinstance(node, CheckNode):
        return [(c.CheckDone(visit.id, True), MACHINE), (c.CheckDone(visit.id, False), MACHINE)]
    waits = [(c.TimerFired(visit.id, timer), MACHINE) for timer in ("wait", "expire")]
    return [*waits, (c.NoteFacts({"noted": True}), MACHINE)]


def lives_on(flow: Workflow, choices: st.DataObject) -> None:
    """One case of a definition at random; it always has somebody or some time to wait for, until it ends."""
    definition = Definition(flow, FACTS)  # type: ignore[arg-type]
    world = DryWorld(definition, w.BEGAN, LIIS, Team(everybody=TEAM))
    events, state = decided(flow, State(), c.Open("any", 1, w.PARTNER), world)
    agreed: dict[str, set[Any]] = {}
    for _ in range(25):
        if state.outcome is not None:
            break
        assert state.visits, "nobody and nothing is waited for"
        visit = choices.draw(st.sampled_from(state.visits))
        accepted, kind = [], flow.nodes[visit.node]
        later = world.now + timedelta(seconds=1)  # no two commands come at one time
        world.now = max(later, visit.due_at or later, visit.expires_at or later)
        for command, by in moves_of(flow, state, visit):
            world.person = by
            try:
                new, after = decided(flow, state, command, world)
            except DomainError:
                continue
            if new:
                accepted.append((new, after))
        if not accepted:
            # Only four eyes may leave nobody over, and only where as many have agreed as there are people.
            assert isinstance(kind, ReviewNode)
            used = {who for place in kind.not_same_person_as for who in state.agreed.get(place, ())}
            used |= {who for place in kind.not_same_person_as for who in state.deciders.get(place, ())}
            used |= {vote.by for vote in visit.votes}
            assert {each.id for each in TEAM} <= used
            break
        new, state = choices.draw(st.sampled_from(accepted))
        events += new
        for event in new:
            if isinstance(event, e.Decided):
                node = flow.nodes[event.node]
                assert isinstance(node, ReviewNode)
                assert not any(event.by in agreed.get(place, set()) for place in node.not_same_person_as)
                if event.tone == "positive":
                    agreed.setdefault(event.node, set()).add(event.by)
    assert replay(events) == state
    stepwise = State()
    for event in events:
        stepwise = evolve(stepwise, event)
    assert stepwise == state
    percent = any(isinstance(each, ReviewNode) and each.quorum.counts_noes for each in flow.nodes.values())
    assert percent or replayed(definition, events).first is None  # how many there were then is not kept


@given(definitions(), st.data())
@settings(max_examples=25, deadline=None)
def test_nested_blocks_are_without_fault_and_their_cases_live_on(flow: Workflow, choices: st.DataObject):
    assert faults(flow, NAMES) == []
    assert all(flow.next(name, outcome) for name, node in flow.nodes.items() for outcome in outcomes(node))
    lives_on(flow, choices)


@given(definitions(rewired=True), st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_else_passes_the_linter_lives_on_too(flow: Workflow, choices: st.DataObject):
    assume(not faults(flow, NAMES))
    lives_on(flow, choices)


@st.composite
def crossed(draw: st.DrawFn) -> Workflow:
    """Two branches, one of which may lead into the other: then their join waits for it in vain."""
    made = Building()
    split, join, decision = made.add(parallel="split"), made.add(parallel="join"), made.add(decision="urgent")
    first, ends = draw(blocks(made, 0))
    yes, open_ends = draw(blocks(made, 0))
    meets = [made.add(action="act"), made.add(action="act")]
    made.edges += [["ask.submit", split], [split, first], [split, decision], [f"{decision}.yes", yes], [join, "end"]]
    made.join(ends, meets[0])
    made.join(open_ends, meets[1])
    made.join([f"{decision}.no"], meets[0])
    made.edges += [[meet, join] for meet in meets]
    return Workflow.model_validate({"start": "ask", "nodes": made.nodes, "edges": made.edges})


@given(crossed())
@settings(max_examples=25, deadline=None)
def test_a_branch_that_may_lead_into_another_is_always_named(flow: Workflow):
    assert "FLOW-JOIN-STUCK" in {problem.code for problem in faults(flow, NAMES)}

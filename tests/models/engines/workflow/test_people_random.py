"""Four eyes, whatever happens: random decisions, stand-ins that come and go, and roles that change meanwhile.

Whether a decision was allowed is judged here once more, from nothing but what was true at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models.core.errors import DomainError
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.evolve import replay
from models.engines.workflow.schema import ReviewNode, Workflow
from models.engines.workflow.state import State
from tests.support.staff import FAR, Staff, Stand
from tests.support.workflows import BEGAN, LIIS, PARTNER, Story, TestWorld, person

ROLES = ("reviewer_business", "reviewer_finance")
STAFF = (
    person(40, "Ann", ROLES[0]), person(41, "Ben", *ROLES), person(42, "Cleo", ROLES[0]), person(43, "Dan", ROLES[1]),
    person(44, "Eve"),
)  # fmt: skip
PEOPLE = (*STAFF, LIIS)
FLOW = Workflow.model_validate(
    {
        "start": "request",
        "nodes": {
            "request": {"form": "request", "status": "Draft"},
            "business": {"review": ROLES[0], "quorum": 2},
            "finance": {
                "review": ROLES[1], "not_same_person_as": ["business"], "assign": "round_robin",
                "candidates": [{"group": "big", "when": "asked > usd(50000)"}, {"role": ROLES[1]}],
                "decisions": {"approve": {"label": "Approve", "tone": "positive"}, "back": {"label": "Send back"},
                              "reject": {"label": "Reject", "tone": "negative"}},
            },
            "done": {"end": "done"},
        },
        "edges": [["request.submit", "business"], ["business.approve", "finance"], ["business.reject", "request"],
                  ["finance.approve", "done"], ["finance.back", "business"], ["finance.reject", "request"]],
    }
)  # fmt: skip
DECISIONS = st.sampled_from(["approve", "approve", "approve", "approve", "back", "reject"])
who = st.integers(0, len(PEOPLE) - 1)
staff_number = st.integers(0, len(STAFF) - 1)


@dataclass(frozen=True)
class Made:
    """A decision with what was true when it was made."""

    event: e.Decided
    node: str
    hands: frozenset[UUID]
    earlier: frozenset[UUID]
    tied: frozenset[UUID]
    since: datetime


class FourEyes(RuleBasedStateMachine):
    """One case in the hands of people who try everything."""

    @initialize(stands=st.lists(st.tuples(staff_number, staff_number), min_size=1, max_size=4))
    def begin(self, stands: list[tuple[int, int]]) -> None:
        self.staff = Staff.of(PEOPLE, BEGAN)
        self.story = Story(FLOW, TestWorld(people=self.staff))
        self.made: list[Made] = []
        self.refused: DomainError | None = None
        self.story.give(c.Open("request", 1, PARTNER), LIIS)
        self.submit("9000.00")
        for by, to in stands:
            self.hand_over(by, to, None)

    def person(self, number: int) -> UUID:
        key = PEOPLE[number].id
        assert key is not None
        return key

    @rule(number=who, role=st.sampled_from([*ROLES, "big"]), on=st.booleans())
    def change_role(self, number: int, role: str, on: bool) -> None:
        key = self.person(number)
        before = self.staff.everybody[key]
        own, field = (before.groups, "groups") if role == "big" else (before.roles, "roles")
        self.staff.everybody[key] = replace(before, **{field: own | {role} if on else own - {role}})

    @rule(by=staff_number, to=who, cap=st.sampled_from([None, Decimal(10_000)]))
    def hand_over(self, by: int, to: int, cap: Decimal | None) -> None:
        if by != to:  # the table has no such row
            self.staff.stands.append(Stand(self.person(by), self.person(to), self.staff.now, FAR, cap=cap))

    @rule(number=st.integers(0, 5))
    def take_back(self, number: int) -> None:
        open_ = [n for n, each in enumerate(self.staff.stands) if each.until == FAR]
        if open_:
            place = open_[number % len(open_)]
            self.staff.stands[place] = replace(self.staff.stands[place], until=self.staff.now)

    @rule(number=staff_number)
    def come_and_go(self, number: int) -> None:
        self.staff.away ^= {self.person(number)}

    @rule(minutes=st.integers(1, 90))
    def wait(self, minutes: int) -> None:
        self.story.later(minutes=minutes)
        self.staff.now = self.story.world.now

    def give(self, command: c.Command, number: int) -> list[e.Event]:
        try:
            return self.story.give(command, self.staff.everybody[self.person(number)])
        except DomainError as error:
            self.refused = error
            return []

    def submit(self, asked: str) -> None:
        for visit in self.story.state.visits:
            if visit.kind == "form":
                self.give(c.Submit(visit.id, len(self.story.events), {"asked": asked}), len(PEOPLE) - 1)

    @rule(numbers=st.lists(who, min_size=2, max_size=6), decision=DECISIONS, asked=st.sampled_from(["10", "60000.00"]))
    def decide(self, numbers: list[int], decision: str, asked: str) -> None:
        """Some people try, one after the other; what goes back to the partner is sent again."""
        for number in numbers:
            for visit in self.story.state.visits:
                before = self.story.state
                for event in self.give(c.Decide(visit.id, decision, comment="Mend it."), number):
                    if isinstance(event, e.Decided):
                        self.note(event, before, visit.entered_at)
            self.submit(asked)

    def note(self, event: e.Decided, before: State, since: datetime) -> None:
        node = FLOW.nodes[event.node]
        assert isinstance(node, ReviewNode)
        hands = frozenset(key for key in (event.by, event.for_id) if key)
        earlier = {key for place in node.not_same_person_as for key in before.deciders.get(place, ())}
        tied = {key for hand in hands for key in self.staff.ties(hand, since)}
        self.made.append(Made(event, event.node, hands, frozenset(earlier), frozenset(tied), since))
        self.was_somebodys_turn(event, before)

    def was_somebodys_turn(self, event: e.Decided, before: State) -> None:
        key = event.for_id or event.by
        assert key is not None
        decider = self.staff.everybody[key]
        assert decider.roles & set(ROLES) or "big" in decider.groups
        if event.for_id is not None:
            amount = Decimal(str(before.facts["asked"]))
            handed = [each for each in self.staff.stands if (each.by, each.to) == (event.for_id, event.by)]
            assert any(
                each.since <= self.staff.now < each.until and (each.cap is None or amount <= each.cap)
                for each in handed
            )

    @rule(number=who, what=st.sampled_from([c.Claim, c.Release]))
    def hold(self, number: int, what: type[c.Claim] | type[c.Release]) -> None:
        for visit in self.story.state.visits:
            self.give(what(visit.id), number)

    @invariant()
    def four_eyes_hold(self) -> None:
        for made in self.made:
            assert LIIS.id not in made.hands  # who sent it decides nothing, neither alone nor in somebody's stead
            assert not made.hands & made.earlier
            assert not made.tied & made.earlier

    @invariant()
    def nobody_votes_twice(self) -> None:
        by_visit: dict[str, set[UUID]] = {}
        for made in self.made:
            others = by_visit.setdefault(made.event.visit, set())
            assert not made.hands & others
            others |= made.hands

    @invariant()
    def nothing_ends_by_one_hand(self) -> None:
        if self.story.state.outcome == "done":
            last = self.made[-1]
            agreed = [made for made in self.made if made.node == "business" and made.event.decision == "approve"][-2:]
            assert len({key for made in agreed for key in made.hands} | last.hands) >= 3

    @invariant()
    def the_history_says_it_all(self) -> None:
        assert replay(self.story.events) == self.story.state
        assert State.from_json(self.story.state.to_json()) == self.story.state

    @invariant()
    def refusals_say_why(self) -> None:
        assert self.refused is None or all(problem.text for problem in self.refused.problems)


FourEyes.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestFourEyes = FourEyes.TestCase


class Often(FourEyes):
    """The same for a long time."""


Often.TestCase.settings = settings(max_examples=2_000, stateful_step_count=60, deadline=None)
TestOften = pytest.mark.deep(Often.TestCase)

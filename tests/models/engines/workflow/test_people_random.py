"""Four eyes, whatever happens: random decisions, stand-ins that come and go, and roles that change meanwhile.

Whether a decision was allowed is judged here once more, from nothing but what was true at that moment.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import DomainError
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.evolve import replay
from models.engines.workflow.schema import ReviewNode, Workflow
from models.engines.workflow.state import State, Visit
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
                "review": ROLES[1], "not_same_person_as": ["business"],
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
DECISIONS = ("approve", "approve", "approve", "approve", "back", "reject")


@dataclass(frozen=True)
class Made:
    """A decision with what was true when it was made."""

    event: e.Decided
    hands: frozenset[UUID]
    earlier: frozenset[UUID]
    tied: frozenset[UUID]


class Life:
    """One case in the hands of people who try everything, by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.staff = Staff.of(PEOPLE, BEGAN)
        self.story = Story(FLOW, TestWorld(people=self.staff))
        self.made: list[Made] = []
        self.refused: Counter[str] = Counter()
        self.story.give(c.Open("request", 1, PARTNER), LIIS)
        for step in self.chance.choices((self.hand_over, self.hand_over, self.change_role), k=6):
            step()

    def live(self, steps: int) -> None:
        """Go on for some steps, or until the case ends."""
        doing = (
            self.decide, self.hand_over, self.take_back, self.change_role, self.come_and_go, self.wait, self.hold,
            self.change_sides,
        )  # fmt: skip
        for step in self.chance.choices(doing, weights=(24, 4, 2, 2, 1, 3, 2, 1), k=steps):
            self.submit()
            step()
            if self.story.state.outcome:
                return

    def anybody(self) -> UUID:
        return self.chance.choice([person.id for person in PEOPLE if person.id])

    def give(self, command: c.Command, by: UUID) -> list[e.Event]:
        try:
            return self.story.give(command, self.staff.everybody[by])
        except DomainError as error:
            self.refused.update(problem.code for problem in error.problems)
            return []

    def change_role(self) -> None:
        key, role = self.anybody(), self.chance.choice((*ROLES, "big"))
        before = self.staff.everybody[key]
        changed = replace(before, roles=before.roles ^ {role})
        if role == "big":
            changed = replace(before, groups=before.groups ^ {role})
        self.staff.everybody[key] = changed

    def change_sides(self) -> None:
        """Who sent the case comes to work for the vendor, or goes back: their own company bars them no longer."""
        before = self.staff.everybody[LIIS.id or UUID(int=0)]
        partner = PARTNER if before.partner_id is None else None
        self.staff.everybody[before.id or UUID(int=0)] = replace(before, partner_id=partner, roles=frozenset(ROLES))

    def hand_over(self) -> None:
        by, to = self.anybody(), self.anybody()
        if by != to:  # the table has no such row
            cap = self.chance.choice((None, None, Decimal(10_000)))
            self.staff.stands.append(Stand(by, to, self.staff.now, FAR, cap=cap))

    def take_back(self) -> None:
        open_ = [place for place, each in enumerate(self.staff.stands) if each.until == FAR]
        if open_:
            place = self.chance.choice(open_)
            self.staff.stands[place] = replace(self.staff.stands[place], until=self.staff.now)

    def come_and_go(self) -> None:
        self.staff.away ^= {self.anybody()}

    def wait(self) -> None:
        self.staff.now = self.story.later(minutes=self.chance.randrange(1, 90)).world.now

    def hold(self) -> None:
        for visit in self.story.state.visits:
            self.give(self.chance.choice((c.Claim, c.Release))(visit.id), self.anybody())

    def submit(self) -> None:
        for visit in self.story.state.visits:
            if visit.kind == "form":
                facts = {"asked": self.chance.choice(("10", "9000.00", "60000.00"))}
                self.story.give(c.Submit(visit.id, len(self.story.events), facts), LIIS)

    def decide(self) -> None:
        for visit in self.story.state.visits:
            before = self.story.state
            for event in self.give(c.Decide(visit.id, self.chance.choice(DECISIONS), comment="No."), self.anybody()):
                if isinstance(event, e.Decided):
                    self.note(event, before, visit)

    def note(self, event: e.Decided, before: State, visit: Visit) -> None:
        node = FLOW.nodes[event.node]
        assert isinstance(node, ReviewNode)
        hands = frozenset(key for key in (event.by, event.for_id) if key)
        earlier = {key for place in node.not_same_person_as for key in before.deciders.get(place, ())}
        tied = {key for hand in hands for key in self.staff.ties(hand, visit.entered_at)}
        self.made.append(Made(event, hands, frozenset(earlier), frozenset(tied)))
        self.judge_turn(event, before, visit)

    def judge_turn(self, event: e.Decided, before: State, visit: Visit) -> None:
        """It was the turn of whoever decided, or of somebody who had handed it over to them."""
        decider = self.staff.everybody[event.for_id or event.by or UUID(int=0)]
        asked = {"group:big", ROLES[1]} if visit.candidates else {ROLES[0 if event.node == "business" else 1]}
        assert (decider.roles | {f"group:{group}" for group in decider.groups}) & asked
        if event.for_id is not None:
            handed = [each for each in self.staff.stands if (each.by, each.to) == (event.for_id, event.by)]
            amount = Decimal(str(before.facts["asked"]))
            in_force = [each for each in handed if each.since <= self.staff.now < each.until]
            assert any(each.cap is None or amount <= each.cap for each in in_force)


def holds(life: Life) -> None:
    """What no order of events may break."""
    by_visit: dict[str, set[UUID]] = {}
    for made in life.made:
        assert LIIS.id not in made.hands  # who sent it decides nothing, neither alone nor in somebody's stead
        assert not made.hands & made.earlier
        assert not made.tied & made.earlier
        others = by_visit.setdefault(made.event.visit, set())
        assert not made.hands & others, "one vote a person"
        others |= made.hands
    assert replay(life.story.events) == life.story.state
    assert State.from_json(life.story.state.to_json()) == life.story.state


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_four_eyes_hold_whatever_happens(seed: int) -> None:
    life = Life(seed)
    life.live(60)
    holds(life)


@pytest.mark.deep
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10_000, deadline=None)
def test_four_eyes_hold_for_long(seed: int) -> None:
    life = Life(seed)
    life.live(120)
    holds(life)


def test_everything_that_could_break_them_was_tried() -> None:
    stead, refused, ended = Counter[str](), Counter[str](), 0
    for seed in range(150):
        life = Life(seed)
        life.live(60)
        stead.update(made.event.node for made in life.made if made.event.for_id)
        refused += life.refused
        ended += life.story.state.outcome == "done"
    assert min(stead["business"], stead["finance"]) >= 5, stead
    assert all(refused[code] >= 10 for code in ("CASE-FOUR-EYES", "CASE-VOTED", "CASE-HELD", "CASE-CAP", "CASE-OWN")), (
        refused
    )
    assert ended >= 20

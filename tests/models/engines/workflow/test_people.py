"""Whose turn a review is: candidates, limits, stand-ins, who gets it first. Without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from models.core.errors import NotAllowed
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.audience import audience, named_in, qualities, quality
from models.engines.workflow.events import pack, unpack
from models.engines.workflow.people import right_of
from models.engines.workflow.schema import Candidate, ReviewNode, Workflow
from models.engines.workflow.state import State
from models.engines.workflow.world import ALONE, Person
from tests.support.staff import Staff, Stand
from tests.support.workflows import BEGAN, JORIS, LIIS, MACHINE, MEI, NIAMH, PEOPLE, SIPHO, Story, TestWorld, person

ANN, BEN = person(31, "Ann Smith", "reviewer_business"), person(32, "Ben Lee", "reviewer_finance")
VENDORS = (JORIS, NIAMH, SIPHO, MEI, ANN, BEN)


def story(people: Sequence[Person] = VENDORS, **changed: Any) -> tuple[Story, Staff]:
    """A request whose business review is changed, and the people who may work on it."""
    nodes = {
        "request": {"form": "request", "status": "Draft"},
        "business": {"review": ["reviewer_business"]} | changed,
        "finance": {"review": ["reviewer_finance"], "not_same_person_as": ["business"]},
        "done": {"end": "done"},
    }
    edges = [["request.submit", "business"], ["business.approve", "finance"], ["business.reject", "request"],
             ["finance.approve", "done"], ["finance.reject", "request"]]  # fmt: skip
    flow = Workflow.model_validate({"start": "request", "nodes": nodes, "edges": edges})
    staff = Staff.of((LIIS, *people), BEGAN)
    return Story(flow, TestWorld(people=staff)), staff


def sent(told: Story, asked: str = "9000.00", **facts: Any) -> Story:
    told.opened().give(c.Submit(told.here, 1, {"asked": asked, **facts}), LIIS)
    return told


def approve(told: Story, by: Person) -> e.Decided:
    return next(each for each in told.give(c.Decide(told.here, "approve"), by) if isinstance(each, e.Decided))


def codes(told: Story, by: Person) -> list[str]:
    visit = told.state.visits[0]
    node = told.workflow.nodes[visit.node]
    assert isinstance(node, ReviewNode)
    return [found.code for found in right_of(node, told.state, visit, by, told.world.people).problems]


# ---- candidates ----


def test_a_stage_without_candidates_is_its_roles_as_ever() -> None:
    told, _ = story()
    sent(told)
    assert told.state.visits[0].candidates == ()
    assert codes(told, ANN) == []
    assert codes(told, BEN) == ["CASE-ROLE"]


@pytest.mark.parametrize(
    ("candidate", "facts", "entries", "may", "may_not"),
    [
        ({"role": "reviewer_finance"}, {}, ("reviewer_finance",), SIPHO, ANN),
        ({"group": "large_deals"}, {}, ("group:large_deals",), ANN, JORIS),
        ({"role": "reviewer_finance", "skill": "German & Dutch"}, {}, ("reviewer_finance&skill:German %26 Dutch",),
         BEN, SIPHO),
        ({"role": "reviewer_finance", "region": True}, {}, ("reviewer_finance&region:Europe",), SIPHO, BEN),
        ({"partner_manager": True}, {}, ("manager",), MEI, ANN),
        ({"person": "owner"}, {"owner": str(NIAMH.id)}, (f"person:{NIAMH.id}",), NIAMH, ANN),
        ({"group": "large_deals", "when": "asked > usd(50000)"}, {"asked": "60000"}, ("group:large_deals",), ANN,
         JORIS),
    ],
)  # fmt: skip
def test_whose_turn_it_is(
    candidate: dict[str, Any], facts: dict[str, str], entries: tuple[str, ...], may: Person, may_not: Person
) -> None:
    people = (
        replace(ANN, groups=frozenset({"large_deals"})), JORIS, NIAMH, replace(SIPHO, regions=frozenset({"Europe"})),
        MEI, replace(BEN, skills=frozenset({"German & Dutch"}), regions=frozenset({"Africa"})),
    )  # fmt: skip
    told, staff = story(people, candidates=[candidate])
    staff.partner_manager = MEI.id
    sent(told, **facts)
    assert told.state.visits[0].candidates == entries
    assert codes(told, may) == []
    assert codes(told, may_not) == ["CASE-ROLE"]


@pytest.mark.parametrize(
    ("candidate", "facts"),
    [
        ({"group": "nobody_is_in_it"}, {}),
        ({"group": "large_deals", "when": "asked > usd(50000)"}, {}),
        ({"partner_manager": True}, {}),
        ({"person": "owner"}, {"owner": "somebody who left"}),
        ({"person": "owner"}, {}),
    ],
)
def test_when_nobody_fits_it_is_the_turn_of_the_roles(candidate: dict[str, Any], facts: dict[str, str]) -> None:
    told, _ = story(candidates=[candidate])
    sent(told, **facts)
    assert told.state.visits[0].candidates == ()
    assert codes(told, JORIS) == []


def test_of_several_who_are_named_the_first_who_is_there_counts() -> None:
    told, staff = story(candidates=[{"person": "owner"}, {"partner_manager": True}, {"role": "reviewer_business"}])
    staff.partner_manager = MEI.id
    node = told.workflow.nodes["business"]
    assert isinstance(node, ReviewNode)
    assert audience(node, State(facts={"owner": str(BEN.id)}), told.world) == (f"person:{BEN.id}", "reviewer_business")
    found = audience(node, State(facts={"owner": "nobody"}), told.world)
    assert found == ("manager", "reviewer_business")
    assert named_in(found) == "manager"
    assert named_in(("reviewer_business", quality("group", "x"))) is None


@pytest.mark.parametrize(
    "raw", [{}, {"when": "true"}, {"person": "a", "role": "b"}, {"person": "a", "partner_manager": True}]
)
def test_a_candidate_is_somebody_and_one_kind_of_them(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a candidate is people with qualities"):
        Candidate.model_validate(raw)


# ---- limits ----


def test_over_ones_limit_one_is_told_whose_turn_it_is() -> None:
    people = (replace(ANN, limit=Decimal(10_000)), replace(JORIS, limit=Decimal(100_000)), NIAMH)
    told, _ = story(people, limit="asked")
    sent(told, "60000.00")
    with pytest.raises(NotAllowed, match=r"you decide up to 10,000\.00\. It is the turn of Joris de Wit"):
        approve(told, ANN)
    with pytest.raises(NotAllowed, match=r"It is about 60,000\.00 USD, and no limit was set for you"):
        approve(told, NIAMH)
    assert approve(told, JORIS).by == JORIS.id


def test_exactly_the_limit_is_within_it_and_nobody_within_it_is_said() -> None:
    told, _ = story((replace(ANN, limit=Decimal("9000.00")),), limit="asked")
    sent(told)
    assert codes(told, ANN) == []
    told, _ = story((replace(ANN, limit=Decimal("8999.99")),), limit="asked")
    sent(told)
    with pytest.raises(NotAllowed, match="Nobody who is asked for it may decide so much"):
        approve(told, ANN)


# ---- stand-ins ----


def test_who_stands_in_decides_in_somebodys_stead_and_it_is_kept() -> None:
    told, staff = story()
    sent(told)
    assert codes(told, MEI) == ["CASE-ROLE"]
    staff.stands.append(Stand(ANN.id or UUID(int=0), MEI.id or UUID(int=0), BEGAN))
    decided = approve(told, MEI)
    assert (decided.by_name, decided.for_id, decided.for_name) == ("Mei Tan", ANN.id, "Ann Smith")
    assert told.state.deciders["business"] == (MEI.id, ANN.id)
    assert unpack("Decided", 1, pack(decided)) == decided


def test_ones_own_turn_comes_before_anybody_elses() -> None:
    told, staff = story()
    sent(told)
    staff.stands.append(Stand(ANN.id or UUID(int=0), JORIS.id or UUID(int=0), BEGAN))
    assert approve(told, JORIS).for_id is None


@pytest.mark.parametrize(
    ("stand", "code"),
    [
        ({"scope": frozenset({"request"})}, None),
        ({"scope": frozenset({"request/business"})}, None),
        ({"scope": frozenset({"mdf", "request/finance"})}, "CASE-SCOPE"),
        ({"cap": Decimal("9000.00")}, None),
        ({"cap": Decimal("8999.99")}, "CASE-CAP"),
        ({"since": BEGAN + timedelta(hours=1)}, "CASE-ROLE"),
        ({"until": BEGAN}, "CASE-ROLE"),
    ],
)
def test_period_scope_and_cap_count(stand: dict[str, Any], code: str | None) -> None:
    told, staff = story()
    sent(told)
    staff.stands.append(Stand(**{"by": ANN.id, "to": MEI.id, "since": BEGAN} | stand))
    assert codes(told, MEI) == ([code] if code else [])


def test_what_was_handed_over_is_not_handed_on() -> None:
    told, staff = story()
    sent(told)
    assert ANN.id
    assert MEI.id
    assert BEN.id
    staff.stands += [Stand(ANN.id, MEI.id, BEGAN), Stand(MEI.id, BEN.id, BEGAN)]
    assert codes(told, BEN) == ["CASE-ROLE"]


def test_a_stand_in_needs_the_limit_of_whom_they_stand_in_for() -> None:
    told, staff = story((replace(ANN, limit=Decimal(5_000)), replace(JORIS, limit=Decimal(50_000)), MEI), limit="asked")
    sent(told)
    assert ANN.id
    assert MEI.id
    assert JORIS.id
    staff.stands.append(Stand(ANN.id, MEI.id, BEGAN))
    assert codes(told, MEI) == ["CASE-ROLE"]
    staff.stands.append(Stand(JORIS.id, MEI.id, BEGAN))
    assert approve(told, MEI).for_id == JORIS.id


@pytest.mark.parametrize(
    ("decides_first", "stands", "then", "free"),
    [
        (ANN, (), BEN, True),
        (ANN, ((ANN, BEN),), BEN, False),  # the delegate of who decided
        (ANN, ((BEN, ANN),), BEN, False),  # who decided is their delegate
        (ANN, ((BEN, MEI),), MEI, True),
        (ANN, ((BEN, MEI), (ANN, MEI)), MEI, False),  # stands in for both
        (MEI, ((ANN, MEI), (BEN, MEI)), MEI, False),  # decided for Ann, would decide for Ben
        (MEI, ((ANN, MEI),), BEN, True),
        (NIAMH, (), NIAMH, False),
        (NIAMH, ((NIAMH, MEI),), MEI, False),  # for her who decided
    ],
)
def test_four_eyes_bind_who_stands_in_and_who_is_stood_in_for(
    decides_first: Person, stands: tuple[tuple[Person, Person], ...], then: Person, free: bool
) -> None:
    told, staff = story()
    sent(told)
    staff.stands += [Stand(by.id, to.id, BEGAN) for by, to in stands if by.id and to.id]
    approve(told, decides_first)
    if free:
        approve(told, then)
        assert told.state.outcome == "done"
        return
    with pytest.raises(NotAllowed):
        approve(told, then)
    assert told.state.visits[0].node == "finance"


def test_ending_a_stand_in_after_the_stage_began_frees_nobody() -> None:
    told, staff = story()
    sent(told)
    assert ANN.id
    assert BEN.id
    staff.stands.append(Stand(ANN.id, BEN.id, BEGAN))
    approve(told, ANN)
    told.later(hours=1)
    staff.now = told.world.now
    staff.stands = [replace(staff.stands[0], until=told.world.now)]
    assert codes(told, BEN) == ["CASE-FOUR-EYES"]


def test_two_votes_are_two_people_whoever_stands_in() -> None:
    told, staff = story(quorum=2)
    sent(told)
    assert ANN.id
    assert MEI.id
    staff.stands.append(Stand(ANN.id, MEI.id, BEGAN))
    approve(told, MEI)
    assert codes(told, ANN) == ["CASE-VOTED"]
    assert codes(told, MEI) == ["CASE-VOTED", "CASE-VOTED"]
    approve(told, JORIS)
    assert told.state.visits[0].node == "finance"


# ---- who gets it first ----


def first_holder(how: str, prepare: Any = lambda staff: None, **more: Any) -> tuple[str, Story]:
    told, staff = story(assign=how, **more)
    prepare(staff)
    sent(told)
    return told.state.visits[0].holder_name, told


def test_a_pool_is_everybodys() -> None:
    assert first_holder("pool")[0] == ""


def test_one_after_the_other_and_who_is_away_is_passed_over() -> None:
    def last(staff: Staff) -> None:
        staff.turns["request/business"] = ANN.id or UUID(int=0)

    def away(staff: Staff) -> None:
        last(staff)
        staff.away.add(JORIS.id or UUID(int=0))

    assert first_holder("round_robin")[0] == "Ann Smith"
    assert first_holder("round_robin", last)[0] == "Joris de Wit"
    assert first_holder("round_robin", away)[0] == "Niamh Kavanagh"


def test_who_holds_least_gets_the_next() -> None:
    def busy(staff: Staff) -> None:
        staff.held = {ANN.id: 3, JORIS.id: 2, NIAMH.id: 2}  # type: ignore[dict-item]

    assert first_holder("least_loaded")[0] == "Ann Smith"
    assert first_holder("least_loaded", busy)[0] == "Joris de Wit"


def test_who_is_away_is_stood_in_for_and_the_turn_was_theirs() -> None:
    def away(staff: Staff) -> None:
        assert ANN.id
        assert MEI.id
        staff.away.add(ANN.id)
        staff.stands.append(Stand(ANN.id, MEI.id, BEGAN))

    name, told = first_holder("round_robin", away)
    assert name == "Mei Tan"
    (given,) = [each for each in told.events if isinstance(each, e.Assigned)]
    assert (given.turn, given.turn_name, given.how) == (ANN.id, "Ann Smith", "round_robin")
    assert approve(told, MEI).for_id == ANN.id
    assert first_holder("least_loaded", away)[0] == "Mei Tan"


def test_who_may_not_decide_it_is_not_given_it() -> None:
    told, staff = story((replace(ANN, limit=Decimal(10)), replace(JORIS, limit=Decimal(50_000))), limit="asked",
                        assign="round_robin")  # fmt: skip
    sent(told)
    assert told.state.visits[0].holder_name == "Joris de Wit"
    told, staff = story((ANN,), assign="round_robin")
    staff.away.add(ANN.id or UUID(int=0))
    sent(told)
    assert told.state.visits[0].holder is None


def test_what_comes_back_goes_to_who_decided_it_before() -> None:
    told, _ = story(assign="same_as_before")
    sent(told)
    assert told.state.visits[0].holder is None
    told.give(c.Decide(told.here, "reject", comment="Mend it."), JORIS)
    told.give(c.Submit(told.here, 2, {"asked": "8000"}), LIIS)
    visit = told.state.visits[0]
    assert (visit.holder_name, visit.assigned) == ("Joris de Wit", "same_as_before")
    assert codes(told, ANN) == ["CASE-HELD"]
    told.give(c.Release(told.here), JORIS)
    assert (told.state.visits[0].holder, told.state.visits[0].assigned) == (None, "")
    assert codes(told, ANN) == []


def test_what_somebody_holds_who_is_away_others_may_take() -> None:
    name, told = first_holder("round_robin")
    assert name == "Ann Smith"
    assert codes(told, JORIS) == ["CASE-HELD"]
    staff = told.world.people
    assert isinstance(staff, Staff)
    staff.away.add(ANN.id or UUID(int=0))
    assert codes(told, JORIS) == []
    told.give(c.Claim(told.here), JORIS)
    assert (told.state.visits[0].holder_name, told.state.visits[0].assigned) == ("Joris de Wit", "")


def test_who_stands_in_for_the_holder_need_not_wait() -> None:
    _, told = first_holder("round_robin")
    staff = told.world.people
    assert isinstance(staff, Staff)
    assert ANN.id
    assert MEI.id
    staff.stands.append(Stand(ANN.id, MEI.id, BEGAN))
    assert codes(told, MEI) == []


def test_where_nobody_is_known_nothing_is_asked() -> None:
    assert (ALONE.amount({}), ALONE.whole(ANN), ALONE.members(("x",)), ALONE.named("x")) == (None, ANN, (), None)
    assert (ALONE.handed_to(PEOPLE[0].id or UUID(int=0)), ALONE.handed_by(UUID(int=1))) == ((), ())
    assert (ALONE.ties(UUID(int=1), BEGAN), ALONE.last_turn("x"), ALONE.loads([])) == ((), None, {})
    assert ALONE.is_absent(UUID(int=1)) is False


def test_of_many_whose_turn_it_is_three_are_named() -> None:
    many = tuple(
        person(50 + n, name, "reviewer_business") for n, name in enumerate(("Cleo", "Dan", "Eve", "Finn", "Gus"))
    )
    told, _ = story((ANN, *(replace(each, limit=Decimal(100_000)) for each in many)), limit="asked")
    sent(told)
    with pytest.raises(NotAllowed, match=r"It is the turn of Cleo, Dan, Eve and 2 more\."):
        approve(told, ANN)


def test_without_an_amount_nothing_is_above_a_limit_but_one_has_to_have_one() -> None:
    told, _ = story((replace(ANN, limit=Decimal(1)), JORIS), limit="other")
    sent(told)
    assert codes(told, ANN) == []
    assert codes(told, JORIS) == ["CASE-LIMIT"]


@pytest.mark.parametrize(
    ("stand", "away"),
    [({"cap": Decimal(10)}, ()), ({"scope": frozenset({"mdf"})}, ()), ({}, (MEI,)), ({"to": LIIS.id}, ())],
)
def test_who_may_not_take_it_is_given_nothing(stand: dict[str, Any], away: tuple[Person, ...]) -> None:
    told, staff = story((ANN, MEI), assign="round_robin")
    staff.stands.append(Stand(**{"by": ANN.id, "to": MEI.id, "since": BEGAN} | stand))
    staff.away = {each.id for each in (ANN, *away) if each.id}
    sent(told)
    assert told.state.visits[0].holder is None


def test_a_partner_without_a_region_has_nobody_for_it() -> None:
    told, staff = story(candidates=[{"role": "reviewer_finance", "region": True}])
    staff.partner_region = ""
    sent(told)
    assert told.state.visits[0].candidates == ()


def test_a_skill_alone_is_asked_whatever_the_role() -> None:
    told, _ = story((replace(MEI, skills=frozenset({"French"})), ANN), candidates=[{"skill": "French"}])
    sent(told)
    assert told.state.visits[0].candidates == ("skill:French",)
    assert codes(told, MEI) == []


def test_the_machine_and_the_partner_decide_nothing_whoever_hands_it_to_them() -> None:
    told, staff = story()
    sent(told)
    assert ANN.id
    assert LIIS.id
    staff.stands.append(Stand(ANN.id, LIIS.id, BEGAN))
    assert qualities(MACHINE) == frozenset()
    assert codes(told, MACHINE) == ["CASE-ROLE"]
    assert codes(told, LIIS) == ["CASE-OWN-PARTNER"]

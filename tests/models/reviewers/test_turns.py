"""Whose turn a review is, through services and queues, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from models.applications import applying, followup, queries, reviewing
from models.applications.access import find
from models.applications.case_view import case_view
from models.applications.integrity import verify
from models.applications.rows import QueueFilter, TaskRow
from models.core.actor import SYSTEM, Actor
from models.core.errors import NotAllowed
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import registry
from models.identity.tables import UserAccount
from models.notices import queries as notices
from models.reviewers import handing_over, service
from models.reviewers.handing_over import HandOver
from models.reviewers.rules import QualityKind
from tests.models.applications.test_budget import counted
from tests.support import ROOT
from tests.support.requests import Office


@pytest.fixture
def staffed(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose requests are reviewed by a group, a manager, or one after the other."""
    more = [*registry.DEFINITIONS, ROOT / "tests" / "data" / "staffed.yaml"]
    monkeypatch.setattr(registry, "DEFINITIONS", more)
    monkeypatch.setattr("models.engines.definitions.loading.DEFINITIONS", more)
    return office


@pytest.fixture
def ines(staffed: Office) -> Actor:
    """The ecosystem manager of the partner, who manages reviewers as well."""
    actor = staffed.build.actor("ecosystem_manager", name="Inês Duarte")
    staffed.partner.manager_id = actor.user_id
    staffed.build.uow.session.flush()
    return actor


def key(actor: Actor) -> UUID:
    assert actor.user_id
    return actor.user_id


def sent(office: Office, asked: str) -> UUID:
    with office.as_(office.liis) as uow:
        case_id = applying.begin(uow, "staffed", key=office.key())
        applying.submit(uow, case_id, "request", {"what": f"Shelves for {asked}", "asked": asked}, key=office.key())
    return case_id


def queue_of(office: Office, actor: Actor, **wanted: Any) -> tuple[TaskRow, ...]:
    with office.as_(actor) as uow:
        rows = queries.queue(uow, QueueFilter(**wanted)).rows
        assert queries.queue_counts(uow, QueueFilter(**wanted)).open == len(rows)
        return rows


def hand_over(office: Office, by: Actor, to: Actor, **more: Any) -> None:
    with office.as_(by) as uow:
        handing_over.hand_over(uow, key(by), replace(HandOver(key(to), uow.now, uow.now + timedelta(days=7)), **more))


def large_deals(office: Office, ines: Actor, *members: Actor) -> None:
    with office.as_(ines) as uow:
        service.create_group(uow, "large_deals", "Large deals")
        for member in members:
            service.give(uow, key(member), QualityKind.GROUP, "large_deals")


def test_a_group_decides_what_is_large_and_its_queue_shows_it(staffed: Office, ines: Actor) -> None:
    large_deals(staffed, ines, staffed.mei)
    case_id = sent(staffed, "60000")
    small = sent(staffed, "500")
    assert [row.case_id for row in queue_of(staffed, staffed.mei)] == [case_id]
    assert [row.case_id for row in queue_of(staffed, staffed.joris)] == [small]
    with staffed.as_(staffed.liis) as uow:
        assert [each.who for each in case_view(uow, case_id).row.standing] == ["Large deals"]
    with pytest.raises(NotAllowed, match="Your roles do not decide this stage"):
        staffed.decide(staffed.joris, case_id, "approve")
    assert staffed.decide(staffed.mei, case_id, "approve").visits[0].node == "finance"


def test_who_leaves_the_group_no_longer_decides(staffed: Office, ines: Actor) -> None:
    large_deals(staffed, ines, staffed.mei, staffed.niamh)
    case_id = sent(staffed, "60000")
    with staffed.as_(ines) as uow:
        service.take(uow, key(staffed.mei), QualityKind.GROUP, "large_deals")
    assert queue_of(staffed, staffed.mei) == ()
    with pytest.raises(NotAllowed):
        staffed.decide(staffed.mei, case_id, "approve")
    assert [row.case_id for row in queue_of(staffed, staffed.niamh)] == [case_id]


def test_the_partners_manager_decides_and_whoever_becomes_it(staffed: Office, ines: Actor) -> None:
    case_id, _ = sent(staffed, "50"), sent(staffed, "500")
    assert [(row.case_id, row.named) for row in queue_of(staffed, ines)] == [(case_id, "manager")]
    with staffed.as_(staffed.joris) as uow:
        assert [each.who for each in case_view(uow, case_id).row.standing] == ["The partner's ecosystem manager"]
    kamau = staffed.build.actor("ecosystem_manager", name="Kamau Mwangi")
    staffed.partner.manager_id = kamau.user_id
    staffed.build.uow.session.flush()
    assert queue_of(staffed, ines) == ()
    with pytest.raises(NotAllowed):
        staffed.decide(ines, case_id, "approve")
    assert [row.case_id for row in queue_of(staffed, kamau)] == [case_id]
    assert staffed.decide(kamau, case_id, "approve").visits[0].node == "finance"


def test_who_stands_in_finds_it_decides_it_and_it_is_told(staffed: Office, ines: Actor) -> None:
    rahul = staffed.build.actor("reviewer_program", name="Rahul Menon")
    case_id = sent(staffed, "500")
    assert queue_of(staffed, rahul) == ()
    hand_over(staffed, staffed.joris, rahul)
    assert [(row.case_id, row.stead) for row in queue_of(staffed, rahul)] == [(case_id, "Joris de Wit")]
    with staffed.as_(rahul) as uow:
        view = case_view(uow, case_id)
        assert dict(view.may.stead) == {view.tasks[0].visit: "Joris de Wit"}
    staffed.decide(rahul, case_id, "approve")
    with staffed.as_(staffed.liis) as uow:
        told = [(row.title, row.by) for row in case_view(uow, case_id).timeline if not row.current]
    assert ("Business review: approved", "Rahul Menon for Joris de Wit") in told
    with staffed.as_(SYSTEM) as uow:
        followup.follow(uow, case_id, 0, find(uow, case_id).state.seq)
    with staffed.as_(staffed.joris) as uow:
        assert any("Rahul Menon decided for you" in each.title for each in notices.notices(uow).rows)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, {"500", "5000"}),
        ({"scope": ("staffed",)}, {"500", "5000"}),
        ({"scope": ("staffed/business",), "cap": Decimal(500)}, {"500"}),
        ({"scope": ("staffed/finance", "request")}, set()),
        ({"cap": Decimal("499.99")}, set()),
        ({"cap": Decimal(9000), "currency": "EUR"}, set()),
    ],
)
def test_a_stand_in_finds_what_was_handed_over(
    staffed: Office, ines: Actor, given: dict[str, Any], found: set[str]
) -> None:
    rahul = staffed.build.actor("reviewer_program", name="Rahul Menon")
    cases = {sent(staffed, asked): asked for asked in ("500", "5000")}
    hand_over(staffed, staffed.joris, rahul, **given)
    assert {cases[row.case_id] for row in queue_of(staffed, rahul)} == found
    for case_id, asked in cases.items():
        with staffed.as_(rahul) as uow:
            assert bool(case_view(uow, case_id).may.decide) == (asked in found)


def test_a_manager_is_stood_in_for_too(staffed: Office, ines: Actor) -> None:
    case_id, kamau = sent(staffed, "50"), staffed.build.actor("ecosystem_manager", name="Kamau Mwangi")
    hand_over(staffed, ines, kamau)
    assert [(row.case_id, row.stead) for row in queue_of(staffed, kamau)] == [(case_id, "Inês Duarte")]
    staffed.decide(kamau, case_id, "approve")


def test_one_after_the_other_within_their_limits(staffed: Office, ines: Actor, uow: UnitOfWork) -> None:
    with staffed.as_(ines) as hers:
        for actor, limit in ((staffed.niamh, "100000"), (staffed.sipho, "1000")):
            service.set_limit(hers, key(actor), Decimal(limit))
    holders = []
    for asked in ("500", "600", "700", "5000", "5001"):
        case_id = sent(staffed, asked)
        holders.append(staffed.decide(staffed.joris, case_id, "approve").visits[0].holder_name)
    assert holders == ["Niamh Kavanagh", "Sipho Dlamini", "Niamh Kavanagh", "Niamh Kavanagh", "Niamh Kavanagh"]
    with pytest.raises(NotAllowed, match=r"you decide up to 1,000\.00"):
        staffed.decide(staffed.sipho, case_id, "approve")
    (row, *_) = queue_of(staffed, staffed.sipho, search="Shelves for 600")
    assert (row.holder_name, row.assigned) == ("Sipho Dlamini", "round_robin")
    with staffed.as_(staffed.sipho) as his:
        handing_over.be_away(his, key(staffed.sipho), his.now, his.now + timedelta(days=7))
        case_id = sent(staffed, "10000")
    assert staffed.decide(staffed.joris, case_id, "approve").visits[0].holder_name == "Niamh Kavanagh"
    staffed.decide(staffed.niamh, row.case_id, "approve")  # what is held by who is away may be taken
    with staffed.as_(SYSTEM) as system:
        assert verify(system)[0].faults == ()


def test_what_somebody_holds_who_left_others_may_take(staffed: Office, uow: UnitOfWork) -> None:
    case_id = sent(staffed, "500")
    with staffed.as_(staffed.joris) as his:
        reviewing.claim(his, case_id, find(his, case_id).state.visits[0].id)
    with pytest.raises(NotAllowed, match="Joris de Wit holds this review"):
        staffed.decide(staffed.niamh, case_id, "approve")
    uow.session.get_one(UserAccount, staffed.joris.user_id).deleted_at = uow.now
    uow.session.flush()
    assert staffed.decide(staffed.niamh, case_id, "approve").visits[0].node == "finance"


def test_what_is_asked_of_a_queue_does_not_grow(staffed: Office, ines: Actor, uow: UnitOfWork) -> None:
    """What is in use, what the person was given and stands in for, the types in force, the page: four statements."""
    large_deals(staffed, ines, staffed.mei)
    for asked in ("500", "60000", "50"):
        sent(staffed, asked)
    with staffed.as_(staffed.joris) as his:
        his.session.info.pop("definitions in force", None)
        with counted(uow) as said:
            queries.queue(his, QueueFilter())
    assert len(said) == 4, said
    assert said[-1].partition("FROM case_task")[0].count("case_task.visit") == 1  # what rows show serves as sort key
    with staffed.as_(staffed.joris) as his, counted(uow) as said:
        reading = replace(his, read_only=True)
        queries.queue(reading, QueueFilter())
        before = len(said)
        queries.queue(reading, QueueFilter())
    assert len(said) - before == 1, said

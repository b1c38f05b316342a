"""What administrators set about reviewers and what reviewers hand over: who may, what is refused, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from models.applications.types import application_type
from models.core.actor import Actor
from models.core.errors import DomainError, NotAllowed, NotFound, Refused, WrongState
from models.core.history import HistoryEntry
from models.core.unit_of_work import UnitOfWork
from models.engines.workflow.schema import ReviewNode
from models.identity.tables import UserAccount
from models.reviewers import handing_over, queries, rules, service, staffing, stand_ins
from models.reviewers.handing_over import HandOver
from models.reviewers.rules import QualityKind, Stand
from models.reviewers.tables import ApprovalLimit, ReviewAbsence, ReviewDelegation, ReviewerQuality
from tests.support.build import Build
from tests.support.requests import Office

NOW = datetime.fromisoformat("2026-07-06T02:00:00+00:00")
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture
def ines(office: Office) -> Actor:
    """Somebody who manages reviewers."""
    return office.build.actor("ecosystem_manager", name="Inês Duarte")


def week(uow: UnitOfWork, to: Actor, **more: Any) -> HandOver:
    assert to.user_id
    return replace(HandOver(to.user_id, uow.now, uow.now + timedelta(days=7)), **more)


def key(actor: Actor) -> UUID:
    assert actor.user_id
    return actor.user_id


# ---- rules ----


@pytest.mark.parametrize(
    ("new", "other", "code"),
    [
        ((A, B, 0, 7), (A, C, 0, 7), None),
        ((A, B, 0, 7), (C, B, 0, 7), None),
        ((A, B, 0, 7), (A, B, 6, 9), "STAND-TWICE"),
        ((A, B, 0, 7), (A, B, 7, 9), None),
        ((A, B, 0, 7), (B, A, 0, 7), "STAND-CIRCLE"),
        ((A, B, 0, 7), (B, C, 6, 9), "STAND-CHAIN"),
        ((A, B, 0, 7), (C, A, 6, 9), "STAND-CHAIN"),
        ((A, B, 0, 7), (B, C, 7, 9), None),
        ((A, A, 0, 7), None, "STAND-SELF"),
        ((A, B, 7, 0), None, "PERIOD-ORDER"),
        ((A, B, -7, -1), None, "PERIOD-PAST"),
        ((A, B, 0, 367), None, "PERIOD-LONG"),
    ],
)
def test_neither_chains_nor_circles(new: Any, other: Any, code: str | None) -> None:
    def stand(by: UUID, to: UUID, since: int, until: int) -> Stand:
        return Stand(by, to, NOW + timedelta(days=since), NOW + timedelta(days=until))

    others = [stand(*other)] if other else []
    found = rules.stand_problems(stand(*new), others, names={A: "Ann", B: "Ben"}, known=(), now=NOW)
    assert [problem.code for problem in found] == ([code] if code else [])


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000000.01", "NaN", "Infinity"])
def test_what_is_no_limit(amount: str) -> None:
    assert rules.amount_problem(Decimal(amount)) is not None
    assert rules.amount_problem(Decimal("0.01")) is None


# ---- permissions ----

CALLS: dict[str, Callable[[UnitOfWork, UUID], object]] = {
    "create_group": lambda uow, person: service.create_group(uow, "large_deals", "Large deals"),
    "close_group": lambda uow, person: service.close_group(uow, "large_deals"),
    "give": lambda uow, person: service.give(uow, person, QualityKind.SKILL, "German"),
    "take": lambda uow, person: service.take(uow, person, QualityKind.SKILL, "German"),
    "set_limit": lambda uow, person: service.set_limit(uow, person, Decimal(100)),
    "hand_over": lambda uow, person: handing_over.hand_over(
        uow, person, HandOver(uuid4(), uow.now, uow.now + timedelta(days=1))
    ),
    "be_away": lambda uow, person: handing_over.be_away(uow, person, uow.now, uow.now + timedelta(days=1)),
    "groups": lambda uow, person: queries.groups(uow),
    "reviewers": lambda uow, person: queries.reviewers(uow),
    "history_of": lambda uow, person: queries.history_of(uow, person),
    "delegations": lambda uow, person: stand_ins.delegations(uow),
    "absences": lambda uow, person: stand_ins.absences(uow),
    "possible_stand_ins": lambda uow, person: stand_ins.possible_stand_ins(uow, person),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("who", ["joris", "mei", "liis"])
def test_only_who_manages_reviewers_does_it_for_others(office: Office, name: str, who: str) -> None:
    with office.as_(getattr(office, who)) as uow, pytest.raises(NotAllowed):
        CALLS[name](uow, key(office.sipho))
    for table in (ReviewerQuality, ApprovalLimit, ReviewDelegation, ReviewAbsence):
        assert office.build.uow.session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize("name", ["give", "set_limit"])
def test_nobody_gives_it_to_themselves(office: Office, ines: Actor, name: str) -> None:
    with office.as_(ines) as uow, pytest.raises(NotAllowed, match="Nobody gives that to themselves"):
        CALLS[name](uow, key(ines))


def test_a_manager_takes_over_nobodys_work(office: Office, ines: Actor) -> None:
    with office.as_(ines) as uow, pytest.raises(NotAllowed, match="Nobody takes over"):
        handing_over.hand_over(uow, key(office.joris), week(uow, ines))


def test_a_partners_people_hand_nothing_over(office: Office) -> None:
    with office.as_(office.liis) as uow, pytest.raises(NotAllowed):
        handing_over.hand_over(uow, key(office.liis), week(uow, office.joris))


def test_what_is_ended_by_whom(office: Office, ines: Actor) -> None:
    with office.as_(office.joris) as his:
        first = handing_over.hand_over(his, key(office.joris), week(his, office.sipho))
        away = handing_over.be_away(his, key(office.joris), his.now, his.now + timedelta(days=2))
    with office.as_(office.mei) as hers:
        for end, row in ((handing_over.take_back, first), (handing_over.be_back, away)):
            with pytest.raises(NotAllowed):
                end(hers, row)
            with pytest.raises(NotFound):
                end(hers, uuid4())
    with office.as_(office.sipho) as his:
        handing_over.take_back(his, first)  # who stands in may give it back
        with pytest.raises(WrongState):
            handing_over.take_back(his, first)
    with office.as_(ines) as hers:
        handing_over.be_back(hers, away)
        with pytest.raises(WrongState):
            handing_over.be_back(hers, away)


# ---- what is kept ----


def test_groups_skills_and_regions_come_and_go_and_stay_in_the_record(office: Office, ines: Actor) -> None:
    with office.as_(ines) as uow:
        service.create_group(uow, "large_deals", "Large deals", "Above 50,000 USD")
        for kind, name in (("group", "large_deals"), ("skill", "German"), ("region", "Europe")):
            service.give(uow, key(office.joris), QualityKind(kind), name)
            service.give(uow, key(office.joris), QualityKind(kind), name)
        (row,) = queries.reviewers(uow, group="large_deals")
        assert (row.name, row.groups, row.skills, row.regions) == (
            "Joris de Wit", ("large_deals",), ("German",), ("Europe",)
        )  # fmt: skip
        assert [(group.name, group.members) for group in queries.groups(uow)] == [("Large deals", 1)]
        later = uow.at(uow.now + timedelta(days=1))
        service.take(later, key(office.joris), QualityKind.GROUP, "large_deals")
        assert queries.reviewers(later, group="large_deals") == []
        history = queries.history_of(later, key(office.joris))
        assert {(each.kind, each.name, each.taken_by_name) for each in history} == {
            ("group", "large_deals", "Inês Duarte"), ("skill", "German", None), ("region", "Europe", None)
        }  # fmt: skip
        service.close_group(later, "large_deals")
        assert queries.groups(later) == []
        with pytest.raises(WrongState, match="Large deals was closed"):
            service.give(later, key(office.sipho), QualityKind.GROUP, "large_deals")
        with pytest.raises(Refused, match="GROUP-TAKEN"):
            service.create_group(later, "large_deals", "Again")


@pytest.mark.parametrize(
    ("do", "error"),
    [
        (lambda uow, person: service.create_group(uow, "Large deals", " "), "GROUP-KEY.*GROUP-NAME"),
        (lambda uow, person: service.give(uow, person, QualityKind.GROUP, "nothing"), "no such group"),
        (lambda uow, person: service.give(uow, person, QualityKind.SKILL, " "), "REVIEWER-NAME"),
        (lambda uow, person: service.give(uow, person, QualityKind.REGION, "Atlantis"), "REVIEWER-REGION"),
        (lambda uow, person: service.give(uow, uuid4(), QualityKind.SKILL, "German"), "no such person"),
        (lambda uow, person: service.set_limit(uow, person, Decimal("0.001")), "LIMIT-AMOUNT"),
    ],
)
def test_what_is_refused_says_why(office: Office, ines: Actor, do: Any, error: str) -> None:
    with office.as_(ines) as uow:
        with pytest.raises(DomainError, match=error):
            do(uow, key(office.joris))
        assert queries.history_of(uow, key(office.joris)) == []


def test_a_limit_is_replaced_and_the_old_one_stays_in_the_record(office: Office, ines: Actor) -> None:
    with office.as_(ines) as uow:
        service.set_limit(uow, key(office.joris), Decimal("50000.00"))
        service.set_limit(uow, key(office.joris), Decimal("50000.00"))
        later = uow.at(uow.now + timedelta(days=1))
        service.set_limit(later, key(office.joris), Decimal("20000.00"))
        row = next(each for each in queries.reviewers(later) if each.id == office.joris.user_id)
        assert row.limits == {"USD": Decimal("20000.00")}
        assert [(each.name, each.until) for each in queries.history_of(later, key(office.joris))] == [
            ("20,000.00 USD", None), ("50,000.00 USD", later.now)
        ]  # fmt: skip
        service.set_limit(later, key(office.joris), None)
        row = next(each for each in queries.reviewers(later) if each.id == office.joris.user_id)
        assert row.limits == {}


def test_who_stands_in_is_told_in_words_and_recorded(office: Office, uow: UnitOfWork) -> None:
    with office.as_(office.joris) as his:
        wanted = week(his, office.sipho, scope=("request", "request/finance"), cap=Decimal(500), reason="Holiday")
        handing_over.hand_over(his, key(office.joris), wanted)
        (row,) = stand_ins.own_delegations(his)
        assert (row.by_name, row.to_name, row.now, row.cap) == ("Joris de Wit", "Sipho Dlamini", True, Decimal(500))
        assert row.scope == ("Shelf Request", "REQ: Finance review")
        with pytest.raises(Refused, match="STAND-CIRCLE"), office.as_(office.sipho) as other:
            handing_over.hand_over(other, key(office.sipho), week(other, office.joris))
        with pytest.raises(Refused, match="STAND-SCOPE"):
            handing_over.hand_over(his, key(office.joris), week(his, office.niamh, scope=("request/nothing",)))
        with pytest.raises(Refused, match="STAND-ROLE"):
            analyst = office.build.actor("analyst", name="Emre Aydın")
            handing_over.hand_over(his, key(office.joris), week(his, analyst))
    with office.as_(office.sipho) as other:
        assert [row.by_name for row in stand_ins.own_delegations(other)] == ["Joris de Wit"]
    told = uow.session.scalars(select(HistoryEntry.action).where(HistoryEntry.subject_id == office.joris.user_id))
    assert list(told) == ["reviewers.handed_over"]


def test_only_whose_roles_decide_there_stands_in(office: Office, ines: Actor) -> None:
    """A turn is lent, no permission: neither the finance clerk nor a manager decides reviews."""
    kamau = office.build.actor("ecosystem_manager", name="Kamau Mwangi")
    with office.as_(office.joris) as his:
        assert set(stand_ins.possible_stand_ins(his, key(office.joris)).values()) == {"Niamh Kavanagh", "Sipho Dlamini"}
        for other in (office.mei, kamau):
            with pytest.raises(Refused, match="STAND-ROLE"):
                handing_over.hand_over(his, key(office.joris), week(his, other))
    with office.as_(office.mei) as hers:
        assert set(stand_ins.possible_stand_ins(hers, key(office.mei)).values()) == {"Sipho Dlamini", "Niamh Kavanagh"}
    with office.as_(ines) as hers:
        assert "Kamau Mwangi" in stand_ins.possible_stand_ins(hers, key(ines)).values()
        assert stand_ins.possible_stand_ins(hers, uuid4()) == {}


def test_an_absence_is_noted_once_for_a_time(office: Office) -> None:
    with office.as_(office.joris) as his:
        handing_over.be_away(his, key(office.joris), his.now, his.now + timedelta(days=7), "Holiday")
        with pytest.raises(Refused, match="AWAY-TWICE"):
            handing_over.be_away(his, key(office.joris), his.now + timedelta(days=6), his.now + timedelta(days=9))
        (row,) = stand_ins.own_absences(his)
        assert (row.name, row.note, row.now) == ("Joris de Wit", "Holiday", True)


# ---- stages that nobody decides ----


def test_a_stage_that_nobody_decides_is_found(office: Office, build: Build) -> None:
    with office.as_(office.joris) as uow:
        assert [row for row in staffing.stages_without_members(uow) if row.type == "request"] == []
        for actor in (office.niamh, office.sipho):
            user = build.uow.session.get_one(UserAccount, actor.user_id)
            user.deleted_at = uow.now
        build.uow.session.flush()
        assert staffing.members_of(uow)(("reviewer_finance",)) == []
        assert staffing.members_of(uow)(("reviewer_business",)) == [office.joris.user_id]
        (row,) = [row for row in staffing.stages_without_members(uow) if row.type == "request"]
        assert (row.node, row.label, row.text) == (
            "finance", "Finance review", "Nobody who can sign in is Finance reviewer."
        )  # fmt: skip


@pytest.mark.parametrize(
    ("candidate", "more", "said"),
    [
        ({"group": "large_deals"}, {}, ["Nobody who can sign in is in the group Large deals."]),
        ({"group": "other"}, {}, [
            "There is no group other. Make it under Administration › Reviewers, or name another one."
        ]),
        ({"role": "reviewer_business", "skill": "German"}, {}, [
            "Nobody who can sign in is Business reviewer, skilled in German."
        ]),
        ({"role": "reviewer_business", "region": True}, {}, [
            "Nobody who can sign in is Business reviewer, responsible for Europe."
        ]),
        ({"partner_manager": True}, {}, []),
        ({"role": "reviewer_business"}, {"limit": "asked"}, [
            "It asks for a limit, and none of those whose turn it is has one."
        ]),
    ],
)  # fmt: skip
def test_a_candidate_whom_nobody_is_is_named(
    office: Office, ines: Actor, candidate: dict[str, Any], more: dict[str, Any], said: list[str]
) -> None:
    with office.as_(ines) as uow:
        service.create_group(uow, "large_deals", "Large deals")
        made = application_type(uow, "request")
        node = ReviewNode.model_validate({"review": "reviewer_business", "candidates": [candidate], **more})
        nodes = {**made.workflow.nodes, "business": node}
        drafted = made.model_copy(update={"workflow": made.workflow.model_copy(update={"nodes": nodes})})
        assert [row.text for row in staffing.without_members(uow, drafted)] == said

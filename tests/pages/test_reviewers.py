"""Reviewers: what a manager sets, what a reviewer hands over on their own account, through the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from models.design import drafting
from models.identity.tables import UserAccount
from models.lists import acting
from models.reviewers import handing_over, queries, service, stand_ins
from models.reviewers.handing_over import HandOver
from models.reviewers.rules import QualityKind
from tests.support.build import Build
from tests.support.mdf import Fund
from tests.support.pages import opened, texts

REVIEWERS, ACCOUNT, QUEUE = "administration/reviewers.py", "account.py", "reviews/queue.py"


@pytest.fixture
def fund(on_sqlite: str) -> Iterator[Fund]:
    """A partner and everybody who works on its cases."""
    with unit_of_work(actor=SYSTEM) as uow:
        yield Fund(Build(uow))


def words(test: AppTest) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", texts(test)))


def shown(fund: Fund, script: str, actor: Actor, state: dict[str, object] | None = None, **query: str) -> AppTest:
    test = opened(script, fund, actor, **query)
    for name, value in (state or {}).items():
        test.session_state[name] = value
    return test.run() if state else test


def test_a_manager_sets_groups_skills_and_a_limit(fund: Fund) -> None:
    with fund.as_(fund.ines) as uow:
        service.create_group(uow, "large_deals", "Large deals")
    test = shown(fund, REVIEWERS, fund.ines, {"reviewers:edited": str(fund.joris.user_id)})
    test.multiselect(key="reviewer:groups").set_value(["large_deals"])
    test.text_input(key="reviewer:skills").set_value("German, Healthcare")
    test.text_input(key="reviewer:limit").set_value("50,000")
    found = next(each for each in test.button if each.label == "Save").click().run()
    assert not found.exception, found.exception
    assert "Joris de Wit saved." in words(found)
    with unit_of_work(actor=fund.ines, read_only=True) as uow:
        row = next(each for each in queries.reviewers(uow) if each.id == fund.joris.user_id)
    assert (row.groups, row.skills, row.limits) == (
        ("large_deals",), ("German", "Healthcare"), {"USD": Decimal("50000.00")}
    )  # fmt: skip


def test_a_wrong_limit_is_said_and_nothing_is_changed(fund: Fund) -> None:
    test = shown(fund, REVIEWERS, fund.ines, {"reviewers:edited": str(fund.joris.user_id)})
    test.text_input(key="reviewer:skills").set_value("German")
    test.text_input(key="reviewer:limit").set_value("plenty")
    found = next(each for each in test.button if each.label == "Save").click().run()
    assert "Write an amount such as 50000.00, or nothing." in words(found)
    with unit_of_work(actor=fund.ines, read_only=True) as uow:
        assert queries.history_of(uow, fund.joris.user_id or fund.partner.id) == []


def test_nobody_changes_themselves(fund: Fund) -> None:
    test = shown(fund, REVIEWERS, fund.ines, {"reviewers:edited": str(fund.ines.user_id)})
    assert "This is you: another manager has to change it." in words(test)


def test_a_group_is_made_and_its_stages_are_watched(fund: Fund) -> None:
    test = shown(fund, REVIEWERS, fund.ines, part="groups")
    assert "No group yet" in words(test)
    with fund.as_(fund.ines) as uow:
        service.create_group(uow, "large_deals", "Large deals", "Above 50,000 USD")
        service.give(uow, fund.joris.user_id or fund.partner.id, QualityKind.GROUP, "large_deals")
    test = shown(fund, REVIEWERS, fund.ines, part="groups")
    assert "can be asked, none out of office; 1 group, 0 stand-ins." in words(test)


def test_reviewers_are_filtered_and_several_are_put_into_a_group(fund: Fund) -> None:
    with fund.as_(fund.ines) as uow:
        service.create_group(uow, "large_deals", "Large deals")
        service.give(uow, fund.sipho.user_id or fund.partner.id, QualityKind.GROUP, "large_deals")
        service.set_limit(uow, fund.sipho.user_id or fund.partner.id, Decimal(20000), "USD")
        keys = [key for key in (fund.joris.user_id, fund.sipho.user_id, fund.ines.user_id) if key]
        given = {"group": "large_deals"}
        found = acting.preview(uow, "reviewers", "join", keys, given)
        assert found.able == (fund.joris.user_id,)
        assert found.refused == {"in the group already": 1, "this is you: another manager has to change it": 1}
        acting.run(uow, "reviewers", "join", found, given)
        assert acting.preview(uow, "reviewers", "leave", keys, given).able == (fund.joris.user_id, fund.sipho.user_id)
    for asked, names in (
        ({"group": "large_deals"}, ["Joris de Wit", "Sipho Dlamini"]),
        ({"role": "reviewer_finance"}, ["Sipho Dlamini"]),
        ({"limit": "10000.."}, ["Sipho Dlamini"]), ({"q": "joris"}, ["Joris de Wit"]), ({"away": "yes"}, []),
    ):  # fmt: skip
        test = opened(REVIEWERS, fund, fund.ines, **asked)
        assert [list(frame.value["name"]) for frame in test.dataframe] == ([names] if names else [])


@pytest.mark.parametrize("who", ["joris", "mei", "liis"])
def test_only_who_manages_reviewers_opens_the_page(fund: Fund, who: str) -> None:
    assert "can be asked" not in words(shown(fund, REVIEWERS, getattr(fund, who)))


def test_a_reviewer_goes_away_and_somebody_stands_in(fund: Fund) -> None:
    test = shown(fund, ACCOUNT, fund.joris)
    assert "Nothing is set: you are there, and nobody stands in for you." in words(test)
    test = test.button(key="away").click().run()
    assert not test.exception, test.exception
    test.text_input(key="away:note").set_value("Holiday")
    test.date_input(key="away:last").set_value(fund.now.date() + timedelta(days=6))
    test = test.selectbox(key="stand_in:to").set_value(fund.sipho.user_id).run()
    test.text_input(key="stand_in:cap").set_value("10000")
    found = test.button(key="away:save").click().run()
    assert not found.exception, found.exception
    assert "Noted:" in words(found)
    with clock_at(fund.now), unit_of_work(actor=fund.joris, read_only=True) as uow:
        (away,), (stand,) = stand_ins.own_absences(uow), stand_ins.own_delegations(uow)
    assert (away.note, stand.to_name, stand.cap) == ("Holiday", "Sipho Dlamini", Decimal(10000))
    assert (stand.since, stand.until) == (away.since, away.until)


def test_what_is_refused_stays_open(fund: Fund) -> None:
    test = shown(fund, ACCOUNT, fund.joris).button(key="stand_in").click().run()
    found = test.button(key="stand_in:save").click().run()
    assert "Choose who stands in." in words(found)
    found.date_input(key="stand_in:last").set_value(date(2020, 1, 1))
    found = found.selectbox(key="stand_in:to").set_value(fund.sipho.user_id).run()
    found = found.button(key="stand_in:save").click().run()
    assert "The last day lies before the first one." in words(found)


def test_what_stands_on_the_account_is_ended_there(fund: Fund) -> None:
    with fund.as_(fund.joris) as uow:
        assert fund.joris.user_id
        assert fund.sipho.user_id
        wanted = HandOver(fund.sipho.user_id, uow.now, uow.now + timedelta(days=7))
        stand = handing_over.hand_over(uow, fund.joris.user_id, wanted)
    test = shown(fund, ACCOUNT, fund.joris, {"stand_ins": ("end", stand, "")})
    found = test.button(key="stand_in:end").click().run()
    assert "Ended." in words(found)
    assert "Nothing is set" in words(found)


def test_a_partners_people_have_no_such_section(fund: Fund) -> None:
    assert "Out of office" not in words(shown(fund, ACCOUNT, fund.liis))


def test_who_stands_in_is_told_on_the_desk(fund: Fund) -> None:
    rahul = fund.build.actor("reviewer_program", name="Rahul Menon")
    fund.applied()
    with fund.as_(fund.joris) as uow:
        assert fund.joris.user_id
        assert rahul.user_id
        handing_over.hand_over(uow, fund.joris.user_id, HandOver(rahul.user_id, uow.now, uow.now + timedelta(days=7)))
    test = shown(fund, QUEUE, rahul)
    assert "1 review waits" in words(test)
    assert "You stand in for Joris de Wit" in words(test)


def test_the_designer_warns_of_a_stage_that_nobody_decides(fund: Fund) -> None:
    with fund.as_(fund.ines) as uow:
        draft = str(drafting.begin(uow, "mdf"))
        fund.build.uow.session.get_one(UserAccount, fund.sipho.user_id).deleted_at = uow.now
    test = shown(fund, "design/designer.py", fund.ines, draft=draft)
    said = " ".join(str(element.proto) for element in test.get("bidi_component"))
    assert "Nobody who can sign in is Finance reviewer." in said
    assert "Nobody who can sign in is Business reviewer." not in said

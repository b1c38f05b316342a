"""A partner's benefits: what is free, what waits, what is on its way, what stands in the way; and who only looks."""

from __future__ import annotations

from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from models.applications import applying, queries
from models.applications.rows import CaseFilter
from models.core.unit_of_work import unit_of_work
from tests.support import pages
from tests.support.mdf import BEGAN, Fund
from tests.support.pages import texts

BENEFITS = "benefits/benefits.py"
opened = partial(pages.opened, BENEFITS)
words = partial(pages.words, gap=" ")


def listed(test: AppTest) -> str:
    return " ".join(str(element.proto) for element in test.get("bidi_component"))


@pytest.mark.meets("BEN-MDA-01")
def test_the_wallet_the_way_in_and_what_to_do_when_there_is_nothing_yet(fund: Fund) -> None:
    test = opened(fund, fund.liis)
    shown = words(test)
    assert "50,000.00 USD of Market Development Fund is free to plan with." in shown
    assert "No applications yet" in shown
    assert "New MDF application" in [button.label for button in test.button]
    assert "1. Application" in shown
    assert "Business reviewer : application review within 5 working days" in shown


def test_one_press_begins_one_draft_however_often_it_is_pressed(fund: Fund) -> None:
    test = opened(fund, fund.liis)
    for _ in range(2):
        test.button(key="new:mdf").click().run()
        assert not test.exception
    with unit_of_work(actor=fund.liis, read_only=True) as uow:
        assert queries.count_by_status(uow, CaseFilter()) == {"Draft": 1}


@pytest.mark.meets("BEN-STA-02")
def test_used_reserved_left_and_what_waits_or_comes(fund: Fund) -> None:
    fund.applied(activity_name="Tallinn Retail Forum")
    fund.paying()
    test = opened(fund, fund.liis)
    shown = words(test)
    assert "32,720.00 USD of Market Development Fund is free to plan with; 8,640.00 is reserved" in shown
    assert "8,640.00 USD is on its way to you." in shown
    assert "8,640.00 used, 8,640.00 reserved, 32,720.00 left of 50,000.00 USD" in texts(test)
    assert "Payment in Progress" in listed(test)
    assert "Application history 2 cases" in shown
    assert "Budgeted with MDF help 17,280.00 Reimbursed help 8,640.00 Paid help 0.00" in shown


def test_what_waits_is_for_whoever_can_do_it(fund: Fund) -> None:
    fund.approved(activity_name="Baltic FinOps Week")
    fund.now = BEGAN
    case_id = fund.granted()
    fund.now = BEGAN
    rejected = fund.applied(activity_name="Vilnius Breakfast")
    fund.decide(fund.joris, rejected, "reject", reason="R-03 Budget not plausible", comment="Too dear.")
    cancelled = fund.applied(activity_name="Riga Lunch")
    with fund.as_(fund.liis) as uow:
        applying.cancel(uow, cancelled, key="cancel")
    admins = listed(opened(fund, fund.liis))
    assert "Request reimbursement" in admins
    assert admins.count("Came back to you") == admins.count("You may send it again") == 1
    assert "Change and send again" in admins
    assert f"/apply?case={case_id}" in admins
    finance = opened(fund, fund.anna)
    assert "Fill in invoicing information" in listed(finance)
    assert "Request reimbursement" not in listed(finance)
    looker = opened(fund, fund.build.actor("account_manager", partner=fund.partner, name="Jonas Weber"))
    for test in (finance, looker):
        assert "New MDF application" not in [button.label for button in test.button]
    assert "/apply" not in listed(looker)
    assert "Application history" in texts(looker)


@pytest.mark.meets("BEN-COM-11")
def test_what_stands_in_the_way_is_said_before_anybody_tries(fund: Fund) -> None:
    bound = fund.partner_named("Baltic Cloudworks", business_authenticated=False, growth_plan=True)
    shown = words(opened(fund, fund.build.actor("partner_admin", partner=bound, name="Kaja Saar")))
    assert "These stand in the way" in shown
    assert "Complete business information authentication first" in shown
    assert "Pay all bills first" in shown
    assert "stands in the way" not in words(opened(fund, fund.liis))


def test_another_partner_sees_nothing_of_it_and_filters_stand_in_the_address(fund: Fund) -> None:
    fund.applied()
    stranger = fund.build.actor("partner_admin", partner=fund.partner_named("Harbor & Finch"), name="Ada Finch")
    foreign = opened(fund, stranger)
    assert "Riga" not in words(foreign) + listed(foreign)
    assert "No applications yet" in words(foreign)
    assert "No case matches" in words(opened(fund, fund.liis, status="Completed"))
    found = words(opened(fund, fund.liis, status="MDF application being reviewed"))
    assert "Application history 1 case" in found

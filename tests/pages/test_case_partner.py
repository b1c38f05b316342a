"""What a partner's people do with a case on its page: go on, answer, cancel, give up; and who only looks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from models.applications import applying, reviewing, stages
from models.applications.access import find
from models.benefits import queries as benefits
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from tests.support import pages
from tests.support.mdf import APPLICATION, Fund, usd
from tests.support.pages import texts

CASE = "reviews/case.py"


def opened(fund: Fund, actor: Actor, case_id: UUID) -> AppTest:
    return pages.opened(CASE, fund, actor, case=str(case_id))


def press(test: AppTest, label: str) -> AppTest:
    found = next(button for button in test.button if button.label == label).click().run()
    assert not found.exception, found.exception
    return found


def labels(test: AppTest) -> set[str]:
    return {button.label for button in test.button}


def runs_again(test: AppTest) -> bool:
    return any("kontor_again" in str(element.proto) for element in test.get("bidi_component"))


def reserved(fund: Fund) -> object:
    with unit_of_work(actor=fund.liis, read_only=True) as uow:
        return benefits.pools(uow, fund.partner.id)[0].reserved


def test_a_case_that_expired_ends_where_it_stood_and_is_not_drawn_as_paid(fund: Fund) -> None:
    case_id = fund.approved()
    assert "It expires on Aug 4, 2027." in texts(opened(fund, fund.liis, case_id))
    with fund.as_(SYSTEM) as uow:
        visit = find(uow, case_id).state.visits[0]
        assert visit.expires_at is not None
        stages.fire_timer(uow.at(visit.expires_at), case_id, visit.id, "expire")
    said = texts(opened(fund, fund.liis, case_id))
    assert "MDF application expired." in said
    assert (said.count('class="ok"'), said.count('class="now"'), said.count('aria-current="step"')) == (1, 1, 1)
    assert "ended Aug 4, 2027" in said


@pytest.mark.meets("BEN-COM-02")
def test_each_stage_says_what_waits_and_offers_the_one_next_step(fund: Fund) -> None:
    draft = opened(fund, fund.liis, fund.begun())
    assert "A draft, not sent yet." in texts(draft)
    assert {"Go on with the application", "Give up"} <= labels(draft)
    review = opened(fund, fund.liis, fund.applied())
    assert "Waits for Business reviewer:" in texts(review)
    assert "Cancel application" in labels(review)
    assert not {"Go on with the application", "Give up"} & labels(review)
    approved = opened(fund, fund.liis, fund.approved())
    assert "MDF application approved:" in texts(approved)
    assert "Request reimbursement" in labels(approved)


def test_while_kontor_checks_a_case_its_page_runs_again_by_itself(fund: Fund) -> None:
    case_id = fund.begun()
    with fund.as_(fund.liis) as uow:
        applying.submit(uow, case_id, "application", APPLICATION, key="sent")
    checked = opened(fund, fund.liis, case_id)
    assert "Kontor is checking it." in texts(checked)
    assert runs_again(checked)
    fund.search(case_id)
    reviewed = opened(fund, fund.liis, case_id)
    assert "Waits for Business reviewer:" in texts(reviewed)
    assert not runs_again(reviewed)


@pytest.mark.meets("BEN-MDR-09", "BEN-MDI-01")
def test_invoicing_information_is_for_finance_specialists_too_with_its_deadline(fund: Fund) -> None:
    case_id = fund.granted()
    test = opened(fund, fund.anna, case_id)
    assert "Fill in invoicing information" in labels(test)
    assert "Until Aug 25, 15 days" in texts(test)
    looker = fund.build.actor("account_manager", partner=fund.partner, name="Jonas Weber")
    shown = opened(fund, looker, case_id)
    assert "Colleagues with another role do that." in texts(shown)
    assert not {"Fill in invoicing information", "Cancel application", "Give up"} & labels(shown)


@pytest.mark.meets("BEN-MDA-07")
def test_cancelling_asks_once_names_case_and_amount_and_frees_the_money(fund: Fund) -> None:
    case_id = fund.applied()
    test = press(opened(fund, fund.liis, case_id), "Cancel application")
    assert "MDF-2026-0001 Riga Cloud Day" in texts(test)
    assert "8,640.00 USD" in texts(test)
    assert reserved(fund) == usd("8640.00")
    press(press(test, "Keep it"), "Cancel application")
    test = press(test, "Cancel application over 8,640.00 USD")
    assert "MDF-2026-0001 Riga Cloud Day was cancelled." in texts(test)
    assert fund.status(case_id) == "MDF application cancelled"
    assert reserved(fund) == usd("0.00")
    assert {"Change and send again", "Give up"} <= labels(test)
    test = press(press(test, "Give up"), "Give it up")
    assert "This case was given up." in texts(test)


def test_a_question_is_answered_where_it_is_read(fund: Fund) -> None:
    case_id = fund.applied()
    with fund.as_(fund.joris) as uow:
        reviewing.ask(uow, case_id, fund.visit(case_id), "Who pays the second day?", key="ask")
    fund.now += timedelta(hours=1)
    shown = texts(opened(fund, fund.anna, case_id))
    assert "Who pays the second day?" in shown
    assert "Colleagues who apply answer it" in shown
    test = opened(fund, fund.liis, case_id)
    assert "Joris de Wit asks:" in texts(test)
    assert "Write your answer first." in texts(press(test, "Answer"))
    test.text_area[0].set_value("We do.")
    test = press(test, "Answer")
    assert "the answer is with the reviewer" in texts(test)
    assert "“We do.”" in texts(test)


def test_the_vendor_and_another_partner_get_none_of_it(fund: Fund) -> None:
    case_id = fund.approved()
    assert "Request reimbursement" not in labels(opened(fund, fund.joris, case_id))
    stranger = fund.build.actor("partner_admin", partner=fund.partner_named("Harbor & Finch"), name="Ada Finch")
    shown = texts(opened(fund, stranger, case_id))
    assert "There is no such case among those you may see." in shown
    assert "Riga" not in shown

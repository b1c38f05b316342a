"""The form of a case: kept as typed, judged, sent once, refused in words to everybody it is not for."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from streamlit.testing.v1 import AppTest

from models.applications import applying
from models.applications.access import find
from models.core.actor import Actor
from models.core.clock import clock_at
from models.core.errors import ChangedMeanwhile
from models.core.unit_of_work import unit_of_work
from tests.support import pages
from tests.support.mdf import APPLICATION, BEGAN, Fund
from tests.support.pages import texts

APPLY = "benefits/apply.py"


@pytest.fixture(autouse=True)
def _in_july() -> Iterator[None]:
    with clock_at(BEGAN):
        yield


def kept(fund: Fund) -> None:
    """Let the page see it."""
    fund.build.uow.session.commit()


def opened(fund: Fund, actor: Actor, case_id: UUID | str, **more: str) -> AppTest:
    return pages.opened(APPLY, fund, actor, case=str(case_id), **more)


def draft_of(fund: Fund, case_id: UUID) -> applying.Draft:
    with unit_of_work(actor=fund.liis, read_only=True) as uow:
        return applying.draft(uow, case_id, "application")


def filled(fund: Fund, case_id: UUID, **changed: object) -> None:
    with fund.as_(fund.liis) as uow:
        applying.save_draft(uow, case_id, "application", APPLICATION | changed, step=2, expected=0)


def press(test: AppTest, label: str) -> AppTest:
    found = [button for button in test.button if button.label == label][-1].click().run()
    assert not found.exception, found.exception
    return found


@pytest.mark.meets("BEN-COM-03", "BEN-COM-05")
def test_what_is_typed_is_in_the_database_at_once(fund: Fund) -> None:
    case_id = fund.begun()
    test = opened(fund, fund.liis, case_id)
    assert "MDF application" in texts(test)
    assert "What a reviewer will check" in texts(test)
    next(each for each in test.text_input if each.label.startswith("Activity Name")).set_value("Riga Cloud Day").run()
    assert draft_of(fund, case_id).data["activity_name"] == "Riga Cloud Day"
    assert "Riga Cloud Day" in [each.value for each in opened(fund, fund.liis, case_id).text_input]


@pytest.mark.meets("BEN-MDA-05")
def test_it_asks_once_sends_and_the_case_is_under_review(fund: Fund) -> None:
    case_id = fund.begun()
    filled(fund, case_id)
    test = press(opened(fund, fund.liis, case_id), "Submit 8,640.00 USD")
    assert "reserved from your MDF quota" in texts(test)
    test = press(test, "Submit 8,640.00 USD")
    assert test.session_state["flash"] == ("MDF-2026-0001: The application has been submitted.", None)
    with unit_of_work(actor=fund.liis, read_only=True) as uow:
        found = find(uow, case_id)
    assert found.state.status == "MDF application being reviewed"
    assert found.state.submitted == {"application": 1}


@pytest.mark.meets("BEN-MDA-03")
def test_more_than_the_quota_is_refused_in_words_and_nothing_is_sent(fund: Fund) -> None:
    case_id = fund.begun()
    filled(fund, case_id, budget=[{"item": "Venue", "mdf_used": True, "amount": "50000.01"}])
    test = press(opened(fund, fund.liis, case_id), "Submit 50,000.01 USD")
    assert "50,000.00 USD" in texts(test)
    assert "reserved from your MDF quota." not in texts(test)
    assert fund.status(case_id) == "Draft"


@pytest.mark.meets("BEN-COM-02", "BEN-MDA-06")
def test_a_rejected_application_says_why_at_the_top_and_is_changed(fund: Fund) -> None:
    case_id = fund.applied()
    fund.decide(fund.joris, case_id, "reject", reason="R-03 Budget not plausible", comment="Catering is too dear.")
    shown = texts(opened(fund, fund.liis, case_id))
    for words in (
        "Application review: rejected",
        "R-03 Budget not plausible",
        "“Catering is too dear.”",
        "Joris de Wit",
    ):
        assert words in shown
    assert "MDF application rejected" in shown


def test_somebody_elses_case_and_an_unknown_one_are_refused_alike(fund: Fund) -> None:
    case_id = fund.begun()
    stranger = fund.build.actor("partner_admin", partner=fund.partner_named("Harbor & Finch"), name="Ada Finch")
    for asked in (case_id, uuid4(), "nonsense"):
        test = opened(fund, stranger, asked)
        assert not test.text_input
        assert ("There is no such case among those you may see." in texts(test)) == (asked != "nonsense")
        assert "Riga" not in texts(test)
    assert "No case is named" in texts(opened(fund, stranger, "nonsense"))


def test_who_may_only_look_is_told_and_led_to_the_case(fund: Fund) -> None:
    case_id = fund.begun()
    looker = fund.build.actor("account_manager", partner=fund.partner, name="Jonas Weber")
    for actor in (fund.anna, looker):
        test = opened(fund, actor, case_id)
        assert "Your roles do not fill this in" in texts(test)
        assert f"case?case={case_id}" in texts(test)
    assert "Nothing is to be filled in now" in texts(opened(fund, fund.liis, fund.applied()))


@pytest.mark.meets("BEN-MDI-02", "BEN-FSV-02")
def test_the_finance_specialist_fills_in_invoicing_information(fund: Fund) -> None:
    case_id = fund.granted()
    with clock_at(fund.now):
        test = opened(fund, fund.anna, case_id)
        assert "Supplier Invoicing Information" in texts(test)
        assert "Mail the printed form and the invoice to: Partner Settlement Desk" in texts(test)
        assert "Amount Payable (Tax Included)" in texts(test)
        assert "8,640.00 USD" in texts(test)
        assert "Money on account" in texts(test)
    assert [box.value for box in test.selectbox if box.label == "Payment Method *"] == ["Bank transfer"]


def test_two_people_at_one_form_keep_what_both_typed(fund: Fund) -> None:
    case_id = fund.begun()
    test = opened(fund, fund.liis, case_id)
    version = draft_of(fund, case_id).version
    marta = fund.build.actor("partner_admin", partner=fund.partner, name="Marta Kask")
    with fund.as_(marta) as uow:
        applying.save_draft(uow, case_id, "application", {"organizer": "Nordlicht"}, expected=version)
    kept(fund)
    next(each for each in test.text_input if each.label.startswith("Activity Name")).set_value("Riga Cloud Day").run()
    assert draft_of(fund, case_id).data == {"organizer": "Nordlicht", "activity_name": "Riga Cloud Day"}
    assert "Marta Kask changed this form meanwhile." in texts(test)


@pytest.mark.meets("BEN-MDR-06")
def test_the_summarys_template_can_be_downloaded_where_the_report_is_attached(fund: Fund) -> None:
    case_id = fund.approved()
    with clock_at(fund.now):
        shown = texts(opened(fund, fund.liis, case_id, step="4"))
    assert 'href="/templates/template-of-mdf-marketing-activity-summary.docx"' in shown


def test_what_a_colleague_saved_while_one_is_asked_is_not_lost(fund: Fund) -> None:
    case_id = fund.begun()
    filled(fund, case_id)
    kept(fund)
    seen = draft_of(fund, case_id)
    marta = fund.build.actor("partner_admin", partner=fund.partner, name="Marta Kask")
    theirs = {**seen.data, "organizer": "Nordlicht"}
    with fund.as_(marta) as uow:
        applying.save_draft(uow, case_id, "application", theirs, expected=seen.version)
    kept(fund)
    with fund.as_(fund.liis) as uow, pytest.raises(ChangedMeanwhile, match="Marta Kask saved this form"):
        applying.submit(uow, case_id, "application", seen.data, key="k", draft_seen=seen.version)
    assert fund.status(case_id) == "Draft"
    assert draft_of(fund, case_id).data == theirs
    with fund.as_(fund.liis) as uow:
        applying.submit(uow, case_id, "application", theirs, key="k", draft_seen=seen.version + 1)
        applying.submit(uow, case_id, "application", theirs, key="k", draft_seen=seen.version + 1)  # the same click
    assert fund.status(case_id) == "MDF application being reviewed"

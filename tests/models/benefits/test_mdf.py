"""MDF through the services, on both databases, with the figures of the guide; time is moved, not waited for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from models.applications import applying, followup, integrity, queries, stages
from models.applications.access import find
from models.applications.case_view import case_view, changed_since_last_time
from models.applications.rows import CaseFilter, QueueFilter
from models.applications.types import shipped
from models.benefits import queries as benefits
from models.benefits import service
from models.core.actor import SYSTEM
from models.core.errors import NotAllowed, NotFound, Refused, WrongState
from models.core.outbox import OutboxRow
from models.engines.ledger import queries as ledger
from models.engines.ledger.rules import TransferKind
from models.engines.workflow.findings import Verdict
from models.notices.tables import Notice
from models.partners.rules import Tier
from models.payments import queries as payments
from models.payments.invoicing import invoicing_pdf
from models.payments.rules import AttemptOutcome, PayableStatus
from tests.support.mdf import APPLICATION, INVOICING, Fund, usd

AGENDA, NO_DATE = "R-02 Plan or agenda incomplete", "P-04 Invoice number or date missing"
NO_ACCOUNT, OTHER_HOLDER = "B-01 Account number unknown to the bank", "B-02 Account holder differs from the supplier"


def pool(fund: Fund) -> tuple[str, str, str, str]:
    """Granted, used, reserved, left."""
    with fund.as_(fund.liis) as uow:
        (row,) = benefits.pools(uow, fund.partner.id)
    return tuple(f"{amount:.2f}" for amount in (row.granted, row.used, row.reserved, row.left))  # type: ignore[return-value]


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in error.value.problems]


@pytest.mark.meets("BEN-MDA-01", "BEN-MDA-06", "BEN-MDA-08", "BEN-MDR-01", "BEN-MDR-07", "BEN-MDR-08", "BEN-MDI-01",
                   "BEN-MDI-03", "BEN-MDI-04", "BEN-MDP-01", "BEN-MDP-02")  # fmt: skip
def test_one_case_from_the_first_draft_to_the_money(fund: Fund) -> None:
    """Every status is the literal one of the specification, the same for partner and vendor, on one timeline."""
    seen: list[str] = []
    case_id = fund.begun()

    def step(act: Any) -> None:
        act()
        seen.append(fund.status(case_id))

    step(lambda: None)
    step(lambda: fund.submit(case_id, "application", APPLICATION))
    step(lambda: fund.decide(fund.joris, case_id, "reject", reason=AGENDA, comment="Add one."))
    step(lambda: fund.submit(case_id, "application", APPLICATION | {"agenda": "Day one, day two."}))
    step(lambda: fund.decide(fund.joris, case_id, "approve"))
    fund.now = datetime.fromisoformat("2026-08-10T10:00+08:00")
    claim = fund.claim_data(case_id)
    step(lambda: fund.submit(case_id, "reimbursement", claim))
    step(lambda: fund.decide(fund.joris, case_id, "reject", reason="R-07 Invoices missing", comment="Two are missing."))
    step(lambda: fund.submit(case_id, "reimbursement", claim | {"summary": "Six talks."}))
    step(lambda: fund.decide(fund.joris, case_id, "approve"))
    step(lambda: fund.decide(fund.sipho, case_id, "send_back", comment="Look at the catering again."))
    step(lambda: fund.decide(fund.joris, case_id, "approve"))
    step(lambda: fund.decide(fund.sipho, case_id, "approve"))
    step(lambda: fund.submit(case_id, "invoicing", INVOICING, fund.anna))
    step(lambda: fund.decide(fund.mei, case_id, "received", fields={"received_on": "2026-08-12"}))
    step(lambda: fund.decide(fund.mei, case_id, "reject", reason=NO_DATE, comment="No date."))
    step(lambda: fund.submit(case_id, "invoicing", INVOICING, fund.anna))
    step(lambda: fund.decide(fund.mei, case_id, "received", fields={"received_on": "2026-08-14"}))
    step(lambda: fund.decide(fund.mei, case_id, "approve"))
    step(lambda: fund.decide(fund.mei, case_id, "approve"))
    step(lambda: fund.decide(fund.henrik, case_id, "approve"))
    step(lambda: fund.decide(fund.mei, case_id, "failed", reason=NO_ACCOUNT, comment="IBAN"))
    step(lambda: fund.decide(fund.mei, case_id, "try_again"))
    step(lambda: fund.decide(fund.mei, case_id, "paid", fields={"paid_on": "2026-08-20", "bank_reference": "DB-77120"}))
    assert seen == [
        "Draft", "MDF application being reviewed", "MDF application rejected", "MDF application being reviewed",
        "MDF application approved", "MDF reimbursement being reviewed", "MDF reimbursement rejected",
        "MDF reimbursement being reviewed", "MDF reimbursement being reviewed", "MDF reimbursement being reviewed",
        "MDF reimbursement being reviewed", "MDF reimbursement approved", "Pending Partner Invoice", "Pending Approval",
        "Invoice Rejected", "Pending Partner Invoice", "Pending Approval", "Payment Application Pending Approval",
        "Payment Application Pending Approval", "Payment in Progress", "Payment in Progress", "Payment in Progress",
        "Completed",
    ]  # fmt: skip
    lines = []
    for actor in (fund.liis, fund.joris, fund.ines):
        with fund.as_(actor) as uow:
            view = case_view(uow, case_id)
            lines.append(view.timeline)
            assert view.row.number == "MDF-2026-0001"
            assert {row.phase for row in view.timeline} == {
                "Application", "Activity", "Reimbursement", "Invoice", "Payment",
            }  # fmt: skip
    assert lines[0] == lines[1] == lines[2]
    with fund.as_(SYSTEM) as uow:
        found, ledger = integrity.verify(uow)
    assert (found.faults, ledger) == ((), [])
    assert pool(fund) == ("50000.00", "8640.00", "0.00", "41360.00")


# ---- the application ----


@pytest.mark.meets("BEN-MDA-02", "BEN-TMR-09")
@pytest.mark.parametrize(
    ("on", "reason", "refused"),
    [
        ("2026-07-17T17:00+08:00", "", []),  # ten whole working days lie between
        ("2026-07-20T09:00+08:00", "", ["MDA-LEAD"]),
        ("2026-07-20T09:00+08:00", "The speaker confirmed on Friday.", []),
        ("2026-08-03T09:00+08:00", "Too late.", ["MDA-DATES"]),  # it has begun
    ],
)
def test_an_application_comes_ten_working_days_before_or_says_why(
    fund: Fund, on: str, reason: str, refused: list[str]
) -> None:
    fund.now = datetime.fromisoformat(on)
    data = APPLICATION | {"late_reason": reason}
    case_id = fund.begun()
    if not refused:
        fund.submit(case_id, "application", data)
        assert fund.status(case_id) == "MDF application being reviewed"
        return
    with pytest.raises(Refused) as error:
        fund.submit(case_id, "application", data)
    assert codes(error) == refused


@pytest.mark.meets("BEN-MDA-03")
def test_more_than_the_quota_is_refused_until_a_manager_raises_it(fund: Fund) -> None:
    case_id, asked = fund.begun(), {"budget": [{"item": "Venue", "mdf_used": True, "amount": "50000.01"}]}
    with pytest.raises(Refused, match=r"50,000.00 USD of the MDF quota is available. Ask your ecosystem manager"):
        fund.submit(case_id, "application", APPLICATION | asked)
    assert fund.status(case_id) == "Draft"
    with fund.as_(fund.ines) as uow:
        service.raise_quota(uow, shipped("mdf"), fund.partner.id, usd("0.01"), reason="Second fair this year", key="k")
    fund.submit(case_id, "application", APPLICATION | asked)
    assert pool(fund) == ("50000.01", "0.00", "50000.01", "0.00")


@pytest.mark.meets("BEN-MDA-04")
def test_a_similar_activity_is_warned_of_and_does_not_block(fund: Fund) -> None:
    fund.applied()
    elsewhere = fund.build.actor("partner_admin", partner=fund.partner_named("Amber Works"), name="Ieva Kalna")
    theirs = fund.begun(elsewhere)
    fund.submit(theirs, "application", APPLICATION | {"activity_name": "Cloud Day Riga"}, elsewhere)
    mine = fund.begun()
    with fund.as_(fund.liis) as uow:
        found = {each.code: each for each in applying.findings(uow, mine, "application", APPLICATION)}
        assert found["MDA-SIMILAR"].verdict is Verdict.LOOK
        assert "MDF-2026-0002" not in found["MDA-SIMILAR"].text  # somebody else's is not shown to a partner
    fund.submit(mine, "application", APPLICATION)
    with fund.as_(fund.joris) as uow:
        (warned,) = [each for each in case_view(uow, mine).findings["application_review"] if each.code == "MDA-SIMILAR"]
        assert "MDF-2026-0001" in warned.text
        assert "MDF-2026-0002" in warned.text
    with fund.as_(fund.liis) as uow:
        shown = [each.text for each in case_view(uow, mine).findings.get("application_review", ())]
        assert not any("MDF-2026-0002" in text for text in shown)


@pytest.mark.meets("BEN-MDA-07")
@pytest.mark.parametrize("approved", [False, True])
def test_cancelled_it_gives_its_money_back_and_can_be_changed_or_deleted(fund: Fund, approved: bool) -> None:
    case_id = fund.approved() if approved else fund.applied()
    assert pool(fund)[2] == "8640.00"
    with fund.as_(fund.liis) as uow:
        applying.cancel(uow, case_id, key="c")
    assert fund.status(case_id) == "MDF application cancelled"
    assert pool(fund) == ("50000.00", "0.00", "0.00", "50000.00")
    with fund.as_(fund.liis) as uow:
        assert case_view(uow, case_id).may.fill == "application"
        applying.give_up(uow, case_id, key="d")
        assert queries.cases(uow, CaseFilter()).rows == ()


@pytest.mark.meets("BEN-MDA-07")
def test_a_claim_under_review_cannot_be_cancelled(fund: Fund) -> None:
    case_id = fund.claimed()
    with fund.as_(fund.liis) as uow, pytest.raises(WrongState, match="cannot be cancelled any more"):
        applying.cancel(uow, case_id, key="c")


@pytest.mark.meets("BEN-MDA-06")
def test_rejected_with_a_reason_the_same_case_is_changed_and_sent_again(fund: Fund) -> None:
    case_id = fund.applied()
    for given, code in (({}, ["CASE-COMMENT", "CASE-REASON"]), ({"comment": "No."}, ["CASE-REASON"])):
        with pytest.raises(Refused) as error:
            fund.decide(fund.joris, case_id, "reject", **given)
        assert codes(error) == code
    fund.decide(fund.joris, case_id, "reject", reason="R-03 Budget not plausible", comment="Venue is too dear.")
    assert pool(fund)[2] == "0.00"
    budget = [{"item": "Venue", "mdf_used": True, "amount": "4000.00"}, *APPLICATION["budget"][1:]]
    fund.submit(case_id, "application", APPLICATION | {"budget": budget})
    assert pool(fund)[2] == "6640.00"
    with fund.as_(fund.joris) as uow:
        view = case_view(uow, case_id)
        changed = {each.label: (each.before, each.after) for each in changed_since_last_time(view, "application")}
    assert ("6,000.00", "4,000.00") in changed.values()
    assert (view.row.number, [each.number for each in view.revisions]) == ("MDF-2026-0001", [1, 2])


# ---- the claim ----


@pytest.mark.meets("BEN-MDR-02", "BEN-TMR-10")
@pytest.mark.parametrize(
    ("on", "approval", "refused"),
    [
        ("2026-11-02T23:00+08:00", False, []),  # day 90
        ("2026-11-03T00:30+08:00", False, ["MDR-LATE"]),
        ("2026-11-03T00:30+08:00", True, []),
    ],
)
def test_a_claim_comes_within_90_days_or_with_the_approval(
    fund: Fund, on: str, approval: bool, refused: list[str]
) -> None:
    case_id = fund.approved()
    data = fund.claim_data(case_id)
    if approval:
        data["late_approval"] = data["materials"][1]["attachment"]
    fund.now = datetime.fromisoformat(on)
    if refused:
        with pytest.raises(Refused) as error:
            fund.submit(case_id, "reimbursement", data)
        assert codes(error) == refused
    else:
        fund.submit(case_id, "reimbursement", data)
        assert fund.status(case_id) == "MDF reimbursement being reviewed"


@pytest.mark.meets("BEN-MDR-03", "BEN-MDR-04")
def test_the_guide_s_claim_without_mdf(fund: Fund) -> None:
    """Totals 0.00, 22.00 and 22.00 USD; objectives 6; 0; 1; 0; 3,422.00 USD."""
    case_id = fund.claimed(expenses=[{"item": "Other", "mdf_used": False, "amount": "22.00"}])
    with fund.as_(fund.joris) as uow:
        view = case_view(uow, case_id)
        sent, facts = view.latest("reimbursement"), view.state.facts
        assert sent is not None
        totals = [usd(sent.data[name]) for name in ("claimed", "expense_own", "expense_total")]
        assert totals == [usd("0.00"), usd("22.00"), usd("22.00")]
        names = ("customers_reached", "media_views", "developed_customers", "leads", "opportunity_revenue")
        assert [facts[name] for name in names] == [6, 0, 1, 0, "3422.00"]
        assert [facts[f"{name}_actual"] for name in names] == [6, 0, 1, 3, "3422.00"]
    assert pool(fund)[2] == "0.00"
    fund.decide(fund.joris, case_id, "approve")
    fund.decide(fund.sipho, case_id, "approve")
    assert fund.status(case_id) == "Completed"  # nothing is owed
    with fund.as_(fund.mei) as uow:
        assert payments.payable_of(uow, case_id) is None


@pytest.mark.meets("BEN-MDR-05")
def test_a_claim_is_measured_against_what_is_left_and_its_own_reservation(fund: Fund) -> None:
    """50,000.00 of quota; 8,640.00 are this case's own, 40,000.00 another's: 10,000.00 can be claimed, not more."""
    fund.applied(budget=[{"item": "Venue", "mdf_used": True, "amount": "40000.00"}], activity_name="Vilnius Fair")
    case_id = fund.approved()
    assert pool(fund) == ("50000.00", "0.00", "48640.00", "1360.00")
    data = fund.claim_data(case_id)
    data["expenses"] = [{"item": "Venue", "mdf_used": True, "amount": "10000.01"}]
    with pytest.raises(Refused) as error:
        fund.submit(case_id, "reimbursement", data)
    assert codes(error) == ["MDR-QUOTA"]
    assert "10,000.00 USD of the MDF quota is available" in str(error.value)
    data["expenses"] = [{"item": "Venue", "mdf_used": True, "amount": "10000.00"}]
    fund.submit(case_id, "reimbursement", data)
    assert pool(fund) == ("50000.00", "0.00", "50000.00", "0.00")
    with fund.as_(fund.joris) as uow:
        found = {each.code: each.verdict for each in case_view(uow, case_id).findings["business_review"]}
    assert found["MDR-QUOTA"] is Verdict.PASSED
    assert found["MDR-APPROVED"] is Verdict.LOOK  # above the approved 8,640.00: a warning


@pytest.mark.meets("BEN-MDR-06")
def test_a_claim_is_proven_with_materials(fund: Fund) -> None:
    case_id = fund.approved()
    data = fund.claim_data(case_id)
    with pytest.raises(Refused) as error:
        fund.submit(case_id, "reimbursement", data | {"materials": [{}, data["materials"][1], {}]})
    assert codes(error) == ["MDR-MATERIAL"]
    assert "Third-Party Invoices" in str(error.value)


@pytest.mark.meets("BEN-COM-11")
def test_nobody_is_paid_with_open_gates(fund: Fund) -> None:
    case_id = fund.approved()
    fund.partner.business_authenticated, fund.partner.growth_plan = False, True
    fund.build.uow.session.flush()
    with pytest.raises(Refused) as error:
        fund.submit(case_id, "reimbursement", fund.claim_data(case_id))
    assert codes(error) == ["MDF-AUTHENTICATION", "MDF-BILLS"]
    fund.partner.business_authenticated, fund.partner.bills_paid = True, True
    fund.build.uow.session.flush()
    fund.submit(case_id, "reimbursement", fund.claim_data(case_id))
    assert fund.status(case_id) == "MDF reimbursement being reviewed"


@pytest.mark.parametrize(
    ("rows", "verdicts"),
    [
        ([], ("later", "later")),
        ([{"item": None, "mdf_used": False, "amount": None}], ("later", "later")),
        ([{"item": "Venue", "mdf_used": False, "amount": "10.00"}], ("fix", "passed")),
        ([{"item": "Venue", "mdf_used": True, "amount": "10.00"}], ("passed", "passed")),
        ([{"item": "Venue", "mdf_used": True, "amount": "50000.01"}], ("passed", "fix")),
    ],
)
def test_amounts_are_judged_when_something_stands_in_a_row(
    fund: Fund, rows: list[dict[str, Any]], verdicts: tuple[str, str]
) -> None:
    case_id = fund.begun()
    with fund.as_(fund.liis) as uow:
        found = applying.findings(uow, case_id, "application", APPLICATION | {"budget": rows})
    told = {each.label: each.verdict.value for each in found}
    assert (told["MDF asked for"], told["Quota covers the amount"]) == verdicts


def timers_of(fund: Fund, node: str) -> dict[tuple[str, str], datetime]:
    """When the timers of a node's visits fire, by visit and timer."""
    stmt = select(OutboxRow.payload, OutboxRow.due_at).where(OutboxRow.topic == "reviews.timer")
    found = fund.build.uow.session.execute(stmt).all()
    return {(each["visit"], each["timer"]): due for each, due in found if each["visit"].startswith(f"{node}#")}


def test_an_approved_activity_that_nothing_is_claimed_for_gives_its_money_back_a_year_later(fund: Fund) -> None:
    case_id = fund.approved()  # until August 4
    timers = timers_of(fund, "reimbursement")
    assert {timer: due.date().isoformat() for (_, timer), due in timers.items()} == {
        "remind:0": "2027-07-05", "remind:1": "2027-07-28", "expire": "2027-08-04",
    }  # fmt: skip
    assert pool(fund) == ("50000.00", "0.00", "8640.00", "41360.00")
    with fund.as_(SYSTEM) as uow:
        for (visit, timer), due in sorted(timers.items(), key=lambda each: each[1]):
            assert not stages.fire_timer(uow.at(due - timedelta(minutes=1)), case_id, visit, timer)
            assert stages.fire_timer(uow.at(due), case_id, visit, timer)
            assert not stages.fire_timer(uow.at(due), case_id, visit, timer)
    assert fund.status(case_id) == "MDF application expired"
    assert pool(fund) == ("50000.00", "0.00", "0.00", "50000.00")
    with fund.as_(SYSTEM) as uow:
        assert ledger.statement(uow, case_id=case_id).rows[0].kind is TransferKind.EXPIRE
        assert integrity.verify(uow)[1] == []
        assert case_view(uow, case_id).timeline[-1].title == "Closed"


def test_a_claim_that_came_back_has_a_year_again_and_one_under_review_never_expires(fund: Fund) -> None:
    case_id = fund.claimed()
    first = timers_of(fund, "reimbursement")["reimbursement#1", "expire"]
    with fund.as_(SYSTEM) as uow:
        assert not stages.fire_timer(uow.at(first), case_id, "reimbursement#1", "expire")
    fund.decide(fund.joris, case_id, "reject", reason="R-07 Invoices missing", comment="Two invoices are missing.")
    again = timers_of(fund, "reimbursement")["reimbursement#2", "expire"]
    assert again.isoformat() == "2027-08-10T10:00:00+00:00"  # the end of that business day


@pytest.mark.parametrize("after", ["remind:0", "remind:1", "expire"])
def test_whoever_applied_is_told_that_it_expires(fund: Fund, after: str) -> None:
    case_id = fund.approved()
    with fund.as_(SYSTEM) as uow:
        due = timers_of(fund, "reimbursement")["reimbursement#1", after]
        before = find(uow, case_id).state.seq
        stages.fire_timer(uow.at(due), case_id, "reimbursement#1", after)
        followup.follow(uow, case_id, before, find(uow, case_id).state.seq)
        told = uow.session.execute(select(Notice.title, Notice.text).where(Notice.user_id == fund.liis.user_id)).all()
        number = find(uow, case_id).number
    if after == "expire":
        assert (f"{number} Riga Cloud Day: MDF application expired", "") in [tuple(each) for each in told]
    else:
        assert (
            f"{number} Riga Cloud Day expires soon",
            "Activity and reimbursement. It expires on Aug 4, 2027 18:00 (GMT+08:00).",
        ) in [tuple(each) for each in told]


def test_whoever_reviewed_the_business_does_not_review_the_finances(fund: Fund) -> None:
    case_id = fund.claimed()
    both = fund.build.actor("reviewer_business", "reviewer_finance", name="Niamh Kavanagh")
    fund.decide(both, case_id, "approve")
    with pytest.raises(NotAllowed, match="You decided an earlier stage"):
        fund.decide(both, case_id, "approve")


# ---- invoice and payment ----


@pytest.mark.meets("BEN-MDR-09", "BEN-MDI-04", "BEN-TMR-11", "BEN-NTF-06")
def test_the_invoice_is_asked_for_within_15_days_and_overdue_afterwards(fund: Fund) -> None:
    case_id = fund.granted()
    with fund.as_(fund.liis) as uow:
        (waits,) = case_view(uow, case_id).row.standing
        assert waits.due_at is not None
        assert (waits.who, waits.due_at.isoformat()) == ("Partner", "2026-08-25T10:00:00+00:00")
    stmt = select(OutboxRow.payload, OutboxRow.due_at).where(OutboxRow.topic == "reviews.timer")
    timers = [(each, due) for each, due in fund.build.uow.session.execute(stmt) if "invoicing" in each["visit"]]
    assert sorted(each["timer"] for each, _ in timers) == ["due", "remind:0", "remind:1"]
    for payload, due in timers:
        with fund.as_(SYSTEM) as uow:
            assert stages.fire_timer(uow.at(due), case_id, payload["visit"], payload["timer"])
    with fund.as_(fund.liis) as uow:
        assert case_view(uow, case_id).row.standing[0].overdue
        applying.submit(uow, case_id, "invoicing", INVOICING, key="late")  # late is flagged, never refused
    assert fund.status(case_id) == "Pending Partner Invoice"


@pytest.mark.meets("BEN-MDI-02")
def test_who_may_fill_in_the_invoicing_information(fund: Fund) -> None:
    case_id = fund.granted()
    viewer = fund.build.actor("account_manager", partner=fund.partner)
    for actor, allowed in ((fund.anna, True), (fund.liis, True), (viewer, False)):
        with fund.as_(actor) as uow:
            assert case_view(uow, case_id).may.fill == ("invoicing" if allowed else None), actor.roles
    with pytest.raises(NotAllowed):
        fund.submit(case_id, "invoicing", INVOICING, viewer)
    with pytest.raises(Refused) as error:
        fund.submit(case_id, "invoicing", {}, fund.anna)
    assert len(codes(error)) == 7


@pytest.mark.meets("BEN-MDP-01")
def test_one_payable_many_attempts(fund: Fund) -> None:
    case_id = fund.paying()
    fund.decide(fund.mei, case_id, "failed", reason="B-01 Account number unknown to the bank", comment="Unknown IBAN")
    with fund.as_(fund.mei) as uow:
        payable = payments.payable_of(uow, case_id)
        assert payable is not None
        assert (payable.amount, payable.status, payable.requisition_no) == (
            usd("8640.00"), PayableStatus.FAILED, "PR-MDF-2026-0001",
        )  # fmt: skip
    fund.decide(fund.mei, case_id, "try_again")
    fund.decide(fund.mei, case_id, "paid", fields={"paid_on": "2026-08-20", "bank_reference": "DB-77120"})
    with fund.as_(fund.anna) as uow:
        payable = payments.payable_of(uow, case_id)
        assert payable is not None
        assert (payable.status, payable.paid_on, payable.bank_reference) == (
            PayableStatus.PAID, date(2026, 8, 20), "DB-77120",
        )  # fmt: skip
        assert [each.outcome for each in payments.attempts(uow, payable.id)] == [
            AttemptOutcome.FAILED, AttemptOutcome.PAID,
        ]  # fmt: skip
        assert payments.totals(uow) == {PayableStatus.PAID: {"USD": usd("8640.00")}}


def test_the_payment_application_needs_two_people(fund: Fund) -> None:
    case_id = fund.received()
    fund.decide(fund.mei, case_id, "approve")
    fund.decide(fund.mei, case_id, "approve")
    assert fund.status(case_id) == "Payment Application Pending Approval"
    with pytest.raises(NotAllowed, match="You have decided here already"):
        fund.decide(fund.mei, case_id, "approve")
    fund.decide(fund.henrik, case_id, "approve")
    assert fund.status(case_id) == "Payment in Progress"


def test_a_failed_payment_may_ask_for_other_invoicing_information(fund: Fund) -> None:
    case_id = fund.paying()
    fund.decide(fund.mei, case_id, "failed", reason=OTHER_HOLDER, comment="Other name")
    fund.decide(fund.mei, case_id, "correct", comment="Send the account of the company itself.")
    assert fund.status(case_id) == "Invoice Rejected"
    fund.submit(case_id, "invoicing", INVOICING | {"bank_account": "LV11DAUG0000000000001"}, fund.anna)
    assert fund.status(case_id) == "Pending Partner Invoice"


def test_paying_says_when_and_by_which_reference(fund: Fund) -> None:
    case_id = fund.paying()
    with pytest.raises(Refused) as error:
        fund.decide(fund.mei, case_id, "paid", fields={})
    assert codes(error) == ["FORM-REQUIRED", "FORM-REQUIRED"]


@pytest.mark.meets("BEN-NTF-06")
def test_whoever_waits_is_told(fund: Fund) -> None:
    case_id = fund.applied()
    fund.decide(fund.joris, case_id, "approve")
    uow = fund.build.uow
    rows = uow.session.execute(select(OutboxRow.payload).where(OutboxRow.topic == "reviews.follow")).scalars().all()
    for _ in range(2):  # repeated by a worker, told once
        for payload in rows:
            with fund.as_(SYSTEM) as system:
                followup.follow(system, UUID(payload["case_id"]), payload["after"], payload["seq"])
    told = uow.session.execute(select(Notice.user_id, Notice.title).order_by(Notice.at, Notice.id)).tuples().all()
    assert sorted(told, key=lambda each: each[1]) == sorted(
        [
            (fund.joris.user_id, "MDF-2026-0001 Riga Cloud Day waits for your decision"),
            (fund.liis.user_id, "MDF-2026-0001 Riga Cloud Day: MDF application approved"),
        ],
        key=lambda each: each[1],
    )


# ---- quotas ----


def test_a_quota_follows_the_tier_and_is_never_granted_twice(fund: Fund) -> None:
    made = shipped("mdf")
    grown = fund.partner_named("Amber Works", tier=Tier.BASIC)
    ieva = fund.build.actor("partner_admin", partner=grown)
    for tier, granted in ((Tier.BASIC, "10000.00"), (Tier.DIFFERENTIATION, "30000.00"), (Tier.BASIC, "30000.00")):
        grown.tier = tier
        fund.build.uow.session.flush()
        for _ in range(2):
            with fund.as_(ieva) as uow:
                service.fill(uow, made, grown.id)
                (row,) = benefits.pools(uow, grown.id)
                assert (row.granted, row.left) == (usd(granted), usd(granted))


def test_quotas_are_raised_and_lowered_by_managers_with_a_reason(fund: Fund) -> None:
    made, partner = shipped("mdf"), fund.partner.id
    fund.applied()
    with fund.as_(fund.ines) as uow:
        with pytest.raises(Refused) as error:
            service.raise_quota(uow, made, partner, usd("0"), reason=" ", key="a")
        assert codes(error) == ["QUOTA-AMOUNT", "QUOTA-REASON"]
        for _ in range(2):  # the same click counts once
            service.raise_quota(uow, made, partner, usd("5000.00"), reason="Fair in Tallinn", key="b")
        with pytest.raises(Refused, match=r"46,360.00 USD is neither used nor reserved"):
            service.lower_quota(uow, made, partner, usd("46360.01"), reason="Too much", key="c")
        service.lower_quota(uow, made, partner, usd("20000.00"), reason="Unused", key="d")
        history = benefits.quota_history(uow, "mdf", partner).rows
        assert sorted((row.amount, row.reason) for row in history) == [
            (usd("-15000.00"), "Unused"), (usd("-5000.00"), "Unused"), (usd("5000.00"), "Fair in Tallinn"),
            (usd("50000.00"), "Quota of the tier advanced"),
        ]  # fmt: skip
        assert [row.left for row in benefits.pools_of(uow, "mdf", [partner])] == [usd("26360.00")]
    assert pool(fund) == ("35000.00", "0.00", "8640.00", "26360.00")
    for actor in (fund.joris, fund.liis, fund.mei):
        with fund.as_(actor) as uow, pytest.raises(NotAllowed):
            service.raise_quota(uow, made, partner, usd("1.00"), reason="x", key="e")


def test_the_payment_desk_shows_what_waits_for_finance(fund: Fund) -> None:
    case_id = fund.invoiced()
    with fund.as_(fund.mei) as uow:
        (row,) = queries.queue(uow, QueueFilter(desk="payments")).rows
        assert (row.case_id, row.label, row.amount) == (case_id, "Receipt of the invoice", usd("8640.00"))
        assert queries.queue(uow, QueueFilter()).rows == ()
    with fund.as_(fund.joris) as uow:
        assert queries.queue(uow, QueueFilter(desk="payments")).rows == ()


@pytest.mark.meets("BEN-MDI-02")
def test_the_invoicing_information_is_printed(fund: Fund) -> None:
    case_id = fund.granted()
    with fund.as_(fund.anna) as uow, pytest.raises(WrongState, match="was not sent yet"):
        invoicing_pdf(uow, case_id)
    fund.submit(case_id, "invoicing", INVOICING | {"supplier_name": "Ziemeļgaisma & Dēli 北光"}, fund.anna)
    for actor in (fund.anna, fund.liis, fund.mei):
        with fund.as_(actor) as uow:
            assert invoicing_pdf(uow, case_id).startswith(b"%PDF-")
    stranger = fund.build.actor("partner_admin", partner=fund.partner_named("Amber Works"))
    with fund.as_(stranger) as uow, pytest.raises(NotFound):
        invoicing_pdf(uow, case_id)

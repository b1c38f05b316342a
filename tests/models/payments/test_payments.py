"""From the approved claim to the money: the printed page, the desk's promised times, the list of what is owed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from models.applications.case_view import case_view
from models.core.actor import SYSTEM
from models.core.errors import NotAllowed, WrongState
from models.core.outbox import OutboxRow
from models.core.paging import FIRST_PAGE
from models.core.unit_of_work import UnitOfWork
from models.engines.lists.asking import NOTHING_ASKED, Asked
from models.lists import queries as lists
from models.payments import queries, service
from models.payments.actions import STEP
from models.payments.invoicing import invoicing_page
from models.payments.rules import AttemptOutcome, PayableStatus
from tests.support.build import nobody
from tests.support.mdf import BEGAN, INVOICING, Fund, usd

NO_DATE = "P-04 Invoice number or date missing"
NO_ACCOUNT = "B-01 Account number unknown to the bank"
UNCLEAR = "P-08 Contract or payment terms not clear"


def due(fund: Fund, case_id: UUID) -> tuple[str, str, str | None]:
    """Which stage waits, for whom, until when (UTC)."""
    with fund.as_(fund.liis) as uow:
        (waits,) = case_view(uow, case_id).row.standing
    return waits.label, waits.who, waits.due_at and f"{waits.due_at:%Y-%m-%d %H:%M}"


def again(fund: Fund, case_id: UUID, invoice_no: str) -> None:
    """The partner sends its invoicing information with another number, and finance receives the invoice."""
    fund.submit(case_id, "invoicing", INVOICING | {"invoice_no": invoice_no}, fund.anna)
    fund.decide(fund.mei, case_id, "received", fields={"received_on": "2026-08-19"})


@pytest.mark.meets("BEN-MDI-02", "BEN-FSV-02", "BEN-VND-18")
def test_the_page_says_what_the_specification_asks_for(fund: Fund) -> None:
    case_id = fund.granted()
    with fund.as_(fund.anna) as uow, pytest.raises(WrongState, match="was not sent yet"):
        invoicing_page(uow, case_id)
    fund.submit(case_id, "invoicing", INVOICING | {"bank_account": ""}, fund.anna)
    with fund.as_(fund.anna) as uow:
        page = invoicing_page(uow, case_id)
    assert page.mail_to == (
        ("Mailing address", "Northwind Cloud, Partner Settlement, 8 Harbour Road, #12-01, Singapore 048620"),
        ("Recipient", "Partner Settlement Desk"),
        ("Contact", "+65 6000 0000, settlement@northwind.example"),
    )
    assert page.lines == (
        ("Supplier Name", "Nordlicht Systems SIA"), ("Supplier Code", "LV40003009497"),
        ("Supplier Contact (Finance)", "Anna Ozola"), ("Mobile Number", "+371 20000000"),
        ("Email", "anna.ozola@nordlicht.example"), ("Filled In", "Aug 10, 2026 10:00:00 (GMT+08:00)"),
        ("Bank Name", "Daugava Bank"), ("Bank Account", "--"), ("Contract No.", "C-2025-118"),
        ("Payment Terms", "30 days"), ("Invoice No.", "NL-2026-0815"),
        ("Payment Requisition No.", "PR-MDF-2026-0001"), ("Payment Method", "Bank transfer"),
        ("Reconciliation Period", "2026-08"),
    )  # fmt: skip
    assert (page.number, page.amount, page.currency) == ("MDF-2026-0001", usd("8640.00"), "USD")


@pytest.mark.meets("BEN-FSV-03", "BEN-VND-19", "BEN-COM-02")
def test_a_rejected_invoice_is_corrected_by_the_comments_and_stays_one_debt(fund: Fund) -> None:
    case_id = fund.received()
    fund.decide(fund.mei, case_id, "reject", reason=NO_DATE, comment="There is no date on it.")
    with fund.as_(fund.anna) as uow:
        view = case_view(uow, case_id)
        told = [row for row in view.timeline if row.comment == "There is no date on it."]
        assert [(row.reason, row.by, row.status) for row in told] == [(NO_DATE, "Mei Tan", "Invoice Rejected")]
        assert view.may.fill == "invoicing"
        before = queries.payable_of(uow, case_id)
    again(fund, case_id, "NL-2026-0816")
    with fund.as_(fund.mei) as uow:
        after = queries.payable_of(uow, case_id)
        assert before is not None
        assert after is not None
        assert (after.id, after.requisition_no, after.amount) == (before.id, before.requisition_no, before.amount)
        assert (before.status, before.invoice_no) == (PayableStatus.OPEN, "NL-2026-0815")
        assert (after.status, after.invoice_no) == (PayableStatus.INVOICED, "NL-2026-0816")
        assert [row["_case"] for row in listed(uow)] == [case_id]


@pytest.mark.meets("BEN-VND-19", "BEN-VND-20", "BEN-MDP-01")
def test_every_stage_of_a_payment_has_its_promised_time(fund: Fund) -> None:
    """2 and 3 working days for the reviews; the money within 30 calendar days of receiving the invoice."""
    case_id = fund.granted()
    assert due(fund, case_id) == ("Invoicing information", "Partner", "2026-08-25 10:00")
    fund.later(days=2)
    fund.submit(case_id, "invoicing", INVOICING, fund.anna)
    assert due(fund, case_id) == ("Receipt of the invoice", "Finance or Finance reviewer", "2026-08-25 10:00")
    fund.later(days=1)
    fund.decide(fund.mei, case_id, "received", fields={"received_on": "2026-08-12"})
    assert due(fund, case_id) == ("Invoice review", "Finance or Finance reviewer", "2026-08-17 10:00")
    fund.decide(fund.mei, case_id, "approve")
    assert due(fund, case_id) == ("Payment application review", "Finance or Finance reviewer", "2026-08-18 10:00")
    fund.decide(fund.mei, case_id, "approve")
    fund.decide(fund.henrik, case_id, "approve")
    assert due(fund, case_id) == ("Payment", "Finance", "2026-09-11 10:00")


@pytest.mark.meets("BEN-VND-20")
def test_a_payment_application_goes_back_to_the_invoice_and_is_reviewed_anew(fund: Fund) -> None:
    case_id = fund.received()
    fund.decide(fund.mei, case_id, "approve")
    fund.decide(fund.mei, case_id, "approve")
    fund.decide(fund.henrik, case_id, "reject", reason=UNCLEAR, comment="Which contract is it?")
    assert fund.status(case_id) == "Pending Approval"
    fund.decide(fund.henrik, case_id, "approve")
    fund.decide(fund.mei, case_id, "approve")
    assert fund.status(case_id) == "Payment Application Pending Approval"  # the vote of before counts no more
    fund.decide(fund.henrik, case_id, "approve")
    assert fund.status(case_id) == "Payment in Progress"


def test_an_attempt_is_laid_out_once_however_often_the_worker_comes(fund: Fund) -> None:
    case_id = fund.paying()
    fund.decide(fund.mei, case_id, "failed", reason=NO_ACCOUNT, comment="Unknown")
    fund.decide(fund.mei, case_id, "try_again")
    stmt = select(OutboxRow.key, OutboxRow.payload).where(OutboxRow.topic == STEP).order_by(OutboxRow.key)
    work = fund.build.uow.session.execute(stmt).tuples().all()
    assert [key for key, _ in work] == ["MDF-2026-0001:attempt-1", "MDF-2026-0001:attempt-2"]
    fund.later(minutes=1)
    for expected in (True, False):
        for _, payload in work:
            with fund.as_(SYSTEM) as uow:
                assert service.step(uow, UUID(payload["payable_id"]), payload["attempt"]) is expected
        fund.later(minutes=1)
    with fund.as_(fund.mei) as uow:
        payable = queries.payable_of(uow, case_id)
        assert payable is not None
        found = queries.attempts(uow, payable.id)
    laid_out = datetime.fromisoformat("2026-08-10T10:01+08:00")
    assert [(each.number, each.prepared_at, each.outcome) for each in found] == [
        (1, laid_out, AttemptOutcome.FAILED), (2, laid_out, None),
    ]  # fmt: skip
    with fund.as_(SYSTEM) as uow:
        assert not service.step(uow, payable.id, 3)  # there is no third attempt


@pytest.mark.meets("BEN-VND-20")
def test_the_list_of_what_is_owed(fund: Fund) -> None:
    """Two cases, one paid and one whose invoice is awaited; found by status, number, reference and partner."""
    first = fund.paid()
    fund.now = BEGAN
    second = fund.claimed()
    fund.decide(fund.joris, second, "approve")
    fund.later(hours=1)
    fund.decide(fund.sipho, second, "approve")
    with fund.as_(fund.mei) as uow:
        assert [(row["number"], row["state"], row["title"] != "") for row in listed(uow)] == [
            ("MDF-2026-0002", PayableStatus.OPEN, True), ("MDF-2026-0001", PayableStatus.PAID, True),
        ]  # fmt: skip
        for asked, cases in (
            (Asked({"state": ("paid",)}), [first]), (Asked({"state": ("failed",)}), []),
            (Asked(search="mdf-2026-0002"), [second]), (Asked(search="db-77120"), [first]),
            (Asked(search="NL-2026"), [first]), (Asked(search="nordlicht"), [second, first]),
            (Asked(search="100%"), []),
        ):  # fmt: skip
            assert [row["_case"] for row in listed(uow, asked)] == cases, asked
        both = {(PayableStatus.OPEN, "USD"): usd("8640.00"), (PayableStatus.PAID, "USD"): usd("8640.00")}
        opened = lists.open_list(uow, "payments")
        assert lists.sum_by(uow, opened, Asked(), "state", "amount") == both
        paid = lists.sum_by(uow, opened, Asked({"state": ("paid",)}), "state", "amount")
        assert paid == {(PayableStatus.PAID, "USD"): usd("8640.00")}
        assert queries.totals(uow) == {status: {currency: amount} for (status, currency), amount in both.items()}


def test_payments_are_seen_by_whom_they_concern(fund: Fund) -> None:
    case_id = fund.paid()
    stranger = fund.build.actor("partner_admin", partner=fund.partner_named("Amber Works"))
    for actor, seen in ((fund.anna, 1), (fund.liis, 1), (fund.mei, 1), (stranger, 0)):
        with fund.as_(actor) as uow:
            assert len(listed(uow)) == seen, actor.name
            assert (queries.payable_of(uow, case_id) is not None) is bool(seen), actor.name
    with fund.as_(nobody(fund.partner.id)) as uow:
        for asked in (listed, queries.totals):
            with pytest.raises(NotAllowed):
                asked(uow)


def listed(uow: UnitOfWork, asked: Asked = NOTHING_ASKED) -> list[Mapping[str, Any]]:
    """What the list of payments shows somebody."""
    opened = lists.open_list(uow, "payments")
    columns = ["number", "title", "state", "amount", "_case"]
    return [row.values for row in lists.read(uow, opened, asked, FIRST_PAGE, columns).page.rows]

"""What the payment process does at its points; each in the transaction of the decision that leads there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import CaseData, action
from models.payments.rules import AttemptOutcome, PayableStatus
from models.payments.tables import Payable, PaymentAttempt

STEP = "payments.step"
"""Topic of the outbox: an attempt is to be laid out for the bank."""
NOTHING: Mapping[str, Any] = {}


@action("payments.open")
def open_payable(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Owe the partner the amount, once; asked for the invoice from today on (BEN-MDR-09)."""
    payable = _payable(uow, case)
    if payable is None:
        amount = case.amount(given["amount"]) or Decimal(0)
        payable = Payable(
            id=new_id(), case_id=case.case_id, number=case.number, partner_id=case.partner_id, amount=amount,
            currency=case.type.currency, status=PayableStatus.OPEN, opened_at=uow.now,
            requisition_no=f"PR-{case.number}", invoice_no=None, paid_on=None, bank_reference=None,
        )  # fmt: skip
        uow.session.add(payable)
    payable.status = PayableStatus.OPEN
    uow.session.flush()
    known = case.text("invoice_asked_on")
    return {"requisition_no": payable.requisition_no, "invoice_asked_on": known or uow.today.isoformat()}


@action("payments.invoice")
def invoice(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The partner has sent its invoicing information."""
    payable = _owed(uow, case)
    payable.status, payable.invoice_no = PayableStatus.INVOICED, case.text("invoice_no") or None
    uow.session.flush()
    return NOTHING


@action("payments.begin")
def begin(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """One more attempt to pay; the worker lays it out for the bank."""
    payable = _owed(uow, case)
    number = _last(uow, payable) + 1
    payable.status = PayableStatus.PAYING
    uow.session.add(
        PaymentAttempt(
            payable_id=payable.id, number=number, partner_id=payable.partner_id, begun_at=uow.now, prepared_at=None,
            ended_at=None, outcome=None,
        )
    )  # fmt: skip
    uow.session.flush()
    uow.emit(STEP, f"{case.number}:attempt-{number}", {"payable_id": str(payable.id), "attempt": number})
    return NOTHING


@action("payments.fail")
def fail(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The attempt came back from the bank."""
    payable = _owed(uow, case)
    payable.status = PayableStatus.FAILED
    _end_attempt(uow, payable, AttemptOutcome.FAILED)
    return NOTHING


@action("payments.settle")
def settle(uow: UnitOfWork, case: CaseData, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The money has left: nothing is owed any more."""
    payable = _owed(uow, case)
    payable.status = PayableStatus.PAID
    payable.paid_on = case.day("paid_on") or uow.today
    payable.bank_reference = case.text("bank_reference") or None
    _end_attempt(uow, payable, AttemptOutcome.PAID)
    return NOTHING


def _payable(uow: UnitOfWork, case: CaseData) -> Payable | None:
    return uow.session.scalar(select(Payable).where(Payable.case_id == case.case_id).with_for_update())


def _owed(uow: UnitOfWork, case: CaseData) -> Payable:
    found = _payable(uow, case)
    assert found is not None, f"{case.number} has no payable: its definition opens none"
    return found


def _last(uow: UnitOfWork, payable: Payable) -> int:
    stmt = select(func.max(PaymentAttempt.number)).where(PaymentAttempt.payable_id == payable.id)
    return uow.session.scalar(stmt) or 0


def _end_attempt(uow: UnitOfWork, payable: Payable, outcome: AttemptOutcome) -> None:
    stmt = select(PaymentAttempt).where(
        PaymentAttempt.payable_id == payable.id, PaymentAttempt.number == _last(uow, payable)
    )
    attempt = uow.session.scalars(stmt).one()
    attempt.ended_at, attempt.outcome = uow.now, outcome
    uow.session.flush()

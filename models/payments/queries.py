"""What is owed to partners and how paying it went, within the actor's scope and permissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.core.errors import NotAllowed
from models.core.money import sum_amount
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import Case
from models.partners import queries as partners
from models.payments.rules import AttemptOutcome, PayableStatus
from models.payments.tables import Payable, PaymentAttempt


@dataclass(frozen=True, slots=True)
class PayableRow:
    """Something owed out of a case."""

    id: UUID
    case_id: UUID
    number: str
    partner_id: UUID
    partner: str
    amount: Decimal
    currency: str
    status: PayableStatus
    opened_at: datetime
    requisition_no: str
    invoice_no: str | None
    paid_on: date | None
    bank_reference: str | None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt to pay."""

    number: int
    begun_at: datetime
    prepared_at: datetime | None
    ended_at: datetime | None
    outcome: AttemptOutcome | None


_P = Payable
_COLUMNS = (_P.id, _P.case_id, _P.number, _P.partner_id, _P.amount, _P.currency, _P.status, _P.opened_at,
            _P.requisition_no, _P.invoice_no, _P.paid_on, _P.bank_reference)  # fmt: skip


def totals(uow: UnitOfWork) -> dict[PayableStatus, dict[str, Decimal]]:
    """What is owed or was paid, by status and currency.

    Raises:
        NotAllowed: no role of the actor shows payments.
    """
    _demand(uow)
    stmt = select(_P.status, _P.currency, sum_amount(_P.amount)).group_by(_P.status, _P.currency)
    found: dict[PayableStatus, dict[str, Decimal]] = {}
    for status, currency, amount in uow.session.execute(stmt):
        found.setdefault(status, {})[currency] = amount
    return found


def paid(uow: UnitOfWork, kind: str, partner_id: UUID) -> Decimal:
    """What a partner was paid out of cases of a kind so far, in the kind's currency."""
    cases = select(Case.id).where(Case.type == kind, Case.partner_id == partner_id)
    stmt = select(sum_amount(_P.amount)).where(
        _P.partner_id == partner_id, _P.status == PayableStatus.PAID, _P.case_id.in_(cases)
    )
    return uow.session.scalar(stmt) or Decimal(0)


def payable_of(uow: UnitOfWork, case_id: UUID) -> PayableRow | None:
    """What is owed out of a case that the actor may see; None before its claim was approved."""
    row = uow.session.execute(select(*_COLUMNS).where(_P.case_id == case_id)).first()
    if row is None:
        return None
    return _row(tuple(row), partners.partner_name(uow, row[3]))


def _row(values: tuple[Any, ...], partner: str) -> PayableRow:
    case = values[:4]
    return PayableRow(*(*case, partner, *values[4:]))


def attempts(uow: UnitOfWork, payable_id: UUID) -> list[AttemptRow]:
    """Every attempt to pay something that the actor may see, the first one first."""
    row = PaymentAttempt
    stmt = select(row.number, row.begun_at, row.prepared_at, row.ended_at, row.outcome)
    return [
        AttemptRow(*values)
        for values in uow.session.execute(stmt.where(row.payable_id == payable_id).order_by(row.number))
    ]


def _demand(uow: UnitOfWork) -> None:
    if not any(uow.actor.may(permission) for permission in ("money.view", "reviews.view", "benefits.view")):
        raise NotAllowed("Your roles do not show payments. Ask your administrator for a role that does.")

"""One payable a case, many attempts to pay it. Both change only by actions of the case's workflow."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.types import Amount, Currency, Id, Instant
from models.payments.rules import AttemptOutcome, PayableStatus


class Payable(PartnerScoped, Base):
    """What the vendor owes a partner out of a case."""

    __tablename__ = "payable"
    __table_args__ = (Index(None, "status", "opened_at", "id"), Index(None, "partner_id", "opened_at", "id"))

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), unique=True)
    number: Mapped[str]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    status: Mapped[PayableStatus]
    opened_at: Mapped[Instant]
    requisition_no: Mapped[str]
    invoice_no: Mapped[str | None]
    paid_on: Mapped[date | None]
    bank_reference: Mapped[str | None]


class PaymentAttempt(PartnerScoped, Base):
    """One order to the bank. `prepared_at` is when the order was laid out for it, once."""

    __tablename__ = "payment_attempt"
    payable_id: Mapped[UUID] = mapped_column(ForeignKey("payable.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    begun_at: Mapped[Instant]
    prepared_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    outcome: Mapped[AttemptOutcome | None]

"""Lay out attempts to pay for the bank; the worker's part of a payment."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from models.core.unit_of_work import UnitOfWork
from models.payments.tables import PaymentAttempt


def step(uow: UnitOfWork, payable_id: UUID, attempt: int) -> bool:
    """Lay out the bank order of an attempt, once; whether it was new. For the system alone."""
    own = (PaymentAttempt.payable_id == payable_id) & (PaymentAttempt.number == attempt)
    found = uow.session.scalar(select(PaymentAttempt).where(own).with_for_update())
    if found is None or found.prepared_at is not None:
        return False
    found.prepared_at = uow.now
    return True

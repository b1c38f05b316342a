"""What pages and other areas read about customers, always within the actor's scope."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from models.core.unit_of_work import UnitOfWork
from models.customers.intervals import assignment_intervals, association_intervals, names
from models.customers.tables import AccountManagerAssignment

__all__ = ["assigned_to", "assignment_intervals", "association_intervals", "names"]


def assigned_to(uow: UnitOfWork, user_id: UUID) -> list[UUID]:
    """Keys of the customers that an account manager looks after today (CUS-COM-01)."""
    assignment = AccountManagerAssignment
    stmt = (
        select(assignment.customer_id)
        .where(
            assignment.user_id == user_id,
            or_(assignment.unassigned_on.is_(None), assignment.counts_until > uow.today),
        )
        .distinct()
    )
    return list(uow.session.scalars(stmt))

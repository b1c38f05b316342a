"""What pages and other areas read about partners, always within the actor's scope."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from models.core.unit_of_work import UnitOfWork
from models.partners.tables import Partner


def partner_name(uow: UnitOfWork, partner_id: UUID) -> str:
    """A partner's name; empty when it is not among those the actor may see."""
    return uow.session.scalar(select(Partner.name).where(Partner.id == partner_id)) or ""


def resellers_of(uow: UnitOfWork, partner_id: UUID) -> list[UUID]:
    """Keys of the resellers that belong to a partner."""
    return list(uow.session.scalars(select(Partner.id).where(Partner.parent_id == partner_id).order_by(Partner.id)))

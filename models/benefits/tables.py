"""What a partner was granted by its tier; what the pools hold is the ledger's."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.types import Amount, Instant


class TierQuota(PartnerScoped, Base):
    """How much of a pool a partner's tiers have brought so far: a higher tier brings the difference, a lower none."""

    __tablename__ = "tier_quota"
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), primary_key=True)
    pool: Mapped[str] = mapped_column(primary_key=True)
    tier: Mapped[str]
    granted: Mapped[Amount] = mapped_column(default=Decimal(0))
    at: Mapped[Instant]

"""Annual revenue goals. A goal that is set anew ends the one before; rows are never removed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.types import Amount, Currency, Id, Instant

IN_FORCE = text("ended_at IS NULL")


class RevenueGoal(PartnerScoped, Base):
    """What a partner is to reach in a year (ONB-GOAL-01); at most one of each year is in force."""

    __tablename__ = "revenue_goal"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_revenue_goal_now", "partner_id", "year", unique=True, sqlite_where=IN_FORCE,
              postgresql_where=IN_FORCE),
        Index(None, "partner_id", "year", "set_at"),
    )  # fmt: skip

    id: Mapped[Id]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    year: Mapped[int]
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    note: Mapped[str] = mapped_column(default="")
    set_at: Mapped[Instant]
    set_by_name: Mapped[str]
    ended_at: Mapped[Instant | None]
    ended_by_name: Mapped[str | None]

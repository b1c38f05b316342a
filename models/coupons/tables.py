"""The coupon table. What a coupon is worth and what is left of it stand in the ledger, in a pool of its own."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.types import Amount, Currency, Id, Instant
from models.coupons.rules import CouponKind, CouponStatus


class Coupon(PartnerScoped, Base):
    """Money that a partner may pay its bills with until a day (FIN-COUP-01); asked for once by its `key`."""

    __tablename__ = "coupon"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        Index(None, "status", "valid_until"),
        Index(None, "status", "remind_on"),
        Index(None, "partner_id", "issued_at", "id"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    kind: Mapped[CouponKind]
    name: Mapped[str]
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    status: Mapped[CouponStatus]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    comment: Mapped[str]
    issued_at: Mapped[Instant]
    issued_by: Mapped[UUID | None]
    issued_by_name: Mapped[str]
    remind_on: Mapped[date | None]  # emptied once the partner was told
    ended_at: Mapped[Instant | None]
    ended_by_name: Mapped[str]
    end_comment: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

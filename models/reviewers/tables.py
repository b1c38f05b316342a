"""What reviewers are given and hand over. Rows end, they are never removed: each says who gave it and who took it."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Amount, AmountType, Currency, Id, Instant
from models.reviewers.rules import QualityKind

ENDLESS = text("until IS NULL")
_VENDORS = "only the vendor's own people are in it; services show it to those who manage reviewers, or the person"


class ReviewerGroup(Unscoped, Base):
    """People who decide together, whatever their roles; stages name it by its key."""

    unscoped_because = _VENDORS
    __tablename__ = "reviewer_group"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Instant]
    created_by_name: Mapped[str]
    closed_at: Mapped[Instant | None]
    closed_by_name: Mapped[str | None]


class ReviewerQuality(Unscoped, Base):
    """A person is in a group, has a skill, or looks after a sales region, since then and perhaps until then."""

    unscoped_because = _VENDORS
    __tablename__ = "reviewer_quality"
    __table_args__ = (
        Index("ix_reviewer_quality_now", "user_id", "kind", "name", unique=True, sqlite_where=ENDLESS,
              postgresql_where=ENDLESS),
        Index(None, "kind", "name"),
    )  # fmt: skip

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[QualityKind]
    name: Mapped[str]
    since: Mapped[Instant]
    until: Mapped[Instant | None]
    given_by_name: Mapped[str]
    taken_by_name: Mapped[str | None]


class ApprovalLimit(Unscoped, Base):
    """Up to which amount a person decides where a stage asks for a limit; `until` is exclusive."""

    unscoped_because = _VENDORS
    __tablename__ = "approval_limit"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="period"),
        Index("ix_approval_limit_now", "user_id", "currency", unique=True, sqlite_where=ENDLESS,
              postgresql_where=ENDLESS),
    )  # fmt: skip

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    currency: Mapped[Currency]
    amount: Mapped[Amount] = mapped_column(CheckConstraint("amount > 0", name="positive"))
    since: Mapped[Instant]
    until: Mapped[Instant | None]
    set_by_name: Mapped[str]
    ended_by_name: Mapped[str | None]


class ReviewDelegation(Unscoped, Base):
    """Somebody stands in for somebody: from when, until when, for what (`mdf`, `mdf/application_review`; nothing: for
    everything), and up to which amount."""

    unscoped_because = _VENDORS
    __tablename__ = "review_delegation"
    __table_args__ = (
        CheckConstraint("until > since", name="period"),
        CheckConstraint("from_id <> to_id", name="two_people"),
        Index(None, "from_id", "until"),
        Index(None, "to_id", "until"),
    )

    id: Mapped[Id]
    from_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    since: Mapped[Instant]
    until: Mapped[Instant]
    scope: Mapped[list[str]]
    cap: Mapped[Decimal | None] = mapped_column(AmountType())
    currency: Mapped[Currency]
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Instant]
    created_by_name: Mapped[str]
    revoked_at: Mapped[Instant | None]
    revoked_by_name: Mapped[str | None]


class ReviewAbsence(Unscoped, Base):
    """A person is out of office: new reviews pass them over, and what they hold may be taken by others."""

    unscoped_because = _VENDORS
    __tablename__ = "review_absence"
    __table_args__ = (CheckConstraint("until > since", name="period"), Index(None, "user_id", "until"))

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    since: Mapped[Instant]
    until: Mapped[Instant]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Instant]
    created_by_name: Mapped[str]
    revoked_at: Mapped[Instant | None]
    revoked_by_name: Mapped[str | None]

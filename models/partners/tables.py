"""A partner, and the programs and paths it has joined over time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, synonym

from models.core.database import Base, PartnerScoped
from models.core.types import Currency, Id, Instant
from models.partners.rules import PartnerKind, PartnerStatus, Tier


class Partner(PartnerScoped, Base):
    """A company of the ecosystem. A reseller names the distributor or provider that it belongs to."""

    __tablename__ = "partner"
    __table_args__ = (Index(None, "name", "id"),)

    id: Mapped[Id]
    if not TYPE_CHECKING:
        partner_id = synonym("id")  # a partner's own row is scoped by its own key
    number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    account_name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PartnerKind] = mapped_column(index=True)
    status: Mapped[PartnerStatus] = mapped_column(default=PartnerStatus.ACTIVE, index=True)
    tier: Mapped[Tier] = mapped_column(default=Tier.REGISTERED, index=True)
    country: Mapped[str]
    region: Mapped[str]
    city: Mapped[str]
    currency: Mapped[Currency]
    website: Mapped[str | None]
    joined_on: Mapped[date]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    manager_id: Mapped[UUID | None] = mapped_column(index=True)  # a user; no foreign key, users already point here
    business_authenticated: Mapped[bool] = mapped_column(default=False)
    growth_plan: Mapped[bool] = mapped_column(default=False)
    bills_paid: Mapped[bool] = mapped_column(default=False)  # set by hand until bills are kept here
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ProgramMembership(PartnerScoped, Base):
    """A program or development path a partner has joined, from a date, until it left (until is exclusive)."""

    __tablename__ = "program_membership"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until > since", name="period"),
        Index(None, "partner_id", "name"),
    )

    id: Mapped[Id]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    kind: Mapped[str]  # program or path
    name: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]

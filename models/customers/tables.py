"""Customers, their association with partners over time and the account managers who look after them over time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, synonym

from models.core.database import Base, CustomerScoped
from models.core.types import Currency, Id, Instant
from models.customers.rules import AssociationType


class Customer(CustomerScoped, Base):
    """A customer and the partner it belongs to now (None: to none); earlier partners stand in its associations."""

    __tablename__ = "customer"
    __table_args__ = (Index(None, "partner_id", "name", "id"), Index(None, "name", "id"))

    id: Mapped[Id]
    if not TYPE_CHECKING:
        customer_id = synonym("id")  # a customer's own row is scoped by its own key
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    name: Mapped[str]
    account_name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str]
    mobile: Mapped[str | None]
    enterprise: Mapped[bool] = mapped_column(default=True)
    industry: Mapped[str | None]
    country: Mapped[str]
    currency: Mapped[Currency]
    association_type: Mapped[AssociationType | None]
    account_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    registered_on: Mapped[date]
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CustomerAssociation(CustomerScoped, Base):
    """A customer belongs to a partner from a business date until it left (`ended_on` is exclusive)."""

    __tablename__ = "customer_association"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on > associated_on", name="period"),)

    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    association_type: Mapped[AssociationType]
    associated_on: Mapped[date]
    ended_on: Mapped[date | None]


class AccountManagerAssignment(CustomerScoped, Base):
    """An account manager looks after a customer; counts from `counts_from` until `counts_until` (exclusive)."""

    __tablename__ = "account_manager_assignment"
    __table_args__ = (CheckConstraint("counts_until IS NULL OR counts_until >= counts_from", name="period"),)

    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    assigned_on: Mapped[date]
    counts_from: Mapped[date]
    unassigned_on: Mapped[date | None]
    counts_until: Mapped[date | None]

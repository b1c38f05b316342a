"""Regions, services and exchange rates: read by everybody, changed by managers and by imports that meet new ones."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Currency, Id, Instant, Quantity


class Region(Unscoped, Base):
    """A region of the vendor's cloud, by its code."""

    unscoped_because = "reference data, the same for everybody"
    __tablename__ = "region"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class ServiceType(Unscoped, Base):
    """A service (Elastic compute) and the family it belongs to (Compute)."""

    unscoped_because = "reference data, the same for everybody"
    __tablename__ = "service_type"
    name: Mapped[str] = mapped_column(primary_key=True)
    family: Mapped[str] = mapped_column(index=True)


class Product(Unscoped, Base):
    """What is sold of a service, by its code (SKU)."""

    unscoped_because = "reference data, the same for everybody"
    __tablename__ = "product"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    service_type: Mapped[str] = mapped_column(index=True)


class ExchangeRate(Unscoped, Base):
    """What one unit of a currency is worth in another, named by source and date (FIN-MONEY-11)."""

    unscoped_because = "reference data, the same for everybody"
    __tablename__ = "exchange_rate"
    __table_args__ = (UniqueConstraint("source", "on", "currency", "base"),)
    id: Mapped[Id]
    source: Mapped[str]
    on: Mapped[date]
    currency: Mapped[Currency]
    base: Mapped[Currency]
    value: Mapped[Quantity]
    entered_at: Mapped[Instant]

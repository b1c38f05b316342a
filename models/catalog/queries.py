"""What pages and other areas read of the reference data; the same for everybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from models.catalog.tables import ExchangeRate, Product, Region, ServiceType
from models.core.history import HistoryEntry
from models.core.money import Rate
from models.core.types import USD
from models.core.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service type and its family."""

    name: str
    family: str


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region of the vendor's cloud."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What is sold of a service."""

    code: str
    name: str
    service_type: str


def services(uow: UnitOfWork) -> list[ServiceRow]:
    """Every service type, by family and name."""
    stmt = select(ServiceType.name, ServiceType.family).order_by(ServiceType.family, ServiceType.name)
    return [ServiceRow(*row) for row in uow.session.execute(stmt)]


def regions(uow: UnitOfWork) -> list[RegionRow]:
    """Every region, by name."""
    return [RegionRow(*row) for row in uow.session.execute(select(Region.code, Region.name).order_by(Region.name))]


def products(uow: UnitOfWork, *, service_type: str | None = None) -> list[ProductRow]:
    """The products of a service type, or all, by name."""
    stmt = select(Product.code, Product.name, Product.service_type).order_by(Product.name, Product.code)
    if service_type is not None:
        stmt = stmt.where(Product.service_type == service_type)
    return [ProductRow(*row) for row in uow.session.execute(stmt)]


def entered_by(uow: UnitOfWork, rate_ids: Collection[UUID]) -> dict[UUID, str]:
    """Who entered some rates, or corrected them last; of rates that came with the installation nobody is known."""
    entry = HistoryEntry
    stmt = select(entry.subject_id, entry.actor_name).where(
        entry.subject == ExchangeRate.__tablename__, entry.subject_id.in_(list(rate_ids))
    )
    return {key: name for key, name in uow.session.execute(stmt.order_by(entry.at, entry.id)) if key is not None}


def newest_rates(uow: UnitOfWork) -> list[tuple[str, date, str, str, Decimal]]:
    """The rates in force: of each currency, base and source the newest that has begun, as (source, date, currency,
    base, value)."""
    rate, later = ExchangeRate, aliased(ExchangeRate)
    same = (later.currency == rate.currency, later.base == rate.base, later.source == rate.source)
    newest = select(func.max(later.on)).where(*same, later.on <= uow.today).correlate(rate).scalar_subquery()
    stmt = select(rate.source, rate.on, rate.currency, rate.base, rate.value).where(rate.on == newest)
    return [tuple(row) for row in uow.session.execute(stmt.order_by(rate.source, rate.currency, rate.base))]


def rates(uow: UnitOfWork, on: date | None = None, *, base: str = USD, source: str | None = None) -> dict[str, Rate]:
    """The latest rate into `base` on or before a business date (today by default) of each currency (FIN-MONEY-11).

    Of two sources with the same date the first by name counts, unless one is asked for. A currency without any rate
    is missing from the answer: it is shown on its own, never guessed.
    """
    rate = ExchangeRate
    newest = (
        select(rate.currency, func.max(rate.on).label("on"))
        .where(rate.base == base, rate.on <= (on or uow.today))
        .group_by(rate.currency)
    )
    if source is not None:
        newest = newest.where(rate.source == source)
    latest = newest.subquery()
    stmt = (
        select(rate.currency, rate.base, rate.value, rate.on, rate.source)
        .join(latest, (latest.c.currency == rate.currency) & (latest.c.on == rate.on))
        .where(rate.base == base)
        .order_by(rate.currency, rate.source.desc())
    )
    if source is not None:
        stmt = stmt.where(rate.source == source)
    return {row.currency: Rate(*row) for row in uow.session.execute(stmt)}

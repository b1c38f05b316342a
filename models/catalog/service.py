"""Managers change reference data: exchange rates. An import that meets new services and regions adds them itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from models.catalog import rules
from models.catalog.tables import ExchangeRate, Product, Region, ServiceType
from models.core.errors import Refused
from models.core.unit_of_work import UnitOfWork

MANAGE = "catalog.manage"


def enter_rate(uow: UnitOfWork, *, source: str, on: date, currency: str, base: str, value: Decimal) -> None:
    """Say what one unit of a currency was worth on a business date; the same source and date again corrects it.

    The same value again changes nothing, and the history does not speak of it.

    Raises:
        NotAllowed: the actor may not change reference data.
        Refused: everything wrong with the rate at once.
    """
    uow.actor.demand(MANAGE)
    source = source.strip()
    if problems := rules.rate_problems(
        source=source, on=on, currency=currency, base=base, value=value, today=uow.today
    ):
        raise Refused(problems)
    row = ExchangeRate
    stmt = select(row).where(row.source == source, row.on == on, row.currency == currency, row.base == base)
    rate = uow.session.scalar(stmt)
    before = rate.value if rate else None
    if before == value:
        return
    if rate is None:
        rate = ExchangeRate(source=source, on=on, currency=currency, base=base)
        uow.session.add(rate)
    rate.value, rate.entered_at = value, uow.now
    uow.session.flush()
    changes = {"source": source, "on": on.isoformat(), f"{currency}/{base}": [before and str(before), str(value)]}
    uow.record("rate.entered", "exchange_rate", rate.id, changes=changes)


def meet_services(uow: UnitOfWork, met: Iterable[tuple[str, str]]) -> int:
    """Add the service types, given as (family, name), that are not known yet; how many there were."""
    known = set(uow.session.scalars(select(ServiceType.name)))
    new = {name: family for family, name in met if name and name not in known}
    uow.session.add_all(ServiceType(name=name, family=family) for name, family in new.items())
    return len(new)


def meet_regions(uow: UnitOfWork, met: Iterable[tuple[str, str]]) -> int:
    """Add the regions, given as (code, name), that are not known yet; how many there were."""
    known = set(uow.session.scalars(select(Region.code)))
    new = {code: name for code, name in met if code and code not in known}
    uow.session.add_all(Region(code=code, name=name or code) for code, name in new.items())
    return len(new)


def meet_products(uow: UnitOfWork, met: Iterable[tuple[str, str, str]]) -> int:
    """Add the products, given as (code, name, service type), that are not known yet; how many there were."""
    known = set(uow.session.scalars(select(Product.code)))
    new = {code: (name, service) for code, name, service in met if code and code not in known}
    uow.session.add_all(Product(code=c, name=name or c, service_type=service) for c, (name, service) in new.items())
    return len(new)

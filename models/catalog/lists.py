"""The lists of the catalogue: exchange rates with their validity, services, products and regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from models.catalog import queries
from models.catalog.tables import ExchangeRate, Product, Region, ServiceType
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Behind, Field, Fill, Filled, Filter, ListSource, load_list, register
from models.engines.lists.sources import Chosen

HERE = Path(__file__).parent / "definitions"
R, S, P, G = ExchangeRate, ServiceType, Product, Region
LATER = aliased(ExchangeRate)

# ---- rates ----

_SAME = (LATER.currency == R.currency, LATER.base == R.base, LATER.source == R.source, LATER.on > R.on)
NEXT = select(func.min(LATER.on)).where(*_SAME).correlate(R).scalar_subquery()
"""The day from which the next rate of the same source counts."""


def _distinct(column: Any) -> Any:
    def options(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
        return {value: value for value in uow.session.scalars(select(column).distinct().order_by(column))}

    return options


def _counted(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _in_force(uow: UnitOfWork) -> ColumnElement[bool]:
    """Whether amounts are converted at a rate today: it has begun, and none of the same source came after it."""
    newest = select(func.max(LATER.on)).where(*_SAME[:3], LATER.on <= uow.today).correlate(R).scalar_subquery()
    return R.on == newest


def _more(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    """Until when each counts, and who entered it last."""
    who = queries.entered_by(uow, keys)
    until = dict(uow.session.execute(select(R.id, NEXT).where(R.id.in_(list(keys)))).tuples().all())
    return Filled({
        key: {"by": who.get(key), "until": until[key] - timedelta(days=1) if until.get(key) else None} for key in keys
    })  # fmt: skip


def _rates(uow: UnitOfWork | None) -> Behind:
    force: Any = case((_in_force(uow), 1), else_=0) == 1 if uow else R.on
    return Behind(
        {
            "currency": Field(R.currency), "value": Field(R.value, words=_counted), "base": Field(R.base),
            "day": Field(R.on), "source": Field(R.source), "entered": Field(R.entered_at),
        },
        {
            "currency": Filter(R.currency, options=_distinct(R.currency)),
            "source": Filter(R.source, options=_distinct(R.source)), "day": Filter(R.on), "newest": Filter(force),
        },
        (Fill(("until", "by"), _more),),
    )  # fmt: skip


_NAMES = _rates(None)
register(
    ListSource(
        load_list(HERE / "rates.list.yaml"), R.id, lambda uow, stmt: stmt, _NAMES.fields, filters=_NAMES.filters,
        fills=_NAMES.fills, search=(R.currency, R.source), hangs_on=lambda uow, chosen: _rates(uow),
    )
)  # fmt: skip

# ---- what imports met ----


def _products_counted(uow: UnitOfWork, keys: Sequence[Any]) -> Filled:
    stmt = select(P.service_type, func.count()).where(P.service_type.in_(list(keys))).group_by(P.service_type)
    return Filled({key: {"products": number} for key, number in uow.session.execute(stmt)})


register(
    ListSource(
        load_list(HERE / "services.list.yaml"), S.name, lambda uow, stmt: stmt,
        {"name": Field(S.name), "family": Field(S.family)},
        filters={"family": Filter(S.family, options=_distinct(S.family))}, search=(S.name, S.family),
        fills=(Fill(("products",), _products_counted),),
    )
)  # fmt: skip
register(
    ListSource(
        load_list(HERE / "products.list.yaml"), P.code, lambda uow, stmt: stmt,
        {"name": Field(P.name), "service": Field(P.service_type), "code": Field(P.code)},
        filters={"service": Filter(P.service_type, options=_distinct(P.service_type))},
        search=(P.name, P.code, P.service_type),
    )
)  # fmt: skip
register(
    ListSource(
        load_list(HERE / "regions.list.yaml"), G.code, lambda uow, stmt: stmt,
        {"name": Field(G.name), "code": Field(G.code)}, search=(G.name, G.code),
    )
)  # fmt: skip

"""The list of quotas: a partner a row, with how its pool of the benefit that is looked at stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, literal, select, true, type_coerce

from models.benefits import queries, rules, service
from models.benefits.tables import TierQuota
from models.core.errors import NotFound, Problem, Refused
from models.core.types import USD, AmountType
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import ApplicationType
from models.engines.ledger import queries as ledger
from models.engines.lists import (
    Action,
    Behind,
    Field,
    Fill,
    Filled,
    Filter,
    Given,
    ListSource,
    Preview,
    load_list,
    register,
)
from models.engines.lists.sources import ONCE, Chosen
from models.partners import queries as partners
from models.partners.rules import Tier

P = partners.partner_columns()
NOTHING = literal(Decimal(0), AmountType())
TIERS = {tier.value: tier.words for tier in Tier}


def _benefits(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {made.key: made.name for made in queries.pooled_types(uow)}


def looked_at(uow: UnitOfWork, chosen: Chosen) -> ApplicationType | None:
    """The benefit whose quotas are listed: the one that is filtered by, else the first; None: no type has quotas."""
    kinds = queries.pooled_types(uow)
    wanted = next(iter(chosen.get("benefit", ())), "")
    return next((made for made in kinds if made.key == wanted), kinds[0] if kinds else None)


def _behind(uow: UnitOfWork, chosen: Chosen) -> Behind:
    """What hangs on the benefit that is looked at: its pool, what its tiers bring, when it is nearly used up."""
    made = looked_at(uow, chosen)
    return _standing(made.key, made.currency, made.parameters) if made else _standing("", USD, {})


def _standing(pool: str, currency: str, parameters: Mapping[str, Any]) -> Behind:
    """Expressions of a pool; a quota that a tier brings and nobody has needed yet counts already."""
    found = ledger.balance_columns(P.id, pool, currency)
    brings = case(
        *((P.tier == tier, literal(service.quota_of_tier(parameters, tier), AmountType())) for tier in Tier),
        else_=NOTHING,
    )
    own = (TierQuota.partner_id == P.id) & (TierQuota.pool == pool)
    brought = func.coalesce(select(TierQuota.granted).where(own).correlate(P.entity).scalar_subquery(), NOTHING)
    coming = case((brings > brought, brings - brought), else_=NOTHING)
    granted, left = type_coerce(found.granted + coming, AmountType()), type_coerce(found.left + coming, AmountType())
    percent = int(Decimal(str(parameters.get("low_quota_percent", 0))))
    whole = type_coerce(granted, ledger.Whole) / 100 * percent  # divided first: no overflow, and a cent more or less
    low = (granted > NOTHING) & (type_coerce(left, ledger.Whole) < whole)
    return Behind(
        {
            "partner": Field(P.name), "tier": Field(P.tier, words=lambda tier: str(tier.words)),
            "granted": Field(granted), "used": Field(found.used), "reserved": Field(found.reserved),
            "left": Field(left), "currency": Field(literal(currency)), "low": Field(case((low, 1), else_=0)),
            "number": Field(P.number), "region": Field(P.region),
        },
        {
            "benefit": Filter(condition=lambda values: true(), options=_benefits, parse=_benefit),
            "tier": Filter(P.tier, options=lambda uow, chosen: TIERS, parse=Tier),
            "region": Filter(P.region, options=_regions, words=lambda uow, values: {}),
            "left": Filter(left), "reserved": Filter(found.reserved), "low": Filter(low),
        },
        (Fill(("share",), _shares(pool)),),
    )  # fmt: skip


def _benefit(value: str) -> str:
    if not value.isidentifier():
        raise ValueError(value)
    return value


def _regions(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {region: region for region in partners.regions(uow)}


def _shares(pool: str) -> Any:
    def read(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
        rows = queries.pools_of(uow, pool, list(keys)) if pool else []
        return Filled({row.partner_id: {"share": row.left / row.granted if row.granted else None} for row in rows})

    return read


# ---- raising several ----


def _to_choose(uow: UnitOfWork, keys: Sequence[UUID]) -> Mapping[str, Mapping[str, str]]:
    return {"benefit": _benefits(uow, {})}


def amount_given(given: Given) -> Decimal:
    """The amount that was typed.

    Raises:
        Refused: it is none that a quota can be raised by.
    """
    try:
        amount = Decimal(given["amount"])
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise Refused(Problem("QUOTA-AMOUNT", "Write an amount such as 5000.00.", "amount"))
    if problems := rules.change_problems(amount, given["reason"], most=service.MOST):
        raise Refused(problems)
    return amount


def _made(uow: UnitOfWork, given: Given) -> ApplicationType:
    made = next((each for each in queries.pooled_types(uow) if each.key == given["benefit"]), None)
    if made is None:
        raise NotFound("There is no such benefit any more.")
    return made


def _would_raise(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    """Every partner of the list can have more; what it comes to in all."""
    amount, made = amount_given(given), _made(uow, given)
    return Preview(tuple(keys), amounts={made.currency: amount * len(keys)} if keys else {})


def _raise(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> None:
    amount, made = amount_given(given), _made(uow, given)
    for key in keys:
        once = f"{given[ONCE]}:{key}"
        service.raise_quota(uow, made, key, amount, reason=given["reason"], key=once)


_NAMES = _standing("", USD, {})
register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "quotas.list.yaml"), P.id, lambda uow, stmt: stmt,
        _NAMES.fields, filters=_NAMES.filters, fills=_NAMES.fills, hangs_on=_behind,
        search=(P.name, P.account_name, P.number, P.city),
        actions={"raise": Action(_would_raise, _raise, _to_choose)},
    )
)  # fmt: skip

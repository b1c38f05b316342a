"""Pools of benefits and what hangs on a partner, within the actor's scope and permissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from models.applications.types import application_types
from models.benefits import rules
from models.benefits.rules import Gates
from models.benefits.service import QUOTA_KINDS, quota_of_tier
from models.benefits.tables import TierQuota
from models.core.errors import NotFound
from models.core.paging import FIRST_PAGE, Page, PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions import ApplicationType
from models.engines.ledger import queries as ledger
from models.engines.ledger.rules import EMPTY, Pool, TransferKind
from models.partners import queries as partners
from models.partners.rules import Tier


@dataclass(frozen=True, slots=True)
class PoolRow:
    """How a partner's pool stands: granted = used + reserved + left. Amounts in `currency`, tax included.

    `low` says that hardly anything is left (parameter `low_quota_percent`); `icon` is the type's.
    """

    partner_id: UUID
    partner: str
    pool: str
    name: str
    currency: str
    tier: Tier
    granted: Decimal
    used: Decimal
    reserved: Decimal
    left: Decimal
    low: bool
    icon: str


@dataclass(frozen=True, slots=True)
class QuotaChange:
    """What changed a pool's quota: by how much (negative: lowered), why, who."""

    at: datetime
    amount: Decimal
    reason: str
    by: str


def pooled_types(uow: UnitOfWork) -> list[ApplicationType]:
    """Kinds of application that are paid out of a quota, by key."""
    return [made for _, made in sorted(application_types(uow).items()) if "quotas" in made.parameters]


def pools(uow: UnitOfWork, partner_id: UUID) -> list[PoolRow]:
    """Every pool of a partner.

    Raises:
        NotAllowed: no role of the actor shows benefits.
    """
    uow.actor.demand("benefits.view")
    return [row for made in pooled_types(uow) for row in _rows(uow, made, [partner_id])]


def pools_of(uow: UnitOfWork, pool: str, partner_ids: list[UUID]) -> list[PoolRow]:
    """One pool of some partners among those the actor may see.

    Raises:
        NotAllowed: no role of the actor manages quotas.
        NotFound: there is no such pool.
    """
    uow.actor.demand("quota.manage")
    return _rows(uow, _pooled(uow, pool), partner_ids)


def _pooled(uow: UnitOfWork, pool: str) -> ApplicationType:
    found = next((each for each in pooled_types(uow) if each.key == pool), None)
    if found is None:
        raise NotFound("There is no such pool.")
    return found


def _rows(uow: UnitOfWork, made: ApplicationType, partner_ids: list[UUID]) -> list[PoolRow]:
    """A quota that a tier brings and nobody has needed yet counts already."""
    stmt = select(TierQuota.partner_id, TierQuota.granted).where(
        TierQuota.pool == made.key, TierQuota.partner_id.in_(partner_ids)
    )
    brought = dict(uow.session.execute(stmt).tuples().all())
    balances = ledger.balances(uow, made.key, partner_ids, made.currency)
    rows, low = [], Decimal(str(made.parameters.get("low_quota_percent", 0)))
    for key, standing in partners.standings(uow, partner_ids).items():
        balance = balances.get(key, EMPTY)
        coming = max(quota_of_tier(made.parameters, standing.tier) - brought.get(key, Decimal(0)), Decimal(0))
        granted, left = balance.granted + coming, balance.left + coming
        rows.append(
            PoolRow(
                key, standing.name, made.key, made.name, made.currency, standing.tier, granted, balance.used,
                balance.reserved, left, low=rules.is_low(left, granted, percent=low), icon=made.icon,
            )
        )  # fmt: skip
    return rows


def left_of(uow: UnitOfWork, made: ApplicationType, partner_id: UUID) -> Decimal:
    """What a partner can still ask for out of a type's pool; for checks, which have been permitted before."""
    return sum((row.left for row in _rows(uow, made, [partner_id])), Decimal(0))


def quota_history(uow: UnitOfWork, pool: str, partner_id: UUID, page: PageRequest = FIRST_PAGE) -> Page[QuotaChange]:
    """What brought, raised and lowered a partner's quota, newest first.

    Raises:
        NotAllowed: no role of the actor shows benefits.
        NotFound: there is no such pool.
    """
    uow.actor.demand("benefits.view")
    made = _pooled(uow, pool)
    found = ledger.statement(uow, pool=Pool(partner_id, pool, made.currency), kinds=QUOTA_KINDS, page=page)
    return Page(
        tuple(
            QuotaChange(
                row.at, -row.amount if row.kind is TransferKind.CORRECT else row.amount, row.reason, row.actor_name
            )
            for row in found.rows
        ),
        found.next,
        found.previous,
    )


def gates(uow: UnitOfWork, partner_id: UUID) -> Gates:
    """What payments to a partner hang on, as managers have set it (BEN-VND-30)."""
    standing = partners.standing(uow, partner_id)
    return Gates(standing.business_authenticated, standing.growth_plan, standing.bills_paid)

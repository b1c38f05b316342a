"""Quotas: filled by a partner's tier, raised and lowered by a manager with a reason (BEN-VND-14)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from models.benefits import rules
from models.benefits.tables import TierQuota
from models.core.database import insert_once
from models.core.errors import NotFound, Problem, Refused
from models.core.money import money_text
from models.core.unit_of_work import UnitOfWork, as_system
from models.engines.definitions import ApplicationType
from models.engines.ledger import queries as ledger_queries
from models.engines.ledger import service as ledger
from models.engines.ledger.rules import Pool, TransferKind
from models.partners import queries as partners
from models.partners.rules import Tier

MOST = Decimal("100000000")
"""More than this is a slip of the keyboard, not a quota."""


def quota_of_tier(parameters: Mapping[str, Any], tier: Tier) -> Decimal:
    """What a tier brings (parameter `quotas`), in the type's currency; nothing for a tier that is not named."""
    return Decimal(str(parameters.get("quotas", {}).get(tier.value, 0)))


def fill(uow: UnitOfWork, made: ApplicationType, partner_id: UUID) -> None:
    """Grant what the partner's tier brings beyond what its tiers have brought so far. Repeated, it changes nothing."""
    tier = partners.standing(uow, partner_id).tier
    wanted = quota_of_tier(made.parameters, tier)
    own = (TierQuota.partner_id == partner_id) & (TierQuota.pool == made.key)
    brought = select(TierQuota.granted).where(own)
    if wanted <= (uow.session.scalar(brought) or Decimal(0)):
        return
    with as_system(uow) as system:
        values = {"tier": tier.value, "granted": Decimal(0), "at": system.now}
        row = {"partner_id": partner_id, "pool": made.key, **values}
        insert_once(system.session, TierQuota, row, unique=("partner_id", "pool"))
        # Only now, behind the row's lock, is it certain what two people at once find.
        before = system.session.scalars(brought.with_for_update()).one()
        if wanted <= before:
            return
        system.session.connection().execute(update(TierQuota).where(own).values(values | {"granted": wanted}))
        reason = f"Quota of the tier {tier.value}"
        key = f"quota:{made.key}:{partner_id}:{wanted}"
        ledger.grant(system, _pool(made, partner_id), wanted - before, reason=reason, key=key)


def raise_quota(
    uow: UnitOfWork, made: ApplicationType, partner_id: UUID, amount: Decimal, *, reason: str, key: str
) -> None:
    """Give a partner more of a pool, for good, with a reason that stays in the pool's history (BEN-VND-14).

    The same key counts once.

    Raises:
        NotAllowed: no role of the actor raises quotas.
        NotFound: no such partner among those the actor may see.
        Refused: no reason, or no sensible amount.
    """
    _demand(uow, partner_id, amount, reason)
    if ledger_queries.knows(uow, f"raise:{key}"):
        return
    fill(uow, made, partner_id)
    ledger.grant(uow, _pool(made, partner_id), amount, reason=reason.strip(), key=f"raise:{key}")
    _record(uow, "quota.raised", made, partner_id, amount, reason)


def lower_quota(
    uow: UnitOfWork, made: ApplicationType, partner_id: UUID, amount: Decimal, *, reason: str, key: str
) -> None:
    """Take back a part of a pool that is neither used nor reserved, with a reason. The same key counts once.

    Raises:
        NotAllowed: no role of the actor lowers quotas.
        NotFound: no such partner among those the actor may see.
        Refused: no reason, or more than is left.
    """
    _demand(uow, partner_id, amount, reason)
    if ledger_queries.knows(uow, f"lower:{key}:0"):
        return
    fill(uow, made, partner_id)
    left = ledger_queries.balance(uow, _pool(made, partner_id)).left
    if amount > left:
        text = f"{money_text(left)} {made.currency} is neither used nor reserved. Lower the quota by at most that."
        raise Refused(Problem("QUOTA-LEFT", text, "amount"))
    open_ = amount
    for number, (transfer, rest) in enumerate(ledger_queries.correctable(uow, _pool(made, partner_id))):
        part = min(open_, rest)
        ledger.correct(uow, transfer, part, reason=reason.strip(), key=f"lower:{key}:{number}")
        open_ -= part
        if not open_:
            break
    _record(uow, "quota.lowered", made, partner_id, amount, reason)


def _demand(uow: UnitOfWork, partner_id: UUID, amount: Decimal, reason: str) -> None:
    uow.actor.demand("quota.manage")
    if not partners.partner_name(uow, partner_id):
        raise NotFound("There is no such partner among those you may see.")
    if problems := rules.change_problems(amount, reason, most=MOST):
        raise Refused(problems)


def _record(
    uow: UnitOfWork, action: str, made: ApplicationType, partner_id: UUID, amount: Decimal, reason: str
) -> None:
    changes = {
        "pool": made.key, "name": made.short, "amount": str(amount), "currency": made.currency,
        "reason": reason.strip(),
    }  # fmt: skip
    uow.record(action, "partner", partner_id, partner_id=partner_id, changes=changes)


def _pool(made: ApplicationType, partner_id: UUID) -> Pool:
    return Pool(partner_id, made.key, made.currency)


QUOTA_KINDS = (TransferKind.GRANT, TransferKind.CORRECT)
"""Transfers that change what a pool was granted."""

"""What is read about coupons, within the actor's scope; and what holds for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy import literal, select
from sqlalchemy.orm import aliased

from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.coupons.rules import CouponKind, CouponStatus
from models.coupons.tables import Coupon
from models.engines.cases.tables import Case
from models.engines.ledger import queries as ledger
from models.engines.ledger.queries import TransferRow
from models.engines.ledger.rules import Pool, TransferKind
from models.partners import queries as partners

VIEW = "money.view"
SHOWN = (TransferKind.GRANT, TransferKind.POST, TransferKind.CORRECT)
"""Steps of money that say something of a coupon: what it was given, what bills took, what went back."""
POOL = "coupon:"
"""What the pools of coupons begin with."""


class CouponTerms(BaseModel):
    """What holds for every coupon; a manager's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    most: Decimal
    valid_for: str
    remind_days: int


@cache
def terms() -> CouponTerms:
    """The terms of this version of the application."""
    path = Path(__file__).parent / "definitions" / "coupons.yaml"
    return CouponTerms.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def pool_of(coupon: Coupon) -> Pool:
    """Where the money of a coupon stands in the ledger."""
    return Pool(coupon.partner_id, f"{POOL}{coupon.number}", coupon.currency)


def balance_columns() -> ledger.BalanceColumns:
    """How coupons stand, as expressions for a select over them."""
    return ledger.balance_columns(Coupon.partner_id, literal(POOL) + Coupon.number, Coupon.currency)


@dataclass(frozen=True, slots=True)
class CouponDetail:
    """A coupon with everything its page shows; amounts in `currency`, days in GMT+08:00."""

    id: UUID
    number: str
    name: str
    kind: CouponKind
    partner_id: UUID
    partner: str
    amount: Decimal
    used: Decimal
    left: Decimal
    currency: str
    valid_from: date
    valid_until: date
    status: CouponStatus
    case_id: UUID | None
    case_number: str | None
    comment: str
    issued_at: datetime
    issued_by: str
    ended_at: datetime | None
    ended_by: str
    end_comment: str


def coupon(uow: UnitOfWork, coupon_id: UUID) -> CouponDetail:
    """A coupon.

    Raises:
        NotAllowed: no role of the actor sees coupons.
        NotFound: there is no such coupon among those the actor may see.
    """
    uow.actor.demand(VIEW)
    c, case, stands = Coupon, aliased(Case), balance_columns()
    stmt = (
        select(
            c.id, c.number, c.name, c.kind, c.partner_id, partners.name_of(c.partner_id), c.amount, stands.used,
            stands.left, c.currency, c.valid_from, c.valid_until, c.status, c.case_id, case.number, c.comment,
            c.issued_at, c.issued_by_name, c.ended_at, c.ended_by_name, c.end_comment,
        )
        .outerjoin(case, case.id == c.case_id)
        .where(c.id == coupon_id)
    )  # fmt: skip
    found = uow.session.execute(stmt).first()
    if found is None:
        raise NotFound("There is no such coupon among those you may see.")
    return CouponDetail(*found)


def movements(uow: UnitOfWork, coupon_id: UUID) -> list[TransferRow]:
    """What moved the money of a coupon, newest first (FIN-COUP-07).

    Raises:
        NotAllowed: no role of the actor sees coupons.
        NotFound: there is no such coupon among those the actor may see.
    """
    uow.actor.demand(VIEW)
    row = uow.session.scalar(select(Coupon).where(Coupon.id == coupon_id))
    if row is None:
        raise NotFound("There is no such coupon among those you may see.")
    return list(ledger.statement(uow, pool=pool_of(row), kinds=SHOWN).rows)


def over(uow: UnitOfWork, day: date) -> list[UUID]:
    """Available coupons whose last day was before `day`, the oldest first."""
    stmt = select(Coupon.id).where(Coupon.status == CouponStatus.AVAILABLE, Coupon.valid_until < day)
    return list(uow.session.scalars(stmt.order_by(Coupon.valid_until, Coupon.id)))


def to_remind(uow: UnitOfWork, day: date) -> list[UUID]:
    """Available coupons whose partner is to be told by `day` that they end soon."""
    own = Coupon.status == CouponStatus.AVAILABLE, Coupon.remind_on <= day, Coupon.valid_until >= day
    return list(uow.session.scalars(select(Coupon.id).where(*own).order_by(Coupon.valid_until, Coupon.id)))

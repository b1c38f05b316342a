"""Whether what coupons say agrees with what the ledger holds for them; asked by `./kontor verify`."""

from __future__ import annotations

from sqlalchemy import select

from models.core.unit_of_work import UnitOfWork
from models.coupons import queries
from models.coupons.rules import CouponStatus
from models.coupons.tables import Coupon


def faults(uow: UnitOfWork) -> list[tuple[str, str]]:
    """What does not hold, by the coupon's number; empty when all is sound. For the system alone, over all rows."""
    stands = queries.balance_columns()
    stmt = select(Coupon.number, Coupon.status, Coupon.amount, stands.used, stands.left, stands.reserved)
    found = []
    for number, status, amount, used, left, reserved in uow.session.execute(stmt.order_by(Coupon.number)):
        whole = {CouponStatus.AVAILABLE: used + left, CouponStatus.USED_UP: used}.get(status, amount)
        held = left if status is not CouponStatus.AVAILABLE else reserved
        if whole != amount or held or (status is CouponStatus.AVAILABLE and not left):
            found.append((number, f"{status.words.lower()}, with {used} used and {left} left of {amount}"))
    return found

"""What a partner is told about its coupons: whoever may see them, once each. In the system's name."""

from __future__ import annotations

from decimal import Decimal

from models.core.money import money_text
from models.core.unit_of_work import UnitOfWork
from models.coupons.queries import VIEW
from models.coupons.tables import Coupon
from models.identity import queries as identity
from models.notices import service as notices
from models.reference import wording


def issued(uow: UnitOfWork, coupon: Coupon) -> None:
    """It is there, and until when it can be used."""
    _tell(uow, coupon, "coupon_issued", coupon.amount, "green")


def ends_soon(uow: UnitOfWork, coupon: Coupon, left: Decimal) -> None:
    """What is left of it, and when it ends."""
    _tell(uow, coupon, "coupon_ends_soon", left, "orange")


def cancelled(uow: UnitOfWork, coupon: Coupon) -> None:
    """It was taken back, and why."""
    _tell(uow, coupon, "coupon_cancelled", coupon.amount, "red")


def _tell(uow: UnitOfWork, coupon: Coupon, message: str, amount: Decimal, tone: str) -> None:
    day = coupon.valid_until
    facts = {
        "coupon": f"{coupon.number} {coupon.name}", "amount": f"{money_text(amount)} {coupon.currency}",
        "until": f"{day:%b} {day.day}, {day.year} (GMT+08:00)", "comment": coupon.end_comment or coupon.comment,
    }  # fmt: skip
    title, text = wording.told(uow, message, facts)
    for person in identity.with_permission(uow, coupon.partner_id, VIEW):
        notices.tell(
            uow, person, key=f"{coupon.number}:{message}", title=title, text=text, tone=tone,
            icon="confirmation_number", link=f"/coupons?coupon={coupon.id}",
        )  # fmt: skip

"""A coupon that says something else than the ledger is found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from models.core.unit_of_work import UnitOfWork
from models.coupons import service
from models.coupons.integrity import faults
from models.coupons.rules import CouponStatus
from models.coupons.tables import Coupon
from tests.support.coupons import Counter, new_coupon


@pytest.fixture
def three(counter: Counter) -> Counter:
    """One that is partly used, one that is used up, one that was cancelled."""
    with counter.as_(counter.kofi) as uow:
        keys = [service.issue_by_hand(uow, counter.partner.id, new_coupon(), key=f"k{place}") for place in range(3)]
        for key, amount in zip(keys, ("100.00", "3000.00", "250.00"), strict=True):
            service.record_use(uow, key, Decimal(amount), reference="BILL-1", key="u")
        service.cancel(uow, keys[2], comment="Issued twice.")
    return counter


def test_what_is_sound_has_no_faults(three: Counter, uow: UnitOfWork) -> None:
    assert faults(uow) == []


@pytest.mark.parametrize(
    ("number", "changed"),
    [
        (1, {"amount": Decimal("2999.99")}), (1, {"status": CouponStatus.EXPIRED}),
        (1, {"status": CouponStatus.USED_UP}),
        (2, {"status": CouponStatus.AVAILABLE}), (2, {"amount": Decimal("3000.01")}),
        (3, {"status": CouponStatus.AVAILABLE}),
    ],
)  # fmt: skip
def test_what_was_changed_behind_it_is_named(
    three: Counter, uow: UnitOfWork, number: int, changed: dict[str, Any]
) -> None:
    own = Coupon.number == f"CP-2026-0000{number}"
    uow.session.connection().execute(update(Coupon).where(own).values(changed))
    assert [name for name, _ in faults(uow)] == [f"CP-2026-0000{number}"]

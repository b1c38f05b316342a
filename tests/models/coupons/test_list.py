"""The list of coupons: a partner's own, everybody's for the vendor, searched, filtered, summed, cancelled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from models.core.errors import NotAllowed
from models.core.paging import FIRST_PAGE
from models.core.unit_of_work import UnitOfWork
from models.coupons import service
from models.coupons.rules import CouponStatus
from models.engines.lists.asking import Asked
from models.lists import acting, queries
from tests.support.build import Build
from tests.support.coupons import Counter, new_coupon


@pytest.fixture
def keys(counter: Counter, build: Build) -> dict[str, UUID]:
    """One that a case issued, one that ends this week, one that is over, and one of another partner."""
    counter.publish()
    counter.approve(counter.applied())
    other = build.partner("Polder Partners")
    with counter.as_(counter.kofi) as uow:
        soon = new_coupon(name="Fair", valid_until=date(2026, 6, 7), amount=Decimal("400.00"))
        made = {
            "soon": service.issue_by_hand(uow, counter.partner.id, soon, key="soon"),
            "over": service.issue_by_hand(uow, counter.partner.id, new_coupon(), key="over"),
            "other": service.issue_by_hand(uow, other.id, new_coupon(currency="EUR"), key="other"),
        }
        service.cancel(uow, made["over"], comment="Issued twice.")
    return made


def found(uow: UnitOfWork, search: str = "", **filters: str) -> list[str]:
    opened = queries.open_list(uow, "coupons")
    asked = Asked({name: (value,) for name, value in filters.items()}, search=search)
    answer = queries.read(uow, opened, asked, FIRST_PAGE, ["number"])
    return sorted(row.values["number"] for row in answer.page.rows)


@pytest.mark.meets("FIN-COUP-08")
def test_a_partner_sees_its_own_and_the_vendor_all(counter: Counter, keys: dict[str, UUID]) -> None:
    own = ["CP-2026-00001", "CP-2026-00002", "CP-2026-00003"]
    with counter.as_(counter.liis) as uow:
        assert found(uow) == own
        assert found(uow, status="available") == ["CP-2026-00001", "CP-2026-00002"]
        assert found(uow, status="cancelled") == ["CP-2026-00003"]
        assert found(uow, source="case") == found(uow, "TC-2026-0001") == ["CP-2026-00001"]
        assert found(uow, soon="yes") == found(uow, "fair") == ["CP-2026-00002"]
        assert found(uow, left="500..") == ["CP-2026-00001"]
    with counter.as_(counter.kofi) as uow:
        assert found(uow) == [*own, "CP-2026-00004"]
        assert found(uow, "polder") == ["CP-2026-00004"]
        opened = queries.open_list(uow, "coupons")
        sums = queries.sum_by(uow, opened, Asked(), "status", "left")
    assert sums == {
        (CouponStatus.AVAILABLE, "USD"): Decimal("2900.00"), (CouponStatus.AVAILABLE, "EUR"): Decimal("3000.00"),
        (CouponStatus.CANCELLED, "USD"): Decimal(0),
    }  # fmt: skip
    with counter.as_(counter.anton) as uow, pytest.raises(NotAllowed):
        queries.open_list(uow, "coupons")


def test_several_are_cancelled_with_one_reason(counter: Counter, keys: dict[str, UUID]) -> None:
    with counter.as_(counter.kofi) as uow:
        shown = acting.preview(uow, "coupons", "cancel", list(keys.values()), {"comment": "The program is over."})
        assert (set(shown.able), shown.refused) == ({keys["soon"], keys["other"]}, {"It is over already": 1})
        assert shown.amounts == {"USD": Decimal("400.00"), "EUR": Decimal("3000.00")}
        assert acting.run(uow, "coupons", "cancel", shown, {"comment": "The program is over."}) == 2
        assert found(uow, status="available") == ["CP-2026-00001"]
    with counter.as_(counter.liis) as uow, pytest.raises(NotAllowed):
        acting.preview(uow, "coupons", "cancel", [keys["soon"]], {"comment": "No."})

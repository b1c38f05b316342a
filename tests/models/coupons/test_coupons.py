"""Coupons issued by hand, used, cancelled and over: money moves once, and only as far as it goes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from models.core.errors import DomainError, NotAllowed, NotFound, Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.coupons import queries, service
from models.coupons.queries import CouponDetail
from models.coupons.rules import CouponStatus
from models.coupons.tables import Coupon
from models.engines.ledger import queries as ledger
from models.engines.ledger.rules import TransferKind
from models.identity.roles import role_book
from models.notices.queries import waiting
from tests.support.build import Build
from tests.support.coupons import Counter, new_coupon

HUNDRED = Decimal("100.00")


def issued(counter: Counter, key: str = "k1", **given: Any) -> UUID:
    with counter.as_(counter.kofi) as uow:
        return service.issue_by_hand(uow, counter.partner.id, new_coupon(**given), key=key)


def seen(counter: Counter, coupon_id: UUID) -> CouponDetail:
    with counter.as_(counter.liis) as uow:
        return queries.coupon(uow, coupon_id)


def _all(uow: UnitOfWork) -> list[Coupon]:
    return list(uow.session.scalars(select(Coupon).order_by(Coupon.number)))


def stands(found: CouponDetail) -> tuple[CouponStatus, Decimal, Decimal]:
    return found.status, found.used, found.left


def test_a_manager_issues_one_and_the_partner_sees_it(counter: Counter, uow: UnitOfWork) -> None:
    found = seen(counter, issued(counter))
    assert stands(found) == (CouponStatus.AVAILABLE, Decimal(0), Decimal("3000.00"))
    assert (found.number, found.case_number, found.issued_by) == ("CP-2026-00001", None, "Kofi Mensah")
    assert (found.valid_from, found.valid_until) == (date(2026, 6, 1), date(2026, 8, 31))
    assert ledger.faults(uow) == []


def test_whoever_sees_money_is_told_and_nobody_else(counter: Counter) -> None:
    key = issued(counter)
    with counter.as_(counter.liis) as uow:
        (told,) = waiting(uow, limit=9)
    assert (told.title, told.link) == ("You have a coupon of 3,000.00 USD", f"/coupons?coupon={key}")
    assert told.text == (
        "CP-2026-00001 Proof of concept, valid until Aug 31, 2026 (GMT+08:00). Not available online for this account."
    )
    with counter.as_(counter.anton) as uow:
        assert waiting(uow, limit=9) == ()


def test_the_same_click_gives_one_coupon(counter: Counter, uow: UnitOfWork) -> None:
    assert issued(counter) == issued(counter)
    assert issued(counter, key="k2") != issued(counter)
    with counter.as_(counter.kofi) as own:
        assert [ledger.balance(own, queries.pool_of(row)).left for row in _all(uow)] == [Decimal("3000.00")] * 2


@pytest.mark.parametrize("changed", [{"comment": " "}, {"amount": Decimal(0)}, {"name": ""}])
def test_what_is_refused_leaves_nothing(counter: Counter, uow: UnitOfWork, changed: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        issued(counter, **changed)
    assert _all(uow) == []
    issued(counter)
    assert [row.number for row in _all(uow)] == ["CP-2026-00001"]


def test_who_may_do_what(counter: Counter, build: Build) -> None:
    """Managers and finance issue, use and cancel; whoever sees money sees coupons; nobody else does either."""
    book, key = role_book(), issued(counter)
    manage = {role for role in [*book.vendor, *book.partner] if "coupons.manage" in book.of(role)}
    view = {role for role in [*book.vendor, *book.partner] if "money.view" in book.of(role)}
    assert manage == {"administrator", "ecosystem_manager", "finance"}
    assert view == manage | {"reviewer_finance", "partner_admin", "finance_specialist"}
    for role in [*book.vendor, *book.partner]:
        actor = build.actor(role, partner=counter.partner if role in book.partner else None)
        with counter.as_(actor) as uow:
            if role in view:
                assert queries.coupon(uow, key).number == "CP-2026-00001"
            else:
                for ask in (queries.coupon, queries.movements):
                    with pytest.raises(NotAllowed):
                        ask(uow, key)
            if role in manage:
                service.record_use(uow, key, Decimal("1.00"), reference="BILL-1", key=role)
                continue
            with pytest.raises(NotAllowed):
                service.issue_by_hand(uow, counter.partner.id, new_coupon(), key=role)
            with pytest.raises(NotAllowed):
                service.record_use(uow, key, Decimal("1.00"), reference="BILL-1", key=role)
            with pytest.raises(NotAllowed):
                service.cancel(uow, key, comment="No.")
    assert seen(counter, key).used == Decimal("3.00")


def test_another_partner_does_not_see_it(counter: Counter, build: Build) -> None:
    key, other = issued(counter), build.actor("partner_admin", partner=build.partner("Polder Partners"))
    with counter.as_(other) as uow:
        with pytest.raises(NotFound):
            queries.coupon(uow, key)
        with pytest.raises(NotFound):
            queries.movements(uow, key)
    with counter.as_(counter.kofi) as uow, pytest.raises(NotFound):
        service.issue_by_hand(uow, uuid4(), new_coupon(), key="x")


def test_bills_use_it_until_nothing_is_left(counter: Counter, uow: UnitOfWork) -> None:
    key = issued(counter, amount=HUNDRED)
    with counter.as_(counter.kofi) as own:
        service.record_use(own, key, Decimal("60.00"), reference="BILL-2026-06", key="u1")
        service.record_use(own, key, Decimal("60.00"), reference="BILL-2026-06", key="u1")
        assert stands(seen(counter, key)) == (CouponStatus.AVAILABLE, Decimal("60.00"), Decimal("40.00"))
        with pytest.raises(Refused, match=r"40\.00 USD is left"):
            service.record_use(own, key, Decimal("40.01"), reference="BILL-2026-07", key="u2")
        service.record_use(own, key, Decimal("40.00"), reference="BILL-2026-07", key="u3")
        with pytest.raises(WrongState, match="used up already"):
            service.record_use(own, key, Decimal("0.01"), reference="BILL-2026-07", key="u4")
        moved = [(each.kind, each.amount, each.reason) for each in queries.movements(own, key)]
    assert stands(seen(counter, key)) == (CouponStatus.USED_UP, HUNDRED, Decimal(0))
    assert moved == [
        (TransferKind.POST, Decimal("40.00"), "BILL-2026-07"), (TransferKind.POST, Decimal("60.00"), "BILL-2026-06"),
        (TransferKind.GRANT, HUNDRED, "Coupon CP-2026-00001"),
    ]  # fmt: skip
    assert ledger.faults(uow) == []


@pytest.mark.parametrize(
    ("amount", "bill", "on", "code"),
    [
        ("10.00", " ", None, "COUPON-BILL"), ("0.00", "B", None, "COUPON-AMOUNT"),
        ("-1.00", "B", None, "COUPON-AMOUNT"),
        ("10.00", "B", date(2026, 9, 1), "WRONG-STATE"), ("10.00", "B", date(2026, 5, 31), "WRONG-STATE"),
    ],
)  # fmt: skip
def test_what_is_no_use(counter: Counter, amount: str, bill: str, on: date | None, code: str) -> None:
    key = issued(counter)
    with counter.as_(counter.kofi, on) as uow, pytest.raises(DomainError) as refused:
        service.record_use(uow, key, Decimal(amount), reference=bill, key="u")
    assert refused.value.problems[0].code == code
    assert seen(counter, key).used == 0


def test_what_is_left_of_a_cancelled_one_goes_back(counter: Counter, uow: UnitOfWork) -> None:
    key = issued(counter)
    with counter.as_(counter.kofi) as own:
        with pytest.raises(Refused, match="Say why"):
            service.cancel(own, key, comment="")
        service.record_use(own, key, HUNDRED, reference="BILL-2026-06", key="u1")
        service.cancel(own, key, comment="Issued twice.")
        with pytest.raises(WrongState, match="cancelled already"):
            service.cancel(own, key, comment="Again.")
        back = queries.movements(own, key)[0]
    found = seen(counter, key)
    assert stands(found) == (CouponStatus.CANCELLED, HUNDRED, Decimal(0))
    assert (found.end_comment, found.ended_by) == ("Issued twice.", "Kofi Mensah")
    assert (back.kind, back.amount) == (TransferKind.CORRECT, Decimal("2900.00"))
    with counter.as_(counter.liis) as own:
        assert "Your coupon CP-2026-00001 Proof of concept was cancelled" in [
            each.title for each in waiting(own, limit=9)
        ]
    assert ledger.faults(uow) == []


def test_it_is_over_the_day_after_its_last_once(counter: Counter, uow: UnitOfWork) -> None:
    key = issued(counter)
    last, after = date(2026, 8, 31), date(2026, 9, 1)
    assert queries.over(uow, last) == []
    assert not service.expire(uow.at(last), key, last)
    assert queries.over(uow, after) == [key]
    assert service.expire(uow.at(after), key, after)
    assert not service.expire(uow.at(after), key, after)
    assert queries.over(uow, after) == []
    assert stands(seen(counter, key)) == (CouponStatus.EXPIRED, Decimal(0), Decimal(0))
    with counter.as_(counter.kofi) as own:
        kinds = [each.kind for each in queries.movements(own, key)]
        with pytest.raises(WrongState, match="expired already"):
            service.cancel(own, key, comment="Too late.")
    assert kinds == [TransferKind.CORRECT, TransferKind.GRANT]
    assert ledger.faults(uow) == []


def test_the_partner_is_reminded_once(counter: Counter, uow: UnitOfWork) -> None:
    key = issued(counter)
    day = date(2026, 8, 17)
    assert queries.to_remind(uow, date(2026, 8, 16)) == []
    assert queries.to_remind(uow, day) == [key]
    assert service.remind(uow.at(day), key, day)
    assert not service.remind(uow.at(day), key, day)
    assert queries.to_remind(uow, date(2026, 8, 20)) == []
    with counter.as_(counter.liis) as own:
        titles = [each.title for each in waiting(own, limit=9)]
    assert titles.count("A coupon ends soon: 3,000.00 USD is left") == 1


def test_of_one_that_is_over_nobody_is_reminded(counter: Counter, uow: UnitOfWork) -> None:
    key = issued(counter)
    with counter.as_(counter.kofi) as own:
        service.cancel(own, key, comment="Issued twice.")
    assert queries.to_remind(uow, date(2026, 8, 20)) == []
    assert not service.remind(uow, key, date(2026, 8, 20))

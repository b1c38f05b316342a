"""Several at the same moment, each in a transaction of their own: one coupon for one key, and no cent too much."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.coupons import queries, service
from models.coupons.rules import CouponStatus
from models.coupons.tables import Coupon
from models.engines.ledger import queries as ledger
from tests.support.build import Build
from tests.support.coupons import Counter, new_coupon


@pytest.fixture
def open_(database: str) -> Counter:
    """The counter, with everybody committed."""
    with clock_at(date(2026, 6, 1)), unit_of_work(actor=SYSTEM) as uow:
        return Counter(Build(uow))


def at_once(actor: Actor, number: int, act: Callable[[UnitOfWork, int], Any], on: date = date(2026, 6, 1)) -> list[Any]:
    """What each gets who acts at the same moment as the others: the answer, or the refusal."""
    together = Barrier(number)

    def one(place: int) -> Any:
        together.wait()
        try:
            with clock_at(on), unit_of_work(actor=actor) as uow:
                return act(uow, place)
        except DomainError as error:
            return error.code

    with ThreadPoolExecutor(number) as people:
        return list(people.map(one, range(number)))


def all_of(read: Callable[[UnitOfWork], Any]) -> Any:
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        return read(uow)


def test_one_key_gives_one_coupon_and_others_get_numbers_of_their_own(open_: Counter) -> None:
    to = open_.partner.id
    same = at_once(open_.kofi, 3, lambda uow, place: service.issue_by_hand(uow, to, new_coupon(), key="k"))
    assert len(set(same)) == 1
    at_once(open_.kofi, 3, lambda uow, place: service.issue_by_hand(uow, to, new_coupon(), key=f"k{place}"))
    numbers = all_of(lambda uow: sorted(uow.session.scalars(select(Coupon.number))))
    assert numbers == [f"CP-2026-0000{place}" for place in (1, 2, 3, 4)]
    assert all_of(ledger.faults) == []


def test_bills_at_once_never_take_more_than_there_is(open_: Counter) -> None:
    """Three take 50.00 USD of 100.00: two get it, one is told what is left; then it is used up."""
    (key,) = at_once(
        open_.kofi,
        1,
        lambda uow, _: service.issue_by_hand(uow, open_.partner.id, new_coupon(amount=Decimal(100)), key="k"),
    )
    taken = at_once(
        open_.kofi, 3, lambda uow, place: service.record_use(uow, key, Decimal(50), reference="B", key=f"u{place}")
    )
    assert sorted(map(str, taken)) == ["None", "None", "WRONG-STATE"]
    found = all_of(lambda uow: queries.coupon(uow, key))
    assert (found.status, found.used, found.left) == (CouponStatus.USED_UP, Decimal(100), Decimal(0))
    assert all_of(ledger.faults) == []


def test_it_ends_once_whoever_ends_it(open_: Counter) -> None:
    """Two workers expire it while somebody cancels it: its money goes back once."""
    (key,) = at_once(open_.kofi, 1, lambda uow, _: service.issue_by_hand(uow, open_.partner.id, new_coupon(), key="k"))
    over = date(2026, 9, 1)

    def end(uow: UnitOfWork, place: int) -> Any:
        return service.cancel(uow, key, comment="Twice.") if place == 0 else service.expire(uow, key, over)

    answers = at_once(open_.kofi, 3, end, over)
    assert sum(each is None or each is True for each in answers) == 1
    found = all_of(lambda uow: queries.coupon(uow, key))
    assert found.left == 0 and found.status in (CouponStatus.EXPIRED, CouponStatus.CANCELLED)
    assert len(all_of(lambda uow: queries.movements(uow, key))) == 2
    assert all_of(ledger.faults) == []

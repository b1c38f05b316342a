"""What a business day does with coupons: some are over, of others partners are reminded."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from flows import calendar
from models.core.actor import SYSTEM
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from models.coupons import service
from models.coupons.tables import Coupon
from models.engines.ledger import queries as ledger
from models.notices.queries import waiting
from tests.support.build import Build
from tests.support.coupons import Counter, new_coupon


def test_days_end_coupons_and_remind_of_others_once(on_sqlite: str) -> None:
    """Of three one ended yesterday and one ends in ten days; days that come late or twice change nothing more."""
    ends = {"over": date(2026, 6, 29), "soon": date(2026, 7, 10), "later": date(2027, 6, 1)}
    with clock_at(date(2026, 6, 1)), unit_of_work(actor=SYSTEM) as uow:
        counter = Counter(Build(uow))
        for name, day in ends.items():
            service.issue(uow, counter.partner.id, new_coupon(name=name, valid_until=day), key=name)
    done = []
    for day in (date(2026, 6, 30), date(2026, 6, 30), date(2026, 7, 1)):
        with clock_at(day):
            done.append([calendar.JOBS[job](day) for job in ("end_coupons", "remind_of_coupons")])
    assert done == [[1, 1], [0, 0], [0, 0]]
    with unit_of_work(read_only=True, actor=counter.liis) as uow:
        stand = {name: status.value for name, status in uow.session.execute(select(Coupon.name, Coupon.status))}
        told = [notice.title for notice in waiting(uow, limit=9) if "soon" in notice.title]
    assert stand == {"over": "expired", "soon": "available", "later": "available"}
    assert told == ["A coupon ends soon: 3,000.00 USD is left"]
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        assert ledger.faults(uow) == []

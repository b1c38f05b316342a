"""Two managers enter the same days at once: the second one waits, and is told that they are taken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from models.core.actor import SYSTEM
from models.core.errors import Refused
from models.core.unit_of_work import unit_of_work
from models.reference import queries, service
from models.reference.rules import DayKind


def test_days_are_entered_once(database: str) -> None:
    both = Barrier(2, timeout=20)

    def enter(name: str) -> str:
        both.wait()
        try:
            with unit_of_work(actor=SYSTEM) as uow:
                first = uow.today + timedelta(days=8 - uow.today.isoweekday())  # a Monday to come
                service.add_exception(uow, "AQ", DayKind.HOLIDAY, name, first, first + timedelta(days=2))
        except Refused as error:
            return error.problems[0].code
        return "entered"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, ("Ann", "Ben"))) == ["REF-OVERLAP", "entered"]
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert len(queries.exceptions(uow, "AQ")) == 1

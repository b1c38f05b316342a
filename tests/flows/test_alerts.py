"""Watched figures: the calendar's flow asks for every alert, and the topic's flow looks and tells."""

from __future__ import annotations

import asyncio

import pytest

from flows.alerts import alerts_due
from flows.work import GAVE_UP
from models.core.actor import SYSTEM
from models.core.unit_of_work import unit_of_work
from models.statistics import queries, service
from models.statistics.asks import Ask
from models.statistics.rules import AlertState
from models.statistics.tables import FigureAlert
from tests.support.build import Build
from tests.support.carrying import do


@pytest.mark.usefixtures("carried")
def test_every_figure_is_looked_at_once_a_day_and_who_gave_up_says_so():
    with unit_of_work(actor=SYSTEM) as uow:
        owner = Build(uow).actor("ecosystem_manager")
    with unit_of_work(actor=owner) as uow:
        key, _ = service.set_alert(uow, "Customers", Ask.of("customers"), {"kind": "threshold", "below": "1"})
        uow.session.get(FigureAlert, key).state = AlertState.NEW
    assert [asyncio.run(alerts_due()) for _ in range(2)] == [1, 1]
    assert do(service.TOPIC) == 1
    with unit_of_work(actor=owner, read_only=True) as uow:
        (alert,) = queries.alerts(uow)
        assert alert.state is AlertState.RAISED
        assert queries.raised(uow) == 1
    GAVE_UP[service.TOPIC]({"alert_id": str(key)})
    with unit_of_work(actor=owner, read_only=True) as uow:
        assert queries.alerts(uow)[0].state is AlertState.FAILED

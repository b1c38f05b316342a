"""Figures that people watch are looked at once a day, and whenever somebody asks for it.

The calendar asks for every alert that does not sleep, after the night's imports had time to come in; each alert is one
outbox row and one task, looked at as its owner.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import State, flow, task

from flows.work import GAVE_UP, RETRIED, Payload, carry, named
from models.core.actor import SYSTEM
from models.core.outbox import Work
from models.core.unit_of_work import unit_of_work
from models.statistics import service


@task(name="figure-alert", **RETRIED)
def look(key: str, payload: Payload) -> None:
    """Safe to repeat: the same finding of the same days is told once."""
    service.look(named(payload, "alert_id"))


@flow(name="statistics-alerts")
async def statistics_alerts(batch: list[Work]) -> list[State[Any]]:
    """Look at the figures of alerts, and tell their owners what deserves attention."""
    return await carry(look, batch)


@flow(name="statistics-alerts-due")
async def alerts_due(as_of: date | None = None) -> int:
    """Ask for a look at every alert that does not sleep; once a day, however often it is started."""
    with unit_of_work(actor=SYSTEM) as uow:
        return service.due(uow, as_of or uow.today)


def _gave_up(payload: Payload) -> None:
    """Its owner must not take silence for all being well."""
    service.give_up(named(payload, "alert_id"))


GAVE_UP[service.TOPIC] = _gave_up

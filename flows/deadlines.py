"""Promised times: reminders before, overdue at, escalation after, and waits that are over (BEN-TMR).

Every timer of a case is an outbox row that becomes due at its time (topic `reviews.timer`), written in the transaction
that started the clock. A timer whose stage is over, or whose clock stood meanwhile, does nothing or is set anew; so a
worker that was away for a week does everything due once.
"""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import RETRIED, Payload, carry, named
from models.applications import stages
from models.core.actor import SYSTEM
from models.core.outbox import Work
from models.core.unit_of_work import unit_of_work


@task(name="timer", **RETRIED)
def fire(key: str, payload: Payload) -> None:
    """Let a timer's time have come. Safe to repeat: each timer of a visit fires once."""
    with unit_of_work(actor=SYSTEM) as uow:
        stages.fire_timer(uow, named(payload, "case_id"), str(payload["visit"]), str(payload["timer"]))


@flow(name="deadlines")
async def deadlines(batch: list[Work]) -> list[State[Any]]:
    """Remind, mark as overdue, escalate, and go on where a case only waited."""
    return await carry(fire, batch)

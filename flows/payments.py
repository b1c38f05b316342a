"""Payments on their way: each attempt to pay a partner is prepared for the bank, once, and its case is told."""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import RETRIED, Payload, carry, named
from models.core.actor import SYSTEM
from models.core.outbox import Work
from models.core.unit_of_work import unit_of_work
from models.payments import service


@task(name="payment-step", **RETRIED)
def prepare(key: str, payload: Payload) -> None:
    """Prepare the bank order of one attempt. Safe to repeat: an attempt is prepared once."""
    with unit_of_work(actor=SYSTEM) as uow:
        service.step(uow, named(payload, "payable_id"), int(payload["attempt"]))


@flow(name="payment-steps")
async def payment_steps(batch: list[Work]) -> list[State[Any]]:
    """Prepare what is to be paid; finance sees each on the payment desk."""
    return await carry(prepare, batch)

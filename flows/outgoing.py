"""What cases ask for outside of themselves: messages, calls to other systems, other cases that begin."""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import RETRIED, Payload, carry
from models.applications import outgoing as applications
from models.core.outbox import Work


@task(name="outgoing", **RETRIED)
def carry_out(key: str, payload: Payload) -> str:
    """Safe to repeat: messages and cases count once by their key, and a receiver of calls tells them apart by it."""
    return applications.carry_out(key, payload)


@flow(name="outgoing")
async def outgoing(batch: list[Work]) -> list[State[Any]]:
    """Carry out what cases asked for; what another system does not take is tried again, then shown under
    Deliveries."""
    return await carry(carry_out, batch)

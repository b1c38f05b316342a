"""Briefs are made when they are due, each as its reader, and told of."""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import GAVE_UP, RETRIED, Payload, carry, named
from models.briefs import service
from models.core.outbox import Work


@task(name="brief", **RETRIED)
def make(key: str, payload: Payload) -> None:
    """Safe to repeat: an edition is unique per brief and period, and one that is made is left as it is."""
    service.make(named(payload, "brief_id"), str(payload["period"]))


@flow(name="briefs")
async def briefs(batch: list[Work]) -> list[State[Any]]:
    """Make the editions that are due, one after the other; one that fails does not stop the others."""
    return await carry(make, batch)


def _gave_up(payload: Payload) -> None:
    """Whoever reads it is told; they may try again on the page."""
    service.give_up(
        named(payload, "brief_id"), str(payload["period"]),
        "It could not be made for now. Try again; your administrator finds the reason in Operations.",
    )  # fmt: skip


GAVE_UP[service.TOPIC] = _gave_up

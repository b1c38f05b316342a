"""Files that people asked to download are made (FIN-EXP-01)."""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import GAVE_UP, RETRIED, Payload, carry, named, show_progress
from models.core.outbox import Work
from models.exports import service


@task(name="export", **RETRIED)
def make_file(key: str, payload: Payload) -> None:
    """Safe to repeat: a completed export is left as it is."""
    service.run(named(payload, "task_id"), show=show_progress)


@flow(name="exports")
async def exports(batch: list[Work]) -> list[State[Any]]:
    """Make the files, one after the other, each within the scope of who asked."""
    return await carry(make_file, batch)


def _gave_up(payload: Payload) -> None:
    """Whoever asked must not wait for ever."""
    service.give_up(
        named(payload, "task_id"), "It could not be made. Your administrator finds the reason in Operations."
    )


GAVE_UP[service.TOPIC] = _gave_up

"""Cases are replayed through a draft, moved to another version of their type, and brought back: a few at a time."""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import RETRIED, Payload, carry, named
from models.core.actor import SYSTEM
from models.core.outbox import Work
from models.core.unit_of_work import unit_of_work
from models.design import runs


@task(name="some-cases", **RETRIED)
def some_cases(key: str, payload: Payload) -> None:
    """The next few cases of a run; what follows is asked for in the same transaction."""
    with unit_of_work(actor=SYSTEM) as uow:
        runs.step(uow, named(payload, "run_id"))


@flow(name="design-runs")
async def design_runs(batch: list[Work]) -> list[State[Any]]:
    """Go on with each run that has cases left."""
    return await carry(some_cases, batch)

"""The story of a review that no person has to tell: automated stages, and whoever has to know what happened.

A case whose stage a machine decides writes a row (topic `reviews.check`) in the transaction that brought it there. The
worker carries the case through that stage, and through every further one, until it stands at a person. After each step
of a case, `reviews.follow` hands it over: whose turn it is, who has to be told. Both name the case by its number.
"""

from __future__ import annotations

from typing import Any

from prefect import State, flow, task

from flows.work import RETRIED, Payload, carry, named
from models.applications import followup, stages
from models.core.actor import SYSTEM
from models.core.outbox import Work
from models.core.unit_of_work import unit_of_work


@task(name="automated-stage", **RETRIED)
def carry_through_stage(key: str, payload: Payload) -> None:
    """Run the check that the case waits for, and let it go on. Safe to repeat: a stage that is over is left alone."""
    with unit_of_work(actor=SYSTEM) as uow:
        stages.run_check(uow, named(payload, "case_id"), str(payload["visit"]))


@task(name="hand-over", **RETRIED)
def hand_over(key: str, payload: Payload) -> None:
    """Tell whose turn it is and what came of it. Safe to repeat: a notice is told once by its key."""
    with unit_of_work(actor=SYSTEM) as uow:
        followup.follow(uow, named(payload, "case_id"), int(payload["after"]), int(payload["seq"]))


@flow(name="automated-stages")
async def automated_stages(batch: list[Work]) -> list[State[Any]]:
    """Carry each case through its automated stages until it needs a person."""
    return await carry(carry_through_stage, batch)


@flow(name="hand-overs")
async def hand_overs(batch: list[Work]) -> list[State[Any]]:
    """Hand each case over to whoever is next, and tell whoever waits for it."""
    return await carry(hand_over, batch)

"""What happens by the calendar: each business day at 00:10 (GMT+08:00), and once by hand whenever asked for.

The schedule only writes an outbox row with the date as its key, so a day is done once however often the schedule
fires, by however many workers, and a schedule missed during a downtime is made up for once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from prefect import State, flow, task

from flows.work import RETRIED, Payload, carry, show_progress
from models.applications import integrity
from models.core.actor import SYSTEM
from models.core.outbox import Work
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.coupons import queries as coupons
from models.coupons import service as coupon_service
from models.expenditures import upkeep as upkeep_of_lake
from models.exports import service as exports
from models.identity import upkeep

TOPIC = "calendar.daily"
JOBS: dict[str, Callable[[date], object]] = {}
"""What a day brings, by name, in order; each may run twice."""


def daily(job: Callable[[date], object]) -> Callable[[date], object]:
    """Let a job run each business day."""
    JOBS[job.__name__] = job
    return job


@daily
def tidy_sessions(day: date) -> int:
    """Sign-ins whose time is over leave the list of sessions."""
    with unit_of_work(actor=SYSTEM) as uow:
        return upkeep.tidy_sessions(uow)


@daily
def remove_old_exports(day: date) -> int:
    """Files of exports are kept for a while, then only their history."""
    return exports.remove_expired_files()


@daily
def forget_old_states(day: date) -> int:
    """Replaced fact files are kept for readers that still use them, then removed."""
    return upkeep_of_lake.forget_old_states()


@daily
def anchor_cases(day: date) -> str | None:
    """What happened to cases is anchored, so that nobody can rewrite it later unseen."""
    return integrity.anchor()


@daily
def end_coupons(day: date) -> int:
    """What is left of coupons whose last day is over goes back; each in a transaction of its own."""
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        found = coupons.over(uow, day)
    return sum(_with_coupon(coupon_service.expire, coupon_id, day) for coupon_id in found)


@daily
def remind_of_coupons(day: date) -> int:
    """Partners are told of coupons that end soon, once each."""
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        found = coupons.to_remind(uow, day)
    return sum(_with_coupon(coupon_service.remind, coupon_id, day) for coupon_id in found)


def _with_coupon(step: Callable[[UnitOfWork, UUID, date], bool], coupon_id: UUID, day: date) -> bool:
    with unit_of_work(actor=SYSTEM) as uow:
        return step(uow, coupon_id, day)


@task(name="calendar-day", **RETRIED)
def do_day(key: str, payload: Payload) -> None:
    """Safe to repeat: so is each job."""
    day = date.fromisoformat(str(payload["day"]))
    for place, job in enumerate(JOBS.values()):
        job(day)
        show_progress((place + 1) / len(JOBS))


@flow(name="calendar-days")
async def calendar_days(batch: list[Work]) -> list[State[Any]]:
    """Do what a business day brings."""
    return await carry(do_day, batch)


@flow(name="calendar-jobs")
async def calendar_jobs(as_of: date | None = None) -> str:
    """Ask for the day's jobs, once a day; the business date is the outbox row's key."""
    with unit_of_work(actor=SYSTEM) as uow:
        day = (as_of or uow.today).isoformat()
        uow.emit(TOPIC, day, {"day": day})
    return day

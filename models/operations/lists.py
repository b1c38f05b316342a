"""The list of background work that is not done: what waits, what is tried again, what failed for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, select

from models.core import outbox
from models.core.outbox import OutboxRow
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import Action, Field, Filter, Given, ListSource, Preview, load_list, register
from models.engines.lists.sources import Chosen

R = OutboxRow
STATES = {"failed": "Failed", "again": "Will be tried again", "running": "Running", "waiting": "Waiting"}
STATE: ColumnElement[str] = case(
    (R.failed_at.is_not(None), "failed"), (R.claimed_until.is_not(None), "running"), (R.error.is_not(None), "again"),
    else_="waiting",
)  # fmt: skip
ORDER: ColumnElement[int] = case(
    (R.failed_at.is_not(None), 0), (R.error.is_not(None), 1), (R.claimed_until.is_not(None), 2), else_=3
)
"""What needs somebody first."""


def _open(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return stmt.where(R.done_at.is_(None))


def _topics(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {topic: topic for topic in uow.session.scalars(_open(uow, select(R.topic)).distinct().order_by(R.topic))}


def _state(value: str) -> str:
    if value not in STATES:
        raise ValueError(value)
    return value


def _last_line(text: str) -> str:
    """The line of an error that says what it was."""
    return next(iter(reversed(text.strip().splitlines())), "")


def _would_try(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    found = uow.session.execute(select(R.id, R.failed_at).where(R.id.in_(list(keys)))).tuples().all()
    able = tuple(key for key, failed in found if failed is not None)
    waits = len(found) - len(able)
    return Preview(able, {"done or tried again by itself": waits} if waits else {})


def _try(uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> None:
    for key in keys:
        outbox.try_again(uow, key)


register(
    ListSource(
        load_list(Path(__file__).parent / "definitions" / "jobs.list.yaml"), R.id, _open,
        {
            "topic": Field(R.topic), "job": Field(R.key), "state": Field(STATE, words=STATES.__getitem__, order=ORDER),
            "attempts": Field(R.attempts), "why": Field(R.error, nullable=True, words=_last_line),
            "asked": Field(R.created_at), "due": Field(R.due_at), "failed": Field(R.failed_at, nullable=True),
        },
        filters={
            "state": Filter(STATE, options=lambda uow, chosen: STATES, parse=_state),
            "topic": Filter(R.topic, options=_topics, words=lambda uow, values: {}), "due": Filter(R.due_at),
        },
        search=(R.key, R.topic), actions={"again": Action(_would_try, _try)},
    )
)  # fmt: skip

"""The outbox: the worker's work, written in the transaction that needs it, done at least once and counted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, UniqueConstraint, case, cast, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.database import Base, Unscoped, insert_all_once, insert_once
from models.core.types import Id, Instant, new_id
from models.core.unit_of_work import UnitOfWork


class OutboxRow(Unscoped, Base):
    """One piece of work for the worker, found by topic and due time, unique by topic and key."""

    unscoped_because = "read by the worker and the operations page only, which demand operations.view"
    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("topic", "key"), Index(None, "done_at", "failed_at", "due_at"))

    id: Mapped[Id]
    topic: Mapped[str]
    key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[Instant]
    due_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[Instant | None]
    done_at: Mapped[Instant | None]
    failed_at: Mapped[Instant | None]
    error: Mapped[str | None]
    answer: Mapped[str | None]  # what came back of work that is done, where something does


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed row: do it, then say `finished` or `failed`."""

    id: UUID
    topic: str
    key: str
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a claim lasts and how often failed work is tried again."""

    lease: timedelta = timedelta(minutes=5)
    pauses: tuple[timedelta, ...] = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))


PATIENCE = Patience()


def write(session: Session, topic: str, key: str, payload: Mapping[str, Any], *, due: datetime, now: datetime) -> None:
    """Add a row unless the topic has one with this key."""
    row = {"id": new_id(), "topic": topic, "key": key, "payload": dict(payload), "created_at": now, "due_at": due}
    insert_once(session, OutboxRow, row | {"attempts": 0}, unique=("topic", "key"))


def write_all(session: Session, rows: Sequence[tuple[str, str, Mapping[str, Any], datetime]], *, now: datetime) -> None:
    """Add rows (topic, key, payload, due time) in one statement, each unless its topic has one with its key."""
    made = [
        {"id": new_id(), "topic": topic, "key": key, "payload": dict(payload), "created_at": now, "due_at": due}
        | {"attempts": 0}
        for topic, key, payload, due in rows
    ]
    insert_all_once(session, OutboxRow, made, unique=("topic", "key"))


def claim(uow: UnitOfWork, topics: Sequence[str], *, limit: int, patience: Patience = PATIENCE) -> list[Work]:
    """Due rows of the topics, oldest first, kept from other workers until the lease ends."""
    row = OutboxRow
    due = (
        select(row)
        .where(
            row.topic.in_(topics),
            row.done_at.is_(None),
            row.failed_at.is_(None),
            row.due_at <= uow.now,
            or_(row.claimed_until.is_(None), row.claimed_until <= uow.now),
        )
        .order_by(row.due_at, row.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = uow.session.scalars(due).all()
    for entry in found:
        entry.claimed_until = uow.now + patience.lease
        entry.attempts += 1
    return [Work(e.id, e.topic, e.key, dict(e.payload), e.attempts) for e in found]


def due_topics(uow: UnitOfWork, topics: Sequence[str]) -> set[str]:
    """The topics that have work to give out now; a cheap question, asked several times a second."""
    row = OutboxRow
    stmt = (
        select(row.topic)
        .where(
            row.topic.in_(topics),
            row.done_at.is_(None),
            row.failed_at.is_(None),
            row.due_at <= uow.now,
            or_(row.claimed_until.is_(None), row.claimed_until <= uow.now),
        )
        .distinct()
    )
    return set(uow.session.scalars(stmt))


def release(uow: UnitOfWork, work_id: UUID) -> None:
    """Give a claimed row back untouched, as if it had not been given out: others may claim it at once."""
    entry = uow.session.get(OutboxRow, work_id)
    if entry and entry.done_at is None and entry.failed_at is None and entry.claimed_until is not None:
        entry.claimed_until, entry.attempts = None, max(entry.attempts - 1, 0)


def extend(uow: UnitOfWork, work_id: UUID, patience: Patience = PATIENCE) -> None:
    """Keep a claim while long work goes on."""
    if entry := uow.session.get(OutboxRow, work_id):
        entry.claimed_until = uow.now + patience.lease


def finished(uow: UnitOfWork, work_id: UUID, answer: str | None = None) -> None:
    """The work is done; it is not given out again. `answer` is what came back of it."""
    if entry := uow.session.get(OutboxRow, work_id):
        entry.done_at, entry.claimed_until, entry.error = uow.now, None, None
        entry.answer = answer and answer[:2000]


def failed(uow: UnitOfWork, work_id: UUID, error: str, *, may_heal: bool, patience: Patience = PATIENCE) -> bool:
    """The work failed: tried again after a pause when that may help, otherwise kept for the operations page.

    Answers whether it will be tried again by itself.
    """
    entry = uow.session.get(OutboxRow, work_id)
    if entry is None:
        return False
    entry.error, entry.claimed_until = error[:2000], None
    if may_heal and entry.attempts <= len(patience.pauses):
        entry.due_at = uow.now + patience.pauses[entry.attempts - 1]
    else:
        entry.failed_at = uow.now
    return entry.failed_at is None


def try_again(uow: UnitOfWork, work_id: UUID) -> None:
    """Give work that failed out once more, at once; asked for by hand. What is done stays done.

    Raises:
        NotAllowed: no role of the actor manages operations.
    """
    uow.actor.demand("operations.manage")
    entry = uow.session.get(OutboxRow, work_id, with_for_update=True)
    if entry is not None and entry.done_at is None:
        entry.failed_at, entry.attempts, entry.due_at = None, 0, uow.now
        uow.record("outbox.tried_again", "outbox", work_id, changes={"topic": entry.topic, "key": entry.key})


@dataclass(frozen=True, slots=True)
class TopicState:
    """How a topic stands: rows waiting (due or not), failed for good, and since when the oldest due one waits."""

    topic: str
    waiting: int
    failed: int
    oldest_due: datetime | None


def topics(uow: UnitOfWork) -> list[TopicState]:
    """Every topic that has open or failed work."""
    uow.actor.demand("operations.view")
    row = OutboxRow
    stmt = (
        select(
            row.topic,
            func.sum(func.coalesce(cast(row.failed_at.is_(None), Integer), 0)),
            func.count(row.failed_at),
            func.min(case((row.failed_at.is_(None), row.due_at))),
        )
        .where(row.done_at.is_(None))
        .group_by(row.topic)
        .order_by(row.topic)
    )
    return [
        TopicState(topic, int(open_ or 0), failed_, oldest)
        for topic, open_, failed_, oldest in uow.session.execute(stmt)
    ]


def failures(uow: UnitOfWork, *, limit: int = 50) -> list[tuple[UUID, str, str, datetime | None, str]]:
    """Failed work, newest first: id, topic, key, when, why."""
    uow.actor.demand("operations.view")
    row = OutboxRow
    stmt = (
        select(row.id, row.topic, row.key, row.failed_at, func.coalesce(row.error, ""))
        .where(row.failed_at.is_not(None))
        .order_by(row.failed_at.desc(), row.id)
        .limit(limit)
    )
    return [tuple(found) for found in uow.session.execute(stmt)]

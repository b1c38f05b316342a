"""A person's own brief and its editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from models.briefs.content import Content, stored
from models.briefs.rules import EditionStatus, Schedule, narrowed
from models.briefs.tables import Brief, BriefEdition
from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork

SHOWN = 60
"""Editions that the page lists at most."""


@dataclass(frozen=True, slots=True)
class BriefRow:
    """The actor's brief. `partners` are those it is about; none: all."""

    id: UUID
    schedule: Schedule
    partners: tuple[str, ...]
    by_mail: bool
    active: bool
    next_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition in the list; `error` says why one could not be made."""

    id: UUID
    status: EditionStatus
    asked_at: datetime
    made_at: datetime | None
    subject: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition in full; `content` is None while it is not made."""

    row: EditionRow
    content: Content | None


def own_brief(uow: UnitOfWork) -> BriefRow | None:
    """The actor's brief; None when they have none."""
    found = uow.session.scalar(select(Brief).where(Brief.user_id == uow.actor.user_id))
    if found is None:
        return None
    return BriefRow(
        found.id, Schedule(found.every, found.on_day, found.at), narrowed(found.filters).get("partner", ()),
        found.by_mail, found.active, found.next_at, found.version,
    )  # fmt: skip


def own_editions(uow: UnitOfWork) -> list[EditionRow]:
    """The actor's editions, the newest first."""
    row = BriefEdition
    stmt = _own(uow).order_by(row.asked_at.desc(), row.id.desc()).limit(SHOWN)
    return [EditionRow(*values[:6]) for values in uow.session.execute(stmt)]


def own_edition(uow: UnitOfWork, edition_id: UUID) -> Edition:
    """One of the actor's editions.

    Raises:
        NotFound: there is none of theirs.
    """
    found = uow.session.execute(_own(uow).where(BriefEdition.id == edition_id)).one_or_none()
    if found is None:
        raise NotFound("There is no such edition among yours.")
    return Edition(EditionRow(*found[:6]), stored(found[6]))


def _own(uow: UnitOfWork) -> Select[Any]:
    row = BriefEdition
    stmt = select(row.id, row.status, row.asked_at, row.made_at, row.subject, row.error, row.content)
    return stmt.where(row.user_id == uow.actor.user_id)

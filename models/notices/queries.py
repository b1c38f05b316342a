"""What a person was told, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from models.core.paging import FIRST_PAGE, Desc, Page, PageRequest, fetch_page
from models.core.unit_of_work import UnitOfWork
from models.notices.tables import Notice


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as the home page shows it; `link` is an address within the application."""

    id: UUID
    at: datetime
    title: str
    text: str
    icon: str
    tone: str
    link: str
    read_at: datetime | None


def notices(uow: UnitOfWork, page: PageRequest = FIRST_PAGE) -> Page[NoticeRow]:
    """The actor's own notices, newest first."""
    stmt = _own(uow)
    return fetch_page(uow, stmt, NoticeRow, page, order=(Desc(Notice.at), Desc(Notice.id)))


def waiting(uow: UnitOfWork, *, limit: int) -> tuple[NoticeRow, ...]:
    """The newest of the actor's own notices that are not read yet."""
    stmt = _own(uow).where(Notice.read_at.is_(None)).order_by(Notice.at.desc(), Notice.id.desc()).limit(limit)
    return tuple(NoticeRow(*row) for row in uow.session.execute(stmt))


def _own(uow: UnitOfWork) -> Select[tuple[UUID, datetime, str, str, str, str, str, datetime | None]]:
    return select(
        Notice.id, Notice.at, Notice.title, Notice.text, Notice.icon, Notice.tone, Notice.link, Notice.read_at
    ).where(Notice.user_id == uow.actor.user_id)


def unread(uow: UnitOfWork) -> int:
    """How many of the actor's own notices are unread."""
    own = select(func.count()).where(Notice.user_id == uow.actor.user_id, Notice.read_at.is_(None))
    return int(uow.session.scalar(own.select_from(Notice)) or 0)

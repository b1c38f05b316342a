"""What a person was told, newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from models.core.errors import NotFound
from models.core.paging import FIRST_PAGE, Desc, Page, PageRequest, fetch_page
from models.core.unit_of_work import UnitOfWork
from models.notices.tables import Mail, Notice


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


def waiting(uow: UnitOfWork, *, limit: int, without: Collection[str] = ()) -> tuple[NoticeRow, ...]:
    """The newest of the actor's own notices that are not read yet; those whose key ends on one of `without` are left
    out, where a page lists their work itself."""
    stmt = _own(uow).where(Notice.read_at.is_(None), *(~Notice.key.endswith(each, autoescape=True) for each in without))
    stmt = stmt.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit)
    return tuple(NoticeRow(*row) for row in uow.session.execute(stmt))


def _own(uow: UnitOfWork) -> Select[tuple[UUID, datetime, str, str, str, str, str, datetime | None]]:
    return select(
        Notice.id, Notice.at, Notice.title, Notice.text, Notice.icon, Notice.tone, Notice.link, Notice.read_at
    ).where(Notice.user_id == uow.actor.user_id)


def unread(uow: UnitOfWork) -> int:
    """How many of the actor's own notices are unread."""
    own = select(func.count()).where(Notice.user_id == uow.actor.user_id, Notice.read_at.is_(None))
    return int(uow.session.scalar(own.select_from(Notice)) or 0)


@dataclass(frozen=True, slots=True)
class MailRow:
    """An e-mail: `sent_at` is None while it is only kept, since there is no mail server."""

    id: UUID
    at: datetime
    address: str
    subject: str
    text: str
    sent_at: datetime | None


def mail_of(uow: UnitOfWork, mail_id: UUID) -> MailRow:
    """One e-mail in full.

    Raises:
        NotAllowed: the actor does not hold mail.view.
        NotFound: there is no such mail.
    """
    uow.actor.demand("mail.view")
    stmt = select(Mail.id, Mail.at, Mail.address, Mail.subject, Mail.text, Mail.sent_at).where(Mail.id == mail_id)
    found = uow.session.execute(stmt).one_or_none()
    if found is None:
        raise NotFound("There is no such mail.")
    return MailRow(*found)


def mail_counts(uow: UnitOfWork) -> tuple[int, int]:
    """How many e-mails were sent, and how many are only kept.

    Raises:
        NotAllowed: the actor does not hold mail.view.
    """
    uow.actor.demand("mail.view")
    every, sent = uow.session.execute(select(func.count(Mail.id), func.count(Mail.sent_at))).one()
    return sent, every - sent

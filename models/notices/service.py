"""Tell a person something: at once on the home page, and by e-mail when a mail server is set."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Collection
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import select, update

from models.core.actor import SYSTEM
from models.core.settings import settings
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.identity import queries as identity
from models.notices.tables import Mail, Notice

TOPIC = "notices.mail"
TIMEOUT = 20
"""Seconds a mail server has to answer."""


def tell(
    uow: UnitOfWork,
    user_id: UUID,
    *,
    key: str,
    title: str,
    text: str = "",
    link: str = "/",
    icon: str = "notifications",
    tone: str = "gray",
) -> bool:
    """Tell a person something once: the same key is not told again. Whether it was new.

    `link` is an address within the application. The e-mail follows after the commit.
    """
    known = select(Notice.id).where(Notice.user_id == user_id, Notice.key == key)
    if uow.session.scalar(known) is not None:
        return False
    notice = Notice(
        id=new_id(), user_id=user_id, key=key, at=uow.now, title=title, text=text, icon=icon, tone=tone, link=link,
        read_at=None, mailed_at=None,
    )  # fmt: skip
    uow.session.add(notice)
    uow.session.flush()
    uow.emit(TOPIC, str(notice.id), {"notice_id": str(notice.id)})
    return True


def mark_read(uow: UnitOfWork, notice_id: UUID) -> None:
    """The actor has read one of their notices; somebody else's is left alone."""
    own = select(Notice).where(Notice.id == notice_id, Notice.user_id == uow.actor.user_id)
    if (notice := uow.session.scalar(own)) and notice.read_at is None:
        notice.read_at = uow.now


def mark_all_read(uow: UnitOfWork) -> int:
    """The actor has seen all their notices; how many were unread."""
    unread = select(Notice).where(Notice.user_id == uow.actor.user_id, Notice.read_at.is_(None))
    found = uow.session.scalars(unread).all()
    for notice in found:
        notice.read_at = uow.now
    return len(found)


def settle(uow: UnitOfWork, people: Collection[UUID], keys: Collection[str]) -> None:
    """What these people were told under these keys is over: nobody has to read it any more. For the system alone."""
    over = Notice.user_id.in_(list(people)), Notice.key.in_(list(keys)), Notice.read_at.is_(None)
    uow.session.execute(update(Notice).where(*over).values(read_at=uow.now))


def mail(notice_id: UUID) -> bool:
    """Send a notice by e-mail, once; without a mail server it is kept and can be read under Administration › Mail.

    Whether something was sent or kept now. The mail's own number stays the same when a killed worker repeats it.
    """
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        notice = uow.session.get(Notice, notice_id)
        address = identity.email_of(uow, notice.user_id) if notice else None
        if notice is None or address is None or uow.session.get(Mail, notice_id) is not None:
            return False
        message = _message(notice, address)
    server = settings().smtp_url is not None
    if server:
        _send(message)
    with unit_of_work(actor=SYSTEM) as uow:
        if uow.session.get(Mail, notice_id) is not None:
            return False
        kept = Mail(id=notice_id, at=uow.now, address=address, subject=message["Subject"], text=message.get_content())
        kept.sent_at = uow.now if server else None
        uow.session.add(kept)
        if server and (notice := uow.session.get(Notice, notice_id)):
            notice.mailed_at = uow.now
    return True


def _message(notice: Notice, address: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = re.sub(r"\s+", " ", notice.title)
    message["From"] = f"{settings().vendor_name} <{settings().support_contact}>"
    message["To"] = address
    message["Date"] = format_datetime(notice.at)
    message["Message-ID"] = f"<{notice.id}@kontor>"
    link = settings().address.rstrip("/") + "/" + notice.link.lstrip("/")
    message.set_content("\n\n".join(part for part in (notice.title, notice.text, link) if part) + "\n")
    return message


def _send(message: EmailMessage) -> None:
    """Hand the mail to the server of `smtp_url`: smtp:// (STARTTLS where offered) or smtps://."""
    url = settings().smtp_url
    assert url is not None
    parts = urlsplit(url.get_secret_value())
    host, port = parts.hostname or "localhost", parts.port
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT)
    with server:
        server.ehlo()
        if parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)

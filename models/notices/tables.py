"""A notice to one person."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Id, Instant


class Notice(Unscoped, Base):
    """Something a person should know, with the page that shows it; told once per key, whatever is repeated."""

    unscoped_because = "every query names the actor's own user as the recipient"
    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("user_id", "key"), Index(None, "user_id", "read_at", "at"))

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    key: Mapped[str]
    at: Mapped[Instant]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    icon: Mapped[str] = mapped_column(default="notifications")
    tone: Mapped[str] = mapped_column(default="gray")
    link: Mapped[str] = mapped_column(default="/")
    read_at: Mapped[Instant | None]
    mailed_at: Mapped[Instant | None]


class Mail(Unscoped, Base):
    """A notice as an e-mail: sent, or kept to be read under Administration › Mail while there is no mail server."""

    unscoped_because = "read by the mail page only, which demands mail.view"
    __tablename__ = "mail"
    __table_args__ = (Index(None, "at", "id"),)

    id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    at: Mapped[Instant]
    address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    sent_at: Mapped[Instant | None]

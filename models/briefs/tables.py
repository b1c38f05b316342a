"""A person's brief and its editions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.briefs.rules import EditionStatus, Every
from models.core.database import Base, Unscoped
from models.core.types import Id, Instant


class Brief(Unscoped, Base):
    """What one person wants to be told, and when; `next_at` is when the next edition is due."""

    unscoped_because = "every query names the actor's own user; the worker makes it as its owner"
    __tablename__ = "brief"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), unique=True)
    every: Mapped[Every]
    on_day: Mapped[int]
    at: Mapped[str]
    filters: Mapped[dict[str, Any]]
    by_mail: Mapped[bool]
    active: Mapped[bool]
    next_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class BriefEdition(Unscoped, Base):
    """One edition, made once for its period, with what its reader might see at that time."""

    unscoped_because = "every query names the actor's own user; the worker makes it as its owner"
    __tablename__ = "brief_edition"
    __table_args__ = (UniqueConstraint("brief_id", "period"), Index(None, "user_id", "asked_at"))

    id: Mapped[Id]
    brief_id: Mapped[UUID] = mapped_column(ForeignKey("brief.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    period: Mapped[str]
    status: Mapped[EditionStatus] = mapped_column(default=EditionStatus.WAITING)
    asked_at: Mapped[Instant]
    made_at: Mapped[Instant | None]
    subject: Mapped[str] = mapped_column(default="")
    content: Mapped[dict[str, Any]]
    error: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)

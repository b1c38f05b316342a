"""Questions that somebody keeps, and what somebody asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.types import Id, Instant
from models.explore.rules import QuestionKind, RunStatus


class KeptQuestion(PartnerScoped, Base):
    """A question with a name: `content` is the statement with its parameters, or an Ask with the way it is shown.

    `partner_id` is the owner's organisation (none: the vendor's); only its people can be shared with, by role.
    """

    __tablename__ = "explore_question"
    __table_args__ = (Index(None, "owner_id", "changed_at"),)

    id: Mapped[Id]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[QuestionKind]
    title: Mapped[str]
    description: Mapped[str]
    content: Mapped[dict[str, Any]]
    shared_with: Mapped[list[str]]
    created_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class StatementRun(PartnerScoped, Base):
    """One statement that somebody ran: what, how it ended, how long it took. Never its rows."""

    __tablename__ = "explore_run"
    __table_args__ = (Index(None, "user_id", "at"),)

    id: Mapped[Id]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Instant]
    statement: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    status: Mapped[RunStatus]
    rows: Mapped[int | None]
    milliseconds: Mapped[int]
    tables: Mapped[list[str]]
    said: Mapped[str]

"""Alerts on figures and what they told."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Id, Instant
from models.statistics.rules import AlertState, Happening


class FigureAlert(Unscoped, Base):
    """A figure that its owner wants to be told about: a question, a rule, and what the last look found."""

    unscoped_because = "every query names the actor's own user as the owner"
    __tablename__ = "figure_alert"
    __table_args__ = (Index(None, "user_id", "created_at"),)

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str]
    question: Mapped[dict[str, Any]]
    rule: Mapped[dict[str, Any]]
    created_at: Mapped[Instant]
    snoozed_until: Mapped[date | None]
    state: Mapped[AlertState] = mapped_column(default=AlertState.NEW)
    words: Mapped[str] = mapped_column(default="")
    looked_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class FigureAlertEvent(Unscoped, Base):
    """What an alert told its owner, once per key, with the question that shows it as it was."""

    unscoped_because = "reached through an alert of the actor's own only"
    __tablename__ = "figure_alert_event"
    __table_args__ = (UniqueConstraint("alert_id", "key"), Index(None, "alert_id", "at"))

    id: Mapped[Id]
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("figure_alert.id"))
    key: Mapped[str]
    at: Mapped[Instant]
    kind: Mapped[Happening]
    words: Mapped[str]
    question: Mapped[dict[str, Any]]

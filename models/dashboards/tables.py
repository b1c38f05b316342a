"""Dashboards with their draft, the versions that were shared, and whom with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Id, Instant

_QUESTIONS = "it holds questions and no figures; queries show it to its owner and to the roles it is shared with"


class Dashboard(Unscoped, Base):
    """A dashboard as its owner is building it. `shared` is the version that others see; None: nobody but the owner."""

    unscoped_because = _QUESTIONS
    __tablename__ = "dashboard"
    __table_args__ = (Index(None, "owner_id"),)

    id: Mapped[Id]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    owner_name: Mapped[str]
    title: Mapped[str]
    draft: Mapped[dict[str, Any]]
    saved_at: Mapped[Instant]
    saved_by_name: Mapped[str]
    shared: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class DashboardVersion(Unscoped, Base):
    """What was shared, and why; never changed."""

    unscoped_because = _QUESTIONS
    __tablename__ = "dashboard_version"

    dashboard_id: Mapped[UUID] = mapped_column(ForeignKey("dashboard.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    at: Mapped[Instant]
    by: Mapped[UUID | None]
    by_name: Mapped[str]
    note: Mapped[str]


class DashboardRole(Unscoped, Base):
    """A role (empty: everybody) that sees a dashboard; whether it stands on that role's home page."""

    unscoped_because = _QUESTIONS
    __tablename__ = "dashboard_role"

    dashboard_id: Mapped[UUID] = mapped_column(ForeignKey("dashboard.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    home: Mapped[bool] = mapped_column(default=False)


class OwnDashboard(Unscoped, Base):
    """The dashboard on one person's home page; None: none, whatever the roles have."""

    unscoped_because = "read by the actor's own key only"
    __tablename__ = "own_dashboard"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    dashboard_id: Mapped[UUID | None] = mapped_column(ForeignKey("dashboard.id", ondelete="CASCADE"))

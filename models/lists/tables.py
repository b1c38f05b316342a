"""Saved views, whom they are published to, and the versions of a list that managers made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Id, Instant


class SavedView(Unscoped, Base):
    """Filters, search, order and columns of a list under a name. Its owner's alone until it is published."""

    unscoped_because = "read for its owner and for the roles that it is published to only"
    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "list", "name"), Index(None, "list"))

    id: Mapped[Id]
    list: Mapped[str]
    name: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    owner_name: Mapped[str]
    content: Mapped[dict[str, Any]]
    changed_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class SavedViewRole(Unscoped, Base):
    """A role (empty: everybody) that a view is published to; whether the list opens with it for that role."""

    unscoped_because = "names a view and a role by key only; always joined to the view"
    __tablename__ = "saved_view_role"
    view_id: Mapped[UUID] = mapped_column(ForeignKey("saved_view.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    opens: Mapped[bool] = mapped_column(default=False)


class OwnView(Unscoped, Base):
    """The view with which a list opens for one person."""

    unscoped_because = "read by the actor's own key only"
    __tablename__ = "own_view"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    list: Mapped[str] = mapped_column(primary_key=True)
    view_id: Mapped[UUID] = mapped_column(ForeignKey("saved_view.id", ondelete="CASCADE"))


class ListVersion(Unscoped, Base):
    """An adjustment of a list; never changed. Version 0 is the list as delivered and has no row."""

    unscoped_because = "how a list looks is no secret; who may change it is a permission"
    __tablename__ = "list_version"
    list: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    at: Mapped[Instant]
    by: Mapped[UUID | None]
    by_name: Mapped[str]


class ListChosen(Unscoped, Base):
    """The version of a list in force for a role (empty: everybody whose roles have none of their own)."""

    unscoped_because = "how a list looks is no secret; who may change it is a permission"
    __tablename__ = "list_chosen"
    list: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


class ListPublication(Unscoped, Base):
    """Who let a version come into force for whom, when and why; None: the role has no version of its own again."""

    unscoped_because = "how a list looks is no secret; who may change it is a permission"
    __tablename__ = "list_publication"
    __table_args__ = (Index(None, "list", "at"),)
    id: Mapped[Id]
    list: Mapped[str]
    role: Mapped[str]
    version: Mapped[int | None]
    before: Mapped[int | None]
    at: Mapped[Instant]
    by: Mapped[UUID | None]
    by_name: Mapped[str]
    note: Mapped[str]


class ListDraft(Unscoped, Base):
    """What managers are changing about a list and have not published: one draft, in which all who change it meet.

    `begun` is the newest version there was when it began, `people` by key who worked on it and when last.
    """

    unscoped_because = "how a list looks is no secret; who may change it is a permission"
    __tablename__ = "list_draft"
    list: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    begun: Mapped[int]
    saved_at: Mapped[Instant]
    saved_by: Mapped[UUID | None]
    saved_by_name: Mapped[str]
    people: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

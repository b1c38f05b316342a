"""Drafts of definitions, every step that led to them, and the cases that are tried on them."""

from __future__ import annotations

import enum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Id, Instant


class DraftStatus(enum.Enum):
    """What has become of a draft."""

    OPEN = "open"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class DesignDraft(Unscoped, Base):
    """A definition that is being changed. `place` is the step it stands at: undo goes back, redo forward.

    `based_on` is the version it was made of; empty for a type that is new.
    """

    unscoped_because = "definitions are the same for everybody; who may change them is a permission"
    __tablename__ = "design_draft"
    __table_args__ = (Index(None, "status", "changed_at"),)
    id: Mapped[Id]
    key: Mapped[str]
    name: Mapped[str]
    based_on: Mapped[int | None]
    content: Mapped[dict[str, Any]]
    place: Mapped[int]
    last: Mapped[int]
    status: Mapped[DraftStatus]
    begun_at: Mapped[Instant]
    begun_by_name: Mapped[str]
    changed_at: Mapped[Instant]
    changed_by: Mapped[UUID | None]
    changed_by_name: Mapped[str]
    note: Mapped[str]
    proposed_by: Mapped[UUID | None]
    proposed_by_name: Mapped[str]
    answer: Mapped[str]
    version: Mapped[int | None]


class DesignStep(Unscoped, Base):
    """What a draft was after a change, and what the change was in words."""

    unscoped_because = "definitions are the same for everybody; who may change them is a permission"
    __tablename__ = "design_step"
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("design_draft.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]
    content: Mapped[dict[str, Any]]
    at: Mapped[Instant]
    by: Mapped[UUID | None]
    by_name: Mapped[str]

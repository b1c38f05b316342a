"""Drafts of definitions, every step that led to them, and the cases that are tried on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped, Unscoped
from models.core.types import Id, Instant
from models.design.rules import DraftStatus, RunKind, RunStatus


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


class DesignRun(Unscoped, Base):
    """Work over many cases of a type, done in the background a few at a time.

    `looked_at` counts the cases that were looked at, `told` those of them that have a row of their own; `cursor` is the
    last case. A replay has a draft, a migration the version that cases are brought to.
    """

    unscoped_because = "counts over all cases of a type; who may see them is a permission"
    __tablename__ = "design_run"
    __table_args__ = (Index(None, "key", "asked_at"),)
    id: Mapped[Id]
    kind: Mapped[RunKind]
    status: Mapped[RunStatus]
    key: Mapped[str]
    draft_id: Mapped[UUID | None]
    version: Mapped[int | None]
    mapping: Mapped[dict[str, Any]]
    since: Mapped[Instant | None]
    of_run: Mapped[UUID | None]
    asked_at: Mapped[Instant]
    asked_by: Mapped[UUID | None]
    asked_by_name: Mapped[str]
    finished_at: Mapped[Instant | None]
    total: Mapped[int]
    looked_at: Mapped[int]
    told: Mapped[int]
    refused: Mapped[int]
    cursor: Mapped[UUID | None]


class DesignRunCase(PartnerScoped, Base):
    """What came of one case: it would have gone differently, it was (or would be) moved, or why it cannot be."""

    __tablename__ = "design_run_case"
    run_id: Mapped[UUID] = mapped_column(ForeignKey("design_run.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    partner_id: Mapped[UUID] = mapped_column()
    number: Mapped[str]
    title: Mapped[str]
    went: Mapped[str]
    would: Mapped[str]
    text: Mapped[str]
    refused: Mapped[bool]


class DesignScenario(Unscoped, Base):
    """A case that is tried on a type, step by step, kept to be tried again on every draft."""

    unscoped_because = "definitions are the same for everybody; who may change them is a permission"
    __tablename__ = "design_scenario"
    __table_args__ = (Index(None, "key", "name", unique=True),)
    id: Mapped[Id]
    key: Mapped[str]
    name: Mapped[str]
    content: Mapped[dict[str, Any]]
    changed_at: Mapped[Instant]
    changed_by_name: Mapped[str]

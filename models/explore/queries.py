"""Kept questions that the actor finds, and the actor's own history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.engines.sandbox.process import Parameter
from models.explore import rules
from models.explore.asking import PERMISSION, Asked
from models.explore.rules import QuestionKind, RunStatus
from models.explore.tables import KeptQuestion, StatementRun
from models.identity import queries as identity
from models.identity.roles import role_book


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A kept question. `shared_with` are keys of roles."""

    id: UUID
    kind: QuestionKind
    title: str
    description: str
    content: Mapping[str, Any]
    shared_with: tuple[str, ...]
    owner: str
    mine: bool
    changed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """A statement that the actor ran."""

    id: UUID
    at: datetime
    asked: Asked
    status: RunStatus
    rows: int | None
    milliseconds: int
    tables: tuple[str, ...]
    said: str


def questions(uow: UnitOfWork, kind: QuestionKind | None = None) -> list[QuestionRow]:
    """The actor's own questions and those shared with a role of theirs, the latest change first."""
    uow.actor.demand(PERMISSION)
    row = KeptQuestion
    stmt = select(row).where(row.partner_id == uow.actor.partner_id).order_by(row.changed_at.desc(), row.id)
    if kind:
        stmt = stmt.where(row.kind == kind)
    found = [each for each in uow.session.scalars(stmt) if visible(uow, each)]
    owners = identity.names(uow, list({each.owner_id for each in found}))
    return [_question(uow, each, owners) for each in found]


def question(uow: UnitOfWork, question_id: UUID) -> QuestionRow:
    """One kept question.

    Raises:
        NotFound: no such question among those the actor may see.
    """
    uow.actor.demand(PERMISSION)
    found = uow.session.scalar(select(KeptQuestion).where(KeptQuestion.id == question_id))
    if found is None or not visible(uow, found):
        raise NotFound("There is no such question among those you may see.")
    return _question(uow, found, identity.names(uow, [found.owner_id]))


def visible(uow: UnitOfWork, row: KeptQuestion) -> bool:
    """Whether the actor finds a kept question: of the same organisation, its own or shared with a role of theirs."""
    actor = uow.actor
    same = row.partner_id == actor.partner_id
    return same and rules.sees(actor.roles, actor.user_id, owner=row.owner_id, shared_with=row.shared_with)


def shareable_roles(uow: UnitOfWork) -> list[tuple[str, str]]:
    """Roles of the actor's organisation whose people can explore, as keys and names."""
    book = role_book()
    side = book.vendor if uow.actor.is_vendor else book.partner
    held = [(key, role.name) for key, role in side.items() if PERMISSION in book.of(key)]
    return held + [(key, book.name(key)) for key in sorted(uow.actor.roles) if key not in dict(held)]


def history(uow: UnitOfWork, limit: int = 30) -> list[RunRow]:
    """The statements that the actor ran, the latest first."""
    uow.actor.demand(PERMISSION)
    run = StatementRun
    stmt = select(run).where(run.user_id == uow.actor.user_id).order_by(run.at.desc(), run.id.desc()).limit(limit)
    return [
        RunRow(
            row.id, row.at, Asked(row.statement, parameters_of(row.parameters)), row.status, row.rows,
            row.milliseconds, tuple(row.tables), row.said,
        )
        for row in uow.session.scalars(stmt)
    ]  # fmt: skip


def parameters_of(kept: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """Parameters as they were kept: by name, with kind and text."""
    return tuple(Parameter(name, str(each["kind"]), each["text"]) for name, each in kept.items())


def _question(uow: UnitOfWork, row: KeptQuestion, owners: Mapping[UUID, str]) -> QuestionRow:
    return QuestionRow(
        row.id, row.kind, row.title, row.description, row.content, tuple(row.shared_with),
        owners.get(row.owner_id, "Former colleague"), row.owner_id == uow.actor.user_id, row.changed_at, row.version,
    )  # fmt: skip

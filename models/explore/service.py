"""Keep a question, share it by role, take it away; remember what was asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.explore import queries, rules
from models.explore.asking import PERMISSION, Asked
from models.explore.rules import Kept, QuestionKind, RunStatus
from models.explore.tables import KeptQuestion, StatementRun


def keep(
    uow: UnitOfWork, kind: QuestionKind, content: Mapping[str, Any], *, title: str, description: str = "",
    shared_with: Collection[str] = (),
) -> UUID:  # fmt: skip
    """Keep a question under a name, for oneself and for the roles it is shared with.

    Raises:
        NotAllowed: the actor may not explore.
        Refused: it has no title, or is shared with a role that does not exist in the actor's organisation.
    """
    uow.actor.demand(PERMISSION)
    assert uow.actor.user_id
    _demand(uow, title, description, shared_with)
    row = KeptQuestion(
        id=new_id(), partner_id=uow.actor.partner_id, owner_id=uow.actor.user_id, kind=kind, title=title.strip(),
        description=description.strip(), content=dict(content), shared_with=sorted(set(shared_with)),
        created_at=uow.now, changed_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    uow.record("explore.question.kept", "explore_question", row.id, partner_id=row.partner_id, changes=_said(row))
    return row.id


def change(
    uow: UnitOfWork, question_id: UUID, *, expected: int, title: str, description: str,
    shared_with: Collection[str], content: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Change a kept question of one's own; `expected` is the version that was seen.

    Raises:
        NotFound: no such question among those the actor may see.
        NotAllowed: it belongs to somebody else.
        Refused: see `keep`.
        ChangedMeanwhile: it was changed in another place.
    """
    row = _own(uow, question_id)
    if row.version != expected:
        raise ChangedMeanwhile("This question was changed meanwhile. Open it again, then repeat your change.")
    _demand(uow, title, description, shared_with)
    row.title, row.description, row.shared_with = title.strip(), description.strip(), sorted(set(shared_with))
    row.changed_at = uow.now
    if content is not None:
        row.content = dict(content)
    uow.record("explore.question.changed", "explore_question", row.id, partner_id=row.partner_id, changes=_said(row))


def forget(uow: UnitOfWork, question_id: UUID) -> None:
    """Take a kept question of one's own away, for everybody.

    Raises:
        NotFound: no such question among those the actor may see.
        NotAllowed: it belongs to somebody else.
    """
    row = _own(uow, question_id)
    uow.record("explore.question.removed", "explore_question", row.id, partner_id=row.partner_id, changes=_said(row))
    uow.session.delete(row)


def remember(
    uow: UnitOfWork, asked: Asked, *, status: RunStatus, rows: int | None, milliseconds: int, tables: Sequence[str],
    said: str,
) -> None:  # fmt: skip
    """Write down a statement that somebody ran; the oldest beyond the most that is kept fall out."""
    if uow.actor.user_id is None:
        return
    run = StatementRun
    row = run(
        id=new_id(), partner_id=uow.actor.partner_id, user_id=uow.actor.user_id, at=uow.now, statement=asked.text,
        parameters={each.name: {"kind": each.kind, "text": each.text} for each in asked.parameters}, status=status,
        rows=rows, milliseconds=milliseconds, tables=list(tables), said=said[:2_000],
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    own = select(run).where(run.user_id == uow.actor.user_id).order_by(run.at.desc(), run.id.desc())
    for old in uow.session.scalars(own.offset(rules.KEPT_RUNS)):
        uow.session.delete(old)


def _demand(uow: UnitOfWork, title: str, description: str, shared_with: Collection[str]) -> None:
    known = [key for key, _ in queries.shareable_roles(uow)]
    if problems := rules.keeping_problems(Kept(title, description, shared_with), roles=known):
        raise Refused(problems)


def _own(uow: UnitOfWork, question_id: UUID) -> KeptQuestion:
    uow.actor.demand(PERMISSION)
    row = uow.session.scalar(select(KeptQuestion).where(KeptQuestion.id == question_id))
    if row is None or not queries.visible(uow, row):
        raise NotFound("There is no such question among those you may see.")
    if row.owner_id != uow.actor.user_id:
        raise NotAllowed("Only its owner changes a question. Keep a copy of your own.")
    return row


def _said(row: KeptQuestion) -> dict[str, Any]:
    return {"title": row.title, "kind": row.kind.value, "shared_with": row.shared_with}

"""Which application types there are to design, and which drafts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from models.applications.types import application_types
from models.core.unit_of_work import UnitOfWork
from models.design.drafting import EDIT
from models.design.rules import DraftStatus
from models.design.tables import DesignDraft
from models.engines.cases.tables import Case
from models.engines.definitions.tables import DefinitionPublication
from models.engines.workflow.schema import ReviewNode


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft that is not closed yet, as lists show it."""

    id: UUID
    key: str
    name: str
    status: DraftStatus
    changed_at: datetime
    changed_by: str
    steps: int
    proposed_by: str
    note: str


@dataclass(frozen=True, slots=True)
class TypeRow:
    """An application type: the version in force and since when (None: it came with Kontor), what runs on it, drafts.

    A type that is only a draft yet has no version. `running` counts its cases under way, in all versions.
    """

    key: str
    name: str
    short: str
    icon: str
    version: int | None
    since: datetime | None
    by: str
    stages: int
    running: int
    draft: DraftRow | None


def types(uow: UnitOfWork) -> list[TypeRow]:
    """Every application type and every type that somebody is making, by name.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    drafts = {row.key: row for row in reversed(open_drafts(uow))}
    running = dict(
        uow.session.execute(
            select(Case.type, func.count()).where(Case.ended_at.is_(None)).group_by(Case.type)
        ).tuples().all()
    )  # fmt: skip
    published = _latest(uow)
    found = []
    for key, made in application_types(uow).items():
        last = published.get(key)
        stages = sum(isinstance(node, ReviewNode) for node in made.workflow.nodes.values())
        found.append(
            TypeRow(
                key, made.name, made.short, made.icon, made.version, last.at if last else None,
                last.agreed_by_name if last else "", stages, running.get(key, 0), drafts.pop(key, None),
            )
        )  # fmt: skip
    for key, draft in drafts.items():
        found.append(TypeRow(key, draft.name, draft.name, "design_services", None, None, "", 0, 0, draft))
    return sorted(found, key=lambda row: row.name.casefold())


def running(uow: UnitOfWork, key: str) -> list[int]:
    """The versions that cases under way run on, the newest first.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    stmt = select(Case.version).where(Case.type == key, Case.ended_at.is_(None)).distinct()
    return sorted(uow.session.scalars(stmt), reverse=True)


def open_drafts(uow: UnitOfWork) -> list[DraftRow]:
    """Every draft that is being changed or waits for somebody's agreement, the latest change first.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    d = DesignDraft
    stmt = (
        select(d.id, d.key, d.name, d.status, d.changed_at, d.changed_by_name, d.place, d.proposed_by_name, d.note)
        .where(d.status.in_([DraftStatus.OPEN, DraftStatus.PROPOSED]))
        .order_by(d.changed_at.desc(), d.id)
    )
    return [DraftRow(*values) for values in uow.session.execute(stmt)]


def _latest(uow: UnitOfWork) -> dict[str, DefinitionPublication]:
    row = DefinitionPublication
    found = uow.session.scalars(select(row).order_by(row.at, row.id))
    return {each.key: each for each in found}

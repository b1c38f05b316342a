"""Reading a case within the actor's permissions and scope; used by everything in this area that names one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import areas
from models.core.errors import NotAllowed, NotFound
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import versions
from models.engines.cases.tables import Case, CaseRevision
from models.engines.definitions.case_data import CaseData
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.state import State

DESKS = {"reviews": "reviews.work", "payments": "payments.work"}
"""What it takes to decide at a desk."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case with its type and state, read for the actor."""

    id: UUID
    number: str
    partner_id: UUID
    type: ApplicationType
    state: State
    submitted: bool

    def data(self, **more: Any) -> CaseData:
        """What checks are told about it."""
        given: dict[str, Any] = {"facts": self.state.facts, **more}
        return CaseData(self.id, self.number, self.type, self.partner_id, self.state, **given)


def may_view(uow: UnitOfWork, made: ApplicationType) -> bool:
    """Whether the actor may see cases of a type at all."""
    return uow.actor.may("reviews.view" if uow.actor.is_vendor else made.permissions.view)


def find(uow: UnitOfWork, case_id: UUID) -> Found:
    """A case among those the actor may see; drafts that were never sent are the partner's own.

    Raises:
        NotFound: there is none.
        NotAllowed: the actor may not see cases of this type.
    """
    areas.load()
    row = Case
    stmt = select(row.number, row.partner_id, row.type, row.version, row.state, row.submitted_at)
    found = uow.session.execute(stmt.where(row.id == case_id)).first()
    if found is None:
        raise NotFound("There is no such case among those you may see.")
    number, partner_id, kind, version, state, submitted_at = found
    made = versions.type_of(uow, kind, version)
    if not may_view(uow, made):
        raise NotAllowed("Your roles do not show these cases. Ask your administrator for a role that does.")
    if submitted_at is None and uow.actor.is_vendor and not uow.actor.is_system:
        raise NotFound("There is no such case among those you may see.")
    return Found(case_id, number, partner_id, made, State.from_json(state), submitted_at is not None)


def earlier(uow: UnitOfWork, found: Found) -> dict[str, dict[str, Any]]:
    """By form, what was last sent with it."""
    return {form: data for form, (data, _) in _sent(uow, found).items()}


def whole(uow: UnitOfWork, found: Found, **more: Any) -> CaseData:
    """What checks are told about a case, with the forms that were sent before and when that was."""
    sent = _sent(uow, found)
    data = {form: data for form, (data, _) in sent.items()}
    return found.data(earlier=data, sent_at={form: at for form, (_, at) in sent.items()}, **more)


def _sent(uow: UnitOfWork, found: Found) -> dict[str, tuple[dict[str, Any], datetime]]:
    row = CaseRevision
    stmt = select(row.form, row.data, row.submitted_at).where(row.case_id == found.id).order_by(row.form, row.number)
    return {form: (dict(data), at) for form, data, at in uow.session.execute(stmt)}

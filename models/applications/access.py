"""Reading a case within the actor's permissions and scope; used by everything in this area that names one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models import areas
from models.core.errors import NotAllowed, NotFound
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import store
from models.engines.cases.store import StoredCase
from models.engines.cases.tables import CaseRevision
from models.engines.definitions.case_data import CaseData
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.schema import ReviewNode

DESKS = {"reviews": "reviews.work", "payments": "payments.work"}
"""What it takes to decide at a desk."""
VIEW = "reviews.view"


def to_decide(node: ReviewNode) -> str:
    """The permission that deciding a stage takes.

    Whom a stage names itself (a group, the partner's ecosystem manager) decides there without a reviewer's role; money
    is moved by those alone who may.
    """
    return VIEW if node.candidates and node.desk == "reviews" else DESKS[node.desk]


def may_view(uow: UnitOfWork, made: ApplicationType) -> bool:
    """Whether the actor may see cases of a type at all."""
    return uow.actor.may(VIEW if uow.actor.is_vendor else made.permissions.view)


def find(uow: UnitOfWork, case_id: UUID) -> StoredCase:
    """A case among those the actor may see, to look at; drafts that were never sent are the partner's own.

    Raises:
        NotFound: there is none.
        NotAllowed: the actor may not see cases of this type.
    """
    areas.load()
    return _visible(uow, store.read(uow, case_id))


def find_to_change(uow: UnitOfWork, case_id: UUID, key: str | None = None) -> StoredCase:
    """The same, locked, for `store.change` with that key.

    Raises:
        NotFound: there is none.
        NotAllowed: the actor may not see cases of this type.
    """
    areas.load()
    return _visible(uow, store.read_to_change(uow, case_id, key))


def _visible(uow: UnitOfWork, found: StoredCase) -> StoredCase:
    if not may_view(uow, found.type):
        raise NotAllowed("Your roles do not show these cases. Ask your administrator for a role that does.")
    if not found.sent and uow.actor.is_vendor and not uow.actor.is_system:
        raise NotFound("There is no such case among those you may see.")
    return found


def earlier(uow: UnitOfWork, found: StoredCase) -> dict[str, dict[str, Any]]:
    """By form, what was last sent with it."""
    return {form: data for form, (data, _) in _sent(uow, found).items()}


def whole(uow: UnitOfWork, found: StoredCase, **more: Any) -> CaseData:
    """What checks are told about a case, with the forms that were sent before and when that was."""
    sent = _sent(uow, found)
    data = {form: data for form, (data, _) in sent.items()}
    return found.data(earlier=data, sent_at={form: at for form, (_, at) in sent.items()}, **more)


def _sent(uow: UnitOfWork, found: StoredCase) -> dict[str, tuple[dict[str, Any], datetime]]:
    row = CaseRevision
    stmt = select(row.form, row.data, row.submitted_at).where(row.case_id == found.id).order_by(row.form, row.number)
    return {form: (dict(data), at) for form, data, at in uow.session.execute(stmt)}

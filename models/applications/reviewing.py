"""What the vendor's people do with an application: claim, decide, ask; and see who else has it open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update

from models.applications import access
from models.applications.access import to_decide
from models.applications.remarks import remark
from models.core.errors import Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import store
from models.engines.cases.store import StoredCase
from models.engines.cases.tables import CaseTask
from models.engines.forms.schema import Form, Step
from models.engines.forms.validation import problems
from models.engines.forms.values import storable
from models.engines.workflow import commands as c
from models.engines.workflow.schema import ReviewNode
from models.engines.workflow.state import State

LEASE_MINUTES = 10
"""How long a case counts as open in front of somebody when its type says nothing (parameter `lease_minutes`)."""


def key_of(visit: str, what: str, who: UUID | None, seq: int) -> str:
    """What lets something that is done to a review count once: the visit, the deed, the person, the case as it was
    read."""
    return f"{visit}:{what}:{who}:{seq}"


def decide(
    uow: UnitOfWork, case_id: UUID, visit: str, decision: str, *, key: str, reason: str = "", comment: str = "",
    fields: Mapping[str, Any] | None = None, expected: int | None = None,
) -> State:  # fmt: skip
    """Decide a review. `fields` are what the decision asks for (JSON values), `expected` the case as it was read.

    Raises:
        NotAllowed: not this person: roles, own case, four eyes, held by somebody else.
        Refused: a comment, reason or field is missing or wrong; carries every problem.
        ChangedMeanwhile: somebody was quicker; says who, and when.
        WrongState: the stage is over.
    """
    found = access.find_to_change(uow, case_id, key)
    return decide_found(
        uow, found, visit, decision, key=key, reason=reason, comment=comment, fields=fields, expected=expected
    )


def decide_found(
    uow: UnitOfWork, found: StoredCase, visit: str, decision: str, *, key: str, reason: str = "", comment: str = "",
    fields: Mapping[str, Any] | None = None, expected: int | None = None,
) -> State:  # fmt: skip
    """`decide` for whoever has read the case to change it, with the same key."""
    facts = {}
    if node := _stage(found, visit):
        uow.actor.demand(to_decide(node))
        facts = _facts(node, decision, storable(fields or {}))
    command = c.Decide(visit, decision, reason, remark(comment, "comment"), facts)
    return store.change(uow, found, command, key=key, expected=expected)


def _facts(node: ReviewNode, decision: str, given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = node.decisions.get(decision)
    if wanted is None or not wanted.fields:
        return {}
    form = Form(title=wanted.label, steps=(Step(title=wanted.label, fields=wanted.fields),))
    data = {field.name: given.get(field.name) for field in wanted.fields}
    if wrong := problems(form, data):
        raise Refused(wrong)
    return data


def claim(uow: UnitOfWork, case_id: UUID, visit: str) -> State:
    """Take a review as one's own, so that nobody else decides it.

    Raises:
        NotAllowed: not this person, or somebody holds it.
        WrongState: the stage is over.
    """
    found = access.find_to_change(uow, case_id)
    _demand_desk(uow, found, visit)
    return store.change(uow, found, c.Claim(visit))


def release(uow: UnitOfWork, case_id: UUID, visit: str) -> State:
    """Give a review back to everybody.

    Raises:
        NotAllowed: somebody else holds it.
        WrongState: the stage is over.
    """
    found = access.find_to_change(uow, case_id)
    _demand_desk(uow, found, visit)
    return store.change(uow, found, c.Release(visit))


def ask(uow: UnitOfWork, case_id: UUID, visit: str, text: str, *, key: str, expected: int | None = None) -> State:
    """Put a question to the partner; the clock stops until it is answered.

    Raises:
        NotAllowed: not this person.
        Refused: no question.
        WrongState: a question is open already, or the stage is over.
    """
    found = access.find_to_change(uow, case_id, key)
    _demand_desk(uow, found, visit)
    return store.change(uow, found, c.Ask(visit, remark(text, "text")), key=key, expected=expected)


def lease(uow: UnitOfWork, case_id: UUID, visit: str) -> str | None:
    """Say that the actor has a review open; the name of who else has, None when nobody.

    Raises:
        NotAllowed: no role of the actor works at this desk.
    """
    found = access.find(uow, case_id)
    node = _stage(found, visit)
    if node is None:
        return None
    uow.actor.demand(to_decide(node))
    minutes = int(found.type.parameters.get("lease_minutes", LEASE_MINUTES))
    own = (CaseTask.case_id == case_id) & (CaseTask.visit == visit)
    free = or_(CaseTask.leased_by.is_(None), CaseTask.leased_by == uow.actor.user_id, CaseTask.leased_until < uow.now)
    mine = {
        "leased_by": uow.actor.user_id, "leased_by_name": uow.actor.name,
        "leased_until": uow.now + timedelta(minutes=minutes),
    }  # fmt: skip
    if uow.session.connection().execute(update(CaseTask).where(own, free).values(mine)).rowcount:
        return None
    return uow.session.scalar(select(CaseTask.leased_by_name).where(own))


def _stage(found: StoredCase, visit: str) -> ReviewNode | None:
    """The review that a visit stands at; None when it is over."""
    open_ = found.state.visit(visit)
    node = found.type.workflow.nodes.get(open_.node) if open_ else None
    return node if isinstance(node, ReviewNode) else None


def _demand_desk(uow: UnitOfWork, found: StoredCase, visit: str) -> None:
    node = _stage(found, visit)
    if node is None:
        raise WrongState(f"This stage is over. It is now: {found.state.status}. Look at the case again.")
    uow.actor.demand(to_decide(node))

"""Who stands in for whom, and who is away, as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from models.core.unit_of_work import UnitOfWork
from models.identity import queries as identity
from models.reviewers.handing_over import can_stand_in, scope_choices
from models.reviewers.people import seeing
from models.reviewers.service import MANAGE
from models.reviewers.tables import ReviewAbsence, ReviewDelegation


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """Somebody stands in for somebody; `now`: at this moment. `scope` in words, nothing: everything."""

    id: UUID
    by: UUID
    by_name: str
    to: UUID
    to_name: str
    since: datetime
    until: datetime
    scope: tuple[str, ...]
    cap: Decimal | None
    currency: str
    reason: str
    created_by_name: str
    now: bool


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """Somebody is out of office; `now`: at this moment."""

    id: UUID
    user_id: UUID
    name: str
    since: datetime
    until: datetime
    note: str
    now: bool


def _in_force(row: Any, now: datetime) -> Any:
    return (row.since <= now) & (row.until > now) & row.revoked_at.is_(None)


def _to_come(row: Any, now: datetime) -> Any:
    return (row.until > now) & row.revoked_at.is_(None)


def standing_in_now(uow: UnitOfWork) -> list[DelegationRow]:
    """Who stands in for whom at this moment."""
    return _delegations(uow, _in_force(ReviewDelegation, uow.now))


def away_now(uow: UnitOfWork) -> list[AbsenceRow]:
    """Who is out of office at this moment."""
    return _absences(uow, _in_force(ReviewAbsence, uow.now))


def delegations(uow: UnitOfWork) -> list[DelegationRow]:
    """Who stands in for whom, now or later, the earliest first.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    return _delegations(uow, _to_come(ReviewDelegation, uow.now))


def own_delegations(uow: UnitOfWork) -> list[DelegationRow]:
    """Who stands in for the actor, and for whom the actor stands in, now or later, the earliest first."""
    row, me = ReviewDelegation, uow.actor.user_id
    return _delegations(uow, _to_come(row, uow.now) & or_(row.from_id == me, row.to_id == me))


def absences(uow: UnitOfWork) -> list[AbsenceRow]:
    """Who is or will be out of office, the earliest first.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    return _absences(uow, _to_come(ReviewAbsence, uow.now))


def own_absences(uow: UnitOfWork) -> list[AbsenceRow]:
    """When the actor is or will be out of office, the earliest first."""
    row = ReviewAbsence
    return _absences(uow, _to_come(row, uow.now) & (row.user_id == uow.actor.user_id))


def _delegations(uow: UnitOfWork, which: Any) -> list[DelegationRow]:
    row = ReviewDelegation
    stmt = select(row.id, row.from_id, row.to_id, row.since, row.until, row.scope, row.cap, row.currency, row.reason,
                  row.created_by_name).where(which).order_by(row.since, row.id)  # fmt: skip
    found = uow.session.execute(stmt).all()
    if not found:
        return []
    names = identity.names(uow, [key for values in found for key in values[1:3]])
    words = scope_choices(uow)
    return [
        DelegationRow(
            key, by, names.get(by, ""), to, names.get(to, ""), since, until,
            tuple(words.get(each, each) for each in scope), cap, currency, reason, created, since <= uow.now,
        )
        for key, by, to, since, until, scope, cap, currency, reason, created in found
    ]  # fmt: skip


def _absences(uow: UnitOfWork, which: Any) -> list[AbsenceRow]:
    row = ReviewAbsence
    stmt = select(row.id, row.user_id, row.since, row.until, row.note).where(which).order_by(row.since, row.id)
    found = uow.session.execute(stmt).all()
    names = identity.names(uow, [values[1] for values in found]) if found else {}
    return [
        AbsenceRow(key, person, names.get(person, ""), since, until, note, since <= uow.now)
        for key, person, since, until, note in found
    ]


def possible_stand_ins(uow: UnitOfWork, by: UUID) -> dict[UUID, str]:
    """Who may stand in for a person, by name: whose roles decide at a desk of theirs, but not the one who asks.

    Raises:
        NotAllowed: somebody else's, and no role of the actor manages reviewers.
    """
    if by != uow.actor.user_id:
        uow.actor.demand(MANAGE)
    everybody = {each.id: each for each in seeing(uow)}
    if (giver := everybody.get(by)) is None:
        return {}
    others = (each for key, each in everybody.items() if key not in (by, uow.actor.user_id))
    return {each.id: each.name for each in others if can_stand_in(giver, each)}

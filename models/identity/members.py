"""Whom other areas choose among: account managers and directors of partners, the vendor's ecosystem managers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, select

from models.core.errors import NotFound, Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.identity.queries import names
from models.identity.rules import ACCOUNT_DIRECTOR, ACCOUNT_MANAGER
from models.identity.tables import UserAccount, UserRole

__all__ = ["AccountManager", "account_manager", "account_managers", "ecosystem_managers", "names", "set_director"]

ECOSYSTEM_MANAGER = "ecosystem_manager"


@dataclass(frozen=True, slots=True)
class AccountManager:
    """Somebody who looks after customers of a partner."""

    id: UUID
    name: str
    email: str
    partner_id: UUID | None
    director_id: UUID | None


def account_managers(uow: UnitOfWork, partner_ids: Collection[UUID]) -> list[AccountManager]:
    """The account managers of some partners, by name: the choices of customer assignment (ORG-USER-09)."""
    uow.actor.demand("customers.view")
    row = UserAccount
    stmt = _with_role(ACCOUNT_MANAGER).where(row.partner_id.in_(list(partner_ids))).order_by(row.name, row.id)
    return [AccountManager(*found) for found in uow.session.execute(stmt)]


def account_manager(uow: UnitOfWork, user_id: UUID) -> AccountManager | None:
    """One account manager among those the actor may see; None when the user is none."""
    found = uow.session.execute(_with_role(ACCOUNT_MANAGER).where(UserAccount.id == user_id)).one_or_none()
    return AccountManager(*found) if found else None


def directors(uow: UnitOfWork, partner_id: UUID) -> dict[UUID, str]:
    """The account directors of a partner, by name."""
    uow.actor.demand("members.view")
    stmt = _with_role(ACCOUNT_DIRECTOR).where(UserAccount.partner_id == partner_id)
    return {found[0]: found[1] for found in uow.session.execute(stmt.order_by(UserAccount.name, UserAccount.id))}


def led_by(uow: UnitOfWork, director_id: UUID) -> list[str]:
    """The names of the account managers under an account director, by name."""
    uow.actor.demand("members.view")
    row = UserAccount
    stmt = select(row.name).where(row.director_id == director_id, row.deleted_at.is_(None))
    return list(uow.session.scalars(stmt.order_by(row.name, row.id)))


def ecosystem_managers(uow: UnitOfWork) -> dict[UUID, str]:
    """The vendor's ecosystem managers, by name."""
    uow.actor.demand("partners.view")
    stmt = _with_role(ECOSYSTEM_MANAGER).where(UserAccount.partner_id.is_(None))
    return {found[0]: found[1] for found in uow.session.execute(stmt.order_by(UserAccount.name, UserAccount.id))}


def set_director(uow: UnitOfWork, user_id: UUID, director_id: UUID | None) -> None:
    """Put an account manager under an account director of the same partner, or under none (ORG-ROLE-13).

    Raises:
        NotFound: no such account manager among those the actor may see.
        Refused: the director is none of this partner.
    """
    uow.actor.demand("members.manage")
    manager = account_manager(uow, user_id)
    if manager is None or manager.partner_id is None:
        raise NotFound("There is no such account manager among those you may see.")
    known = directors(uow, manager.partner_id)
    if director_id is not None and director_id not in known:
        raise Refused(Problem("DIRECTOR-UNKNOWN", "Choose an account director of this organisation.", "director"))
    user = uow.session.scalar(select(UserAccount).where(UserAccount.id == user_id))
    if user is None or user.director_id == director_id:
        return
    before = known.get(user.director_id) if user.director_id else None
    user.director_id = director_id
    changes = {"director": [before, known[director_id] if director_id else None]}
    uow.record("user.director_changed", "user", user_id, partner_id=user.partner_id, changes=changes)


def _with_role(role: str) -> Select[tuple[UUID, str, str, UUID | None, UUID | None]]:
    row = UserAccount
    has = exists(select(UserRole.user_id).where(UserRole.user_id == row.id, UserRole.role == role))
    return select(row.id, row.name, row.email, row.partner_id, row.director_id).where(row.deleted_at.is_(None), has)

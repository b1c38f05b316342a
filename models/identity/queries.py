"""What pages read about users and sessions, always within the actor's scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.identity.roles import role_book
from models.identity.rules import CUSTOM, UserStatus
from models.identity.tables import CustomRole, UserAccount, UserRole, UserSession


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as lists and details show it."""

    id: UUID
    name: str
    username: str
    email: str
    mobile: str | None
    office_phone: str | None
    roles: tuple[str, ...]
    status: UserStatus
    director_id: UUID | None
    partner_id: UUID | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser in which the actor is signed in."""

    id: UUID
    browser: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def users(uow: UnitOfWork, partner_id: UUID | None) -> list[UserRow]:
    """The users of a partner (None: of the vendor), by name. Two statements, whatever their number."""
    uow.actor.demand("users.manage" if partner_id is None else "members.view")
    user = UserAccount
    stmt = select(user).where(user.partner_id == partner_id, user.deleted_at.is_(None))
    stmt = stmt.options(selectinload(user.roles)).order_by(user.name, user.id)
    return [_row(found) for found in uow.session.scalars(stmt)]


def user(uow: UnitOfWork, user_id: UUID) -> UserRow:
    """One user.

    Raises:
        NotFound: no such user among those the actor may see.
    """
    stmt = select(UserAccount).where(UserAccount.id == user_id, UserAccount.deleted_at.is_(None))
    found = uow.session.scalar(stmt.options(selectinload(UserAccount.roles)))
    if found is None:
        raise NotFound("There is no such user among those you may see.")
    uow.actor.demand("users.manage" if found.partner_id is None else "members.view")
    return _row(found)


def _row(found: UserAccount) -> UserRow:
    return UserRow(
        found.id, found.name, found.username, found.email, found.mobile, found.office_phone,
        tuple(sorted(role.role for role in found.roles)), found.status, found.director_id, found.partner_id,
        found.created_at, found.version,
    )  # fmt: skip


def own_sessions(uow: UnitOfWork) -> list[SessionRow]:
    """The browsers in which the actor is signed in, the latest first."""
    row = UserSession
    stmt = (
        select(row.id, row.browser, row.created_at, row.last_seen_at)
        .where(row.user_id == uow.actor.user_id, row.ended_at.is_(None))
        .order_by(row.last_seen_at.desc(), row.id)
    )
    return [
        SessionRow(key, browser, created, seen, is_this=key == uow.actor.session_id)
        for key, browser, created, seen in uow.session.execute(stmt)
    ]


def names(uow: UnitOfWork, user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of users among those the actor may see, the deleted ones too."""
    stmt = select(UserAccount.id, UserAccount.name).where(UserAccount.id.in_(list(user_ids)))
    return dict(uow.session.execute(stmt).tuples().all())


def names_shown(uow: UnitOfWork, also: Collection[UUID] = ()) -> dict[UUID, str]:
    """Names of the users whom pages name to the actor, the deleted ones too: who manages users sees all, whoever sees
    reviews those who review, whoever sees members those of partners; and `also` some. All within the scope."""
    row, may = UserAccount, uow.actor.may
    shown = [row.id.in_(list(also))]
    if uow.actor.is_vendor and (may("users.manage") or may("reviews.view")):
        shown.append(row.partner_id.is_(None))
    if may("users.manage") or may("members.view"):
        shown.append(row.partner_id.is_not(None))
    return dict(uow.session.execute(select(row.id, row.name).where(or_(*shown))).tuples().all())


def name_of(user_id: Any) -> ScalarSelect[str]:
    """The name of the user that a column names, as an expression of another area's select; NULL out of scope."""
    return select(UserAccount.name).where(UserAccount.id == user_id).scalar_subquery()


def is_before_credentials(user_id: Any, made_at: Any) -> ColumnElement[bool]:
    """Whether what a column says was made before the user was signed out everywhere or got another password."""
    row = UserAccount
    return exists(select(row.id).where(row.id == user_id, row.credentials_at >= made_at))


@dataclass(frozen=True, slots=True)
class Me:
    """What a person may see and change about themselves."""

    name: str
    email: str
    must_change_password: bool
    preferences: dict[str, Any]


def me(uow: UnitOfWork) -> Me:
    """The actor's own account.

    Raises:
        NotFound: the account is no more.
    """
    row = UserAccount
    stmt = select(row.name, row.email, row.must_change_password, row.preferences).where(row.id == uow.actor.user_id)
    found = uow.session.execute(stmt).one_or_none()
    if found is None:
        raise NotFound("You have no account here any more.")
    return Me(*found)


def led(uow: UnitOfWork) -> list[tuple[UUID, UUID]]:
    """Who is led by which account director now, among those the actor may see."""
    row = UserAccount
    stmt = select(row.id, row.director_id).where(row.director_id.is_not(None)).order_by(row.id)
    return [(key, director) for key, director in uow.session.execute(stmt) if director is not None]


def led_version(uow: UnitOfWork) -> tuple[object, ...]:
    """Another value whenever `led` would answer otherwise: each change of a user counts its version up."""
    row = UserAccount
    return tuple(uow.session.execute(select(func.count(row.director_id), func.sum(row.version))).one())


def email_of(uow: UnitOfWork, user_id: UUID) -> str | None:
    """Where a user gets mail; None when deleted or locked."""
    return uow.session.scalar(
        select(UserAccount.email).where(
            UserAccount.id == user_id, UserAccount.deleted_at.is_(None), UserAccount.status != UserStatus.LOCKED
        )
    )


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of the vendor's people who can sign in."""

    id: UUID
    name: str
    email: str
    roles: frozenset[str]

    def may(self, permission: str) -> bool:
        """Whether one of their roles holds the permission."""
        return any(permission in role_book().of(role) for role in self.roles)


def colleagues(uow: UnitOfWork) -> list[Colleague]:
    """The vendor's people who can sign in, by name."""
    user = UserAccount
    stmt = select(user.id, user.name, user.email, UserRole.role).outerjoin(UserRole, UserRole.user_id == user.id)
    active = (user.partner_id.is_(None), user.deleted_at.is_(None), user.status != UserStatus.LOCKED)
    found: dict[UUID, tuple[str, str, set[str]]] = {}
    for key, name, email, role in uow.session.execute(stmt.where(*active).order_by(user.name, user.id)):
        found.setdefault(key, (name, email, set()))[2].update([role] if role else [])
    return [Colleague(key, name, email, frozenset(roles)) for key, (name, email, roles) in found.items()]


@dataclass(frozen=True, slots=True)
class PersonColumns:
    """What a list of another area reads of the vendor's people; `roles` are their keys joined by commas."""

    entity: Any
    id: Any
    name: Any
    email: Any
    roles: Any


def person_columns() -> PersonColumns:
    """The columns of people, for a list of another area."""
    user = UserAccount
    keys = select(func.aggregate_strings(UserRole.role, ",")).where(UserRole.user_id == user.id)
    return PersonColumns(user, user.id, user.name, user.email, keys.correlate(user).scalar_subquery())


def has_role(roles: Collection[str]) -> ColumnElement[bool]:
    """Those of `person_columns` who have one of some roles."""
    row = UserRole
    return exists(select(row.user_id).where(row.user_id == UserAccount.id, row.role.in_(list(roles))))


def is_colleague_with(permission: str) -> ColumnElement[bool]:
    """Those of `person_columns` who are the vendor's, can sign in, and have a role with the permission."""
    book, user = role_book(), UserAccount
    roles = has_role([role for role in book.vendor if permission in book.of(role)])
    return and_(user.partner_id.is_(None), user.deleted_at.is_(None), user.status != UserStatus.LOCKED, roles)


def hold_still(uow: UnitOfWork, user_ids: Collection[UUID]) -> None:
    """Let whoever else wants to change something between the same people wait until this transaction ends."""
    stmt = select(UserAccount.id).where(UserAccount.id.in_(list(user_ids))).order_by(UserAccount.id)
    uow.session.execute(stmt.with_for_update())


def with_roles(uow: UnitOfWork, roles: Collection[str]) -> list[UUID]:
    """The vendor's people who have one of the roles and can sign in."""
    stmt = _active().join(UserRole, UserRole.user_id == UserAccount.id).distinct()
    return list(uow.session.scalars(stmt.where(UserAccount.partner_id.is_(None), UserRole.role.in_(list(roles)))))


def with_permission(uow: UnitOfWork, partner_id: UUID, permission: str) -> list[UUID]:
    """People of a partner who can sign in and have a role, preset or custom, with the permission."""
    book = role_book()
    preset = [role for role in book.partner if permission in book.of(role)]
    custom = uow.session.execute(
        select(CustomRole.id, CustomRole.permissions).where(CustomRole.partner_id == partner_id)
    )
    roles = preset + [f"{CUSTOM}{key}" for key, permissions in custom if permission in permissions]
    stmt = _active().join(UserRole, UserRole.user_id == UserAccount.id).distinct()
    return list(uow.session.scalars(stmt.where(UserAccount.partner_id == partner_id, UserRole.role.in_(roles))))


def _active() -> Select[tuple[UUID]]:
    stmt = select(UserAccount.id).where(UserAccount.deleted_at.is_(None), UserAccount.status != UserStatus.LOCKED)
    return stmt.order_by(UserAccount.id)

"""From the token in a cookie to the actor: asked again in every script run and for every request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models.core.actor import Actor, Scope
from models.core.errors import NotAllowed
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork, unscoped
from models.customers import queries as customers
from models.identity import queries, rules
from models.identity.roles import role_book
from models.identity.rules import CUSTOM, UserStatus
from models.identity.tables import CustomRole, UserAccount, UserSession
from models.partners import queries as partners

SEEN_EVERY = timedelta(minutes=1)
"""A session's last request is written down at most this often, so that reading pages do not write."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An actor and what the frame of every page shows about the person."""

    actor: Actor
    email: str
    role_names: tuple[str, ...]
    organisation: str
    must_change_password: bool
    preferences: dict[str, Any]
    seen_at: datetime


def signed_in(uow: UnitOfWork, token: str) -> SignedIn | None:
    """Who the token belongs to, with roles, permissions and scope as they are now; None when the session is over."""
    with unscoped(uow, reason="finds out who is asking, by the secret token of their own session"):
        stmt = (
            select(UserSession, UserAccount)
            .join(UserAccount, UserAccount.id == UserSession.user_id)
            .where(UserSession.token_hash == hashlib.sha256(token.encode()).hexdigest())
            .options(selectinload(UserAccount.roles))
        )
        found = uow.session.execute(stmt).one_or_none()
        if found is None:
            return None
        session, user = found
        terms = rules.SessionTerms(
            timedelta(minutes=settings().session_idle_minutes), timedelta(hours=settings().session_hours)
        )
        alive = session.ended_at is None and rules.session_alive(
            created=session.created_at, last_seen=session.last_seen_at, at=uow.now, terms=terms
        )
        if not alive or user.deleted_at is not None or user.status is UserStatus.LOCKED:
            return None
        return _describe(uow, user, session)


def actor_of(uow: UnitOfWork, user_id: UUID) -> Actor | None:
    """Who a user is now, for work that goes on after they left; None when locked or deleted meanwhile."""
    with unscoped(uow, reason="rebuilds the actor in whose own name the worker goes on"):
        user = uow.session.scalar(
            select(UserAccount).where(UserAccount.id == user_id).options(selectinload(UserAccount.roles))
        )
        if user is None or user.deleted_at is not None or user.status is UserStatus.LOCKED:
            return None
        return _actor(uow, user, session_id=None)


def _actor(uow: UnitOfWork, user: UserAccount, *, session_id: UUID | None) -> Actor:
    roles = sorted(role.role for role in user.roles)
    book = role_book()
    custom = _custom_roles(uow, roles).values()
    permissions = frozenset().union(*(book.of(role) for role in roles), *(role.permissions for role in custom))
    if permissions:
        permissions |= set(book.default_permissions)
    return Actor(
        user_id=user.id,
        name=user.name,
        roles=frozenset(roles),
        permissions=permissions,
        scope=scope_of(uow, user.id, user.partner_id, roles),
        partner_id=user.partner_id,
        session_id=session_id,
    )


def _describe(uow: UnitOfWork, user: UserAccount, session: UserSession) -> SignedIn:
    roles = sorted(role.role for role in user.roles)
    custom = _custom_roles(uow, roles)
    book = role_book()
    actor = _actor(uow, user, session_id=session.id)
    names = tuple(custom[role].name if role in custom else book.name(role) for role in roles)
    organisation = partners.partner_name(uow, user.partner_id) if user.partner_id else settings().vendor_name
    return SignedIn(
        actor, user.email, names, organisation, user.must_change_password, dict(user.preferences), session.last_seen_at
    )


def stay_signed_in(uow: UnitOfWork) -> None:
    """Let nobody sign the actor out until this transaction ends, for what opens something beyond their session.

    Raises:
        NotAllowed: the session ended, or the person was locked or deleted, since it was found out who is acting.
    """
    queries.hold_still(uow, [uow.actor.user_id] if uow.actor.user_id else [])
    row = UserAccount
    in_use = select(row.id).where(
        row.id == uow.actor.user_id, row.deleted_at.is_(None), row.status != UserStatus.LOCKED
    )
    if uow.actor.session_id:
        alive = select(UserSession.id).where(UserSession.id == uow.actor.session_id, UserSession.ended_at.is_(None))
        in_use = in_use.where(alive.exists())
    if uow.session.scalar(in_use) is None:
        raise NotAllowed("You were signed out meanwhile. Sign in again.")


def scope_of(uow: UnitOfWork, user_id: UUID, partner_id: UUID | None, roles: list[str]) -> Scope:
    """Which rows a user may see: a vendor's member all, a partner's member its own partner's and associated resellers',
    an account manager without another role only the customers assigned to them (CUS-COM-01, ORG-ROLE-10)."""
    if partner_id is None:
        return Scope.ALL
    if rules.sees_assigned_only(roles):
        return Scope(frozenset({partner_id}), frozenset(customers.assigned_to(uow, user_id)))
    return Scope(frozenset({partner_id, *partners.resellers_of(uow, partner_id)}))


def touch(uow: UnitOfWork, session_id: UUID) -> None:
    """Write down that a session is in use."""
    if session := uow.session.get(UserSession, session_id):
        session.last_seen_at = uow.now


def _custom_roles(uow: UnitOfWork, roles: list[str]) -> dict[str, CustomRole]:
    keys = [UUID(role.removeprefix(CUSTOM)) for role in roles if role.startswith(CUSTOM)]
    if not keys:
        return {}
    return {
        f"{CUSTOM}{role.id}": role for role in uow.session.scalars(select(CustomRole).where(CustomRole.id.in_(keys)))
    }

"""Which tokens there are: one's own, and for administrators those of the people they manage. Never a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from models.core.unit_of_work import UnitOfWork
from models.identity import queries as identity
from models.tokens.tables import PersonalToken as T

MOST = 500
"""Tokens that the list of an administrator shows at most, the latest made first."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token that still opens something; `hint` are the last characters of its secret."""

    id: UUID
    user_id: UUID
    name: str
    hint: str
    areas: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    person: str = ""


Found = Select[tuple[UUID, UUID, str, str, list[str], datetime, datetime, datetime | None]]


def own_tokens(uow: UnitOfWork) -> list[TokenRow]:
    """The actor's own tokens that still open something, the latest made first."""
    return _rows(uow, _alive(uow).where(T.user_id == uow.actor.user_id))


def managed_tokens(uow: UnitOfWork) -> list[TokenRow]:
    """Tokens of other people whom the actor manages: the vendor's administrators of everybody, a partner's of its own.

    Raises:
        NotAllowed: the actor manages nobody.
    """
    uow.actor.demand("users.manage" if uow.actor.is_vendor else "members.manage")
    stmt = _alive(uow).where(T.user_id != uow.actor.user_id)
    if not uow.actor.is_vendor:
        stmt = stmt.where(T.partner_id == uow.actor.partner_id)
    return _rows(uow, stmt.limit(MOST))


def is_alive(uow: UnitOfWork) -> ColumnElement[bool]:
    """The tokens that were neither revoked nor expired, nor made before their person was signed out everywhere."""
    signed_out = identity.is_before_credentials(T.user_id, T.created_at)
    return and_(T.revoked_at.is_(None), T.expires_at > uow.now, ~signed_out)


def _alive(uow: UnitOfWork) -> Found:
    stmt = select(T.id, T.user_id, T.name, T.hint, T.areas, T.created_at, T.expires_at, T.last_used_at)
    return stmt.where(is_alive(uow)).order_by(T.created_at.desc(), T.id.desc())


def _rows(uow: UnitOfWork, stmt: Found) -> list[TokenRow]:
    found: Sequence[TokenRow] = [
        TokenRow(key, user, name, hint, tuple(areas), made, expires, used)
        for key, user, name, hint, areas, made, expires, used in uow.session.execute(stmt)
    ]
    names = identity.names(uow, [row.user_id for row in found])
    return [
        TokenRow(
            row.id, row.user_id, row.name, row.hint, row.areas, row.created_at, row.expires_at, row.last_used_at,
            names.get(row.user_id, ""),
        )
        for row in found
    ]  # fmt: skip

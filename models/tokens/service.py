"""Make and revoke personal tokens, and find out whose request one makes: the person as they are now."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from models.core.actor import Actor
from models.core.clock import business_date
from models.core.errors import NotAllowed, NotFound, Refused
from models.core.settings import settings
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.identity import access
from models.identity import queries as identity
from models.notices import service as notices
from models.tokens.queries import is_alive
from models.tokens.rules import TokenArea, TokenTerms, token_problems
from models.tokens.tables import PersonalToken

PREFIX = "kontor_"
"""Begins every secret, so that people and secret scanners know what they found."""
SECRET_BYTES = 32
LENGTH = len(PREFIX) + 43
"""Characters of a secret."""
USED_EVERY = timedelta(minutes=1)
"""The last use is written down at most this often, so that reading does not write."""
ACCOUNT = "/account"


@dataclass(frozen=True, slots=True)
class Made:
    """A new token with its secret, which nobody can be shown again."""

    id: UUID
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose request it is: the person with their roles and rows as they are now, and what the token opens of them."""

    token_id: UUID
    name: str
    areas: frozenset[TokenArea]
    actor: Actor
    expires_at: datetime
    last_used_at: datetime | None

    def opens(self, area: TokenArea) -> bool:
        """Whether the token was made for an area."""
        return area in self.areas

    def unnoted(self, at: datetime) -> bool:
        """Whether this use is to be written down."""
        return self.last_used_at is None or at - self.last_used_at > USED_EVERY


def terms() -> TokenTerms:
    """What this installation sets for tokens."""
    return TokenTerms(settings().api_token_days, settings().api_tokens_per_person)


def create(uow: UnitOfWork, name: str, areas: Sequence[str], days: int) -> Made:
    """Make a token of the actor's own; its secret is answered once and never again. The person is told of it.

    Raises:
        NotAllowed: the actor is no person who may sign in, or was signed out meanwhile.
        Refused: everything wrong with the input at once.
    """
    uow.actor.demand("home.view")
    if uow.actor.user_id is None:
        raise NotAllowed("Only a person can have a token.")
    access.stay_signed_in(uow)
    row = PersonalToken
    own = select(func.count()).select_from(row).where(row.user_id == uow.actor.user_id, is_alive(uow))
    held = uow.session.scalar(own) or 0
    if problems := token_problems(name, areas, days, held=held, terms=terms()):
        raise Refused(problems)
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    made = row(
        id=new_id(), partner_id=uow.actor.partner_id, user_id=uow.actor.user_id, name=name.strip(),
        token_hash=_hash(secret), hint=secret[-4:], areas=sorted(set(areas)), created_at=uow.now,
        expires_at=uow.now + timedelta(days=days), last_used_at=None, revoked_at=None, revoked_by_name=None,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    changes = {"name": made.name, "areas": made.areas, "expires": business_date(made.expires_at).isoformat()}
    uow.record("token.created", "token", made.id, partner_id=made.partner_id, changes=changes)
    notices.tell(
        uow, made.user_id, key=f"token:{made.id}", title=f"Token “{made.name}” was made", link=ACCOUNT, icon="key",
        text="Whoever holds it reads in your name. If it was not you, change your password: that ends every token.",
    )  # fmt: skip
    return Made(made.id, secret, made.expires_at)


def revoke(uow: UnitOfWork, token_id: UUID) -> None:
    """End a token at once: one's own, or one of somebody whom the actor manages. One that ended already is fine.

    Raises:
        NotFound: there is no such token among those the actor may revoke.
    """
    token = uow.session.scalar(select(PersonalToken).where(PersonalToken.id == token_id))
    if token is None or not _may_revoke(uow.actor, token):
        raise NotFound("There is no such token among yours.")
    if token.revoked_at is not None:
        return
    token.revoked_at, token.revoked_by_name = uow.now, uow.actor.name
    changes = {"name": token.name, "of": str(token.user_id)}
    uow.record("token.revoked", "token", token.id, partner_id=token.partner_id, changes=changes)
    if token.user_id != uow.actor.user_id:
        notices.tell(
            uow, token.user_id, key=f"token-revoked:{token.id}", title=f"Token “{token.name}” was revoked",
            text=f"By {uow.actor.name}. Programs that use it are refused from now on.", link=ACCOUNT, icon="key_off",
        )  # fmt: skip


def _may_revoke(actor: Actor, token: PersonalToken) -> bool:
    if token.user_id == actor.user_id or actor.is_system:
        return True
    if actor.is_vendor:
        return actor.may("users.manage")
    return actor.may("members.manage") and token.partner_id == actor.partner_id


def bearer(uow: UnitOfWork, secret: str) -> Bearer | None:
    """Who makes a request with this secret; None when it opens nothing (any more). For the system alone.

    A token ends with its time, with its revocation, when its person is signed out everywhere, locked or deleted, and
    with every change of the password; a person without any role opens nothing with it.
    """
    if not secret.startswith(PREFIX) or len(secret) != LENGTH:
        return None
    row = PersonalToken
    token = uow.session.scalar(select(row).where(row.token_hash == _hash(secret), is_alive(uow)))
    if token is None:
        return None
    actor = access.actor_of(uow, token.user_id)
    if actor is None or not actor.may("home.view") or identity.me(replace(uow, actor=actor)).must_change_password:
        return None
    areas = frozenset(TokenArea(area) for area in token.areas)
    return Bearer(token.id, token.name, areas, actor, token.expires_at, token.last_used_at)


def used(uow: UnitOfWork, token_id: UUID) -> None:
    """Write down that a token is in use. For the system alone."""
    if token := uow.session.get(PersonalToken, token_id):
        token.last_used_at = uow.now


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""Who is asking: the actor, and the scope of rows that the actor may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from models.core.errors import NotAllowed, NotSignedIn


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows somebody may see: those of a set of partners and, optionally, of a set of customers. None means all."""

    partners: frozenset[UUID] | None
    customers: frozenset[UUID] | None = None

    ALL: ClassVar[Scope]
    NOTHING: ClassVar[Scope]

    @property
    def everything(self) -> bool:
        """Whether nothing is hidden."""
        return self.partners is None and self.customers is None


Scope.ALL = Scope(None, None)
Scope.NOTHING = Scope(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or the system, with what it may do and see."""

    user_id: UUID | None
    name: str
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    scope: Scope = field(default_factory=lambda: Scope.NOTHING)
    partner_id: UUID | None = None
    session_id: UUID | None = None
    is_system: bool = False

    @property
    def is_vendor(self) -> bool:
        """Whether the actor works for the vendor (and so belongs to no partner)."""
        return self.partner_id is None

    def may(self, permission: str) -> bool:
        """Whether one of the actor's roles holds the permission."""
        return self.is_system or permission in self.permissions

    def demand(self, permission: str) -> None:
        """Let the action go on only with the permission.

        Raises:
            NotAllowed: no role of the actor holds it.
        """
        if not self.may(permission):
            raise NotAllowed("Your roles do not allow this. Ask your administrator for a role that does.")


SYSTEM = Actor(user_id=None, name="Kontor", scope=Scope.ALL, is_system=True)
"""The worker and the command line: sees everything, named in the history."""

_current: ContextVar[Actor | None] = ContextVar("kontor_actor", default=None)


def current_actor() -> Actor:
    """Who is acting in this context.

    Raises:
        NotSignedIn: nobody is.
    """
    actor = _current.get()
    if actor is None:
        raise NotSignedIn("Sign in to go on.")
    return actor


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Let everything inside happen in the actor's name and within the actor's scope."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)

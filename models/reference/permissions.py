"""The permission catalogue: what there is to be allowed, and which preset role holds it. Read only."""

from __future__ import annotations

from dataclasses import dataclass

from models.core.unit_of_work import UnitOfWork
from models.identity.roles import role_book
from models.reference.queries import VIEW


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """A permission in words, with the names of the preset roles that hold it; `custom`: partners may give it away."""

    key: str
    words: str
    vendor: tuple[str, ...]
    partner: tuple[str, ...]
    custom: bool


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A preset role: of the vendor or of partners, what it is for, how many permissions it holds."""

    key: str
    name: str
    description: str
    is_vendors: bool
    permissions: int


def permissions(uow: UnitOfWork, *, search: str = "", role: str = "") -> list[PermissionRow]:
    """Every permission that `role` holds (any, when empty) and whose words or roles contain all words of `search`.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    uow.actor.demand(VIEW)
    book, wanted = role_book(), search.casefold().split()
    rows = [
        PermissionRow(
            key, words,
            tuple(each.name for name, each in book.vendor.items() if key in book.of(name)),
            tuple(each.name for name, each in book.partner.items() if key in book.of(name)),
            key in book.custom_role_permissions,
        )
        for key, words in book.permissions.items()
        if not role or key in book.of(role)
    ]  # fmt: skip
    return [row for row in rows if all(word in _searched(row) for word in wanted)]


def _searched(row: PermissionRow) -> str:
    return " ".join([row.key, row.words, *row.vendor, *row.partner]).casefold()


def roles(uow: UnitOfWork) -> list[RoleRow]:
    """Every preset role, the vendor's first.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    uow.actor.demand(VIEW)
    book = role_book()
    return [
        RoleRow(key, role.name, role.description, side is book.vendor, len(book.of(key)))
        for side in (book.vendor, book.partner)
        for key, role in side.items()
    ]

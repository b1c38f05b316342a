"""The roles of a partner: the four preset ones, and those it makes for itself (ORG-ROLE-01 to 08)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import func, select

from models.core.errors import ChangedMeanwhile, NotFound, Problem, Refused
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.identity import rules
from models.identity.roles import role_book
from models.identity.rules import CUSTOM
from models.identity.tables import CustomRole, UserAccount, UserRole


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role that members of a partner can have; `key` is what a user's role names."""

    key: str
    name: str
    description: str
    permissions: tuple[str, ...]
    users: int
    id: UUID | None
    version: int

    @property
    def preset(self) -> bool:
        """Whether every organisation has it and nobody can change it (ORG-ROLE-01)."""
        return self.id is None

    @property
    def list_key(self) -> UUID:
        """The key of its row in a list; a preset role has none of its own."""
        return self.id or row_key(self.key)


def row_key(preset: str) -> UUID:
    """A key for a preset role, always the same."""
    return uuid5(NAMESPACE_OID, f"role:{preset}")


def roles(uow: UnitOfWork, partner_id: UUID) -> list[RoleRow]:
    """The roles of a partner, the preset ones first, each with the number of its users. Two statements."""
    uow.actor.demand("members.view")
    book, users = role_book(), _users_by_role(uow, partner_id)
    preset = [
        RoleRow(key, role.name, role.description, tuple(sorted(book.of(key))), users.get(key, 0), None, 0)
        for key, role in book.partner.items()
    ]
    row = CustomRole
    stmt = select(row).where(row.partner_id == partner_id).order_by(func.lower(row.name), row.id)
    return preset + [_row(role, users) for role in uow.session.scalars(stmt)]


def _row(role: CustomRole, users: dict[str, int]) -> RoleRow:
    key = f"{CUSTOM}{role.id}"
    permissions = tuple(sorted(role.permissions))
    return RoleRow(key, role.name, role.description, permissions, users.get(key, 0), role.id, role.version)


def users_with(uow: UnitOfWork, partner_id: UUID, key: str) -> list[tuple[str, str]]:
    """Name and username of all users of a partner that have a role, by name (ORG-ROLE-05)."""
    uow.actor.demand("members.view")
    user = UserAccount
    stmt = (
        select(user.name, user.username)
        .join(UserRole, UserRole.user_id == user.id)
        .where(UserRole.role == key, user.partner_id == partner_id, user.deleted_at.is_(None))
        .order_by(user.name, user.id)
    )
    return [(name, username) for name, username in uow.session.execute(stmt)]


def create_role(
    uow: UnitOfWork, partner_id: UUID, *, name: str, description: str, permissions: Collection[str]
) -> UUID:
    """Make a custom role; the default permissions come with any other (ORG-ROLE-02 to 04).

    Raises:
        NotAllowed: the actor may not make roles.
        Refused: everything wrong at once, the limit of roles included.
    """
    _demand(uow, partner_id)
    others = _names(uow, partner_id)
    problems = _problems(uow, name, permissions, others)
    limit = settings().custom_roles_per_partner
    if len(others) >= limit:
        text = f"An organisation has at most {limit} custom roles. Delete one that nobody uses."
        problems.append(Problem("ROLE-LIMIT", text))
    if problems:
        raise Refused(problems)
    role = CustomRole(
        partner_id=partner_id, name=name.strip(), description=description.strip(),
        permissions=rules.with_defaults(permissions, role_book().default_permissions), created_at=uow.now,
    )  # fmt: skip
    uow.session.add(role)
    uow.session.flush()
    changes = {"name": role.name, "permissions": role.permissions}
    uow.record("role.created", "role", role.id, partner_id=partner_id, changes=changes)
    return role.id


def change_role(
    uow: UnitOfWork, role_id: UUID, *, name: str, description: str, permissions: Collection[str], expected: int
) -> None:
    """Change a custom role; it counts for all its users at once (ORG-ROLE-07).

    Raises:
        NotFound: no such custom role among those the actor may see.
        Refused: everything wrong at once.
        ChangedMeanwhile: somebody else was quicker.
    """
    role = _role(uow, role_id)
    if role.version != expected:
        raise ChangedMeanwhile("Somebody changed this role meanwhile. Look again, then repeat your change.")
    others = {key: other for key, other in _names(uow, role.partner_id).items() if key != role_id}
    if problems := _problems(uow, name, permissions, others, held=role.permissions):
        raise Refused(problems)
    after = {
        "name": name.strip(), "description": description.strip(),
        "permissions": rules.with_defaults(permissions, role_book().default_permissions),
    }  # fmt: skip
    changes = {key: [getattr(role, key), value] for key, value in after.items() if getattr(role, key) != value}
    for key, value in after.items():
        setattr(role, key, value)
    uow.record("role.changed", "role", role_id, partner_id=role.partner_id, changes=changes)


def delete_role(uow: UnitOfWork, role_id: UUID) -> None:
    """Remove a custom role that no user has (ORG-ROLE-08).

    Raises:
        NotFound: no such custom role among those the actor may see.
        Refused: users have it.
    """
    role = _role(uow, role_id)
    users = _users_by_role(uow, role.partner_id).get(f"{CUSTOM}{role_id}", 0)
    if users:
        text = f"{users} users have this role. Give them another one first."
        raise Refused(Problem("ROLE-IN-USE", text if users > 1 else "One user has this role. Change that user first."))
    uow.session.delete(role)
    uow.record("role.deleted", "role", role_id, partner_id=role.partner_id, changes={"name": role.name})


def _role(uow: UnitOfWork, role_id: UUID) -> CustomRole:
    role = uow.session.scalar(select(CustomRole).where(CustomRole.id == role_id))
    if role is None:
        raise NotFound("There is no such custom role among those you may see.")
    _demand(uow, role.partner_id)
    return role


def _demand(uow: UnitOfWork, partner_id: UUID) -> None:
    uow.actor.demand("roles.create")
    if not uow.actor.is_system and uow.actor.partner_id not in (None, partner_id):
        raise NotFound("There is no such partner among those you may see.")


def _problems(
    uow: UnitOfWork, name: str, permissions: Collection[str], others: dict[UUID, str], *, held: Collection[str] = ()
) -> list[Problem]:
    book = role_book()
    taken = {other.lower() for other in others.values()} | {role.name.lower() for role in book.partner.values()}
    allowed = set(book.custom_role_permissions)
    # Nobody hands out what they may not do themselves; what a role holds already may stay in it.
    within = {permission for permission in allowed if uow.actor.may(permission)} | set(held)
    return rules.custom_role_problems(name, permissions, taken=taken, allowed=allowed, within=within)


def _names(uow: UnitOfWork, partner_id: UUID) -> dict[UUID, str]:
    stmt = select(CustomRole.id, CustomRole.name).where(CustomRole.partner_id == partner_id)
    return dict(uow.session.execute(stmt).tuples().all())


def _users_by_role(uow: UnitOfWork, partner_id: UUID) -> dict[str, int]:
    user = UserAccount
    stmt = (
        select(UserRole.role, func.count(user.id))
        .join(user, user.id == UserRole.user_id)
        .where(user.partner_id == partner_id, user.deleted_at.is_(None))
        .group_by(UserRole.role)
    )
    return dict(uow.session.execute(stmt).tuples().all())

"""The lists of people: the vendor's users, and the members of one's own organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Uuid, case, cast, exists, func, literal, null, select, union_all
from sqlalchemy.orm import aliased

from models.core.unit_of_work import UnitOfWork
from models.customers import queries as customers
from models.engines.lists import Action, Field, Fill, Filled, Filter, Given, ListSource, Preview, load_list, register
from models.engines.lists.sources import Chosen
from models.identity import custom_roles, members, queries, service
from models.identity.roles import role_book
from models.identity.rules import CUSTOM, UserStatus
from models.identity.tables import CustomRole, UserAccount, UserRole

HERE = Path(__file__).parent / "definitions"
U, DIRECTOR = UserAccount, aliased(UserAccount)
STATUS_WORDS = {status.value: status.value.capitalize() for status in UserStatus}


def _status(value: UserStatus) -> str:
    return value.value.capitalize()


def _with_role(roles: Sequence[str]) -> ColumnElement[bool]:
    return exists(select(UserRole.user_id).where(UserRole.user_id == U.id, UserRole.role.in_(list(roles))))


def _role_words(keys: str) -> str:
    return ", ".join(role_book().name(role) for role in sorted(keys.split(",")))


SEARCHED = (U.name, U.email, U.username)
PERSON = {
    "name": Field(U.name), "username": Field(U.username), "email": Field(U.email),
    "status": Field(U.status, words=_status), "mobile": Field(U.mobile, nullable=True), "created": Field(U.created_at),
}  # fmt: skip
STATUS = Filter(U.status, options=lambda uow, chosen: STATUS_WORDS, parse=UserStatus)

# ---- the vendor's users ----

ROLES = (
    select(func.aggregate_strings(UserRole.role, ",")).where(UserRole.user_id == U.id).correlate(U).scalar_subquery()
)


def _of_the_vendor(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return stmt.where(U.partner_id.is_(None), U.deleted_at.is_(None))


def _vendor_roles(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    return {key: role.name for key, role in role_book().vendor.items()}


def _turned(wanted: UserStatus, uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    """Who would be locked, or unlocked; oneself never is."""
    found = uow.session.execute(select(U.id, U.status).where(U.id.in_(list(keys)))).tuples().all()
    able, refused = [], dict[str, int]()
    for key, status in found:
        if status is wanted:
            why = f"{_status(wanted).lower()} already"
        elif key == uow.actor.user_id:
            why = "you cannot lock yourself out"
        else:
            able.append(key)
            continue
        refused[why] = refused.get(why, 0) + 1
    return Preview(tuple(able), refused)


def _turn(wanted: UserStatus, uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> None:
    for key in keys:
        row = queries.user(uow, key)
        service.change_user(
            uow, key, name=row.name, email=row.email, mobile=row.mobile, office_phone=row.office_phone,
            status=wanted, expected=row.version,
        )  # fmt: skip


register(
    ListSource(
        load_list(HERE / "users.list.yaml"), U.id, _of_the_vendor,
        {**PERSON, "roles": Field(ROLES, nullable=True, words=_role_words)},
        filters={
            "role": Filter(condition=_with_role, options=_vendor_roles), "status": STATUS,
            "created": Filter(U.created_at),
        },
        search=SEARCHED,
        actions={
            "lock": Action(partial(_turned, UserStatus.LOCKED), partial(_turn, UserStatus.LOCKED)),
            "unlock": Action(partial(_turned, UserStatus.NORMAL), partial(_turn, UserStatus.NORMAL)),
        },
    )
)  # fmt: skip

# ---- members of a partner ----


def _of_the_partner(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return stmt.where(U.partner_id == uow.actor.partner_id, U.partner_id.is_not(None), U.deleted_at.is_(None))


def _partner_roles(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    own = (
        {role.key: role.name for role in custom_roles.roles(uow, uow.actor.partner_id)} if uow.actor.partner_id else {}
    )
    return own or {key: role.name for key, role in role_book().partner.items()}


def _roles_filled(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    found: dict[UUID, list[str]] = {}
    stmt = select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(list(keys))).order_by(UserRole.role)
    for key, role in uow.session.execute(stmt):
        found.setdefault(key, []).append(role)
    words = {key: role.name for key, role in role_book().partner.items()}
    if any(role.startswith(CUSTOM) for roles in found.values() for role in roles):
        own = select(CustomRole.id, CustomRole.name).where(CustomRole.partner_id == uow.actor.partner_id)
        words |= {f"{CUSTOM}{key}": name for key, name in uow.session.execute(own)}
    named = {key: ", ".join(words.get(role, "Deleted role") for role in roles) for key, roles in found.items()}
    return Filled({key: {"roles": roles} for key, roles in named.items()})


def _customers_filled(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    numbers = customers.count_by_manager(uow, keys)
    return Filled({key: {"customers": number} for key, number in numbers.items()})


def _directors(uow: UnitOfWork, chosen: Chosen) -> Mapping[str, str]:
    if uow.actor.partner_id is None:
        return {}
    return {str(key): name for key, name in members.directors(uow, uow.actor.partner_id).items()}


DIRECTOR_NAME = select(DIRECTOR.name).where(DIRECTOR.id == U.director_id).correlate(U).scalar_subquery()
register(
    ListSource(
        load_list(HERE / "members.list.yaml"), U.id, _of_the_partner,
        {**PERSON, "phone": Field(U.office_phone, nullable=True), "director": Field(DIRECTOR_NAME, nullable=True)},
        filters={
            "role": Filter(condition=_with_role, options=_partner_roles), "status": STATUS,
            "director": Filter(U.director_id, options=_directors, parse=UUID),
        },
        search=SEARCHED,
        fills=(Fill(("roles",), _roles_filled), Fill(("customers",), _customers_filled)),
    )
)  # fmt: skip

# ---- roles of a partner ----

TYPES = {"preset": "System-defined role", "custom": "Custom role"}


def _roles() -> Any:
    """The preset roles, which every organisation has, beside the custom ones."""

    def text(value: str) -> Any:
        return cast(literal(value), String())

    preset = [
        select(
            cast(literal(custom_roles.row_key(key), Uuid()), Uuid()).label("id"), text(role.name).label("name"),
            text(role.description).label("description"), text("preset").label("type"),
            cast(null(), Uuid()).label("partner_id"),
        )
        for key, role in role_book().partner.items()
    ]  # fmt: skip
    row = CustomRole
    return union_all(*preset, select(row.id, row.name, row.description, text("custom"), row.partner_id)).subquery()


R = _roles()
PRESET_FIRST = case((R.c.type == "preset", "0 "), else_="1 ") + R.c.name


def _theirs(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    return stmt.where(R.c.partner_id.is_(None) | (R.c.partner_id == uow.actor.partner_id))


def _role_type(value: str) -> str:
    if value not in TYPES:
        raise ValueError(value)
    return value


def _roles_counted(uow: UnitOfWork, keys: Sequence[UUID]) -> Filled:
    if uow.actor.partner_id is None:
        return Filled({})
    rows = custom_roles.roles(uow, uow.actor.partner_id)
    return Filled({row.list_key: {"users": row.users, "permissions": len(row.permissions)} for row in rows})


register(
    ListSource(
        load_list(HERE / "roles.list.yaml"), R.c.id, _theirs,
        {
            "name": Field(R.c.name),
            "type": Field(R.c.type, words=TYPES.__getitem__, order=PRESET_FIRST),
            "description": Field(R.c.description),
        },
        filters={"type": Filter(R.c.type, options=lambda uow, chosen: TYPES, parse=_role_type)},
        search=(R.c.name, R.c.description), fills=(Fill(("users", "permissions"), _roles_counted),),
    )
)  # fmt: skip

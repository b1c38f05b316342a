"""What managers change about a list for others: adjustments as versions, published to roles, rolled back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from models.core.database import insert_once
from models.core.errors import ChangedMeanwhile, NotFound, Problem, Refused, WrongState
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.engines.lists.asking import Asked, checked
from models.engines.lists.shaping import AS_DELIVERED, Adjustment, shaped
from models.lists.queries import PUBLISH, source_of
from models.lists.service import demand_roles
from models.lists.tables import ListChosen, ListPublication, ListVersion


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """A version came into force for a role; `version` None: the role has none of its own again."""

    role: str
    version: int | None
    before: int | None
    at: datetime
    by_name: str
    note: str


def publish(uow: UnitOfWork, key: str, change: Adjustment, roles: Collection[str], *, note: str, expected: int) -> int:
    """Keep an adjustment as a new version and let it come into force for some roles (empty role: everybody).

    `expected` is the newest version that the person knows of.

    Raises:
        NotAllowed: the actor may not publish.
        Refused: it does not fit the list, hides its first column, names no role, or says no reason.
        ChangedMeanwhile: somebody published another version meanwhile.
    """
    uow.actor.demand(PUBLISH)
    source = source_of(key)
    if problems := problems_of(key, change):
        raise Refused(problems)
    _demand(roles, note)
    newest = newest_version(uow, key)
    if newest != expected:
        raise ChangedMeanwhile(f"{_who(uow, key, newest)} published version {newest} meanwhile. Look at it first.")
    row = {
        "list": key, "number": newest + 1, "content": change.model_dump(mode="json"), "at": uow.now,
        "by": uow.actor.user_id, "by_name": uow.actor.name,
    }  # fmt: skip
    if not insert_once(uow.session, ListVersion, row, unique=("list", "number")):
        raise ChangedMeanwhile(f"Somebody published version {newest + 1} at this moment. Look at it first.")
    _choose(uow, source.definition.title, key, newest + 1, roles, note)
    return newest + 1


def roll_back(uow: UnitOfWork, key: str, version: int, roles: Collection[str], *, note: str) -> None:
    """Let an earlier version (0: as delivered) come into force again for some roles.

    Raises:
        NotAllowed: the actor may not publish.
        NotFound: there is no such version.
        WrongState: it is in force for all of them.
        Refused: it names no role, or says no reason.
    """
    uow.actor.demand(PUBLISH)
    source = source_of(key)
    version_content(uow, key, version)
    _demand(roles, note)
    now = in_force(uow, key)
    if all(now.get(role, 0 if role == "" else None) == version for role in roles):
        raise WrongState("This version is in force already.")
    _choose(uow, source.definition.title, key, version, roles, note)


def give_up(uow: UnitOfWork, key: str, role: str, *, note: str) -> None:
    """Let a role have everybody's version again.

    Raises:
        NotAllowed: the actor may not publish.
        WrongState: it has none of its own.
        Refused: there is no reason.
    """
    uow.actor.demand(PUBLISH)
    _demand([role], note)
    chosen = uow.session.get(ListChosen, (key, role))
    if chosen is None or not role:
        raise WrongState("This role has no version of its own.")
    uow.session.delete(chosen)
    _note(uow, key, role, None, chosen.version, note)


def problems_of(key: str, change: Adjustment) -> list[Problem]:
    """What keeps an adjustment from being published; empty when nothing does."""
    source = source_of(key)
    shape = shaped(source.definition, change)
    problems = list(shape.problems)
    first = next(iter(shape.columns.values()))
    if not first.shown:
        problems.append(Problem("LIST-FIRST", f"{first.label} stands first, so it is always shown.", first.name))
    if first.side or first.permission:
        problems.append(Problem("LIST-FIRST", f"{first.label} is not for everybody: put another column first."))
    problems += checked(source, shape, Asked(filters=shape.preset, sort=change.sort))[1]
    return problems


def newest_version(uow: UnitOfWork, key: str) -> int:
    """The number of the newest version of a list; 0 when nobody changed it."""
    return uow.session.scalar(select(func.max(ListVersion.number)).where(ListVersion.list == key)) or 0


def version_content(uow: UnitOfWork, key: str, number: int) -> Adjustment:
    """A version of a list.

    Raises:
        NotFound: there is none.
    """
    if number == 0:
        return AS_DELIVERED
    found = uow.session.get(ListVersion, (key, number))
    if found is None:
        raise NotFound(f"There is no version {number} of this list.")
    return Adjustment.model_validate(found.content)


def in_force(uow: UnitOfWork, key: str) -> dict[str, int]:
    """The version in force by role; a role that is missing has everybody's (the empty role), that else 0."""
    row = ListChosen
    return dict(uow.session.execute(select(row.role, row.version).where(row.list == key)).tuples().all())


def history(uow: UnitOfWork, key: str) -> list[PublicationRow]:
    """Everything that was published of a list, the newest first.

    Raises:
        NotAllowed: the actor may not publish.
    """
    uow.actor.demand(PUBLISH)
    row = ListPublication
    stmt = select(row.role, row.version, row.before, row.at, row.by_name, row.note).where(row.list == key)
    return [PublicationRow(*found) for found in uow.session.execute(stmt.order_by(row.at.desc(), row.id.desc()))]


def _choose(uow: UnitOfWork, title: str, key: str, version: int, roles: Collection[str], note: str) -> None:
    before = in_force(uow, key)
    for role in sorted(set(roles)):
        chosen = uow.session.get(ListChosen, (key, role))
        if chosen is None:
            uow.session.add(ListChosen(list=key, role=role, version=version))
        else:
            chosen.version = version
        _note(uow, key, role, version, before.get(role), note)
    changes = {"list": title, "version": version, "roles": sorted(set(roles)), "note": note.strip()}
    uow.record("list.published", "list", None, changes=changes)


def _note(uow: UnitOfWork, key: str, role: str, version: int | None, before: int | None, note: str) -> None:
    uow.session.add(
        ListPublication(
            id=new_id(), list=key, role=role, version=version, before=before, at=uow.now, by=uow.actor.user_id,
            by_name=uow.actor.name, note=note.strip(),
        )
    )  # fmt: skip


def _demand(roles: Collection[str], note: str) -> None:
    if not roles:
        raise Refused(Problem("LIST-ROLES", "Choose for whom.", "roles"))
    demand_roles(roles)
    if not note.strip():
        raise Refused(Problem("LIST-NOTE", "Write why: it stays in the history.", "note"))


def _who(uow: UnitOfWork, key: str, number: int) -> str:
    found = uow.session.get(ListVersion, (key, number))
    return found.by_name if found else "Somebody"


def versions(uow: UnitOfWork, key: str) -> Sequence[tuple[int, datetime, str]]:
    """Every version of a list with when and by whom it was made, the newest first."""
    row = ListVersion
    stmt = select(row.number, row.at, row.by_name).where(row.list == key).order_by(row.number.desc())
    return [(number, at, name) for number, at, name in uow.session.execute(stmt)]

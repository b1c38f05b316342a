"""Building dashboards: saved with every change, shared with roles as versions, taken back, put on home pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import delete, func, select

from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Problem, Refused, WrongState
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.dashboards.content import Content
from models.dashboards.queries import EVERYBODY, SHARE, VIEW, changeable, look_at
from models.dashboards.tables import Dashboard, DashboardRole, DashboardVersion, OwnDashboard
from models.identity.roles import role_book
from models.statistics import catalogue
from models.statistics.tiles import Tile

MOST = 100
"""Dashboards that a person may keep."""


def parsed(values: Mapping[str, Any]) -> Content:
    """A checked dashboard of plain values (JSON).

    Raises:
        Refused: something in it is no dashboard; every problem at once.
    """
    try:
        return Content.model_validate(dict(values))
    except ValidationError as error:
        raise Refused([_problem(each) for each in error.errors()]) from error


def problems_of(content: Content) -> list[Problem]:
    """What a dashboard asks that nobody can answer: measures and dimensions that there are not."""
    found = [Problem("DASHBOARD-EMPTY", "Put at least one tile on it.", "tiles")] if not content.tiles else []
    for tile in (placed.tile for placed in content.tiles):
        found += [Problem(each.code, f"{_called(tile)}: {each.text}", tile.key) for each in _problems_of(tile)]
    return found


def _problems_of(tile: Tile) -> Iterable[Problem]:
    try:
        shared = catalogue.shared_dimensions(tile.ask.measures)
    except Refused as error:
        return error.problems
    named = (*tile.ask.by, *(each.dimension for each in tile.ask.where))
    return [Problem("DASHBOARD-DIMENSION", _cannot_split(name)) for name in named if name not in shared]


def _called(tile: Tile) -> str:
    measures = catalogue.measures()
    return tile.title or ", ".join(measures[name].words for name in tile.ask.measures if name in measures) or "A tile"


def make(uow: UnitOfWork, title: str) -> UUID:
    """Begin an empty dashboard of one's own.

    Raises:
        NotAllowed: the actor may not read statistics.
        Refused: no title, or too many dashboards.
    """
    return _add(uow, parsed({"title": title.strip()}))


def copy(uow: UnitOfWork, dashboard_id: UUID, title: str) -> UUID:
    """A dashboard of one's own that begins as another one that the actor may look at.

    Raises:
        NotAllowed: the actor may not read statistics.
        NotFound: there is none that the actor may see.
        Refused: no title, or too many dashboards.
    """
    content = look_at(uow, dashboard_id).content
    return _add(uow, parsed({**content.model_dump(mode="json"), "title": title.strip()}))


def save(uow: UnitOfWork, dashboard_id: UUID, content: Content, *, expected: int) -> int:
    """Keep a change of the draft; the version of the draft that it makes.

    Raises:
        NotAllowed: the actor may not read statistics.
        NotFound: there is none that the actor may change.
        ChangedMeanwhile: somebody else changed it.
    """
    found = _expected(uow, dashboard_id, expected)
    _write(uow, found, content)
    uow.session.flush()
    return found.version


def share(uow: UnitOfWork, dashboard_id: UUID, roles: Collection[str], *, home: bool, note: str, expected: int) -> int:
    """Let the people of some roles (empty role: everybody) see the draft as it is; the number of what they see.

    `home` puts it on the home pages of those who chose none themselves.

    Raises:
        NotAllowed: the actor may not share.
        NotFound: there is none that the actor may change.
        ChangedMeanwhile: somebody else changed it.
        Refused: it asks what nobody can answer, names no role, or says no reason.
    """
    uow.actor.demand(SHARE)
    found = _expected(uow, dashboard_id, expected)
    content = Content.model_validate(found.draft)
    problems = [*problems_of(content), *_problems_of_roles(roles)]
    if not note.strip():
        problems.append(Problem("DASHBOARD-NOTE", "Write why: it stays in the history.", "note"))
    if problems:
        raise Refused(problems)
    newest = uow.session.scalar(
        select(func.max(DashboardVersion.number)).where(DashboardVersion.dashboard_id == dashboard_id)
    )
    number = (newest or 0) + 1
    uow.session.add(
        DashboardVersion(
            dashboard_id=dashboard_id, number=number, content=found.draft, at=uow.now, by=uow.actor.user_id,
            by_name=uow.actor.name, note=note.strip(),
        )
    )  # fmt: skip
    _let_see(uow, found, number, roles, home=home)
    uow.record(
        "dashboard.shared", "dashboard", dashboard_id,
        changes={"title": content.title, "version": number, "roles": role_words(roles), "home": home,
                 "note": note.strip()},
    )  # fmt: skip
    return number


def roll_back(uow: UnitOfWork, dashboard_id: UUID, number: int, *, expected: int) -> None:
    """Let an earlier version be seen again, by whom the dashboard is shared with; the draft becomes it too.

    Raises:
        NotAllowed: the actor may not share.
        NotFound: there is no such dashboard or version.
        WrongState: it is the one that is seen, or nobody else sees the dashboard.
        ChangedMeanwhile: somebody else changed it.
    """
    uow.actor.demand(SHARE)
    found = _expected(uow, dashboard_id, expected)
    earlier = uow.session.get(DashboardVersion, (dashboard_id, number))
    if earlier is None:
        raise NotFound(f"There is no version {number} of this dashboard.")
    if found.shared is None:
        raise WrongState("Nobody else sees it. Share it instead.")
    if found.shared == number:
        raise WrongState("This version is the one that is seen already.")
    before, found.shared = found.shared, number
    _write(uow, found, Content.model_validate(earlier.content))
    uow.record("dashboard.rolled_back", "dashboard", dashboard_id, changes={"version": [before, number]})


def take_back(uow: UnitOfWork, dashboard_id: UUID, *, expected: int) -> None:
    """Let nobody but its owner see it any more.

    Raises:
        NotAllowed: the actor may not share.
        NotFound: there is none.
        WrongState: it is not shared.
        ChangedMeanwhile: somebody else changed it.
    """
    uow.actor.demand(SHARE)
    found = _expected(uow, dashboard_id, expected)
    if found.shared is None:
        raise WrongState("Nobody else sees it.")
    found.shared = None
    uow.session.execute(delete(DashboardRole).where(DashboardRole.dashboard_id == dashboard_id))
    uow.record("dashboard.taken_back", "dashboard", dashboard_id, changes={"title": found.title})


def remove(uow: UnitOfWork, dashboard_id: UUID, *, expected: int) -> None:
    """Delete a dashboard that nobody else sees.

    Raises:
        NotAllowed: the actor may not read statistics.
        NotFound: there is none that the actor may change.
        WrongState: it is shared.
        ChangedMeanwhile: somebody else changed it.
    """
    found = _expected(uow, dashboard_id, expected)
    if found.shared is not None:
        raise WrongState("Others see this dashboard. Take it back first.")
    uow.session.execute(delete(OwnDashboard).where(OwnDashboard.dashboard_id == dashboard_id))
    uow.session.execute(delete(DashboardVersion).where(DashboardVersion.dashboard_id == dashboard_id))
    uow.session.delete(found)
    uow.record("dashboard.deleted", "dashboard", dashboard_id, changes={"title": found.title})


def put_on_home(uow: UnitOfWork, dashboard_id: UUID | None) -> None:
    """Choose what stands on one's own home page; None: no dashboard, whatever the roles have there.

    Raises:
        NotAllowed: the actor may not read statistics.
        NotFound: there is none that the actor may see.
    """
    uow.actor.demand(VIEW)
    if uow.actor.user_id is None:
        raise NotAllowed("Only a person has a home page.")
    if dashboard_id is not None:
        look_at(uow, dashboard_id)
    own = uow.session.get(OwnDashboard, uow.actor.user_id)
    if own is None:
        uow.session.add(OwnDashboard(user_id=uow.actor.user_id, dashboard_id=dashboard_id))
    else:
        own.dashboard_id = dashboard_id


def role_words(roles: Collection[str]) -> str:
    """Roles as people read them: `Analyst, Finance`; `everybody`."""
    return ", ".join("everybody" if role == EVERYBODY else role_book().name(role) for role in sorted(roles))


def _add(uow: UnitOfWork, content: Content) -> UUID:
    uow.actor.demand(VIEW)
    if uow.actor.user_id is None:
        raise NotAllowed("Only a person has dashboards.")
    own = select(func.count()).select_from(Dashboard).where(Dashboard.owner_id == uow.actor.user_id)
    if (uow.session.scalar(own) or 0) >= MOST:
        raise Refused(Problem("DASHBOARD-MANY", f"You keep {MOST} dashboards already. Delete one first.", "title"))
    made = Dashboard(
        id=new_id(), owner_id=uow.actor.user_id, owner_name=uow.actor.name, title=content.title,
        draft=content.model_dump(mode="json"), saved_at=uow.now, saved_by_name=uow.actor.name, shared=None,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    return made.id


def _expected(uow: UnitOfWork, dashboard_id: UUID, expected: int) -> Dashboard:
    found = changeable(uow, dashboard_id)
    if found.version != expected:
        raise ChangedMeanwhile(f"{found.saved_by_name} changed this dashboard meanwhile. Look at it first.")
    return found


def _write(uow: UnitOfWork, found: Dashboard, content: Content) -> None:
    found.title, found.draft = content.title, content.model_dump(mode="json")
    found.saved_at, found.saved_by_name = uow.now, uow.actor.name


def _let_see(uow: UnitOfWork, found: Dashboard, number: int, roles: Collection[str], *, home: bool) -> None:
    found.shared = number
    uow.session.execute(delete(DashboardRole).where(DashboardRole.dashboard_id == found.id))
    uow.session.add_all(DashboardRole(dashboard_id=found.id, role=role, home=home) for role in sorted(set(roles)))


def _problems_of_roles(roles: Collection[str]) -> list[Problem]:
    if not roles:
        return [Problem("DASHBOARD-ROLES", "Choose for whom.", "roles")]
    book = role_book()
    unknown = [role for role in roles if role != EVERYBODY and role not in {**book.vendor, **book.partner}]
    return [Problem("DASHBOARD-ROLES", f"There is no role {role}.", "roles") for role in sorted(unknown)]


def _cannot_split(dimension: str) -> str:
    found = catalogue.dimensions().get(dimension)
    return f"its figures know no {found.words.lower() if found else dimension}. Choose another field."


def _problem(error: Any) -> Problem:
    place = ".".join(str(part) for part in error["loc"])
    words = str(error["msg"]).removeprefix("Value error, ")
    return Problem("DASHBOARD-CONTENT", f"This is no dashboard yet: {words} ({place or 'dashboard'}).", place or None)

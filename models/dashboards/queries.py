"""Which dashboards somebody may look at, and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true

from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.dashboards.content import Content
from models.dashboards.tables import Dashboard, DashboardRole, DashboardVersion, OwnDashboard

EVERYBODY = ""
"""The role that stands for all of them."""
VIEW, SHARE = "statistics.view", "dashboards.share"


@dataclass(frozen=True, slots=True)
class DashboardRow:
    """A dashboard as lists offer it. `roles` sees it; `home` says that it stands on the actor's home page."""

    id: UUID
    title: str
    description: str
    tiles: int
    mine: bool
    owner_name: str
    saved_at: datetime
    roles: tuple[str, ...]
    home: bool
    changed: bool
    """The draft differs from what is shared."""


@dataclass(frozen=True, slots=True)
class OpenDashboard:
    """A dashboard to look at or to change. `version` is that of the draft, `shared` the number of what others see."""

    row: DashboardRow
    content: Content
    version: int
    shared: int | None
    saved_by_name: str


@dataclass(frozen=True, slots=True)
class SharedVersion:
    """A version that was shared."""

    number: int
    content: Content
    at: datetime
    by_name: str
    note: str


def usable(uow: UnitOfWork) -> tuple[DashboardRow, ...]:
    """Dashboards that the actor may look at, by title: the own ones and those that the roles see.

    Raises:
        NotAllowed: the actor may not read statistics.
    """
    uow.actor.demand(VIEW)
    found = uow.session.scalars(select(Dashboard).where(_visible(uow)).order_by(Dashboard.title, Dashboard.id)).all()
    return _rows(uow, found)


def look_at(uow: UnitOfWork, dashboard_id: UUID) -> OpenDashboard:
    """A dashboard as its readers see it: what was shared, or the owner's draft while nothing is.

    Raises:
        NotAllowed: the actor may not read statistics.
        NotFound: there is none that the actor may see.
    """
    uow.actor.demand(VIEW)
    found = _one(uow, dashboard_id)
    content = found.draft if found.shared is None else _version(uow, dashboard_id, found.shared).content
    return _opened(uow, found, Content.model_validate(content))


def edit(uow: UnitOfWork, dashboard_id: UUID) -> OpenDashboard:
    """A dashboard as its builders see it: the draft.

    Raises:
        NotAllowed: the actor may not read statistics.
        NotFound: there is none that the actor may change.
    """
    found = changeable(uow, dashboard_id)
    return _opened(uow, found, Content.model_validate(found.draft))


def changeable(uow: UnitOfWork, dashboard_id: UUID) -> Dashboard:
    """The row of a dashboard that the actor may change: an own one; whoever may share also those that are shared.

    Raises:
        NotAllowed: the actor may not read statistics.
        NotFound: there is none.
    """
    uow.actor.demand(VIEW)
    found = _one(uow, dashboard_id)
    if found.owner_id != uow.actor.user_id and not uow.actor.may(SHARE):
        raise NotFound("This dashboard is somebody else's. Copy it to change it.")
    return found


def may_change(uow: UnitOfWork, row: DashboardRow) -> bool:
    """Whether the actor may change it."""
    return row.mine or uow.actor.may(SHARE)


def home(uow: UnitOfWork) -> UUID | None:
    """The dashboard on the actor's home page: the own choice, else the newest that a role of the actor's has there."""
    if not uow.actor.may(VIEW) or uow.actor.user_id is None:
        return None
    own = uow.session.get(OwnDashboard, uow.actor.user_id)
    if own is not None:
        visible = own.dashboard_id and uow.session.scalar(
            select(Dashboard.id).where(Dashboard.id == own.dashboard_id, _visible(uow))
        )
        return visible or None
    role = DashboardRole
    stmt = (
        select(Dashboard.id)
        .join(role, role.dashboard_id == Dashboard.id)
        .where(role.home.is_(True), role.role.in_(_roles(uow)), Dashboard.shared.is_not(None))
        .order_by(Dashboard.saved_at.desc(), Dashboard.id)
        .limit(1)
    )
    return uow.session.scalar(stmt)


def versions(uow: UnitOfWork, dashboard_id: UUID) -> tuple[SharedVersion, ...]:
    """Everything that was shared of a dashboard, the newest first.

    Raises:
        NotAllowed: the actor may not read statistics.
        NotFound: there is no dashboard that the actor may change.
    """
    changeable(uow, dashboard_id)
    row = DashboardVersion
    stmt = select(row).where(row.dashboard_id == dashboard_id).order_by(row.number.desc())
    return tuple(
        SharedVersion(each.number, Content.model_validate(each.content), each.at, each.by_name, each.note)
        for each in uow.session.scalars(stmt)
    )


def _version(uow: UnitOfWork, dashboard_id: UUID, number: int) -> DashboardVersion:
    found = uow.session.get(DashboardVersion, (dashboard_id, number))
    if found is None:
        raise NotFound(f"There is no version {number} of this dashboard.")
    return found


def _roles(uow: UnitOfWork) -> list[str]:
    return [EVERYBODY, *sorted(uow.actor.roles)]


def _visible(uow: UnitOfWork) -> ColumnElement[bool]:
    role = DashboardRole
    for_roles = select(role.dashboard_id).where(role.role.in_(_roles(uow)))
    for_me = true() if uow.actor.may(SHARE) else Dashboard.id.in_(for_roles)
    return or_(Dashboard.owner_id == uow.actor.user_id, and_(Dashboard.shared.is_not(None), for_me))


def _one(uow: UnitOfWork, dashboard_id: UUID) -> Dashboard:
    found = uow.session.scalar(select(Dashboard).where(Dashboard.id == dashboard_id, _visible(uow)))
    if found is None:
        raise NotFound("This dashboard is no longer there, or not for your roles.")
    return found


def _opened(uow: UnitOfWork, found: Dashboard, content: Content) -> OpenDashboard:
    return OpenDashboard(_rows(uow, [found])[0], content, found.version, found.shared, found.saved_by_name)


def _rows(uow: UnitOfWork, found: Sequence[Dashboard]) -> tuple[DashboardRow, ...]:
    role = DashboardRole
    stmt = select(role.dashboard_id, role.role).where(role.dashboard_id.in_([each.id for each in found]))
    roles: dict[UUID, list[str]] = {}
    for dashboard_id, name in uow.session.execute(stmt.order_by(role.role)):
        roles.setdefault(dashboard_id, []).append(name)
    at_home = home(uow)
    return tuple(_row(uow, each, tuple(roles.get(each.id, ())), home=each.id == at_home) for each in found)


def _row(uow: UnitOfWork, each: Dashboard, roles: tuple[str, ...], *, home: bool) -> DashboardRow:
    mine = each.owner_id == uow.actor.user_id
    changed = each.shared is not None and _version(uow, each.id, each.shared).content != each.draft
    seen = each.draft if each.shared is None else _version(uow, each.id, each.shared).content
    return DashboardRow(
        id=each.id, title=seen["title"], description=seen.get("description", ""), tiles=len(seen.get("tiles", ())),
        mine=mine, owner_name=each.owner_name, saved_at=each.saved_at,
        roles=roles, home=home, changed=changed,
    )  # fmt: skip

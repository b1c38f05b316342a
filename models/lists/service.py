"""Saved views: kept, renamed, deleted, published to roles, chosen as one's own way into a list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Problem, Refused
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.engines.lists.asking import Asked, checked
from models.identity.roles import role_book
from models.lists.queries import EVERYBODY, PUBLISH, open_list
from models.lists.tables import OwnView, SavedView, SavedViewRole

LONGEST_NAME = 60
MOST = 100
"""Views of one list that a person may keep."""


def save_view(uow: UnitOfWork, key: str, name: str, asked: Asked) -> UUID:
    """Keep what is asked of a list as a view of one's own; only what makes sense is kept.

    Raises:
        NotFound: there is no such list.
        NotAllowed: the actor may not see it.
        Refused: no name, one that is taken, or too many views.
    """
    opened = open_list(uow, key)
    kept, _ = checked(opened.source, opened.shape, asked)
    return keep_view(uow, key, name, kept.params())


def keep_view(uow: UnitOfWork, key: str, name: str, params: Mapping[str, Sequence[str]]) -> UUID:
    """Keep parameters of an address as a view of one's own; the caller knows that they make sense.

    Raises:
        Refused: no name, one that is taken, or too many views.
    """
    name = _name(name)
    assert uow.actor.user_id is not None
    own = select(func.count()).where(SavedView.list == key, SavedView.owner_id == uow.actor.user_id)
    if (uow.session.scalar(own.select_from(SavedView)) or 0) >= MOST:
        raise Refused(Problem("VIEW-MANY", f"You keep {MOST} views here already. Delete one first.", "name"))
    _demand_free(uow, key, name)
    view = SavedView(
        id=new_id(), list=key, name=name, owner_id=uow.actor.user_id, owner_name=uow.actor.name,
        content=dict(params), changed_at=uow.now,
    )  # fmt: skip
    uow.session.add(view)
    uow.session.flush()
    return view.id


def change_view(uow: UnitOfWork, view_id: UUID, asked: Asked, *, expected: int) -> None:
    """Let a view ask for something else.

    Raises:
        NotFound: no such view among those the actor may change.
        ChangedMeanwhile: somebody else was quicker.
    """
    opened = open_list(uow, _changeable(uow, view_id, expected=expected).list)
    kept, _ = checked(opened.source, opened.shape, asked)
    change_kept(uow, view_id, kept.params(), expected=expected)


def change_kept(uow: UnitOfWork, view_id: UUID, params: Mapping[str, Sequence[str]], *, expected: int) -> None:
    """Let a view keep other parameters; the caller knows that they make sense.

    Raises:
        NotFound: no such view among those the actor may change.
        ChangedMeanwhile: somebody else was quicker.
    """
    view = _changeable(uow, view_id, expected=expected)
    view.content, view.changed_at = dict(params), uow.now


def rename_view(uow: UnitOfWork, view_id: UUID, name: str, *, expected: int) -> None:
    """Give a view another name.

    Raises:
        NotFound: no such view among those the actor may change.
        Refused: no name, or one that is taken.
        ChangedMeanwhile: somebody else was quicker.
    """
    view = _changeable(uow, view_id, expected=expected)
    if (name := _name(name)) != view.name:
        _demand_free(uow, view.list, name, owner=view.owner_id)
        view.name, view.changed_at = name, uow.now


def delete_view(uow: UnitOfWork, view_id: UUID, *, expected: int) -> None:
    """Remove a view, also for everybody it is published to.

    Raises:
        NotFound: no such view among those the actor may change.
        ChangedMeanwhile: somebody else was quicker.
    """
    view = _changeable(uow, view_id, expected=expected)
    roles = _roles_of(uow, view_id)
    uow.session.execute(delete(OwnView).where(OwnView.view_id == view_id))
    uow.session.execute(delete(SavedViewRole).where(SavedViewRole.view_id == view_id))
    uow.session.delete(view)
    if roles:
        uow.record("list.view_deleted", "saved_view", view_id, changes={"list": view.list, "name": view.name})


def publish_view(uow: UnitOfWork, view_id: UUID, roles: Collection[str], *, opens: bool = False, expected: int) -> None:
    """Let the people of some roles use a view (none: nobody but its owner); `opens`: their list opens with it.

    Raises:
        NotAllowed: the actor may not publish.
        NotFound: no such view among those the actor may change.
        Refused: there is no such role.
        ChangedMeanwhile: somebody else was quicker.
    """
    uow.actor.demand(PUBLISH)
    view = _changeable(uow, view_id, expected=expected)
    wanted = sorted(set(roles))
    demand_roles(wanted)
    before = _roles_of(uow, view_id)
    uow.session.execute(delete(SavedViewRole).where(SavedViewRole.view_id == view_id))
    if opens and wanted:
        _open_no_longer(uow, view.list, wanted)
    uow.session.add_all(SavedViewRole(view_id=view_id, role=role, opens=opens) for role in wanted)
    view.changed_at = uow.now
    flag_modified(view, "changed_at")  # whoever looked at it before must look again
    changes = {"list": view.list, "name": view.name, "roles": [role_words(before), role_words(wanted)], "opens": opens}
    uow.record("list.view_published", "saved_view", view_id, changes=changes)


def open_with(uow: UnitOfWork, key: str, view_id: UUID | None) -> None:
    """Let a list open with a view for the actor alone; None: as for everybody of the actor's roles.

    Raises:
        NotFound: no such view among those the actor may use.
    """
    opened = open_list(uow, key)
    if view_id is not None and opened.view(str(view_id)) is None:
        raise NotFound("This saved view is no longer there, or not for your roles.")
    uow.session.execute(delete(OwnView).where(OwnView.user_id == uow.actor.user_id, OwnView.list == key))
    if view_id is not None:
        uow.session.add(OwnView(user_id=uow.actor.user_id, list=key, view_id=view_id))


def roles_of_views(uow: UnitOfWork, view_ids: Collection[UUID]) -> Mapping[UUID, Sequence[tuple[str, bool]]]:
    """The roles that some views are published to, and whether the list opens with them there.

    Raises:
        NotAllowed: the actor may not publish.
    """
    uow.actor.demand(PUBLISH)
    row = SavedViewRole
    stmt = select(row.view_id, row.role, row.opens).where(row.view_id.in_(list(view_ids))).order_by(row.role)
    found: dict[UUID, list[tuple[str, bool]]] = {}
    for view_id, role, opens in uow.session.execute(stmt):
        found.setdefault(view_id, []).append((role, opens))
    return found


def role_words(roles: Collection[str]) -> str:
    """Roles as people read them: `Analyst, Finance`; everybody; nobody."""
    if not roles:
        return "nobody else"
    return ", ".join("everybody" if role == EVERYBODY else role_book().name(role) for role in sorted(roles))


def _changeable(uow: UnitOfWork, view_id: UUID, *, expected: int) -> SavedView:
    """A view of one's own, or, for who may publish, one that is published."""
    view = uow.session.scalar(select(SavedView).where(SavedView.id == view_id))
    own = view is not None and view.owner_id == uow.actor.user_id
    if view is None or not (own or _roles_of(uow, view_id)):
        raise NotFound("There is no such view among yours.")
    if not own and not uow.actor.may(PUBLISH):
        raise NotAllowed("Somebody else published this view. Save one of your own instead.")
    if view.version != expected:
        raise ChangedMeanwhile("Somebody changed this view meanwhile. Look at it again, then repeat your change.")
    return view


def _roles_of(uow: UnitOfWork, view_id: UUID) -> list[str]:
    return list(uow.session.scalars(select(SavedViewRole.role).where(SavedViewRole.view_id == view_id)))


def _open_no_longer(uow: UnitOfWork, key: str, roles: Sequence[str]) -> None:
    """A list opens with one view for a role: those it opened with until now stay published."""
    row = SavedViewRole
    stmt = select(row).join(SavedView, SavedView.id == row.view_id)
    for other in uow.session.scalars(stmt.where(SavedView.list == key, row.role.in_(roles), row.opens)):
        other.opens = False


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused(Problem("VIEW-NAME", "Give the view a name.", "name"))
    if len(name) > LONGEST_NAME:
        raise Refused(Problem("VIEW-NAME", f"A view's name has at most {LONGEST_NAME} characters.", "name"))
    return name


def _demand_free(uow: UnitOfWork, key: str, name: str, *, owner: UUID | None = None) -> None:
    owner = owner or uow.actor.user_id
    row = SavedView
    taken = select(row.id).where(row.list == key, row.owner_id == owner, row.name == name)
    if uow.session.scalars(taken).first():
        raise Refused(Problem("VIEW-TAKEN", f"There is a view {name} already. Choose another name.", "name"))


def demand_roles(roles: Collection[str]) -> None:
    """See that something may be shared with roles.

    Raises:
        Refused: there is no such role.
    """
    book = role_book()
    if unknown := [role for role in roles if role != EVERYBODY and role not in {**book.vendor, **book.partner}]:
        raise Refused(Problem("VIEW-ROLE", f"There is no role {unknown[0]}.", "roles"))

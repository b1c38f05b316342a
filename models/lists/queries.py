"""How a list opens for somebody: its shape, the views there are, and what the address asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, String, Uuid, cast, func, literal, null, or_, select, true, union_all
from sqlalchemy.engine import Row as Found
from sqlalchemy.orm import aliased

from models import areas
from models.core.errors import Problem
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import compiling, sources
from models.engines.lists.asking import NOTHING_ASKED, Asked, Params, asked_of, checked, names_state
from models.engines.lists.compiling import COUNTED_TO, ListAnswer
from models.engines.lists.schema import ColumnKind
from models.engines.lists.shaping import AS_DELIVERED, Adjustment, Shape, shaped, without_problems
from models.engines.lists.sources import ListSource
from models.lists.tables import ListChosen, ListVersion, OwnView, SavedView, SavedViewRole

EVERYBODY = ""
"""The role that stands for all of them."""
PUBLISH = "lists.publish"
VIEW, EVERYTHING = "view", "all"
"""The parameter that names a view, and its value for the list without any."""


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view as its list offers it. `opens`: the list opens with it for the actor, by own choice or by role."""

    id: UUID
    name: str
    mine: bool
    owner_name: str
    params: Mapping[str, Sequence[str]]
    published: bool
    opens_by_role: bool
    opens_for_me: bool
    version: int


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list as it stands for the actor."""

    source: ListSource
    shape: Shape
    views: tuple[ViewRow, ...]
    version: int

    def view(self, key: str) -> ViewRow | None:
        """The view with this key among those the actor may use."""
        return next((view for view in self.views if str(view.id) == key), None)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a list; by which view; and what of it made no sense."""

    asked: Asked
    view: ViewRow | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether it asks for something else than the view that it came from."""
        return self.view is not None and {k: list(v) for k, v in self.view.params.items()} != self.asked.params()


def open_list(uow: UnitOfWork, key: str) -> OpenList:
    """A list by key: in the version that is in force for the actor's roles, with the views they have. One statement.

    Raises:
        NotFound: there is no such list.
        NotAllowed: the actor may not see it.
    """
    source = source_of(key)
    uow.actor.demand(source.definition.permission)
    return _opened(uow, source, uow.session.execute(_shelf(uow, key)).all())


def source_of(key: str) -> ListSource:
    """A list and what stands behind it.

    Raises:
        NotFound: there is no such list.
    """
    areas.load_lists()
    return sources.source_of(key)


def all_lists() -> Mapping[str, ListSource]:
    """Every list there is, by key, in the order of their titles."""
    areas.load_lists()
    return sources.all_sources()


def resolve(opened: OpenList, params: Params) -> Question:
    """What an address asks for.

    What it says counts. When it names a view alone, that view; when it says nothing, the view with which the list
    opens for the actor, else the filters that a manager preset.
    """
    named = next(iter(params.get(VIEW, ())), "")
    view = opened.view(named)
    gone = [] if view or named in ("", EVERYTHING) else [Problem("LIST-VIEW", GONE, VIEW)]
    if names_state(opened.shape, params):
        asked, problems = checked(opened.source, opened.shape, asked_of(opened.shape, params))
        return Question(asked, view, (*gone, *problems))
    if named == EVERYTHING:
        return Question(NOTHING_ASKED)
    view = view or next((each for each in opened.views if each.opens_for_me), None)
    view = view or next((each for each in opened.views if each.opens_by_role), None)
    if view:
        asked, problems = checked(opened.source, opened.shape, view_asks(opened, view))
        return Question(asked, view, (*gone, *problems))
    asked, problems = checked(opened.source, opened.shape, Asked(filters=opened.shape.preset))
    return Question(asked, None, (*gone, *problems))


GONE = "This saved view is no longer there, or not for your roles. The list opens as usual."


def view_asks(opened: OpenList, view: ViewRow) -> Asked:
    """What a saved view asks for, what is gone by now included, so that it can be named."""
    known = asked_of(opened.shape, view.params)
    gone = {name: tuple(values) for name, values in view.params.items() if name not in (*opened.shape.filters, *OWN)}
    return Asked({**known.filters, **gone}, known.search, known.sort, known.columns)


OWN = ("q", "order", "columns")


def columns_of(opened: OpenList, asked: Asked) -> tuple[str, ...]:
    """The columns that a question shows, the list's first one always among them."""
    first = next(iter(opened.shape.columns))
    return (first, *(name for name in asked.columns if name != first)) if asked.columns else opened.shape.shown


def read(
    uow: UnitOfWork, opened: OpenList, asked: Asked, page: PageRequest, columns: Sequence[str] | None = None
) -> ListAnswer:
    """A page of what a question finds: the columns that it shows, and what a row on a phone needs.

    Raises:
        Refused: the cursor is not one that this list gave out.
    """
    names = [*(columns_of(opened, asked) if columns is None else columns), *_for_phones(opened)]
    return compiling.read_page(uow, opened.source, opened.shape, asked, page, [*names, *_currencies(opened, names)])


def count(uow: UnitOfWork, opened: OpenList, asked: Asked) -> int:
    """How many rows a question finds, as far as `COUNTED_TO`; one more means: more than that."""
    return compiling.count(uow, opened.source, opened.shape, asked, most=COUNTED_TO)


def count_by(uow: UnitOfWork, opened: OpenList, asked: Asked, name: str) -> dict[Any, int]:
    """How many of the rows that a question finds have each value of a column, all of them counted."""
    return compiling.count_by(uow, opened.source, opened.shape, asked, name)


def sum_by(uow: UnitOfWork, opened: OpenList, asked: Asked, name: str, amount: str) -> dict[tuple[Any, str], Decimal]:
    """What an amount comes to over the rows that a question finds, by the value of a column and by currency."""
    return compiling.sum_by(uow, opened.source, opened.shape, asked, name, amount)


def _for_phones(opened: OpenList) -> list[str]:
    phone = opened.source.definition.phone
    named = (phone.title, *phone.sub, phone.amount, *phone.note)
    return [name for name in named if name in opened.shape.columns]


def _currencies(opened: OpenList, names: Sequence[str]) -> list[str]:
    columns = opened.source.definition.columns_by_name
    amounts = [columns[name] for name in names if name in columns and columns[name].kind is ColumnKind.AMOUNT]
    return [column.currency for column in amounts if column.currency in opened.source.fields]


def published_views(uow: UnitOfWork, key: str) -> list[ViewRow]:
    """Every view of a list that is published to anybody, by name.

    Raises:
        NotAllowed: the actor may not publish.
    """
    uow.actor.demand(PUBLISH)
    view, me = SavedView, uow.actor.user_id
    stmt = select(view).where(view.list == key, view.id.in_(select(SavedViewRole.view_id)))
    return [
        ViewRow(each.id, each.name, each.owner_id == me, each.owner_name, each.content, True, False, False,
                each.version)
        for each in uow.session.scalars(stmt.order_by(view.name, view.id))
    ]  # fmt: skip


def preview(uow: UnitOfWork, key: str, change: Adjustment, *, rows: int) -> tuple[OpenList, ListAnswer] | None:
    """The first rows of a list as it would open for the actor with an adjustment; None: the list is not for them."""
    source = source_of(key)
    made = source.definition
    if not uow.actor.may(made.permission) or (made.side and (made.side == "vendor") is not uow.actor.is_vendor):
        return None
    opened = OpenList(source, shaped(made, change, uow.actor), (), 0)
    asked, _ = checked(source, opened.shape, Asked(filters=opened.shape.preset))
    return opened, read(uow, opened, asked, PageRequest(size=rows))


# ---- the shelf: the version in force and the views, in one statement ----


def views_of(uow: UnitOfWork, key: str) -> tuple[ViewRow, ...]:
    """The views of something that is no list: the actor's own, then those published to one of its roles, by name."""
    return _views(uow.session.execute(_views_shelved(uow, key)).all())


def _views_shelved(uow: UnitOfWork, key: str) -> Any:
    roles = [EVERYBODY, *sorted(uow.actor.roles)]
    view, role, own = SavedView, SavedViewRole, OwnView
    mine = view.owner_id == uow.actor.user_id
    return (
        select(
            literal("view").label("kind"), view.id, view.name, func.coalesce(mine, False).label("mine"),
            view.owner_name, view.content, role.role, func.coalesce(role.opens, False).label("opens"),
            own.view_id.label("own"), view.version,
        )
        .outerjoin(role, (role.view_id == view.id) & role.role.in_(roles))
        .outerjoin(own, (own.view_id == view.id) & (own.user_id == uow.actor.user_id))
        .where(view.list == key, or_(mine, role.role.is_not(None)))
    )  # fmt: skip


def _shelf(uow: UnitOfWork, key: str) -> Any:
    roles = [EVERYBODY, *sorted(uow.actor.roles)]
    chosen, made = ListChosen, aliased(ListVersion)
    versions = (
        select(
            literal("version"), cast(null(), Uuid()), cast(literal(""), String()), literal(False, Boolean()),
            cast(literal(""), String()), made.content, chosen.role, true(), cast(null(), Uuid()),
            cast(chosen.version, Integer()),
        )
        .outerjoin(made, (made.list == chosen.list) & (made.number == chosen.version))
        .where(chosen.list == key, chosen.role.in_(roles))
    )  # fmt: skip
    return union_all(_views_shelved(uow, key), versions)


def _views(found: Sequence[Found[Any]]) -> tuple[ViewRow, ...]:
    """The rows of the shelf that are views: one's own first, by name; a view is there once for each of its roles."""
    views: dict[UUID, ViewRow] = {}
    for kind, key, name, mine, owner, content, role, opens, own, version in found:
        if kind != "view":
            continue
        before = views.get(key)
        views[key] = ViewRow(
            key, name, bool(mine), owner, content, role is not None or bool(before and before.published),
            bool(opens) or bool(before and before.opens_by_role), own is not None, version,
        )  # fmt: skip
    return tuple(sorted(views.values(), key=lambda view: (not view.mine, view.name.casefold())))


def _opened(uow: UnitOfWork, source: ListSource, found: Sequence[Found[Any]]) -> OpenList:
    ours = [(row[6] != EVERYBODY, row[9], row[5]) for row in found if row[0] == "version"]
    # A version of one's own role goes before everybody's; of several the newest.
    number, content = max(ours, key=lambda each: each[:2])[1:] if ours else (0, None)
    change = Adjustment.model_validate(content) if content else AS_DELIVERED
    shape = shaped(source.definition, change, uow.actor)
    if not uow.actor.may(PUBLISH):
        shape = without_problems(shape)
    return OpenList(source, shape, _views(found), number)

"""A manager's adjustment of a list, laid over its definition; what no longer fits is named and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import Field as Checked
from pydantic import StringConstraints

from models.core.actor import Actor
from models.core.errors import Problem
from models.engines.lists.schema import Frozen, ListColumn, ListDefinition, ListFilter, Side

Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class ColumnChange(Frozen):
    """A column in its new place; no label or width: as delivered."""

    name: str
    label: Label = ""
    shown: bool = True
    width: Annotated[int | None, Checked(ge=40, le=600)] = None


class FilterChange(Frozen):
    """A filter in its new place, or not offered any more."""

    name: str
    label: Label = ""
    offered: bool = True


class Adjustment(Frozen):
    """What a manager changed about a list. Columns and filters that it does not name follow as delivered.

    `preset` are the filters with which the list opens, `sort` its order; empty: as delivered.
    """

    columns: tuple[ColumnChange, ...] = ()
    filters: tuple[FilterChange, ...] = ()
    preset: Mapping[str, tuple[str, ...]] = Checked(default_factory=dict)
    sort: str = ""


AS_DELIVERED = Adjustment()


@dataclass(frozen=True, slots=True)
class Shape:
    """A list as somebody sees it: columns and filters that are theirs, in order, and how it opens.

    A filter that is not `offered` still works where a link or a view names it.
    """

    definition: ListDefinition
    columns: Mapping[str, ListColumn]
    filters: Mapping[str, ListFilter]
    sort: str
    offered: tuple[str, ...] = ()
    preset: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns that are shown until somebody chooses others; the first one always is."""
        first, *others = self.columns.values()
        return (first.name, *(column.name for column in others if column.shown))

    @property
    def sorts(self) -> tuple[str, ...]:
        """The columns one can sort by."""
        return tuple(column.name for column in self.columns.values() if column.sort)


def shaped(definition: ListDefinition, change: Adjustment = AS_DELIVERED, actor: Actor | None = None) -> Shape:
    """The list with the adjustment, as the actor sees it; without an actor everything that there is."""
    problems: list[Problem] = []
    columns = _columns(definition, change, problems)
    filters = _filters(definition, change, problems)
    away = {each.name for each in change.filters if not each.offered}
    sort = change.sort or definition.sort
    by = columns.get(sort.removeprefix("-"))
    if by is None or not by.sort:
        problems.append(Problem("LIST-SORT", f"The list can no longer be sorted by {_bare(sort)}."))
        sort = definition.sort
    preset = {name: tuple(values) for name, values in change.preset.items() if name in definition.filters_by_name}
    for name in change.preset:
        if name not in preset:
            problems.append(_gone("filter", name))
    if actor is not None:
        columns = {
            name: _for_side(each, actor) for name, each in columns.items() if _theirs(each.side, each.permission, actor)
        }
        filters = {name: each for name, each in filters.items() if _theirs(each.side, each.permission, actor)}
        preset = {name: values for name, values in preset.items() if name in filters}
        if sort.removeprefix("-") not in columns:
            sort = definition.sort
    offered = tuple(name for name in filters if name not in away)
    return Shape(definition, columns, filters, sort, offered, preset, tuple(problems))


def _columns(definition: ListDefinition, change: Adjustment, problems: list[Problem]) -> dict[str, ListColumn]:
    known, made = definition.columns_by_name, dict[str, ListColumn]()
    for each in change.columns:
        column = known.get(each.name)
        if column is None:
            problems.append(_gone("column", each.label or each.name))
            continue
        update = {"label": each.label or column.label, "shown": each.shown, "width": each.width or column.width}
        made[each.name] = column.model_copy(update=update)
    return made | {name: column for name, column in known.items() if name not in made}


def _filters(definition: ListDefinition, change: Adjustment, problems: list[Problem]) -> dict[str, ListFilter]:
    known, made = definition.filters_by_name, dict[str, ListFilter]()
    for each in change.filters:
        found = known.get(each.name)
        if found is None:
            problems.append(_gone("filter", each.label or each.name))
        else:
            made[each.name] = found.model_copy(update={"label": each.label or found.label})
    return made | {name: found for name, found in known.items() if name not in made}


def _for_side(column: ListColumn, actor: Actor) -> ListColumn:
    if isinstance(column.shown, bool):
        return column
    return column.model_copy(update={"shown": (column.shown == "vendor") is actor.is_vendor})


def _theirs(side: Side, permission: str, actor: Actor) -> bool:
    right_side = not side or actor.is_system or (side == "vendor") is actor.is_vendor
    return right_side and (not permission or actor.may(permission))


def _gone(what: str, name: str) -> Problem:
    return Problem("LIST-GONE", f"The {what} {_bare(name)} is no longer in this list; it is left out.", name)


def _bare(name: str) -> str:
    return name.removeprefix("-").replace("_", " ")


def without_problems(shape: Shape) -> Shape:
    """The same list for people who cannot mend its adjustment."""
    return replace(shape, problems=())

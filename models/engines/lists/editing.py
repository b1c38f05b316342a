"""Changes to an adjustment of a list, one at a time, and the difference between two in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from models.engines.lists.schema import ListColumn, ListDefinition
from models.engines.lists.shaping import Adjustment, ColumnChange, FilterChange, Shape, shaped

Change = TypeVar("Change", ColumnChange, FilterChange)


def spelled_out(definition: ListDefinition, change: Adjustment) -> Adjustment:
    """The same adjustment with every column and filter named in its place; what is gone is left out."""
    shape = shaped(definition, change)
    columns, filters = definition.columns_by_name, definition.filters_by_name
    return Adjustment(
        columns=tuple(
            ColumnChange(
                name=each.name, label="" if each.label == columns[each.name].label else each.label,
                shown=bool(each.shown), width=each.width if each.width != columns[each.name].width else None,
            )
            for each in shape.columns.values()
        ),
        filters=tuple(
            FilterChange(
                name=each.name, label="" if each.label == filters[each.name].label else each.label,
                offered=each.name in shape.offered,
            )
            for each in shape.filters.values()
        ),
        preset=dict(shape.preset), sort="" if shape.sort == definition.sort else shape.sort,
    )  # fmt: skip


def moved(changes: Sequence[Change], name: str, step: int) -> tuple[Change, ...]:
    """The same columns or filters with one of them so many places further down (or up, when negative)."""
    place = next(index for index, each in enumerate(changes) if each.name == name)
    rest = [each for each in changes if each.name != name]
    rest.insert(min(max(place + step, 0), len(rest)), changes[place])
    return tuple(rest)


def altered(changes: Sequence[Change], name: str, **values: Any) -> tuple[Change, ...]:
    """The same columns or filters with other values for one of them.

    Raises:
        ValidationError: a value is none of its field.
    """
    return tuple(
        type(each).model_validate({**each.model_dump(), **values}) if each.name == name else each for each in changes
    )


def differences(definition: ListDefinition, before: Adjustment, after: Adjustment) -> list[str]:
    """What a list would do differently, in sentences."""
    old, new = shaped(definition, before), shaped(definition, after)
    found = [*_column_words(old, new), *_filter_words(old, new)]
    if old.sort != new.sort:
        by = new.columns[new.sort.removeprefix("-")].label
        found.append(f"It is sorted by {by}{', downwards' if new.sort.startswith('-') else ''}.")
    if dict(old.preset) != dict(new.preset):
        named = ", ".join(new.filters[name].label for name in new.preset)
        found.append(f"It opens filtered by {named}." if named else "It opens without filters.")
    return found


def _column_words(old: Shape, new: Shape) -> list[str]:
    found = []
    for name, column in new.columns.items():
        before = old.columns[name]
        if before.label != column.label:
            found.append(f"{before.label} is called {column.label}.")
        if bool(before.shown) is not bool(column.shown):
            found.append(f"{column.label} is {'shown' if column.shown else 'hidden until asked for'}.")
        if before.width != column.width:
            found.append(f"{column.label} is {column.width} px wide.")
    ways = [[each for each in shape.columns.values() if bool(new.columns[each.name].shown)] for shape in (old, new)]
    if [each.name for each in ways[0]] != [each.name for each in ways[1]]:
        found.append(f"Its columns stand in the order {_listed(ways[1])}.")
    return found


def _filter_words(old: Shape, new: Shape) -> list[str]:
    found = []
    for name, each in new.filters.items():
        before = old.filters[name]
        if before.label != each.label:
            found.append(f"The filter {before.label} is called {each.label}.")
        if (name in old.offered) is not (name in new.offered):
            found.append(f"The filter {each.label} is {'offered' if name in new.offered else 'not offered any more'}.")
    if set(old.offered) == set(new.offered) and old.offered != new.offered:
        found.append(f"Its filters stand in the order {', '.join(new.filters[name].label for name in new.offered)}.")
    return found


def _listed(columns: Sequence[ListColumn]) -> str:
    return ", ".join(column.label for column in columns)

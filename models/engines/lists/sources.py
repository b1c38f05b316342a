"""What an area registers for a list: an SQL expression for each column, conditions, what is filled in, actions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select

from models.core.errors import NotFound
from models.core.paging import Column
from models.core.unit_of_work import UnitOfWork
from models.engines.lists.schema import ListDefinition

Words = Callable[[Any], str]
Chosen = Mapping[str, Sequence[str]]
"""The filters that are on, by name: what one chooses among may hang on another filter."""
Options = Callable[[UnitOfWork, Chosen], Mapping[str, str]]


def as_text(value: Any) -> str:
    """A value that is its own word."""
    return str(value)


@dataclass(frozen=True, slots=True)
class Field:
    """What a column reads: an expression, whether it may be NULL, and its words where they differ from the value.

    `order` is what it is sorted by where that is something else; then `nullable` speaks of that.
    """

    expression: Column
    nullable: bool = False
    words: Words = as_text
    order: Column | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a filter compares: a column, or a condition made of the chosen values (those of `parse`).

    `options` are the values to choose among with their words; `words` those of values that are on already, where that
    is cheaper than to read all options. `parse` raises ValueError for what is no value.
    """

    column: Column | None = None
    condition: Callable[[Sequence[Any]], ColumnElement[bool]] | None = None
    options: Options | None = None
    words: Callable[[UnitOfWork, Sequence[str]], Mapping[str, str]] | None = None
    parse: Callable[[str], Any] = str


@dataclass(frozen=True, slots=True)
class Filled:
    """Values of the rows of a page by key and column; `labels` are headers that depend on the data."""

    values: Mapping[UUID, Mapping[str, Any]]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fill:
    """Columns that no expression gives: read for the keys of a page at once; None: not for this actor.

    A column that is a field too is sorted by the field and says what the fill says.
    """

    columns: tuple[str, ...]
    read: Callable[[UnitOfWork, Sequence[UUID]], Filled | None]


Given = Mapping[str, str]
"""What was given with an action, by the name of what it asks for; `ONCE` is what makes it count once."""
ONCE = "once"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would do: to which rows, why not to others (reason: how many), and what it comes to.

    `names` says which rows a reason speaks of. `words` are rows by key as people call them, `marks` how each stood:
    an action that does `one` row after the other needs both.
    """

    able: tuple[UUID, ...]
    refused: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: Mapping[UUID, str] = field(default_factory=dict)
    marks: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """An action on rows: first looked at, then done. What one chooses among is offered by `choices`, by what it asks.

    `run` does all rows in the transaction at hand, or none. `one` does a row that stood as its mark says, each in a
    transaction of its own: a row that is refused then keeps no other from being done.
    """

    preview: Callable[[UnitOfWork, Sequence[UUID], Given], Preview]
    run: Callable[[UnitOfWork, Sequence[UUID], Given], None] | None = None
    choices: Callable[[UnitOfWork, Sequence[UUID]], Mapping[str, Mapping[str, str]]] | None = None
    one: Callable[[UnitOfWork, UUID, Given, str], None] | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the columns and filters of a list."""

    fields: Mapping[str, Field]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    fills: Sequence[Fill] = ()


@dataclass(frozen=True, slots=True)
class ListSource:
    """A list with what stands behind it. `base` adds joins and whatever holds for every row of the list.

    A field whose name begins with `_` is no column: the list's page reads it for itself. `search` are the columns
    that are searched in, or the condition that words make. `hangs_on` gives the expressions anew where they hang on
    what is in force or on what is filtered by, such as the quota that is looked at.
    """

    definition: ListDefinition
    key: Column
    base: Callable[[UnitOfWork, Select[Any]], Select[Any]]
    fields: Mapping[str, Field]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    search: Sequence[Column] | Callable[[UnitOfWork, str], ColumnElement[bool]] = ()
    fills: Sequence[Fill] = ()
    actions: Mapping[str, Action] = field(default_factory=dict)
    hangs_on: Callable[[UnitOfWork, Chosen], Behind] | None = None

    def bound(self, uow: UnitOfWork, chosen: Chosen) -> ListSource:
        """The list with the expressions that count for a question."""
        if self.hangs_on is None:
            return self
        behind = self.hangs_on(uow, chosen)
        return replace(self, fields=behind.fields, filters=behind.filters, fills=behind.fills)

    def faults(self, permissions: Collection[str]) -> list[str]:
        """What does not fit together: each name of the definition has something behind it, and the other way round."""
        made, found = self.definition, list[str]()
        filled = {name for fill in self.fills for name in fill.columns}
        beside = {column.currency for column in made.columns}
        columns = {name for name in self.fields if not name.startswith("_") and name not in beside - {""}}
        for what, named, behind in (
            ("column", set(made.columns_by_name) - beside, columns | filled),
            ("filter", set(made.filters_by_name), set(self.filters)),
            ("action", {action.name for action in made.actions if not action.own}, set(self.actions)),
        ):
            found += [f"{made.key}: {what} {name} has nothing behind it" for name in sorted(named - behind)]
            found += [f"{made.key}: {what} {name} is in no definition" for name in sorted(behind - named)]
        for column in made.columns:
            if column.sort and column.name not in self.fields:
                found.append(f"{made.key}: column {column.name} is filled in, so it cannot sort")
        asked = {made.permission, made.export, made.export_partner}
        asked |= {each.permission for each in made.columns} | {each.permission for each in made.filters}
        asked |= {each.permission for each in made.actions}
        return found + [f"{made.key}: no permission {name}" for name in sorted(asked - {*permissions, ""})]


_SOURCES: dict[str, ListSource] = {}


def register(source: ListSource) -> ListSource:
    """Let a list be asked for."""
    _SOURCES[source.definition.key] = source
    return source


def all_sources() -> Mapping[str, ListSource]:
    """Every list by key, in the order of their titles."""
    return dict(sorted(_SOURCES.items(), key=lambda item: item[1].definition.title))


def source_of(key: str) -> ListSource:
    """A list by its key.

    Raises:
        NotFound: nobody registered it.
    """
    if key not in _SOURCES:
        raise NotFound(f'There is no list "{key}" in this version.')
    return _SOURCES[key]

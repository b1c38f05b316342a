"""What a list is: its columns, filters, search, order and actions; written as YAML beside its area."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Checked

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Side = Literal["", "vendor", "partner"]
RESERVED = frozenset({"q", "order", "columns", "view", "after", "before", "several", "id", "tab"})
"""Names of the address that a list keeps for itself and its page: no filter may have one."""


MOST_ROWS = 1_000
"""Rows that an action works on at most."""


class ColumnKind(StrEnum):
    """What a column holds, which decides how it is drawn, sorted and exported."""

    TEXT = "text"
    CHOICE = "choice"
    AMOUNT = "amount"
    COUNT = "count"
    PERCENT = "percent"  # a change as a ratio: 0.12 is shown as +12 %
    SHARE = "share"  # a part of a whole as a ratio: 0.12 is shown as 12 %
    DATE = "date"
    INSTANT = "instant"
    YES_NO = "yes_no"
    PERSON = "person"
    LINK = "link"

    @property
    def numeric(self) -> bool:
        """Whether it is drawn right-aligned and sorted largest first when turned round."""
        return self in (ColumnKind.AMOUNT, ColumnKind.COUNT, ColumnKind.PERCENT, ColumnKind.SHARE)


class FilterKind(StrEnum):
    """What one filters by: values to choose among, words that are in it, a range from and to, yes or no."""

    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"
    AMOUNT = "amount"
    COUNT = "count"
    YES_NO = "yes_no"

    @property
    def a_range(self) -> bool:
        """Whether its one value is `from..to`, either of which may be missing."""
        return self in (FilterKind.DATE, FilterKind.INSTANT, FilterKind.AMOUNT, FilterKind.COUNT)


class Frozen(BaseModel):
    """Data that never changes and has no field that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListColumn(Frozen):
    """One column. `currency` names the column with an amount's currency, or is the currency itself.

    `private` columns are masked in exports, and on the screen where the list says so. `side` and `permission` say who
    has the column at all.
    """

    name: Name
    label: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    kind: ColumnKind = ColumnKind.TEXT
    width: Annotated[int, Checked(ge=40, le=600)] = 120
    shown: bool | Literal["vendor", "partner"] = True
    sort: bool = False
    currency: str = ""
    private: Literal["", "name", "email", "mobile"] = ""
    permission: str = ""
    side: Side = ""
    help: str = ""


class ListFilter(Frozen):
    """One filter. `nothing` is the value that asks for rows without any, in words `nothing_words`."""

    name: Name
    label: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    kind: FilterKind = FilterKind.CHOICE
    nothing: str = ""
    nothing_words: str = "Nobody"
    permission: str = ""
    side: Side = ""


class ActionAsk(Frozen):
    """What one gives with an action, for all of its rows: a choice, an amount, or words."""

    name: Name
    label: str
    kind: Literal["choice", "amount", "text"] = "choice"
    needed: bool = True
    placeholder: str = ""
    help: str = ""


class ListAction(Frozen):
    """What can be done with rows: `label` on the button; `will` and `done` in sentences: `will be locked`, `locked`.

    `asks` is what one gives with it, such as an ecosystem manager; `most` how many rows it works on at once, fewer
    where looking at each takes its time. An action of the page's `own` has a dialog of its own there.
    """

    name: Name
    label: str
    permission: str
    will: str
    done: str
    icon: str = "checklist"
    asks: tuple[ActionAsk, ...] = ()
    most: Annotated[int, Checked(ge=1, le=MOST_ROWS)] = MOST_ROWS
    own: bool = False


class Phone(Frozen):
    """How a row looks where there is no room for columns: names of columns for each part."""

    title: str
    sub: tuple[str, ...] = ()
    amount: str = ""
    note: tuple[str, ...] = ()
    icon: str = "chevron_right"


class Empty(Frozen):
    """What an empty list says when nothing is filtered: that there is nothing, why, and where to go."""

    title: str
    words: str = ""
    link_text: str = ""
    link: str = ""
    icon: str = ""


class ListDefinition(Frozen):
    """A list of the product. `sort` is a column's name, `-` before it turns the order round; `page` is the address of
    its page where that is not its key.

    Raises:
        ValidationError: a name is there twice, or names nothing.
    """

    key: Name
    title: str
    one: str
    many: str = ""
    page: str = ""
    permission: str
    columns: Annotated[tuple[ListColumn, ...], Checked(min_length=1)]
    filters: tuple[ListFilter, ...] = ()
    search: str = ""
    sort: str
    actions: tuple[ListAction, ...] = ()
    phone: Phone
    empty: Empty
    export: str = "exports.create"
    export_partner: str = ""
    masks: bool = False
    side: Side = ""

    @property
    def columns_by_name(self) -> dict[str, ListColumn]:
        """Columns in their order."""
        return {column.name: column for column in self.columns}

    @property
    def filters_by_name(self) -> dict[str, ListFilter]:
        """Filters in their order."""
        return {each.name: each for each in self.filters}

    @model_validator(mode="after")
    def _names_something(self) -> ListDefinition:
        for what, names in (
            ("column", [each.name for each in self.columns]),
            ("filter", [each.name for each in self.filters]),
            ("action", [each.name for each in self.actions]),
        ):
            if twice := sorted(name for name, number in Counter(names).items() if number > 1):
                raise ValueError(f"{what} {twice[0]} is there twice")
        if taken := sorted(RESERVED & set(self.filters_by_name)):
            raise ValueError(f"a filter may not be called {taken[0]}: the address uses the name")
        named = [self.phone.title, *self.phone.sub, *self.phone.note, *filter(None, [self.phone.amount])]
        if gone := [name for name in named if name not in self.columns_by_name]:
            raise ValueError(f"phone names {gone[0]}, which is no column")
        by = self.columns_by_name.get(self.sort.removeprefix("-"))
        if by is None or not by.sort:
            raise ValueError(f"the list is sorted by {self.sort}, which is no column that sorts")
        for column in self.columns:
            if (column.kind is ColumnKind.AMOUNT) is not bool(column.currency):
                raise ValueError(f"{column.name}: an amount names its currency, and nothing else does")
        return self


def load_list(path: Path) -> ListDefinition:
    """The list that a YAML file describes.

    Raises:
        ValidationError: it is not one; says where.
    """
    return ListDefinition.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

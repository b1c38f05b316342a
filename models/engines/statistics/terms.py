"""The words of a question: what is counted, by what, over which period, compared with what."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    import pyarrow as pa

    from models.core.unit_of_work import UnitOfWork

UNMAPPED = "unmapped"
"""Key of the lines that belong to no known partner or customer."""
MISSING = "none"
"""Key of the lines that have no value of a dimension."""
OTHER = "(other)"
"""Key of the groups that a folded question sums up."""


class Unit(StrEnum):
    """What a measure is in. Money always stands per currency; a word is a key, such as the latest manager's."""

    MONEY = "money"
    COUNT = "count"
    WORD = "word"


class Granularity(StrEnum):
    """The steps of a trend: billing cycles, or business dates (GMT+08:00)."""

    MONTH = "month"
    DAY = "day"


class Against(StrEnum):
    """What a period is compared with: the equally long one before, the same months a year before, or nothing."""

    PREVIOUS = "previous"
    YEAR = "year"
    NOTHING = "nothing"


class Sort(StrEnum):
    """In which order rows stand (FIN-OP-17)."""

    AMOUNT = "amount"
    CHANGE = "change"
    NAME = "name"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows whose dimension has one of the values (keys, as groups carry them)."""

    dimension: str
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Lookup:
    """A small table that comes from the records and is joined to facts inside DuckDB.

    `on` joins each fact to at most one of its rows. `load` answers what the actor may see of it, `version` a value that
    is another one whenever that changed.
    """

    table: Table
    on: ColumnElement[bool]
    load: Callable[[UnitOfWork], pa.Table]
    version: Callable[[UnitOfWork], Hashable]


@dataclass(frozen=True, eq=False)
class Measure:
    """What is counted: an aggregate over the columns of a fact table, and which of its rows count.

    Additive ones may be summed over groups. The definition is what a reader is told.
    """

    name: str
    words: str
    unit: Unit
    aggregate: FunctionElement[Any]
    where: ColumnElement[bool] | None
    additive: bool
    definition: str
    lookup: Lookup | None = None


Labels = Callable[["UnitOfWork", Sequence[str]], Mapping[str, str]]
"""Words for keys, within what the actor may see."""


@dataclass(frozen=True, eq=False)
class Dimension:
    """By what facts are grouped: a text column or expression; where it is NULL the key is `missing_key`.

    `many` says that there may be thousands of keys, so that a trend by it asks for the largest first. `stored` is the
    plain column behind an expression: every key but `missing_key` and UNMAPPED stands in it, and a filter on it lets
    DuckDB skip parts of files.
    """

    name: str
    words: str
    column: ColumnElement[str]
    missing_key: str
    missing_label: str
    labels: Labels
    lookup: Lookup | None = None
    many: bool = False
    stored: ColumnElement[str] | None = None


@dataclass(frozen=True, eq=False)
class Facts:
    """A fact table of the lake and what the engine must know of it: the columns of scope, time and currency."""

    table: Table
    partner: str
    customer: str
    cycle: str
    day: str
    currency: str
    dimensions: Mapping[str, Dimension]


def shift_month(month: date, by: int) -> date:
    """The first of the month so many months later (earlier when negative)."""
    years, index = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, index + 1, 1)


def month_end(month: date) -> date:
    """The last day of the month."""
    return shift_month(month, 1) - timedelta(days=1)

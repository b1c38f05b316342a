"""The words of a question: what is counted, by what, over which period, compared with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Table

if TYPE_CHECKING:
    import pyarrow as pa

    from models.core.unit_of_work import UnitOfWork

UNMAPPED = "unmapped"
"""Key of the lines that belong to no known partner or customer."""
MISSING = "none"
"""Key of the lines that have no value of a dimension."""
OTHER = "other"
"""Key, inside the engine, of the groups that are summed up; a real group of this name would be told apart."""


class Unit(StrEnum):
    """What a measure counts in. Money always stands per currency."""

    MONEY = "money"
    COUNT = "count"


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
class Measure:
    """What is counted: an aggregate over the columns of a fact table. Additive ones may be summed over groups."""

    name: str
    words: str
    unit: Unit
    expression: ColumnElement[Any]
    additive: bool
    definition: str


@dataclass(frozen=True, eq=False)
class Lookup:
    """A small table that comes from the records and is joined to facts inside DuckDB.

    `on` joins each fact to at most one of its rows. `load` answers what the actor may see of it.
    """

    table: Table
    on: ColumnElement[bool]
    load: Callable[[UnitOfWork], pa.Table]


Labels = Callable[["UnitOfWork", Sequence[str]], Mapping[str, str]]
"""Words for keys, within what the actor may see."""


@dataclass(frozen=True, eq=False)
class Dimension:
    """By what facts are grouped: an expression that gives a text key for each line, never NULL.

    `many` says that there may be thousands of keys, so that a trend by it asks for the largest first.
    """

    name: str
    words: str
    key: ColumnElement[str]
    labels: Labels
    lookup: Lookup | None = None
    many: bool = False


@dataclass(frozen=True, eq=False)
class Facts:
    """A fact table of the lake and what the engine must know of its columns."""

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

"""The words of a question: what is counted, by what, over which period, compared with what."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FunctionFilter, Table
from sqlalchemy.sql.functions import FunctionElement

from models.core.money import WIDE

if TYPE_CHECKING:
    import pyarrow as pa

    from models.core.actor import Actor
    from models.core.unit_of_work import UnitOfWork

UNMAPPED = "unmapped"
"""Key of the lines that belong to no known partner or customer."""
MISSING = "none"
"""Key of the lines that have no value of a dimension."""
OTHER = "(other)"
"""Key of the groups that a folded question sums up."""


class Unit(StrEnum):
    """What a measure is in. Money always stands per currency; a word is a key, such as the latest manager's.

    A quantity is an exact number of something, a duration whole seconds, a share a fraction (0.25 is 25 %).
    """

    MONEY = "money"
    COUNT = "count"
    QUANTITY = "quantity"
    DURATION = "duration"
    SHARE = "share"
    WORD = "word"


class Granularity(StrEnum):
    """The steps of a trend: years, quarters, billing cycles, or business dates (GMT+08:00)."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"

    @property
    def months(self) -> int:
        """How many months a step has; 0 of a day."""
        return {Granularity.YEAR: 12, Granularity.QUARTER: 3, Granularity.MONTH: 1}.get(self, 0)

    def step(self, day: date) -> date:
        """The first day of the step that a day lies in."""
        if self is Granularity.DAY:
            return day
        return date(day.year, (day.month - 1) // self.months * self.months + 1, 1)


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

    `on` joins each fact to at most one of its rows; `rule` names by which rule. `load` answers what the actor may see
    of it, `version` a value that is another one whenever that changed.
    """

    table: Table
    on: ColumnElement[bool]
    load: Callable[[UnitOfWork], pa.Table]
    version: Callable[[UnitOfWork], Hashable]
    rule: str = ""


Aggregate = FunctionElement[Any] | FunctionFilter[Any]


@dataclass(frozen=True, slots=True)
class Bought:
    """The measure of quantities behind amounts, and by which dimensions they are all of one kind and unit."""

    measure: str
    by: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Measure:
    """What is counted: an aggregate over the columns of a fact table, and which of its rows count.

    Additive ones may be summed over groups. The definition is what a reader is told. With `divided_by` it is a
    quotient of two aggregates over the same rows (a share, a price), divided exactly, and nothing over nothing;
    `of_amounts` says that both are amounts, so that it stands for each currency. `plan` names the measure of goals that
    it is compared with, `bought` the quantities that its amounts were paid for, `grain` what one of its rows is,
    `owner` who answers for its definition.
    """

    name: str
    words: str
    unit: Unit
    aggregate: Aggregate
    where: ColumnElement[bool] | None
    additive: bool
    definition: str
    lookup: Lookup | None = None
    divided_by: Aggregate | None = None
    of_amounts: bool = False
    plan: str = ""
    bought: Bought | None = None
    grain: str = ""
    owner: str = ""

    @property
    def per_currency(self) -> bool:
        """Whether it stands for each currency on its own."""
        return self.unit is Unit.MONEY or self.of_amounts

    @cached_property
    def parts(self) -> tuple[Measure, ...]:
        """What is selected for it: itself, or what is divided and by what."""
        if self.divided_by is None:
            return (self,)
        above = replace(self, name=f"{self.name}.above", divided_by=None, of_amounts=self.per_currency)
        below = replace(self, name=f"{self.name}.below", aggregate=self.divided_by, unit=Unit.QUANTITY, divided_by=None)
        return above, below

    def of_parts(self, values: Sequence[Any]) -> Any:
        """Its value from those of its parts."""
        if self.divided_by is None:
            return values[0]
        above, below = values
        return None if above is None or not below else WIDE.divide(Decimal(above), Decimal(below))


Labels = Callable[["UnitOfWork", Sequence[str]], Mapping[str, str]]
"""Words for keys, within what the actor may see."""


@dataclass(frozen=True, eq=False)
class Dimension:
    """By what facts are grouped: a text column or expression; where it is NULL the key is `missing_key`.

    `many` says that there may be thousands of keys, so that a trend by it asks for the largest first. `stored` is the
    plain column behind an expression: every key but `missing_key` and UNMAPPED stands in it, and a filter on it lets
    DuckDB skip parts of files. `parent` is the dimension above it in its hierarchy: whoever drills down comes from
    there (region → country → partner → customer). `definition` tells a reader its rule, where it has one.
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
    parent: str | None = None
    definition: str = ""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """How facts that lie in the record store are read: as one Arrow table, within the actor's scope.

    `load` reads through the unit of work, so that the scope is in it, and depends on nothing else of the actor. Its
    columns are those of the facts' table: keys as text, days as date32, amounts as decimal128. `version` is another
    value whenever `load` would answer otherwise; it is asked with every question, so it must be cheap.
    """

    load: Callable[[UnitOfWork], pa.Table]
    version: Callable[[UnitOfWork], Hashable]


class LineKind(StrEnum):
    """What a column of lines holds, which decides how it is written."""

    TEXT = "text"
    AMOUNT = "amount"
    COUNT = "count"
    SHARE = "share"
    DURATION = "duration"
    DATE = "date"
    MARK = "mark"


@dataclass(frozen=True, eq=False)
class LineColumn:
    """A column of the lines behind a figure. With `labels` its values are keys, shown by their words."""

    name: str
    words: str
    column: ColumnElement[Any]
    kind: LineKind = LineKind.TEXT
    labels: Labels | None = None


@dataclass(frozen=True, eq=False)
class Lines:
    """How single facts are shown: what one is called (several of them), its columns in order, and what tells it apart.

    A column given by its name is the dimension of that name. Records are told apart by their place, so `unique` is of
    facts of the lake alone.
    """

    words: str
    columns: tuple[str | LineColumn, ...]
    unique: tuple[ColumnElement[Any], ...] = ()


@dataclass(frozen=True, eq=False)
class Facts:
    """What can be counted, and what the engine must know of it: the columns of scope, time and currency.

    A fact table of the lake, or with a `snapshot` records; the same select is asked of both. `day` is the business
    date (GMT+08:00) of a fact, `cycle` the first of its billing month where the table has one (else that of the day).
    With `ended` a row is a state that holds from `day` until before `ended` (NULL: still), counted as it stands at the
    end of the period. `customer` and `currency` are None where a fact has none. `permission` opens its questions (any
    of several); `note` is what a page must say about it, `lines` how single ones are shown.
    """

    table: Table
    partner: str
    customer: str | None
    cycle: str | None
    day: str
    currency: str | None
    dimensions: Mapping[str, Dimension]
    snapshot: Snapshot | None = None
    ended: str | None = None
    words: str = ""
    permission: str | tuple[str, ...] = "statistics.view"
    note: str = ""
    lines: Lines | None = None

    def open_to(self, actor: Actor) -> bool:
        """Whether the actor's permissions open its questions."""
        several = (self.permission,) if isinstance(self.permission, str) else self.permission
        return any(actor.may(each) for each in several)


def shift_month(month: date, by: int) -> date:
    """The first of the month so many months later (earlier when negative)."""
    years, index = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, index + 1, 1)


def month_end(month: date) -> date:
    """The last day of the month."""
    return shift_month(month, 1) - timedelta(days=1)

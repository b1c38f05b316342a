"""What the expenditure statistics answer: typed rows with exact amounts, each saying how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from models.core.money import EXACT, WIDE, Rate
from models.engines.statistics import Granularity

PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount and what it was in the compared period (None: nothing is compared)."""

    currency: str
    now: Decimal
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """How much more it is than before; negative when it fell."""
        return None if self.before is None else EXACT.subtract(self.now, self.before)

    @property
    def percent(self) -> Decimal | None:
        """The change in percent of the amount before, unrounded; None where that was nothing or less."""
        return percent(self.change, self.before)


def percent(change: Decimal | None, before: Decimal | None) -> Decimal | None:
    """A change in percent of what was before, unrounded; None where that says nothing (nothing before, or a credit)."""
    if change is None or before is None or before <= 0:
        return None
    return WIDE.divide(WIDE.multiply(change, Decimal(100)), before)


@dataclass(frozen=True, slots=True)
class ConversionUsed:
    """The rates that a converted figure stands on, and the currencies left out because they have none."""

    base: str
    rates: tuple[Rate, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What belongs to every answer: period, comparison, currency, and how fresh the data is.

    `compared_first` is None when nothing is compared. `elapsed` is set when the last cycle is still running: only so
    many of its days have data, and the compared period is cut at the same day. `as_of` is when the lake last changed
    (UTC); `through` the last business date with data of the last cycle when that is running.
    """

    first: date
    last: date
    compared_first: date | None
    compared_last: date | None
    elapsed: int | None
    through: date | None
    currency: str
    conversion: ConversionUsed | None
    as_of: datetime | None
    snapshot_id: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of the overview (FIN-SEXP-01). Amount due and paid are not here: they come with the bills.

    `figures` has one figure for each currency that occurs in either period; `total` is the shown one: that of
    `context.currency`, or everything converted. `unmapped` is what of `total` belongs to no known customer; None for
    actors who never see such lines.
    """

    context: Context
    total: Figure
    figures: tuple[Figure, ...]
    unmapped: Figure | None
    spending_customers: int
    spending_customers_before: int | None
    lines: int

    @property
    def empty(self) -> bool:
        """Whether there is no line in either period."""
        return not self.figures

    @property
    def other_currencies(self) -> tuple[str, ...]:
        """Currencies that occur beside the shown one (or could not be converted)."""
        if self.context.conversion:
            return self.context.conversion.missing
        return tuple(each.currency for each in self.figures if each.currency != self.context.currency)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One step of a trend. `position` counts from 1: the day within its cycle, or the month within the period.

    `start` and `now` are None where the period has no such day (a 31st beside a 30th), `now` also on days that have no
    data yet; `before` where the compared period has no such day or is cut before it.
    """

    position: int
    start: date | None
    now: Decimal | None
    before_start: date | None
    before: Decimal | None


@dataclass(frozen=True, slots=True)
class Trend:
    """Expenditure over time, the compared period beside it."""

    context: Context
    granularity: Granularity
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a distribution. `key` filters (None for Other, which sums up `count` groups); `share` is 0..1."""

    key: str | None
    label: str
    now: Decimal
    before: Decimal | None
    change: Decimal | None
    percent: Decimal | None
    share: Decimal | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Distribution:
    """Expenditure by a dimension: the groups add up to `total` exactly (FIN-SEXP-03)."""

    context: Context
    by: str
    groups: tuple[Group, ...]
    total: Figure


@dataclass(frozen=True, slots=True)
class Series:
    """One group over time; `amounts` has one entry for each of `GroupedTrend.starts` (and `before` likewise)."""

    group: Group
    amounts: tuple[Decimal, ...]
    before: tuple[Decimal, ...] | None


@dataclass(frozen=True, slots=True)
class GroupedTrend:
    """Expenditure over time by a dimension: the series add up to the trend exactly (FIN-SEXP-02)."""

    context: Context
    by: str
    granularity: Granularity
    starts: tuple[date, ...]
    series: tuple[Series, ...]
    total: Figure


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer's expenditure; `key` filters (`unmapped` for lines of no known customer, one row for all)."""

    key: str
    customer_id: UUID | None
    name: str
    account_name: str
    partner_key: str
    partner: str
    association_type: str
    account_manager: str
    now: Decimal
    before: Decimal | None
    change: Decimal | None
    percent: Decimal | None
    share: Decimal | None
    series: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Customers in order. `months` are the cycles of each row's `series`, `count` all customers that match.

    `next` and `previous` are cursors (None where there is no such page).
    """

    context: Context
    rows: tuple[CustomerRow, ...]
    months: tuple[date, ...]
    count: int
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of expenditure as delivered, with the names of today (CUS-EXD-02). Times are UTC instants."""

    cycle: date
    file_id: int
    line: int
    source: str
    spent_on: date
    charge_start: datetime | None
    charge_end: datetime | None
    partner_id: UUID | None
    partner: str
    customer_id: UUID | None
    customer: str
    account_name: str
    association_type: str
    account_manager: str
    sub_account_id: str
    sub_account_name: str
    provider: str
    service_family: str
    service_type: str
    product: str
    region: str
    billing_mode: str
    bill_type: str
    currency: str
    expenditure: Decimal
    list_price: Decimal | None
    quantity: Decimal | None
    unit: str
    resource_id: str
    resource_name: str
    description: str


@dataclass(frozen=True, slots=True)
class LinePage:
    """Lines in order; `total` sums every line of the question (per currency), not only this page's."""

    rows: tuple[LineRow, ...]
    count: int
    totals: tuple[Figure, ...]
    as_of: datetime | None
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a filter may name."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Cycles:
    """Billing cycles with data that the actor may see, newest first."""

    cycles: tuple[date, ...]
    as_of: datetime | None

    @property
    def latest(self) -> date | None:
        """The newest cycle with data."""
        return self.cycles[0] if self.cycles else None


@dataclass(frozen=True, slots=True)
class DriverPart:
    """The customers that did one thing, and by how much that moved the total; `top` are the largest of them."""

    kind: str
    amount: Decimal
    count: int
    top: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Drivers:
    """What drove the change, split exactly by customer: the parts add up to `total.change`.

    `parts` are new, grown, shrunk and lost customers and unmapped lines, those that moved something. `largest` is the
    customer with the largest change in the direction of the total's, `without_largest` the total without it.
    """

    context: Context
    total: Figure
    parts: tuple[DriverPart, ...] = field(default=())
    largest: Group | None = None
    without_largest: Figure | None = None

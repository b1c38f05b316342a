"""Answers in typed rows: exact values, words for every key, and all that belongs beside a figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from models.core.money import EXACT, WIDE, Rate
from models.engines.statistics import OTHER, Unit
from models.statistics.asks import Ask, Compared
from models.statistics.periods import Span, Step

if TYPE_CHECKING:
    import pandas as pd

Value = Decimal | int | str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure of the answer, in words. `notes` is what must be said beside its figures."""

    name: str
    words: str
    unit: Unit
    definition: str
    additive: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grouped:
    """A dimension of the answer. `finer` is where a click on a group drills down to."""

    name: str
    words: str
    finer: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the answer is compared with: the days (those of the period itself for a plan) and their words."""

    against: Compared
    span: Span
    words: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    """Measures of one group in the order of the question, now and for each comparison in its order.

    A key filters (that of Other, which sums up `count` groups, does not). `currency` is empty where nothing is an
    amount; `position` and `start` are of the step of a trend, `start` None where the period has no such day.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    currency: str
    position: int
    start: date | None
    now: tuple[Value, ...]
    compared: tuple[tuple[Value, ...], ...]
    count: int = 1

    @property
    def is_other(self) -> bool:
        """Whether it sums up what is left after the largest."""
        return OTHER in self.keys

    def value(self, measure: int = 0, against: int | None = None) -> Decimal:
        """A measure as a Decimal, of a comparison by its place or of the period; zero where nothing counts."""
        return as_number(self.now[measure] if against is None else self.compared[against][measure]) or Decimal(0)

    def change(self, measure: int = 0, against: int = 0) -> Decimal | None:
        """How much more it is than what it is compared with; None where one of the two is not known."""
        return change(self.now[measure], self.compared[against][measure] if self.compared else None)

    def percent(self, measure: int = 0, against: int = 0) -> Decimal | None:
        """The change in percent, unrounded; None where that says nothing (nothing before, or a credit)."""
        return percent(self.now[measure], self.compared[against][measure] if self.compared else None)


def as_number(value: Value) -> Decimal | None:
    """A value as an exact number; None for what is unknown or a word."""
    return None if value is None or isinstance(value, str) else Decimal(value)


def change(now: Value, before: Value) -> Decimal | None:
    """How much more it is than before; None where one of the two is not known."""
    left, right = as_number(now), as_number(before)
    return None if left is None or right is None else _minus(left, right)


def percent(now: Value, before: Value) -> Decimal | None:
    """A change in percent of what was before, unrounded; None where that says nothing (nothing before, or a credit)."""
    more, base = change(now, before), as_number(before)
    if more is None or base is None or base <= 0:
        return None
    return WIDE.divide(WIDE.multiply(more, Decimal(100)), base)


def _minus(left: Decimal, right: Decimal) -> Decimal:
    exact = (left.as_tuple().exponent, right.as_tuple().exponent)
    narrow = all(isinstance(each, int) and each > -20 for each in exact)
    return EXACT.subtract(left, right) if narrow else WIDE.subtract(left, right)


@dataclass(frozen=True, slots=True)
class Conversion:
    """The rates that converted figures stand on, and the currencies left out because they have none."""

    base: str
    rates: tuple[Rate, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to an Ask.

    `totals` has one row for each shown currency (one row in all unless asked for each); what cannot be added up is
    asked as a question of its own. `currency` is the shown one (empty: none, or each); `other_currencies` occur and are
    not in the figures. `problems` say what a reader must know, `through` how far the data of a running period reaches.
    """

    ask: Ask
    measures: tuple[Measured, ...]
    dimensions: tuple[Grouped, ...]
    span: Span
    words: str
    comparisons: tuple[Comparison, ...]
    rows: tuple[ResultRow, ...]
    totals: tuple[ResultRow, ...]
    steps: tuple[Step, ...]
    currency: str
    other_currencies: tuple[str, ...]
    conversion: Conversion | None
    as_of: datetime | None
    through: date | None
    problems: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.rows

    @property
    def total(self) -> ResultRow:
        """The total in the shown currency; of the first one when each stands on its own."""
        return self.totals[0]

    def of(self, *keys: str) -> ResultRow | None:
        """The row of a group (its first step in a trend)."""
        return next((row for row in self.rows if row.keys == keys), None)

    def series(self, *keys: str) -> tuple[ResultRow | None, ...]:
        """The rows of a group along `steps`; None where nothing counts."""
        found = {row.position: row for row in self.rows if row.keys == keys}
        return tuple(found.get(step.position) for step in self.steps)

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The keys of all groups, in the order of the rows."""
        return tuple(dict.fromkeys(row.keys for row in self.rows))

    def frame(self) -> pd.DataFrame:
        """The rows as a frame of exact values (columns of objects): words, keys, currency, step, measures, compared."""
        from models.statistics.frames import framed

        return framed(self)

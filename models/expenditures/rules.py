"""Value types of expenditure lines and their deliveries, and the pure decisions about them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from models.core.errors import Problem
from models.core.money import EXACT, exact_text


class BillType(StrEnum):
    """What kind of bill a line stands on (FIN-SEXP)."""

    EXPENDITURE = "expenditure"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    CREDIT = "credit"
    TAX = "tax"


class BillingMode(StrEnum):
    """How a line's price came about (FIN-SEXP)."""

    PAY_PER_USE = "pay_per_use"
    YEARLY_MONTHLY = "yearly_monthly"
    RESERVED_UPFRONT = "reserved_upfront"
    RESERVED_HOURLY = "reserved_hourly"
    SAVINGS_PLAN = "savings_plan"
    ONE_TIME = "one_time"


class ImportKind(StrEnum):
    """What a run does to the lines of a source."""

    IMPORT = "import"
    REMAP = "remap"


class ImportStatus(StrEnum):
    """Where a run stands. Only `committing` and `done` can have changed the lake."""

    PLANNED = "planned"
    READING = "reading"
    COMMITTING = "committing"
    DONE = "done"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    FAILED = "failed"

    @property
    def under_way(self) -> bool:
        """Whether more will happen soon; an interrupted run waits for somebody, or for the worker's next try."""
        return self is ImportStatus.PLANNED or self.running

    @property
    def running(self) -> bool:
        """Whether a process should be at work on it."""
        return self in (ImportStatus.READING, ImportStatus.COMMITTING)


@dataclass(frozen=True, slots=True)
class ImportTerms:
    """How imports wait for each other and hold their source; a lease outlives several missed heartbeats."""

    lease: timedelta = timedelta(seconds=60)
    heartbeat: timedelta = timedelta(seconds=2)
    wait: timedelta = timedelta(minutes=2)


IMPORT_TERMS = ImportTerms()

Totals = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a delivery: lines, and the exact total per currency of the accepted ones, taxes included."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    unmapped: int = 0
    changed: bool = False
    billed_cost: Totals = field(default_factory=dict)

    def __add__(self, other: Result) -> Result:
        return Result(
            self.read + other.read,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.unmapped + other.unmapped,
            self.changed or other.changed,
            total(self.billed_cost, other.billed_cost),
        )

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; amounts are text, exact, in plain notation."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "unmapped": self.unmapped,
            "changed": self.changed,
            "billed_cost": totals_text(self.billed_cost),
        }

    def in_words(self) -> str:
        """The result in words, for a page or a terminal."""
        if not self.read:
            return "No lines were read."
        lines = f"{self.accepted:,} of {self.read:,} lines accepted"
        if self.rejected:
            lines += f", {self.rejected:,} rejected"
        if self.unmapped:
            lines += f", {self.unmapped:,} of no known customer yet"
        amounts = " + ".join(f"{text} {currency}" for currency, text in totals_text(self.billed_cost).items())
        change = "" if self.changed else " Nothing changed: the same content was here already."
        return f"{lines}; billed cost {amounts or '0'}.{change}"


def total(*parts: Totals) -> Totals:
    """Totals per currency added up exactly; currencies are never mixed."""
    result: Totals = {}
    for part in parts:
        for currency, amount in part.items():
            result[currency] = EXACT.add(result.get(currency, Decimal(0)), amount)
    return result


def totals_text(totals: Totals) -> dict[str, str]:
    """Totals as they are stored and printed."""
    return {currency: exact_text(amount) for currency, amount in sorted(totals.items())}


def totals_of(stored: dict[str, Any]) -> Totals:
    """Totals as they were stored."""
    return {currency: Decimal(text) for currency, text in stored.items()}


_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}")


def source_problems(name: str) -> list[Problem]:
    """What is wrong with the name of a source; empty when nothing is."""
    if _SOURCE.fullmatch(name) and name == name.strip():
        return []
    text = "Name the source with up to 60 letters, digits, spaces, dots, dashes or underscores, such as aws-master."
    return [Problem("IMPORT-SOURCE", text, "source")]


def repeated_names(names: Iterable[str]) -> list[Problem]:
    """A delivery has one file of a name, since a name says which lines are replaced."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[name] = None
        seen.add(name)
    return [Problem("IMPORT-TWICE", f"{name} is given twice. Give each file once.", "files") for name in twice]


LARGEST_AMOUNT = Decimal(10) ** 18
"""From here on a line is not believed; far below what DECIMAL(38,12) adds up without overflow."""


def amount_problem(text: str, places: int) -> str | None:
    """Why a text is no exact amount with so many decimals; None when it is one. Trailing zeros do not count."""
    if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*", text, re.ASCII):
        return "is not a number"
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return "is not a number"
    if value.copy_abs() >= LARGEST_AMOUNT:
        return "is too large"
    exponent = value.normalize(EXACT_READING).as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        return f"has more than {places} decimals"
    return None


# Reads a text of any length without rounding it.
EXACT_READING = EXACT.copy()
EXACT_READING.prec = 2000

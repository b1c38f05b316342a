"""What a coupon is, how long it lasts, and what keeps one from being issued, used or cancelled. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from models.core.errors import Problem
from models.core.money import money_text, round_cents

_VALIDITY = re.compile(r"([1-9]\d{0,3}) (days?|months?)")
_CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_NAME, LONGEST_COMMENT = 80, 500


class CouponKind(StrEnum):
    """Where a coupon comes from (FIN-COUP-02)."""

    TEST = "test"
    BENEFIT = "benefit"
    EXCHANGE = "exchange"

    @property
    def words(self) -> str:
        """As people read it."""
        return {"test": "Test coupon", "benefit": "Basic benefit", "exchange": "Incentive exchange"}[self.value]


class CouponStatus(StrEnum):
    """How a coupon stands. Only an available one holds money."""

    AVAILABLE = "available"
    USED_UP = "used_up"
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a coupon lasts, in days or in months: `90 days`, `12 months`."""

    number: int
    unit: str

    @classmethod
    def parse(cls, words: object) -> Validity:
        """The span that the words mean.

        Raises:
            ValueError: they mean none; says how to write one.
        """
        found = _VALIDITY.fullmatch(str(words).strip())
        if found is None:
            raise ValueError("write for example 90 days or 12 months")
        return cls(int(found[1]), found[2].removesuffix("s"))

    def until(self, first: date) -> date:
        """The last day of a coupon that can be used from `first` on; in a short month that month's last."""
        if self.unit == "day":
            return first + timedelta(days=self.number)
        month = first.year * 12 + first.month - 1 + self.number
        year, place = month // 12, month % 12 + 1
        return date(year, place, min(first.day, monthrange(year, place)[1]))


def days_before(words: object) -> int:
    """How many days before its end the partner is told; 0: not at all.

    Raises:
        ValueError: it is no number of days.
    """
    if not str(words).isdigit() or int(str(words)) > 365:
        raise ValueError("write a number of days, 0 to 365")
    return int(str(words))


@dataclass(frozen=True, slots=True)
class NewCoupon:
    """A coupon to be issued. `valid_until` is its last day (GMT+08:00); `remind_days` before it the partner is told."""

    kind: CouponKind
    name: str
    amount: Decimal
    currency: str
    valid_from: date
    valid_until: date
    remind_days: int
    comment: str = ""

    @property
    def remind_on(self) -> date | None:
        """The day on which the partner is told; None: a coupon that is so short needs no reminder."""
        day = self.valid_until - timedelta(days=self.remind_days)
        return day if self.remind_days and day > self.valid_from else None


def issue_problems(new: NewCoupon, *, most: Decimal, today: date) -> list[Problem]:
    """Everything that keeps a coupon from being issued; empty when nothing does. Amounts in its own currency."""
    found: list[Problem] = []
    if not new.amount.is_finite() or new.amount <= 0:
        found.append(Problem("COUPON-AMOUNT", "A coupon needs an amount above zero.", "amount"))
    elif new.amount > most:
        text = f"A coupon is worth at most {money_text(most)} {new.currency}."
        found.append(Problem("COUPON-AMOUNT", text, "amount"))
    elif new.amount != round_cents(new.amount):
        found.append(Problem("COUPON-AMOUNT", "Write the amount with at most two decimals.", "amount"))
    if not _CURRENCY.fullmatch(new.currency):
        found.append(
            Problem("COUPON-CURRENCY", "Write the currency with three capital letters, such as USD.", "currency")
        )
    if not new.name.strip() or len(new.name) > LONGEST_NAME:
        text = f"Give the coupon a name of at most {LONGEST_NAME} characters."
        found.append(Problem("COUPON-NAME", text, "name"))
    if new.valid_until < max(new.valid_from, today):
        found.append(
            Problem("COUPON-UNTIL", "It would be over before it begins. Choose a later last day.", "valid_until")
        )
    return found


def comment_problems(comment: str) -> list[Problem]:
    """What is wrong with the words that say why something is done by hand."""
    if not comment.strip():
        return [Problem("COUPON-COMMENT", "Say why; it stays in the history of the coupon.", "comment")]
    if len(comment) > LONGEST_COMMENT:
        return [Problem("COUPON-COMMENT", f"Say it in at most {LONGEST_COMMENT} characters.", "comment")]
    return []

"""Money: exact values, rounded once and in words a reader can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute

from models.core.types import AmountType

CENT = Decimal("0.01")
EXACT = Context(prec=60, traps=[Inexact])
"""For additions that must not lose a digit: a sum that would round raises instead."""
WIDE = Context(prec=60)


def round_cents(amount: Decimal) -> Decimal:
    """An amount to the nearest hundredth, half up (FIN-MONEY-13: what a statistics page shows)."""
    return amount.quantize(CENT, ROUND_HALF_UP, WIDE)


def money_text(amount: Decimal) -> str:
    """An amount as a page shows it: `4,311,906.44`."""
    return f"{round_cents(amount):,.2f}"


def exact_text(amount: Decimal) -> str:
    """Every digit of an amount and no more: `20.52022672899`."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def add(amounts: Mapping[str, Decimal], currency: str, amount: Decimal) -> dict[str, Decimal]:
    """Totals per currency with one more amount; different currencies are never added to each other."""
    return {**amounts, currency: EXACT.add(amounts.get(currency, Decimal(0)), amount)}


def sum_amount(column: ColumnElement[Decimal] | InstrumentedAttribute[Decimal]) -> ColumnElement[Decimal]:
    """The sum of an amount column, exact on both databases; 0 over no rows."""
    return func.coalesce(func.sum(column, type_=AmountType()), 0, type_=AmountType())


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of `currency` was worth in `base` on a date, and who said so."""

    currency: str
    base: str
    value: Decimal
    on: date
    source: str


def convert(amounts: Mapping[str, Decimal], base: str, rates: Mapping[str, Rate]) -> tuple[Decimal, set[str]]:
    """The total of several currencies in `base`, unrounded, and the currencies that have no rate (left out)."""
    total, without = Decimal(0), set()
    for currency, amount in amounts.items():
        if currency == base:
            total = WIDE.add(total, amount)
        elif currency in rates:
            total = WIDE.add(total, WIDE.multiply(amount, rates[currency].value))
        else:
            without.add(currency)
    return total, without


def as_decimal(value: Any) -> Decimal:
    """A Decimal of what a database driver handed over; a float is refused.

    Raises:
        TypeError: a float came, so somewhere exactness was lost.
    """
    if isinstance(value, float):
        raise TypeError("an amount arrived as a float")
    return Decimal(value or 0)

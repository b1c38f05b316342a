"""Words for periods, percentages and lists, as the sentences of the statistics use them."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models.core.money import money_text

TENTH = Decimal("0.1")
NARROW = "\u202f"
"""Stands between a number and its percent sign, so that the two never part at a line end."""


def month_words(month: date, *, today: date) -> str:
    """`June`, or `June 2024` when that is not this year."""
    return month_name[month.month] + ("" if month.year == today.year else f" {month.year}")


def months_words(first: date, last: date, *, today: date) -> str:
    """`June`, `June 2024` (when that is not this year), `April to June`, `December 2025 to February 2026`."""
    if first == last:
        return month_words(first, today=today)
    if first.year == last.year:
        year = "" if first.year == today.year else f" {first.year}"
        return f"{month_name[first.month]} to {month_name[last.month]}{year}"
    return f"{month_name[first.month]} {first.year} to {month_name[last.month]} {last.year}"


def percent_text(percent: Decimal, *, signed: bool = False) -> str:
    """`12.0 %`, or with its sign `−4.6 %`: rounded half up to one decimal."""
    rounded = percent.quantize(TENTH, ROUND_HALF_UP)
    sign = "−" if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,}{NARROW}%"


def amount_text(amount: Decimal) -> str:
    """An amount to the hundredth with a true minus: `−4,311.44`."""
    return money_text(amount).replace("-", "−")


def ordinal(day: int) -> str:
    """`1st`, `2nd`, `9th`, `11th`."""
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def listed(words: Sequence[str]) -> str:
    """`EUR`, `EUR and CNY`, `EUR, CNY and JPY`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

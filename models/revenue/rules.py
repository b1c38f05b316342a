"""The words of revenue: kinds of orders, how far a period is, and what keeps a goal from being set."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from models.core.errors import Problem
from models.core.money import WIDE, round_cents

CENT = Decimal("0.01")


class OrderType(StrEnum):
    """Whether something was bought or given back (FIN-REV-07); what was given back counts with a minus."""

    SUBSCRIPTION = "subscription"
    UNSUBSCRIPTION = "unsubscription"

    @property
    def words(self) -> str:
        """As pages say it."""
        return self.value.capitalize()


class PeriodStatus(StrEnum):
    """How far the revenue of a month is (FIN-REV-05)."""

    ESTIMATED = "estimated"
    DRAFT = "draft"
    FINAL = "final"
    END_OF_PUBLICITY = "end_of_publicity"

    @property
    def words(self) -> str:
        """As pages say it."""
        return self.value.replace("_", " ").capitalize()


def goal_problems(year: int, amount: Decimal, *, most: Decimal, today: date) -> list[Problem]:
    """Everything that keeps an annual revenue goal in USD from being set; above `most` it is a slip of the keyboard.

    Source: ONB-GOAL-01, ONB-GOAL-08 (two decimals); a goal of a year that is over would rewrite what was agreed.
    """
    problems = []
    if not today.year <= year <= today.year + 1:
        text = f"Set the goal of {today.year} or of {today.year + 1}."
        problems.append(Problem("GOAL-YEAR", text, "year"))
    if not amount.is_finite() or not 0 < amount <= most or amount != amount.quantize(CENT):
        text = f"Give an amount above zero and at most {most:,.0f} USD, with at most two decimals."
        problems.append(Problem("GOAL-AMOUNT", text, "amount"))
    return problems


def shares(amount: Decimal) -> tuple[Decimal, ...]:
    """A year's goal spread over its twelve months in whole cents; the parts add up to it exactly."""
    until = [round_cents(WIDE.divide(WIDE.multiply(amount, Decimal(month)), Decimal(12))) for month in range(12)]
    return tuple(WIDE.subtract(later, earlier) for earlier, later in pairwise([*until, amount]))

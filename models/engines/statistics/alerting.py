"""When a figure deserves attention: rules over exact values, pure. Each says why, in numbers its owner can check.

Three kinds: a limit that is passed, a change that is large, and a value that is unusual for its weekday or month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.core.money import WIDE

HUNDRED = Decimal(100)
TO_DEVIATION = Decimal("1.4826")
"""A median absolute deviation times this is the standard deviation of what is normally distributed."""
LEAST_HISTORY = 5
"""Values to compare with. Fewer say nothing about what is usual."""

Number = Annotated[Decimal, Field(max_digits=30, decimal_places=12, allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]


class Direction(StrEnum):
    """Which way a figure goes that deserves attention."""

    UP = "up"
    DOWN = "down"
    EITHER = "either"


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Threshold(_Rule):
    """The figure is above or below a limit; the limit itself is still well."""

    kind: Literal["threshold"] = "threshold"
    above: Number | None = None
    below: Number | None = None

    @model_validator(mode="after")
    def _one(self) -> Threshold:
        if self.above is None and self.below is None:
            raise ValueError("say above or below which value")
        if self.above is not None and self.below is not None and self.above < self.below:
            raise ValueError("the upper limit lies below the lower one")
        return self


class Change(_Rule):
    """The figure changed by more than so many percent and by at least `least`, against what it is compared with.

    What comes from nothing has no percentage: it counts as soon as it is `least`.
    """

    kind: Literal["change"] = "change"
    percent: Positive
    direction: Direction = Direction.EITHER
    least: Annotated[Number, Field(ge=0)] = Decimal(0)


class Anomaly(_Rule):
    """The figure lies further from the median of its season than so many robust deviations, and `percent` of it.

    Season: the same weekday of the days before, the same month of the years before where there are enough of them,
    else all values before. Medians, because one outlier must not hide the next.
    """

    kind: Literal["anomaly"] = "anomaly"
    deviations: Positive = Decimal("3.5")
    percent: Annotated[Number, Field(ge=0)] = Decimal(10)
    direction: Direction = Direction.EITHER


Rule = Annotated[Threshold | Change | Anomaly, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a figure deserves attention, what it was measured against, and by how much it missed that.

    `expected` is the limit, the compared value or the median. `known` is False when too little is known to say.
    """

    raised: bool
    value: Decimal
    expected: Decimal | None = None
    percent: Decimal | None = None
    known: bool = True


def beyond(rule: Threshold, value: Decimal) -> Verdict:
    """Whether a figure passed its limit."""
    if rule.above is not None and value > rule.above:
        return Verdict(True, value, rule.above, _percent(value, rule.above))
    if rule.below is not None and value < rule.below:
        return Verdict(True, value, rule.below, _percent(value, rule.below))
    nearest = rule.above if rule.above is not None else rule.below
    assert nearest is not None, "a limit was checked when it was read"
    return Verdict(False, value, nearest, _percent(value, nearest))


def changed(rule: Change, value: Decimal, before: Decimal) -> Verdict:
    """Whether a figure changed by more than it should."""
    moved = WIDE.subtract(value, before)
    percent = _percent(value, before)
    large = abs(percent) > rule.percent if percent is not None else moved != 0
    raised = large and abs(moved) >= rule.least and _goes(rule.direction, moved)
    return Verdict(raised, value, before, percent)


def unusual(
    rule: Anomaly, value: Decimal, on: date, history: Sequence[tuple[date, Decimal]], *, daily: bool
) -> Verdict:
    """Whether a figure of a day or month is unusual beside those before it, the oldest first or last alike."""
    usual = _season(on, history, daily=daily)
    if len(usual) < LEAST_HISTORY:
        return Verdict(False, value, known=False)
    middle = median(usual)
    deviation = WIDE.multiply(median([abs(WIDE.subtract(each, middle)) for each in usual]), TO_DEVIATION)
    moved = WIDE.subtract(value, middle)
    percent = _percent(value, middle)
    enough = moved != 0 if percent is None else abs(percent) >= rule.percent
    far = abs(moved) > WIDE.multiply(rule.deviations, deviation)
    return Verdict(far and enough and moved != 0 and _goes(rule.direction, moved), value, middle, percent)


def median(values: Sequence[Decimal]) -> Decimal:
    """The value in the middle; between two of them the exact half way."""
    ordered = sorted(values)
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else WIDE.divide(WIDE.add(ordered[half - 1], ordered[half]), Decimal(2))


def _season(on: date, history: Sequence[tuple[date, Decimal]], *, daily: bool) -> list[Decimal]:
    before = [(day, value) for day, value in history if day < on]
    if daily:
        same = [value for day, value in before if day.weekday() == on.weekday()]
    else:
        same = [value for day, value in before if day.month == on.month]
    return same if len(same) >= LEAST_HISTORY else [value for _, value in before]


def _goes(direction: Direction, moved: Decimal) -> bool:
    if direction is Direction.EITHER:
        return True
    return moved > 0 if direction is Direction.UP else moved < 0


def _percent(value: Decimal, base: Decimal) -> Decimal | None:
    """A difference in percent of a base; None where that is nothing."""
    if base == 0:
        return None
    return WIDE.divide(WIDE.multiply(WIDE.subtract(value, base), HUNDRED), abs(base))

"""What figures say, in words: the sentence that answers and the titles of charts. Pure; callers escape and draw.

Titles state a finding only where the numbers carry it: below the thresholds in `Reading` things count as level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboard.parts import formats

Series = Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """From when on a difference is worth words. Not a rule of the business: how we write."""

    level: Decimal = Decimal("0.03")


READING = Reading()


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing (a customer, a service) now and before."""

    name: str
    now: Decimal
    before: Decimal

    @property
    def change(self) -> Decimal:
        """How far it moved; positive when it grew."""
        return self.now - self.before


def direction(now: Decimal, before: Decimal) -> str:
    """`rose`, `fell`, or `stayed level`."""
    change = formats.change_of(now, before)
    if now == before or (change is not None and abs(change) < Decimal("0.0005")):
        return "stayed level"
    return "rose" if now > before else "fell"


def trend_title(current: str, previous: str, now: Series, before: Series | None, reading: Reading = READING) -> str:
    """What a line says against the line of the period before: level, above, below, and from when on."""
    if before is None:
        return _alone(current, now)
    pairs = [(a, b) for a, b in zip(now, before, strict=False) if a is not None and b is not None]
    if not pairs or sum((b for _, b in pairs), Decimal(0)) <= 0:
        return _alone(current, now)
    turn = _turn(pairs, reading)
    ratio = _ratio(pairs[turn:])
    if ratio is None or abs(ratio) < reading.level:
        return f"{current} ran level with {previous}"
    size = f"{formats.share(abs(ratio), 0)} {'above' if ratio > 0 else 'below'}"
    if turn == 0:
        return f"{current} ran {size} {previous}"
    return f"{current} ran level with {previous} until the {_ordinal(turn)}, then {size}"


def split_title(moved: Sequence[Moved], now: Decimal, before: Decimal) -> str:
    """Which groups carried a change and which went against it; the largest one where nothing changed."""
    if not moved:
        return "Nothing to compare"
    total = now - before
    along = max(moved, key=lambda item: item.change * (1 if total > 0 else -1))
    against = max(moved, key=lambda item: item.change * (-1 if total > 0 else 1))
    if direction(now, before) == "stayed level" or along.change * total <= 0:
        return f"{max(moved, key=lambda item: item.now).name} is the largest"
    carried = f"{along.name} carried the {'rise' if total > 0 else 'fall'}"
    if against.change * total >= 0 or abs(against.change) < abs(total) * READING.level:
        return carried
    return f"{carried}; {against.name} {'fell' if total > 0 else 'grew'}"


def largest_title(parts: Sequence[tuple[str, Decimal]], total: Decimal) -> str:
    """`Elastic compute is 39 % of it, the three largest 78 %`."""
    if not parts or total <= 0:
        return "Nothing to distribute"
    ranked = sorted((amount for _, amount in parts), reverse=True)
    name = max(parts, key=lambda part: part[1])[0]
    first = f"{name} is {formats.share(ranked[0] / total, 0)} of it"
    return first if len(ranked) < 4 else f"{first}, the three largest {formats.share(sum(ranked[:3]) / total, 0)}"


def _alone(name: str, values: Series) -> str:
    known = [value for value in values if value is not None]
    return f"{name}, no period before to compare with" if known else f"{name}, nothing spent yet"


def _turn(pairs: Sequence[tuple[Decimal, Decimal]], reading: Reading) -> int:
    """The first place from which on the rest differs while all before was level; 0 when it differs throughout."""
    for place in range(len(pairs) - 3, 2, -1):
        early, late = _ratio(pairs[:place]), _ratio(pairs[place:])
        if early is None or late is None:
            continue
        if abs(early) < reading.level and abs(late) >= 2 * reading.level and _level_before(pairs[:place], reading):
            return place
    return 0


def _level_before(pairs: Sequence[tuple[Decimal, Decimal]], reading: Reading) -> bool:
    """Whether also the last few of the early values were level, so that the turn is not set too late."""
    ratio = _ratio(pairs[-3:])
    return ratio is not None and abs(ratio) < reading.level


def _ratio(pairs: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    return formats.change_of(sum((a for a, _ in pairs), Decimal(0)), sum((b for _, b in pairs), Decimal(0)))


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"

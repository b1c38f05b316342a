"""Why a figure changed: a difference split exactly into parts, by groups and by price, volume and mix; pure.

Every part is exact: the parts of an explanation add up to its difference to the last decimal, whatever was divided on
the way, because the rounded terms cancel.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from models.core.money import EXACT, WIDE

K = TypeVar("K", bound=Hashable)
ZERO = Decimal(0)
PLACES = Decimal("0.000000000001")
"""To so many decimals the terms of price, volume and mix are rounded, half up: as exact as an amount of the lake."""


class Move(StrEnum):
    """What a group did between two periods."""

    NEW = "new"
    GROWN = "grown"
    SHRUNK = "shrunk"
    LOST = "lost"


class Effect(StrEnum):
    """Why an amount changed: other prices, more or less bought in all, or more of what costs more."""

    PRICE = "price"
    VOLUME = "volume"
    MIX = "mix"
    NEW = "new"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Part(Generic[K]):
    """What one group had before and has now; it moved, and how."""

    key: K
    before: Decimal
    now: Decimal
    move: Move

    @property
    def change(self) -> Decimal:
        """How much more it is now."""
        return EXACT.subtract(self.now, self.before)


@dataclass(frozen=True, slots=True)
class Explanation(Generic[K]):
    """A difference and the groups that make it, the largest change first; groups that did not move are left out."""

    before: Decimal
    now: Decimal
    parts: tuple[Part[K], ...]

    @property
    def change(self) -> Decimal:
        """The difference; the changes of the parts add up to it."""
        return EXACT.subtract(self.now, self.before)

    def by_move(self) -> Mapping[Move, tuple[Decimal, int]]:
        """What new, grown, shrunk and lost groups make together, and how many they are."""
        found: dict[Move, tuple[Decimal, int]] = {}
        for part in self.parts:
            amount, count = found.get(part.move, (ZERO, 0))
            found[part.move] = EXACT.add(amount, part.change), count + 1
        return {move: found[move] for move in Move if move in found}


def explained(before: Mapping[K, Decimal], now: Mapping[K, Decimal]) -> Explanation[K]:
    """The difference between two periods, split by group.

    A group is new when it had nothing before and lost when it has nothing now; what nets to nothing counts as nothing.
    """
    parts = [
        Part(key, before.get(key, ZERO), now.get(key, ZERO), _move(before.get(key, ZERO), now.get(key, ZERO)))
        for key in dict.fromkeys((*before, *now))
        if before.get(key, ZERO) != now.get(key, ZERO)
    ]
    parts.sort(key=lambda part: (-abs(part.change), str(part.key)))
    return Explanation(added(before.values()), added(now.values()), tuple(parts))


def _move(before: Decimal, now: Decimal) -> Move:
    if before == 0:
        return Move.NEW
    if now == 0:
        return Move.LOST
    return Move.GROWN if now > before else Move.SHRUNK


@dataclass(frozen=True, slots=True)
class Bought:
    """An amount and the quantity that it was paid for."""

    amount: Decimal
    quantity: Decimal


def effects(
    before: Mapping[K, Bought], now: Mapping[K, Bought], *, one_unit: bool = False
) -> Mapping[Effect, Mapping[K, Decimal]]:
    """The difference between two periods, split by group into price, volume and mix; exact in sum.

    Price is what the same quantity costs more, volume what more of it costs at the old price. With `one_unit` all
    quantities are of the same unit: volume is then what the growth of all together would have cost each, and mix what
    shifted between them. A group without quantity in a period (a fee, a credit) is new or lost, or a matter of price.
    """
    found: dict[Effect, dict[K, Decimal]] = {effect: {} for effect in Effect}
    both = [key for key in before if key in now and _priced(before[key]) and _priced(now[key])]
    before_all = added(before[key].quantity for key in both)
    now_all = added(now[key].quantity for key in both)
    for key in dict.fromkeys((*before, *now)):
        old, new = before.get(key, NOTHING), now.get(key, NOTHING)
        if key not in both:
            found[_otherwise(old, new)][key] = EXACT.subtract(new.amount, old.amount)
            continue
        at_old_price = _scaled(old.amount, new.quantity, old.quantity)
        as_all = _scaled(old.amount, now_all, before_all) if one_unit else at_old_price
        found[Effect.PRICE][key] = EXACT.subtract(new.amount, at_old_price)
        found[Effect.MIX][key] = EXACT.subtract(at_old_price, as_all)
        found[Effect.VOLUME][key] = EXACT.subtract(as_all, old.amount)
    return {effect: {key: amount for key, amount in moved.items() if amount} for effect, moved in found.items()}


NOTHING = Bought(ZERO, ZERO)


def _priced(bought: Bought) -> bool:
    return bought.quantity > 0


def _otherwise(old: Bought, new: Bought) -> Effect:
    if old == NOTHING:
        return Effect.NEW
    return Effect.LOST if new == NOTHING else Effect.PRICE


def _scaled(amount: Decimal, quantity: Decimal, of: Decimal) -> Decimal:
    """What an amount would be for another quantity."""
    return WIDE.divide(WIDE.multiply(amount, quantity), of).quantize(PLACES, ROUND_HALF_UP, WIDE)


@dataclass(frozen=True, slots=True)
class Bar(Generic[K]):
    """A bar of a waterfall: from one height to another. Without a key it is a whole (`whole`) or the rest (`count`)."""

    key: K | None
    low: Decimal
    high: Decimal
    change: Decimal
    whole: bool = False
    count: int = 1


def waterfall(explanation: Explanation[K], *, most: int = 8) -> tuple[Bar[K], ...]:
    """From the whole before to the whole now by the largest changes; what is left over stands as one bar."""
    shown, rest = explanation.parts[:most], explanation.parts[most:]
    if len(rest) == 1:
        shown, rest = explanation.parts, ()
    bars: list[Bar[K]] = [_whole(explanation.before)]
    height = explanation.before
    changes: Sequence[tuple[K | None, Decimal, int]] = [(part.key, part.change, 1) for part in shown]
    if rest:
        changes = [*changes, (None, added(part.change for part in rest), len(rest))]
    for key, change, count in changes:
        after = EXACT.add(height, change)
        bars.append(Bar(key, min(height, after), max(height, after), change, count=count))
        height = after
    return (*bars, _whole(explanation.now))


def _whole(amount: Decimal) -> Bar[K]:
    return Bar(None, min(amount, ZERO), max(amount, ZERO), amount, whole=True)


def added(amounts: Iterable[Decimal]) -> Decimal:
    """An exact sum."""
    total = ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total

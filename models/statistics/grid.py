"""Answers of several facts laid over each other by their keys, exactly; what cannot be known stays None."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import reduce

from models.core.money import EXACT, WIDE
from models.engines.statistics import OTHER, Answer, Measure, Unit
from models.statistics.results import Value

Place = tuple[tuple[str, ...], str, int]
"""Where a cell lies: its keys, its currency, its step (0 without steps)."""


@dataclass
class Grid:
    """Parts of measures by place: for the period and each comparison, a list with one value for each slot."""

    slots: Sequence[Measure]
    periods: int
    cells: dict[Place, list[list[Value]]] = field(default_factory=dict)

    def cell(self, place: Place) -> list[list[Value]]:
        """The values at a place; made when there is none."""
        found = self.cells.get(place)
        if found is None:
            found = self.cells[place] = [[None] * len(self.slots) for _ in range(self.periods)]
        return found

    def lay(
        self,
        answer: Answer,
        slots: Sequence[int | None],
        periods: Sequence[int],
        *,
        factors: Mapping[str, Decimal] | None = None,
        currency: str | None = None,
        positions: Sequence[Mapping[date, int]] | None = None,
    ) -> None:
        """Add the values of an answer: its measures are `slots` (None: left out), its periods those of the grid.

        With `factors` amounts are multiplied, those of other currencies left out, and stand under `currency`.
        `positions` tells for each period which step begins on a day.
        """
        # Mostly every value lies where it was asked and nothing is there yet.
        straight = list(slots) == [*range(len(self.slots))] and list(periods) == [*range(self.periods)]
        for keys, own, start, now, _, further in answer.rows:
            if factors is not None and own not in factors:
                continue
            factor = None if factors is None or factors[own] == 1 else factors[own]
            under = own if currency is None else currency
            if positions is None:
                place = keys, under, 0
                if straight and factor is None and place not in self.cells:
                    self.cells[place] = [[*now], *map(list, further)]
                    continue
                cell = self.cell(place)
                for period, values in zip(periods, (now, *further), strict=True):
                    self._add(cell[period], slots, values, factor)
                continue
            for period, known, values in zip(periods, positions, (now, *further), strict=True):
                position = known.get(start) if start else None
                if position is not None and any(values):
                    self._add(self.cell((keys, under, position))[period], slots, values, factor)

    def _add(
        self, into: list[Value], slots: Sequence[int | None], values: Sequence[Value], factor: Decimal | None
    ) -> None:
        for slot, value in zip(slots, values, strict=False):  # facts may be counted beside
            if value is not None and slot is not None:
                if factor is not None and self.slots[slot].per_currency:
                    value = WIDE.multiply(Decimal(value), factor)
                into[slot] = plus(into[slot], value)

    def summed(self, places: Iterable[Place], slots: Collection[int] | None = None) -> list[list[Value]]:
        """Several cells added up, slot by slot, only for parts that may be added; with `slots` the others stay open."""
        cells = [self.cells[place] for place in places]
        return [
            [
                added([cell[period][slot] for cell in cells]) if slots is None or slot in slots else None
                for slot in range(len(self.slots))
            ]
            for period in range(self.periods)
        ]


def added(values: Iterable[Value]) -> Value:
    """An exact sum; None where there is nothing to add."""
    known = [value for value in values if value is not None]
    kinds = set(map(type, known))
    if kinds == {int}:
        return sum(known)  # type: ignore[arg-type]
    if kinds == {Decimal}:
        return reduce(EXACT.add, known)  # type: ignore[arg-type]
    return reduce(plus, known, None)


def plus(left: Value, right: Value) -> Value:
    """An exact sum; what is not there adds nothing, and of two words the later counts."""
    if left is None or isinstance(right, str):
        return right
    if right is None or isinstance(left, str):
        return left
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return EXACT.add(Decimal(left), Decimal(right))


Cell = Sequence[Sequence[Value]]


def reader(measures: Sequence[Measure], slots: Sequence[tuple[int, int]]) -> Callable[[Cell], list[tuple[Value, ...]]]:
    """How the measures of each period are read from a cell; `slots` says where the parts of each begin and end.

    A sum or a number of no fact is zero, another measure (a share, a median) unknown.
    """
    zeros = [zero(measure) for measure in measures]

    def plain(cell: Cell) -> list[tuple[Value, ...]]:
        return [
            tuple([nothing if value is None else value for value, nothing in zip(values, zeros, strict=True)])
            for values in cell
        ]

    def divided(cell: Cell) -> list[tuple[Value, ...]]:
        several = zip(measures, slots, strict=True)
        parts = [(measure, slice(*bounds)) for measure, bounds in several]
        return plain([[measure.of_parts(values[own]) for measure, own in parts] for values in cell])

    return plain if all(measure.divided_by is None for measure in measures) else divided


def zero(measure: Measure) -> Value:
    """What a measure is where no fact counts; None where that is not known."""
    if measure.divided_by is None and (measure.additive or measure.unit is Unit.COUNT):
        return Decimal(0) if measure.per_currency else 0
    return None


def folded(grid: Grid, others: Sequence[str]) -> Grid:
    """The grid with some groups of the first dimension summed up as Other."""
    rest = set(others)
    result = Grid(grid.slots, grid.periods)
    gathered: dict[Place, list[Place]] = {}
    for place in grid.cells:
        if place[0][0] in rest:
            gathered.setdefault(((OTHER, *place[0][1:]), *place[1:]), []).append(place)
        else:
            result.cells[place] = grid.cells[place]
    for place, places in gathered.items():
        result.cells[place] = grid.summed(places)
    return result

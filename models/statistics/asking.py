"""Answers questions in names: each measure asked of its own facts, laid over each other, in one currency or each.

One question has one total: pages, exports, the API and dashboards all come here, and what cannot be added up is asked
as a question of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import OTHER, Sort, data_from
from models.statistics import catalogue, wording
from models.statistics.asks import Ask, Compared
from models.statistics.framing import Asked, resolved
from models.statistics.grid import Cell, Grid, folded, reader
from models.statistics.laying import Laid, Way, laid
from models.statistics.periods import span_of
from models.statistics.results import Comparison, Grouped, Measured, Result, ResultRow, Value, as_number, change

MOST_ROWS = 100_000
"""More rows are no answer but an export of lines."""


def _note(uow: UnitOfWork, measure: str) -> str:
    """What must be said of facts that are there; of none, nothing: so far only the demo writes what is noted."""
    facts = catalogue.facts_of(measure)
    return facts.note if facts.note and data_from(uow, facts) else ""


def answer(uow: UnitOfWork, ask: Ask) -> Result:
    """The answer to a question, within the actor's scope and permissions.

    Raises:
        NotAllowed: the actor may not see one of the measures.
        Refused: a measure or dimension does not exist or does not go with the others, an amount cannot be converted,
            or the answer would have too many rows.
        LakeAway: the facts cannot be read.
    """
    asked = resolved(uow, ask)
    whole, counts = _asked(uow, asked)
    if len(whole.grid.cells) > MOST_ROWS:
        text = f"The answer would have {len(whole.grid.cells):,} rows. Filter it, or ask for the largest groups only."
        raise Refused(Problem("STATISTICS-ROWS", text, "top"))
    return Result(
        ask=ask,
        measures=tuple(
            Measured(each.name, each.words, each.unit, each.definition, each.additive, _note(uow, each.name))
            for each in asked.measures
        ),
        dimensions=tuple(_grouped(asked, name) for name in ask.by),
        span=asked.span,
        words=asked.span.words(asked.today),
        comparisons=_comparisons(asked),
        rows=tuple(_in_order(asked, _rows(uow, asked, whole.grid, ask.by, counts))),
        totals=_totals(uow, asked, whole),
        steps=asked.frames[asked.slots[0].facts].steps,
        currency=whole.shown.currency,
        other_currencies=whole.shown.others,
        conversion=whole.shown.conversion,
        as_of=whole.as_of,
        through=asked.through,
        problems=wording.problems(asked, whole.shown),
    )


def _asked(uow: UnitOfWork, asked: Asked) -> tuple[Laid, dict[str, int]]:
    """The answers laid over each other with small groups folded, and how many groups Other sums up."""
    ask, every = asked.ask, range(len(asked.slots))
    way = Way(ask.by, None, ask.granularity)
    if not ask.top or not ask.by:
        return laid(uow, asked, way, every), {}
    if len(ask.by) == 1 and not ask.granularity and all(each.additive for each in asked.measures):
        whole = laid(uow, asked, way, every)
        _, rest = _largest(asked, whole.grid, ask.top)
        if not rest:
            return whole, {}
        return Laid(folded(whole.grid, rest), whole.shown, whole.as_of), {OTHER: len(rest)}
    first = [place for place, slot in enumerate(asked.slots) if slot.measure == 0]
    ranking = laid(uow, asked, Way(ask.by[:1]), first)
    kept, rest = _largest(asked, ranking.grid, ask.top)
    way = Way(ask.by, kept if rest else None, ask.granularity)
    known = ranking.shown if any(asked.slots[place].part.per_currency for place in first) else None
    return laid(uow, asked, way, every, known), {OTHER: len(rest)}


def _largest(asked: Asked, grid: Grid, top: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of the first dimension that stand on their own, and the others; a single other one stands too."""
    weights: dict[str, Decimal] = {}
    read = _reader(asked)
    for (keys, _, _), cell in grid.cells.items():
        weight = _weight(asked, read(cell))
        weights[keys[0]] = max(weight, weights.get(keys[0], weight))
    order = sorted(weights, key=lambda key: (-weights[key], key))
    if len(order) <= top + 1:
        return tuple(order), ()
    return tuple(order[:top]), tuple(order[top:])


def _weight(asked: Asked, values: Sequence[Sequence[Value]]) -> Decimal:
    """By what a group is ranked: the first measure, or the size of its change."""
    if asked.ask.sort is Sort.CHANGE and len(values) > 1:
        return abs(change(values[0][0], values[1][0]) or Decimal(0))
    return as_number(values[0][0]) or Decimal(0)


def _reader(asked: Asked) -> Callable[[Cell], list[tuple[Value, ...]]]:
    """How the values of a cell are read; what has no plan is not planned to be zero."""
    plain = reader(asked.measures, asked.bounds)
    if Compared.PLAN not in asked.ask.against:
        return plain
    planned, place = {slot.measure for slot in asked.plans}, asked.plan_place

    def read(cell: Cell) -> list[tuple[Value, ...]]:
        found = plain(cell)
        found[place] = tuple(value if number in planned else None for number, value in enumerate(found[place]))
        return found

    return read


def _rows(uow: UnitOfWork, asked: Asked, grid: Grid, by: Sequence[str], counts: Mapping[str, int]) -> list[ResultRow]:
    words = [_labels(uow, asked, place, name, grid) for place, name in enumerate(by)]
    starts = {step.position: step.start for step in asked.frames[asked.slots[0].facts].steps}
    read, rows = _reader(asked), []
    for (keys, currency, position), cell in grid.cells.items():
        now, *others = read(cell)
        labels = tuple([known[key] for known, key in zip(words, keys, strict=True)])
        count = counts.get(keys[0], 1) if counts and keys else 1
        rows.append(ResultRow(keys, labels, currency, position, starts.get(position), now, tuple(others), count))
    return rows


def _labels(uow: UnitOfWork, asked: Asked, place: int, name: str, grid: Grid) -> dict[str, str]:
    dimension = asked.slots[0].facts.dimensions[name]
    keys = dict.fromkeys(keys[place] for keys, _, _ in grid.cells)
    known = dimension.labels(uow, [key for key in keys if key not in (dimension.missing_key, OTHER)])
    return {
        **{key: key for key in keys}, **known, dimension.missing_key: dimension.missing_label, OTHER: "Other",
    }  # fmt: skip


def _in_order(asked: Asked, rows: list[ResultRow]) -> list[ResultRow]:
    """Groups by weight or name with their steps in order, or step by step; Other comes last."""
    weights: dict[tuple[tuple[str, ...], str], Decimal] = {}
    for row in rows:
        group, weight = (row.keys, row.currency), _weight(asked, (row.now, *row.compared))
        weights[group] = weights[group] + weight if group in weights else weight
    by_name, by_time = asked.ask.sort is Sort.NAME, asked.ask.sort is Sort.TIME
    ranked: list[tuple[tuple[object, ...], int]] = []
    for number, row in enumerate(rows):
        keys, other = row.keys, OTHER in row.keys
        weight = weights[keys, row.currency].copy_negate()
        names = tuple([label.casefold() for label in row.labels])
        first, second = (names, weight) if by_name else (weight, names)
        if by_time:
            ranked.append(((row.position, other, row.currency, first, second, keys), number))
        else:
            ranked.append(((other, row.currency, first, second, keys, row.position), number))
    ranked.sort()
    return [rows[number] for _, number in ranked]


def _totals(uow: UnitOfWork, asked: Asked, whole: Laid) -> tuple[ResultRow, ...]:
    """What all rows are together: added up where they may be, else asked without groups and steps."""
    ask = asked.ask
    if ask.by or ask.granularity:
        own = [place for place in range(len(asked.slots)) if not asked.adds_up(place)]
        grid = _summed(asked, whole.grid)
        if own:
            alone = laid(uow, asked, Way(), own, whole.shown).grid
            for place, periods in alone.cells.items():
                cell = grid.cell(place)
                for period, values in enumerate(periods):
                    for slot in own:
                        cell[period][slot] = values[slot]
    else:
        grid = Grid(whole.grid.slots, whole.grid.periods, dict(whole.grid.cells))
    if not grid.cells:
        grid.cell(((), whole.shown.currency, 0))
    return tuple(_rows(uow, asked, grid, (), {}))


def _summed(asked: Asked, grid: Grid) -> Grid:
    """What adds up of each currency; the other slots stay open."""
    total = Grid(grid.slots, grid.periods)
    summing = [place for place in range(len(asked.slots)) if asked.adds_up(place)]
    for currency in sorted({place[1] for place in grid.cells}):
        places = [place for place in grid.cells if place[1] == currency]
        total.cells[((), currency, 0)] = grid.summed(places, summing)
    return total


def _grouped(asked: Asked, name: str) -> Grouped:
    facts = asked.slots[0].facts
    return Grouped(name, facts.dimensions[name].words, catalogue.finer(name, facts))


def _comparisons(asked: Asked) -> tuple[Comparison, ...]:
    frame = asked.frames[asked.slots[0].facts]
    spans = {place: span_of(frame.periods[1 + number]) for number, place in enumerate(frame.places)}
    found = []
    for place, each in enumerate(asked.ask.against):
        span = spans.get(place, asked.span)
        found.append(Comparison(each, span, wording.comparison(each, span, asked.today)))
    return tuple(found)

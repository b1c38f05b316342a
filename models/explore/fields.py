"""Ask with fields: a pivot with its own totals, values to filter by, and the dimension that splits a figure most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.core.actor import Actor
from models.core.money import WIDE
from models.core.unit_of_work import UnitOfWork
from models.explore.asking import PERMISSION
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import Ask
from models.statistics.results import Result, ResultRow, Value, as_number

FACETS, MOST_VALUES, MOST_COLUMNS = 3, 300, 24
MOST_GROUPS = 60
"""A dimension with more groups than this splits into a list, not into a picture."""


@dataclass(frozen=True, slots=True)
class Head:
    """A row or column of a pivot: its key and words; `start` where columns are steps of time."""

    key: str
    label: str
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Pivot:
    """The first measure, rows by columns. Totals are asked as questions of their own, so that none adds up what cannot
    be added; `left_out` counts columns beyond the most that are shown."""

    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: dict[tuple[str, str], Value]
    row_totals: dict[str, Value]
    column_totals: dict[str, Value]
    total: Value
    currency: str
    left_out: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A dimension that would split a figure: into how many groups, and the largest one's share from 0 to 1."""

    dimension: str
    words: str
    groups: int
    largest: str
    share: Decimal
    evenness: Decimal


def asked(uow: UnitOfWork, ask: Ask) -> Result:
    """The answer to a question by fields.

    Raises:
        NotAllowed: the actor may not explore, or may not see one of the measures.
        Refused: it is no question; LakeAway: the facts cannot be read.
    """
    uow.actor.demand(PERMISSION)
    return answer(uow, ask)


def offered_measures(actor: Actor) -> dict[str, str]:
    """Measures that the actor may ask for, and their words."""
    return {each.measure.name: each.measure.words for each in catalogue.offered(actor)}


def offered_dimensions(measures: Sequence[str]) -> dict[str, str]:
    """Dimensions that some measures have in common, and their words."""
    names = catalogue.shared_dimensions(measures) if measures else ()
    return {name: catalogue.dimensions()[name].words for name in names}


def values(uow: UnitOfWork, ask: Ask, dimension: str) -> list[tuple[str, str]]:
    """Values of a dimension that occur in the period, the largest first: what a filter offers."""
    found = asked(uow, _plain(ask.narrowed(dimension), (dimension,), top=MOST_VALUES))
    return [(row.keys[0], row.labels[0]) for row in found.rows if not row.is_other]


def _plain(ask: Ask, by: tuple[str, ...], top: int | None = None) -> Ask:
    """The first measure alone by some dimensions, without steps and comparisons."""
    return ask.changed(measures=ask.measures[:1], by=by, granularity=None, against=(), top=top)


def pivot(uow: UnitOfWork, ask: Ask) -> Pivot:
    """The first measure by the first dimension, across the second, or across the steps of time."""
    across_time = ask.granularity is not None
    by = ask.by[:1] if across_time else ask.by[:2]
    one = ask.changed(measures=ask.measures[:1], by=by, against=())
    inner = asked(uow, one)
    outer = asked(uow, _plain(ask, by[:1], ask.top))
    across = asked(uow, one.changed(by=()) if across_time else _plain(ask, by[1:]))
    columns = [_column(row, across_time) for row in across.rows]
    if across_time:
        columns.sort(key=lambda each: each.start or date.max)
    shown = columns[-MOST_COLUMNS:] if across_time else columns[:MOST_COLUMNS]
    return Pivot(
        rows=tuple(Head(row.keys[0], row.labels[0]) for row in outer.rows),
        columns=tuple(shown),
        cells={(row.keys[0], _column(row, across_time).key): row.now[0] for row in inner.rows},
        row_totals={row.keys[0]: row.now[0] for row in outer.rows},
        column_totals={_column(row, across_time).key: row.now[0] for row in across.rows},
        total=outer.total.now[0] if outer.totals else None,
        currency=outer.currency,
        left_out=len(columns) - len(shown),
    )


def _column(row: ResultRow, across_time: bool) -> Head:
    if across_time:
        return Head(row.start.isoformat() if row.start else "", "", row.start)
    return Head(row.keys[-1], row.labels[-1])


def facets(uow: UnitOfWork, ask: Ask) -> list[Facet]:
    """Dimensions that are not asked for yet and split the first measure most unevenly: the next ones worth a look.

    A dimension with one group splits nothing; one whose groups are all alike says little.
    """
    taken = {*ask.by, *(each.dimension for each in ask.where if len(each.values) == 1), "currency"}
    candidates = [name for name in catalogue.shared_dimensions(ask.measures) if name not in taken]
    found = [facet for name in candidates if (facet := _facet(uow, ask, name))]
    found.sort(key=lambda each: (each.evenness, each.dimension))
    return found[:FACETS]


def _facet(uow: UnitOfWork, ask: Ask, name: str) -> Facet | None:
    rows = asked(uow, _plain(ask, (name,))).rows
    amounts = [(row.labels[0], as_number(row.now[0]) or Decimal(0)) for row in rows]
    positive = [(label, amount) for label, amount in amounts if amount > 0]
    total = sum((amount for _, amount in positive), Decimal(0))
    if len(positive) < 2 or len(amounts) > MOST_GROUPS:
        return None
    label, largest = max(positive, key=lambda each: each[1])
    words = catalogue.dimensions()[name].words
    return Facet(name, words, len(amounts), label, WIDE.divide(largest, total), _evenness(positive, total))


def _evenness(groups: Sequence[tuple[str, Decimal]], total: Decimal) -> Decimal:
    """How evenly a total lies over groups: 1 when all are alike, near 0 when one holds nearly everything."""
    squares = sum((WIDE.power(WIDE.divide(amount, total), 2) for _, amount in groups), Decimal(0))
    return WIDE.divide(WIDE.divide(Decimal(1), squares), Decimal(len(groups)))

"""What can be exported: each kind has a producer that counts and streams rows within the actor's scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.exports.rules import ColumnKind

Question = Mapping[str, Any]
"""What the page asked, as JSON: filters, period, grouping; each kind reads its own."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file."""

    label: str
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a printed export: its title, what stands below it, and texts by row; `numbers` align right.

    `bars` are names and lengths of a picture above the table: a picture needs no exact values. `over_time` draws them
    as columns.
    """

    title: str
    note: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()
    bars: Sequence[tuple[str, float]] = ()
    over_time: bool = False


@dataclass(frozen=True, slots=True)
class Produced:
    """Records of an export, batch after batch, and what the reader must know about them.

    A batch holds the cells of each column, columns in order: text, Decimal, int, date or aware datetime by the
    column's kind, or None. `facts` are labelled words for the cover: period, filters, currency, rate.
    """

    columns: Sequence[Column]
    batches: Iterator[Sequence[Sequence[Any]]]
    as_of: datetime | None
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[Section] = ()
    """How the records are printed; without any, they are printed as one table."""


class Producer(Protocol):
    """A kind of export. Both functions see only what the unit of work's actor may see."""

    def count(self, uow: UnitOfWork, question: Question) -> int:
        """How many records there would be. Raises Refused when the question makes no sense."""

    def open(self, uow: UnitOfWork, question: Question) -> Produced:
        """The records; the unit of work stays open while they are read."""


_PRODUCERS: dict[str, Producer] = {}
_PLACES = {
    "expenditures": "models.exports.expenditures",
    "lists": "models.lists.exporting",
    "explore": "models.explore.exporting",
    "statistics": "models.statistics.exporting_lines",
}
"""Which module registers the kinds that begin with a word; imported at first need, as areas build on one another."""


def register(kind: str, producer: Producer) -> None:
    """Let a kind be exported, such as `expenditures.lines`."""
    _PRODUCERS[kind] = producer


def producer_of(kind: str) -> Producer:
    """The producer of a kind.

    Raises:
        Refused: nobody registered it.
    """
    if kind not in _PRODUCERS and (place := _PLACES.get(kind.partition(".")[0])):
        import_module(place)
    if kind not in _PRODUCERS:
        raise Refused(
            Problem("EXPORT-KIND", f'There is no export "{kind}" in this version. Export from the page again.')
        )
    return _PRODUCERS[kind]

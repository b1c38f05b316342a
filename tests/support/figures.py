"""Measures asked of the engine in one line, for tests that hold them against a count of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Filter, Period, Question, Row, ask, look_again
from models.statistics import catalogue


def figures(
    uow: UnitOfWork,
    measure: str,
    first: date,
    last: date | None = None,
    *,
    by: Sequence[str] = (),
    **where: str | Sequence[str],
) -> dict[Any, Any]:
    """The values of a measure over months from the first to the last, by key (a tuple for several dimensions, and the
    currency behind them for money); groups without a value are left out."""
    facts, found = catalogue.facts_of(measure), catalogue.measure(measure)
    look_again(uow)
    question = Question(facts, (found,), Period(first, last or first), by=tuple(by), where=filters(where))
    return {key(row): row.now[0] for row in ask(uow, question).rows if row.now[0] not in (None, 0)}


def figure(uow: UnitOfWork, measure: str, first: date, last: date | None = None, **where: str | Sequence[str]) -> Any:
    """The one value of a measure (in USD, where it is money); 0 where nothing counts."""
    found = figures(uow, measure, first, last, **where)
    return found.get((), found.get(("USD",), 0))


def filters(where: Mapping[str, str | Sequence[str]]) -> tuple[Filter, ...]:
    """Filters from keywords."""
    return tuple(
        Filter(name, (values,) if isinstance(values, str) else tuple(values)) for name, values in where.items()
    )


def key(row: Row) -> Any:
    """The keys of a row and its currency; one key alone stands for itself."""
    keys = (*row.keys, *((row.currency,) if row.currency else ()))
    return keys[0] if len(keys) == 1 and row.keys else keys

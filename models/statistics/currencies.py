"""In which currency an answer is shown: one, each on its own, or all converted; different ones are never added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func

from models.catalog import queries as catalog
from models.core.money import Rate
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Answer, Measure, Unit
from models.statistics.asks import EACH
from models.statistics.framing import Asked
from models.statistics.results import Conversion

FACTS_COUNTED = Measure("facts", "Facts", Unit.COUNT, func.count(), None, True, "Number of facts.")


@dataclass(frozen=True, slots=True)
class Shown:
    """How amounts are shown: by what those of a currency are multiplied (None: each stands on its own).

    `others` occur and are left out, because another currency is shown or because they have no rate.
    """

    currency: str
    factors: Mapping[str, Decimal] | None
    others: tuple[str, ...] = ()
    conversion: Conversion | None = None


NO_AMOUNTS = Shown("", None)


def shown(uow: UnitOfWork, asked: Asked, answers: Sequence[Answer]) -> Shown:
    """How the amounts of some answers are shown; the last measure of each counts facts where none is asked for."""
    wanted = asked.ask.currency
    if wanted == EACH or not any(slot.part.per_currency for slot in asked.slots):
        return NO_AMOUNTS if wanted in ("", EACH) else Shown(wanted, {wanted: Decimal(1)})
    occurring = {row.currency for each in answers for row in each.rows}
    if asked.ask.convert:
        return _converted(uow, asked, occurring)
    if not wanted:
        wanted = _usual(answers)
    return Shown(wanted, {wanted: Decimal(1)}, tuple(sorted(occurring - {wanted, ""})))


def _usual(answers: Sequence[Answer]) -> str:
    """The base currency where it occurs, else the one with most facts."""
    counted: dict[str, int] = {}
    for row in (row for each in answers for row in each.rows):
        for values in (row.now, *row.further):
            number = values[-1]
            counted[row.currency] = counted.get(row.currency, 0) + (number if isinstance(number, int) else 0)
    base = settings().base_currency
    return base if base in counted or not counted else max(counted, key=lambda each: (counted[each], each))


def _converted(uow: UnitOfWork, asked: Asked, occurring: set[str]) -> Shown:
    wanted = asked.ask.convert
    assert wanted
    on = wanted.on or min(asked.span.last, uow.today)
    rates = catalog.rates(uow, on, base=wanted.base, source=wanted.source or None)
    foreign = sorted(occurring - {wanted.base, ""})
    used: tuple[Rate, ...] = tuple(rates[each] for each in foreign if each in rates)
    missing = tuple(each for each in foreign if each not in rates)
    factors = {wanted.base: Decimal(1), **{rate.currency: rate.value for rate in used}}
    return Shown(wanted.base, factors, missing, Conversion(wanted.base, used, missing))

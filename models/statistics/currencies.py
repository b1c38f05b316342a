"""In which currency an answer is shown: one, each on its own, or all converted; different ones are never added."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from sqlalchemy import func

from models.catalog import queries as catalog
from models.core.money import Rate
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Answer, Measure, Question, Unit, ask
from models.statistics.asks import EACH
from models.statistics.framing import Asked
from models.statistics.results import Conversion


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


Answered = tuple[Question, Answer]


def shown(uow: UnitOfWork, asked: Asked, answers: Sequence[Answered]) -> Shown:
    """How the amounts of some answered questions are shown."""
    wanted = asked.ask.currency
    if wanted == EACH or not any(slot.part.per_currency for slot in asked.slots):
        return NO_AMOUNTS if wanted in ("", EACH) else Shown(wanted, {wanted: Decimal(1)})
    occurring = {row.currency for _, each in answers for row in each.rows}
    if asked.ask.convert:
        return _converted(uow, asked, occurring)
    if not wanted:
        wanted = _usual(uow, answers, occurring)
    return Shown(wanted, {wanted: Decimal(1)}, tuple(sorted(occurring - {wanted, ""})))


def _usual(uow: UnitOfWork, answers: Sequence[Answered], occurring: Collection[str]) -> str:
    """The base currency where it occurs, else the one with most facts, which are counted only then."""
    base = settings().base_currency
    if base in occurring or not occurring:
        return base
    if len(occurring) == 1:
        return next(iter(occurring))
    counted: dict[str, int] = {}
    for question, _ in answers:
        amount = next(measure for measure in question.measures if measure.per_currency)
        plain = replace(question, measures=(_facts_of(amount),), by=(), granularity=None, folded=None, within=None)
        for row in ask(uow, replace(plain, per_currency=True)).rows:
            number = sum(value for (value,) in (row.now, *row.further) if isinstance(value, int))
            counted[row.currency] = counted.get(row.currency, 0) + number
    return max(counted, key=lambda each: (counted[each], each))


@cache
def _facts_of(measure: Measure) -> Measure:
    """How many facts a measure counts; always the same object, by which answers are remembered."""
    return Measure("facts", "Facts", Unit.COUNT, func.count(), measure.where, True, "Number of facts.", measure.lookup)


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

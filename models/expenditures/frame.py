"""What every answer stands in: the two periods, the currency it is shown in, and the groups in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models.catalog import queries as catalog
from models.core.errors import Problem, Refused
from models.core.money import EXACT, WIDE, Rate
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import (
    Answer,
    Granularity,
    Period,
    Question,
    Row,
    Sort,
    data_through,
    month_end,
    shift_month,
)
from models.expenditures.answers import Context, ConversionUsed, Figure, Group, percent
from models.expenditures.dimensions import EXPENDITURES, labels
from models.expenditures.filters import ExpenditureFilter
from models.expenditures.measures import EXPENDITURE, LINES

ZERO = Decimal(0)
LONGEST = 120
"""More cycles than this are no question a page asks; it would be a damaged address."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The periods that a filter means on the business date of the question (GMT+08:00)."""

    asked: ExpenditureFilter
    period: Period
    compared: Period | None
    elapsed: int | None
    through: date | None

    def question(self, **more: object) -> Question:
        """A question over both periods within the filters: expenditure and lines, unless asked otherwise."""
        plain: dict[str, Any] = {
            "facts": EXPENDITURES,
            "measures": (EXPENDITURE, LINES),
            "period": self.period,
            "compared": self.compared,
            "where": self.asked.filters,
        }
        return Question(**{**plain, **more})


def frame(uow: UnitOfWork, asked: ExpenditureFilter) -> Frame:
    """The periods of a question. A running month is compared with the same elapsed days.

    Raises:
        NotAllowed: the actor may not see statistics.
        Refused: the period is longer than ten years.
    """
    uow.actor.demand("statistics.view")
    if asked.months > LONGEST:
        raise Refused(Problem("STATISTICS-PERIOD", "Ask for a period of at most ten years.", "period"))
    period = Period(asked.first, asked.last, day=asked.day)
    if asked.last != uow.today.replace(day=1) or asked.day:
        return Frame(asked, period, period.compared(asked.against), None, None)
    through = data_through(uow, EXPENDITURES, asked.last)
    elapsed = min(through, uow.today).day if through else 0
    return Frame(asked, period, period.compared(asked.against, until=elapsed), elapsed, through)


@dataclass(frozen=True, slots=True)
class Sum:
    """What the rows of one key add up to in the shown currency, unrounded, and on how many lines."""

    key: str
    now: Decimal
    before: Decimal
    lines: int
    lines_before: int

    @property
    def change(self) -> Decimal:
        """How much more it is than before."""
        return EXACT.subtract(self.now, self.before)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the engine with its amounts in the shown currency, unrounded."""

    row: Row
    now: Decimal
    before: Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """In which currency amounts are shown, and by what those of others are multiplied; others are left out."""

    currency: str
    factors: tuple[tuple[str, Decimal], ...]
    used: ConversionUsed | None

    def shown(self, answer: Answer) -> list[Shown]:
        """Rows in the shown currency."""
        factors = dict(self.factors)
        return answer.derived(("shown", self.factors), lambda: [
            Shown(row, _times(row.amount(), factors[row.currency]),
                  _times(row.amount_before(), factors[row.currency]) if row.before else ZERO)
            for row in answer.rows
            if row.currency in factors
        ])  # fmt: skip

    def sums(self, answer: Answer) -> Mapping[str, Sum]:
        """What each key of the first dimension adds up to."""
        return answer.derived(("sums", self.factors), lambda: _sums(self.shown(answer)))

    def total(self, answer: Answer, *, compared: bool) -> Figure:
        """What all rows add up to."""
        now, before = answer.derived(("total", self.factors), lambda: (
            added(each.now for each in self.shown(answer)), added(each.before for each in self.shown(answer)),
        ))  # fmt: skip
        return Figure(self.currency, now, before if compared else None)

    def ranked(self, answer: Answer, sort: Sort) -> list[Sum]:
        """The keys by amount or by the size of the change, the largest first; equal ones by key."""
        by_change = sort is Sort.CHANGE
        return answer.derived(("ranked", self.factors, by_change), lambda: sorted(
            self.sums(answer).values(), key=lambda each: (-abs(each.change) if by_change else -each.now, each.key)
        ))  # fmt: skip


def _times(amount: Decimal, factor: Decimal) -> Decimal:
    return amount if factor == 1 else WIDE.multiply(amount, factor)


def _sums(rows: Iterable[Shown]) -> dict[str, Sum]:
    sums: dict[str, Sum] = {}
    for each in rows:
        row, key = each.row, each.row.keys[0]
        lines, lines_before = int(row.amount(1)), int(row.amount_before(1)) if row.before else 0
        known = sums.get(key)
        if known is None:
            sums[key] = Sum(key, each.now, each.before, lines, lines_before)
        else:
            sums[key] = Sum(
                key,
                EXACT.add(known.now, each.now),
                EXACT.add(known.before, each.before),
                known.lines + lines,
                known.lines_before + lines_before,
            )
    return sums


def money(uow: UnitOfWork, asked: ExpenditureFilter, answer: Answer) -> Money:
    """How the amounts of an answer are shown; its second measure is the number of lines."""
    lines = answer.derived("lines by currency", lambda: _lines_by_currency(answer))
    if asked.conversion:
        return _converted(uow, asked, set(lines))
    base = settings().base_currency
    currency = asked.currency or (base if base in lines or not lines else max(lines, key=lambda c: (lines[c], c)))
    return Money(currency, ((currency, Decimal(1)),), None)


def _lines_by_currency(answer: Answer) -> dict[str, Decimal]:
    lines: dict[str, Decimal] = {}
    for row in answer.rows:
        lines[row.currency] = lines.get(row.currency, ZERO) + row.amount(1)
        if row.before:
            lines[row.currency] += row.amount_before(1)
    return lines


def _converted(uow: UnitOfWork, asked: ExpenditureFilter, currencies: set[str]) -> Money:
    wanted = asked.conversion
    assert wanted
    on = wanted.on or min(month_end(asked.last), uow.today)
    rates = catalog.rates(uow, on, base=wanted.base, source=wanted.source or None)
    used: tuple[Rate, ...] = tuple(rates[each] for each in sorted(currencies - {wanted.base}) if each in rates)
    missing = tuple(sorted(currencies - {wanted.base} - rates.keys()))
    factors = ((wanted.base, Decimal(1)), *((rate.currency, rate.value) for rate in used))
    return Money(wanted.base, factors, ConversionUsed(wanted.base, used, missing))


def context(framed: Frame, shown: Money, answer: Answer) -> Context:
    """What belongs to every answer."""
    compared = framed.compared
    return Context(
        first=framed.period.first,
        last=framed.period.last,
        compared_first=compared.first if compared else None,
        compared_last=compared.last if compared else None,
        elapsed=framed.elapsed,
        through=framed.through,
        currency=shown.currency,
        conversion=shown.used,
        as_of=answer.as_of,
        snapshot_id=answer.snapshot_id,
    )


def added(amounts: Iterable[Decimal]) -> Decimal:
    """An exact sum."""
    total = ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def group(
    key: str | None, label: str, now: Decimal, before: Decimal | None, total: Decimal, *, count: int = 1
) -> Group:
    """A group with its change and share; a share of nothing (or of a credit) is none."""
    change = None if before is None else EXACT.subtract(now, before)
    share = WIDE.divide(now, total) if total > 0 else None
    return Group(key, label, now, before, change, percent(change, before), share, count)


def named_groups(uow: UnitOfWork, by: str, sums: Sequence[Sum], total: Figure) -> list[Group]:
    """Groups with their words, in the order given."""
    words = labels(uow, by, (each.key for each in sums))
    compared = total.before is not None
    return [group(each.key, words[each.key], each.now, each.before if compared else None, total.now) for each in sums]


def by_name(groups: Iterable[Group]) -> list[Group]:
    """Groups by label, then key."""
    return sorted(groups, key=lambda each: (each.label.casefold(), each.key or ""))


def topped(uow: UnitOfWork, by: str, order: Sequence[Sum], sort: Sort, top: int, total: Figure) -> list[Group]:
    """The `top` first groups and Other, which sums up the rest; by name the largest are kept, then put in order."""
    kept, rest = order[:top], order[top:]
    if len(rest) == 1:  # Other would be a single group: its own name says more
        kept, rest = order, []
    groups = named_groups(uow, by, kept, total)
    if sort is Sort.NAME:
        groups = by_name(groups)
    if rest:
        before = None if total.before is None else added(each.before for each in rest)
        groups.append(group(None, "Other", added(each.now for each in rest), before, total.now, count=len(rest)))
    return groups


@dataclass(frozen=True, slots=True)
class Step:
    """One position of a trend and where it lies in each period; None where that period has no such day."""

    position: int
    start: date | None
    before_start: date | None


def steps(framed: Frame, granularity: Granularity) -> list[Step]:
    """The positions of a trend: cycle beside cycle, or each day beside the same day of the compared cycle."""
    if framed.period.day:
        return [Step(1, framed.period.day, framed.compared.day if framed.compared else None)]
    months = framed.period.months
    compared = framed.compared.months if framed.compared else (None,) * len(months)
    pairs = list(zip(months, compared, strict=False))
    if granularity is Granularity.MONTH:
        return [Step(place, now, before) for place, (now, before) in enumerate(pairs, start=1)]
    days = [
        (_on_day(now, day), _on_day(before, day) if before else None)
        for now, before in pairs
        for day in range(1, max(month_end(now).day, month_end(before).day if before else 0) + 1)
    ]
    return [Step(place, now, before) for place, (now, before) in enumerate(days, start=1)]


def _on_day(month: date, day: int) -> date | None:
    found = month + timedelta(days=day - 1)
    return found if found < shift_month(month, 1) else None


def known_until(framed: Frame) -> date:
    """The last business date that can have data: days after it are unknown, not zero."""
    if framed.elapsed is None:
        return month_end(framed.period.last)
    return framed.through or framed.period.last - timedelta(days=1)

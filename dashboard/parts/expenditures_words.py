"""What the expenditure answers say: names of periods, the sentence that answers, and what belongs beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboard.parts import address, findings, formats
from dashboard.parts.expenditures_view import View
from models.core.money import Rate
from models.expenditures.answers import Context, Drivers, Figure, Group, Overview
from models.expenditures.queries import CONVERTED

LINES = "lines"
DRIVER = Decimal("0.25")
"""A customer is named from this part of the change on; below it nobody drove it."""


@dataclass(frozen=True, slots=True)
class Period:
    """How a period and the one it is compared with are called; `short` where there is little room."""

    words: str
    short: str
    before: str = ""

    @property
    def compared(self) -> bool:
        """Whether there is a period to compare with."""
        return bool(self.before)


def period_of(context: Context) -> Period:
    """`June 2026`, short `June`, against `May`; a running month is named by its days: `Nov 1 – 23`."""
    words = _months(context.first, context.last, context.elapsed, year=True)
    if context.compared_first is None or context.compared_last is None:
        return Period(words, _months(context.first, context.last, context.elapsed, year=False))
    year = context.compared_last.year != context.last.year
    return Period(
        words,
        _months(context.first, context.last, context.elapsed, year=year),
        _months(context.compared_first, context.compared_last, context.elapsed, year=year),
    )


def unit_of(context: Context) -> str:
    """The currency that amounts are in."""
    return context.conversion.base if context.conversion else context.currency


def shown_currency(context: Context) -> str:
    """The value of the currency chip."""
    return CONVERTED if context.conversion else context.currency


def answer_sentence(view: View, overview: Overview, drivers: Drivers | None) -> str:
    """The sentence that answers, as HTML: how expenditure moved, to what exact amount, and who made it."""
    total, period = overview.total, period_of(overview.context)
    where = formats.text(period.words)
    amount = (
        f'<a href="{formats.text(address.link(LINES, view.lines()))}" target="_self">'
        f"<b>{formats.amount(total.now)} {formats.text(unit_of(overview.context))}</b></a>"
    )
    if total.before is None or total.before <= 0:
        none = f" {formats.text(period.before)} had nothing to compare with." if period.compared else ""
        return f"Expenditure was {amount} in <b>{where}</b>.{none}"
    word = findings.direction(total.now, total.before)
    if word == "stayed level":
        return f"Expenditure <b>stayed level in {where}</b> at {amount}."
    relative = formats.change_of(total.now, total.before) or Decimal(0)
    moved = f"Expenditure <b>{word} {formats.share(abs(relative))} in {where}</b> to {amount}."
    return f"{moved} {_who(view, drivers, 'fall' if word == 'fell' else 'rise')}".rstrip()


def _who(view: View, drivers: Drivers | None, what: str) -> str:
    if drivers is None or drivers.largest is None or not drivers.total.change:
        return ""
    largest, without = drivers.largest, drivers.without_largest
    part = (largest.change or Decimal(0)) / drivers.total.change
    name = formats.text(largest.label)
    if largest.key:
        link = formats.text(address.link(LINES, view.lines("customer", largest.key)))
        name = f'<a href="{link}" target="_self">{name}</a>'
    if part < DRIVER:
        return f"No single customer drove it; the largest, {name}, makes {formats.share(part, 0)} of the {what}."
    rest = formats.change_of(without.now, without.before) if without else None
    alone = f"; without it: <b>{formats.signed_share(rest)}</b>" if rest is not None else ""
    return f"One customer, {name}, makes {'all' if part >= 1 else formats.share(part, 0)} of the {what}{alone}."


def besides(overview: Overview, *, may_map: bool, incomplete: bool = False) -> str:
    """What belongs beside the answer, as HTML: lines of nobody, other currencies, currencies without a rate."""
    unit = formats.text(unit_of(overview.context))
    facts = []
    if overview.unmapped and overview.unmapped.now:
        way = ' <a href="sub-accounts" target="_self">Map sub-accounts</a>' if may_map else ""
        amount = f"{formats.amount(overview.unmapped.now)} {unit}"
        facts.append(f"{amount} of it is Unmapped: no customer is known yet.{way}")
    if overview.context.conversion:
        if missing := overview.context.conversion.missing:
            facts.append(f"{formats.text(formats.listing(missing))} has no rate and is left out.")
    elif others := [figure for figure in overview.figures if figure.currency != overview.context.currency]:
        facts.append(f"Also spent, not added: {formats.listing([_money(figure) for figure in others])}.")
    if incomplete:
        facts.append("Not compared: the period before has months without lines.")
    if overview.context.through:
        running = f"{overview.context.last:%B}"
        facts.append(f"{running} is still running: data through {formats.day(overview.context.through)}.")
    return " ".join(facts)


def column_names(period: Period) -> tuple[str, str]:
    """Headers for the period and the one before, short enough for a column."""
    if max(len(period.short), len(period.before)) > 12:
        return "This period", "Period before"
    return period.short, period.before


def rates_words(context: Context) -> str:
    """Which rates a converted amount stands on, each with its date; otherwise what conversion would use."""
    if context.conversion is None:
        return "Amounts of different currencies are never added. Conversion names its rate and date."
    return "; ".join(map(_rate, context.conversion.rates)) or "No rate is needed for these amounts."


def largest_part(groups: Iterable[Group]) -> list[tuple[str, Decimal]]:
    """Names and amounts for a title; the sum of the others is nobody's name."""
    return [(group.label, group.now) for group in groups if group.key is not None]


def moved(group: Group) -> findings.Moved:
    """The same for the words: what is new moved from nothing."""
    return findings.Moved(group.label, group.now, group.before or Decimal(0))


def _money(figure: Figure) -> str:
    return f"{formats.amount(figure.now)} {formats.text(figure.currency)}"


def _rate(rate: Rate) -> str:
    return f"1 {rate.currency} = {rate.value.normalize():f} {rate.base} ({rate.source}, {formats.day(rate.on)})"


def _months(first: date, last: date, elapsed: int | None, *, year: bool) -> str:
    """`June 2026`, `June`; of a running month its days, `Nov 1 – 23, 2026`."""
    if first == last:
        if elapsed:
            days = f"{first:%b} 1" if elapsed == 1 else f"{first:%b} 1\u2009–\u2009{elapsed}"
            return f"{days}, {first.year}" if year else days
        return formats.month(first) if year else f"{first:%B}"
    if year or first.year != last.year:
        return formats.months(first, last)
    return f"{first:%b} – {last:%b}"

"""What the expenditure answers say: names of periods, the sentence that answers, and what belongs beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dashboard.parts import address, formats
from dashboard.parts.expenditures_view import View
from models.core.clock import business_date
from models.core.money import Rate
from models.expenditures.answers import Context, Drivers, Overview
from models.expenditures.queries import CONVERTED
from models.expenditures.story import Part, story

LINES = "lines"


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


def answer_sentence(view: View, overview: Overview, drivers: Drivers) -> str:
    """The sentence that answers, as HTML: facts bold, a named customer leads to its lines.

    Other currencies and rates stand beside it (`besides`), so that the answer stays one.
    """
    alone = replace(overview, figures=(overview.total,), context=replace(overview.context, conversion=None))
    return "".join(_part(view, part) for part in story(alone, drivers, today=business_date()))


def headline(view: View, overview: Overview) -> str:
    """The first sentence of the answer alone, as HTML: how expenditure moved and to what."""
    return answer_sentence(view, replace(overview, unmapped=None), Drivers(overview.context, overview.total))


def _part(view: View, part: Part) -> str:
    words = formats.text(part.text)
    if part.link:
        lines = formats.text(address.link(LINES, view.lines(part.link.dimension, *part.link.values)))
        return f'<a href="{lines}" target="_self">{words}</a>'
    return f"<b>{words}</b>" if part.strong else words


def besides(overview: Overview, *, may_map: bool, incomplete: bool = False) -> str:
    """What belongs beside the answer, as HTML: lines of nobody, other currencies, why nothing is compared."""
    facts = []
    if overview.unmapped and overview.unmapped.now:
        way = ' <a href="sub-accounts" target="_self">Map sub-accounts</a>.' if may_map else ""
        amount = f"{formats.amount(overview.unmapped.now)} {formats.text(unit_of(overview.context))}"
        all_of_it = overview.unmapped.now == overview.total.now  # the sentence says so itself
        facts.append(way if all_of_it else f"{amount} of it is Unmapped: no customer is known yet.{way}")
    if currencies := _currencies(overview):
        facts.append(formats.text(currencies))
    if incomplete:
        facts.append("Not compared: the period before has months without lines.")
    return " ".join(fact.strip() for fact in facts if fact)


def _currencies(overview: Overview) -> str:
    """Which currencies are not in the amount, and at which rates those in it were converted."""
    used, others = overview.context.conversion, overview.other_currencies
    one = len(others) == 1
    if used is None:
        return (
            f"{formats.listing(others, most=9)} {'stands on its' if one else 'stand on their'} own." if others else ""
        )
    words = f"Converted: {'; '.join(map(_rate, used.rates))}." if used.rates else ""
    missing = (
        f"{formats.listing(others, most=9)} {'has' if one else 'have'} no rate and {'is' if one else 'are'} left out."
    )
    return f"{words} {missing}".strip() if others else words


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

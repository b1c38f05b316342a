"""The sentence that answers: what expenditure did and who moved it, as typed parts.

Words only: every figure comes from an answer of `queries`. Percentages are rounded half up to one decimal, amounts to
the hundredth (FIN-MONEY-13), both once, here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models.core.money import WIDE
from models.engines.statistics import Filter
from models.expenditures.answers import Context, DriverPart, Drivers, Figure, Group, Overview
from models.expenditures.words import amount_text, listed, months_words, percent_text

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class StoryTerms:
    """When something is worth a sentence; a manager's setting."""

    dominant: Decimal = Decimal("0.25")
    """Share of the change from which one customer is named."""


TERMS = StoryTerms()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the sentence: plain, a fact (strong), or a link that narrows the page to `link`."""

    text: str
    strong: bool = False
    link: Filter | None = None


def story(overview: Overview, drivers: Drivers, *, today: date, terms: StoryTerms = TERMS) -> tuple[Part, ...]:
    """What expenditure did in the period and who moved it, in one to four short sentences.

    `today` is the business date (GMT+08:00): years are named where they are not this one.
    """
    told = overview.context
    when = months_words(told.first, told.last, today=today)
    if told.snapshot_id is None:
        return (Part("There is no expenditure data yet."),)
    if not overview.lines and told.elapsed == 0:
        return (Part(f"There is no data for {when} yet."),)
    if overview.empty:
        end = ", and none in the period before." if told.compared_first else "."
        return (Part(f"No expenditure {_in(told, today)}{end}"),)
    parts = _headline(overview.total, told, today)
    if _unmapped_only(overview):
        parts.append(Part(" All of it is unmapped: no line belongs to a known customer yet."))
    else:
        parts += _who(overview.total, drivers, terms)
    return tuple(parts + _currencies(overview))


def plain(parts: Sequence[Part]) -> str:
    """The sentence as text."""
    return "".join(part.text for part in parts)


def _headline(total: Figure, told: Context, today: date) -> list[Part]:
    amount = f"{amount_text(total.now)} {total.currency}"
    when = _in(told, today)
    if total.before is None:
        return [Part("Expenditure was "), Part(amount, strong=True), Part(f" {when}.")]
    before = months_words(told.compared_first or told.first, told.compared_last or told.last, today=today)
    with_ = f", compared with the same days of {before}" if told.elapsed is not None else ""
    if total.before == 0:
        return [Part("Expenditure was "), Part(amount, strong=True), Part(f" {when}; {before} has none to compare.")]
    if total.change == 0:
        return [Part("Expenditure "), Part(f"did not change {when}: {amount}", strong=True), Part(f"{with_}.")]
    verb = "rose" if total.change and total.change > 0 else "fell"
    if total.percent is None:
        by = f"{amount_text(abs(total.change or Decimal(0)))} {total.currency}"
        return [Part("Expenditure "), Part(f"{verb} by {by} {when} to {amount}", strong=True), Part(f"{with_}.")]
    if abs(total.percent) < Decimal("0.05"):
        return [Part("Expenditure "), Part(f"stayed level {when} at {amount}", strong=True), Part(f"{with_}.")]
    by = percent_text(abs(total.percent))
    return [Part("Expenditure "), Part(f"{verb} {by} {when} to {amount}", strong=True), Part(f"{with_}.")]


def _in(told: Context, today: date) -> str:
    words = months_words(told.first, told.last, today=today)
    if told.elapsed is not None:
        days = f"{told.elapsed} days" if told.elapsed != 1 else "1 day"
        return f"in {words} so far ({days})" if told.first == told.last else f"from {words} so far"
    return f"in {words}" if told.first == told.last else f"from {words}"


def _who(total: Figure, drivers: Drivers, terms: StoryTerms) -> list[Part]:
    """Who moved it: one customer when it stands out, else what most of them did."""
    if not total.change or total.before in (None, Decimal(0)):
        return []
    largest = drivers.largest
    if largest and largest.change and largest.change / total.change >= terms.dominant:
        return _one_customer(total, largest, drivers.without_largest)
    parts = [each for each in drivers.parts if each.amount / total.change > 0]
    if not parts:
        return []
    most = max(parts, key=lambda each: abs(each.amount))
    return [Part(f" No single customer stands out: most comes from {_kind_words(most)} ("),
            Part(_signed(most.amount, total.currency), strong=True), Part(").")]  # fmt: skip


def _one_customer(total: Figure, largest: Group, without: Figure | None) -> list[Part]:
    assert total.change
    noun = "rise" if total.change > 0 else "fall"
    share = WIDE.divide(WIDE.multiply(largest.change or Decimal(0), HUNDRED), total.change)
    link = Part(largest.label, link=Filter("customer", (largest.key or "",)))
    if share > HUNDRED:
        parts = [Part(" One customer, "), link, Part(f", alone makes more than the whole {noun}")]
    else:
        whole = share.quantize(Decimal(1), ROUND_HALF_UP)
        parts = [Part(" One customer, "), link, Part(f", makes {whole}\u202f% of the {noun}")]
    if without is not None and without.percent is not None:
        parts += [Part("; without it: "), Part(percent_text(without.percent, signed=True), strong=True)]
    return [*parts, Part(".")]


def _kind_words(part: DriverPart) -> str:
    one = part.count == 1
    number = f"{part.count:,}"
    return {
        "new": f"{number} new customer{'' if one else 's'}",
        "grown": f"{number} customer{' that spends' if one else 's that spend'} more",
        "shrunk": f"{number} customer{' that spends' if one else 's that spend'} less",
        "lost": f"{number} customer{' that spends' if one else 's that spend'} nothing any more",
        "unmapped": "unmapped lines",
    }[part.kind]


def _signed(amount: Decimal, currency: str) -> str:
    return f"{'+' if amount > 0 else '−'}{amount_text(abs(amount))} {currency}"


def _unmapped_only(overview: Overview) -> bool:
    unmapped = overview.unmapped
    return unmapped is not None and overview.lines > 0 and not overview.spending_customers and (
        unmapped.now == overview.total.now != 0
    )  # fmt: skip


def _currencies(overview: Overview) -> list[Part]:
    used = overview.context.conversion
    others = overview.other_currencies
    parts: list[Part] = []
    if used and used.rates:
        rates = ", ".join(
            f"{rate.currency} at {rate.value.normalize():f} ({rate.source}, {rate.on})" for rate in used.rates
        )
        parts.append(Part(f" Converted: {rates}."))
    if used and others:
        parts.append(Part(f" {listed(others)} {'has' if len(others) == 1 else 'have'} no rate and"
                          f" {'is' if len(others) == 1 else 'are'} left out."))  # fmt: skip
    elif others:
        parts.append(Part(f" {listed(others)} {'stands' if len(others) == 1 else 'stand'} on"
                          f" {'its' if len(others) == 1 else 'their'} own."))  # fmt: skip
    return parts

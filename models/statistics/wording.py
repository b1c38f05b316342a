"""Words of answers: with what is compared, and what a reader must know beside the figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.engines.statistics.alerting import Verdict
from models.expenditures.words import listed, percent_text
from models.statistics.asks import Compared
from models.statistics.currencies import Shown
from models.statistics.findings import value_text
from models.statistics.framing import Asked
from models.statistics.periods import Span, running
from models.statistics.results import Result


def comparison(against: Compared, span: Span, today: date) -> str:
    """`May`, `1 to 9 May`, `June 2025`, `plan`."""
    return "plan" if against is Compared.PLAN else span.words(today)


def problems(asked: Asked, shown: Shown) -> tuple[str, ...]:
    """What a reader must know of an answer; empty when there is nothing."""
    found = []
    if shown.others and shown.conversion:
        found.append(f"Amounts in {listed(shown.others)} are left out: there is no rate into {shown.currency} by then.")
    elif shown.others:
        found.append(f"Amounts in {listed(shown.others)} are not in these figures: choose the currency, or convert.")
    if Compared.PLAN in asked.ask.against:
        planned = {slot.measure for slot in asked.plans}
        without = [each.words for place, each in enumerate(asked.measures) if place not in planned]
        if without:
            found.append(f"There is no plan for {listed(without)} as asked.")
    if running(asked.span, asked.today) and asked.through is None:
        found.append("There is no data of this month yet.")
    return tuple(found)


def found(result: Result, raised: Sequence[tuple[str, Verdict]], when: str, *, most: int) -> str:
    """What deserves attention: `Expenditure of Bluewing in June: 402.05 USD, 59.9 % less than 1,003.10 USD`."""
    what = result.measures[0].words
    several = []
    for label, verdict in raised[:most]:
        of = f" of {label}" if label else ""
        several.append(f"{what}{of}, {when}: {_verdict(result, verdict)}")
    if len(raised) > most:
        several.append(f"and {len(raised) - most:,} more")
    return "; ".join(several) + "."


def quiet(result: Result, verdicts: Sequence[Verdict], when: str, *, known: bool) -> str:
    """What a look found that deserves no attention."""
    what = result.measures[0].words
    if not known:
        return f"{what}, {when}: too few values yet to know what is usual."
    if len(verdicts) == 1:
        return f"{what}, {when}: {_verdict(result, verdicts[0])}."
    return f"{what}, {when}: nothing in {len(verdicts):,} groups deserves attention."


def _verdict(result: Result, verdict: Verdict) -> str:
    unit, currency = result.measures[0].unit, result.currency
    value = value_text(verdict.value, unit, currency)
    if verdict.expected is None:
        return value
    beside = value_text(verdict.expected, unit, currency)
    if verdict.percent is None or verdict.percent == 0:
        return f"{value} (beside {beside})"
    return f"{value}, {percent_text(abs(verdict.percent))} {'more' if verdict.percent > 0 else 'less'} than {beside}"

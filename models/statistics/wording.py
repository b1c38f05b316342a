"""Words of answers: with what is compared, and what a reader must know beside the figures."""

from __future__ import annotations

from datetime import date

from models.expenditures.words import listed
from models.statistics.asks import Compared
from models.statistics.currencies import Shown
from models.statistics.framing import Asked
from models.statistics.periods import Span, running


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

"""What the expenditure page asks the statistics for, in one transaction, for the state that the address names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.parts.expenditures_controls import Options
from dashboard.parts.expenditures_view import Tab, View, view_from_address
from dashboard.parts.pager import page_from_address
from models.core.actor import Actor
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.statistics import Against, Sort, shift_month
from models.expenditures import queries
from models.expenditures.answers import (
    Context,
    CustomerPage,
    Cycles,
    Distribution,
    Drivers,
    GroupedTrend,
    Overview,
    Trend,
)
from models.partners import queries as partners

CUSTOMERS = 25
"""Customers on one page of the list."""
SPLIT = 5
"""Groups beside the trend on the overview; more do not fit above the fold."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything the page shows; what only one tab needs is None on the others."""

    view: View
    cycles: Cycles
    subject: str
    overview: Overview
    drivers: Drivers
    incomplete: bool = False
    trend: Trend | None = None
    customers: CustomerPage | None = None
    grouped: GroupedTrend | None = None
    distribution: Distribution | None = None


def answers_for_address(uow: UnitOfWork) -> Answers | None:
    """The answers that the address asks for; None when there is no line at all that the actor may see.

    Raises:
        LakeAway: the lake cannot be read.
    """
    cycles = queries.cycles(uow)
    if cycles.latest is None:
        return None
    view = view_from_address(cycles.latest)
    subject, overview = subject_of(uow), queries.overview(uow, view.asked)
    if overview.empty:
        return Answers(view, cycles, subject, overview, queries.drivers(uow, view.asked))
    incomplete = missing_cycles(cycles, overview.context)
    if incomplete:  # a period that is only partly there would make every figure a rise
        view = replace(view, asked=replace(view.asked, against=Against.NOTHING))
        overview = queries.overview(uow, view.asked)
    if not view.asked.conversion:  # links to the lines name the currency that is shown
        view = replace(view, asked=replace(view.asked, currency=overview.context.currency))
    asked, compared = view.asked, view.asked.against is not Against.NOTHING
    answers = Answers(view, cycles, subject, overview, queries.drivers(uow, asked), incomplete=incomplete)
    match view.tab:
        case Tab.TREND:
            grouped = queries.grouped_trend(uow, asked, view.group, top=view.top, sort=view.sort)
            return replace(answers, grouped=grouped)
        case Tab.DISTRIBUTION:
            split = queries.distribution(uow, asked, view.group, top=view.top, sort=view.sort)
            return replace(answers, distribution=split)
    sort = Sort.CHANGE if compared else Sort.AMOUNT
    return replace(
        answers,
        trend=queries.trend(uow, asked),
        distribution=queries.distribution(uow, asked, view.group, top=SPLIT),
        customers=queries.customers_by_change(uow, asked, page_from_address(CUSTOMERS), search=view.search, sort=sort),
    )


def missing_cycles(cycles: Cycles, context: Context) -> bool:
    """Whether the compared period has months without any line, so that it cannot be compared with."""
    first, last = context.compared_first, context.compared_last
    if first is None or last is None:
        return False
    there = set(cycles.cycles)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return any(shift_month(first.replace(day=1), by) not in there for by in range(months))


def subject_of(uow: UnitOfWork) -> str:
    """Over whom the figures are: everybody, one partner, or the customers of one account manager."""
    actor = uow.actor
    if actor.scope.customers is not None:
        return "Customers assigned to you"
    if actor.partner_id is not None:
        return partners.partner_name(uow, actor.partner_id)
    return "All partners" if actor.scope.partners is None else "Your partners"


def sees_partners(actor: Actor) -> bool:
    """Whether naming the partner of a customer says something to this person."""
    return actor.is_vendor


def options_of(view: View) -> Options:
    """What each filter offers; every dimension is asked once in a run, and only when it is drawn."""
    known: dict[str, Sequence[tuple[str, str]]] = {}

    def options(dimension: str) -> Sequence[tuple[str, str]]:
        if dimension not in known:
            with unit_of_work(read_only=True) as uow:
                found = queries.options(uow, view.asked, dimension)
            known[dimension] = [(option.key, option.label) for option in found]
        return known[dimension]

    return options

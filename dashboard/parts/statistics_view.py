"""The state of a statistics page, read from the address: period, comparison, currency, filters and tab.

One address means one picture. What is not understood is left out and said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.parts import address
from models.core.clock import business_date
from models.core.errors import Refused
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.customers.measures import counted_partners
from models.expenditures import queries as expenditures
from models.partners import queries as partners
from models.statistics import catalogue
from models.statistics.asks import Ask, Compared, Months, Relative
from models.statistics.pages import NEWEST, StatisticsPage, Tab
from models.statistics.periods import compared, span

NOTHING = "nothing"
"""The comparison of an address that means: with nothing."""
OF_MONTHS = ("expenditures", "lines")
"""Pages whose address names months alone, and no period that moves with the calendar."""
KEPT = ("period", "from", "to", "currency", "base", "rates", "rates_on")
"""Parameters of a question that a page's address may have, beside its filters."""


@dataclass(frozen=True, slots=True)
class View:
    """One state of a page: `asked` has its period, comparisons, currency and filters and a measure that stands for all.

    `problems` say what of the address was not understood. `fixed` are filters that the page sets itself.
    """

    page: StatisticsPage
    tab: Tab
    tabs: Sequence[Tab]
    asked: Ask
    offered: Sequence[str]
    fixed: Mapping[str, tuple[str, ...]]
    kind: str | None = None
    problems: tuple[str, ...] = ()
    search: str = ""

    @property
    def filters(self) -> Sequence[tuple[str, str]]:
        """The filters that the person set, one by one."""
        return [
            (each.dimension, value) for each in self.asked.where for value in each.values
            if each.dimension not in self.fixed or each.values != self.fixed[each.dimension]
        ]  # fmt: skip

    def link(self, page: str) -> str:
        """The address of another page with the same period and filters."""
        asked = self.asked
        if page in OF_MONTHS:
            meant = span(asked.period, business_date())
            months = Months(first=meant.first.replace(day=1), last=meant.last.replace(day=1))
            asked = asked.model_copy(update={"period": months})
        return address.link(page, _params(asked))


def view_from_address(uow: UnitOfWork, page: StatisticsPage) -> View | None:
    """The state that the address asks for; None when the person may open none of the page's tabs."""
    actor = uow.actor
    of = partners.kind_of(uow, actor.partner_id) if actor.partner_id else None
    kind = of.value if of else None
    tabs = page.tabs_for(actor, kind)
    if not tabs:
        return None
    tab = next((each for each in tabs if each.key == address.get("tab")), tabs[0])
    offered = page.filters_for(actor)
    if actor.scope.customers is not None:  # an account manager has only its own customers
        offered = tuple(name for name in offered if name not in ("account_manager", "account_director"))
    asked, problems = _asked(uow, page, tab, offered)
    fixed = _fixed(uow, page)
    for dimension, values in fixed.items():
        chosen = tuple(value for value in asked.values(dimension) if value in values)
        asked = asked.narrowed(dimension, *(chosen or values))
    return View(page, tab, tabs, asked, offered, fixed, kind, problems, address.get("q").strip()[:100])


def _fixed(uow: UnitOfWork, page: StatisticsPage) -> Mapping[str, tuple[str, ...]]:
    """Whose customers count at all on this page (FIN-SCUS-01)."""
    counted = counted_partners(uow) if page.own_customers else None
    return {} if counted is None else {"partner": counted or (NOBODY,)}


NOBODY = "00000000-0000-0000-0000-000000000000"
"""A partner that there is not: a distributor without resellers has no customers that count."""


def _asked(uow: UnitOfWork, page: StatisticsPage, tab: Tab, filters: Sequence[str]) -> tuple[Ask, tuple[str, ...]]:
    params = {name: address.get_all(name) for name in (*KEPT, *filters) if address.get_all(name)}
    if params.get("currency") == ("converted",):
        params.setdefault("base", (settings().base_currency,))
    measure = tab.figures[0].measure
    problems: tuple[str, ...] = ()
    try:
        asked = Ask.from_address({**params, "measure": measure}, dimensions=filters)
    except Refused as error:
        asked, problems = Ask.of(measure), tuple(problem.text for problem in error.problems)
    if ("from" not in params and "period" not in params) or problems:
        asked = asked.model_copy(update={"period": _usual(uow, page)})
    asked = asked.model_copy(update={"against": _against(page)})
    if _begins_later(uow, tab, asked):
        problems += ("Not compared: the period before has months without lines.",)
        asked = asked.model_copy(update={"against": ()})
    return asked, problems


def _begins_later(uow: UnitOfWork, tab: Tab, asked: Ask) -> bool:
    """Whether the lines of the lake begin within the compared period: every figure of it would be a rise."""
    in_lake = any(catalogue.facts_of(shown.measure).snapshot is None for shown in tab.figures)
    if not asked.against or not in_lake or not (cycles := expenditures.cycles(uow).cycles):
        return False
    whole = span(asked.period, uow.today)
    before = compared(whole, asked.against[0], today=uow.today, through=uow.today)
    return before is not None and before.begins.replace(day=1) < min(cycles)


def _usual(uow: UnitOfWork, page: StatisticsPage) -> Relative | Months:
    if page.period != NEWEST:
        return Relative(page.period)
    latest = expenditures.cycles(uow).latest
    return Months(first=latest, last=latest) if latest else Relative.THIS_MONTH


def _against(page: StatisticsPage) -> tuple[Compared, ...]:
    wanted = address.get("against")
    if wanted == NOTHING or (not page.compare and not wanted):
        return ()
    return (Compared(wanted),) if wanted in {each.value for each in Compared} else (Compared.PREVIOUS,)


def _params(asked: Ask) -> dict[str, str | Sequence[str]]:
    found: dict[str, str | Sequence[str]] = dict(asked.to_address())
    return {name: value for name, value in found.items() if name not in ("measure", "by", "step", "sort", "top")}


def only_filter(view: View, dimension: str, key: str) -> None:
    """Set a filter in the address, in place of what was filtered of the dimension; called from a page's body."""
    address.put(**{dimension: key})
    st.rerun()

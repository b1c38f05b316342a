"""The chips of a statistics page: period, comparison, currency and filters. Each writes the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.chips import Chip, Choice, chip_bar, filter_menu, removable
from dashboard.parts.expenditures_controls import currency_chip
from dashboard.parts.period_chip import period_chip
from dashboard.parts.statistics_view import NOTHING, View
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import Unit, data_from
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import CONVERTED, Compared
from models.statistics.results import Result

AGAINST = {Compared.PREVIOUS.value: "The period before", Compared.YEAR.value: "The same period a year before",
           NOTHING: "Nothing"}  # fmt: skip
BAR = "statistics"
"""Tells these chips from those of a list below them."""


def chips(view: View, whole: Result, today: date) -> None:
    """All of them in one row; `whole` is the answer of the figures."""
    with chip_bar("chips_statistics"):
        period_chip(view.asked, today, lambda: _begins(view))
        _against(view, whole)
        if any(measure.unit is Unit.MONEY for measure in whole.measures) and whole.currency:
            shown = CONVERTED if whole.conversion else whole.currency
            currencies = list(dict.fromkeys((whole.currency, *whole.other_currencies)))
            currency_chip(shown, currencies, settings().base_currency, _rates(whole))
        for name in view.page.selectors:
            if name in view.offered:
                _selector(view, name)
        on = [Chip(f"{_words(name)}: {_label(view, name, value)}", name, value) for name, value in view.filters]
        removable(on, bar=BAR)
        others = [name for name in view.offered if name not in view.page.selectors]
        filter_menu(lambda: [_choice(view, name) for name in others], bool(view.filters), view.offered, bar=BAR)


def _selector(view: View, dimension: str) -> None:
    """One value of a dimension, or all (FIN-SCUS-02: Select Account Manager or Director)."""
    chosen = view.asked.values(dimension)
    named = _label(view, dimension, chosen[0]) if len(chosen) == 1 else f"{len(chosen)} chosen" if chosen else "all"
    menu = st.popover(
        f"{_words(dimension)}: {named}", icon=":material/person:", key=f"chip_{dimension}", on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        names = dict(options(view, dimension))
        st.selectbox(
            _words(dimension), ["", *filter(None, names)], format_func=lambda key: names.get(key, "All"),
            **address.bound(f"selector_{dimension}", chosen[0] if chosen and chosen[0] in names else "",
                            lambda key: address.put(**{dimension: key})),
        )  # fmt: skip


def _begins(view: View) -> date | None:
    """The first day with data of what the tab shows."""
    with unit_of_work(read_only=True) as uow:
        every = dict.fromkeys(catalogue.facts_of(shown.measure) for shown in view.tab.figures_for(uow.actor))
        return min(filter(None, (data_from(uow, facts) for facts in every)), default=None)


def _against(view: View, whole: Result) -> None:
    words = f"Compared with {whole.comparisons[0].words}" if whole.comparisons else "Not compared"
    now = view.asked.against[0].value if view.asked.against else NOTHING
    with st.popover(words, icon=":material/compare_arrows:", key="chip_against"):
        bound = address.bound("against", now if now in AGAINST else NOTHING, lambda to: address.put(against=to))
        st.radio("Compare with", list(AGAINST), format_func=AGAINST.__getitem__, **bound)
        st.caption("A running period is compared with the same days of the other.")


def _rates(whole: Result) -> str:
    if whole.conversion is None:
        return "Amounts of different currencies are never added. Conversion names its rate and date."
    rates = (f"1 {each.currency} = {each.value.normalize():f} {each.base} ({each.source}, {formats.day(each.on)})"
             for each in whole.conversion.rates)  # fmt: skip
    return "; ".join(rates) or "No rate is needed for these amounts."


def _words(dimension: str) -> str:
    return catalogue.dimensions()[dimension].words


def _label(view: View, dimension: str, value: str) -> str:
    with unit_of_work(read_only=True) as uow:
        return catalogue.dimensions()[dimension].labels(uow, [value]).get(value, value)


def _choice(view: View, dimension: str) -> Choice:
    return Choice(dimension, _words(dimension), options(view, dimension))


def options(view: View, dimension: str) -> Sequence[tuple[str, str]]:
    """What can be chosen of a dimension: what occurs in the year until the period's end, by name."""
    measure = next((shown.measure for tab in view.tabs for shown in tab.figures
                    if dimension in catalogue.facts_of(shown.measure).dimensions), None)  # fmt: skip
    if measure is None:
        return []
    with unit_of_work(read_only=True) as uow:
        if not catalogue.facts_of(measure).open_to(uow.actor):
            return []
        others = view.asked.narrowed(dimension, *view.fixed.get(dimension, ()))
        known = catalogue.facts_of(measure).dimensions
        where = tuple(each for each in others.where if each.dimension in known)
        asked = others.model_copy(update={"measures": (measure,), "by": (dimension,), "against": (), "where": where})
        found = answer(uow, asked.model_copy(update={"currency": "", "convert": None}))
    return sorted({(row.keys[0], row.labels[0]) for row in found.rows}, key=lambda pair: pair[1].casefold())

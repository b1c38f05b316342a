"""The chips and settings of the expenditure pages. Each writes the address; none reads data.

Callbacks change nothing but the address: nobody is acting while they run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.chips import Chip, Choice, filter_menu, removable
from dashboard.parts.expenditures_view import (
    CONVERTED,
    FILTERS,
    GROUPINGS,
    TOPS,
    Against,
    Sorting,
    Tab,
    View,
    presets,
    shift,
)

TAB_NAMES = {
    Tab.OVERVIEW: "Overview",
    Tab.TREND: "Expenditure trend",
    Tab.DISTRIBUTION: "Expenditure distribution",
}
AGAINST_NAMES = {
    Against.PREVIOUS: "The period before",
    Against.YEAR: "The same months a year before",
    Against.NOTHING: "Nothing",
}
GROUP_NAMES = {
    "service_type": "Service type",
    "billing_mode": "Billing mode",
    "association_type": "Association type",
    "account_manager": "Account manager",
    "customer": "Customer account",
}
FILTER_NAMES = {
    "partner": "Partner",
    "region": "Region",
    "bill_type": "Bill type",
    **GROUP_NAMES,
    "customer": "Customer",
}
SORT_NAMES = {Sorting.AMOUNT: "Amount", Sorting.CHANGE: "Size of the change", Sorting.NAME: "Name"}
OLDEST = 18
"""Months that the period menu offers: details are kept for 18 months (CUS-EXD-03)."""


def tabs(view: View) -> None:
    """The three tabs; the chosen one stands in the address."""
    st.segmented_control(
        "What to show",
        list(TAB_NAMES),
        format_func=TAB_NAMES.__getitem__,
        required=True,
        label_visibility="collapsed",
        wrap=False,
        **address.bound("tab", view.tab, lambda tab: address.put(tab="" if tab is Tab.OVERVIEW else tab.value)),
    )


def period_chip(view: View, *, latest: date, today: date) -> None:
    """The period as a chip: presets, or any range of billing cycles."""
    with st.popover(formats.months(view.first, view.last), icon=":material/calendar_month:", key="chip_period"):
        with st.container(horizontal=True, gap="xsmall"):
            for words, first, last in presets(latest, today):
                st.button(words, key=f"preset:{words}", on_click=_put_period, args=(first, last))
        newest = max(latest, today.replace(day=1), view.last)
        oldest = min(shift(newest, 1 - OLDEST), view.first)
        months = [
            shift(newest, -back) for back in range((newest.year - oldest.year) * 12 + newest.month - oldest.month + 1)
        ]
        left, right = st.columns(2)
        with left:
            st.selectbox(
                "From",
                months,
                format_func=formats.month,
                **address.bound("period_from", view.first, lambda month: _put_period(month, max(month, view.last))),
            )
        with right:
            st.selectbox(
                "To",
                months,
                format_func=formats.month,
                **address.bound("period_to", view.last, lambda month: _put_period(min(month, view.first), month)),
            )
        st.caption("Whole billing cycles, cut at midnight GMT+08:00.")


def against_chip(view: View, words: str) -> None:
    """What the period is compared with; `words` say the compared period."""
    with st.popover(words, icon=":material/compare_arrows:", key="chip_against"):
        st.radio(
            "Compare with",
            list(AGAINST_NAMES),
            format_func=AGAINST_NAMES.__getitem__,
            **address.bound(
                "against", view.against, lambda to: address.put(against="" if to is Against.PREVIOUS else to.value)
            ),
        )


def currency_chip(view: View, currencies: Sequence[str], base: str, rates: str) -> None:
    """Each currency by itself, or all converted; `rates` names the rate and its date."""
    names = {currency: f"{currency} only" for currency in currencies}
    names[CONVERTED] = f"All, converted into {base}"
    shown = f"All in {base}" if view.currency == CONVERTED else view.currency
    with st.popover(shown, icon=":material/payments:", key="chip_currency"):
        st.radio(
            "Currency",
            list(names),
            format_func=names.__getitem__,
            **address.bound("currency", view.currency, lambda currency: address.put(currency=currency)),
        )
        st.caption(rates)


def filter_chips(view: View, choices: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """The filters that are on as removable chips, then the button that sets more."""
    words = {name: dict(options) for name, options in choices.items()}
    removable(
        [
            Chip(f"{FILTER_NAMES[name]}: {words.get(name, {}).get(value, value)}", name, value)
            for name, values in view.filters.items()
            for value in values
        ]
    )
    filter_menu(
        [Choice(name, FILTER_NAMES[name], choices[name]) for name in FILTERS if choices.get(name)],
        on=bool(view.filters),
        cleared=FILTERS,
    )


def group_choice(view: View) -> None:
    """The grouping basis (FIN-SEXP-04)."""
    st.selectbox(
        "Group by",
        GROUPINGS,
        format_func=GROUP_NAMES.__getitem__,
        label_visibility="collapsed",
        **address.bound("group", view.group, lambda group: address.put(group="" if group == GROUPINGS[0] else group)),
    )


def sorting_choice(view: View) -> None:
    """Sorting dimensions: by amount, change or name, and how many groups are shown (FIN-OP-17)."""
    with st.popover(f"{SORT_NAMES[view.sorting]}, top {view.top}", icon=":material/sort:", key="sorting"):
        st.radio(
            "Sort by",
            list(SORT_NAMES),
            format_func=SORT_NAMES.__getitem__,
            **address.bound(
                "sort", view.sorting, lambda by: address.put(sort="" if by is Sorting.AMOUNT else by.value)
            ),
        )
        st.segmented_control(
            "Show the first",
            TOPS,
            required=True,
            **address.bound("top", view.top, lambda top: address.put(top=str(top))),
        )
        st.caption("The rest is summed up as Other.")


def search_box(view: View, placeholder: str) -> None:
    """Search in the list; the words stand in the address."""
    st.text_input(
        "Search",
        placeholder=placeholder,
        icon=":material/search:",
        label_visibility="collapsed",
        **address.bound("q", view.search, _put_search),
    )


def _put_period(first: date, last: date) -> None:
    address.put(**{"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}"})


def _put_search(words: str) -> None:
    address.put(q=words.strip())

"""The chips and settings of the expenditure pages. Each writes the address; none reads data.

Callbacks change nothing but the address: nobody is acting while they run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.chips import Chip, Choice, filter_menu, removable
from dashboard.parts.expenditures_view import DETAILS, TOPS, Tab, View, presets
from models.engines.statistics import Against, Sort, shift_month
from models.expenditures.queries import CONVERTED, GROUPINGS

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
"""The grouping basis (FIN-SEXP-04)."""
FILTER_NAMES = {
    "partner": "Partner",
    "association_type": "Association type",
    "billing_mode": "Billing mode",
    "service_type": "Service type",
    "account_manager": "Account manager",
    "customer": "Customer",
    "region": "Region",
    "bill_type": "Bill type",
    "service_family": "Service family",
    "product": "Product",
    "source": "Source",
}
ADVANCED = tuple(FILTER_NAMES)[:8]
"""What the filter menu offers (FIN-OP-17); the others only come with a link."""
SORT_NAMES = {Sort.AMOUNT: "Amount", Sort.CHANGE: "Size of the change", Sort.NAME: "Name"}
OLDEST = 18
"""Months that the period menu offers: details are kept for 18 months (CUS-EXD-03)."""

Options = Callable[[str], Sequence[tuple[str, str]]]
"""Values and words of a dimension; asked only for what is drawn."""


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
    first, last = view.asked.first, view.asked.last
    with st.popover(formats.months(first, last), icon=":material/calendar_month:", key="chip_period"):
        with st.container(horizontal=True, gap="xsmall"):
            for words, start, end in presets(latest, today):
                st.button(words, key=f"preset:{words}", on_click=_put_period, args=(start, end))
        newest, oldest = max(latest, today.replace(day=1), last), min(shift_month(latest, 1 - OLDEST), first)
        span = (newest.year - oldest.year) * 12 + newest.month - oldest.month
        months = [shift_month(newest, -back) for back in range(span + 1)]
        left, right = st.columns(2)
        with left:
            st.selectbox(
                "From",
                months,
                format_func=formats.month,
                **address.bound("period_from", first, lambda month: _put_period(month, max(month, last))),
            )
        with right:
            st.selectbox(
                "To",
                months,
                format_func=formats.month,
                **address.bound("period_to", last, lambda month: _put_period(min(month, first), month)),
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
                "against",
                view.asked.against,
                lambda to: address.put(against="" if to is Against.PREVIOUS else to.value),
            ),
        )


def currency_chip(shown: str, currencies: Sequence[str], base: str, rates: str) -> None:
    """Each currency by itself, or all converted; `shown` is the one in use, `rates` names the rate and its date."""
    names = {currency: f"{currency} only" for currency in currencies}
    names[CONVERTED] = f"All, converted into {base}"
    names.setdefault(shown, f"{shown} only" if shown else "All, each by itself")
    words = f"All in {base}" if shown == CONVERTED else shown or "All currencies"
    with st.popover(words, icon=":material/payments:", key="chip_currency"):
        st.radio(
            "Currency",
            list(names),
            format_func=names.__getitem__,
            **address.bound("currency", shown, lambda currency: address.put(currency=currency)),
        )
        st.caption(rates)


def filter_chips(view: View, options: Options, offered: Sequence[str] = ADVANCED) -> None:
    """The filters that are on as removable chips, then the button that sets more."""
    chips = [
        Chip(f"{FILTER_NAMES[each.dimension]}: {words.get(value, value)}", each.dimension, value)
        for each in view.asked.filters
        for words in [dict(options(each.dimension))]
        for value in each.values
    ]
    if view.asked.day:
        chips.insert(0, Chip(f"Day: {formats.day(view.asked.day)}", "day", view.asked.day.isoformat()))
    removable(chips)
    filter_menu(lambda: [Choice(name, FILTER_NAMES[name], options(name)) for name in offered], bool(chips), DETAILS)


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
    sort = view.sort if view.sort in SORT_NAMES else Sort.AMOUNT
    with st.popover(f"{SORT_NAMES[sort]}, top {view.top}", icon=":material/sort:", key="sorting"):
        st.radio(
            "Sort by",
            list(SORT_NAMES),
            format_func=SORT_NAMES.__getitem__,
            **address.bound("sort", sort, lambda by: address.put(sort="" if by is Sort.AMOUNT else by.value)),
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
        **address.bound("q", view.search, lambda words: address.put(q=words.strip())),
    )


def _put_period(first: date, last: date) -> None:
    address.put(**{"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}", "day": None})

"""The period of a statistics page as a chip: usual ones, every year and month with data, or any range of days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from dashboard.parts import address, formats
from models.engines.statistics import month_end
from models.statistics.asks import LONGEST, Ask, Days, Relative
from models.statistics.periods import Span, span

PRESETS = {
    Relative.THIS_MONTH: "This month",
    Relative.LAST_MONTH: "Last month",
    Relative.LAST_3_MONTHS: "Last 3 months",
    Relative.LAST_6_MONTHS: "Last 6 months",
    Relative.LAST_12_MONTHS: "Last 12 months",
    Relative.THIS_QUARTER: "This quarter",
    Relative.LAST_QUARTER: "Last quarter",
    Relative.THIS_YEAR: "This year",
    Relative.LAST_YEAR: "Last year",
}
YEARS = LONGEST // 12
"""No question reaches further back."""


def period_chip(asked: Ask, today: date, begins: Callable[[], date | None]) -> None:
    """The menu; `begins` answers the first day with data, and is asked only while the menu is open."""
    meant = span(asked.period, today)
    named = PRESETS.get(asked.period) if isinstance(asked.period, Relative) else None
    words = _words(asked, meant, today)
    menu = st.popover(
        f"{named}: {words}" if named else words, icon=":material/calendar_month:", key="chip_period", on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        with st.container(horizontal=True, gap="xsmall"):
            for period, text in PRESETS.items():
                st.button(text, key=f"preset:{period}", on_click=_put, kwargs={"period": period.value})
        first = min(begins() or today, meant.first)
        _years(meant, max(first.year, today.year - YEARS), max(today.year, meant.last.year))
        _months(meant, first, today)
        _days(meant, first, max(today, meant.last))
        st.caption("Cut at midnight GMT+08:00.")


def _words(asked: Ask, meant: Span, today: date) -> str:
    if isinstance(asked.period, Days) or not meant.by_month:
        return meant.words(today)
    return formats.months(meant.first.replace(day=1), meant.last.replace(day=1))


def _years(meant: Span, first: int, last: int) -> None:
    """Every year with data, the newest first; one alone needs no choice."""
    years = list(range(last, first - 1, -1))
    whole = (meant.first, meant.last) == (date(meant.first.year, 1, 1), date(meant.first.year, 12, 31))
    chosen = meant.first.year if whole else None
    st.pills("Whole year", years, **address.bound("period_year", chosen, _year))


def _year(year: int | None) -> None:
    if year is not None:
        _range(date(year, 1, 1), date(year, 12, 1))


def _months(meant: Span, first: date, today: date) -> None:
    """The months of the year that the period ends in."""
    year = meant.last.year
    months = [date(year, month, 1) for month in range(1, 13)]
    known = [month for month in months if first.replace(day=1) <= month <= max(today, meant.last)]
    whole = meant.first.day == 1 and meant.last == month_end(meant.first)
    chosen = meant.first if whole and meant.first in known else None
    st.pills(
        f"Month of {year}", known, format_func=lambda month: f"{month:%b}",
        **address.bound("period_month", chosen, lambda month: _range(month, month) if month else None),
    )  # fmt: skip


def _days(meant: Span, first: date, last: date) -> None:
    st.date_input(
        "From and to", min_value=first, max_value=max(last, meant.last),
        **address.bound("period_days", (meant.first, meant.last), _between),
    )  # fmt: skip


def _between(days: tuple[date, ...]) -> None:
    """Whole months are named as months: they can be compared with the same months of another year."""
    if len(days) != 2:  # the second day is not chosen yet
        return
    first, last = days
    if first.day == 1 and last == month_end(last.replace(day=1)):
        _range(first, last.replace(day=1))
    else:
        address.put(period=None, **{"from": first.isoformat(), "to": last.isoformat()})


def _put(period: str) -> None:
    address.put(period=period, **{"from": None, "to": None})


def _range(first: date, last: date) -> None:
    address.put(period=None, **{"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}"})

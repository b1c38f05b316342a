"""What the expenditure pages show, read from the address and written back to it (FIN-SEXP, FIN-OP-17).

Everything a person can set stands here, so that one address means one picture: the question itself
(`ExpenditureFilter`) and how its answer is laid out. Values that are not understood are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from dashboard.parts import address
from models.core.settings import settings
from models.engines.statistics import Sort, shift_month
from models.expenditures.queries import FILTERS, GROUPINGS, ExpenditureFilter

T = TypeVar("T", bound=StrEnum)

TOPS = (5, 10, 20, 50)
DEFAULT_TOP = 10
DETAILS = ("day", *FILTERS)
"""What *Clear all* takes out: every filter, and the one day of a clicked point."""


class Tab(StrEnum):
    """The tabs of the page (FIN-SEXP-01..03)."""

    OVERVIEW = "overview"
    TREND = "trend"
    DISTRIBUTION = "distribution"


@dataclass(frozen=True, slots=True)
class View:
    """One state of the expenditure pages: what is asked, and how the answer is laid out."""

    asked: ExpenditureFilter
    tab: Tab = Tab.OVERVIEW
    group: str = GROUPINGS[0]
    sort: Sort = Sort.AMOUNT
    top: int = DEFAULT_TOP
    search: str = ""

    def params(self) -> dict[str, str | Sequence[str]]:
        """The state as address parameters; what is usual is left out."""
        return {
            **self.asked.to_address(),
            "tab": "" if self.tab is Tab.OVERVIEW else self.tab.value,
            "group": "" if self.group == GROUPINGS[0] else self.group,
            "sort": "" if self.sort is Sort.AMOUNT else self.sort.value,
            "top": "" if self.top == DEFAULT_TOP else str(self.top),
            "q": self.search,
        }

    def lines(self, dimension: str = "", *values: str, day: date | None = None) -> dict[str, str | Sequence[str]]:
        """The parameters that show the lines behind a figure of this view: all of them, or those of one group."""
        asked = self.asked.narrowed(dimension, *values) if dimension else self.asked
        return dict((replace(asked, day=day) if day else asked).to_address())


def view_from_address(latest: date) -> View:
    """The state that the address asks for; `latest` is the newest cycle with data, shown when none is named."""
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    return View(
        ExpenditureFilter.from_address(params, latest=latest, base=settings().base_currency),
        tab=_one_of(Tab, address.get("tab"), Tab.OVERVIEW),
        group=address.get("group") if address.get("group") in GROUPINGS else GROUPINGS[0],
        sort=_one_of(Sort, address.get("sort"), Sort.AMOUNT),
        top=next((top for top in TOPS if str(top) == address.get("top")), DEFAULT_TOP),
        search=address.get("q").strip()[:100],
    )


def presets(latest: date, today: date) -> list[tuple[str, date, date]]:
    """Periods one often wants: (words, first cycle, last cycle). `latest` is the newest cycle with data."""
    this = today.replace(day=1)
    return [
        ("This month", this, this),
        ("Last month", shift_month(this, -1), shift_month(this, -1)),
        ("Last 3 months", shift_month(latest, -2), latest),
        ("Last 6 months", shift_month(latest, -5), latest),
        ("Last 12 months", shift_month(latest, -11), latest),
        ("This year", date(latest.year, 1, 1), latest),
    ]


def _one_of(kind: type[T], text: str, default: T) -> T:
    return kind(text) if text in {member.value for member in kind} else default

"""What the expenditure pages are asked to show, read from the address and written back to it (FIN-SEXP, FIN-OP-17).

Everything a person can set on these pages stands here, so that one address means one picture. Values that are not
understood are left out, as if they had not been there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from dashboard.parts import address

T = TypeVar("T", bound=StrEnum)

FILTERS = (
    "partner",
    "customer",
    "account_manager",
    "association_type",
    "billing_mode",
    "service_type",
    "region",
    "bill_type",
)
"""The filters of the page, by their name in the address: the dimensions, region and bill type (FIN-OP-17)."""


class Tab(StrEnum):
    """The tabs of the page (FIN-SEXP-01..03)."""

    OVERVIEW = "overview"
    TREND = "trend"
    DISTRIBUTION = "distribution"


class Against(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"
    NOTHING = "nothing"


class Sorting(StrEnum):
    """In which order groups stand (FIN-OP-17)."""

    AMOUNT = "amount"
    CHANGE = "change"
    NAME = "name"


TOPS = (5, 10, 20, 50)
DEFAULT_TOP = 10
GROUPINGS = ("service_type", "billing_mode", "association_type", "account_manager", "customer")
"""The grouping basis, exactly these five (FIN-SEXP-04)."""
CONVERTED = "converted"
"""The value of `currency` that means: every currency, converted into the base currency."""


@dataclass(frozen=True, slots=True)
class View:
    """One state of the expenditure pages. `first` and `last` are billing cycles (first of the month), inclusive."""

    first: date
    last: date
    tab: Tab = Tab.OVERVIEW
    against: Against = Against.PREVIOUS
    group: str = GROUPINGS[0]
    currency: str = ""
    sorting: Sorting = Sorting.AMOUNT
    top: int = DEFAULT_TOP
    search: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def months(self) -> int:
        """How many cycles the period has."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def params(self, **changes: object) -> dict[str, str | Sequence[str]]:
        """The state as address parameters, for a link to this or a deeper page; `changes` are fields to replace."""
        view = replace(self, **changes) if changes else self  # type: ignore[arg-type]
        return {
            "tab": "" if view.tab is Tab.OVERVIEW else view.tab.value,
            "from": f"{view.first:%Y-%m}",
            "to": f"{view.last:%Y-%m}",
            "against": "" if view.against is Against.PREVIOUS else view.against.value,
            "group": "" if view.group == GROUPINGS[0] else view.group,
            "currency": view.currency,
            "sort": "" if view.sorting is Sorting.AMOUNT else view.sorting.value,
            "top": "" if view.top == DEFAULT_TOP else str(view.top),
            "q": view.search,
            **{name: list(values) for name, values in view.filters.items() if values},
        }

    def with_filter(self, name: str, value: str) -> dict[str, tuple[str, ...]]:
        """The filters of this view narrowed to one value of one dimension."""
        return {**self.filters, name: (value,)}


def view_from_address(latest: date) -> View:
    """The state that the address asks for; `latest` is the newest cycle with data, shown when none is named."""
    last = month_of(address.get("to")) or month_of(address.get("from")) or latest
    first = month_of(address.get("from")) or last
    return View(
        first=min(first, last),
        last=max(first, last),
        tab=_one_of(Tab, address.get("tab"), Tab.OVERVIEW),
        against=_one_of(Against, address.get("against"), Against.PREVIOUS),
        group=address.get("group") if address.get("group") in GROUPINGS else GROUPINGS[0],
        currency=address.get("currency")[:9],
        sorting=_one_of(Sorting, address.get("sort"), Sorting.AMOUNT),
        top=next((top for top in TOPS if str(top) == address.get("top")), DEFAULT_TOP),
        search=address.get("q").strip()[:100],
        filters={name: values for name in FILTERS if (values := address.get_all(name))},
    )


def month_of(text: str) -> date | None:
    """The billing cycle that `2026-06` names, or None."""
    try:
        year, month = text.split("-")
        return date(int(year), int(month), 1)
    except ValueError:
        return None


def shift(month: date, by: int) -> date:
    """The cycle so many months later (earlier when negative)."""
    years, index = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, index + 1, 1)


def presets(latest: date, today: date) -> list[tuple[str, date, date]]:
    """Periods one often wants: (words, first cycle, last cycle). `latest` is the newest cycle with data."""
    this = today.replace(day=1)
    return [
        ("This month", this, this),
        ("Last month", shift(this, -1), shift(this, -1)),
        ("Last 3 months", shift(latest, -2), latest),
        ("Last 6 months", shift(latest, -5), latest),
        ("Last 12 months", shift(latest, -11), latest),
        ("This year", date(latest.year, 1, 1), latest),
    ]


def _one_of(kind: type[T], text: str, default: T) -> T:
    return kind(text) if text in {member.value for member in kind} else default

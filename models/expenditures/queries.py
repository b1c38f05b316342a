"""The questions of Statistics › Expenditures (FIN-SEXP), answered from the lake within the actor's scope.

Every question takes an `ExpenditureFilter`; every answer says period, comparison, currency and how fresh it is.
Amounts of different currencies are never added. Amount due and amount paid wait for the bills: nothing here invents
them. Expenditure is the sum of every bill type but tax (CUS-COM-05).
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from models.core.paging import FIRST_PAGE, PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Against, Filter, Granularity, Sort
from models.expenditures.answers import (
    CustomerPage,
    Cycles,
    Distribution,
    Drivers,
    GroupedTrend,
    LinePage,
    Option,
    Overview,
    Trend,
)
from models.expenditures.filters import CONVERTED, FILTERS, Conversion, ExpenditureFilter

__all__ = [
    "CONVERTED",
    "FILTERS",
    "GROUPINGS",
    "Against",
    "Conversion",
    "ExpenditureFilter",
    "Filter",
    "Granularity",
    "Sort",
    "customers_by_change",
    "cycles",
    "distribution",
    "drivers",
    "grouped_trend",
    "lines",
    "lines_for_export",
    "options",
    "overview",
    "trend",
]

GROUPINGS = ("service_type", "billing_mode", "association_type", "account_manager", "customer")
"""The grouping basis, exactly these five (FIN-SEXP-04). Vendors may also group by "partner"."""


def cycles(uow: UnitOfWork) -> Cycles:
    """Billing cycles with lines that the actor may see, newest first; none when the lake is empty."""
    raise NotImplementedError


def overview(uow: UnitOfWork, asked: ExpenditureFilter) -> Overview:
    """Expenditure and spending customers of the period and the compared one (FIN-SEXP-01)."""
    raise NotImplementedError


def trend(uow: UnitOfWork, asked: ExpenditureFilter, granularity: Granularity | None = None) -> Trend:
    """Expenditure over time: daily for one cycle, monthly for more, unless asked otherwise (FIN-SEXP-01)."""
    raise NotImplementedError


def grouped_trend(
    uow: UnitOfWork, asked: ExpenditureFilter, by: str, *, top: int = 10, sort: Sort = Sort.AMOUNT
) -> GroupedTrend:
    """Expenditure over time by a dimension; groups after the `top` first are summed up as Other (FIN-SEXP-02)."""
    raise NotImplementedError


def distribution(
    uow: UnitOfWork, asked: ExpenditureFilter, by: str, *, top: int = 10, sort: Sort = Sort.AMOUNT
) -> Distribution:
    """Expenditure by a dimension with change and share; the rest is summed up as Other (FIN-SEXP-03)."""
    raise NotImplementedError


def customers_by_change(
    uow: UnitOfWork,
    asked: ExpenditureFilter,
    page: PageRequest = FIRST_PAGE,
    *,
    search: str = "",
    sort: Sort = Sort.CHANGE,
) -> CustomerPage:
    """The customer expenditure list, each row with the twelve cycles that end with the period (FIN-SEXP-01)."""
    raise NotImplementedError


def drivers(uow: UnitOfWork, asked: ExpenditureFilter, *, top: int = 3) -> Drivers:
    """What drove the change, split exactly by customer: new, grown, shrunk, lost."""
    raise NotImplementedError


def lines(
    uow: UnitOfWork, asked: ExpenditureFilter, page: PageRequest = FIRST_PAGE, *, sort: Sort = Sort.AMOUNT
) -> LinePage:
    """The lines behind a figure, largest first (`Sort.TIME`: newest first). They add up to the figure exactly."""
    raise NotImplementedError


def lines_for_export(uow: UnitOfWork, asked: ExpenditureFilter, *, batch: int = 50_000) -> Iterator[pa.RecordBatch]:
    """Exactly the lines behind the figures, as a stream in the order of cycle and delivery.

    Columns are those of `LineRow`, amounts as decimals; consume it while `uow` is open.
    """
    raise NotImplementedError


def options(uow: UnitOfWork, asked: ExpenditureFilter, dimension: str) -> tuple[Option, ...]:
    """Values of a dimension that occur in the period (the filter on this dimension itself aside), by label."""
    raise NotImplementedError

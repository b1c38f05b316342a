"""The three tabs of the expenditure page: each asks its questions and draws the answers (FIN-SEXP-01..03)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from dashboard.parts import expenditures_controls as controls
from dashboard.parts import expenditures_sections as sections
from dashboard.parts import formats
from dashboard.parts.charts import Line
from dashboard.parts.charts_bars import shares
from dashboard.parts.charts_columns import stacked_columns
from dashboard.parts.expenditures_view import View
from dashboard.parts.expenditures_words import Period, column_names, period_of, unit_of
from dashboard.parts.head import section
from dashboard.parts.pager import pager
from dashboard.parts.rows import Row, rows
from dashboard.parts.tables import Column, grid
from models.engines.statistics import Granularity
from models.expenditures.answers import CustomerPage, Distribution, Group, GroupedTrend, Overview, Trend
from models.expenditures.titles import groups_title

STACKED = 8
"""Groups that a stack can tell apart by colour; all others are summed up in one more."""


def overview(
    view: View, overview: Overview, trend: Trend, split: Distribution, customers: CustomerPage, *, partners: bool
) -> None:
    """Figures, the line over time, who carried the change, the customers (FIN-SEXP-01)."""
    sections.figure_strip(view, overview)
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        sections.trend_section(view, trend)
    with right:
        _carried(view, split)
    nobody = bool(overview.unmapped and overview.unmapped.now) and not view.search
    _customers(view, customers, partners=partners, nobody=nobody)


def _carried(view: View, split: Distribution) -> None:
    period, unit = period_of(split.context), unit_of(split.context)
    words, choice = st.columns([1.7, 1], vertical_alignment="top")
    with choice:
        controls.group_choice(view)
    with words:
        title = groups_title(split)
        scale = sections.bars_head(title, split.groups, period, unit)
    clicked = sections.bars_chart(title, split.groups, scale, period, unit)
    sections.follow(view, view.group, split.groups, clicked)


def _customers(view: View, page: CustomerPage, *, partners: bool, nobody: bool) -> None:
    """The list; `nobody` says that one of its rows is the lines of no known customer."""
    compared = period_of(page.context).compared
    words, search = st.columns([3, 1], vertical_alignment="center")
    with words:
        how = "sorted by the size of the change" if compared else "largest first"
        title = "Customers by change" if compared else "Customers"
        section(title, aside=f"{formats.plural(page.count - nobody, 'customer')}, {how}")
    with search:
        controls.search_box(view, "Customer or account name")
    if not page.rows:
        st.caption(f"No customer matches “{view.search}”. Search for a part of the customer or account name.")
        return
    sections.customer_list(view, page, partners=partners)
    pager(page.previous, page.next, words=f"{formats.count(len(page.rows))} of {formats.count(page.count)}")


def trend(view: View, answer: GroupedTrend) -> None:
    """Stacked columns per group over time, then the detailed fees (FIN-SEXP-02)."""
    unit, groups = unit_of(answer.context), [series.group for series in answer.series]
    shown = _stacked(answer)
    scale = formats.scale_for([amount for line in shown for amount in line.values])
    title = groups_title(Distribution(answer.context, answer.by, tuple(groups), answer.total))
    step, basis = answer.granularity.value, _basis(view)
    _settings(view, title, f"Expenditure a {step} by {basis}, {scale.of(unit)}")
    stacked_columns(
        [_column_name(answer, place) for place in range(len(answer.starts))],
        shown,
        unit=unit,
        scale=scale,
        key="stack",
        alt=f"{title}. Columns a {step}, stacked by {basis}.",
    )
    _fees(view, groups, period_of(answer.context), unit)


def distribution(view: View, answer: Distribution) -> None:
    """Ranked bars with shares, then the detailed fees (FIN-SEXP-03)."""
    unit, groups = unit_of(answer.context), answer.groups
    title = groups_title(answer)
    _settings(view, title, f"Expenditure by {_basis(view)}, {unit}, and its share")
    clicked = shares(
        sections.bars(groups), answer.total.now, unit=unit, key="shares", height=max(140, 32 * len(groups)),
        alt=f"{title}. Bars by {_basis(view)} with their share of {formats.amount(answer.total.now)} {unit}.",
    )  # fmt: skip
    sections.follow(view, view.group, groups, clicked)
    _fees(view, groups, period_of(answer.context), unit)


def _stacked(answer: GroupedTrend) -> list[Line]:
    """The largest groups and the sum of all others: the columns add up to the whole."""
    named = [series for series in answer.series if series.group.key is not None]
    named.sort(key=lambda series: series.group.now, reverse=True)
    kept = named[:STACKED] if len(answer.series) > STACKED + 1 else named
    rest = [series for series in answer.series if series not in kept]
    lines = [Line(sections.group_name(series.group), series.amounts) for series in kept]
    if rest:
        number = sum(series.group.count for series in rest)
        sums = [sum(at, Decimal(0)) for at in zip(*(series.amounts for series in rest), strict=True)]
        lines.append(Line(f"Other ({formats.count(number)})", sums, rest=True))
    return lines


def _column_name(answer: GroupedTrend, place: int) -> str:
    start = answer.starts[place]
    if answer.granularity is Granularity.DAY:
        return str(start.day)
    return f"{start:%b %Y}" if place == 0 or start.month == 1 else f"{start:%b}"


def _settings(view: View, title: str, note: str) -> None:
    """The finding left; grouping basis and sorting dimensions right (FIN-SEXP-02)."""
    words, choices = st.columns([1.5, 1], vertical_alignment="top")
    with words:
        section(title, note=note)
    with choices, st.container(horizontal=True, horizontal_alignment="right"):
        controls.group_choice(view)
        controls.sorting_choice(view)


def _fees(view: View, groups: Sequence[Group], period: Period, unit: str) -> None:
    """The table behind the chart; a chosen row opens its lines."""
    section("Detailed fees", aside=f"{formats.plural(len(groups), 'row')}, {unit}")
    with st.container(key="wide_fees"):
        chosen = grid(
            [_fee_cells(group) for group in groups],
            _fee_columns(view, period, unit),
            key=f"fees_{view.tab}",
            alt=f"Expenditure by {_basis(view)} in {period.words}, in {unit}.",
        )
    with st.container(key="narrow_fees"):
        narrow = [_fee_row(str(place), group) for place, group in enumerate(groups)]
        opened = rows(narrow, key=f"fees_narrow_{view.tab}", label="Detailed fees")
    sections.follow(view, view.group, groups, chosen if chosen is not None else int(opened) if opened else None)


def _fee_columns(view: View, period: Period, unit: str) -> list[Column]:
    now, before = column_names(period)
    compared = [
        Column("before", f"{before}, {unit}", "amount", 140),
        Column("change", f"Change, {unit}", "change", 140),
        Column("percent", "Change, %", "percent", 90),
    ]
    return [
        Column("name", controls.GROUP_NAMES[view.group], width=300),
        Column("now", f"{now}, {unit}", "amount", 140),
        *(compared if period.compared else []),
        Column("share", "Share", "share", 130),
    ]


def _fee_cells(group: Group) -> dict[str, object]:
    return {
        "name": sections.group_name(group),
        "now": group.now,
        "before": group.before,
        "change": group.change,
        "percent": formats.change_of(group.now, group.before),
        "share": group.share,
    }


def _fee_row(place: str, group: Group) -> Row:
    note = "" if group.before is None else formats.signed_share(formats.change_of(group.now, group.before))
    return Row(place, sections.group_name(group), formats.share(group.share), formats.amount(group.now), note)


def _basis(view: View) -> str:
    return controls.GROUP_NAMES[view.group].lower()

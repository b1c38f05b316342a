"""The three tabs of the expenditure page, drawn from ready numbers (FIN-SEXP-01..03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from dashboard.parts import charts, findings, formats
from dashboard.parts import expenditures_controls as controls
from dashboard.parts import expenditures_sections as sections
from dashboard.parts.charts import Bar, Line
from dashboard.parts.expenditures_sections import CustomerRow, Params, Period, Totals
from dashboard.parts.expenditures_view import Sorting, View
from dashboard.parts.findings import Moved
from dashboard.parts.go import go
from dashboard.parts.head import section
from dashboard.parts.rows import Row, rows
from dashboard.parts.tables import Column, grid

SPLIT = 6
"""Groups beside the trend on the overview; more do not fit above the fold."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the chosen dimension: now and before, its course over time, the filters that show its lines."""

    name: str
    now: Decimal
    before: Decimal | None
    course: Sequence[Decimal | None]
    lines: Params | None

    @property
    def moved(self) -> Moved:
        """The same for the words: a group that is new moved from nothing."""
        return Moved(self.name, self.now, self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything a tab shows, for one state of the address."""

    period: Period
    unit: str
    totals: Totals
    grain: str
    labels: Sequence[str]
    now: Sequence[Decimal | None]
    before: Sequence[Decimal | None] | None
    groups: Sequence[Group]
    customers: Sequence[CustomerRow]
    movers: Sequence[Moved]
    mover_lines: Mapping[str, Params]
    lines: Params


def overview(view: View, picture: Picture, *, partners: bool) -> None:
    """Answer, figures, the line over time, who carried the change, the customers (FIN-SEXP-01)."""
    period, unit = picture.period, picture.unit
    sections.figure_strip(period, picture.totals, unit, picture.lines)
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        title = findings.trend_title(period.short, period.before, picture.now, picture.before)
        before = Line(period.before, picture.before) if picture.before is not None else None
        note = f"Expenditure a {picture.grain}"
        sections.trend_section(title, note, picture.labels, Line(period.short, picture.now), before, unit=unit)
    with right:
        _carried(view, picture)
    _customers(view, picture, partners=partners)


def _carried(view: View, picture: Picture) -> None:
    ranked = sorted(picture.groups, key=lambda group: group.now, reverse=True)
    shown = _with_rest(ranked, SPLIT)
    totals = picture.totals
    with st.container(key="carried"):
        words, choice = st.columns([1.7, 1], vertical_alignment="top")
        with choice:
            controls.group_choice(view)
        with words:
            before = totals.before or Decimal(0)
            moved = [group.moved for group in shown if group.lines is not None]
            title = (
                findings.split_title(moved, totals.now, before)
                if picture.period.compared
                else findings.largest_title([(group.name, group.now) for group in shown], totals.now)
            )
            scale = sections.bars_head(title, [group.now for group in shown], picture.period, unit=picture.unit)
    clicked = sections.bars_chart(title, _bars(shown), scale, picture.period, unit=picture.unit)
    _follow(shown, clicked)


def _customers(view: View, picture: Picture, *, partners: bool) -> None:
    words, search = st.columns([3, 1], vertical_alignment="center")
    how = "sorted by the size of the change" if picture.period.compared else "largest first"
    with words:
        name = "Customers by change" if picture.period.compared else "Customers"
        section(name, aside=f"{formats.plural(len(picture.customers), 'customer')}, {how}")
    with search:
        controls.search_box(view, "Customer or account name")
    sections.customer_list(picture.customers, picture.totals.now, picture.period, unit=picture.unit, partners=partners)


def trend(view: View, picture: Picture) -> None:
    """Stacked columns per group over time, then the detailed fees (FIN-SEXP-02)."""
    shown = _with_rest(_sorted(view, picture.groups), view.top)
    stacked = _with_rest(sorted(shown, key=lambda group: group.now, reverse=True), 8)
    scale = formats.scale_for([value for group in stacked for value in group.course])
    title = findings.largest_title([(group.name, group.now) for group in shown], picture.totals.now)
    _settings_row(view, title, f"Expenditure a {picture.grain} by {_basis(view)}, {scale.of(picture.unit)}")
    charts.stacked_columns(
        picture.labels, [Line(group.name, group.course) for group in stacked], unit=picture.unit, scale=scale,
        key="stack", alt=f"{title}. Columns a {picture.grain}, stacked by {_basis(view)}.",
    )  # fmt: skip
    _fees(view, picture, shown)


def distribution(view: View, picture: Picture) -> None:
    """Ranked bars with shares, then the detailed fees (FIN-SEXP-03)."""
    shown = _with_rest(_sorted(view, picture.groups), view.top)
    title = findings.largest_title([(group.name, group.now) for group in shown], picture.totals.now)
    _settings_row(view, title, f"Expenditure by {_basis(view)}, {picture.unit}, and its share")
    clicked = charts.shares(
        _bars(shown), picture.totals.now, unit=picture.unit, key="shares", height=max(140, 32 * len(shown)),
        alt=f"{title}. Bars by {_basis(view)} with their share of {formats.amount(picture.totals.now)} {picture.unit}.",
    )  # fmt: skip
    _follow(shown, clicked)
    _fees(view, picture, shown)


def _settings_row(view: View, title: str, note: str) -> None:
    """The finding left; grouping basis and sorting dimensions right (FIN-SEXP-02)."""
    words, group, sorting = st.columns([3, 1, 1], vertical_alignment="top")
    with words:
        section(title, note=note)
    with group:
        controls.group_choice(view)
    with sorting:
        controls.sorting_choice(view)


def _fees(view: View, picture: Picture, groups: Sequence[Group]) -> None:
    """The table behind the chart; a chosen row opens its lines."""
    section("Detailed fees", aside=f"{formats.plural(len(groups), 'row')}, {picture.unit}")
    with st.container(key="wide_fees"):
        chosen = grid(
            [_fee_cells(group, picture.totals.now) for group in groups],
            _fee_columns(view, picture),
            key=f"fees_{view.tab}",
            alt=f"Expenditure by {_basis(view)} in {picture.period.words}, in {picture.unit}.",
        )
    with st.container(key="narrow_fees"):
        opened = rows(
            [
                Row(str(place), group.name, "", formats.amount(group.now), _note(group))
                for place, group in enumerate(groups)
            ],
            key=f"fees_narrow_{view.tab}",
            label="Detailed fees",
        )
    _follow(groups, chosen if chosen is not None else int(opened) if opened else None)


def _fee_columns(view: View, picture: Picture) -> list[Column]:
    compared = [
        Column("before", f"{picture.period.before}, {picture.unit}", "amount", 140),
        Column("change", f"Change, {picture.unit}", "change", 140),
        Column("percent", "Change, %", "percent", 90),
    ]
    return [
        Column("name", controls.GROUP_NAMES[view.group], width=300),
        Column("now", f"{picture.period.short}, {picture.unit}", "amount", 140),
        *(compared if picture.period.compared else []),
        Column("share", "Share", "share", 130),
    ]


def _fee_cells(group: Group, total: Decimal) -> dict[str, object]:
    return {
        "name": group.name,
        "now": group.now,
        "before": group.before,
        "change": None if group.before is None else group.now - group.before,
        "percent": formats.change_of(group.now, group.before),
        "share": formats.part_of(group.now, total),
    }


def _note(group: Group) -> str:
    return "" if group.before is None else formats.signed_share(formats.change_of(group.now, group.before))


def _sorted(view: View, groups: Sequence[Group]) -> list[Group]:
    match view.sorting:
        case Sorting.NAME:
            return sorted(groups, key=lambda group: group.name.casefold())
        case Sorting.CHANGE:
            return sorted(groups, key=lambda group: abs(group.now - (group.before or Decimal(0))), reverse=True)
    return sorted(groups, key=lambda group: group.now, reverse=True)


def _with_rest(groups: Sequence[Group], top: int) -> list[Group]:
    """The first groups and the sum of all others, so that a chart always adds up to the total."""
    if len(groups) <= top:
        return list(groups)
    kept, rest = list(groups[: top - 1]), groups[top - 1 :]
    before = [group.before for group in rest if group.before is not None]
    courses = zip(*(group.course for group in rest), strict=True)
    course = [_sum([value for value in at if value is not None]) for at in courses]
    other = Group(
        f"Other ({len(rest)})", _sum([group.now for group in rest]), _sum(before) if before else None, course, None
    )
    return [*kept, other]


def _sum(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _bars(groups: Sequence[Group]) -> list[Bar]:
    return [Bar(group.name, group.now, group.before) for group in groups]


def _basis(view: View) -> str:
    return controls.GROUP_NAMES[view.group].lower()


def _follow(groups: Sequence[Group], place: int | None) -> None:
    """Open the lines of the group that was clicked on; the sum of the others has none of its own."""
    if place is not None and place < len(groups) and (lines := groups[place].lines) is not None:
        go(sections.LINES, lines)

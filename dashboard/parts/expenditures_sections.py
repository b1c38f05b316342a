"""Figures, charts and lists of the expenditure page, drawn from answers (FIN-SEXP-01..03)."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import address, charts_lines, formats
from dashboard.parts.charts import Bar, Line
from dashboard.parts.charts_bars import ranked_bars
from dashboard.parts.expenditures_view import View
from dashboard.parts.expenditures_words import LINES, Period, column_names, period_of, unit_of
from dashboard.parts.figures import Figure, figures
from dashboard.parts.formats import Scale
from dashboard.parts.go import go
from dashboard.parts.head import section
from dashboard.parts.rows import Row, Tone, rows
from dashboard.parts.tables import Column, grid
from models.core.clock import business_date
from models.engines.statistics import Granularity
from models.expenditures.answers import CustomerPage, CustomerRow, Group, Overview, Trend, TrendPoint
from models.expenditures.titles import trend_title

DEFINITION = (
    "Sum of all lines but tax: expenditure, refunds, adjustments and credits, discounts deducted. "
    "Pages show two decimals, exports eight."
)
WAITS = "waits for bills"
DUE = "What the bills of the period ask for. No bills are issued here yet, so nothing is shown."
PAID = "What was paid on the bills of the period. No bills are issued here yet, so nothing is shown."
SPENDING = "Customers with at least one of the lines that make the amount."


def figure_strip(view: View, overview: Overview) -> None:
    """Expenditure, amount due and paid (from bills, which are not here yet), spending customers."""
    period, unit, total = period_of(overview.context), unit_of(overview.context), overview.total
    change = more = ""
    if total.change is not None:
        relative = formats.change_of(total.now, total.before)
        change = formats.signed(total.change) + (f" ({formats.signed_share(relative)})" if relative is not None else "")
    if overview.spending_customers_before is not None:
        more = formats.signed_count(overview.spending_customers - overview.spending_customers_before)
    against = f" Compared with {period.before}." if period.compared else ""
    link = address.link(LINES, view.lines())
    figures(
        [
            Figure(f"Expenditure, {unit}", formats.amount(total.now), change, DEFINITION + against, link=link),
            Figure(f"Amount due, {unit}", formats.NOTHING, WAITS, DUE),
            Figure(f"Amount paid, {unit}", formats.NOTHING, WAITS, PAID),
            Figure("Spending customers", formats.count(overview.spending_customers), more, SPENDING + against),
        ]
    )


def trend_section(view: View, trend: Trend) -> None:
    """The line of the period over the dotted line of the period before; a clicked day opens its lines."""
    period, unit = period_of(trend.context), unit_of(trend.context)
    points = _reached(trend.points)
    now, before = [point.now for point in points], [point.before for point in points]
    scale = formats.scale_for([*now, *before])
    daily = trend.granularity is Granularity.DAY
    title = trend_title(trend, today=business_date())
    note = f"Expenditure a {trend.granularity.value}, {scale.of(unit)}"
    section(title, note=note)
    clicked = charts_lines.trend(
        [_tick(point, daily=daily) for point in points],
        Line(period.short, now),
        Line(period.before, before) if period.compared else None,
        unit=unit,
        scale=scale,
        key="trend",
        alt=f"{title}. {note}.",
    )
    if clicked is not None and daily and clicked < len(points) and (day := points[clicked].start):
        go(LINES, view.lines(day=day))


def _reached(points: Sequence[TrendPoint]) -> Sequence[TrendPoint]:
    """The points up to the last one with an amount: days to come would only push the line together."""
    end = max((place for place, point in enumerate(points) if (point.now, point.before) != (None, None)), default=-1)
    return points[: end + 1]


def _tick(point: TrendPoint, *, daily: bool) -> str:
    if daily:
        return str(point.position)
    month = point.start or point.before_start
    if month is None:
        return str(point.position)
    return f"{month:%b %Y}" if point.position == 1 or month.month == 1 else f"{month:%b}"


def bars_head(title: str, groups: Sequence[Group], period: Period, unit: str) -> Scale:
    """The title over ranked bars, with unit and what the tick means; returns the scale the bars are written in."""
    scale = formats.scale_for([group.now for group in groups])
    words = scale.of(unit)
    section(title, note=f"{words[:1].upper()}{words[1:]}" + (f"; tick = {period.before}" if period.compared else ""))
    return scale


def bars_chart(title: str, groups: Sequence[Group], scale: Scale, period: Period, unit: str) -> int | None:
    """Ranked groups with a tick for the period before; returns the place of the bar that was clicked on."""
    spoken = "; ".join(f"{group.label} {formats.amount(group.now)}" for group in groups)
    height = max(120, 34 * len(groups))
    return ranked_bars(
        bars(groups), unit=unit, scale=scale, key="bars", alt=f"{title}. {spoken} {unit}.", before=period.before,
        height=height,
    )  # fmt: skip


def bars(groups: Sequence[Group]) -> list[Bar]:
    """Groups as bars; the sum of the others says how many they are."""
    return [Bar(group_name(group), group.now, group.before) for group in groups]


def group_name(group: Group) -> str:
    """The group's label; that of the others with their number."""
    return f"{group.label} ({formats.count(group.count)})" if group.key is None else group.label


def follow(view: View, dimension: str, groups: Sequence[Group], place: int | None) -> None:
    """Open the lines of the group that was chosen; the sum of the others has none of its own."""
    if place is not None and place < len(groups) and (key := groups[place].key) is not None:
        go(LINES, view.lines(dimension, key))


def customer_list(view: View, page: CustomerPage, *, partners: bool) -> None:
    """The customers of the period; a chosen one opens its lines. A grid on a screen, a list on a phone."""
    period, unit = period_of(page.context), unit_of(page.context)
    with st.container(key="wide_customers"):
        chosen = grid(
            [_customer_cells(row) for row in page.rows],
            _customer_columns(period, unit, partners),
            key="customers",
            alt=f"{len(page.rows)} customers with their expenditure in {period.words} and its change, in {unit}.",
        )
    with st.container(key="narrow_customers"):
        narrow = [_customer_row(str(place), row) for place, row in enumerate(page.rows)]
        opened = rows(narrow, key="customers_narrow", label="Customers")
    place = chosen if chosen is not None else int(opened) if opened else None
    if place is not None and place < len(page.rows):
        go(LINES, view.lines("customer", page.rows[place].key))


def _customer_columns(period: Period, unit: str, partners: bool) -> list[Column]:
    now, before = column_names(period)
    compared = [
        Column("before", f"{before}, {unit}", "amount", 104),
        Column("change", f"Change, {unit}", "change", 104),
        Column("percent", "Change, %", "percent", 72),
    ]
    return [
        Column("name", "Customer", width=146 if partners else 260),
        *([Column("partner", "Partner", width=148)] if partners else []),
        Column("manager", "Account manager", width=112),
        Column("history", "12 months", "spark", 84),
        Column("now", f"{now}, {unit}", "amount", 104),
        *(compared if period.compared else []),
        Column("share", "Share", "share", 100),
    ]


def _customer_cells(row: CustomerRow) -> dict[str, object]:
    return {
        "name": row.name,
        "partner": row.partner or formats.NOTHING,
        "manager": row.account_manager or formats.NOTHING,
        "history": row.series,
        "now": row.now,
        "before": row.before,
        "change": row.change,
        "percent": formats.change_of(row.now, row.before),
        "share": row.share,
    }


def _customer_row(place: str, row: CustomerRow) -> Row:
    tone: Tone = "gray" if not row.change else "green" if row.change > 0 else "red"
    icon = {"gray": "trending_flat", "green": "trending_up", "red": "trending_down"}[tone]
    relative = formats.change_of(row.now, row.before)
    note = "" if row.change is None else formats.signed(row.change)
    if note and relative is not None:
        note = f"{note} ({formats.signed_share(relative)})"
    return Row(place, row.name, row.partner or row.account_manager, formats.amount(row.now), note, tone, icon)

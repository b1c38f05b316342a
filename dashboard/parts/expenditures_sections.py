"""The pieces of the expenditure pages: answer, figures, charts and lists, drawn from ready numbers (FIN-SEXP)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import streamlit as st

from dashboard.parts import address, charts, findings, formats
from dashboard.parts.charts import Bar, Line
from dashboard.parts.figures import Figure, figures
from dashboard.parts.findings import Moved
from dashboard.parts.formats import Scale
from dashboard.parts.go import go
from dashboard.parts.head import answer, section
from dashboard.parts.rows import Row, Tone, rows
from dashboard.parts.tables import Column, grid

LINES = "lines"
DEFINITION = (
    "Sum of all lines but tax: expenditure, refunds, adjustments and credits, discounts deducted. "
    "Pages show two decimals, exports eight."
)
WAITS = "waits for bills"
DUE = "What the bills of the period ask for. No bills are issued here yet, so nothing is shown."
PAID = "What was paid on the bills of the period. No bills are issued here yet, so nothing is shown."
SPENDING = "Customers with at least one line in the period."
Params = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Period:
    """How a period and the one it is compared with are called: `June 2026`, and shorter where there is little room."""

    words: str
    short: str
    before: str = ""

    @property
    def compared(self) -> bool:
        """Whether there is a period to compare with."""
        return bool(self.before)


@dataclass(frozen=True, slots=True)
class Totals:
    """Expenditure and spending customers, now and before (None: no comparison)."""

    now: Decimal
    before: Decimal | None
    customers: int
    customers_before: int | None

    @property
    def change(self) -> Decimal:
        """How far expenditure moved."""
        return self.now - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer of the list. `lines` are the filters that show its lines."""

    name: str
    partner: str
    manager: str
    history: Sequence[Decimal]
    now: Decimal
    before: Decimal | None
    lines: Params

    @property
    def change(self) -> Decimal | None:
        """How far the customer moved; None without a comparison."""
        return None if self.before is None else self.now - self.before


def answer_sentence(
    period: Period,
    totals: Totals,
    customers: Sequence[Moved],
    unit: str,
    lines: Params,
    customer_lines: Mapping[str, Params],
) -> str:
    """The sentence that answers, as HTML: how expenditure moved, to what, and who made it."""
    amount = (
        f'<a href="{formats.text(address.link(LINES, lines))}" target="_self"><b>{formats.amount(totals.now)} '
        f"{formats.text(unit)}</b></a>"
    )
    if totals.before is None or totals.before <= 0:
        none = f" {formats.text(period.before)} had none to compare with." if period.compared else ""
        return f"Expenditure was {amount} in <b>{formats.text(period.words)}</b>.{none}"
    word = findings.direction(totals.now, totals.before)
    size = "" if word == "stayed level" else f" {formats.share(abs(totals.change) / totals.before)}"
    first = f"Expenditure <b>{word}{size} in {formats.text(period.words)}</b> to {amount}."
    driver = findings.driver_of(customers, totals.now, totals.before)
    if driver is None or word == "stayed level":
        return first
    names = formats.listing([_linked(mover, customer_lines) for mover in driver.movers])
    subject = "One customer, " if len(driver.movers) == 1 else f"{len(driver.movers)} customers, "
    makes = "makes" if len(driver.movers) == 1 else "make"
    fall = "fall" if word == "fell" else "rise"
    rest = f"; without {'it' if len(driver.movers) == 1 else 'them'}: <b>{formats.signed_share(driver.without)}</b>"
    part = "all of" if driver.part >= 1 else f"{formats.share(driver.part, 0)} of"
    return f"{first} {subject}{names}, {makes} {part} the {fall}{rest if driver.without is not None else ''}."


def _linked(mover: Moved, lines: Mapping[str, Params]) -> str:
    name = formats.text(mover.name)
    if mover.key not in lines:
        return name
    return f'<a href="{formats.text(address.link(LINES, lines[mover.key]))}" target="_self">{name}</a>'


def show_answer(html: str) -> None:
    """Draw the sentence."""
    answer(html)


def figure_strip(period: Period, totals: Totals, unit: str, lines: Params) -> None:
    """Expenditure, amount due and paid (from bills, which are not here yet), spending customers."""
    change = more = ""
    if totals.before is not None:
        relative = formats.signed_share(formats.change_of(totals.now, totals.before))
        change = f"{formats.signed(totals.change)} ({relative})"
    if totals.customers_before is not None:
        more = formats.signed_count(totals.customers - totals.customers_before)
    against = f" Compared with {period.before}." if period.compared else ""
    link = address.link(LINES, lines)
    figures(
        [
            Figure(f"Expenditure, {unit}", formats.amount(totals.now), change, DEFINITION + against, link=link),
            Figure(f"Amount due, {unit}", formats.NOTHING, WAITS, DUE),
            Figure(f"Amount paid, {unit}", formats.NOTHING, WAITS, PAID),
            Figure("Spending customers", formats.count(totals.customers), more, SPENDING + against),
        ]
    )


def trend_section(
    title: str, note: str, labels: Sequence[str], now: Line, before: Line | None, *, unit: str, key: str = "trend"
) -> None:
    """The line of the period over the dotted line of the period before."""
    scale = formats.scale_for([*now.values, *(before.values if before else ())])
    section(title, note=f"{note}, {scale.of(unit)}")
    charts.trend(labels, now, before, unit=unit, scale=scale, key=key, alt=f"{title}. {note}.")


def bars_head(title: str, amounts: Sequence[Decimal], period: Period, *, unit: str) -> Scale:
    """The title over ranked bars, with unit and what the tick means; returns the scale the bars are written in."""
    scale = formats.scale_for(amounts)
    words = scale.of(unit)
    section(title, note=f"{words[:1].upper()}{words[1:]}" + (f"; tick = {period.before}" if period.compared else ""))
    return scale


def bars_chart(title: str, bars: Sequence[Bar], scale: Scale, period: Period, *, unit: str) -> int | None:
    """Ranked groups with a tick for the period before; returns the place of the bar that was clicked on."""
    spoken = "; ".join(f"{bar.name} {formats.amount(bar.now)}" for bar in bars)
    height = max(120, 34 * len(bars))
    return charts.ranked_bars(
        bars, unit=unit, scale=scale, key="bars", alt=f"{title}. {spoken} {unit}.", before=period.before, height=height
    )


def customer_list(items: Sequence[CustomerRow], total: Decimal, period: Period, *, unit: str, partners: bool) -> None:
    """The customers of the period; a chosen one opens its lines. A grid on a screen, a list on a phone."""
    with st.container(key="wide_customers"):
        chosen = grid(
            [_customer_cells(item, total) for item in items],
            _customer_columns(period, unit, partners),
            key="customers",
            alt=f"{len(items)} customers with their expenditure in {period.words} and its change, in {unit}.",
        )
    with st.container(key="narrow_customers"):
        opened = rows(
            [_customer_row(str(place), item) for place, item in enumerate(items)],
            key="customers_narrow",
            label="Customers",
        )
    place = chosen if chosen is not None else int(opened) if opened else None
    if place is not None and place < len(items):
        go(LINES, items[place].lines)


def _customer_columns(period: Period, unit: str, partners: bool) -> list[Column]:
    compared = [
        Column("before", f"{period.before}, {unit}", "amount", 104),
        Column("change", f"Change, {unit}", "change", 104),
        Column("percent", "Change, %", "percent", 72),
    ]
    return [
        Column("name", "Customer", width=146 if partners else 260),
        *([Column("partner", "Partner", width=148)] if partners else []),
        Column("manager", "Account manager", width=112),
        Column("history", "12 months", "spark", 84),
        Column("now", f"{period.short}, {unit}", "amount", 104),
        *(compared if period.compared else []),
        Column("share", "Share", "share", 100),
    ]


def _customer_cells(item: CustomerRow, total: Decimal) -> dict[str, object]:
    return {
        "name": item.name,
        "partner": item.partner,
        "manager": item.manager or formats.NOTHING,
        "history": item.history,
        "now": item.now,
        "before": item.before,
        "change": item.change,
        "percent": formats.change_of(item.now, item.before),
        "share": formats.part_of(item.now, total),
    }


def _customer_row(place: str, item: CustomerRow) -> Row:
    relative = formats.change_of(item.now, item.before)
    tone: Tone = "gray" if not item.change else "green" if item.change > 0 else "red"
    icon = {"gray": "trending_flat", "green": "trending_up", "red": "trending_down"}[tone]
    note = "" if item.change is None else f"{formats.signed(item.change)} ({formats.signed_share(relative)})"
    return Row(place, item.name, item.partner or item.manager, formats.amount(item.now), note, tone, icon)


def month_label(cycle: date) -> str:
    """A cycle on an axis over months: `Jun`, with the year in January."""
    return f"{cycle:%b %Y}" if cycle.month == 1 else f"{cycle:%b}"

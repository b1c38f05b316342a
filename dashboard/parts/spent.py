"""What one partner or customer spent: the newest full month, the running one, twelve months, by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.charts import Bar, Line
from dashboard.parts.charts_bars import ranked_bars
from dashboard.parts.charts_lines import trend
from dashboard.parts.figures import Figure, figures
from dashboard.parts.head import section
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Sort, shift_month
from models.expenditures import queries
from models.expenditures.answers import CustomerPage, Distribution, Overview, Trend
from models.expenditures.queries import ExpenditureFilter, Granularity
from models.expenditures.titles import groups_title

MONTHS = 12
SERVICES = 6
LEVEL = Decimal("0.005")
"""Below this share a month is called level with the one before."""
DEFINITION = "Sum of all lines but tax, discounts deducted; business dates are in GMT+08:00."


@dataclass(frozen=True, slots=True)
class Spent:
    """Answers of the statistics for one partner or customer; `running` is None when the newest cycle is over."""

    dimension: str
    key: str
    full: Overview
    running: Overview | None
    trend: Trend
    services: Distribution

    @property
    def unit(self) -> str:
        """The currency of every amount here."""
        return self.trend.context.currency

    def link(self, page: str, asked: ExpenditureFilter) -> str:
        """The address of another page about the same, for a period."""
        return address.link(page, asked.to_address())


def spent(uow: UnitOfWork, dimension: str, key: str) -> Spent | None:
    """The figures of one value of a dimension; None when the actor sees no lines of it, or no statistics at all."""
    if not uow.actor.may("statistics.view"):
        return None
    latest = queries.cycles(uow).latest
    if latest is None:
        return None
    only = {dimension: [key]}
    newest = queries.overview(uow, ExpenditureFilter.of(latest, filters=only))
    unfinished = newest.context.through is not None
    month = shift_month(latest, -1) if unfinished else latest
    currency = newest.context.currency
    asked = ExpenditureFilter.of(month, filters=only, currency=currency)
    year = ExpenditureFilter.of(shift_month(month, 1 - MONTHS), month, filters=only, currency=currency)
    trend = queries.trend(uow, year, Granularity.MONTH)
    if not any(point.now for point in trend.points) and newest.empty:
        return None
    return Spent(
        dimension, key, queries.overview(uow, asked) if unfinished else newest, newest if unfinished else None, trend,
        queries.distribution(uow, asked, "service_type", top=SERVICES),
    )  # fmt: skip


def sentence(found: Spent, subject: str) -> str:
    """How its spending moved in the newest full month, as HTML."""
    total, month = found.full.total, found.full.context.first
    link = found.link("expenditures", _asked(found, month))
    amount = f'<a href="{formats.text(link)}" target="_self"><b>{formats.amount(total.now)} {found.unit}</b></a>'
    first = f"{subject} spent {amount} in {formats.month(month)}"
    change = formats.change_of(total.now, total.before)
    if change is None:
        return f"{first}."
    return f"{first}, <b>{formats.signed_share(change)}</b> against {formats.month(shift_month(month, -1))}."


def show_figures(found: Spent) -> None:
    """The newest full month, the month that runs, and twelve months."""
    items = [_figure(found.full, found, f"{formats.month(found.full.context.first)}, {found.unit}")]
    if found.running:
        through = found.running.context.through
        items.append(_figure(found.running, found, f"This month to {formats.day(through)}, {found.unit}"))
    year = sum((point.now or Decimal(0) for point in found.trend.points), Decimal(0))
    before = _before(found.trend)
    change = _change(year, before) if before else ""
    items.append(Figure(f"{MONTHS} months, {found.unit}", formats.amount(year), change, DEFINITION, "neutral"))
    figures(items)


def _figure(overview: Overview, found: Spent, label: str) -> Figure:
    total = overview.total
    link = found.link("lines", _asked(found, overview.context.first))
    change = _change(total.now, total.before) if total.before else ""
    return Figure(label, formats.amount(total.now), change, DEFINITION, link=link)


def _change(now: Decimal, before: Decimal | None) -> str:
    return f"{formats.signed(now - (before or 0))} ({formats.signed_share(formats.change_of(now, before))})"


def _before(trend: Trend) -> Decimal | None:
    """What the year before came to; None unless every month of it has lines."""
    values = [point.before for point in trend.points]
    return sum((value or Decimal(0) for value in values), Decimal(0)) if all(values) else None


def show_charts(found: Spent, *, key: str) -> None:
    """Twelve months, and the services of the newest full one with a tick for the month before."""
    left, right = st.columns([1.3, 1], gap="large")
    with left:
        _trend(found, key)
    with right:
        _services(found, key)


def _trend(found: Spent, key: str) -> None:
    points = found.trend.points
    values = [point.now for point in points]
    scale = formats.scale_for(values)
    month = formats.month(found.trend.context.last).split()[0]
    change = formats.change_of(values[-1] or Decimal(0), values[-2])
    title = f"Expenditure until {month}"
    if change is not None:
        title = f"{month} {'rose' if change > 0 else 'fell'} {formats.share(abs(change), 0)} against the month before"
        title = f"{month} ran level with the month before" if abs(change) < LEVEL else title
    section(title, note=f"Expenditure a month, {scale.of(found.unit)}")
    labels = [formats.month_short(point.start) for point in points if point.start]
    trend(
        labels, Line(month, values), None, unit=found.unit, scale=scale, key=f"{key}_trend", alt=f"{title}.", height=190
    )


def _services(found: Spent, key: str) -> None:
    groups: Sequence[Bar] = [Bar(g.label, g.now, g.before, g.key or "") for g in found.services.groups if g.now > 0]
    if not groups:
        return
    scale = formats.scale_for([bar.now for bar in groups])
    words = scale.of(found.unit)
    before = formats.month(shift_month(found.full.context.first, -1)).split()[0]
    section(groups_title(found.services), note=f"{words[:1].upper()}{words[1:]}; tick = {before}")
    alt = "; ".join(f"{bar.name} {formats.amount(bar.now)}" for bar in groups)
    height = max(120, 31 * len(groups))
    ranked_bars(groups, unit=found.unit, scale=scale, key=f"{key}_services", alt=alt, height=height, before=before)


def largest_customers(uow: UnitOfWork, found: Spent, *, most: int) -> CustomerPage:
    """The customers of a partner that spent most in the newest full month."""
    asked = _asked(found, found.full.context.first)
    return queries.customers_by_change(uow, asked, PageRequest(size=most), sort=Sort.AMOUNT)


def _asked(found: Spent, month: date) -> ExpenditureFilter:
    return ExpenditureFilter.of(month, filters={found.dimension: [found.key]}, currency=found.unit)

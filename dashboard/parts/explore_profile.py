"""The pictures of a column's profile: how its values lie, its commonest ones, its months, what drifted."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import streamlit as st

from dashboard.parts import charts, formats
from dashboard.parts.charts import Bar, Line
from dashboard.parts.charts_bars import ranked_bars
from dashboard.parts.charts_lines import trend
from dashboard.parts.drawing import Markup
from dashboard.parts.formats import Scale
from dashboard.parts.head import section
from models.explore.profiles import Drift, Profile

COUNTS = Scale(Decimal(1), "", 0)


def value_words(text: str | None, kind: str) -> str:
    """A value as people read it: no zeros that say nothing."""
    if text is None:
        return "(empty)"
    if kind in ("amount", "number"):
        return formats.exact(Decimal(text))
    return text[:60] or "(blank)"


def commonest(found: Profile) -> None:
    """The values that stand on most rows."""
    if not found.top:
        return
    bars = [Bar(value_words(each.text, found.kind), Decimal(each.rows)) for each in found.top]
    share = formats.share(Decimal(found.top[0].rows) / Decimal(max(found.filled, 1)))
    words = f"{bars[0].name} is the commonest value, on {share} of the filled rows"
    section(words, note="Rows by value")
    ranked_bars(bars, unit="rows", scale=COUNTS, key="profile_top", alt=words, height=60 + 24 * len(bars))


def spread(found: Profile) -> None:
    """How numbers lie between their hundredth and their ninety-ninth hundredth."""
    if len(found.bins) < 2:
        return
    fullest = max(found.bins, key=lambda each: each.rows)
    words = f"Most rows lie between {_short(fullest.low)} and {_short(fullest.high)}"
    section(words, note="Rows by value; the lowest and highest hundredth stand in the end bars")
    fig = charts.figure(230)
    fig.add_bar(
        x=[_short(each.low) for each in found.bins], y=[each.rows for each in found.bins],
        marker={"color": charts.series_colors()[0]},
        customdata=[f"{_short(each.low)} to {_short(each.high)}" for each in found.bins],
        hovertemplate=Markup("%{customdata}: %{y:,} rows<extra></extra>"),
    )  # fmt: skip
    fig.update_layout(bargap=0.06, hovermode="closest")
    fig.update_xaxes(type="category", nticks=6)
    charts.show(fig, key="profile_bins", alt=words)


def _short(value: float) -> str:
    return formats.compact(Decimal(repr(value)).quantize(Decimal("0.01")))


def months(found: Profile) -> None:
    """Rows by month, and those of them without a value; months without any row."""
    if len(found.months) < 2:
        return
    shown = found.months[-36:]
    empty = [each for each in shown if each.empty]
    gaps = formats.listing([formats.month_short(each) for each in found.missing])
    words = f"No row at all in {gaps}" if found.missing else "Every month has rows"
    if empty:
        worst = max(empty, key=lambda each: Decimal(each.empty) / Decimal(each.rows))
        part = formats.share(Decimal(worst.empty) / Decimal(worst.rows))
        words += f"; emptiest is {formats.month(worst.start)}, {part} without a value"
    section(words, note="Rows by month")
    labels = [formats.month_short(each.start) for each in shown]
    before = Line("Empty", [Decimal(each.empty) for each in shown]) if empty else None
    trend(labels, Line("Rows", [Decimal(each.rows) for each in shown]), before, unit="rows", scale=COUNTS,
                 key="profile_months", alt=words)  # fmt: skip


def drift(found: Profile) -> None:
    """Values whose share of the rows moved most, newest period against the one before."""
    if not found.now_from or not found.before_from or not found.through:
        st.caption("Nothing says when a row was, so nothing can be said of drift.")
        return
    now = formats.months(found.now_from, found.through)
    before = formats.months(found.before_from, found.now_from.fromordinal(found.now_from.toordinal() - 1))
    if not found.drift or found.distinct > found.filled // 2:
        words = (
            f"No value's share moved between {before} and {now}" if not found.drift else "Nearly every value differs"
        )
        section(words, note="Drift compares the shares of values")
        return
    most = found.drift[0]
    moved = "rose" if most.change > 0 else "fell"
    name = value_words(most.text, found.kind)
    words = f"{name} {moved} from {formats.share(most.before)} to {formats.share(most.now)} of the rows"
    section(words, note=f"Share of rows, {now} against {before}")
    st.html(f'<div class="k"><table><tr><th>Value</th><th class="num">{formats.text(before)}</th>'
            f'<th class="num">{formats.text(now)}</th><th class="num">Change</th></tr>'
            f"{''.join(_row(each, found.kind) for each in found.drift)}</table></div>")  # fmt: skip


def _row(each: Drift, kind: str) -> str:
    shown = [(value * 100).quantize(Decimal("0.1"), ROUND_HALF_UP) for value in (each.before, each.now)]
    points = f"{shown[1] - shown[0]:+}".replace("-", formats.MINUS)  # of what stands beside it
    return (
        f"<tr><td>{formats.text(value_words(each.text, kind))}</td><td class='num'>{formats.share(each.before)}</td>"
        f"<td class='num'>{formats.share(each.now)}</td><td class='num'>{points} points</td></tr>"
    )

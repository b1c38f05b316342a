"""Horizontal bars: ranked with the previous period, or as shares of a whole (never a pie)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dashboard.parts import charts, formats
from dashboard.parts.charts import Bar
from dashboard.parts.drawing import Drawing, markup
from dashboard.parts.formats import Scale


def ranked_bars(
    bars: Sequence[Bar], *, unit: str, scale: Scale, key: str, alt: str, height: int = 204, before: str = "Before"
) -> int | None:
    """Horizontal bars in the order given; a tick marks the previous period, value and change stand at the right.

    Returns the place of the bar that was clicked on.
    """
    words = [f"  {scale.short(bar.now)}   {_change(bar)}".rstrip() for bar in bars]
    fig = charts.figure(height, right=_room(words))
    ends = [max(bar.now, bar.before or Decimal(0), Decimal(0)) for bar in bars]
    _bars(fig, bars, unit, scale)
    _previous_ticks(fig, bars, unit, before, scale)
    fig.add_scatter(
        x=charts.floats(ends),
        y=list(range(len(bars))),
        mode="text",
        text=words,
        textposition="middle right",
        textfont={"size": 12, "color": charts.ink_color()},
        cliponaxis=False,
        hoverinfo="skip",
    )
    _bar_axes(fig, bars, top=float(max(ends, default=Decimal(1))))
    return charts.show(fig, key=key, alt=alt, choose=True)


def shares(
    bars: Sequence[Bar],
    total: Decimal,
    *,
    unit: str,
    key: str,
    alt: str,
    height: int = 300,
    scale: Scale = formats.AMOUNTS,
) -> int | None:
    """Horizontal bars with amount and share of the total (never a pie); returns the place of the bar clicked on."""
    words = [f" {scale.full(bar.now)}   {formats.share(formats.part_of(bar.now, total))}" for bar in bars]
    fig = charts.figure(height, right=_room(words))
    _bars(fig, bars, unit, scale)
    fig.update_traces(
        text=words,
        textposition="outside",
        textfont={"size": 12, "color": charts.ink_color()},
        constraintext="none",  # few and thin bars would else shrink their words
        cliponaxis=False,
    )
    _bar_axes(fig, bars, top=float(max((bar.now for bar in bars), default=Decimal(1))))
    return charts.show(fig, key=key, alt=alt, choose=True)


def _room(words: Sequence[str]) -> int:
    """Pixels right of the bars for the longest of these words, the same on a phone as on a wide screen."""
    return 8 + round(6.6 * max(map(len, words), default=0))


def _bars(fig: Drawing, bars: Sequence[Bar], unit: str, scale: Scale) -> None:
    fig.add_bar(
        x=[float(bar.now) for bar in bars],
        y=list(range(len(bars))),
        orientation="h",
        width=0.56,
        marker={"color": charts.series_colors()[0]},
        customdata=[[bar.name, scale.full(bar.now)] for bar in bars],
        hovertemplate=markup("%{{customdata[0]}}: %{{customdata[1]}} {}<extra></extra>", unit),
    )


def _bar_axes(fig: Drawing, bars: Sequence[Bar], *, top: float) -> None:
    """Names left, no amounts on the axis: they stand at the bars."""
    low = min((float(bar.now) for bar in bars), default=0.0)
    fig.update_layout(hovermode="closest", margin_b=4)
    fig.update_xaxes(visible=False, range=[min(low * 1.1, 0.0), top or 1.0])
    fig.update_yaxes(
        showgrid=False,
        autorange="reversed",
        tickmode="array",
        tickvals=list(range(len(bars))),
        ticktext=[charts.shorten(bar.name) for bar in bars],
        ticksuffix="  ",
    )


def _previous_ticks(fig: Drawing, bars: Sequence[Bar], unit: str, before: str, scale: Scale) -> None:
    marked = [(index, bar.before) for index, bar in enumerate(bars) if bar.before is not None]
    fig.add_scatter(
        x=[float(value) for _, value in marked],
        y=[index for index, _ in marked],
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 17, "color": charts.PREVIOUS, "line": {"width": 2}},
        customdata=[scale.full(value) for _, value in marked],
        hovertemplate=markup("{}: %{{customdata}} {}<extra></extra>", before, unit),
    )


def _change(bar: Bar) -> str:
    return "" if bar.before is None else formats.signed_share(formats.change_of(bar.now, bar.before))

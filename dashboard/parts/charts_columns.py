"""Columns over time, stacked or beside each other, named in their own colours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.parts import charts
from dashboard.parts.charts import Line
from dashboard.parts.drawing import Drawing, Markup, markup
from dashboard.parts.formats import Scale

NAMED = '<span style="color:{}">\u25a0</span> {}'
"""A name behind the colour of its columns."""
ROW = 36
"""Letters of names that fit beside each other on a phone."""


def stacked_columns(
    labels: Sequence[str],
    series: Sequence[Line],
    *,
    unit: str,
    scale: Scale,
    key: str,
    alt: str,
    height: int = 300,
    beside: bool = False,
    choose: bool = False,
) -> int | None:
    """Columns over time, stacked by group or `beside` each other, each group named at the right in its own colour.

    With `choose`, returns the place of the column that was clicked on.
    """
    palette = [color for color in charts.series_colors() if color not in charts.GREYS]
    colors = [charts.PREVIOUS if line.rest else palette[index % len(palette)] for index, line in enumerate(series)]
    fig = charts.figure(height, right=8)
    for index, line in enumerate(series):
        fig.add_bar(
            x=list(labels),
            y=charts.floats(line.values, scale),
            name=line.name,
            marker={"color": colors[index]},
            customdata=[scale.full(value) for value in line.values],
            hovertemplate=markup("{}: %{{customdata}} {}<extra></extra>", line.name, unit),
        )
    if scale.places == 0 and all((value or 0) < 5 for line in series for value in line.values):
        fig.update_yaxes(dtick=1)  # there is no half customer
    fig.update_layout(barmode="group" if beside else "relative", bargap=0.24)
    names = [line.name for line in series]
    if beside and len(series) > 1:
        _row_legend(fig, names, colors)
    ticks = charts.sparse(labels)
    fig.update_xaxes(type="category", tickmode="array", tickvals=ticks, ticktext=charts.years_once(ticks), tickangle=0)
    if beside or len(series) < 2:
        return charts.show(fig, key=key, alt=alt, choose=choose)
    with st.container(key=f"stack_{key}"):
        place = charts.show(fig, key=key, alt=alt, choose=choose)
        _stack_legend(names, colors)
    return place


def _row_legend(fig: Drawing, names: Sequence[str], colors: Sequence[str]) -> None:
    """Names in their colours above the columns: in one row, below each other where a phone would cut them."""
    below = sum(map(len, names)) > ROW
    fig.update_layout(margin={"l": 4, "r": 8, "t": 8 + 18 * (len(names) if below else 1), "b": 24})
    each = [markup(NAMED, color, charts.shorten(name, 40)) for name, color in zip(names, colors, strict=True)]
    words = Markup(("<br>" if below else "   ").join(each))
    fig.add_annotation(
        xref="paper", yref="paper", x=0, y=1, text=words, showarrow=False, xanchor="left", yanchor="bottom", yshift=4,
        align="left", font={"size": 12, "color": charts.ink_color()},
    )  # fmt: skip


def _stack_legend(names: Sequence[str], colors: Sequence[str]) -> None:
    """Names in the order of the stack, top first, at its right edge; below it on a phone."""
    each = zip(reversed(names), reversed(colors), strict=True)
    rows = "".join(f'<li><i style="background:{color}"></i>{escape(name)}</li>' for name, color in each)
    st.html(f'<ul class="k stack">{rows}</ul>')

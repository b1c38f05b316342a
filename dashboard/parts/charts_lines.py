"""Several lines over one time, each named where it ends."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.parts import charts
from dashboard.parts.charts import End, Line
from dashboard.parts.formats import Scale


def lines(
    labels: Sequence[str], series: Sequence[Line], *, unit: str, scale: Scale, key: str, alt: str, height: int = 204
) -> int | None:
    """One line for each of the series in its own colour; returns the place of the point that was clicked on."""
    fig = charts.figure(height, right=150)
    palette = [color for color in charts.series_colors() if color not in charts.GREYS]
    ends = []
    for place, line in enumerate(series):
        color = charts.PREVIOUS if line.rest else palette[place % len(palette)]
        charts.draw_line(fig, labels, line, scale, unit=unit, color=color)
        ends.append(End(line, color, bold=place == 0))
    charts.end_labels(fig, ends, scale, height)
    ticks = charts.sparse(labels)
    fig.update_xaxes(
        type="category", tickmode="array", tickvals=ticks, ticktext=charts.years_once(ticks),
        range=[-0.4, len(labels) - 0.6],
    )  # fmt: skip
    fig.update_yaxes(rangemode="tozero")
    return charts.show(fig, key=key, alt=alt, choose=True)

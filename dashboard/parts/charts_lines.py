"""Lines over time, each named where it ends: one beside its previous period, or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboard.parts import charts
from dashboard.parts.charts import Line
from dashboard.parts.drawing import Drawing, markup
from dashboard.parts.formats import Scale


def trend(
    labels: Sequence[str],
    current: Line,
    previous: Line | None,
    *,
    unit: str,
    scale: Scale,
    key: str,
    alt: str,
    height: int = 204,
) -> int | None:
    """One line over time and, dotted, the previous period; both named at their ends.

    `labels` are the ticks (days of the month, or months), shown sparsely where there are many; the axis is in `scale`.
    Returns the place of the point that was clicked on.
    """
    fig = charts.figure(height, right=112)
    if previous is not None:
        draw_line(fig, labels, previous, scale, unit=unit, color=charts.PREVIOUS, dotted=True)
    draw_line(fig, labels, current, scale, unit=unit, color=charts.series_colors()[0])
    ends = [End(current, charts.series_colors()[0], bold=True)] + (
        [End(previous, charts.note_color())] if previous else []
    )
    end_labels(fig, ends, scale, height)
    # A category by name: days are digits, and Plotly would take them for numbers that begin at 0.
    places = charts.sparse(labels)
    words = charts.years_once(places)
    fig.update_xaxes(
        type="category", tickmode="array", tickvals=places, ticktext=words, range=[-0.4, len(labels) - 0.6]
    )
    fig.update_yaxes(rangemode="tozero")
    return charts.show(fig, key=key, alt=alt, choose=True)


def lines(
    labels: Sequence[str], series: Sequence[Line], *, unit: str, scale: Scale, key: str, alt: str, height: int = 204
) -> int | None:
    """One line for each of the series in its own colour; returns the place of the point that was clicked on."""
    fig = charts.figure(height, right=150)
    palette = [color for color in charts.series_colors() if color not in charts.GREYS]
    ends = []
    for place, line in enumerate(series):
        color = charts.PREVIOUS if line.rest else palette[place % len(palette)]
        draw_line(fig, labels, line, scale, unit=unit, color=color)
        ends.append(End(line, color, bold=place == 0))
    end_labels(fig, ends, scale, height)
    ticks = charts.sparse(labels)
    fig.update_xaxes(
        type="category", tickmode="array", tickvals=ticks, ticktext=charts.years_once(ticks),
        range=[-0.4, len(labels) - 0.6],
    )  # fmt: skip
    fig.update_yaxes(rangemode="tozero")
    return charts.show(fig, key=key, alt=alt, choose=True)


def draw_line(
    fig: Drawing, labels: Sequence[str], line: Line, scale: Scale, *, unit: str, color: str, dotted: bool = False
) -> None:
    style = {"color": color, "width": 1.5, "dash": "dot"} if dotted else {"color": color, "width": 2.6}
    drawn = sum(value is not None for value in line.values)
    fig.add_scatter(
        x=list(labels),
        y=charts.floats(line.values, scale),
        name=line.name,
        mode="lines+markers",  # invisible points: a bare line cannot be clicked on
        marker={"size": 9, "color": color, "opacity": 1 if drawn == 1 else 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        line=style,
        connectgaps=False,
        customdata=[scale.full(value) for value in line.values],
        hovertemplate=markup("{}: %{{customdata}} {}<extra></extra>", line.name, unit),
    )


@dataclass(frozen=True, slots=True)
class End:
    """Where a line ends, and how its name is written there."""

    line: Line
    color: str
    bold: bool = False

    @property
    def at(self) -> int:
        return max((index for index, value in enumerate(self.line.values) if value is not None), default=-1)

    @property
    def value(self) -> Decimal:
        return next((value for value in reversed(self.line.values) if value is not None), Decimal(0))


def end_labels(fig: Drawing, ends: Sequence[End], scale: Scale, height: int) -> None:
    """Name each line where it ends, in its colour; names that would touch are moved apart."""
    ends = sorted((end for end in ends if end.at >= 0), key=lambda end: end.value)
    top = max((float(value) for end in ends for value in end.line.values if value is not None), default=0.0)
    apart = 17 * (top or 1.0) / max(height - 30, 1)
    lowest = -apart
    for end in ends:
        lowest = max(float(end.value), lowest + apart)
        words = f"{end.line.name} {scale.short(end.value)}"
        fig.add_annotation(
            x=max(other.at for other in ends),
            y=lowest / float(scale.divisor),
            text=markup("<b>{}</b>", words) if end.bold else words,
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"color": end.color, "size": 12},
        )

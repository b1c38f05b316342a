"""Charts in the house look: figures over Plotly with direct labels and the previous period beside the current one.

Charts are the only place where amounts become floating point: a picture needs no eight decimals.
Every chart takes the sentence that says in words what it shows (`alt`); its numbers stand in a table or list as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.drawing import Drawing
from dashboard.parts.formats import Scale
from dashboard.parts.shell import is_dark

PREVIOUS = "#8A93A1"
GRID = "rgba(138,147,161,.18)"
SERIES_LIGHT = (
    "#2A66D9",
    "#C8721B",
    "#178F7D",
    "#8A63D2",
    "#C2486B",
    "#6B7685",
    "#94800F",
    "#2C89C4",
    "#A65A2E",
    "#5B7A1F",
)
SERIES_DARK = (
    "#6C9BF2",
    "#E59A4C",
    "#3DBBA6",
    "#A98AE8",
    "#E0708F",
    "#97A1B0",
    "#D0B53C",
    "#7CC3EC",
    "#D69A73",
    "#A9C46C",
)
GREYS = (SERIES_LIGHT[5], SERIES_DARK[5])
"""Left out where grey means the sum of the others."""
_CONFIG = {"displayModeBar": False}


@dataclass(frozen=True, slots=True)
class Line:
    """One series over time; None where there is nothing to draw (a month that is not over).

    `rest` marks the sum of all others, drawn in grey.
    """

    name: str
    values: Sequence[Decimal | None]
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One ranked thing: its name, now and before (None: no comparison), and the key that a click leads on with."""

    name: str
    now: Decimal
    before: Decimal | None = None
    key: str = ""


def note_color() -> str:
    """The colour of ticks and notes in the theme that the person sees."""
    return "#A3ABB8" if is_dark() else "#59616E"


def ink_color() -> str:
    """The colour of amounts written into a chart."""
    return "#E7E9ED" if is_dark() else "#171A1F"


def series_colors() -> tuple[str, ...]:
    """The ten series colours of the theme, in order."""
    return SERIES_DARK if is_dark() else SERIES_LIGHT


def figure(height: int = 204, *, right: int = 8) -> Drawing:
    """An empty chart in the house look. `right` is the room for the direct labels, in px."""
    ticks = {"size": 12, "color": note_color()}
    fig = Drawing()
    fig.update_layout(
        height=height,
        margin={"l": 4, "r": right, "t": 6, "b": 24},
        showlegend=False,
        hovermode="x unified",
        dragmode=False,
        bargap=0.38,
        font={"size": 12},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    fig.update_xaxes(showgrid=False, zeroline=False, ticks="", fixedrange=True, tickfont=ticks)
    fig.update_yaxes(
        gridcolor=GRID, zeroline=False, ticks="", nticks=5, fixedrange=True, tickfont=ticks, tickformat=","
    )
    return fig


def show(
    fig: Drawing, *, key: str, alt: str, choose: bool = False, config: Mapping[str, object] | None = None
) -> int | None:
    """Draw a chart; `alt` says in a sentence what it shows. With `choose`, returns the place of the bar clicked on."""
    settings = {**_CONFIG, **(config or {})}
    if not choose:
        st.plotly_chart(fig.figure(), config=settings, key=key, alt=alt)
        return None
    event = st.plotly_chart(fig.figure(), config=settings, key=key, alt=alt, on_select="rerun", selection_mode="points")
    places = [point["point_index"] for point in event.selection.points]
    return int(places[0]) if places else None


# ---- lines ----


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
    fig = figure(height, right=112)
    if previous is not None:
        draw_line(fig, labels, previous, scale, unit=unit, color=PREVIOUS, dotted=True)
    draw_line(fig, labels, current, scale, unit=unit, color=series_colors()[0])
    ends = [End(current, series_colors()[0], bold=True)] + ([End(previous, note_color())] if previous else [])
    end_labels(fig, ends, scale, height)
    # A category by name: days are digits, and Plotly would take them for numbers that begin at 0.
    places = sparse(labels)
    words = years_once(places)
    fig.update_xaxes(
        type="category", tickmode="array", tickvals=places, ticktext=words, range=[-0.4, len(labels) - 0.6]
    )
    fig.update_yaxes(rangemode="tozero")
    return show(fig, key=key, alt=alt, choose=True)


def draw_line(
    fig: Drawing, labels: Sequence[str], line: Line, scale: Scale, *, unit: str, color: str, dotted: bool = False
) -> None:
    style = {"color": color, "width": 1.5, "dash": "dot"} if dotted else {"color": color, "width": 2.6}
    drawn = sum(value is not None for value in line.values)
    fig.add_scatter(
        x=list(labels),
        y=_floats(line.values, scale),
        name=line.name,
        mode="lines+markers",  # invisible points: a bare line cannot be clicked on
        marker={"size": 9, "color": color, "opacity": 1 if drawn == 1 else 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        line=style,
        connectgaps=False,
        customdata=[scale.full(value) for value in line.values],
        hovertemplate=f"{line.name}: %{{customdata}} {unit}<extra></extra>",
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
            text=f"<b>{words}</b>" if end.bold else words,
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"color": end.color, "size": 12},
        )


# ---- bars ----


def ranked_bars(
    bars: Sequence[Bar], *, unit: str, scale: Scale, key: str, alt: str, height: int = 204, before: str = "Before"
) -> int | None:
    """Horizontal bars in the order given; a tick marks the previous period, value and change stand at the right.

    Returns the place of the bar that was clicked on.
    """
    fig = figure(height)
    ends = [max(bar.now, bar.before or Decimal(0), Decimal(0)) for bar in bars]
    _bars(fig, bars, unit, scale)
    _previous_ticks(fig, bars, unit, before, scale)
    fig.add_scatter(
        x=_floats(ends),
        y=list(range(len(bars))),
        mode="text",
        text=[f"  {scale.short(bar.now)}   {_change(bar)}".rstrip() for bar in bars],
        textposition="middle right",
        textfont={"size": 12, "color": ink_color()},
        cliponaxis=False,
        hoverinfo="skip",
    )
    _bar_axes(fig, bars, room=1.62, top=float(max(ends, default=Decimal(1))))
    return show(fig, key=key, alt=alt, choose=True)


def shares(
    bars: Sequence[Bar],
    total: Decimal,
    *,
    unit: str,
    key: str,
    alt: str,
    height: int = 300,
    scale: Scale = formats.AMOUNTS,
    room: float = 1.3,
) -> int | None:
    """Horizontal bars with amount and share of the total (never a pie); returns the place of the bar clicked on."""
    fig = figure(height)
    _bars(fig, bars, unit, scale)
    fig.update_traces(
        text=[f" {scale.full(bar.now)}   {formats.share(formats.part_of(bar.now, total))}" for bar in bars],
        textposition="outside",
        textfont={"size": 12, "color": ink_color()},
        cliponaxis=False,
    )
    _bar_axes(fig, bars, room=room, top=float(max((bar.now for bar in bars), default=Decimal(1))), longest=30)
    return show(fig, key=key, alt=alt, choose=True)


def _bars(fig: Drawing, bars: Sequence[Bar], unit: str, scale: Scale) -> None:
    fig.add_bar(
        x=[float(bar.now) for bar in bars],
        y=list(range(len(bars))),
        orientation="h",
        width=0.56,
        marker={"color": series_colors()[0]},
        customdata=[[plain(bar.name), scale.full(bar.now)] for bar in bars],
        hovertemplate=f"%{{customdata[0]}}: %{{customdata[1]}} {unit}<extra></extra>",
    )


def _bar_axes(fig: Drawing, bars: Sequence[Bar], *, room: float, top: float, longest: int = 22) -> None:
    """Names left, no amounts on the axis (they stand at the bars), `room` for those to the right."""
    low = min((float(bar.now) for bar in bars), default=0.0)
    fig.update_layout(hovermode="closest")
    fig.update_xaxes(visible=False, range=[min(low * 1.1, 0.0), (top or 1.0) * room])
    fig.update_yaxes(
        showgrid=False,
        autorange="reversed",
        tickmode="array",
        tickvals=list(range(len(bars))),
        ticktext=[shorten(bar.name, longest) for bar in bars],
        ticksuffix="  ",
    )


def _previous_ticks(fig: Drawing, bars: Sequence[Bar], unit: str, before: str, scale: Scale) -> None:
    marked = [(index, bar.before) for index, bar in enumerate(bars) if bar.before is not None]
    fig.add_scatter(
        x=[float(value) for _, value in marked],
        y=[index for index, _ in marked],
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 17, "color": PREVIOUS, "line": {"width": 2}},
        customdata=[scale.full(value) for _, value in marked],
        hovertemplate=f"{before}: %{{customdata}} {unit}<extra></extra>",
    )


def _change(bar: Bar) -> str:
    return "" if bar.before is None else formats.signed_share(formats.change_of(bar.now, bar.before))


# ---- columns ----


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
    palette = [color for color in series_colors() if color not in GREYS]
    colors = [PREVIOUS if line.rest else palette[index % len(palette)] for index, line in enumerate(series)]
    fig = figure(height, right=190 if len(series) > 1 and not beside else 8)
    for index, line in enumerate(series):
        fig.add_bar(
            x=list(labels),
            y=_floats(line.values, scale),
            name=plain(line.name),
            marker={"color": colors[index]},
            customdata=[scale.full(value) for value in line.values],
            hovertemplate=f"{plain(line.name)}: %{{customdata}} {unit}<extra></extra>",
        )
    if scale.places == 0 and all((value or 0) < 5 for line in series for value in line.values):
        fig.update_yaxes(dtick=1)  # there is no half customer
    fig.update_layout(barmode="group" if beside else "relative", bargap=0.24)
    if beside and len(series) > 1:
        _row_legend(fig, [line.name for line in series], colors)
    elif len(series) > 1:
        _stack_legend(fig, [line.name for line in series], colors)
    ticks = sparse(labels)
    fig.update_xaxes(type="category", tickmode="array", tickvals=ticks, ticktext=years_once(ticks), tickangle=0)
    return show(fig, key=key, alt=alt, choose=choose)


def _row_legend(fig: Drawing, names: Sequence[str], colors: Sequence[str]) -> None:
    """Names in their colours in one row above the columns."""
    fig.update_layout(margin={"l": 4, "r": 8, "t": 26, "b": 24})
    words = "   ".join(
        f'<span style="color:{color}">\u25a0</span> {shorten(name, 40)}'
        for name, color in zip(names, colors, strict=True)
    )
    fig.add_annotation(
        xref="paper", yref="paper", x=0, y=1, text=words, showarrow=False, xanchor="left", yanchor="bottom", yshift=4,
        font={"size": 12, "color": ink_color()},
    )  # fmt: skip


def _stack_legend(fig: Drawing, names: Sequence[str], colors: Sequence[str]) -> None:
    """Names in the order of the stack, top first, on the right edge: a legend that needs no looking across."""
    step = 1 / max(len(names), 8)
    for index, name in enumerate(reversed(names)):
        color = colors[len(names) - 1 - index]
        fig.add_annotation(
            xref="paper",
            yref="paper",
            x=1,
            y=1 - index * step,
            text=f'<span style="color:{color}">\u25a0</span> {shorten(name, 24)}',
            showarrow=False,
            xanchor="left",
            yanchor="top",
            xshift=10,
            font={"size": 12, "color": ink_color()},
        )


def _floats(values: Sequence[Decimal | None], scale: Scale | None = None) -> list[float | None]:
    divisor = scale.divisor if scale else Decimal(1)
    return [None if value is None else float(value / divisor) for value in values]


def sparse(labels: Sequence[str], *, most: int = 8) -> list[str]:
    """Few enough ticks to read; the first is always among them."""
    step = max(1, -(-len(labels) // most))
    return [label for index, label in enumerate(labels) if index % step == 0]


def years_once(labels: Sequence[str]) -> list[str]:
    """`Nov 2025`, `Jan 2026`, `Mar 2026` in two short lines, each year where it begins: they fit on a phone."""
    words, before = [], ""
    for label in labels:
        name, _, year = label.partition(" ")
        words.append(name if not year or year == before else f"{name}<br>{year}")
        before = year
    return words


def shorten(name: str, most: int = 22) -> str:
    """A name that fits beside a bar; the whole one shows on hover."""
    return plain(name if len(name) <= most else f"{name[: most - 1].rstrip()}…")


def plain(name: str) -> str:
    """A name of somebody else's making: Plotly would read tags and templates in it."""
    return escape(name, quote=False).replace("%{", "%\u200b{")

"""Charts in the house look: what all kinds of them share. Each kind is a module beside this one (`charts_bars`, …).

Charts are the only place where amounts become floating point: a picture needs no eight decimals.
Every chart takes the sentence that says in words what it shows (`alt`); its numbers stand in a table or list as well.
Names of others are only ever words in it: see `drawing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from dashboard.parts.drawing import Drawing, Markup, markup, plain
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


def floats(values: Sequence[Decimal | None], scale: Scale | None = None) -> list[float | None]:
    """Values as they are drawn, in the scale of the axis."""
    divisor = scale.divisor if scale else Decimal(1)
    return [None if value is None else float(value / divisor) for value in values]


def sparse(labels: Sequence[str], *, most: int = 8) -> list[str]:
    """Few enough ticks to read; the first is always among them."""
    step = max(1, -(-len(labels) // most))
    return [label for index, label in enumerate(labels) if index % step == 0]


def years_once(labels: Sequence[str]) -> list[Markup]:
    """`Nov 2025`, `Jan 2026`, `Mar 2026` in two short lines, each year where it begins: they fit on a phone."""
    words: list[Markup] = []
    before = ""
    for label in labels:
        name, _, year = label.partition(" ")
        words.append(plain(name) if not year or year == before else markup("{}<br>{}", name, year))
        before = year
    return words


def shorten(name: str, most: int = 22) -> str:
    """A name that fits beside a bar; the whole one shows on hover."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"

"""A map of the world whose countries are tinted by a value; its shapes come from this server, not from the network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from babel.core import get_global

from dashboard.parts import charts
from dashboard.parts.charts import Bar
from dashboard.parts.drawing import markup
from dashboard.parts.formats import Scale
from dashboard.parts.shell import STATIC, is_dark

SHAPES = "app/static/topojson/"
"""Where Plotly fetches its shapes; its own default is a host on the network."""
TINTS_LIGHT = ["#C0D3F9", "#9DBBF4", "#779FEC", "#5182E2", "#2A66D9", "#1D4FB8", "#153C8E"]
TINTS_DARK = ["#1C3A73", "#224A93", "#2C5CB5", "#4C7FE8", "#6C9BF2", "#8FB2F7", "#B5CCFA"]


@cache
def _three_letters() -> Mapping[str, str]:
    """The three letters (ISO 3166 alpha-3) of a country by its two."""
    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    pairs = [(two[0], three) for three, two in aliases.items() if len(three) == 3 and three.isalpha() and len(two) == 1]
    return dict(
        sorted(pairs, key=lambda pair: pair[1] in _drawn())
    )  # of several aliases (FXX, FRA) the one with a shape


@cache
def _drawn() -> frozenset[str]:
    """The countries that have a shape at this scale; city states are too small."""
    shapes = json.loads((STATIC / "topojson" / "world_110m.json").read_text(encoding="utf-8"))
    return frozenset(each["id"] for each in shapes["objects"]["countries"]["geometries"] if "id" in each)


def too_small(bars: Sequence[Bar]) -> list[Bar]:
    """Those of the countries (keys of two letters) that the map cannot show."""
    return [bar for bar in bars if _three_letters().get(bar.key, "") not in _drawn()]


def country_map(bars: Sequence[Bar], *, unit: str, scale: Scale, key: str, alt: str, height: int = 300) -> str | None:
    """The countries tinted by their value, the darkest most; returns the key of the country that was clicked on."""
    drawn = [bar for bar in bars if _three_letters().get(bar.key, "") in _drawn()]
    fig = charts.figure(height)
    tints = TINTS_DARK if is_dark() else TINTS_LIGHT
    fig.traces.append({
        "type": "choropleth",
        "locations": [_three_letters()[bar.key] for bar in drawn],
        # The root of a value: one large country would leave all others alike.
        "z": [float(max(bar.now, Decimal(0))) ** 0.5 for bar in drawn],
        "colorscale": [[place / (len(tints) - 1), tint] for place, tint in enumerate(tints)],
        "showscale": False,
        "marker": {"line": {"color": "#111317" if is_dark() else "#FFFFFF", "width": 0.6}},
        "customdata": [[bar.name, scale.full(bar.now)] for bar in drawn],
        "hovertemplate": markup("%{{customdata[0]}}: %{{customdata[1]}} {}<extra></extra>", unit),
    })  # fmt: skip
    fig.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        hovermode="closest",
        geo={
            "projection": {"type": "natural earth"}, "showframe": False, "showcoastlines": False, "showland": True,
            "landcolor": "#20242B" if is_dark() else "#EDEFF2", "showcountries": False, "bgcolor": "rgba(0,0,0,0)",
            "showlakes": False, "lataxis": {"range": [-56, 78]}, "resolution": 110,
        },
    )  # fmt: skip
    place = charts.show(fig, key=key, alt=alt, choose=True, config={"topojsonURL": SHAPES, "scrollZoom": False})
    return drawn[place].key if place is not None and place < len(drawn) else None

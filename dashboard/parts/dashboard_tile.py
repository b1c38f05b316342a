"""The panel of one tile: what it asks, by what, over which steps, of whom, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dashboard_work import bench, note, with_tile
from dashboard.parts.head import section
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.dashboards.content import Placed
from models.engines.statistics import Granularity, Sort
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import MOST_MEASURES, Ask, Relative
from models.statistics.tiles import ChartKind, Tile

NONE = ""
STEPS = {NONE: "No steps", "day": "Days", "month": "Months", "quarter": "Quarters", "year": "Years"}
MONTHS = {None: "The dashboard's period", 6: "6 months back", 12: "12 months back", 24: "24 months back",
          36: "36 months back"}  # fmt: skip
SORTS = {Sort.AMOUNT: "Largest first", Sort.CHANGE: "Largest change first", Sort.NAME: "By name"}
ICONS: Mapping[ChartKind, str] = {
    ChartKind.FIGURE: "123", ChartKind.WORDS: "short_text", ChartKind.LINE: "show_chart",
    ChartKind.COLUMNS: "bar_chart", ChartKind.BARS: "align_horizontal_left", ChartKind.SHARES: "donut_small",
    ChartKind.MAP: "public", ChartKind.TABLE: "table_rows",
}  # fmt: skip


def panel(dashboard_id: UUID, placed: Placed) -> None:
    """Everything that can be said about one tile; each change is saved at once."""
    tile, ask = placed.tile, placed.tile.ask
    words = {offer.measure.name: offer.measure.words for offer in catalogue.offered(current_actor())}
    words |= {name: catalogue.measures()[name].words for name in ask.measures if name in catalogue.measures()}
    shared = _shared(ask)
    draw = _Drawer(dashboard_id, tile.key)
    section(tile.title or ", ".join(words.get(name, name) for name in ask.measures))
    draw.text("Title", tile.title, "title", placeholder="Says its finding by itself")
    draw.text("Question above it", tile.question, "question", placeholder="Which services grew?")
    draw.many("Figures", ask.measures, words, _with_measures)
    by = {NONE: "Not split"} | {name: catalogue.dimensions()[name].words for name in shared}
    draw.one("Split by", ask.by[0] if ask.by else NONE, by, lambda value, of: _asked(of, by=(value,) if value else ()))
    left, right = st.columns(2)
    with left:
        draw.one("Drawn as", tile.chart, {kind: kind.words for kind in ChartKind},
                 lambda value, of: of.model_copy(update={"chart": value}))  # fmt: skip
    with right:
        step = ask.granularity.value if ask.granularity else NONE
        draw.one("In steps of", step, STEPS, lambda value, of: _asked(of, granularity=value or None))
    if ask.granularity:
        draw.one("Reaches", tile.months, MONTHS, lambda value, of: of.model_copy(update={"months": value}))
    if ask.by:
        with left:
            draw.one("Order", ask.sort, SORTS, lambda value, of: _asked(of, sort=value))
        with right:
            tops = {None: "All", 5: "5 largest", 10: "10 largest", 20: "20 largest"}
            draw.one("Groups", ask.top, tops, lambda value, of: _asked(of, top=value))
    _filters(draw, ask, shared)
    for measure in (catalogue.measures()[name] for name in ask.measures if name in catalogue.measures()):
        st.caption(f"**{formats.plain(measure.words)}:** {formats.plain(measure.definition)}")


class _Drawer:
    """Draws widgets of one tile, each of which notes its change."""

    def __init__(self, dashboard_id: UUID, key: str) -> None:
        self._id, self._key = dashboard_id, key

    def _bound(self, name: str, make: Callable[[Any, Tile], Tile]) -> dict[str, Any]:
        key = f"tile:{self._key}:{name}:{bench(self._id).drawn}"

        def noted() -> None:
            value = st.session_state[key]
            note(self._id, with_tile(self._key, lambda placed: make(value, placed.tile)))

        return {"key": key, "on_change": noted}

    def text(self, label: str, value: str, field: str, *, placeholder: str) -> None:
        bound = self._bound(field, lambda given, of: of.model_copy(update={field: given.strip()}))
        st.text_input(label, value, max_chars=80, placeholder=placeholder, **bound)

    def one(self, label: str, value: Any, options: Mapping[Any, str], make: Callable[[Any, Tile], Tile]) -> None:
        shown = dict(options) if value in options else {**options, value: str(value)}
        index = list(shown).index(value)
        st.selectbox(label, list(shown), index, format_func=shown.__getitem__, **self._bound(label, make))

    def many(
        self, label: str, value: Sequence[str], options: Mapping[str, str], make: Callable[[Any, Tile], Tile]
    ) -> None:
        kept = [name for name in value if name in options]
        st.multiselect(label, list(options), kept, format_func=options.__getitem__, max_selections=MOST_MEASURES,
                       **self._bound(label, make))  # fmt: skip


def _filters(draw: _Drawer, ask: Ask, shared: Sequence[str]) -> None:
    """Filters of the tile's own, which hold whatever the dashboard is filtered by."""
    for each in ask.where:
        _filter(draw, ask, each.dimension, each.values)
    left = {NONE: "None"} | {
        name: catalogue.dimensions()[name].words for name in shared if not ask.values(name) and _few(name)
    }
    added = st.selectbox("Add a filter", list(left), format_func=left.__getitem__, key=f"tile:add_filter:{len(left)}")
    if added:
        _filter(draw, ask, added, ())


def _filter(draw: _Drawer, ask: Ask, name: str, values: Sequence[str]) -> None:
    options = {value: value for value in values} | _values(ask, name)

    def narrowed(chosen: list[str], tile: Tile) -> Tile:
        return tile.model_copy(update={"ask": tile.ask.narrowed(name, *chosen)})

    draw.many(f"Only {catalogue.dimensions()[name].words.lower()}", values, options, narrowed)


def _few(name: str) -> bool:
    """Whether a filter of it can be chosen from a list."""
    return not catalogue.dimensions()[name].many


def _values(ask: Ask, dimension: str) -> dict[str, str]:
    """What occurs of a dimension in the last two years, with its words."""
    asked = Ask.of(ask.measures[0], by=(dimension,), period=Relative.LAST_24_MONTHS, top=200)
    try:
        with unit_of_work(read_only=True) as uow:
            found = answer(uow, asked)
    except DomainError:
        return {}
    return {row.keys[0]: row.labels[0] for row in found.rows if not row.is_other}


def _with_measures(names: list[str], tile: Tile) -> Tile:
    """The tile with other figures; what they cannot be split or filtered by is left out. Without any, as it was."""
    if not names:
        return tile
    shared = catalogue.shared_dimensions(names)
    by = tuple(name for name in tile.ask.by if name in shared)
    where = tuple(each for each in tile.ask.where if each.dimension in shared)
    return _asked(tile, measures=tuple(names), by=by, where=where)


def _asked(tile: Tile, **more: Any) -> Tile:
    ask = tile.ask.changed(**more)
    chart = tile.chart
    if ask.granularity and chart not in (ChartKind.LINE, ChartKind.COLUMNS, ChartKind.TABLE):
        chart = ChartKind.LINE
    if ask.by and not ask.granularity and chart in (ChartKind.FIGURE, ChartKind.LINE, ChartKind.COLUMNS):
        chart = ChartKind.BARS
    months = (tile.months or 12) if ask.granularity in (Granularity.MONTH, Granularity.QUARTER) else None
    return tile.model_copy(update={"ask": ask, "chart": chart, "months": months})


def _shared(ask: Ask) -> tuple[str, ...]:
    known = [name for name in ask.measures if name in catalogue.measures()]
    return catalogue.shared_dimensions(known) if known else ()

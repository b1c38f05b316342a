"""Fields to choose, and the answer as a table, a pivot with heat, or a chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard.parts import address, formats
from dashboard.parts.tiles_words import Written
from models.core.actor import current_actor
from models.core.errors import Refused
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import Granularity
from models.explore import fields
from models.explore.fields import Facet, Pivot
from models.statistics import catalogue
from models.statistics.asks import Ask, Compared, Relative, parsed
from models.statistics.results import Result, Value, as_number
from models.statistics.tiles import ChartKind

PERIODS = {
    Relative.THIS_MONTH: "This month", Relative.LAST_MONTH: "Last month", Relative.LAST_3_MONTHS: "Last 3 months",
    Relative.LAST_6_MONTHS: "Last 6 months", Relative.LAST_12_MONTHS: "Last 12 months",
    Relative.LAST_24_MONTHS: "Last 24 months", Relative.THIS_QUARTER: "This quarter",
    Relative.LAST_QUARTER: "Last quarter", Relative.THIS_YEAR: "This year", Relative.LAST_YEAR: "Last year",
    Relative.LAST_30_DAYS: "Last 30 days", Relative.LAST_90_DAYS: "Last 90 days",
}  # fmt: skip
AGAINST = {"": "Nothing", Compared.PREVIOUS.value: "The period before", Compared.YEAR.value: "A year before",
           Compared.PLAN.value: "Plan"}  # fmt: skip
STEPS = {"": "As a whole", **{each.value: each.value.capitalize() for each in Granularity}}
VIEWS = {"table": "Table", "pivot": "Pivot", "chart": "Chart"}
CHARTS = (ChartKind.BARS, ChartKind.SHARES, ChartKind.LINE, ChartKind.COLUMNS)
TOPS = (5, 10, 20, 50, 100)
HEAT, FAINT = 4, Decimal("0.02")
"""Shades of a pivot, and the part of the largest amount from which one is drawn."""


def ask_from_address() -> tuple[Ask, tuple[str, ...]]:
    """The question of the address, or a usual one; and what was not understood."""
    offered = fields.offered_measures(current_actor())
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    params["measure"] = [name for name in params.get("measure", []) if name in offered] or list(offered)[:1]
    known = catalogue.shared_dimensions(params["measure"])
    params["by"] = [name for name in params.get("by", []) if name in known]
    if not {"period", "from"} & params.keys():
        params["period"] = [Relative.LAST_6_MONTHS.value]
        params.setdefault("by", [])
        if "measure" not in st.query_params and "partner" in known:
            params["by"], params["top"] = ["partner"], ["10"]
    try:
        return Ask.from_address(params, dimensions=known), ()
    except Refused as error:
        usual = parsed({"measures": params["measure"], "period": Relative.LAST_6_MONTHS})
        return usual, tuple(problem.text for problem in error.problems)


def put(ask: Ask) -> None:
    """Write a question into the address, in place of the one that stands there."""
    kept = {name: address.get(name) for name in ("view", "kind") if address.get(name)}
    old = [name for name in st.query_params if name not in kept]
    address.put(**{**dict.fromkeys(old), **kept, **ask.to_address()})


def _changed(ask: Ask, **more: object) -> None:
    put(ask.changed(**more))


def chooser(ask: Ask) -> None:
    """Measures, dimensions, period, steps, comparison, how many."""
    measures = fields.offered_measures(current_actor())
    by = fields.offered_dimensions(ask.measures)
    first, second = st.columns([1, 1])
    with first:
        bound = address.bound("f_measures", list(ask.measures), lambda names: _measures(ask, names))
        st.multiselect("Measures", list(measures), format_func=measures.__getitem__, max_selections=6, **bound)
    with second:
        st.multiselect("By", list(by), format_func=by.__getitem__, placeholder="As one figure", max_selections=3,
                       **address.bound("f_by", list(ask.by), lambda names: _changed(ask, by=tuple(names))))  # fmt: skip
    with st.container(horizontal=True, key="explore_how", vertical_alignment="bottom"):
        period = ask.period if isinstance(ask.period, Relative) else None
        named: dict[Any, str] = dict(PERIODS) if period else {"": "As in the address", **PERIODS}
        _choice("Period", "f_period", named, period or "", lambda value: _changed(ask, period=value or ask.period))
        step = ask.granularity.value if ask.granularity else ""
        _choice("Steps", "f_step", STEPS, step, lambda value: _changed(ask, granularity=value or None))
        against = ask.against[0].value if ask.against else ""
        _choice("Compared with", "f_against", AGAINST, against,
                lambda value: _changed(ask, against=(value,) if value else ()))  # fmt: skip
        tops: dict[Any, str] = {
            0: "All groups",
            **{top: f"{top} largest" for top in sorted({*TOPS, ask.top or TOPS[0]})},
        }
        if ask.by:
            _choice("Groups", "f_top", tops, ask.top or 0, lambda top: _changed(ask, top=top or None))


def _measures(ask: Ask, names: Sequence[str]) -> None:
    """Other measures may have other dimensions: those that do not fit any more are left out."""
    chosen = tuple(names) or ask.measures
    known = catalogue.shared_dimensions(chosen)
    where = tuple(each for each in ask.where if each.dimension in known)
    _changed(ask, measures=chosen, by=tuple(name for name in ask.by if name in known), where=where)


def _choice(label: str, key: str, options: Mapping[Any, str], now: object, write: Callable[[Any], None]) -> None:
    bound = address.bound(key, now, write)
    st.selectbox(label, list(options), format_func=lambda each: options[each], width=168, **bound)


def filters(ask: Ask) -> None:
    """The filters that are on, each removable, and a menu for another."""
    names = fields.offered_dimensions(ask.measures)
    with st.container(horizontal=True, key="chips", gap="xsmall", vertical_alignment="center"):
        for each in ask.where:
            with unit_of_work(read_only=True) as uow:
                labels = catalogue.dimensions()[each.dimension].labels(uow, each.values)
            words = formats.listing([labels.get(value, value) for value in each.values])
            st.button(
                formats.plain(f"{names.get(each.dimension, each.dimension)}: {words}"), icon=":material/close:",
                icon_position="right", key=f"f_chip:{each.dimension}", on_click=put,
                args=(ask.narrowed(each.dimension),),
            )  # fmt: skip
        menu = st.popover("Filter", icon=":material/add:", type="tertiary", key="f_filter", on_change="rerun")
        if menu.open:
            with menu:
                _filter_menu(ask, names)


def _filter_menu(ask: Ask, names: dict[str, str]) -> None:
    dimension = st.selectbox("Dimension", list(names), format_func=names.__getitem__, key="f_dimension")
    with unit_of_work(read_only=True) as uow:
        options = dict(fields.values(uow, ask, dimension))
    chosen = list(ask.values(dimension))
    options |= {value: value for value in chosen if value not in options}
    bound = address.bound(f"f_values:{dimension}", chosen, lambda values: put(ask.narrowed(dimension, *values)))
    st.multiselect(names[dimension], list(options), format_func=options.__getitem__, placeholder="All", **bound)


def suggestions(ask: Ask, found: Sequence[Facet]) -> None:
    """The next dimensions worth a look; one click asks by it."""
    if not found:
        return
    with st.container(horizontal=True, key="explore_facets", gap="small", vertical_alignment="center"):
        st.html('<span class="k mu sm">Splits most by</span>', width="content")
        for facet in found:
            words = f"{facet.largest} has {formats.share(facet.share)} of it, among {formats.count(facet.groups)}"
            st.button(
                formats.plain(facet.words), key=f"f_facet:{facet.dimension}", help=formats.plain(words),
                icon=":material/call_split:", on_click=put,
                args=(ask.changed(by=(*ask.by[:1], facet.dimension) if ask.by else (facet.dimension,)),),
            )  # fmt: skip


def pivot_table(found: Pivot, result: Result) -> None:
    """Rows by columns with totals; the darker a cell, the larger its amount."""
    measure = result.measures[0]
    numbers = [as_number(value) for value in found.cells.values()]
    written = Written.of(measure, found.currency, found.cells.values())
    largest = max((number for number in numbers if number), default=None)

    def cell(value: Value) -> str:
        number = as_number(value)
        part = number / largest if number and largest else Decimal(0)
        shade = f" h{min(HEAT, int(part * HEAT) + 1)}" if part >= FAINT else ""
        return f'<td class="v{shade}">{formats.text(written.text(value))}</td>'

    heads = "".join(
        f"<th class='num'>{formats.text(_head(each.label, each.start, result))}</th>" for each in found.columns
    )
    body = "".join(
        f"<tr><td>{formats.text(row.label)}</td>"
        f'<td class="v sum">{formats.text(written.text(found.row_totals.get(row.key)))}</td>'
        + "".join(cell(found.cells.get((row.key, column.key))) for column in found.columns)
        + "</tr>"
        for row in found.rows
    )
    sums = "".join(
        f'<td class="v">{formats.text(written.text(found.column_totals.get(each.key)))}</td>' for each in found.columns
    )
    total = f'<td class="v">{formats.text(written.text(found.total))}</td>'
    first = formats.text(result.dimensions[0].words)
    st.html(
        f'<div class="k heat" tabindex="0" role="region" aria-label="{formats.text(measure.words)} as a pivot">'
        f'<table><thead><tr><th>{first}</th><th class="num">Total</th>{heads}</tr></thead><tbody>{body}'
        f'<tr class="sum"><td>Total</td>{total}{sums}</tr></tbody></table></div>'
    )
    if found.left_out:
        st.caption(f"{found.left_out:,} more columns are not shown; totals hold them all.")


def unit_words(found: Result) -> str:
    """What the axis of a chart of the first measure is in, and over which period."""
    values = [row.now[0] for row in found.rows]
    written = Written.of(found.measures[0], found.currency, values)
    return " · ".join(filter(None, (found.measures[0].words, written.scale(values).of(written.unit), found.words)))


def _head(label: str, start: object, result: Result) -> str:
    if start is None or not result.ask.granularity:
        return label
    day = result.ask.granularity is Granularity.DAY
    return formats.day(start) if day else formats.month_short(start)  # type: ignore[arg-type]  # the key of a time is a date

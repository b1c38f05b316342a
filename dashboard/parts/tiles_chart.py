"""The picture of an answer: any Result as a line, columns, bars, a map or a table; says what was clicked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.charts import Bar, Line
from dashboard.parts.charts_bars import ranked_bars, shares
from dashboard.parts.charts_columns import stacked_columns
from dashboard.parts.charts_lines import lines, trend
from dashboard.parts.charts_map import country_map, too_small
from dashboard.parts.formats import Scale
from dashboard.parts.tables import Column, Kind, grid
from dashboard.parts.tiles_words import Written
from models.engines.statistics import Granularity, Unit
from models.statistics import catalogue
from models.statistics.results import Result, ResultRow
from models.statistics.tiles import ChartKind

BAR, LEAST = 31, 62
"""Pixels of one bar, and of the lowest chart."""
STACKED = 8
"""Series that can be told apart by colour."""
COMPARED = 2
"""Measures of a table that have their change beside them; of more there would be no room."""
ROWS = 14
"""Rows of a table before it scrolls."""


@dataclass(frozen=True, slots=True)
class Clicked:
    """What was clicked on: a group of a dimension, or the step of a trend that begins on a day."""

    dimension: str = ""
    key: str = ""
    start: date | None = None


def chart(result: Result, kind: ChartKind, *, key: str, alt: str, height: int = 0) -> Clicked | None:
    """Draw an answer; `alt` says in a sentence what it shows. `height` in px, by default what its rows need.

    A kind that does not suit the answer (a line without steps, bars of steps) is drawn as the one that does.
    """
    if result.ask.granularity and kind is not ChartKind.TABLE:
        return _over_time(result, kind, key, alt, height or 230)
    if kind is ChartKind.TABLE or len(result.ask.by) > 1:
        return _table(result, key, alt, height)
    if kind is ChartKind.MAP and result.ask.by == ("country",):
        return _map(result, key, alt, height or 250)
    return _bars(result, kind, key, alt, height)


# ---- groups ----


def _bars(result: Result, kind: ChartKind, key: str, alt: str, height: int) -> Clicked | None:
    written = _written(result)
    stands = _stands(result)
    rows = [row for row in result.rows if not row.is_other and _something(row, stands)]
    scale = written.scale([row.now[0] for row in rows])
    bars = [_bar(row, written) for row in rows]
    # What stands at a day changes little: ticks would say nothing. A quotient of the parts would say less.
    if stands or all(bar.now == bar.before for bar in bars):
        bars = [Bar(bar.name, bar.now, None, bar.key) for bar in bars]
    size = height or max(LEAST, BAR * len(bars) + 12)
    if kind is ChartKind.SHARES and result.measures[0].additive:
        total = written.drawn(result.total.now[0]) or Decimal(0)
        place = shares(bars, total, unit=written.unit, key=key, alt=alt, height=size, scale=_full(scale))
    else:
        before = result.comparisons[0].words if result.comparisons else ""
        place = ranked_bars(
            bars, unit=written.unit, scale=scale, key=key, alt=alt, height=size, before=before or "Before"
        )
    if other := next((row for row in result.rows if row.is_other), None):  # its bar would dwarf all others
        value = written.text(other.now[0])
        st.caption(formats.plain(f"{formats.count(other.count)} others: {value} {written.unit}".rstrip() + "."))
    return _group(result, rows, place)


def _something(row: ResultRow, stands: bool) -> bool:
    """Whether a bar has something to show: now, or before where that is marked."""
    return bool(row.now[0]) or (not stands and any(values[0] for values in row.compared))


def _stands(result: Result) -> bool:
    return catalogue.facts_of(result.measures[0].name).ended is not None


def _bar(row: ResultRow, written: Written) -> Bar:
    before = written.drawn(row.compared[0][0]) if row.compared else None
    return Bar(name_of(row), written.drawn(row.now[0]) or Decimal(0), before, row.keys[0] if row.keys else "")


def name_of(row: ResultRow, place: int = 0) -> str:
    """The words of a row's group; Other says how many it sums up."""
    if not row.labels:
        return "All"
    return f"{row.labels[place]} ({formats.count(row.count)})" if place == 0 and row.is_other else row.labels[place]


def _full(scale: Scale) -> Scale:
    return scale if scale.places is not None else formats.AMOUNTS


def _group(result: Result, rows: Sequence[ResultRow], place: int | None) -> Clicked | None:
    if place is None or place >= len(rows) or not result.ask.by or rows[place].is_other:
        return None
    return Clicked(result.ask.by[0], rows[place].keys[0])


def _map(result: Result, key: str, alt: str, height: int) -> Clicked | None:
    written = _written(result)
    scale = written.scale([row.now[0] for row in result.rows])
    bars = [_bar(row, written) for row in result.rows if not row.is_other]
    found = country_map(bars, unit=written.unit or written.measure.words.lower(), scale=scale, key=key, alt=alt,
                        height=height)  # fmt: skip
    if missing := too_small(bars):
        words = [f"{bar.name} {scale.full(bar.now)}" for bar in missing]
        st.caption(formats.plain(f"Too small for the map: {formats.listing(words, most=6)}."))
    return Clicked("country", found) if found else None


# ---- time ----


def _over_time(result: Result, kind: ChartKind, key: str, alt: str, height: int) -> Clicked | None:
    labels = [_tick(result, step.start, place) for place, step in enumerate(result.steps)]
    series, written = _series(result)
    scale = written.scale(
        [row.now[place] for row in result.rows for place in range(1 if result.ask.by else len(result.measures))]
    )
    if kind is ChartKind.LINE and len(series) == 1:
        place = trend(
            labels, series[0], _before(result, written), unit=written.unit, scale=scale, key=key, alt=alt, height=height
        )
    elif kind is ChartKind.LINE:
        place = lines(labels, series, unit=written.unit, scale=scale, key=key, alt=alt, height=height)
    else:
        place = stacked_columns(
            labels, series, unit=written.unit, scale=scale, key=key, alt=alt, height=height,
            beside=not result.ask.by, choose=True,
        )  # fmt: skip
    if place is None or place >= len(result.steps):
        return None
    return Clicked(start=result.steps[place].start)


def _series(result: Result) -> tuple[list[Line], Written]:
    """One line for each measure, or for each group of the first; where all else is summed up, it comes last."""
    written = _written(result)
    if not result.ask.by:
        rows = result.series()
        return [
            Line(measure.words if len(result.measures) > 1 else _short(result),
                 [written.drawn(row.now[place]) if row else None for row in rows])
            for place, measure in enumerate(result.measures)
        ], written  # fmt: skip
    groups = result.groups()
    shown = groups if len(groups) <= STACKED + 1 else groups[:STACKED]
    found = []
    for keys in shown:
        rows = result.series(*keys)
        named = next(row for row in rows if row is not None)
        values = [written.drawn(row.now[0]) if row else None for row in rows]
        found.append(Line(name_of(named), values, rest=named.is_other))
    if rest := groups[len(shown) :]:
        sums = [sum((written.drawn(row.now[0]) or Decimal(0) for row in each if row), Decimal(0))
                for each in zip(*(result.series(*keys) for keys in rest), strict=True)]  # fmt: skip
        found.append(Line(f"Other ({formats.count(len(rest))})", sums, rest=True))
    return found, written


def _short(result: Result) -> str:
    """What the end of the one line is called."""
    last = next((step.start for step in reversed(result.steps) if step.start), None)
    if last is None:
        return "Now"
    return {Granularity.DAY: f"{last:%B}", Granularity.YEAR: f"{last:%Y}"}.get(
        result.ask.granularity or Granularity.MONTH, f"{last:%b}"
    )


def _before(result: Result, written: Written) -> Line | None:
    """The compared period, from its first step with something in it: before that there were no data at all."""
    if not result.comparisons:
        return None
    rows = result.series()
    values = [written.drawn(row.compared[0][0]) if row and row.compared else None for row in rows]
    begun = next((place for place, value in enumerate(values) if value), None)
    if begun is None or begun > len(values) / 2:  # too little to compare with
        return None
    return Line("Before", [None if place < begun else value for place, value in enumerate(values)])


def _tick(result: Result, start: date | None, place: int) -> str:
    if start is None:
        return str(place + 1)
    match result.ask.granularity:
        case Granularity.DAY:
            return str(start.day) if result.span.months == 1 else f"{start:%b} {start.day}"
        case Granularity.QUARTER:
            return f"Q{(start.month + 2) // 3} {start.year}"
        case Granularity.YEAR:
            return str(start.year)
    return f"{start:%b %Y}"


def _written(result: Result) -> Written:
    return Written.of(result.measures[0], result.currency, [row.now[0] for row in result.rows])


# ---- tables ----


def _table(result: Result, key: str, alt: str, height: int) -> Clicked | None:
    columns, cells = table(result)
    place = grid(cells, columns, key=key, alt=alt, height=height or 36 + 32 * min(len(cells), ROWS))
    return _group(result, result.rows, place)


def table(result: Result) -> tuple[list[Column], list[dict[str, object]]]:
    """The columns and cells of an answer: groups, step, then each measure with its change."""
    columns = [Column(f"d{place}", each.words) for place, each in enumerate(result.dimensions)]
    if result.ask.granularity:
        columns.append(Column("step", result.ask.granularity.value.capitalize(), width=100))
    written = [Written.of(each, result.currency, [row.now[place] for row in result.rows])
               for place, each in enumerate(result.measures)]  # fmt: skip
    for place, each in enumerate(written):
        kind: Kind = "count" if each.measure.unit is Unit.COUNT else "exact"
        columns.append(Column(f"m{place}", each.label(), kind, 124, each.measure.definition))
        if result.comparisons and len(written) <= COMPARED:
            columns.append(Column(f"c{place}", f"Against {result.comparisons[0].words}", "exact", 150))
    return columns, [_cells(result, row, written, at) for at, row in enumerate(result.rows)]


def _cells(result: Result, row: ResultRow, written: Sequence[Written], at: int) -> dict[str, object]:
    found: dict[str, object] = {f"d{place}": name_of(row, place) for place in range(len(row.labels))}
    if result.ask.granularity:
        found["step"] = _tick(result, row.start, at)
    for place, each in enumerate(written):
        value = row.now[place]
        found[f"m{place}"] = value if each.measure.unit is Unit.COUNT else each.text(value)
        found[f"c{place}"] = each.change(row, place) or formats.NOTHING
    return found

"""An answer to a statement: in a sentence, as a table of exact values, as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboard.parts import address, charts, formats
from dashboard.parts.charts_bars import ranked_bars
from dashboard.parts.charts_lines import trend
from dashboard.parts.empty import state
from dashboard.parts.head import answer, section
from models.explore.asking import Answered, Column

MOST_BARS = 20
MOST_POINTS = 400
KINDS = {"bars": "Bars", "line": "Line"}


def sentence(found: Answered) -> None:
    """How much there is, what was read, how fresh it is."""
    rows = formats.plural(found.rows.num_rows, "row")
    more = f"The first <b>{rows}</b> are shown; export holds them all" if found.more else f"<b>{rows}</b>"
    read = [f"{formats.plural(each.rows, 'row')} of {formats.text(each.name)}" for each in found.read]
    ages = [each.as_of for each in found.read if each.as_of]
    fresh = f" · data as of {formats.text(formats.instant(min(ages)))}" if ages else ""
    beside = f"Read {', '.join(read)}{fresh}" if read else "No table was read"
    answer(f"{more} in {Decimal(found.milliseconds) / 1000:.1f} s.", beside=beside)


def table(found: Answered) -> None:
    """The rows: numbers with every digit, right-aligned."""
    if not found.rows.num_rows:
        state("empty", "No row answers this", "Widen what WHERE keeps, or look at the values of its columns.")
        return
    exact_grid(found.columns, found.rows, key="explore_table")


def exact_grid(columns: Sequence[Column], rows: pa.Table, *, key: str) -> None:
    """Rows as they are: numbers with every digit, right-aligned; nothing to be chosen."""
    shown = {
        column.name: [_cell(column, value) for value in rows.column(place).to_pylist()]
        for place, column in enumerate(columns)
    }
    st.dataframe(
        pd.DataFrame(shown, dtype=object), hide_index=True, row_height=32, key=key, placeholder="--",
        alt=f"{rows.num_rows} rows of {', '.join(shown)}", column_config={
            column.name: _config(column) for column in columns
        },
    )  # fmt: skip


def _cell(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind == "number":
        return formats.exact(value) if isinstance(value, Decimal) else formats.count(value)
    if column.kind == "float":
        return f"{value:,.6g}".replace("-", "−")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _config(column: Column) -> Any:
    right = column.kind in ("number", "float")
    help_ = "A floating-point number, not exact" if column.kind == "float" else None
    return st.column_config.TextColumn(column.name, alignment="right" if right else "left", help=help_)


# ---- chart ----


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What a chart shows: a value for each label."""

    kind: str
    label: str
    value: str
    labels: tuple[str, ...]
    values: tuple[Decimal, ...]


def chart(found: Answered) -> None:
    """One number by one other column, as bars or as a line; which, stands in the address."""
    numbers = [each.name for each in found.columns if each.kind in ("number", "float")]
    others = [each.name for each in found.columns if each.name not in numbers] or numbers[:1]
    if not numbers or not found.rows.num_rows:
        state("empty", "Nothing to draw", "A chart needs a column of numbers and one to name them by.")
        return
    drawn = _drawn(found, numbers, others)
    with st.container(horizontal=True, key="explore_chart_bar", vertical_alignment="bottom"):
        _choice("Chart", "chart", list(KINDS), drawn.kind, KINDS)
        _choice("Of", "y", numbers, drawn.value)
        _choice("By", "x", others, drawn.label)
    if not drawn.values:
        state("empty", "Nothing to draw", f"No row has a number in {drawn.value}.")
        return
    largest = max(range(len(drawn.values)), key=drawn.values.__getitem__)
    words = f"{drawn.value} is largest for {drawn.labels[largest]}: {formats.exact(drawn.values[largest])}"
    left_out = len(drawn.values) - _most(drawn.kind)
    scale = formats.scale_for(drawn.values)
    unit = f", in {scale.word}" if scale.word else ""
    rest = f", {left_out:,} rows left out" if left_out > 0 else ""
    section(words, note=f"{drawn.value} by {drawn.label}{unit}{rest}")
    if drawn.kind == "line":
        line = charts.Line(drawn.value, drawn.values[:MOST_POINTS])
        trend(drawn.labels[:MOST_POINTS], line, None, unit="", scale=scale, key="explore_line", alt=words, height=260)
    else:
        shown = zip(drawn.labels[:MOST_BARS], drawn.values[:MOST_BARS], strict=True)
        bars = [charts.Bar(label, value) for label, value in shown]
        ranked_bars(bars, unit="", scale=scale, key="explore_bars", alt=words, height=60 + 24 * len(bars))


def _most(kind: str) -> int:
    return MOST_POINTS if kind == "line" else MOST_BARS


def _drawn(found: Answered, numbers: Sequence[str], others: Sequence[str]) -> _Drawn:
    value = address.get("y") if address.get("y") in numbers else numbers[-1]
    label = address.get("x") if address.get("x") in others else others[0]
    kinds = {each.name: each.kind for each in found.columns}
    usual = "line" if kinds[label] in ("date", "time") else "bars"
    kind = address.get("chart") if address.get("chart") in KINDS else usual
    names = [each.name for each in found.columns]
    by, of = found.rows.column(names.index(label)).to_pylist(), found.rows.column(names.index(value)).to_pylist()
    pairs = [(_label(name), _decimal(number)) for name, number in zip(by, of, strict=True) if number is not None]
    if kinds[label] in ("date", "time"):
        pairs.sort()
    return _Drawn(kind, label, value, tuple(name for name, _ in pairs), tuple(number for _, number in pairs))


def _decimal(value: Any) -> Decimal:
    found = Decimal(str(value))
    return found if found.is_finite() else Decimal(0)


def _label(value: Any) -> str:
    return "--" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _choice(label: str, param: str, options: Sequence[str], chosen: str, words: dict[str, str] | None = None) -> None:
    bound = address.bound(f"explore_{param}", chosen, lambda value: address.put(**{param: value}))
    st.selectbox(label, options, format_func=(lambda each: words[each]) if words else str, width=180, **bound)

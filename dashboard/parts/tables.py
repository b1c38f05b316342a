"""The data grid in house formats: right-aligned amounts, a text alternative, and one row that leads on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pandas as pd
import streamlit as st

Kind = Literal["text", "amount", "change", "percent", "share", "spark", "count", "time", "exact"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field of the row, its header (with unit), its kind and width in px."""

    field: str
    header: str
    kind: Kind = "text"
    width: int | None = None
    help: str = ""


def full_height(lines: int) -> int:
    """The height in px at which a grid of so many lines does not scroll by itself."""
    return (lines + 1) * 32 + 4


def grid(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, key: str, alt: str, height: int | None = None
) -> int | None:
    """Draw the rows; returns the index of the row that is chosen. `alt` says in a sentence what the table holds.

    Amounts are drawn from floating point with two decimals; the exact ones stand in the export.
    """
    chosen = _draw(rows, columns, key=key, alt=alt, height=height, mode="single-row")
    return chosen[0] if chosen else None


def grid_of_many(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], *, key: str, alt: str, height: int | None = None
) -> list[int]:
    """Draw the rows with a box before each; returns the indices of those that are ticked."""
    return _draw(rows, columns, key=key, alt=alt, height=height, mode="multi-row")


def _draw(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    *,
    key: str,
    alt: str,
    height: int | None,
    mode: Literal["single-row", "multi-row"],
) -> list[int]:
    frame = pd.DataFrame(
        {column.field: [_cell(row.get(column.field), column.kind) for row in rows] for column in columns}
    )
    event = st.dataframe(
        frame,
        key=key,
        alt=alt,
        hide_index=True,
        row_height=32,
        height=height or "auto",
        on_select="rerun",
        selection_mode=mode,
        column_config={column.field: _config(column) for column in columns},
        placeholder="--",
    )
    return [int(place) for place in event.selection.rows if place < len(rows)]


def _cell(value: Any, kind: Kind) -> Any:
    if kind in ("percent", "share") and value is not None:
        return float(value) * 100
    if kind == "spark":
        return [float(point) for point in value or ()]
    return float(value) if isinstance(value, Decimal) else value


def _config(column: Column) -> Any:
    common: dict[str, Any] = {"label": column.header, "width": column.width, "help": column.help or None}
    match column.kind:
        case "amount":
            return st.column_config.NumberColumn(**common, format="%,.2f")
        case "change":
            return st.column_config.NumberColumn(**common, format="%+,.2f")
        case "percent":
            return st.column_config.NumberColumn(**common, format="%+.1f")
        case "share":
            return st.column_config.ProgressColumn(**common, format="%.1f %%", min_value=0, max_value=100)
        case "exact":
            return st.column_config.TextColumn(**common, alignment="right")
        case "spark":
            return st.column_config.LineChartColumn(**common, color="gray")
        case "count":
            return st.column_config.NumberColumn(**common, format="%,d")
        case "time":
            return st.column_config.DatetimeColumn(**common, format="MMM D, YYYY HH:mm")
    return st.column_config.TextColumn(**common)

"""The strip of at most four figures below the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard.parts import formats

MOST = 4
Meaning = Literal["more_is_good", "more_is_bad", "neutral"]
_COLORS: dict[Meaning, Literal["normal", "inverse", "off"]] = {
    "more_is_good": "normal",
    "more_is_bad": "inverse",
    "neutral": "off",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it is (with its unit), the exact value, its change and its definition."""

    label: str
    value: str
    change: str = ""
    definition: str = ""
    meaning: Meaning = "more_is_good"
    spark: Sequence[float] = ()


def figures(items: Sequence[Figure], *, key: str = "figs", bordered: bool = False) -> None:
    """Draw the strip; the definition opens on hover.

    Raises:
        ValueError: more than four, which nobody reads.
    """
    if len(items) > MOST:
        raise ValueError(f"{len(items)} figures on one page; show {MOST} at most")
    with st.container(key=key):
        for column, item in zip(st.columns(len(items)), items, strict=True):
            _metric(column, item, bordered)


def _metric(column: st.delta_generator.DeltaGenerator, item: Figure, bordered: bool) -> None:
    change = formats.ascii_minus(item.change)
    moves = change[:1] in ("+", "-")
    column.metric(
        item.label,
        item.value,
        (change[1:] if change.startswith("+") else change) or None,
        delta_color=_COLORS[item.meaning] if moves else "off",
        delta_arrow="auto" if moves else "off",
        help=item.definition or None,
        border=bordered,
        chart_data=list(item.spark) or None,
        chart_type="area",
    )

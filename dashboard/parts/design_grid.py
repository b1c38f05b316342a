"""Rows that are typed in a grid and kept as they are typed.

The grid stays as it is while only its own changes come back, so that nobody loses the cell they are in; when the draft
says otherwise (an undo, a colleague, a refusal), it begins anew with what the draft says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

Rows = list[list[str]]
ROW = "#"
NUMBER = st.column_config.TextColumn("Row", width=56, pinned=True, disabled=True, default="new")
"""A column of its own: the index of a row that was just added would be drawn as "None"."""


@dataclass(slots=True)
class _Shown:
    """What the grid began with, which grid it is by now, what was last typed, and what the draft should say then."""

    keys: tuple[str, ...]
    began: Rows
    number: int
    typed: Rows
    wanted: Rows


def grid(
    key: str, rows: Rows, columns: Mapping[str, Any], *, label: str, tidy: Callable[[Sequence[Sequence[Any]]], Rows],
    put: Callable[[Rows], bool], height: int,
) -> None:  # fmt: skip
    """Draw it; `put` is given the rows when they are others than the draft's, as `tidy` says they are kept, and says
    whether that could be. What could not stays as it was typed."""
    place, keys = f"design:grid:{key}", tuple(columns)
    shown = st.session_state.get(place)
    if not isinstance(shown, _Shown) or shown.keys != keys or rows != shown.wanted:
        number = shown.number + 1 if isinstance(shown, _Shown) else 0
        shown = st.session_state[place] = _Shown(keys, rows, number, rows, rows)
    numbered = [[str(number), *row] for number, row in enumerate(shown.began, 1)]
    frame = pd.DataFrame(numbered, columns=[ROW, *keys], dtype="object")
    st.html(f'<p class="k sr">{label}</p>')
    edited = st.data_editor(
        frame, key=f"{place}:{shown.number}", num_rows="dynamic", width="stretch", height=height, hide_index=True,
        column_config={ROW: NUMBER, **columns}, placeholder="",
    )  # fmt: skip
    typed = tidy([["" if pd.isna(cell) else cell for cell in row[1:]] for row in edited.to_numpy().tolist()])
    if typed != shown.typed:
        shown.typed = typed
        shown.wanted = typed if put(typed) else rows
        st.rerun()

"""A short list of records with what stands around it; longer ones stand on `list_page`.

A grid on a screen, a list on a phone. The place in the list is forgotten when what is listed changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.parts import address
from dashboard.parts.rows import Row, rows
from dashboard.parts.tables import Column, grid

PLACE = ("after", "before")
SIZE = 20
"""Records on one page of a list: as many as one scrolls past in a moment."""


def search_box(placeholder: str, *, key: str) -> str:
    """What is searched for; the address keeps it."""
    text = address.get("q")
    bound = address.bound(f"search:{key}", text, lambda value: address.put(q=value.strip()))
    st.text_input("Search", placeholder=placeholder, label_visibility="collapsed", icon=":material/search:", **bound)
    return text


def keep_place(key: str, *what: object) -> None:
    """Begin at the first page again when another filter, search or order is asked for."""
    asked = repr(what)
    if st.session_state.get(f"listed:{key}", asked) != asked:
        address.clear(PLACE)
    st.session_state[f"listed:{key}"] = asked


def full_height(lines: int) -> int:
    """The height in px at which a grid of so many lines does not scroll by itself."""
    return (lines + 1) * 32 + 4


def listed(
    cells: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    narrow: Sequence[Row],
    *,
    key: str,
    alt: str,
    label: str,
) -> str | None:
    """Draw the records, as a grid or as rows; the key of the one that was opened. Rows carry the keys, in order."""
    with st.container(key=f"wide_{key}"):
        chosen = grid(cells, columns, key=key, alt=alt, height=full_height(len(cells)))
    with st.container(key=f"narrow_{key}"):
        opened = rows(narrow, key=f"{key}_narrow", label=label)
    return narrow[chosen].id if chosen is not None else opened


def key_from_address(name: str = "id") -> UUID | None:
    """The record that the address names; None when it names none or something else."""
    try:
        return UUID(address.get(name))
    except ValueError:
        return None

"""The tables that one can ask, with the words of their columns."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.empty import state
from models.explore.sources import Source


def schema_browser(tables: Sequence[Source]) -> None:
    """Every table, its columns on demand; what is searched for is looked for in names and words."""
    wanted = st.text_input(
        "Search tables and columns", placeholder="Search tables and columns", label_visibility="collapsed",
        icon=":material/search:", key="explore_schema_search",
    ).strip().casefold()  # fmt: skip
    found = [table for table in tables if not wanted or wanted in _all_words(table)]
    if not found:
        state("empty", "No such table or column", "Search for part of a name, such as partner.")
    for table in found:
        with st.expander(f"{table.name} — {formats.plain(table.words)}", expanded=bool(wanted) and len(found) < 4):
            rows = "".join(
                f"<code>{formats.text(each.name)}</code><span>{each.kind}</span>"
                f'<span class="w">{formats.text(_plain(each.words))}</span>'
                for each in table.columns
            )
            note = f'<p class="mu sm">{formats.text(table.note)}</p>' if table.note else ""
            st.html(f'<div class="k">{note}</div><div class="k cols">{rows}</div>')


def _plain(words: str) -> str:
    return words[:1].upper() + words[1:]


def _all_words(table: Source) -> str:
    parts = [table.name, table.words, *(f"{each.name} {each.words}" for each in table.columns)]
    return " ".join(parts).casefold()

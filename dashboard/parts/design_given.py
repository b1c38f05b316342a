"""What the action of a node is given, one field for each thing that it needs, in the action's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.parts.design_work import note
from models.design.conditions import facts_of
from models.design.properties import given_of, set_given
from models.engines.definitions.loading import Content
from models.engines.definitions.registry import Deed, Need

Raw = Mapping[str, Any]


def given(content: Content, name: str, node: Raw, deed: Deed, *, place: str) -> None:
    """Draw the fields of an action; `place` begins the keys of widgets and carries the draft's step."""
    for need in deed.needs or ():
        key = f"{place}:given:{need.name}"
        value, options = given_of(content, node, need), _options(content, need)

        def changed(need: Need = need, key: str = key) -> None:
            typed = st.session_state[key]
            note(set_given(content, name, node, need, typed.strip() if isinstance(typed, str) else typed))

        about: dict[str, Any] = {"key": key, "on_change": changed, "help": need.help or None}
        if options is None:
            st.text_input(need.label, value="" if value is None else str(value), **about)
            continue
        offered = [*options, *([value] if value and value not in options else [])]
        st.selectbox(
            need.label, offered, index=offered.index(value) if value else None, placeholder="Not set",
            format_func=lambda each, words=options: words.get(each, str(each)), **about,
        )  # fmt: skip


def given_words(content: Content, node: Raw, deed: Deed) -> dict[str, str]:
    """What is given, in the action's words: `Amount: Amount to be issued`."""
    said = {}
    for need in deed.needs or ():
        if (value := given_of(content, node, need)) not in (None, ""):
            said[need.label] = (_options(content, need) or {}).get(value, str(value))
    return said


def _options(content: Content, need: Need) -> Mapping[str, str] | None:
    """What one chooses among, with its words; None: it is typed."""
    if need.fact is not None:
        return {each.name: each.label for each in facts_of(content).values() if each.kind == need.fact}
    return need.choices or None

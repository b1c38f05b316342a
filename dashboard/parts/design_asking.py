"""What reviewers fill in with a decision: the fields there are, and one more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_work import attempt_all
from models.design import asking
from models.design.asking import KINDS
from models.engines.definitions.loading import Content


def fields(content: Content, node: str, decisions: Mapping[str, Any], key: str, *, place: str) -> None:
    """Draw them; `place` begins the keys of widgets and carries the draft's step."""
    st.html('<p class="k sm"><b>What they fill in with it</b></p>')
    for field in asking.asked(decisions[key]):
        name, kind = str(field.get("name", "")), KINDS.get(str(field.get("type", "text")), str(field.get("type")))
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            needed = ", required" if field.get("required") else ""
            label = formats.text(str(field.get("label", name)))
            st.html(f'<div class="k sm">{label} <span class="mu">{formats.text(kind)}{needed}</span></div>')
            st.button(
                "Remove", icon=":material/close:", type="tertiary", key=f"{place}:asked-:{name}", on_click=attempt_all,
                args=(partial(asking.without_asked, content, node, decisions, key, name),),
            )  # fmt: skip
    with st.popover("Add a field", icon=":material/add:", type="tertiary", key=f"{place}:asked+"):
        label, kind, options, needed = (f"{place}:asked:{part}" for part in ("label", "kind", "options", "needed"))

        def add() -> None:
            typed = st.session_state
            choices = [each.strip() for each in typed.get(options, "").split(",") if each.strip()]
            attempt_all(partial(
                asking.with_asked, content, node, decisions, key, label=typed[label], kind=typed[kind],
                required=bool(typed[needed]), options=choices,
            ))  # fmt: skip

        st.text_input("What the reviewer fills in", key=label, placeholder="Cost centre")
        chosen = st.selectbox("As", list(KINDS), format_func=KINDS.__getitem__, key=kind)
        if chosen == "choice":
            st.text_input("Choices", key=options, help="By comma.")
        st.toggle("Required", key=needed)
        st.button("Add the field", key=f"{place}:asked:do", on_click=add)

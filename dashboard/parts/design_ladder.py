"""Whom somebody tells when it is late: by role, how long after the due time; one rung a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from models.design.properties import parameter_of

USUAL = "1 working day"
Put = Callable[[dict[str, Any] | None], None]


def ladder(
    key: str, label: str, value: Mapping[str, Any], roles: Mapping[str, str], parameters: Mapping[str, Any], put: Put
) -> None:
    """Draw it; `put` is given the whole ladder, None when nobody is told. `key` names the place and the step."""
    for place, (role, raw) in enumerate(value.items()):
        _rung(f"{key}:{place}", f"{label}: tell", (role, raw), value, roles, parameters, put)
    others = [role for role in roles if role not in value]
    if others:
        more = f"{key}:+"
        st.selectbox(
            f"{label}: also tell" if value else f"{label}: tell", others, index=None, format_func=roles.__getitem__,
            placeholder="Somebody else" if value else "Nobody", key=more,
            on_change=lambda: put({**value, st.session_state[more]: USUAL}) if st.session_state[more] else None,
        )  # fmt: skip


def _rung(
    key: str, label: str, rung: tuple[str, Any], value: Mapping[str, Any], roles: Mapping[str, str],
    parameters: Mapping[str, Any], put: Put,
) -> None:  # fmt: skip
    role, raw = rung
    who, after = f"{key}:who", f"{key}:after"
    shown = str(parameters.get(parameter_of(raw) or "", raw))

    def changed() -> None:
        chosen, words = st.session_state[who], st.session_state[after].strip()
        kept = raw if words == shown else words or USUAL
        made = [(chosen, kept) if each == role else (each, own) for each, own in value.items()]
        put({each: own for each, own in made if each} or None)

    options = [each for each in roles if each == role or each not in value]
    options += [role] if role not in roles else []
    st.selectbox(label, options, index=options.index(role), key=who, on_change=changed, placeholder="Nobody",
                 format_func=lambda each: roles.get(each, each))  # fmt: skip
    st.text_input("After", value=shown, key=after, on_change=changed, help="For example 1 working day.")
    st.button("Tell them no longer", icon=":material/close:", type="tertiary", key=f"{key}:-", on_click=put,
              args=({each: own for each, own in value.items() if each != role} or None,))  # fmt: skip

"""A condition chosen field by field; whoever wants more writes it as a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_work import attempt
from models.design.conditions import (
    JOINED,
    SIGNS,
    Chosen,
    Fact,
    beginning,
    comparable,
    in_words,
    read,
    written,
)
from models.design.edits import Edit
from models.engines.workflow.lint_decisions import Compared

Put = Callable[[str], Edit]
HELP = "For example amount > usd(50000) && tier == 'Advanced'. Fields are called as Forms says."


def condition(key: str, value: str, facts: Mapping[str, Fact], put: Put, *, revision: int) -> None:
    """Choose a condition. `put` makes the change of what was chosen; `key` names the place, `revision` the draft."""
    usable, chosen = comparable(facts), read(value, facts)
    formula, widget = f"design:formula:{key}", f"{revision}:{key}"
    if not value.strip() and usable and not st.session_state.get(formula):
        _first(widget, usable, put)
        st.toggle("As a formula", key=formula)
        return
    if chosen is None or not usable or st.session_state.get(formula):
        typed = f"design:cel:{widget}"
        st.text_area("Condition", value=value, key=typed, help=HELP, height=68, label_visibility="collapsed",
                     placeholder="amount > usd(50000)",
                     on_change=lambda: attempt(lambda: put(st.session_state[typed].strip())))  # fmt: skip
        if usable and chosen is not None:
            st.toggle("As a formula", key=formula)
    else:
        _chosen(widget, formula, chosen, usable, put)


def _first(widget: str, facts: Mapping[str, Fact], put: Put) -> None:
    """Where nothing was chosen yet."""
    field = f"design:first:{widget}"

    def begin() -> None:
        if fact := facts.get(st.session_state[field] or ""):
            attempt(lambda: put(written(Chosen((beginning(fact),)), facts)))

    st.selectbox("Field", list(facts), index=None, format_func=lambda each: facts[each].label, key=field, width=360,
                 placeholder="Choose a field", label_visibility="collapsed", on_change=begin)  # fmt: skip


def _chosen(widget: str, formula: str, chosen: Chosen, facts: Mapping[str, Fact], put: Put) -> None:
    def put_parts(parts: tuple[Compared, ...]) -> None:
        attempt(lambda: put(written(replace(chosen, parts=parts), facts)))

    for place in range(len(chosen.parts)):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
            _part(f"{widget}:{place}", place, chosen, facts, put_parts)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        more = (*chosen.parts, beginning(next(iter(facts.values()))))
        st.button("And also" if chosen.joined == "all" else "Or also", icon=":material/add:", type="tertiary",
                  key=f"design:cond+:{widget}", on_click=put_parts, args=(more,))  # fmt: skip
        if len(chosen.parts) > 1:
            joined = f"design:joined:{widget}"
            st.segmented_control(
                "How they go together", list(JOINED), default=chosen.joined, format_func=JOINED.__getitem__, key=joined,
                label_visibility="collapsed", required=True,
                on_change=lambda: attempt(
                    lambda: put(written(replace(chosen, joined=st.session_state[joined]), facts))),
            )  # fmt: skip
        st.toggle("As a formula", key=formula)


def _part(
    key: str, place: int, chosen: Chosen, facts: Mapping[str, Fact], put_parts: Callable[[tuple[Compared, ...]], None]
) -> None:
    part = chosen.parts[place]
    fact = facts[part.fact]

    def put_one(made: Compared | None) -> None:
        made_parts = [made if at == place else each for at, each in enumerate(chosen.parts)]
        put_parts(tuple(each for each in made_parts if each is not None))

    names = list(facts)
    field, sign = f"design:fact:{key}", f"design:sign:{key}"
    st.selectbox("Field", names, index=names.index(part.fact), format_func=lambda each: facts[each].label, key=field,
                 label_visibility="collapsed",
                 on_change=lambda: put_one(beginning(facts[st.session_state[field]])))  # fmt: skip
    signs = SIGNS[fact.kind]
    st.selectbox("How it compares", list(signs), index=list(signs).index(part.sign), format_func=signs.__getitem__,
                 key=sign, label_visibility="collapsed",
                 on_change=lambda: put_one(replace(part, sign=st.session_state[sign])))  # fmt: skip
    _value(key, part, fact, put_one)
    if len(chosen.parts) > 1:
        st.button("Remove", icon=":material/close:", type="tertiary", key=f"design:cond-:{key}", on_click=put_one,
                  args=(None,))  # fmt: skip


def _value(key: str, part: Compared, fact: Fact, put_one: Callable[[Compared | None], None]) -> None:
    widget = f"design:value:{key}"
    given: dict[str, Any] = {
        "key": widget, "label_visibility": "collapsed",
        "on_change": lambda: put_one(replace(part, value=str(st.session_state[widget] or ""))),
    }  # fmt: skip
    if fact.kind == "date":
        st.date_input(f"Value of {fact.label}", value=_day(part.value), **given)
    elif fact.kind == "text" and fact.options:
        options = [*fact.options, *(each for each in [part.value] if each not in fact.options)]
        st.selectbox(f"Value of {fact.label}", options, index=options.index(part.value), **given)
    elif fact.kind != "yes_no":
        st.text_input(f"Value of {fact.label}", value=part.value, **given)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def said(value: str, facts: Mapping[str, Fact]) -> str:
    """A condition in words, as safe HTML."""
    return formats.text(in_words(value, facts))

"""Clocks of a type: promised times over several steps, what starts, pauses and ends them, and who is told when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.design_ladder import ladder
from dashboard.parts.design_work import attempt, note
from dashboard.parts.head import section
from dashboard.parts.outcome import show_here
from dashboard.parts.records import country as country_name
from models.core.countries import country_codes
from models.core.errors import Problem
from models.design import clocks
from models.design.choices import choices
from models.design.clocks import EFFECTS, clocks_of, label_of_clock
from models.design.editing import flow
from models.design.edits import ChangeType
from models.design.properties import parameter_of
from models.engines.definitions.loading import Content
from models.engines.definitions.schema import ApplicationType

Raw = Mapping[str, Any]


def clocks_view(
    content: Content, made: ApplicationType | None, problems: Sequence[Problem], *, editable: bool, revision: int
) -> None:
    """The promise as a whole, then each clock."""
    section("Clocks", aside="what counts over several steps; the time of a single step is set on the step itself")
    if editable:
        _promised(content, revision)
    elif promised := flow(content).get("promised"):
        st.html(f'<p class="k">Promised in all: <b>{formats.text(_shown(content, promised))}</b></p>')
    known = clocks.signals(content, made)
    if not clocks_of(content):
        st.html('<p class="k mu">No clock yet: each step has its own due time.</p>')
    for key, clock in clocks_of(content).items():
        label = label_of_clock(key, clock)
        own = [each for each in problems if _is_of(each, key, label)]
        with st.container(border=True, key=f"design_clock_{key}"):
            st.html(f'<div class="k dp"><b>{formats.text(label)}</b></div>')
            for problem in own:
                show_here(problem.text)
            if editable:
                _clock(content, key, clock, known, revision)
            else:
                pairs = clocks.clock_words(clock, known)
                said = "".join(f"<dt>{formats.text(what)}</dt><dd>{formats.text(words)}</dd>" for what, words in pairs)
                st.html(f'<dl class="k dp">{said}</dl>')
    if editable:
        _new(content, revision)


def _is_of(problem: Problem, key: str, label: str) -> bool:
    return problem.text.startswith(f"{label}:") or (problem.field or "").startswith(f"workflow.clocks.{key}")


def _shown(content: Content, raw: Any) -> str:
    return str(content["type"].get("parameters", {}).get(parameter_of(raw) or "", raw))


def _promised(content: Content, revision: int) -> None:
    raw, widget = flow(content).get("promised"), f"design:{revision}:promised"

    def changed() -> None:
        value = st.session_state[widget].strip() or None
        if value != (_shown(content, raw) if raw else None):
            note(
                ChangeType(
                    ("workflow", "promised"), value, f"Promised in all: {value or 'nothing'}", raw, looked_at=True
                )
            )

    st.text_input(
        "Promised in all", value=_shown(content, raw) if raw else "", key=widget, on_change=changed, width=360,
        placeholder="10 working days", help="What partners are told that your steps take together, from one sending to "
        "the next step of theirs. When the steps may take longer, it is named as a problem.",
    )  # fmt: skip


def _clock(content: Content, key: str, clock: Raw, known: Mapping[str, str], revision: int) -> None:
    def put(**values: Any) -> None:
        attempt(partial(clocks.with_values, content, key, **values))

    place = f"design:{revision}:clock:{key}"
    left, middle, right = st.columns(3, gap="medium")
    with left:
        _text(content, place, "label", "Name", clock, put)
    with middle:
        _text(
            content, place, "due", "Promised time", clock, put, help_="How long it may run: 10 working days, 48 hours."
        )
    with right:
        _country(place, clock, put)
    for line in (("start", "stop", "cancel"), ("pause", "resume", "reset")):
        for column, what in zip(st.columns(3, gap="medium"), line, strict=True):
            with column:
                _signals(place, what, clock, known, put)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        _remind(content, place, clock, put)
    with right:
        ladder(f"{place}:late", "When it is late", clock.get("escalate") or {}, choices(content, "roles"),
               content["type"].get("parameters", {}), lambda made: put(escalate=made))  # fmt: skip
    st.button("Remove this clock", icon=":material/delete:", type="tertiary", key=f"{place}:-", on_click=attempt,
              args=(partial(clocks.without_clock, content, key),))  # fmt: skip


def _text(content: Content, place: str, what: str, label: str, clock: Raw, put: Any, *, help_: str = "") -> None:
    widget, shown = f"{place}:{what}", _shown(content, clock.get(what, ""))

    def changed() -> None:
        if st.session_state[widget].strip() != shown:
            put(**{what: st.session_state[widget].strip()})

    st.text_input(label, value=shown, key=widget, help=help_ or None, on_change=changed)


def _country(place: str, clock: Raw, put: Any) -> None:
    value, widget, codes = (
        str(clock.get("country") or ""),
        f"{place}:country",
        sorted(country_codes(), key=country_name),
    )
    options = ["", *codes, *(each for each in [value] if each and each not in codes)]
    st.selectbox(
        "Whose working days", options, index=options.index(value), key=widget,
        format_func=lambda each: country_name(each) if each else "As for the whole type",
        on_change=lambda: put(country=st.session_state[widget]),
    )  # fmt: skip


def _signals(place: str, what: str, clock: Raw, known: Mapping[str, str], put: Any) -> None:
    chosen, widget = [str(each) for each in clock.get(what) or ()], f"{place}:{what}"
    options = [*known, *(each for each in chosen if each not in known)]
    st.multiselect(
        EFFECTS[what], options, default=chosen, key=widget, placeholder="Never",
        format_func=lambda each: known.get(each, each), on_change=lambda: put(**{what: st.session_state[widget]}),
    )  # fmt: skip


def _remind(content: Content, place: str, clock: Raw, put: Any) -> None:
    raw, widget = clock.get("remind") or (), f"{place}:remind"
    value = content["type"].get("parameters", {}).get(parameter_of(raw) or "", raw)
    shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

    def changed() -> None:
        terms = [part.strip() for part in st.session_state[widget].split(",") if part.strip()]
        if st.session_state[widget].strip() != shown:
            put(remind=terms)

    st.text_input("Remind before", value=shown, key=widget, on_change=changed, placeholder="1 working day",
                  help="Several by comma: 3 working days, 1 working day.")  # fmt: skip


def _new(content: Content, revision: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        widget = f"design:clock_label:{revision}"
        st.text_input("New clock", key=widget, placeholder="Time to decide", width=360)
        st.button("Add the clock", icon=":material/add:", key="design:clock_add",
                  on_click=lambda: attempt(lambda: clocks.with_clock(content, st.session_state[widget])))  # fmt: skip

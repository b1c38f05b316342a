"""A page with nothing but the canvas and a list of what came back; run by `canvas_server`."""

import json
from dataclasses import asdict

import streamlit as st

from dashboard.designer.canvas import Moved, Redo, Selected, Undo, canvas, taken
from dashboard.parts import shell
from tests.support.canvas_drawing import PALETTE, applied, claim, many, three

st.set_page_config(layout="wide")
shell.style("kontor.css")

state, query = st.session_state, st.query_params
count = int(query.get("boxes", "3"))


def begin(mode: str) -> None:
    """Forget everything; the canvas gets a key of its own, as one of another workflow has."""
    state.mode, state.key = mode, f"canvas{state.get('revision', 0)}"
    state.drawing = {3: three, 10: claim}.get(count, lambda: many(count, placed="placed" in query))()
    state.revision, state.log, state.selected, state.past, state.coming = state.get("revision", 0) + 1, [], None, [], []


def colleague() -> None:
    """Somebody else moves the form meanwhile."""
    state.drawing = applied(state.drawing, Moved({"form": (-64.0, 64.0)}))
    state.revision += 1


if "drawing" not in state:
    begin(query.get("mode", "edit"))
if change := taken(state.key):
    state.log.append({type(change).__name__: asdict(change)})
    if isinstance(change, Selected):
        state.selected = change.id
    elif isinstance(change, Undo | Redo):
        here, there = (state.past, state.coming) if isinstance(change, Undo) else (state.coming, state.past)
        if here:
            there.append(state.drawing)
            state.drawing = here.pop()
            state.revision += 1
    elif state.mode != "refuse":
        state.past.append(state.drawing)
        state.coming.clear()
        state.drawing = applied(state.drawing, change)
        state.revision += 1
canvas(
    state.drawing, selected=state.selected, key=state.key, revision=state.revision, palette=PALETTE,
    editable=state.mode != "look", can_undo=bool(state.past), can_redo=bool(state.coming),
    height=int(query.get("height", "420")),
)  # fmt: skip
with st.container(horizontal=True):
    for mode in ("edit", "look", "refuse"):
        st.button(f"Begin to {mode}", on_click=begin, args=[mode])
    st.button("A colleague moves the form", on_click=colleague)
    if st.button("Run again"):
        state.log.append("again")
st.html(f"<pre id='log' data-key='{state.key}' data-revision='{state.revision}'>{json.dumps(state.log)}</pre>")

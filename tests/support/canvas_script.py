"""A page with nothing but the canvas and a list of what came back; run by `canvas_server`."""

import json
from dataclasses import asdict

import streamlit as st

from dashboard.designer.canvas import Redo, Selected, Undo, canvas, taken
from dashboard.parts import shell
from tests.support.canvas_drawing import PALETTE, applied, many, three

st.set_page_config(layout="wide")
shell.style("kontor.css")

state, query = st.session_state, st.query_params
count = int(query.get("boxes", "3"))
editable = "readonly" not in query
if "drawing" not in state:
    state.drawing = three() if count == 3 else many(count, placed="placed" in query)
    state.revision, state.log, state.selected, state.past, state.coming = 1, [], None, [], []
if change := taken("canvas"):
    state.log.append({type(change).__name__: asdict(change)})
    if isinstance(change, Selected):
        state.selected = change.id
    elif isinstance(change, Undo | Redo):
        here, there = (state.past, state.coming) if isinstance(change, Undo) else (state.coming, state.past)
        if here:
            there.append(state.drawing)
            state.drawing = here.pop()
            state.revision += 1
    elif "refuse" not in query:
        state.past.append(state.drawing)
        state.coming.clear()
        state.drawing = applied(state.drawing, change)
        state.revision += 1
canvas(
    state.drawing, selected=state.selected, key="canvas", revision=state.revision, palette=PALETTE, editable=editable,
    can_undo=bool(state.past), can_redo=bool(state.coming), height=int(query.get("height", "420")),
)  # fmt: skip
if st.button("Run again"):
    state.log.append("again")
st.html(f"<pre id='log'>{json.dumps(state.log)}</pre>")

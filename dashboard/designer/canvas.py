"""The canvas on a page: draws a workflow and tells what somebody did to it, each change exactly once.

The browser shows a change at once and sends it with a number; the next is sent when the page has answered. A page
takes it, applies it to its draft and draws the new state:

    drawing, revision = load()
    if change := taken("canvas"):        # before drawing: one run of the script for each change
        drawing, revision = apply(change)
    canvas(drawing, selected=…, key="canvas", revision=revision, palette=PALETTE)

A page may use what `canvas` returns instead; it then has to run again (`st.rerun`) after applying it, also when it
refused: until the page has drawn again, the browser goes on showing what it hopes for.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from dashboard.designer import assets
from dashboard.designer.changes import (
    Added,
    Change,
    Connected,
    Moved,
    Reconnected,
    Redo,
    Removed,
    Selected,
    Undo,
    read,
)
from dashboard.designer.drawing import Box, Drawing, Line, Live, Way

__all__ = [
    "Added", "Box", "Change", "Connected", "Drawing", "Line", "Live", "Moved", "Reconnected", "Redo", "Removed",
    "Selected", "Undo", "Way", "canvas", "taken",
]  # fmt: skip

_component = st.components.v2.component(
    "kontor_canvas", html='<div class="kontor-canvas"></div>', js=assets.LOADER, isolate_styles=False
)


@dataclass
class _Desk:
    """What this session knows of one canvas: the last change that was taken, and one that waits."""

    session: str = field(default_factory=lambda: secrets.token_hex(8))
    taken: int = 0
    waiting: tuple[int, Change] | None = None
    editable: bool = True


def taken(key: str) -> Change | None:
    """The change that waits for the page, once. Call it before `canvas` to answer in the same run."""
    desk = _desk(key)
    if desk.waiting is None:
        return None
    number, change = desk.waiting
    desk.waiting, desk.taken = None, number
    return change


def canvas(
    drawing: Drawing,
    *,
    selected: str | None,
    key: str,
    revision: int,
    palette: Sequence[tuple[str, str, str]],
    editable: bool = True,
    can_undo: bool = True,
    can_redo: bool = True,
    height: int = 528,
) -> Change | None:
    """Draw the workflow; the change that `taken` has not handed out yet.

    Args:
        selected: the id of a box, or that of a line's way.
        revision: of the draft, for whoever looks at the page from outside: `data-revision` says what is drawn.
        palette: kind, word and Material icon of what can be added; also names the kinds of the boxes.
        editable: without it there is no palette and nothing is sent but what was selected.
        height: of the whole, in pixels.
    """
    desk = _desk(key)
    desk.editable = editable
    data = {
        "script": assets.address("canvas.js"),
        "style": assets.address("canvas.css"),
        "key": key,
        "session": desk.session,
        "taken": desk.taken,
        "revision": revision,
        "drawing": drawing.as_data(),
        "selected": selected,
        "editable": editable,
        "canUndo": can_undo,
        "canRedo": can_redo,
        "height": height,
        "palette": [{"kind": kind, "label": label, "icon": _icon(icon)} for kind, label, icon in palette],
    }
    _component(data=data, key=key, on_change_change=lambda: _noted(key))
    return taken(key)


def _noted(key: str) -> None:
    """Put down what came before the script runs: a run that is broken off by the next click must not lose it."""
    state = st.session_state.get(key)
    found = read(getattr(state, "change", None))
    desk = _desk(key)
    if found and found[0] > desk.taken:
        if desk.editable or isinstance(found[1], Selected):
            desk.waiting = found
        else:
            desk.taken = found[0]


def _desk(key: str) -> _Desk:
    name = f"{key}:desk"
    if not isinstance(st.session_state.get(name), _Desk):
        st.session_state[name] = _Desk()
    desk: _Desk = st.session_state[name]
    return desk


def _icon(name: str) -> str:
    return name.removeprefix(":material/").removesuffix(":")

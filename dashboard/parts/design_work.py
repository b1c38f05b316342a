"""What a person does to a draft: noted by the widgets, carried out at the top of the next run, each in one transaction.

A change that does not fit any more (a colleague was quicker) is said in words; what was drawn or typed stays visible
until the next look at the draft as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal
from uuid import UUID

import streamlit as st

from dashboard.designer import canvas as drawing
from dashboard.parts import address
from dashboard.parts.outcome import flash, show_problems
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.design import drafting
from models.design.edits import AddNode, Connect, Disconnect, Edit, MoveNodes, RemoveNodes

_NOTED, _REFUSED, _STEP = "design:noted", "design:refused", "design:step"
CANVAS = "design_canvas"


def note(*edits: Edit) -> None:
    """Remember changes that a widget asks for; call it in the widget's callback."""
    st.session_state.setdefault(_NOTED, []).extend(edits)


def attempt(make: Callable[[], Edit]) -> None:
    """Note a change that has to be worked out first; a refusal is shown by the next run. For callbacks of widgets."""
    attempted(make)


def attempt_all(make: Callable[[], Sequence[Edit]]) -> None:
    """The same with several changes that belong together."""
    _noted(make)


def attempted(make: Callable[[], Edit]) -> bool:
    """The same; whether it could be."""
    return _noted(lambda: [make()])


def _noted(make: Callable[[], Sequence[Edit]]) -> bool:
    try:
        note(*make())
    except DomainError as error:
        st.session_state[_REFUSED] = error
        return False
    return True


def refused() -> None:
    """Say what the last press was refused with."""
    if error := st.session_state.pop(_REFUSED, None):
        show_problems(error)


def step(act: Literal["undo", "redo"]) -> None:
    """Ask for a step back, or forward again; for callbacks of buttons."""
    st.session_state[_STEP] = act


def step_buttons(steps: tuple[bool, bool]) -> None:
    """Undo and redo where there is no canvas; `steps` says whether there is something to undo, and to do again."""
    st.button("Undo", icon=":material/undo:", type="tertiary", key="design:undo", disabled=not steps[0], on_click=step,
              args=("undo",))  # fmt: skip
    st.button("Redo", icon=":material/redo:", type="tertiary", key="design:redo", disabled=not steps[1], on_click=step,
              args=("redo",))  # fmt: skip


def carry_out(draft_id: UUID, *, editable: bool) -> None:
    """Do what was noted and what was done on the canvas; call it before the draft is read."""
    edits: list[Edit] = st.session_state.pop(_NOTED, [])
    change = drawing.taken(CANVAS)
    if isinstance(change, drawing.Selected):
        address.put(node=change.box or "")
        change = None
    if not editable:
        return
    asked = st.session_state.pop(_STEP, "")
    if isinstance(change, drawing.Undo | drawing.Redo):
        asked = "undo" if isinstance(change, drawing.Undo) else "redo"
    if asked:
        act, words = (drafting.undo, "Undone") if asked == "undo" else (drafting.redo, "Done again")
        _try(lambda uow: st.toast(f"{words}: {act(uow, draft_id)}"))
    elif change is not None:
        edits += edits_of(change)
        if isinstance(change, drawing.Removed) and address.get("node") in change.boxes:
            address.put(node="")
    if edits:
        _try(lambda uow: _change(uow, draft_id, edits))


def edits_of(change: drawing.Change) -> list[Edit]:
    """What somebody did on the canvas, as changes of the definition."""
    match change:
        case drawing.Moved():
            return [MoveNodes(change.positions)]
        case drawing.Connected():
            return [Connect(change.source, change.outcome, change.target)]
        case drawing.Reconnected():
            before, after = change.before, change.after
            return [
                Disconnect(before.source, before.outcome, before.target),
                Connect(after.source, after.outcome, after.target),
            ]
        case drawing.Removed():
            gone: list[Edit] = [Disconnect(way.source, way.outcome, way.target) for way in change.lines]
            return [*gone, RemoveNodes(change.boxes)] if change.boxes else gone
        case drawing.Added():
            return [AddNode(change.kind, (change.x, change.y), change.after)]
    return []


def act(done: str, action: Callable[[UnitOfWork], object]) -> bool:
    """One action of a dialog or button; whether it was done. A refusal is shown where the person is."""
    try:
        with unit_of_work() as uow:
            action(uow)
    except DomainError as error:
        show_problems(error)
        return False
    flash(done)
    return True


def _change(uow: UnitOfWork, draft_id: UUID, edits: Sequence[Edit]) -> None:
    for edit in edits:
        drafting.change(uow, draft_id, edit)


def _try(action: Callable[[UnitOfWork], object]) -> None:
    try:
        with unit_of_work() as uow:
            action(uow)
    except DomainError as error:
        show_problems(error)

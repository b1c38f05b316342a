"""The bar below a case: what the person may decide now, each a button and a key; reasons and fields in a dialog.

What is pressed is noted with the case as it stood in front of the person, and done at the top of the next run: so a
click never falls on a case that came up meanwhile, and whoever was second is told who was first. A decision counts
once, however often its button is pressed: its key is made of the visit, the decision, the person and the version of
the case that was read. Keys are off while a dialog is open (look §6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.outcome import flash, show_flash, show_problems
from models.applications import reviewing
from models.applications.case_view import CaseView
from models.applications.rows import TaskRow
from models.core.actor import current_actor
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.forms.schema import Field
from models.engines.workflow.schema import Decision, ReviewNode

OPEN, NOTED = "deciding", "noted"
"""Where the session keeps which dialog is open (of which review), and what was pressed."""
ICONS = {"positive": ":material/check:", "negative": ":material/close:", "neutral": ":material/undo:"}
LETTERS = {"positive": "a", "negative": "x", "neutral": "b"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One review in front of a person; `following` is the address of the case that comes next in the queue."""

    view: CaseView
    task: TaskRow
    following: str | None = None

    @property
    def node(self) -> ReviewNode:
        """What the stage asks for."""
        return self.view.type.review_node(self.task.node)

    @property
    def place(self) -> str:
        """Tells this review from any other, in keys of buttons."""
        return f"{self.task.case_id}/{self.task.visit}"

    def key(self, what: str) -> str:
        """What makes an action count once."""
        return reviewing.key_of(self.task.visit, what, current_actor().user_id, self.view.seq)

    @property
    def name(self) -> str:
        """What the case is called in questions and answers."""
        return f"{self.view.row.number} {self.view.row.title}".strip()


def carry_out() -> None:
    """Do what was pressed; call it at the top of a page, before anything is read."""
    noted: tuple[str, Turn] | None = st.session_state.pop(NOTED, None)
    if noted is None:
        return
    what, turn = noted
    if what == "claim":
        _act(turn, lambda uow: reviewing.claim(uow, turn.task.case_id, turn.task.visit), "You hold it now.")
    elif what == "release":
        _act(turn, lambda uow: reviewing.release(uow, turn.task.case_id, turn.task.visit), "It is everybody's again.")
    elif decide(turn, what):
        show_flash()


def _act(turn: Turn, action: Callable[[UnitOfWork], object], done: str) -> None:
    try:
        with unit_of_work() as uow:
            action(uow)
    except DomainError as error:
        show_problems(error)
    else:
        flash(f"{turn.name}: {done}")
        show_flash()


def _note(what: str, turn: Turn) -> None:
    st.session_state[NOTED] = (what, turn)


def decide(turn: Turn, name: str, **given: Any) -> bool:
    """Decide, leave word, and let the address name what comes next; a refusal is said where the person is."""
    try:
        with unit_of_work() as uow:
            reviewing.decide(
                uow, turn.task.case_id, turn.task.visit, name, key=turn.key(name), expected=turn.view.seq, **given
            )
    except DomainError as error:
        show_problems(error)
        return False
    _closed()
    past = turn.node.decisions[name].past or turn.node.decisions[name].label.lower()
    # "Application review approved", but "received the invoice": a deed with its object needs no stage before it
    flash(f"{turn.name}: {past if ' ' in past else f'{turn.task.label} {past}'}.")
    if turn.following is not None:
        open_next(turn.following)
    return True


def open_next(row_id: str) -> None:
    """Let the address name another case of the queue; the place in the list stays."""
    st.session_state.pop(OPEN, None)
    if row_id:
        st.query_params["case"] = row_id
    elif "case" in st.query_params:
        del st.query_params["case"]


def is_silent() -> bool:
    """Whether keys are off, because a dialog is open."""
    return bool(st.session_state.get(OPEN))


def action_bar(turn: Turn, *, before: Callable[[], None] = lambda: None) -> None:
    """Draw the bar; `before` draws what stands left of it."""
    with st.bottom, st.container(horizontal=True, key="actions", vertical_alignment="center"):
        before()
        st.space("stretch")
        hindered = turn.view.may.hindered.get(turn.task.visit)
        if hindered:
            st.html(f'<span class="k mu">{formats.text(hindered)}</span>', width="content")
        if stead := turn.view.may.stead.get(turn.task.visit):
            st.html(f'<span class="k mu">You stand in for {formats.text(stead)}</span>', width="content")
        _hold(turn)
        if turn.task.visit in turn.view.may.decide:
            _buttons(turn)
    _open_dialog(turn)


def _buttons(turn: Turn) -> None:
    if turn.task.paused:
        st.html('<span class="k mu">The partner owes an answer. Decide when it is there.</span>', width="content")
        return
    if turn.node.may_ask:
        _button(turn, "Ask", "ask", ":material/help:", "m")
    order = ("neutral", "negative", "positive")
    used: set[str] = set()
    for name, decision in sorted(turn.node.decisions.items(), key=lambda each: order.index(each[1].tone)):
        letter = LETTERS[decision.tone] if LETTERS[decision.tone] not in used else ""
        used.add(letter)
        _button(turn, _label(turn, decision), name, ICONS[decision.tone], letter, decision)


def needs_more(decision: Decision) -> bool:
    """Whether something has to be given with a decision."""
    return bool(decision.comment or decision.reasons or decision.fields)


def _label(turn: Turn, decision: Decision) -> str:
    """The verb, with the amount where the decision lets money go on."""
    amount = turn.view.row.amount
    if decision.tone != "positive" or not amount:
        return decision.label
    return f"{decision.label} {formats.amount(amount)} {turn.view.row.currency}"


def _button(turn: Turn, label: str, what: str, icon: str, letter: str, decision: Decision | None = None) -> None:
    """A button that opens its dialog, or acts where nothing has to be given."""
    asks = decision is None or needs_more(decision)
    st.button(
        label, icon=icon, key=f"{what}:{turn.place}", shortcut=None if is_silent() else letter or None,
        type="primary" if decision and decision.tone == "positive" else "secondary",
        on_click=_opened if asks else _note, args=(what, turn),
    )  # fmt: skip


def _opened(what: str, turn: Turn) -> None:
    st.session_state[OPEN] = (turn.place, what)


def _closed() -> None:
    st.session_state.pop(OPEN, None)


def _hold(turn: Turn) -> None:
    """Take a review as one's own, or give it back."""
    shortcut = None if is_silent() else "g"
    if turn.task.holder == current_actor().user_id:
        st.button("Release", icon=":material/lock_open:", key=f"release:{turn.place}", shortcut=shortcut,
                  on_click=_note, args=("release", turn))  # fmt: skip
    elif turn.task.holder is None and turn.task.visit in turn.view.may.decide:
        st.button("Claim", icon=":material/lock:", key=f"claim:{turn.place}", shortcut=shortcut, on_click=_note,
                  args=("claim", turn))  # fmt: skip


# ---- dialogs ----


def _open_dialog(turn: Turn) -> None:
    """The dialog that was opened for this review; one that was opened for another is over."""
    place, what = st.session_state.get(OPEN) or ("", "")
    if not what:
        return
    if place == turn.place and what == "ask":
        _ask_dialog(turn)
    elif place == turn.place and what in turn.node.decisions and turn.task.visit in turn.view.may.decide:
        _decision_dialog(turn, what)
    else:
        _closed()


def _decision_dialog(turn: Turn, name: str) -> None:
    decision = turn.node.decisions[name]

    @dialog(f"{decision.label}: {turn.name}?", on_dismiss=_closed)
    def ask() -> None:
        _about(turn)
        reason = ""
        if decision.reasons:
            reason = (
                st.selectbox("Reason", decision.reasons, index=None, placeholder="Choose a reason", key="reason") or ""
            )
        comment = ""
        if decision.comment or decision.reasons:
            needed = "" if decision.comment else " (optional)"
            comment = st.text_area(
                f"Comment{needed}", key="comment", max_chars=1000, help="The partner reads it and works by it."
            )
        fields = {field.name: _field(field) for field in decision.fields}
        with st.container(horizontal=True):
            now = st.button(_label(turn, decision), type="primary", key="decide_now")
            _not_yet()
        if now and decide(turn, name, reason=reason, comment=comment, fields=fields):
            st.rerun()

    ask()


def _not_yet() -> None:
    """Leave a dialog without doing anything."""
    if st.button("Not yet", key="not_yet"):
        _closed()
        st.rerun()


def _about(turn: Turn) -> None:
    amount = turn.view.row.amount
    money = f" · <b>{formats.amount(amount)} {turn.view.row.currency}</b>" if amount else ""
    st.html(f'<p class="k mu">{formats.text(turn.view.row.partner)} · {formats.text(turn.task.label)}{money}</p>')


def _field(field: Field) -> Any:
    """One field of a decision: a date, an amount, a choice, or a line of text."""
    key = f"decision:{field.name}"
    match field.type:
        case "date":
            chosen = st.date_input(
                field.label, value=None, format="YYYY-MM-DD", key=key, help=field.help or "Business date, GMT+08:00."
            )
            return chosen.isoformat() if isinstance(chosen, date) else None
        case "choice":
            return st.selectbox(field.label, field.options, index=None, key=key)
        case "yes_no":
            return st.toggle(field.label, key=key)
        case "count":
            return st.number_input(field.label, min_value=field.least or 0, value=None, step=1, key=key)
        case "long_text":
            return st.text_area(field.label, key=key, max_chars=field.most or 1000) or None
    return st.text_input(field.label, key=key, max_chars=field.most, help=field.help or None) or None


def _ask_dialog(turn: Turn) -> None:
    @dialog(f"Ask about {turn.name}", on_dismiss=_closed)
    def ask() -> None:
        _about(turn)
        text = st.text_area("What do you want to know?", key="question", max_chars=1000)
        st.caption("The partner is told, and your clock stops until the answer is there.")
        with st.container(horizontal=True):
            now = st.button("Ask the partner", type="primary", key="ask_now")
            _not_yet()
        if now:
            try:
                with unit_of_work() as uow:
                    reviewing.ask(
                        uow, turn.task.case_id, turn.task.visit, text, key=turn.key("ask"), expected=turn.view.seq
                    )
            except DomainError as error:
                show_problems(error)
                return
            _closed()
            flash(f"{turn.name}: the question is with the partner.")
            st.rerun()

    ask()

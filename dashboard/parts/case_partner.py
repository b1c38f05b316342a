"""What the partner does with its case, at the top of the case's page: whatever waits for it, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.again import again
from dashboard.parts.apply_desk import form_visit, rejection, rejection_words
from dashboard.parts.dialog import dialog
from dashboard.parts.due import due_words
from dashboard.parts.go import go
from dashboard.parts.outcome import flash, show_problems
from models.applications import applying
from models.applications.case_view import CaseView
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.workflow.state import CANCELLED, RETURNED, Visit
from models.payments.invoicing import FORM as INVOICING

OPEN = "partner:open"
"""Names the dialog that is open: `cancel` or `delete`."""
_back = '<span class="i" aria-hidden="true">undo</span>'


def partner_actions(view: CaseView) -> None:
    """Draw what the partner may do now: one sentence, at most one primary button, the rest beside it."""
    asked = next((visit for visit in view.state.visits if visit.question is not None), None)
    mine = view.may.fill is not None or view.may.answer is not None
    with st.container(key="turn_mine" if mine else "turn_others"):
        with st.container(horizontal=True, vertical_alignment="center", key="turn_line"):
            why = rejection(view)
            if why is not None:
                st.html(f'<div class="k turn t-red" role="status">{_back}<div>{rejection_words(why)}</div></div>')
            else:
                st.html(f'<div class="k">{_sentence(view, asked)}</div>')
            _buttons(view)
        if view.may.answer is not None and asked is not None:
            _answer(view, asked)
    _dialogs(view)
    if _checked_by_kontor(view):
        again(1.5)


def _checked_by_kontor(view: CaseView) -> bool:
    """Whether nobody's turn it is: a stage that runs by itself is about to be worked on."""
    return not view.state.outcome and form_visit(view) is None and not view.row.standing


# ---- in words ----


def _sentence(view: CaseView, asked: Visit | None) -> str:
    if view.state.outcome == "deleted":
        return "<b>This case was given up.</b> Its history stays."
    if view.state.outcome:
        return f"<b>{formats.text(view.row.status)}.</b> Nothing is left to do."
    if asked is not None and asked.question is not None:
        question = formats.text(asked.question.text)
        turn = "Answer it: the" if view.may.answer else "Colleagues who apply answer it; the"
        return (
            f"<b>{formats.text(asked.question.by_name)} asks:</b> “{question}” "
            f'<span class="mu">{turn} reviewer’s clock stands until then.</span>'
        )
    visit = form_visit(view)
    return _form_words(view, visit) if visit is not None else _others_words(view)


def _form_words(view: CaseView, visit: Visit) -> str:
    node = view.type.form_node(visit.node)
    form = view.type.forms[node.form]
    if visit.why == RETURNED:
        words = "<b>It came back to you:</b> change it and send it again."
    elif visit.why == CANCELLED:
        words = "<b>You cancelled it.</b> Change it and send it again, or give it up."
    elif not view.state.submitted:
        words = "<b>A draft, not sent yet.</b> Fill it in and send it."
    else:
        words = f"<b>{formats.text(view.row.status)}:</b> {formats.text(form.title)} is yours to fill in and send."
    if view.may.fill is None:
        words += " Colleagues with another role do that."
    if visit.due_at is None:
        return (
            f"{words} It expires on {formats.day(formats.business(visit.expires_at))}." if visit.expires_at else words
        )
    until, tone = due_words(visit.due_at)
    return f'{words} <span class="t-{tone}">{formats.text(until)}</span>'


def _others_words(view: CaseView) -> str:
    for each in view.row.standing:
        until, tone = due_words(each.due_at, paused=each.paused)
        due = f' <span class="t-{tone}">{formats.text(until)}</span>' if each.due_at else ""
        sent = " Print the invoicing information and mail it with the invoice." if _to_mail(view, each.label) else ""
        return f"<b>Waits for {formats.text(each.who)}:</b> {formats.text(each.label.lower())}.{due}{sent}"
    return "<b>Kontor is checking it.</b> This takes a moment."


def _to_mail(view: CaseView, label: str) -> bool:
    """Whether the vendor waits for the letter with the invoice: the first stage after its form (BEN-MDI-03)."""
    if view.latest(INVOICING) is None or not view.state.visits:
        return False
    visit = view.state.visits[0]
    node = view.type.workflow.nodes[visit.node]
    return view.type.label(visit.node) == label and getattr(node, "since", None) == "invoice_asked_on"


# ---- buttons ----


def _buttons(view: CaseView) -> None:
    visit = form_visit(view)
    if view.latest(INVOICING) is not None:
        st.link_button(
            "Print invoicing information", f"/invoicing/{view.row.id}.pdf", icon=":material/print:", type="secondary"
        )
    if view.may.delete:
        st.button("Give up", icon=":material/delete:", key="turn:delete", on_click=_opens, args=("delete",))
    if view.may.cancel:
        st.button("Cancel application", icon=":material/undo:", key="turn:cancel", on_click=_opens, args=("cancel",))
    if view.may.fill is not None and visit is not None:
        if st.button(_verb(view, visit), type="primary", icon=":material/edit:", key="turn:fill"):
            go("apply", {"case": str(view.row.id)})


def _verb(view: CaseView, visit: Visit) -> str:
    node = view.type.form_node(visit.node)
    if visit.why:
        return "Change and send again"
    return node.invite or f"Fill in {view.type.forms[node.form].title}"


def _answer(view: CaseView, asked: Visit) -> None:
    """The answer goes to the reviewer, whose clock then goes on."""
    text = st.text_area("Your answer", key=f"answer:{asked.id}:{view.seq}", max_chars=1000)
    if st.button("Answer", type="primary", icon=":material/reply:", key="turn:answer"):
        if not text.strip():
            st.error("Write your answer first.", icon=":material/error:")
            return
        key = f"answer:{asked.id}:{view.seq}"
        _do(
            lambda uow: applying.answer(uow, view.row.id, asked.id, text.strip(), key=key),
            f"{view.row.number}: the answer is with the reviewer.",
        )


def _do(action: Callable[[UnitOfWork], Any], done: str) -> None:
    """Do something once and say so; a refusal is said where the person is."""
    try:
        with unit_of_work() as uow:
            action(uow)
    except DomainError as error:
        show_problems(error)
        return
    _closed()
    flash(done)
    st.rerun()


# ---- asked once ----


def _opens(what: str) -> None:
    st.session_state[OPEN] = what


def _closed() -> None:
    st.session_state.pop(OPEN, None)


def _dialogs(view: CaseView) -> None:
    what = st.session_state.get(OPEN)
    if what == "cancel" and view.may.cancel:
        _ask_cancel(view)
    elif what == "delete" and view.may.delete:
        _ask_delete(view)
    elif what:
        _closed()


def _called(view: CaseView) -> str:
    return f"{view.row.number} {view.row.title}".strip()


def _amount(view: CaseView) -> str:
    return f"{formats.amount(view.row.amount)} {view.row.currency}" if view.row.amount else ""


def _ask_cancel(view: CaseView) -> None:
    @dialog(f"Cancel {_called(view)}?", on_dismiss=_closed)
    def ask() -> None:
        money = f" <b>{_amount(view)}</b> that it holds goes back to what you can plan with." if _amount(view) else ""
        st.html(
            f'<p class="k">The review of <b>{formats.text(_called(view))}</b> ends.{money} Nothing you filled in is '
            "lost: you can change it and send it again, or give it up.</p>"
        )
        with st.container(horizontal=True):
            label = f"Cancel application over {_amount(view)}" if _amount(view) else "Cancel application now"
            if st.button(label, type="primary", key="turn:cancel_now"):
                visit = view.state.visits[0].id
                key = f"cancel:{visit}"
                _do(
                    lambda uow: applying.cancel(uow, view.row.id, key=key, expected=view.seq),
                    f"{_called(view)} was cancelled.",
                )
            if st.button("Keep it", key="turn:keep"):
                _closed()
                st.rerun()

    ask()


def _ask_delete(view: CaseView) -> None:
    @dialog(f"Give up {_called(view)}?", on_dismiss=_closed)
    def ask() -> None:
        money = f" over <b>{_amount(view)}</b>" if _amount(view) else ""
        st.html(
            f'<p class="k"><b>{formats.text(_called(view))}</b>{money} leaves your list and cannot be brought back.</p>'
        )
        with st.container(horizontal=True):
            if st.button("Give it up", type="primary", key="turn:delete_now"):
                key = f"delete:{view.state.visits[0].id}"
                _do(lambda uow: applying.give_up(uow, view.row.id, key=key), f"{_called(view)} was given up.")
            if st.button("Keep it", key="turn:keep"):
                _closed()
                st.rerun()

    ask()

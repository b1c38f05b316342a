"""What the sections of Design › Reference data have in common: tables, validity in words, ending, history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.head import Badge, Tone, pill, section
from dashboard.parts.outcome import outcome
from models.core.clock import business_date
from models.core.unit_of_work import unit_of_work
from models.reference import service
from models.reference.queries import ChangeRow, Entry, Standing
from models.reference.rules import Validity

OPEN = "reference:open"
"""Where the session keeps which dialog stands open."""
TONES: dict[Standing, Tone] = {
    Standing.IN_FORCE: "green", Standing.COMING: "blue", Standing.OVER: "gray", Standing.WITHDRAWN: "gray",
}  # fmt: skip
ACTIONS = {"entered": "Entered", "ended": "Ended", "withdrawn": "Taken back", "changed": "Changed",
           "restored": "Restored"}  # fmt: skip


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table; every cell is HTML that the caller escaped."""
    head = "".join(f"<th>{formats.text(each) if each else ''}</th>" for each in headers)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    st.html(f'<div class="k scroll"><table><tr>{head}</tr>{lines}</table></div>')


def valid(validity: Validity) -> str:
    """A validity in words."""
    if validity.last is None:
        return f"from {formats.day(validity.first)}"
    if validity.first == validity.last:
        return formats.day(validity.first)
    return f"{formats.day(validity.first)} – {formats.day(validity.last)}"


def ended(row: Entry) -> str:
    """Where an entry stands, and who ended it."""
    by = f" by {formats.text(row.ended_by)}" if row.standing is Standing.WITHDRAWN else ""
    return pill(Badge(row.standing.value, TONES[row.standing])) + by


def open_dialog(what: str) -> None:
    """Let a dialog stand open until it was carried out or closed."""
    st.session_state[OPEN] = what


def is_open(what: str) -> bool:
    """Whether a dialog stands open."""
    return bool(st.session_state.get(OPEN) == what)


def closed() -> None:
    """No dialog stands open any more."""
    st.session_state.pop(OPEN, None)


def end_button(rows: Sequence[tuple[Any, str]], kind: type[Any], may_change: bool) -> None:
    """Ends one of the entries that are not over yet; each with its words."""
    left = [(row, words) for row, words in rows if row.standing in (Standing.IN_FORCE, Standing.COMING)]
    what = f"end:{kind.__name__}"
    if may_change and left:
        st.button("End one", icon=":material/event_busy:", key=what, on_click=open_dialog, args=(what,))
        if is_open(what):
            _end(left, kind)


def _end(rows: Sequence[tuple[Any, str]], kind: type[Any]) -> None:
    @dialog("End an entry", on_dismiss=closed)
    def ask() -> None:
        with st.form("end", border=False):
            row, words = st.selectbox("Entry", rows, format_func=lambda each: each[1])
            last = st.date_input(
                "Last day that counts", business_date() - timedelta(days=1),
                help="What has passed stays as it was. An entry that has not begun by then is taken back.",
            )  # fmt: skip
            if st.form_submit_button("End", type="primary"):
                with outcome(done=f"Ended: {words}."):
                    with unit_of_work() as uow:
                        service.end(uow, kind, row.id, last, expected=row.version)
                    closed()

    ask()


def history(changes: Sequence[ChangeRow]) -> None:
    """Who changed what, the newest first."""
    if not changes:
        return
    section("History")
    table(
        ("When", "Who", "What", ""),
        [
            (
                formats.text(formats.instant(each.at)), formats.text(each.by),
                formats.text(ACTIONS.get(each.action.rpartition(".")[2], each.action)), _changes(each),
            )
            for each in changes
        ],
    )  # fmt: skip


def _changes(each: ChangeRow) -> str:
    words = []
    for name, value in each.changes.items():
        now = f"{value[0] or '--'} → {value[1]}" if isinstance(value, list) and len(value) == 2 else str(value)
        words.append(f'<span class="mu">{formats.text(name.replace("_", " "))}</span> {formats.text(now)}')
    return " · ".join(words)

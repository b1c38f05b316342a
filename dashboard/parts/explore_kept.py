"""Kept questions and the history: open, keep, change, take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.parts import explore_work as work
from dashboard.parts import formats
from dashboard.parts.dialog import dialog
from dashboard.parts.empty import state
from dashboard.parts.outcome import flash, outcome, show_problems
from models.core.errors import DomainError
from models.core.unit_of_work import unit_of_work
from models.explore import queries, service
from models.explore.queries import QuestionRow, RunRow
from models.explore.rules import QuestionKind, RunStatus

ENDED = {
    RunStatus.DONE: ("check_circle", "Answered"),
    RunStatus.REFUSED: ("error", "Refused"),
    RunStatus.CANCELLED: ("cancel", "Cancelled"),
    RunStatus.TIMED_OUT: ("timer_off", "Took too long"),
}


@dialog("Keep this question")
def keep_dialog(kind: QuestionKind, content: Mapping[str, Any], title: str = "") -> None:
    """Name, description and the roles that find it."""
    with unit_of_work(read_only=True) as uow:
        roles = dict(queries.shareable_roles(uow))
    name = st.text_input("Title", value=title, key="explore_keep_title", max_chars=120)
    words = st.text_area("Description", key="explore_keep_words", height=90, max_chars=1_000,
                         placeholder="What it answers, and for whom")  # fmt: skip
    shared = st.multiselect("Share with", list(roles), format_func=roles.__getitem__, key="explore_keep_roles",
                            placeholder="Only me")  # fmt: skip
    st.caption("Whoever opens it sees what they may see themselves, never your rows.")
    if st.button("Keep question", type="primary", key="explore_keep"):
        try:
            with unit_of_work() as uow:
                service.keep(uow, kind, content, title=name, description=words, shared_with=shared)
        except DomainError as error:
            show_problems(error)
        else:
            flash(f"“{name.strip()}” is kept.", link=("Kept questions", "explore-questions"))
            st.rerun()


@dialog("Change this question")
def change_dialog(row: QuestionRow) -> None:
    """Name, description and roles of a question of one's own."""
    with unit_of_work(read_only=True) as uow:
        roles = dict(queries.shareable_roles(uow))
    name = st.text_input("Title", value=row.title, key=f"explore_title:{row.id}", max_chars=120)
    words = st.text_area("Description", value=row.description, key=f"explore_words:{row.id}", height=90)
    kept = [role for role in row.shared_with if role in roles]
    shared = st.multiselect("Share with", list(roles), default=kept, format_func=roles.__getitem__,
                            key=f"explore_roles:{row.id}", placeholder="Only me")  # fmt: skip
    if st.button("Save changes", type="primary", key=f"explore_save:{row.id}"):
        with outcome(done="Changed."), unit_of_work() as uow:
            service.change(uow, row.id, expected=row.version, title=name, description=words, shared_with=shared)


@dialog("Remove this question")
def remove_dialog(row: QuestionRow) -> None:
    """Asks once: others lose it too."""
    others = " The roles it is shared with lose it as well." if row.shared_with else ""
    st.write(f"“{formats.plain(row.title)}” is removed for good.{others}")
    if st.button("Remove question", type="primary", key=f"explore_remove:{row.id}"):
        with outcome(done="Removed."), unit_of_work() as uow:
            service.forget(uow, row.id)


def past(rows: Sequence[RunRow]) -> None:
    """What the person asked before; one click lays it on the desk again."""
    if not rows:
        state("empty", "Nothing asked yet", "Statements that you run are listed here, for you alone.")
    for row in rows:
        icon, words = ENDED[row.status]
        first = " ".join(row.asked.text.split())[:70]
        count = f" · {formats.plural(row.rows, 'row')}" if row.rows is not None else ""
        with st.container(key=f"past:{row.id}"):
            st.button(
                formats.plain(first), key=f"explore_past:{row.id}", icon=f":material/{icon}:", type="tertiary",
                help=f"{words}{f': {row.said[:200]}' if row.said else ''}", on_click=work.put_asked, args=(row.asked,),
            )  # fmt: skip
            st.caption(f"{formats.instant(row.at)}{count} · {row.milliseconds / 1000:.1f} s")


def kept_list(rows: Sequence[QuestionRow], open_: Callable[[QuestionRow], None]) -> None:
    """Kept questions in short, for the side of a page."""
    if not rows:
        state("empty", "No question kept yet", "Keep one with the button beside Run, and share it by role.")
    for row in rows:
        st.button(
            formats.plain(row.title), key=f"explore_open:{row.id}", icon=":material/bookmark:", type="tertiary",
            help=formats.plain(row.description) or None, on_click=open_, args=(row,),
        )  # fmt: skip
        st.caption("Yours" if row.mine else f"By {formats.plain(row.owner)}")


def key_of(text: str) -> UUID | None:
    """A key of the address; None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None

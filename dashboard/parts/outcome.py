"""The result of one user action, shown alike on every page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from models.core.errors import DomainError

_FLASH = "flash"


@contextmanager
def outcome(*, done: str) -> Iterator[None]:
    """Show what one user action came to; stands left of the transaction, so that it sees the commit fail too.

    Refused: every problem in words, nothing was changed. Done: the page runs again and says so.
    """
    try:
        yield
    except DomainError as error:
        show_problems(error)
    else:
        flash(done)
        st.rerun()


def show_problems(error: DomainError) -> None:
    """Every problem of a refusal, with its code."""
    for problem in error.problems:
        st.error(f"{problem.text} ({problem.code})", icon=":material/error:")


def flash(text: str) -> None:
    """Say something at the top of the next run. `text` is Markdown: links are welcome."""
    st.session_state[_FLASH] = text


def show_flash() -> None:
    """Show what the last action left to say, once. The shell calls this before the page."""
    if text := st.session_state.pop(_FLASH, None):
        st.success(text, icon=":material/check_circle:")

"""The result of one user action, shown alike on every page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.parts import formats
from models.core.errors import DomainError

_FLASH = "flash"


@contextmanager
def outcome(*, done: str, link: tuple[str, str] | None = None) -> Iterator[None]:
    """Show what one user action came to; stands left of the transaction, so that it sees the commit fail too.

    Refused: every problem in words, nothing was changed. Done: the page runs again and says so; `link` is (words,
    address) of where the result can be seen.
    """
    try:
        yield
    except DomainError as error:
        show_problems(error)
    else:
        flash(done, link=link)
        st.rerun()


def show_problems(error: DomainError) -> None:
    """Every problem of a refusal, with its code."""
    for problem in error.problems:
        st.error(formats.plain(f"{problem.text} ({problem.code})"), icon=":material/error:")


def show_here(text: str, *, keeps: bool = True) -> None:
    """A problem in a line, right where it is mended; or a warning, which keeps nobody from going on."""
    icon, tone, word = ("error", "", "") if keeps else ("warning", " t-orange", "<b>Warning:</b> ")
    sign = f'<span class="i" aria-hidden="true">{icon}</span>'
    st.html(f'<div class="k"><div class="err{tone}">{sign}<span>{word}{formats.text(text)}</span></div></div>')


def flash(text: str, *, link: tuple[str, str] | None = None) -> None:
    """Say something at the top of the next run, with a way to go on."""
    st.session_state[_FLASH] = (text, link)


def show_flash() -> None:
    """Show what the last action left to say, once. The shell calls this before the page."""
    if said := st.session_state.pop(_FLASH, None):
        text, link = said
        st.success(formats.plain(text), icon=":material/check_circle:")
        if link:
            way = f'<a href="{formats.text(link[1])}" target="_self">{formats.text(link[0])}</a>'
            st.html(f'<div class="k after">{way} <span class="i" aria-hidden="true">arrow_forward</span></div>')

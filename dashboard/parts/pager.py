"""The way through a long list, page by page; the place stands in the address."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import address
from models.core.paging import PageRequest

SIZE = 20
"""Records on one page of a list: as many as one scrolls past in a moment."""


def page_from_address(size: int = 50) -> PageRequest:
    """The part of the list that the address asks for."""
    if before := address.get("before"):
        return PageRequest(before, size, backwards=True)
    return PageRequest(address.get("after") or None, size)


def pager(previous: str | None, following: str | None, *, words: str, key: str = "pager") -> None:
    """*Previous* and *Next* with what is shown between them; nothing at all when everything fits on one page."""
    if not previous and not following:
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", key=key):
        st.caption(words, width="content")
        _step("Previous", previous, ":material/chevron_left:", "before", key)
        _step("Next", following, ":material/chevron_right:", "after", key)


def _step(text: str, cursor: str | None, icon: str, param: str, key: str) -> None:
    st.button(text, icon=icon, disabled=cursor is None, key=f"{key}:{param}", on_click=_turn, args=(param, cursor))


def _turn(param: str, cursor: str | None) -> None:
    address.put(**{param: cursor})


def search_box(placeholder: str, *, key: str) -> None:
    """What is searched for; the address keeps it."""
    bound = address.bound(f"search:{key}", address.get("q"), lambda value: address.put(q=value.strip()))
    st.text_input("Search", placeholder=placeholder, label_visibility="collapsed", icon=":material/search:", **bound)

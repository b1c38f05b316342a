"""The way to another page of the menu, with its state, without loading the application anew."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from dashboard.navigation import ENTRIES, PAGES
from dashboard.parts.address import Params


def go(page: str, params: Params) -> NoReturn:
    """Leave for the page with this address. Leaves by an exception: never inside a transaction."""
    entry = next(entry for entry in ENTRIES if entry.address == page)
    st.switch_page(
        st.Page(PAGES / entry.script, title=entry.title, url_path=entry.address),
        query_params={name: value for name, value in params.items() if value},
    )

"""The way to another page of the menu, with its state, without loading the application anew."""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import parse_qs

import streamlit as st

from dashboard.navigation import ENTRIES, PAGES
from dashboard.parts.address import Params


def go(page: str, params: Params) -> NoReturn:
    """Leave for the page with this address. Leaves by an exception: never inside a transaction."""
    entry = next(entry for entry in ENTRIES if entry.address == page)
    st.switch_page(
        st.Page(
            PAGES / entry.script, title=entry.title or entry.tab, url_path=entry.address, default=entry is ENTRIES[0]
        ),
        query_params={name: value for name, value in params.items() if value},
    )


def go_to(link: str) -> NoReturn:
    """Leave for an address of ours with its parameters; for the first page when it is not one."""
    path, _, query = link.partition("?")
    page = path.strip("/")
    known = page if page in {entry.address for entry in ENTRIES} else ENTRIES[0].address
    go(known, parse_qs(query) if known == page else {})

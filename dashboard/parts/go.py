"""The way to another page of the menu, with its state, without loading the application anew.

`st.switch_page` would leave the new state on the old page's place in the browser's history, so that *back* led to a
view nobody had seen. A link does it right, so this draws one and follows it.
"""

from __future__ import annotations

from urllib.parse import parse_qs

import streamlit as st

from dashboard.navigation import ENTRIES, PAGES
from dashboard.parts import address
from dashboard.parts.address import Params

_FOLLOW = """
export default function (component) {
  let tries = 0;
  const follow = () => {
    const link = document.querySelector('.st-key-go a');
    if (link) link.click();
    else if (tries++ < 100) setTimeout(follow, 20);
  };
  follow();
}
"""
_component = st.components.v2.component("kontor_go", html="<i></i>", css=":host {\n  display: none;\n}", js=_FOLLOW)


def go(page: str, params: Params) -> None:
    """Leave for the page with this address, once this run is drawn."""
    entry = next(entry for entry in ENTRIES if entry.address == page)
    target = st.Page(
        PAGES / entry.script,
        title=entry.title or entry.tab,
        url_path=entry.address,
        default=entry is ENTRIES[0],
    )
    with st.container(key="go"):  # kept out of sight by the CSS
        st.page_link(target, label="Go on", query_params={name: value for name, value in params.items() if value})
        _component(key="follow", data={"to": address.link(page, params)})


def go_to(link: str) -> None:
    """Leave for an address of ours with its parameters; for the first page when it is not one."""
    path, _, query = link.partition("?")
    page = path.strip("/")
    known = page if page in {entry.address for entry in ENTRIES} else ENTRIES[0].address
    go(known, parse_qs(query) if known == page else {})

"""States without data, in words: what it is, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.head import page_head
from models.engines.statistics import LakeAway

State = Literal["empty", "failing", "refused"]
_LOOK: dict[State, tuple[str, str]] = {
    "empty": ("t-gray", "inbox"),
    "failing": ("t-orange", "cloud_off"),
    "refused": ("t-red", "block"),
}


def state(kind: State, title: str, *sentences: str, link: tuple[str, str] | None = None, icon: str = "") -> None:
    """One box that says why there is nothing to see: an empty list, something away, or something refused.

    `link` is (text, address) of what the person can do about it.
    """
    tone, sign = _LOOK[kind]
    body = "".join(f"<p>{formats.text(sentence)}</p>" for sentence in sentences)
    way = f'<p><a href="{formats.text(link[1])}" target="_self">{formats.text(link[0])}</a></p>' if link else ""
    st.html(
        f'<div class="k state {tone}" role="{"alert" if kind != "empty" else "status"}">'
        f'<span class="i" aria-hidden="true">{icon or sign}</span>'
        f"<div><h2>{formats.text(title)}</h2>{body}{way}</div></div>"
    )


@contextmanager
def lake_readable(title: str = "") -> Iterator[None]:
    """Say so in words, under the page's title, when the lines cannot be read; everything else passes through."""
    try:
        yield
    except LakeAway:
        if title:
            page_head(title, line=["GMT+08:00"])
        lake_away()


def lake_away() -> None:
    """The expenditure lines cannot be read; the rest of Kontor works."""
    state(
        "failing",
        "Expenditure lines cannot be read right now",
        "The store that holds them does not answer. Nothing is lost: imports wait and go on when it is back.",
        "Reload this page in a minute. If it stays away, tell your administrator: Operations names the cause.",
    )

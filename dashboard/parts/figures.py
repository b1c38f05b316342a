"""The strip of at most four figures below the answer: what it is, the exact value, its change, its definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.formats import MINUS

MOST = 4
Meaning = Literal["more_is_good", "more_is_bad", "neutral"]
_TONES: dict[Meaning, tuple[str, str]] = {
    "more_is_good": ("green", "red"),
    "more_is_bad": ("red", "green"),
    "neutral": ("gray", "gray"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `change` begins with its sign when it is a change; `link` leads to what makes the value."""

    label: str
    value: str
    change: str = ""
    definition: str = ""
    meaning: Meaning = "more_is_good"
    link: str = ""


def figures(items: Sequence[Figure]) -> None:
    """Draw the strip; a definition opens on hover and on focus.

    Raises:
        ValueError: more than four, which nobody reads.
    """
    if len(items) > MOST:
        raise ValueError(f"{len(items)} figures on one page; show {MOST} at most")
    st.html(f'<div class="k figs n{len(items)}">{"".join(map(_figure, items))}</div>')


def _figure(item: Figure) -> str:
    value = formats.text(item.value)
    if item.link:
        value = f'<a href="{formats.text(item.link)}" target="_self" title="See the lines">{value}</a>'
    first, _, last = item.label.rpartition(" ")  # the sign does not stand in a line of its own
    return (
        f'<div class="fig"><div class="l">{formats.text(first) + " " if first else ""}'
        f'<span class="nw">{formats.text(last)}{_definition(item)}</span></div>'
        f'<div class="v">{value}</div>{_change(item)}</div>'
    )


def _definition(item: Figure) -> str:
    if not item.definition:
        return ""
    words = formats.text(item.definition)
    return (
        f'<span class="def" tabindex="0" role="note" aria-label="{words}" data-def="{words}">'
        f'<span class="i" aria-hidden="true">help</span></span>'
    )


def _change(item: Figure) -> str:
    if not item.change:
        return ""
    up, down = _TONES[item.meaning]
    tone, arrow = (up, "↑") if item.change[0] == "+" else (down, "↓") if item.change[0] == MINUS else ("gray", "")
    arrow = arrow and f'<span aria-hidden="true">{arrow}</span>'
    return f'<span class="pill t-{tone}">{arrow}{formats.text(item.change)}</span>'

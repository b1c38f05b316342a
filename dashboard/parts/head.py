"""What a page opens with: crumb, title with badges, one grey line, and the sentence that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from dashboard.parts import formats

Tone = Literal["red", "orange", "green", "blue", "violet", "gray"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in words beside a title; the icon doubles the colour."""

    text: str
    tone: Tone = "gray"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step above this page."""

    text: str
    address: str


def page_head(
    title: str, *, line: Sequence[str] = (), crumbs: Sequence[Crumb] = (), badges: Sequence[Badge] = ()
) -> None:
    """The head of a page. `line` holds the grey facts: subject, zone, data as of. Everything is escaped here."""
    name = formats.text(title)
    steps = "".join(
        f'<a href="{formats.text(crumb.address)}" target="_self">{formats.text(crumb.text)}</a> / ' for crumb in crumbs
    )
    crumb = f'<nav class="crumb" aria-label="Where this page belongs">{steps}{name}</nav>' if steps else ""
    grey = f'<div class="line">{" · ".join(map(formats.text, filter(None, line)))}</div>' if line else ""
    st.html(f'<div class="k head">{crumb}<h1>{name}{"".join(map(pill, badges))}</h1>{grey}</div>')


def pill(badge: Badge) -> str:
    """A badge as HTML for running text."""
    icon = f'<span class="i" aria-hidden="true">{badge.icon}</span>' if badge.icon else ""
    return f'<span class="pill t-{badge.tone}">{icon}{formats.text(badge.text)}</span>'


def answer(html: str, *, beside: str = "") -> None:
    """The sentence that answers the page's question; facts bold, amounts exact. `beside` follows small and grey.

    Both are HTML: callers escape names.
    """
    small = f"<p>{beside}</p>" if beside else ""
    st.html(f'<div class="k answer" role="status">{html}{small}</div>')


def section(title: str, *, note: str = "", aside: str = "", links: Sequence[tuple[str, str]] = ()) -> None:
    """The title of a chart or list: says the finding; `aside` follows in grey, `note` names unit and period below.

    `links` (words, address) stand behind the note.
    """
    small = f" <small>{formats.text(aside)}</small>" if aside else ""
    ways = " · ".join(f'<a href="{formats.text(to)}" target="_self">{formats.text(words)}</a>' for words, to in links)
    said = " ".join(filter(None, (formats.text(note) if note else "", ways)))
    below = f"<p>{said}</p>" if said else ""
    st.html(f'<div class="k sect"><h2>{formats.text(title)}{small}</h2>{below}</div>')

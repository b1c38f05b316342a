"""An edition of a brief: what changed, why, what is at risk and what waits, each thing with the way to it."""

from __future__ import annotations

import streamlit as st

from dashboard.parts import formats
from dashboard.parts.shell import style
from models.briefs.content import Content, Item, Section

ICONS = {"changed": "trending_flat", "why": "help", "risk": "warning", "waits": "inbox"}
MOVED = {"green": "trending_up", "orange": "trending_down"}


def edition(content: Content) -> None:
    """A whole edition."""
    style("briefs.css")
    st.html(f'<div class="k brief">{"".join(map(_section, content.sections))}</div>')


def _section(section: Section) -> str:
    items = "".join(_item(section.key, item) for item in section.items)
    body = f"<ul>{items}</ul>" if items else f'<p class="none">{formats.text(section.empty)}</p>'
    return f"<section class='{formats.text(section.key)}'><h2>{formats.text(section.title)}</h2>{body}</section>"


def _item(key: str, item: Item) -> str:
    icon = MOVED.get(item.tone, ICONS[key]) if key == "changed" else ICONS.get(key, "info")
    title = formats.text(item.title)
    # Only addresses of ours: what somebody named something never becomes a link.
    way = f'<a href="{formats.text(item.link)}" target="_self">{title}</a>' if _ours(item.link) else f"<b>{title}</b>"
    text = f"<p>{formats.text(item.text)}</p>" if item.text else ""
    tone = item.tone if item.tone in ("red", "orange", "green", "blue") else "gray"
    return f'<li><span class="i t-{tone}" aria-hidden="true">{icon}</span><div>{way}{text}</div></li>'


def _ours(link: str) -> bool:
    return link.startswith("/") and not link.startswith("//")

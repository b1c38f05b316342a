"""What every page wears: house CSS, logo, and the watcher that redraws charts after a theme switch."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from dashboard.parts.theme_watch import watch_theme

HERE = Path(__file__).resolve().parents[1]
STATIC = HERE / "static"
ASSETS = HERE / "assets"
FAVICON = str(STATIC / "favicon.svg")
"""The page icon: an own file, because a material icon as page icon is fetched from a font host."""


def dress() -> None:
    """Put on the house style and the logo. Call once per script run, before the page."""
    st.logo(str(STATIC / f"logo-{'dark' if is_dark() else 'light'}.svg"), size="large")
    with st.container(key="shell"):  # taken out of the flow by the CSS, so that the page begins at the top
        style("kontor.css")
        watch_theme()


def style(name: str) -> None:
    """Load one file of `dashboard/assets/` into the page."""
    st.html(f"<style>{_css(name)}</style>")


def is_dark() -> bool:
    """Whether the person sees the dark theme; may be wrong in the very first run of a session, never after it."""
    return st.context.theme.type == "dark"


@cache
def _css(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")

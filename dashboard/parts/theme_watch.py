"""Notices a theme switch: Plotly charts keep their old colours until the next run, so this asks for one."""

from __future__ import annotations

import streamlit as st

_WATCH = """
export default function (component) {
  const scheme = () => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme;
  // Dialogs and popovers hang outside the application's element and would keep the light colours.
  const tell = () => { document.documentElement.style.colorScheme = scheme(); };
  let was = scheme();
  tell();
  const timer = setInterval(() => {
    const is = scheme();
    if (is !== was) { was = is; tell(); component.setStateValue('scheme', is); }
  }, 400);
  return () => clearInterval(timer);
}
"""
_component = st.components.v2.component("kontor_theme", html="<i></i>", css=":host {\n  display: none;\n}", js=_WATCH)


def watch_theme() -> None:
    """Rerun the page once whenever light changes to dark or back."""
    _component(key="theme_watch", on_scheme_change=lambda: None)

"""Runs the page again after a while, as long as something on it is under way: the person need not reload."""

from __future__ import annotations

import time

import streamlit as st

_TIMER = """
export default function (component) {
  const timer = setTimeout(() => component.setTriggerValue('over', true), component.data.after);
  return () => clearTimeout(timer);
}
"""
_component = st.components.v2.component("kontor_again", html="<i></i>", css=":host {\n  display: none;\n}", js=_TIMER)


def again(seconds: float, *, key: str = "again") -> None:
    """Run the page once more after so many seconds. Draw it only while there is something to wait for."""
    # What changes in `data` starts the timer anew after each run.
    _component(data={"after": int(seconds * 1000), "drawn": time.monotonic_ns()}, key=key, on_over_change=lambda: None)

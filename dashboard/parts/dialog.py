"""Dialogs that act in the person's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec

import streamlit as st

from dashboard.parts import formats
from dashboard.session import acting_person

P = ParamSpec("P")


def dialog(
    title: str,
    *,
    width: Literal["small", "medium", "large"] = "medium",
    on_dismiss: Callable[[], None] | Literal["ignore"] = "ignore",
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Like `st.dialog`. Streamlit runs an open dialog again by itself, without the frame that knows who is asking,
    so it looks the person up itself, as every script run does (decision 0004). `on_dismiss` runs when it was closed."""

    def decorate(body: Callable[P, None]) -> Callable[P, None]:
        @wraps(body)
        def in_the_persons_name(*args: P.args, **kwargs: P.kwargs) -> None:
            with acting_person():
                body(*args, **kwargs)

        shown: Callable[P, None] = st.dialog(formats.plain(title), width=width, on_dismiss=on_dismiss)(
            in_the_persons_name
        )
        return shown

    return decorate

"""The address holds a page's state: filters, tab, period. Copy, send, reload and the back button all work.

Widgets get their value from the address before they are drawn and write it back in their callback, so the two never
part. Callbacks here touch nothing but the address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import streamlit as st

T = TypeVar("T")
Params = Mapping[str, str | Sequence[str]]
LONGEST = 4_000
"""Most characters of one value."""


def get(name: str, default: str = "") -> str:
    """One value of the address."""
    return _sane(st.query_params.get(name, default))


def get_all(name: str) -> tuple[str, ...]:
    """All values of a repeated parameter, in order, each once."""
    return tuple(dict.fromkeys(map(_sane, st.query_params.get_all(name))))


def _sane(value: str) -> str:
    """What a database can be asked for: not the sign NUL, nor more than any search, cursor or name is long."""
    return value.replace("\x00", "")[:LONGEST]


PLACE = ("after", "before")
"""Where in a paged list one is: a cursor of one question says nothing about another, so a changed question drops it."""


def put(**values: str | Sequence[str] | None) -> None:
    """Change the address in place; None or nothing takes a parameter out. Leads back to the first page of a list."""
    values = {**dict.fromkeys(PLACE), **values}
    for name, value in values.items():
        if value:
            st.query_params[name] = value if isinstance(value, str) else list(value)
        elif name in st.query_params:
            del st.query_params[name]


def only(**values: str | None) -> None:
    """Let the address say this and nothing else: another part of a page, with nothing of the one before."""
    st.query_params.from_dict({name: value for name, value in values.items() if value})


def key(name: str = "id") -> UUID | None:
    """The record that the address names; None when it names none or something else."""
    try:
        return UUID(get(name))
    except ValueError:
        return None


def remove(name: str, value: str) -> None:
    """Take one value of a repeated parameter out."""
    put(**{name: [other for other in get_all(name) if other != value]})


def clear(names: Sequence[str]) -> None:
    """Take several parameters out."""
    put(**dict.fromkeys(names))


def link(path: str, params: Params) -> str:
    """The address of another page with a state."""
    pairs = [(name, value) for name, value in params.items() if value]
    query = urlencode(pairs, doseq=True)
    return f"{path}?{query}" if query else path


def bound(key: str, value: object, write: Callable[[Any], None]) -> dict[str, Any]:
    """Arguments that bind a widget to the address: it shows `value`, and a change is given to `write`."""
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: write(st.session_state[key])}

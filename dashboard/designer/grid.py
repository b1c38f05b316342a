"""The grid on which a dashboard is built: draws its tiles and tells how somebody arranged them.

Every message is the whole arrangement, so that one which overtakes another loses nothing. Call `arranged` before
`grid`, so that one run of the script answers one message.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import streamlit as st

from dashboard.designer import assets

MOST = 60
"""Tiles of one message; more come from no hand."""
_component = st.components.v2.component(
    "kontor_grid", html='<div class="kontor-grid"></div>', js=assets.LOADER, isolate_styles=False
)


@dataclass(frozen=True, slots=True)
class TileBox:
    """A tile as the grid shows it. `problem` stands in the place of `sub` where something is wrong with it."""

    id: str
    kind: str
    title: str
    sub: str
    x: int
    y: int
    w: int
    h: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be added: its key, word, Material icon, and the columns and rows with which it begins."""

    kind: str
    label: str
    icon: str
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Put:
    """Where somebody put a tile."""

    id: str
    kind: str
    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the tiles stand now, and which of them is chosen."""

    tiles: tuple[Put, ...]
    selected: str | None


@dataclass
class _Desk:
    session: str = field(default_factory=lambda: secrets.token_hex(8))
    taken: int = 0
    waiting: tuple[int, Arrangement] | None = None


def arranged(key: str) -> Arrangement | None:
    """The arrangement that waits for the page, once."""
    desk = _desk(key)
    if desk.waiting is None:
        return None
    (desk.taken, found), desk.waiting = desk.waiting, None
    return found


def grid(tiles: Sequence[TileBox], kinds: Sequence[Kind], *, selected: str | None, key: str) -> None:
    """Draw the tiles and the palette of what can be added."""
    desk = _desk(key)
    data = {
        "script": assets.address("grid.js"),
        "style": assets.address("grid.css"),
        "session": desk.session,
        "taken": desk.taken,
        "tiles": [asdict(tile) for tile in tiles],
        "kinds": [asdict(kind) for kind in kinds],
        "selected": selected,
    }
    _component(data=data, key=key, on_change_change=lambda: _noted(key))


def read(message: Any) -> tuple[int, Arrangement] | None:
    """A message of the browser with its number; None for what is none (anybody can send anything)."""
    if not isinstance(message, Mapping) or not isinstance(message.get("number"), int):
        return None
    tiles, selected = message.get("tiles"), message.get("selected")
    if not isinstance(tiles, list) or len(tiles) > MOST or not isinstance(selected, str | None):
        return None
    put = [_put(each) for each in tiles]
    if any(each is None for each in put):
        return None
    return message["number"], Arrangement(tuple(each for each in put if each), selected)


def _put(value: Any) -> Put | None:
    if not isinstance(value, Mapping) or not all(isinstance(value.get(name), str) for name in ("id", "kind")):
        return None
    places = [place for name in ("x", "y", "w", "h") if isinstance(place := value.get(name), int)]
    if len(places) < 4 or not all(0 <= place <= 1000 for place in places):
        return None
    return Put(value["id"][:40], value["kind"][:40], *places)


def _noted(key: str) -> None:
    """Put down what came before the script runs: a run that is broken off by the next click must not lose it."""
    message: Any = getattr(st.session_state.get(key), "change", None)
    found, desk = read(message), _desk(key)
    if found and message.get("session") == desk.session and found[0] > desk.taken:
        desk.waiting = found


def _desk(key: str) -> _Desk:
    name = f"{key}:desk"
    if not isinstance(st.session_state.get(name), _Desk):
        st.session_state[name] = _Desk()
    desk: _Desk = st.session_state[name]
    return desk

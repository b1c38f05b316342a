"""What somebody did on the canvas, read from what the browser sent; nothing of it is believed before it fits."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from typing import Annotated, Any

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from dashboard.designer.drawing import Way

log = logging.getLogger("kontor.designer")

MOST = 2_000
"""Boxes or lines of one change; nobody draws more."""
EDGE = 1_000_000
"""Pixels from the middle, in every direction, beyond which nothing is put."""
Name = Annotated[str, StringConstraints(max_length=200)]
Pixels = Annotated[float, Field(allow_inf_nan=False, ge=-EDGE, le=EDGE)]


@dataclass(frozen=True, slots=True)
class Moved:
    """Boxes stand somewhere else now: their upper left corners, in pixels."""

    positions: Annotated[dict[Name, tuple[Pixels, Pixels]], Field(max_length=MOST)]


@dataclass(frozen=True, slots=True)
class Connected:
    """An outcome leads to a box; to more than one only where it may (a parallel split)."""

    source: Name
    outcome: Name
    target: Name


@dataclass(frozen=True, slots=True)
class Reconnected:
    """A line leads to another box, or leaves another outcome."""

    before: Way
    after: Way


@dataclass(frozen=True, slots=True)
class Removed:
    """Boxes and lines are gone; lines of a removed box are not named again."""

    boxes: Annotated[tuple[Name, ...], Field(max_length=MOST)] = ()
    lines: Annotated[tuple[Way, ...], Field(max_length=MOST)] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """A new box of a kind. `after`: the box and the outcome that are to lead to it; where that outcome led before, the
    new box leads then."""

    kind: Name
    x: Pixels
    y: Pixels
    after: tuple[Name, Name] | None = None


@dataclass(frozen=True, slots=True)
class Selected:
    """One box or one line is looked at, or nothing (or several at once)."""

    box: Name | None = None
    line: Way | None = None

    @property
    def id(self) -> str | None:
        """What `canvas` takes as `selected`."""
        return self.line.id if self.line else self.box


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last change."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Do again what was taken back."""


Change = Moved | Connected | Reconnected | Removed | Added | Selected | Undo | Redo

_KINDS: dict[str, TypeAdapter[Any]] = {
    cls.__name__.lower(): TypeAdapter(cls)
    for cls in (Moved, Connected, Reconnected, Removed, Added, Selected, Undo, Redo)
}


def read(raw: object) -> tuple[int, Change] | None:
    """The number and the change of a message from the browser; None when it is none of ours."""
    if not isinstance(raw, dict):
        return None
    number, kind = raw.get("number"), raw.get("type")
    if type(number) is not int or not isinstance(kind, str) or kind not in _KINDS:
        log.warning("designer.message.unknown")
        return None
    values = {name: value for name, value in raw.items() if name not in ("number", "type")}
    try:
        change: Change = _KINDS[kind].validate_python(values)
    except ValidationError:
        log.warning("designer.message.refused", extra={"change": kind})
        return None
    return (number, change) if set(values) <= {each.name for each in fields(change)} else None

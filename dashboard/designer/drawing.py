"""What the canvas draws: boxes with their ways on, and lines between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Tone = Literal["", "orange", "red", "green"]


@dataclass(frozen=True, slots=True)
class Way:
    """One line by its ends: from an outcome of a box (empty: its only way on) to a box."""

    source: str
    outcome: str
    target: str

    @property
    def id(self) -> str:
        """The way as one word, for `selected`: `business_review[approve]>finance_review`."""
        return f"{self.source}[{self.outcome}]>{self.target}"


@dataclass(frozen=True, slots=True)
class Live:
    """How it runs here: cases now, times in words (`4.6 d`), the share that goes back or is refused (`11 % back`)."""

    cases: int
    median: str = ""
    p90: str = ""
    rejected: str = ""
    bottleneck: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A node as drawn. Without x and y the canvas finds a place; they are pixels of the upper left corner.

    `outcomes` are the ways that must lead on, each with its key and the word for people; `("", "")` alone is the only
    way on. One that no line leaves is drawn as missing. `problems` keep the draft from being published, `warnings` do
    not; each is one sentence.
    """

    id: str
    kind: str
    title: str
    lines: tuple[str, ...] = ()
    x: float | None = None
    y: float | None = None
    outcomes: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    live: Live | None = None
    start: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A way from a box to a box. Without a label it carries the word of its outcome."""

    source: str
    outcome: str
    target: str
    label: str = ""
    tone: Tone = ""

    @property
    def way(self) -> Way:
        """The line by its ends."""
        return Way(self.source, self.outcome, self.target)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture. Boxes come in the order in which a keyboard reaches them."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """As the browser gets it. Field by field: `asdict` copies every word, ten times as long."""
        boxes = [_plain(box) | {"live": box.live and _plain(box.live)} for box in self.boxes]
        return {"boxes": boxes, "lines": [_plain(line) for line in self.lines]}


def _plain(value: Box | Line | Live) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}

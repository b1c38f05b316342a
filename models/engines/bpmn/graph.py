"""A diagram as a graph of boxes and ways, in which an import changes one thing after another until it is a workflow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from models.core.errors import Problem, Refused
from models.engines.bpmn.drawing import Bounds
from models.engines.bpmn.findings import Findings
from models.engines.bpmn.markup import Element
from models.engines.bpmn.vocabulary import words

PASS = "pass"  # noqa: S105 - a kind of box
"""The kind of a box that only leads on, and vanishes."""


@dataclass(eq=False, slots=True)
class Box:
    """A flow node. `key` is unique: its id, behind those of the calls that led to it; `node` what it becomes."""

    key: str
    kind: str
    element: Element
    name: str
    lanes: tuple[str, ...] = ()
    bounds: Bounds | None = None
    node: dict[str, Any] | None = None
    slug: str = ""
    hint: str = ""
    """What its name in the workflow is made of, when it has none of its own."""
    host: str = ""
    """Of an event at the border of something: the key of that."""
    at: tuple[float, float] | None = None
    """Where the designer draws it, when a mark of ours says so."""
    is_ours: bool = False

    @property
    def is_review(self) -> bool:
        """Whether it became a review here, in this import."""
        return not self.is_ours and self.node is not None and "review" in self.node


@dataclass(eq=False, slots=True)
class Way:
    """A sequence flow, or one that has to be there though nobody drew it (without an element)."""

    begin: str
    end: str
    element: Element | None = None
    name: str = ""
    condition: str = ""
    default: bool = False
    outcome: str | None = None
    """The outcome of its begin that takes it; None while that is not known."""


@dataclass(slots=True)
class Graph:
    """All boxes and ways; `start` is the key of the box where a case begins."""

    findings: Findings
    most_nodes: int
    boxes: dict[str, Box] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    start: str = ""
    beginning: Element | None = None
    """The start event, or the step that stands for it."""
    alias: dict[str, str] = field(default_factory=dict)
    """What a box that vanished lives on in."""
    merged: dict[str, str] = field(default_factory=dict)
    """By id of a flow or an element that vanished, the key of the box that it lives on in."""

    def add(self, box: Box) -> Box:
        """Put a box in that somebody drew.

        Raises:
            Refused: there are too many.
        """
        if len(self.boxes) >= self.most_nodes:
            text = f"The process has more than {self.most_nodes} steps, called processes counted. Split it."
            raise Refused(Problem("BPMN-STEPS", text))
        self.boxes[box.key] = box
        return box

    def beside(self, box: Box, word: str, kind: str, name: str, by: float = 0) -> Box:
        """A new box that somebody forgot to draw, next to another one."""
        key, number = f"{box.key}/{word}", 2
        while key in self.boxes:
            key, number = f"{box.key}/{word}{number}", number + 1
        bounds = box.bounds and box.bounds._replace(x=box.bounds.x + by, y=box.bounds.y + abs(by) / 2)
        hint = f"{box.name or box.hint or words(box.kind)} {word}"
        made = self.boxes[key] = Box(key, kind, box.element, name, box.lanes, bounds, hint=hint)
        return made

    def out_of(self, box: Box) -> list[Way]:
        """The ways that leave a box."""
        return [way for way in self.ways if way.begin == box.key]

    def into(self, box: Box) -> list[Way]:
        """The ways that lead to a box."""
        return [way for way in self.ways if way.end == box.key]

    def at_border(self, box: Box) -> list[Box]:
        """The events at the border of a box."""
        return [each for each in self.boxes.values() if each.host == box.key]

    def of_kind(self, *kinds: str) -> Iterator[Box]:
        """The boxes of some kinds, as they are now, that are nothing of ours yet."""
        return iter([box for box in self.boxes.values() if box.kind in kinds and box.node is None])

    def drop(self, box: Box) -> None:
        """Take a box out, with the ways that leave it, which are named."""
        del self.boxes[box.key]
        for way in self.out_of(box):
            if way.element is not None:
                self.findings.say(way.element, f"Left out with {box.name or box.element.id}.")
        self.ways = [way for way in self.ways if box.key not in (way.begin, way.end)]

    def forget(self, way: Way, lives_on: str) -> None:
        """Note what a way that goes lives on in."""
        if way.element is not None and way.element.id:
            self.merged[way.element.id] = lives_on

    def dissolve(self, box: Box, into: str) -> None:
        """Let a box vanish: whatever leads to it leads to another one."""
        for way in self.out_of(box):
            self.forget(way, into)
        self.ways = [way for way in self.ways if way.begin != box.key]
        for way in self.into(box):
            way.end = into
        self.alias[box.key] = into
        self.merged.setdefault(box.element.id, into)
        if self.start == box.key:
            self.start = into
        del self.boxes[box.key]

    def lives_on(self, key: str) -> Box:
        """The box that a key stands for by now."""
        while key in self.alias:
            key = self.alias[key]
        return self.boxes[key]

    def reachable(self, key: str) -> set[str]:
        """Everything that can follow after a box, itself included."""
        after: dict[str, list[str]] = {}
        for way in self.ways:
            after.setdefault(way.begin, []).append(way.end)
        seen, waiting = {key}, [key]
        while waiting:
            for end in after.get(waiting.pop(), ()):
                if end not in seen:
                    seen.add(end)
                    waiting.append(end)
        return seen

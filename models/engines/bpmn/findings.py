"""What an import has to say about a diagram, element by element."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from models.engines.bpmn.markup import Element
from models.engines.bpmn.vocabulary import words

Severity = Literal["info", "warning"]
"""`warning`: the workflow does something else than the diagram says, or lacks something of it. `info`: good to know."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done with an element that has no equal here: left out, or made something else, and why."""

    element_id: str
    name: str
    kind: str
    text: str
    severity: Severity
    line: int


@dataclass(frozen=True, slots=True)
class Imported:
    """A workflow as it is written in a definition (without its layout), where its nodes are drawn, and the notices.

    `became` says for each element that lives on which node it is now, or for a flow which begin of an edge.
    """

    workflow: dict[str, Any]
    layout: dict[str, tuple[float, float]]
    findings: tuple[Notice, ...]
    became: dict[str, str]


@dataclass(slots=True)
class Findings:
    """Notices while an import goes on, and which elements need none any more."""

    notices: list[Notice] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)

    def settle(self, *elements: Element) -> None:
        """Note that elements were taken over or need no word."""
        self.settled |= {id(each) for each in elements}

    def is_settled(self, element: Element) -> bool:
        """Whether an element was taken over, or was spoken of."""
        return id(element) in self.settled

    def say(self, element: Element, text: str, *, severity: Severity = "warning", kind: str = "") -> None:
        """Say what was done with an element. One without an id is spoken of by that of what it stands in."""
        self.settle(element)
        owner: Element | None = element
        while owner is not None and not owner.id:
            owner = owner.parent
        named = element if element.id or owner is None else owner
        shown = element.get("name") or (named.get("name") if named is not element else "") or element.words()[:80]
        self.notices.append(Notice(
            owner.id if owner is not None else "", shown, kind or words(element.name), text, severity, element.line,
        ))  # fmt: skip

    def unsay(self, element: Element) -> None:
        """Take back what was said of an element, since something else was made of it."""
        self.notices = [each for each in self.notices if each.element_id != element.id]

    def sorted(self) -> tuple[Notice, ...]:
        """The notices in the order of the file."""
        return tuple(sorted(dict.fromkeys(self.notices), key=lambda notice: notice.line))

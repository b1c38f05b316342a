"""What people do to a definition, one at a time: `editing.py` says what a content becomes by each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class AddNode:
    """A new node of a kind at a place; `after` is the way (node, outcome) that leads to it from now on."""

    kind: str
    at: Place | None = None
    after: tuple[str, str] | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class RemoveNodes:
    """Take nodes away, and every way from and to them."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoveNodes:
    """Draw nodes elsewhere."""

    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Connect:
    """Let the outcome of a node lead to another one, instead of where it led before."""

    source: str
    outcome: str
    target: str
    also: bool = False
    """Beside where it led before: for what begins several branches."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Take a way away."""

    source: str
    outcome: str
    target: str


@dataclass(frozen=True, slots=True)
class ChangeNode:
    """Give a node other values; None takes one away. `was` is what the person saw of them.

    `outcomes` says what became of outcomes that had a way: their new names, or nothing when they are gone.
    """

    name: str
    values: Mapping[str, Any]
    was: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeGiven:
    """Give the action of a node one thing otherwise; None takes it away. `label` is what people call it."""

    name: str
    need: str
    label: str
    value: Any
    was: Any


@dataclass(frozen=True, slots=True)
class RenameNode:
    """Call a node otherwise in the definition."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class BeginAt:
    """Let cases begin at another node."""

    name: str


@dataclass(frozen=True, slots=True)
class ChangeType:
    """Give the type other values at a path, e.g. `("parameters", "claim_within_days")`; None takes one away."""

    path: tuple[str, ...]
    value: Any
    words: str = ""
    was: Any = None
    looked_at: bool = False
    """Whether `was` is what the person saw."""


@dataclass(frozen=True, slots=True)
class BringIn:
    """Give the type several parts at once, from a file; None takes one away."""

    parts: Mapping[str, Any]
    words: str


Edit = (
    AddNode
    | RemoveNodes
    | MoveNodes
    | Connect
    | Disconnect
    | ChangeNode
    | ChangeGiven
    | RenameNode
    | BeginAt
    | ChangeType
    | BringIn
)

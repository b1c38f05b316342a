"""Marks of ours in a diagram: what BPMN has no place for, as JSON, so that it comes back exactly as it was."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from models.engines.bpmn.markup import Element

OURS = "urn:kontor:workflow:1"
NODE, EDGE, OUTCOMES, EXPIRY, WORKFLOW = "node", "edge", "outcomes", "expiry", "workflow"
"""A node as it was written; the begin of an edge; the gateway behind a node with several outcomes; the timer of its
expiry; what a workflow has beside nodes and edges."""
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def text_of(value: Any) -> str:
    """A JSON value as text that XML may hold."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def sum_of(text: str) -> int:
    """What tells a text that we wrote from one that somebody else did, however it is wrapped."""
    return zlib.crc32(" ".join(text.split()).encode())


def mark_of(element: Element, kind: str) -> Mapping[str, Any] | None:
    """The mark of a kind that an element bears; None when it has none, or somebody broke it."""
    for extensions in element.of("extensionElements"):
        for each in extensions.children:
            if each.space == OURS and each.name == kind:
                return _read(each.text)
    return None


def is_broken(element: Element) -> bool:
    """Whether an element bears marks of ours that cannot be read any more."""
    marks = [each for extensions in element.of("extensionElements") for each in extensions.children]
    return any(each.space == OURS and _read(each.text) is None for each in marks)


def _read(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None

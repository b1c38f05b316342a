"""A type as a file and back: BPMN 2.0 diagrams of its workflow, YAML of everything."""

from __future__ import annotations

from typing import Any

from models.core.errors import Problem, Refused
from models.design.editing import flow
from models.design.shape import shape_problems
from models.engines import bpmn
from models.engines.definitions.loading import Content
from models.engines.definitions.text import from_text, to_text


def to_bpmn(content: Content) -> bytes:
    """The workflow as a diagram, with its layout.

    Raises:
        Refused: it cannot be drawn, e.g. because it begins nowhere.
    """
    raw = content["type"]
    return bpmn.write(flow(content), name=str(raw["name"]), key=str(raw["key"]), parameters=raw.get("parameters", {}))


def from_bpmn(xml: bytes) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """The workflow that a diagram means, with its layout; and what had no equal: the element, its kind, what was done.

    Raises:
        Refused: it is no BPMN 2.0, broken, or too big; says where, and what to do about it.
    """
    found = bpmn.read(xml)
    places = {name: [round(x), round(y)] for name, (x, y) in found.layout.items()}
    notices = [(each.name or each.element_id, each.kind, each.text) for each in found.findings]
    return {**found.workflow, "layout": places}, notices


def to_yaml(content: Content) -> str:
    """Everything that a type says."""
    return to_text(content)


def from_yaml(text: bytes, into: Content) -> dict[str, Any]:
    """What a YAML file says of the type of a draft, by part; its key and version are the draft's own.

    Raises:
        Refused: it is no YAML of a type that can be drawn, or of another one; names the places.
    """
    raw = from_text(text)["type"]
    if not isinstance(raw, dict) or raw.get("key", into["type"]["key"]) != into["type"]["key"]:
        text_ = f"This file is of the type {raw.get('key')}, the draft of {into['type']['key']}. Begin a draft of that."
        raise Refused(Problem("YAML-OTHER", text_, "key"))
    if found := shape_problems(raw):
        raise Refused(found)
    gone: dict[str, Any] = dict.fromkeys(into["type"])
    return {name: value for name, value in (gone | raw).items() if name not in ("key", "version")}

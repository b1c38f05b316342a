"""Where things are drawn. Our designer's boxes and BPMN's shapes have one centre; ways run along right angles.

Places are pixels right and down. A box of the designer is 160 × 64, an end 32 × 32, placed by its upper left corner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models.engines.workflow.schema import kind_of

Place = tuple[float, float]
BOX: Place = (160, 64)
ROUND: Place = (32, 32)
ACTIVITY: Place = (100, 80)
GATEWAY: Place = (50, 50)
EVENT: Place = (36, 36)
LABEL: Place = (80, 14)
APART: Place = (224, 128)
"""From one box to the next, where we have to find a place ourselves."""
WIDER = 1.5
"""How much farther apart foreign shapes are drawn here, since our boxes are wider."""


class Bounds(NamedTuple):
    """A shape's upper left corner and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> Place:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        """Its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.y + self.height


def around(centre: Place, size: Place) -> Bounds:
    """Bounds of a size with that centre."""
    return Bounds(centre[0] - size[0] / 2, centre[1] - size[1] / 2, *size)


def size_of(node: Mapping[str, Any]) -> Place:
    """How large the designer draws a node."""
    return ROUND if kind_of(node) == "end" else BOX


def box_at(centre: Place, node: Mapping[str, Any]) -> Place:
    """Where the designer draws a node with that centre, on whole pixels."""
    bounds = around(centre, size_of(node))
    return float(round(bounds.x)), float(round(bounds.y))


def centres(workflow: Mapping[str, Any], layout: Mapping[str, Sequence[float]]) -> dict[str, Place]:
    """The centre of every node; those without a place stand below the others, by their distance from the start."""
    nodes = workflow["nodes"]
    lowest = max((layout[name][1] + BOX[1] for name in nodes if name in layout), default=-APART[1])
    columns: dict[int, int] = {}
    found: dict[str, Place] = {}
    distances = _distances(workflow)
    for name, node in nodes.items():
        if name in layout:
            x, y = layout[name]
            width, height = size_of(node)
            found[name] = x + width / 2, y + height / 2
        else:
            column = distances[name]
            row = columns[column] = columns.get(column, 0) + 1
            found[name] = column * APART[0] + BOX[0] / 2, lowest + row * APART[1] + BOX[1] / 2
    return found


def _distances(workflow: Mapping[str, Any]) -> dict[str, int]:
    """By node, over how many edges it is reached from the start; what nothing leads to stands behind everything."""
    after: dict[str, list[str]] = {}
    for begin, end in workflow["edges"]:
        after.setdefault(node_of(workflow["nodes"], begin) or "", []).append(end)
    found, waiting = {workflow["start"]: 0}, [workflow["start"]]
    for name in waiting:
        for each in after.get(name, ()):
            if each not in found:
                found[each] = found[name] + 1
                waiting.append(each)
    last = max(found.values()) + 1
    return {name: found.get(name, last) for name in workflow["nodes"]}


def node_of(nodes: Mapping[str, Any], begin: str) -> str | None:
    """The node that an edge begins at: the begin itself, or what stands before its outcome; None: no node."""
    if begin in nodes:
        return begin
    node = begin.rpartition(".")[0]
    return node if node in nodes else None


def route(source: Bounds, target: Bounds, *, lower: float = 0) -> list[Place]:
    """The corners of a way from one shape to another: to the right where it can, else below both, so much lower."""
    (ax, ay), (bx, by) = source.centre, target.centre
    if target.x >= source.right:
        if ay == by:
            return [(source.right, ay), (target.x, by)]
        middle = (source.right + target.x) / 2
        return [(source.right, ay), (middle, ay), (middle, by), (target.x, by)]
    if ax == bx and target.y >= source.bottom:
        return [(ax, source.bottom), (bx, target.y)]
    if ax == bx and source.y >= target.bottom:
        return [(ax, source.y), (bx, target.bottom)]
    below = max(source.bottom, target.bottom) + 20 + lower
    return [(ax, source.bottom), (ax, below), (bx, below), (bx, target.bottom)]


def label_at(corners: Sequence[Place], row: int) -> Bounds:
    """Where the words of a way stand, so many rows below its middle."""
    (ax, ay), (bx, by) = corners[(len(corners) - 1) // 2 : (len(corners) - 1) // 2 + 2]
    return Bounds((ax + bx) / 2 + 6, (ay + by) / 2 - 7 + 16 * row, *LABEL)

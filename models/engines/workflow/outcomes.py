"""The outcomes with which a case leaves a node: each of them needs a way on."""

from __future__ import annotations

from models.engines.decision_tables import DecisionTable
from models.engines.workflow.schema import (
    CheckNode,
    DecisionNode,
    EndNode,
    FormNode,
    Node,
    ReviewNode,
    Timed,
    WaitNode,
)


def outcomes(node: Node) -> tuple[str, ...]:
    """The outcomes that need a way out of the node; an empty one stands for the node's single way."""
    expiry = ("expire",) if isinstance(node, Timed | WaitNode) and node.expires else ()
    match node:
        case FormNode():
            return ("submit", *(() if node.cancel == "no" else ("cancel",)), *expiry)
        case ReviewNode():
            return (*node.decisions, *(("cancel",) if node.cancel else ()), *expiry)
        case CheckNode():
            return ("pass", "fail", *(("cancel",) if node.cancel else ()))
        case DecisionNode():
            return _of_decision(node)
        case WaitNode():
            return ("", *expiry)
        case EndNode():
            return ()
    return ("",)


def _of_decision(node: DecisionNode) -> tuple[str, ...]:
    otherwise = (node.otherwise,) if node.otherwise else ()
    if isinstance(node.decision, str):
        return ("yes", "no")
    if isinstance(node.decision, DecisionTable):
        return tuple(dict.fromkeys((*_named(node.decision, node.outcome), *otherwise)))
    return tuple(dict.fromkeys((*(branch.then for branch in node.decision), *otherwise)))


def _named(table: DecisionTable, outcome: str) -> tuple[str, ...]:
    """The ways that a column of a table names; without one, the single way. A row that names none is another fault."""
    for place, column in enumerate(table.columns):
        if column.name == outcome and place >= len(table.inputs):
            named = (row[place].strip() for row in table.rows if len(row) > place)
            return tuple(dict.fromkeys(way for way in named if way not in ("", "-")))
    return ("",)

"""What a node reads of a case and what it adds: the conditions it asks, and the facts that are known after it."""

from __future__ import annotations

from collections.abc import Iterator

from models.engines.decision_tables import DecisionTable
from models.engines.workflow.schema import DecisionNode, Node, ReviewNode


def conditions(node: Node) -> Iterator[str]:
    """Every CEL condition of a node."""
    if isinstance(node, ReviewNode):
        yield from (candidate.when for candidate in node.candidates if candidate.when)
    if isinstance(node, DecisionNode):
        if isinstance(node.decision, str):
            yield node.decision
        elif not isinstance(node.decision, DecisionTable):
            yield from (branch.when for branch in node.decision)

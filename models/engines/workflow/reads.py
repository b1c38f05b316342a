"""What a node reads of a case and what it adds: the conditions it asks, and the facts that are known after it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from models.engines.decision_tables import DecisionTable
from models.engines.workflow.schema import SET, ActionNode, DecisionNode, FormNode, Node, ReviewNode, WaitNode

_TEXTS = re.compile(r"'[^']*'|\"[^\"]*\"")


def conditions(node: Node) -> Iterator[str]:
    """Every CEL condition of a node."""
    if isinstance(node, ReviewNode):
        yield from (candidate.when for candidate in node.candidates if candidate.when)
    if isinstance(node, WaitNode) and node.until and not node.until.strip().isidentifier():
        yield node.until
    if isinstance(node, DecisionNode):
        if isinstance(node.decision, str):
            yield node.decision
        elif not isinstance(node.decision, DecisionTable):
            yield from (branch.when for branch in node.decision)


def named(expression: str, facts: Collection[str]) -> set[str]:
    """The facts that an expression names."""
    return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", _TEXTS.sub("", expression))) & set(facts)


def facts_read(node: Node, facts: Collection[str]) -> set[str]:
    """The facts without which a node cannot do its part."""
    found = {fact for condition in conditions(node) for fact in named(condition, facts)}
    if isinstance(node, ReviewNode):
        found |= {node.limit} | {candidate.person for candidate in node.candidates}
    if isinstance(node, WaitNode):
        found = {node.since or ""}  # what it waits for need not be there yet
    if isinstance(node, DecisionNode) and isinstance(node.decision, DecisionTable):
        found |= {column.name for column in node.decision.inputs}
    if isinstance(node, ActionNode):
        for value in node.given.values():
            found |= named(str(value), facts) if node.action == SET else {value} if isinstance(value, str) else set()
    return found & set(facts)


def facts_added(node: Node, outcome: str, fields: Mapping[str, Collection[str]]) -> set[str]:
    """What is known after a node is left with an outcome; `fields` are those of each form."""
    match node:
        case FormNode() if outcome == "submit":
            return set(fields.get(node.form, ()))
        case ReviewNode() if outcome in node.decisions:
            return {field.name for field in node.decisions[outcome].fields}
        case DecisionNode() if isinstance(node.decision, DecisionTable) and outcome != node.otherwise:
            return {column.name for column in node.decision.outputs} - {node.outcome}
        case ActionNode() if node.action == SET:
            return set(node.given)
        case WaitNode() if outcome == "":
            return {node.until.strip()}
    return set()

"""Which way a decision takes for the facts of a case, and what it finds out on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.core.errors import Problem, Refused
from models.engines.decision_tables import DecisionTable, answer
from models.engines.workflow.schema import DecisionNode

if TYPE_CHECKING:
    from models.engines.workflow.world import World


@dataclass(frozen=True, slots=True)
class Way:
    """The outcome; of a table also the rows that fit, by number, and what they say, as facts."""

    outcome: str
    rows: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def way(name: str, node: DecisionNode, facts: Mapping[str, Any], world: World) -> Way:
    """The way that a decision takes.

    Raises:
        Refused: no branch or row fits and nothing is said for that (CASE-NO-WAY), or a fact that decides is missing.
    """
    if isinstance(node.decision, str):
        return Way("yes" if world.holds(node.decision, facts) else "no")
    if isinstance(node.decision, DecisionTable):
        found = answer(node.decision, facts)
        if found is not None:
            said = {name: value for name, value in found.values.items() if name != node.outcome}
            return Way(str(found.values.get(node.outcome) or ""), found.rows, said)
    else:
        for branch in node.decision:
            if world.holds(branch.when, facts):
                return Way(branch.then)
    if node.otherwise:
        return Way(node.otherwise)
    missing = sorted(column.words for column in _inputs(node) if facts.get(column.name) in (None, ""))
    unknown = f" Not known yet: {', '.join(missing)}." if missing else ""
    text = f"{node.label or name}: nothing that it tells apart fits this case.{unknown}"
    raise Refused(Problem("CASE-NO-WAY", text))


def _inputs(node: DecisionNode) -> tuple[Any, ...]:
    return node.decision.inputs if isinstance(node.decision, DecisionTable) else ()

"""A definition as the designer draws it: its nodes in a manager's words, and the ways that have to lead on from each.

It reads contents that are not whole yet: what cannot be read is drawn as far as it can be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from models.core.errors import Refused
from models.design.editing import flow, label_of, source
from models.engines.definitions.loading import Content, filled
from models.engines.definitions.registry import ACTIONS, CHECKS, DEEDS, Deed
from models.engines.workflow.lint import outcomes
from models.engines.workflow.schema import SET, AnyNode, Decision, Node, ReviewNode, kind_of
from models.identity.roles import role_book

_NODE: TypeAdapter[Node] = TypeAdapter(AnyNode)
WORDS: Mapping[str, str] = {
    "submit": "sent", "cancel": "cancelled", "expire": "expired", "pass": "passes", "fail": "fails", "yes": "yes",
    "no": "no", "otherwise": "otherwise",
}  # fmt: skip
"""What an outcome is called on the canvas."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A node: its kind, what people call it, up to two short lines, its place, and its outcomes with their words."""

    name: str
    kind: str
    label: str
    lines: tuple[str, ...]
    at: tuple[float, float] | None
    outcomes: tuple[tuple[str, str], ...]
    start: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A way between nodes; `back` when it leads to where a case has been."""

    source: str
    outcome: str
    target: str


def drawn(content: Content) -> tuple[list[Drawn], list[Way]]:
    """Every node and every way of a content, in the order in which they were written."""
    made = flow(content)
    parameters = content["type"].get("parameters", {})
    nodes = []
    for name, raw in made["nodes"].items():
        node = _read(raw, parameters)
        at = made.get("layout", {}).get(name)
        kind = kind_of(raw) or "end"
        nodes.append(
            Drawn(
                name, kind, label_of(content, name), lines(kind, raw, node), tuple(at) if at else None,
                tuple(_ways(content, name, kind, raw, node)), made["start"] == name,
            )
        )  # fmt: skip
    ways = []
    for begin, target in made["edges"]:
        node_name = source(made, begin)
        if node_name is not None and target in made["nodes"]:
            ways.append(Way(node_name, begin[len(node_name) + 1 :], target))
    return nodes, ways


def _read(raw: Mapping[str, Any], parameters: Mapping[str, Any]) -> Node | None:
    try:
        return _NODE.validate_python(filled(dict(raw), parameters))
    except (ValidationError, Refused):
        return None


def _ways(content: Content, name: str, kind: str, raw: Mapping[str, Any], node: Node | None) -> list[tuple[str, str]]:
    if kind == "payment":
        ends = _ends(content, str(raw.get("payment", "")))
        return [(each, each.replace("_", " ")) for each in ends] or [("", "")]
    if node is not None:
        decisions = node.decisions if isinstance(node, ReviewNode) else {}
        return [(each, outcome_words(each, decisions)) for each in outcomes(node)]
    led = [begin for begin, _ in flow(content)["edges"] if source(flow(content), begin) == name]
    return [(begin[len(name) + 1 :], begin[len(name) + 1 :].replace("_", " ")) for begin in dict.fromkeys(led)]


def _ends(content: Content, process: str) -> list[str]:
    nodes = content.get("processes", {}).get(process, {}).get("workflow", {}).get("nodes", {})
    return list(dict.fromkeys(str(node["end"]) for node in nodes.values() if "end" in node))


def outcome_words(outcome: str, decisions: Mapping[str, Decision]) -> str:
    """An outcome as the canvas says it: the verb of a review's decision, else a word of ours."""
    if outcome in decisions:
        return decisions[outcome].label.lower()
    return WORDS.get(outcome, outcome.replace("_", " "))


def lines(kind: str, raw: Mapping[str, Any], node: Node | None) -> tuple[str, ...]:
    """What stands under a node's name: who, what, how long."""
    match kind:
        case "form":
            due = f", {raw['due']}" if node is not None and raw.get("due") and "$" not in str(raw["due"]) else ""
            return (f"Partner{due}",)
        case "review":
            return (_reviewers(raw, node),)
        case "check":
            check = CHECKS.get(str(raw.get("check", "")))
            return (check.label if check else "No check chosen",)
        case "decision":
            return (_decision(raw.get("decision")),)
        case "parallel":
            return ("Several branches at once" if raw.get("parallel") == "split" else "Waits for all branches",)
        case "wait":
            return (f"Until {raw.get('until', '')}" if raw.get("wait") == "facts" else f"{raw.get('wait', '')}",)
        case "action":
            name = str(raw.get("action", ""))
            if name == SET:
                return (f"Sets {', '.join(raw.get('given', {})) or 'nothing yet'}",)
            return (action_words(name) if name in ACTIONS else "No action chosen",)
        case "payment":
            return (str(raw.get("payment") or "No process chosen").replace("_", " ").capitalize(),)
    return (str(raw.get("status") or raw.get("end", "")),)


def _decision(decision: Any) -> str:
    if isinstance(decision, Mapping):
        return f"By a table of {len(decision.get('rows', ()))} rows"
    if isinstance(decision, list | tuple):
        return f"{len(decision)} branches: {', '.join(str(each.get('then', '')) for each in decision)}"
    return str(decision or "No condition yet")


def _reviewers(raw: Mapping[str, Any], node: Node | None) -> str:
    if not isinstance(node, ReviewNode):
        return "Nobody chosen yet"
    names = [role_book().name(role) for role in node.review]
    who = " or ".join(names) if len(names) < 3 else f"{names[0]} or {len(names) - 1} other roles"
    quorum = str(node.quorum)
    nobody = "Whom the stage names" if node.candidates else "Nobody chosen yet"
    return f"{who or nobody}{'' if quorum == '1' else f', {quorum} must agree'}"


def action_words(name: str) -> str:
    """An action as people read it: by its own name, else `ledger.reserve` is `Reserve (ledger)`."""
    if label := DEEDS.get(name, Deed()).label:
        return label
    area, _, verb = name.rpartition(".")
    return f"{verb.replace('_', ' ').capitalize()} ({area})" if area else verb.replace("_", " ").capitalize()

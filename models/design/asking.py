"""What reviewers fill in with a decision, as a manager sets it: each becomes a fact of the case. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.core.errors import Problem, Refused
from models.design.conditions import facts_of
from models.design.editing import flow, slug
from models.design.edits import ChangeNode, ChangeType, Edit
from models.design.forms import FACTS, TYPES
from models.engines.definitions.loading import Content

Raw = Mapping[str, Any]
KINDS: Mapping[str, str] = {
    kind: TYPES[kind] for kind in ("text", "long_text", "date", "usd", "count", "yes_no", "choice")
}
"""What can be asked of a reviewer, in a manager's words."""


def asked(decision: Raw) -> list[Raw]:
    """The fields of a decision, in order."""
    return list(decision.get("fields") or ())


def with_asked(
    content: Content, node: str, decisions: Raw, key: str, *, label: str, kind: str, required: bool,
    options: Sequence[str] = (),
) -> list[Edit]:  # fmt: skip
    """One more field of a decision; `decisions` are those of the node, as they count.

    Raises:
        Refused: it has no label, or is a choice of fewer than two.
    """
    if not label.strip():
        raise Refused(Problem("DESIGN-NAME", "Write what the reviewer fills in: the label of the field.", "label"))
    if kind == "choice" and len(options) < 2:
        raise Refused(Problem("DESIGN-OPTIONS", "Write at least two choices, by comma.", "options"))
    name = slug(label, facts_of(content))
    field: dict[str, Any] = {"name": name, "label": label.strip()}
    field |= {"type": kind} if kind != "text" else {}
    field |= {"required": True} if required else {}
    field |= {"options": list(options)} if kind == "choice" else {}
    made = {**decisions[key], "fields": [*asked(decisions[key]), field]}
    return [
        _change(content, node, {**decisions, key: made}),
        ChangeType(("facts", name), FACTS[kind], f"{label.strip()} can be used in rules"),
    ]


def without_asked(content: Content, node: str, decisions: Raw, key: str, name: str) -> list[Edit]:
    """A field taken away; its fact as well, unless another decision asks for it."""
    rest = [field for field in asked(decisions[key]) if field.get("name") != name]
    made = {part: value for part, value in decisions[key].items() if part != "fields"} | (
        {"fields": rest} if rest else {}
    )
    edits: list[Edit] = [_change(content, node, {**decisions, key: made})]
    if not any(_asks(each, name) and (other, each_key) != (node, key)
               for other, raw in flow(content)["nodes"].items()
               for each_key, each in (raw.get("decisions") or {}).items()):  # fmt: skip
        edits.append(ChangeType(("facts", name), None, f"Nobody fills in {name.replace('_', ' ')} any more"))
    return edits


def _asks(decision: Raw, name: str) -> bool:
    return any(field.get("name") == name for field in asked(decision))


def _change(content: Content, node: str, decisions: Raw) -> ChangeNode:
    was = flow(content)["nodes"][node].get("decisions")
    return ChangeNode(node, {"decisions": dict(decisions)}, {"decisions": was})

"""What a diagram says of a node in words: for whoever reads it elsewhere. Nothing is read back from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

APPLICANT = "applicant"
"""How a diagram calls whoever fills in the forms."""


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping of a node; an empty one where there is none, or the name of a parameter stands for it."""
    return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Telling:
    """Texts about nodes, with the values of parameters instead of their names."""

    parameters: Mapping[str, Any]

    def words(self, value: Any) -> str:
        """A value in words; the name of a parameter becomes its value."""
        if isinstance(value, str) and value[:1] == "$":
            value = self.parameters.get(value[1:], value)
        return ", ".join(map(self.words, value)) if isinstance(value, list) else str(value)

    def roles(self, node: Mapping[str, Any]) -> list[str]:
        """Whose turn a node is."""
        if "form" in node:
            return [APPLICANT]
        found = node.get("review", [])
        return [str(role) for role in (found if isinstance(found, list | tuple) else [found])]

    def of(self, node: Mapping[str, Any]) -> str:
        """Everything worth telling, in lines; empty when there is nothing."""
        return "\n".join(self._lines(node))

    def _lines(self, node: Mapping[str, Any]) -> Iterator[str]:
        for word, said in _SAID.items():
            if node.get(word) not in (None, "", [], {}):
                yield f"{said}: {self.words(node[word])}."
        for role, term in mapping(node.get("escalate")).items():
            yield f"Escalated to {role}: {self.words(term)} after the due time."


_SAID = {
    "form": "Form", "review": "Decided by", "check": "Check", "action": "Action", "payment": "Process",
    "quorum": "Have to agree", "not_same_person_as": "Not by who decided", "due": "Due after", "since": "Counted from",
    "until": "Until",
    "remind": "Reminded before", "expires": "Expires after", "status": "Status for the partner",
    "vendor_status": "Status for the vendor",
}  # fmt: skip


def condition_of(node: Mapping[str, Any], outcome: str) -> str:
    """When the way of an outcome is taken, where several leave a node; empty for the way that is taken otherwise."""
    asked = node.get("decision")
    if isinstance(asked, str) and outcome in ("yes", "no"):
        return asked if outcome == "yes" else ""
    if isinstance(asked, list | tuple):
        whens = [str(each.get("when")) for each in map(mapping, asked) if each.get("then") == outcome]
        if whens:
            return whens[0] if len(whens) == 1 else " || ".join(f"({when})" for when in whens)
    if not outcome or outcome == node.get("otherwise"):
        return ""
    return f'outcome == "{outcome}"'


def outcome_words(node: Mapping[str, Any], outcome: str) -> str:
    """An outcome of a node as it stands at a way: the label of the decision, else its name in words."""
    decision = mapping(node.get("decisions")).get(outcome)
    return str(mapping(decision).get("label") or outcome.replace("_", " ").capitalize())

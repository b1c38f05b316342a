"""Who decides at a review, as a manager chooses it: how many must agree, and candidates beyond roles. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from models.core.errors import Problem, Refused
from models.design.conditions import Fact, in_words
from models.design.edits import ChangeNode
from models.engines.workflow.audience import quality
from models.engines.workflow.quorum import Quorum

Raw = Mapping[str, Any]
Way = Literal["number", "all", "of", "percent", "each"]
WAYS: Mapping[Way, str] = {
    "number": "So many", "all": "All who may decide", "of": "So many of a fixed number",
    "percent": "A share of those who may decide", "each": "So many of each role or group",
}  # fmt: skip

Kind = Literal["people", "person", "partner_manager"]
KINDS: Mapping[Kind, str] = {
    "people": "People with these qualities", "person": "The person whom a field names",
    "partner_manager": "The partner's ecosystem manager",
}  # fmt: skip


def quorum_of(raw: Any) -> Quorum:
    """How many must agree, as it was written; one person when it cannot be read."""
    try:
        return Quorum.parse(1 if raw is None else raw)
    except ValueError:
        return Quorum()


def way_of(quorum: Quorum) -> Way:
    """In which way it is said."""
    if quorum.each:
        return "each"
    if quorum.everybody:
        return "all"
    return "percent" if quorum.percent else "of" if quorum.of else "number"


def quorum_written(
    way: Way, *, number: int = 1, of: int = 0, percent: int = 0, each: Mapping[str, int] | None = None
) -> Any:
    """How many must agree, as definitions say it.

    Raises:
        Refused: so many of fewer, or of nobody.
    """
    match way:
        case "all":
            return "all"
        case "percent":
            return f"{percent} %"
        case "of":
            if number > of:
                raise Refused(Problem("DESIGN-QUORUM", f"{number} of {of} can never agree.", "quorum"))
            return f"{number} of {of}"
        case "each":
            if not each:
                raise Refused(
                    Problem("DESIGN-QUORUM", "Choose the roles or groups of whom somebody must agree.", "quorum")
                )
            return dict(each)
    return number


def entries(roles: Mapping[str, str], groups: Mapping[str, str]) -> dict[str, str]:
    """Roles and groups as a number of each can be asked of them."""
    return dict(roles) | {quality("group", key): f"Group {name}" for key, name in groups.items()}


def kind_of(candidate: Raw) -> Kind:
    """What a candidate is named by."""
    return "partner_manager" if candidate.get("partner_manager") else "person" if candidate.get("person") else "people"


def with_candidates(name: str, node: Raw, candidates: Sequence[Raw]) -> ChangeNode:
    """The review with other candidates; what is empty is not written down."""
    kept = [{key: value for key, value in each.items() if value not in ("", None, False)} for each in candidates]
    return ChangeNode(name, {"candidates": kept or None}, {"candidates": node.get("candidates")})


def of_kind(candidate: Raw, kind: Kind, *, roles: Sequence[str], facts: Mapping[str, Fact]) -> dict[str, Any]:
    """A candidate that is named by something else; its condition stays.

    Raises:
        Refused: no field of the type could name a person.
    """
    when = {"when": candidate["when"]} if candidate.get("when") else {}
    if kind == "partner_manager":
        return {"partner_manager": True, **when}
    if kind == "people":
        return {"role": roles[0] if roles else "", **when}
    texts = [fact.name for fact in facts.values() if fact.kind == "text"]
    if not texts:
        text = "No text field can be used in rules yet. Choose one under Forms and let rules use it."
        raise Refused(Problem("DESIGN-FACT", text, "candidates"))
    return {"person": texts[0], **when}


def candidate_words(
    candidate: Raw, roles: Mapping[str, str], groups: Mapping[str, str], facts: Mapping[str, Fact]
) -> str:
    """A candidate as people read it: `Finance reviewer, skilled in German, when Amount is more than 50,000.00`."""
    match kind_of(candidate):
        case "partner_manager":
            who = "The partner's ecosystem manager"
        case "person":
            fact = str(candidate["person"])
            who = f"Whom {facts[fact].label if fact in facts else fact} names"
        case _:
            parts = [roles.get(role, role) for role in [candidate.get("role")] if role]
            parts += [f"in the group {groups.get(group, group)}" for group in [candidate.get("group")] if group]
            parts += [f"skilled in {skill}" for skill in [candidate.get("skill")] if skill]
            parts += ["looking after the partner's region"] if candidate.get("region") else []
            who = ", ".join(parts) or "Nobody yet"
    when = str(candidate.get("when") or "")
    said = f"{who}, when {in_words(when, facts)}" if when else who
    return said[:1].upper() + said[1:]

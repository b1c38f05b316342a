"""How a decision is made, as a manager changes it: one condition, branches in their order, or a table.

Everything here is pure: what a node says goes in, the change to it comes out. Ways out that are gone take their edge
along; a way that only got another name keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from models.core.errors import Problem, Refused
from models.design.conditions import comparable, facts_of, some_condition
from models.design.editing import flow, slug
from models.design.edits import ChangeNode
from models.engines.definitions.loading import Content
from models.engines.workflow.lint_decisions import as_table
from models.engines.workflow.schema import Branch

By = Literal["condition", "branches", "table"]
BY: Mapping[By, str] = {"condition": "One condition", "branches": "Several branches", "table": "A table"}
Raw = Mapping[str, Any]
WAY = "way"
"""What the output of a new table is called that names the way on."""


def made_by(node: Raw) -> By:
    """How a node decides."""
    decision = node.get("decision")
    return "table" if isinstance(decision, Mapping) else "branches" if isinstance(decision, list) else "condition"


def ways_of(node: Raw) -> list[str]:
    """The outcomes of a decision as it was written, in their order."""
    decision, otherwise = node.get("decision"), str(node.get("otherwise") or "")
    if isinstance(decision, Mapping):
        found = _named(decision, str(node.get("outcome") or ""))
    elif isinstance(decision, list):
        found = [str(branch.get("then", "")) for branch in decision]
    else:
        return ["yes", "no"]
    return list(dict.fromkeys([*found, *([otherwise] if otherwise else [])]))


def _named(table: Raw, outcome: str) -> list[str]:
    names = [column["name"] for column in (*table.get("inputs", ()), *table.get("outputs", ()))]
    place = len(names) - 1 - names[::-1].index(outcome) if outcome in names else -1
    if place < len(table.get("inputs", ())):
        return [""]
    cells = (str(row[place]).strip() for row in table.get("rows", ()) if len(row) > place)
    return [cell for cell in dict.fromkeys(cells) if cell]


def changed(name: str, node: Raw, **values: Any) -> ChangeNode:
    """The change that gives a decision other values; what is empty is not written down."""
    after = {**node, **values}
    kept = {each: None if value in ("", None) and each != "decision" else value for each, value in values.items()}
    return ChangeNode(name, kept, {each: node.get(each) for each in values}, renamed(ways_of(node), ways_of(after)))


def renamed(before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    """What became of outcomes: one that is gone is the one that is new when there is one of each; else it is gone."""
    gone, new = [way for way in before if way not in after], [way for way in after if way not in before]
    if len(gone) == len(new) == 1 and gone[0] and new[0]:
        return {gone[0]: new[0]}
    return {way: "" for way in gone if way}


def decided_by(content: Content, name: str, by: By) -> ChangeNode:
    """The node, deciding in another way; what it said is kept as far as the other way can say it.

    Raises:
        Refused: a table needs a field that rules can use, and there is none.
    """
    node: Raw = flow(content)["nodes"][name]
    otherwise = str(node.get("otherwise") or "")
    ways = [way for way in ways_of(node) if way and way != otherwise]
    if by == "condition":
        became = dict.fromkeys(ways, "") | dict.fromkeys(ways[:1], "yes") | ({otherwise: "no"} if otherwise else {})
        made = changed(name, node, decision=_first(node), otherwise="", outcome="")
        return made if made_by(node) == by else replace(made, outcomes=became)
    if by == "branches":
        if made_by(node) == "condition":
            first = {"when": str(node.get("decision") or "") or some_condition(facts_of(content)), "then": "yes"}
            return changed(name, node, decision=[first], otherwise="no")
        branches = [{"when": some_condition(facts_of(content)), "then": way} for way in ways or ["yes"]]
        return changed(name, node, decision=branches, otherwise=otherwise or "no", outcome="")
    return changed(name, node, **_as_table(content, node))


def _first(node: Raw) -> str:
    decision = node.get("decision")
    return str(decision[0].get("when", "")) if isinstance(decision, list) and decision else ""


def _as_table(content: Content, node: Raw) -> dict[str, Any]:
    facts = facts_of(content)
    branches = node.get("decision") if made_by(node) == "branches" else []
    if made_by(node) == "condition" and node.get("decision"):
        branches = [{"when": node["decision"], "then": "yes"}]
    otherwise = "no" if made_by(node) == "condition" else str(node.get("otherwise") or "")
    read = [Branch.model_validate(branch) for branch in branches or ()]
    found = as_table(read, {key: fact.kind for key, fact in facts.items()}) if read else None
    if found is not None:
        inputs = [{"name": each.name, "type": each.type, "label": facts[each.name].label} for each in found.inputs]
        rows = [[*row[:-1], branch.then] for row, branch in zip(found.rows, read, strict=True)]
    else:
        usable = comparable(facts)
        if not usable:
            raise Refused(Problem("DESIGN-FACT", NO_FACTS, None))
        first = next(iter(usable.values()))
        inputs = [{"name": first.name, "type": first.kind, "label": first.label}]
        rows = [["-", branch.then] for branch in read] or [["-", "yes"]]
    table = {
        "inputs": inputs,
        "outputs": [{"name": WAY, "type": "text", "label": "Way on"}],
        "rows": rows,
        "hit": "first",
    }
    return {"decision": table, "outcome": WAY, "otherwise": otherwise}


NO_FACTS = "No field can be used in rules yet. Choose one under Forms and let rules, lists and statistics use it."


# ---- branches ----


def with_branch(content: Content, name: str) -> ChangeNode:
    """One more branch, the last before otherwise."""
    node: Raw = flow(content)["nodes"][name]
    then = slug("branch", ways_of(node))
    return changed(name, node, decision=[*node["decision"], {"when": some_condition(facts_of(content)), "then": then}])


def with_branch_said(content: Content, name: str, place: int, *, when: str = "", then: str = "") -> ChangeNode:
    """A branch with another condition, or another name of its way on.

    Raises:
        Refused: somebody removed it meanwhile.
    """

    def change(branches: list[dict[str, str]]) -> None:
        if when:
            branches[place]["when"] = when
        if then:
            branches[place]["then"] = _way(then)

    return _branches(content, name, change)


def with_branch_moved(content: Content, name: str, place: int, by: int) -> ChangeNode:
    """A branch asked earlier (-1) or later (1)."""

    def change(branches: list[dict[str, str]]) -> None:
        to = place + by
        if 0 <= to < len(branches):
            branches.insert(to, branches.pop(place))

    return _branches(content, name, change)


def without_branch(content: Content, name: str, place: int) -> ChangeNode:
    """A branch taken away with its way.

    Raises:
        Refused: it is the only one.
    """
    if len(flow(content)["nodes"][name]["decision"]) < 2:
        text = "A decision keeps at least one branch. Let it decide by one condition instead."
        raise Refused(Problem("DESIGN-BRANCH", text, name))
    return _branches(content, name, lambda branches: branches.__delitem__(place))


def _branches(content: Content, name: str, change: Callable[[list[dict[str, str]]], None]) -> ChangeNode:
    node: Raw = flow(content)["nodes"][name]
    branches = [dict(branch) for branch in node["decision"]]
    try:
        change(branches)
    except IndexError:
        raise Refused(Problem("DESIGN-GONE", "This branch is not there any more. Somebody removed it.", name)) from None
    return changed(name, node, decision=branches)


def with_otherwise(content: Content, name: str, way: str) -> ChangeNode:
    """Where a case goes on that nothing is said for; empty: nothing."""
    node: Raw = flow(content)["nodes"][name]
    return changed(name, node, otherwise=_way(way) if way.strip() else "")


def _way(words: str) -> str:
    return slug(words, ())


def leads_to(content: Content, name: str, outcome: str) -> str:
    """The node that an outcome leads to; empty: none yet."""
    begin = f"{name}.{outcome}" if outcome else name
    return next((end for source, end in flow(content)["edges"] if source == begin), "")

"""What is wrong with a workflow as a whole, each fault with its node: found before it is published, never by a case."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from models.core.errors import Problem
from models.engines.conditions import FactTypes
from models.engines.workflow.lint_clocks import clock_faults
from models.engines.workflow.lint_decisions import decision_faults
from models.engines.workflow.lint_facts import fact_faults
from models.engines.workflow.lint_people import Members, people_faults
from models.engines.workflow.lint_times import time_faults
from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.schema import (
    SET,
    ActionNode,
    CheckNode,
    DecisionNode,
    EndNode,
    FormNode,
    Node,
    ParallelNode,
    PaymentNode,
    ReviewNode,
    WaitNode,
    Workflow,
)
from models.engines.workflow.soundness import walked


@dataclass(frozen=True, slots=True)
class Names:
    """What a workflow may name; None: not judged.

    `facts` are the types of facts by name, `fields` the names of each form's fields, `members` the people of entries.
    """

    forms: Collection[str] | None = None
    checks: Collection[str] | None = None
    actions: Collection[str] | None = None
    roles: Collection[str] | None = None
    facts: FactTypes | None = None
    fields: Mapping[str, Collection[str]] | None = None
    members: Members | None = None


ANYTHING = Names()
__all__ = ["ANYTHING", "Members", "Names", "faults", "outcomes"]


def faults(workflow: Workflow, names: Names = ANYTHING) -> list[Problem]:
    """Every structural fault, by node; empty when the workflow can run from its start to an end."""
    broken = list(_edge_faults(workflow))
    if broken:  # what follows walks the edges
        return broken
    found = [problem for name, node in workflow.nodes.items() for problem in _node_faults(workflow, name, node, names)]
    found += [*_reach_faults(workflow), *_circle_faults(workflow), *_branch_faults(workflow), *time_faults(workflow)]
    found += [*people_faults(workflow, names.members), *clock_faults(workflow, names.roles)]
    if names.facts is not None and names.fields is not None:
        found += fact_faults(workflow, names.facts, names.fields)
    return found


def _edge_faults(workflow: Workflow) -> Iterator[Problem]:
    if workflow.start not in workflow.nodes:
        yield Problem("FLOW-START", f"It begins at {workflow.start}, which is no node.", workflow.start)
    for begin, end in workflow.edges:
        if workflow.source(begin) is None:
            yield Problem("FLOW-EDGE", f"An edge begins at {begin}, which is no node and no outcome.", begin)
        if end not in workflow.nodes:
            yield Problem("FLOW-EDGE", f"An edge from {begin} leads to {end}, which is no node.", begin)


def _node_faults(workflow: Workflow, name: str, node: Node, names: Names) -> Iterator[Problem]:
    yield from _ways_out(workflow, name, node)
    yield from _unknown_names(workflow, name, node, names)
    if isinstance(node, ReviewNode):
        yield from _ways_back(workflow, name, node)
    if isinstance(node, DecisionNode):
        yield from decision_faults(name, node, names.facts)
    if isinstance(node, ParallelNode) and node.parallel == "join":
        ways = [begin for begin, end in workflow.edges if end == name]
        if len(ways) < 2:
            yield Problem("FLOW-FAKE-JOIN", "It waits for several branches, but only one leads here.", name)


def _ways_back(workflow: Workflow, name: str, node: ReviewNode) -> Iterator[Problem]:
    """A rejection lets the applicant mend it; what is sent back comes to where the case has been."""
    for key, decision in node.decisions.items():
        ways = workflow.next(name, key)
        if decision.tone == "negative":
            if not any(_leads_to_form(workflow, to) for to in ways):
                yield Problem("FLOW-NO-WAY-BACK", f"After {key} the applicant can change nothing.", name)
        elif decision.back and not any(name in _reachable(_onward(workflow), to) for to in ways):
            yield Problem("FLOW-BACK", f"{decision.label} leads on, not back to where the case has been.", name)


def _ways_out(workflow: Workflow, name: str, node: Node) -> Iterator[Problem]:
    wanted = outcomes(node)
    for outcome in wanted:
        ways = workflow.next(name, outcome)
        if not ways:
            text = f"Nothing follows after {outcome}." if outcome else "Nothing follows after it."
            yield Problem("FLOW-NO-WAY", text, name)
        elif len(ways) > 1 and not isinstance(node, ParallelNode):
            after = f" after {outcome}" if outcome else ""
            yield Problem("FLOW-SPLIT", f"Several ways lead on{after}: put a parallel split there.", name)
    known = {f"{name}.{outcome}" for outcome in wanted} | {name}
    if isinstance(node, FormNode | ReviewNode):
        known.add(f"{name}.cancel")
    for begin, _ in workflow.edges:
        if workflow.source(begin) == name and begin not in known:
            yield Problem("FLOW-OUTCOME", f"{begin} is an outcome that never comes.", name)
    if isinstance(node, EndNode) and any(workflow.source(begin) == name for begin, _ in workflow.edges):
        yield Problem("FLOW-AFTER-END", "Something follows after an end.", name)


def _unknown_names(workflow: Workflow, name: str, node: Node, names: Names) -> Iterator[Problem]:
    def unknown(kind: str, given: Collection[str], known: Collection[str] | None) -> Iterator[Problem]:
        for each in given:
            if known is not None and each not in known:
                yield Problem("FLOW-UNKNOWN", f"There is no {kind} {each}.", name)

    match node:
        case FormNode():
            yield from unknown("form", [node.form], names.forms)
            yield from unknown("check", node.checks, names.checks)
        case ReviewNode():
            yield from unknown("role", node.review, names.roles)
            yield from unknown("role", node.escalate, names.roles)
            yield from unknown("check", node.checks, names.checks)
            reviews = [key for key, each in workflow.nodes.items() if isinstance(each, ReviewNode)]
            yield from unknown("review", node.not_same_person_as, reviews)
            yield from unknown("role", [each for each, _ in node.quorum.each if ":" not in each], names.roles)
            yield from unknown("role", [each.role for each in node.candidates if each.role], names.roles)
            yield from unknown("fact", [each.person for each in node.candidates if each.person], names.facts)
            yield from unknown("fact", [node.limit] if node.limit else [], names.facts)
            if not any(decision.tone == "positive" for decision in node.decisions.values()):
                yield Problem("FLOW-NO-APPROVAL", "No decision lets a case go on.", name)
        case CheckNode():
            yield from unknown("check", [node.check], names.checks)
        case ActionNode():
            if node.action == SET:
                yield from unknown("fact", node.given, names.facts)
            else:
                yield from unknown("action", [node.action], names.actions)
        case WaitNode() if node.until.strip().isidentifier():
            yield from unknown("fact", [node.until.strip()], names.facts)
        case PaymentNode():
            yield Problem("FLOW-PAYMENT", f"The process {node.payment} was not put in its place.", name)


def _onward(workflow: Workflow) -> dict[str, set[str]]:
    """Where edges lead from each node. Walks ask it of every node: it is gathered once for each."""
    onward: dict[str, set[str]] = {name: set() for name in workflow.nodes}
    for begin, end in workflow.edges:
        onward[workflow.source(begin) or ""].add(end)  # edges that begin nowhere were refused before
    return onward


def _reachable(onward: Mapping[str, set[str]], start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for after in onward[waiting.pop()] - seen:
            seen.add(after)
            waiting.append(after)
    return seen


def _leads_to_form(workflow: Workflow, name: str) -> bool:
    return any(isinstance(workflow.nodes[place], FormNode) for place in _reachable(_onward(workflow), name))


def _reach_faults(workflow: Workflow) -> Iterator[Problem]:
    onward = _onward(workflow)
    reached = _reachable(onward, workflow.start)
    for name in workflow.nodes:
        if name not in reached:
            yield Problem("FLOW-UNREACHABLE", "No way leads here.", name)
        elif not any(isinstance(workflow.nodes[place], EndNode) for place in _reachable(onward, name)):
            yield Problem("FLOW-NO-END", "From here no case ever ends.", name)


def _branch_faults(workflow: Workflow) -> Iterator[Problem]:
    """Branches beside each other that do not come together."""
    found = walked(workflow)
    for name in sorted(found.stuck):
        yield Problem(
            "FLOW-JOIN-STUCK", "It can wait here for ever: not all branches that lead here always come.", name
        )
    for name in sorted(found.twice):
        yield Problem("FLOW-TWICE", "Two branches can come here at once: join them before.", name)


def _circle_faults(workflow: Workflow) -> Iterator[Problem]:
    """Nodes that only machines pass and that lead back to themselves."""

    def automatic(name: str) -> bool:
        node = workflow.nodes[name]
        waits = isinstance(node, FormNode | ReviewNode | EndNode) or (isinstance(node, WaitNode) and not node.until)
        return not waits and not (isinstance(node, CheckNode) and node.by == "worker")

    onward = _onward(workflow)
    for name in filter(automatic, workflow.nodes):
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for after in onward[waiting.pop()]:
                if automatic(after) and after not in seen:
                    seen.add(after)
                    waiting.append(after)
        if name in seen:
            yield Problem("FLOW-CIRCLE", "It leads back to itself without anybody's doing.", name)

"""Tasks of a foreign diagram: who does them says whether they become a form, a review, a check or an action."""

from __future__ import annotations

import re
from typing import Any

from models.engines.bpmn.graph import Box, Graph
from models.engines.bpmn.markup import Element
from models.engines.bpmn.vocabulary import MACHINES_TASKS, PEOPLES_TASKS, is_applicant, plain, term, words

_ROLES = ("potentialOwner", "humanPerformer", "performer", "resourceRole")
_INITIATORS = frozenset({"initiator", "starter", "applicant", "startuserid", "starter_id"})
DONE = {"done": {"label": "Done", "tone": "positive", "past": "done"}}
"""The decisions of a review that only has to be done."""


def settle_tasks(graph: Graph) -> None:
    """Make a form, a review, a check, an action or a payment of every task."""
    first = _first(graph)
    for box in graph.of_kind(*PEOPLES_TASKS, "receiveTask"):
        if box.kind == "receiveTask":
            _received(graph, box)
        else:
            _by_people(graph, box, is_first=box is first)
    for box in graph.of_kind(*MACHINES_TASKS):
        _by_machine(graph, box)
    for box in graph.of_kind("callActivity"):
        called = box.element.get("calledElement").rpartition(":")[2]
        box.node = {"payment": plain(called) or plain(box.name) or "payment", "given": {}}
        text = f"Made a payment: the process {called or '(none is named)'} is not in this file. Choose the process."
        graph.findings.say(box.element, text)


def _first(graph: Graph) -> Box | None:
    """Where a case comes to first, past what only leads on."""
    box: Box | None = graph.lives_on(graph.start)
    seen: set[str] = set()
    while box is not None and box.kind == "pass" and box.key not in seen:
        seen.add(box.key)
        ways = graph.out_of(box)
        box = graph.boxes[ways[0].end] if ways else None
    return box


def _by_people(graph: Graph, box: Box, *, is_first: bool) -> None:
    performers = _performers(graph, box)
    roles = [plain(name) for name in performers or box.lanes[-1:] if plain(name)]
    form = box.element.vendor("formKey") or box.element.vendor("formRef")
    named = performers or list(box.lanes)
    if any(_is_applicant(name) for name in named) or (is_first and (form or _has_fields(box.element)) and not named):
        box.node = {"form": plain(form) or plain(box.name) or "form"}
        _onward(graph, box, "submit")
    else:
        box.node = {"review": roles, "decisions": _copy(DONE)}
        _onward(graph, box, "done")
        if not roles:
            graph.findings.say(box.element, "Made a review: nobody is named for it. Choose who decides.")
    if due := term(box.element.vendor("dueDate")):
        box.node["due"] = due
    elif box.element.vendor("dueDate"):
        graph.findings.say(box.element, f"Its due date {box.element.vendor('dueDate')} is left out: choose a due time.")


def _received(graph: Graph, box: Box) -> None:
    """What is waited for from outside: a person says that it has come."""
    box.node = {"review": [plain(name) for name in box.lanes[-1:] if plain(name)], "decisions": {
        "received": {"label": "Received", "tone": "positive", "past": "received"}}}  # fmt: skip
    graph.findings.say(box.element, "Made a review: nothing here hears of it, so a person says that it has come.")
    _onward(graph, box, "received")


def _by_machine(graph: Graph, box: Box) -> None:
    vendor = next((box.element.vendor(name) for name in ("topic", "delegateExpression", "class", "decisionRef", "type")
                   if box.element.vendor(name)), "")  # fmt: skip
    name = plain(box.name) or plain(vendor) or plain(box.element.name)
    said = words(box.kind.removeprefix("global"))
    if box.kind.endswith(("businessRuleTask", "BusinessRuleTask")):
        box.node = {"check": name, "by": "now"}
        graph.findings.say(box.element, f"Made a check: what the {said} asks stays in its modeller. Choose the check.")
    else:
        box.node = {"action": name, "given": {}}
        runs = f" ({vendor})" if vendor else ""
        text = f"Made an action: what the {said} runs{runs} stays elsewhere. Choose the action."
        graph.findings.say(box.element, text)
    for script in box.element.of("script"):
        graph.findings.say(script, "Left out: scripts are not run here.")


def _onward(graph: Graph, box: Box, outcome: str) -> None:
    for way in graph.out_of(box):
        way.outcome = way.outcome or outcome


def _performers(graph: Graph, box: Box) -> list[str]:
    """Who is named for a task beside its lane: roles of BPMN, and groups as vendors write them."""
    found: list[str] = []
    for role in box.element.of(*_ROLES):
        graph.findings.settle(*role.all())
        expression = next((each.words() for each in role.all() if each.name == "formalExpression"), "")
        resource = next((each.words().rpartition(":")[2] for each in role.of("resourceRef")), "")
        names = [role.get("name"), *expression.split(","), resource]
        found += [name for name in names if name.strip()][:1]
    groups = box.element.vendor("candidateGroups") or _assignment(box.element, "candidateGroups")
    if person := box.element.vendor("assignee") or _assignment(box.element, "assignee"):
        if _is_applicant(person):
            found.append(person)
        else:
            text = f"The person {person} is left out: a review is for a role, or for whom the case names."
            graph.findings.say(box.element, text)
    return found + [group.strip() for group in groups.split(",") if group.strip()]


def _assignment(element: Element, name: str) -> str:
    """What Zeebe writes as an element instead of an attribute."""
    within = (each for extensions in element.of("extensionElements") for each in extensions.all())
    return next((each.get(name) for each in within if each.name == "assignmentDefinition"), "")


def _is_applicant(text: str) -> bool:
    """Whether a performer or an expression (`${initiator}`) is whoever applies."""
    inside = re.sub(r"^[=#$]?\{?(.*?)\}?$", r"\1", text.strip())
    return is_applicant(inside) or plain(inside) in _INITIATORS


def _has_fields(element: Element) -> bool:
    within = (each for extensions in element.of("extensionElements") for each in extensions.all())
    return any(each.name in ("formField", "formProperty", "formDefinition") for each in within)


def _copy(decisions: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {name: dict(decision) for name, decision in decisions.items()}

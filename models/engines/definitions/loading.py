"""From YAML to an application type: parameters filled in, processes put in their place, everything judged as a whole.

What is kept of a version is its content (`Content`): the type and the processes it contains, as they were written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from models.core.errors import Problem, Refused
from models.engines.conditions import FactTypes, compiled, worked_out
from models.engines.definitions.giving import given_problems
from models.engines.definitions.registry import ACTIONS, CHECKS, DEFINITIONS, PROCESSES
from models.engines.definitions.schema import ApplicationType, Process
from models.engines.forms import lint as form_lint
from models.engines.workflow import lint as flow_lint
from models.engines.workflow.compose import expand
from models.engines.workflow.reads import conditions
from models.engines.workflow.schema import SET, ActionNode, Node, PaymentNode, Workflow

Content = dict[str, Any]
"""`{"type": …, "processes": {key: …}}`, as JSON values."""

_NAME = re.compile(r"\$([a-z][a-z0-9_]*)")


def filled(value: Any, parameters: Mapping[str, Any]) -> Any:
    """The value with parameters instead of `$names`; one that is nothing but a name becomes what it names.

    Raises:
        Refused: a name is no parameter.
    """
    if isinstance(value, dict):
        return {key: filled(each, parameters) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, parameters) for each in value]
    if not isinstance(value, str) or "$" not in value:
        return value
    if whole := _NAME.fullmatch(value):
        return _parameter(whole[1], parameters)
    return _NAME.sub(lambda found: str(_parameter(found[1], parameters)), value)


def _parameter(name: str, parameters: Mapping[str, Any]) -> Any:
    if name not in parameters:
        raise Refused(Problem("TYPE-PARAMETER", f"${name} is no parameter of this definition.", name))
    return parameters[name]


def build(content: Content) -> ApplicationType:
    """The application type of a content.

    Raises:
        Refused: it cannot be read; says where.
    """
    raw = content["type"]
    made: ApplicationType = _read(ApplicationType, raw, raw.get("parameters", {}))
    processes: dict[str, Workflow] = {}
    forms, facts, parameters = dict(made.forms), dict(made.facts), {}
    for name, node in made.workflow.nodes.items():
        if isinstance(node, PaymentNode):
            source = content["processes"].get(node.payment)
            if source is None:
                raise Refused(Problem("FLOW-PAYMENT", "Choose the process by which the money is paid.", name))
            parameters[name] = {**source.get("parameters", {}), **node.given}
            inner = _read(Process, source, parameters[name])
            if taken := sorted((set(inner.forms) & set(forms)) | (set(inner.facts) & set(facts))):
                raise Refused(Problem("TYPE-TWICE", f"{node.payment} uses names twice: {', '.join(taken)}.", name))
            processes[node.payment] = inner.workflow
            forms |= inner.forms
            facts |= inner.facts
    whole = {"workflow": expand(made.workflow, processes), "forms": forms, "facts": facts, "processes": parameters}
    return made.model_copy(update=whole)


def _read(kind: Any, raw: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    try:
        return kind.model_validate(filled(dict(raw), parameters))
    except ValidationError as error:
        raise Refused([_shape_problem(each["loc"], each["msg"]) for each in error.errors()]) from None


def _shape_problem(loc: tuple[int | str, ...], said: str) -> Problem:
    """What pydantic found, located: by its node where it stands in one, else by its place in the definition."""
    if loc[:2] == ("workflow", "nodes") and len(loc) > 2:
        # The third step is the node; the fourth, its kind, says nothing to people.
        place = ".".join(str(step) for step in loc[4:])
        return Problem("TYPE-SHAPE", f"{place}: {said}" if place else said, str(loc[2]))
    place = ".".join(map(str, loc))
    return Problem("TYPE-SHAPE", f"{place}: {said}", place)


def faults(
    made: ApplicationType, *, roles: Collection[str] | None = None, members: flow_lint.Members | None = None
) -> list[Problem]:
    """Everything wrong with a type: its forms, its workflow, names that nothing bears, conditions, title and amount.

    `roles` are those a stage may name, `members` whoever fits some candidates; None: not judged.
    """
    fields = {key: [field.name for field in form.fields()] for key, form in made.forms.items()}
    names = flow_lint.Names(
        forms=made.forms, checks=CHECKS, actions=ACTIONS, roles=roles, facts=made.facts, fields=fields, members=members
    )
    found = [
        problem
        for form in made.forms.values()
        for problem in form_lint.faults(form, forms=made.forms, agreements=made.agreements)
    ]
    found += flow_lint.faults(made.workflow, names)
    for name, node in made.workflow.nodes.items():
        found += [Problem(problem.code, problem.text, name) for problem in _expression_problems(node, made.facts)]
    for fact in (made.title, *made.amount):
        if fact not in made.facts:
            found.append(Problem("TYPE-FACT", f"{fact} is no fact of this type.", fact))
    return found


def _expression_problems(node: Node, facts: FactTypes) -> Iterator[Problem]:
    """What is wrong with the conditions and formulas of a node, and with what its action is given."""
    asked: list[Callable[[], object]] = [partial(compiled, condition, facts) for condition in conditions(node)]
    if isinstance(node, ActionNode) and node.action == SET:
        asked += [
            partial(worked_out, str(each), facts, facts[fact]) for fact, each in node.given.items() if fact in facts
        ]
    elif isinstance(node, ActionNode):
        yield from given_problems(node, facts)
    for ask in asked:
        try:
            ask()
        except Refused as error:
            yield from error.problems


def digest(content: Content) -> str:
    """What tells two contents apart (SHA-256, hex)."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def contents() -> dict[str, Content]:
    """The content of every registered type as its files say it now, by key."""
    return _contents(tuple(DEFINITIONS), tuple(PROCESSES))


@cache
def _contents(types: tuple[Path, ...], processes: tuple[Path, ...]) -> dict[str, Content]:
    shared = {raw["key"]: raw for raw in map(_yaml, processes)}
    made: dict[str, Content] = {}
    for raw in map(_yaml, types):
        wanted = [node["payment"] for node in raw["workflow"]["nodes"].values() if "payment" in node]
        made[raw["key"]] = {"type": raw, "processes": {key: shared[key] for key in wanted}}
    return made


def with_processes(content: Content) -> Content:
    """The content with exactly the processes that its payment nodes name, as far as there are such processes."""
    areas_own = {raw["key"]: raw for raw in map(_yaml, PROCESSES)}
    known = {**areas_own, **content.get("processes", {})}
    nodes = content["type"].get("workflow", {}).get("nodes", {}).values()
    wanted = [node["payment"] for node in nodes if node.get("payment") in known]
    return {"type": content["type"], "processes": {key: known[key] for key in wanted}}


def process_names() -> dict[str, str]:
    """Every process that a payment node may name, by key, as people call it."""
    return {raw["key"]: raw["name"] for raw in map(_yaml, PROCESSES)}


def _yaml(path: Path) -> Any:
    # Through JSON, so that a content read back from the record store is the same, dates included.
    return json.loads(_as_json(path))


@cache
def _as_json(path: Path) -> str:
    """Kept: every change of a draft asks for the processes, and reading YAML took longer than the change."""
    return json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str)


def built_in() -> dict[str, ApplicationType]:
    """Every registered type as its files say it now, by key."""
    return _built_in(tuple(DEFINITIONS), tuple(PROCESSES))


@cache
def _built_in(types: tuple[Path, ...], processes: tuple[Path, ...]) -> dict[str, ApplicationType]:
    return {key: build(content) for key, content in _contents(types, processes).items()}

"""Promised times that do not add up: what the vendor's stages may take together is more than what was promised."""

from __future__ import annotations

from collections.abc import Iterator

from models.core.errors import Problem
from models.engines.workflow.schema import EndNode, FormNode, ReviewNode, WaitNode, Workflow
from models.engines.workflow.terms import Term, Unit

_MINUTES = {Unit.WORKING_DAYS: 2016, Unit.DAYS: 1440, Unit.HOURS: 60, Unit.MINUTES: 1}
"""A working day counts as a fifth of a week, so that spans of several kinds can be added."""
MOST_WAYS = 20_000


def time_faults(workflow: Workflow) -> Iterator[Problem]:
    """The longest way between two steps of the applicant, when it takes longer than `promised`."""
    if workflow.promised is None:
        return
    longest, steps = 0, list[str]()
    for name, node in workflow.nodes.items():
        if isinstance(node, FormNode):
            for target in workflow.next(name, "submit"):
                found = _longest(workflow, target, (name,), [MOST_WAYS])
                longest, steps = max((longest, steps), found)
    if longest > _minutes(workflow.promised):
        slowest = max(steps, key=lambda name: _own(workflow, name))
        names = ", ".join(f"{_label(workflow, name)} {_term(workflow, name)}" for name in steps)
        text = f"Promised are {workflow.promised} in all, but the stages may take longer together: {names}."
        yield Problem("FLOW-PROMISE", text, slowest)


def _longest(workflow: Workflow, name: str, way: tuple[str, ...], left: list[int]) -> tuple[int, list[str]]:
    """The longest way on from a node that never comes to a node twice, and its stages with a time."""
    left[0] -= 1
    if name in way or left[0] < 0 or isinstance(workflow.nodes[name], FormNode | EndNode):
        return 0, []
    after = {end for begin, end in workflow.edges if workflow.source(begin) == name}
    best, steps = max((_longest(workflow, target, (*way, name), left) for target in sorted(after)), default=(0, []))
    own = _own(workflow, name)
    return best + own, [name, *steps] if own else steps


def _term(workflow: Workflow, name: str) -> Term | None:
    node = workflow.nodes[name]
    if isinstance(node, ReviewNode):
        return node.due
    if isinstance(node, WaitNode):
        return node.wait if isinstance(node.wait, Term) else node.expires
    return None


def _own(workflow: Workflow, name: str) -> int:
    term = _term(workflow, name)
    return _minutes(term) if term else 0


def _minutes(term: Term) -> int:
    return term.number * _MINUTES[term.unit]


def _label(workflow: Workflow, name: str) -> str:
    return workflow.nodes[name].label or name.rpartition(".")[2].replace("_", " ").capitalize()

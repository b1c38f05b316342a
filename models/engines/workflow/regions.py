"""Where branches run beside each other: what belongs to a split, and which joins end it.

A branch may leave its part of the workflow by another way than a join: a rejection that leads back to the form, a
decision that leads to an end. Then the other branches are over too (`left_by`), or reviewers would go on deciding what
the applicant is changing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from models.engines.workflow.schema import ParallelNode, Workflow


@dataclass(frozen=True, slots=True)
class Region:
    """What runs between a split and the joins that bring its branches together again."""

    split: str
    nodes: frozenset[str]
    joins: frozenset[str]


def regions(workflow: Workflow) -> tuple[Region, ...]:
    """The region of every split, the widest first."""
    if not any(isinstance(node, ParallelNode) for node in workflow.nodes.values()):
        return ()
    return _regions(_Graph(workflow.start, frozenset(_steps(workflow).items()), _kinds(workflow)))


def left_by(workflow: Workflow, source: str, target: str) -> tuple[Region, ...]:
    """The regions that a case leaves by going from one node to another, other than by their joins."""
    return tuple(
        region
        for region in regions(workflow)
        if source in region.nodes and target not in region.nodes and target not in region.joins
    )


@dataclass(frozen=True, slots=True)
class _Graph:
    """A workflow as far as regions hang on it; can be a key."""

    start: str
    steps: frozenset[tuple[str, frozenset[str]]]
    kinds: frozenset[tuple[str, str]]


def _steps(workflow: Workflow) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {name: set() for name in workflow.nodes}
    for begin, end in workflow.edges:
        if (source := workflow.source(begin)) is not None and end in found:
            found[source].add(end)
    return {name: frozenset(after) for name, after in found.items()}


def _kinds(workflow: Workflow) -> frozenset[tuple[str, str]]:
    return frozenset((name, node.parallel) for name, node in workflow.nodes.items() if isinstance(node, ParallelNode))


@lru_cache(maxsize=256)
def _regions(graph: _Graph) -> tuple[Region, ...]:
    steps, kinds = dict(graph.steps), dict(graph.kinds)
    everything = _reached(steps, graph.start)
    owned = {
        name: everything - _reached(steps, graph.start, without=name) - {name} for name in kinds if name in everything
    }
    splits = [name for name in owned if kinds[name] == "split"]
    joins: dict[str, set[str]] = {split: set() for split in splits}
    for join in (name for name in owned if kinds[name] == "join"):
        around = [split for split in splits if join in owned[split]]
        if around:
            joins[min(around, key=lambda split: (len(owned[split]), split))].add(join)
    made = []
    for split in splits:
        behind = frozenset().union(*(owned[join] | {join} for join in joins[split]))
        made.append(Region(split, frozenset(owned[split] - behind), frozenset(joins[split])))
    return tuple(sorted(made, key=lambda region: (-len(region.nodes), region.split)))


def _reached(steps: Mapping[str, frozenset[str]], start: str, without: str = "") -> frozenset[str]:
    if start == without:
        return frozenset()
    seen, waiting = {start}, [start]
    while waiting:
        for after in steps[waiting.pop()]:
            if after not in seen and after != without:
                seen.add(after)
                waiting.append(after)
    return frozenset(seen)

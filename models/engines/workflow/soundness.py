"""Whether a case can get stuck: every order of every outcome is walked, with nothing but where the case stands.

What is walked is what `turn.py` does: branches beside each other, joins that wait, branches that end when another one
leaves. Facts are not looked at, so a way counts as possible that no real case may take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.regions import left_by
from models.engines.workflow.schema import CheckNode, EndNode, FormNode, ParallelNode, ReviewNode, WaitNode, Workflow

MOST_PLACES = 20_000
"""Places that are walked before the answer is left open."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands: the nodes that wait, and what joins have waiting."""

    waiting: frozenset[str] = frozenset()
    arrived: frozenset[tuple[str, str]] = frozenset()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Joins that can wait for ever, and nodes at which a case can stand twice at once."""

    stuck: frozenset[str] = frozenset()
    twice: frozenset[str] = frozenset()


def walked(workflow: Workflow) -> Found:
    """What can go wrong with branches beside each other; nothing where there are none."""
    if not any(isinstance(node, ParallelNode) for node in workflow.nodes.values()):
        return Found()
    stuck, twice = set[str](), set[str]()
    begin = list(_entered(workflow, Place(), workflow.start, "", twice, 0))
    seen, waiting = set(begin), begin
    while waiting and len(seen) < MOST_PLACES:
        place = waiting.pop()
        if not place.ended and not place.waiting:
            stuck |= {join for join, _ in place.arrived}
        for after in _moves(workflow, place, twice):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return Found(frozenset(stuck), frozenset(twice))


def _moves(workflow: Workflow, place: Place, twice: set[str]) -> Iterator[Place]:
    if place.ended:
        return
    for name in sorted(place.waiting):
        for outcome in outcomes(workflow.nodes[name]):
            yield from _left(workflow, _without(place, name), name, outcome, twice, 0)


def _without(place: Place, name: str) -> Place:
    return Place(place.waiting - {name}, place.arrived)


def _left(workflow: Workflow, place: Place, name: str, outcome: str, twice: set[str], depth: int) -> Iterator[Place]:
    places = [place]
    for target in workflow.next(name, outcome):
        places = [
            after
            for each in places
            for after in ([each] if each.ended else _entered(workflow, each, target, name, twice, depth))
        ]
    yield from places


def _entered(workflow: Workflow, place: Place, name: str, source: str, twice: set[str], depth: int) -> Iterator[Place]:
    node = workflow.nodes[name]
    for region in left_by(workflow, source, name) if source else ():
        waits = frozenset(each for each in place.waiting if each not in region.nodes)
        place = Place(waits, frozenset(each for each in place.arrived if each[0] not in region.joins | region.nodes))
    if isinstance(node, EndNode):
        yield Place(ended=True)
    elif isinstance(node, FormNode | ReviewNode | WaitNode) or (isinstance(node, CheckNode) and node.by == "worker"):
        if name in place.waiting:
            twice.add(name)
        yield Place(place.waiting | {name}, place.arrived)
    elif isinstance(node, ParallelNode) and node.parallel == "join":
        arrived = place.arrived | {(name, source)}
        wanted = {(name, workflow.source(begin)) for begin, end in workflow.edges if end == name}
        if not wanted <= arrived:
            yield Place(place.waiting, arrived)
            return
        gone = Place(place.waiting, frozenset(each for each in arrived if each[0] != name))
        yield from _left(workflow, gone, name, "", twice, depth + 1)
    elif depth < len(workflow.nodes):  # a circle of machines is found elsewhere
        for outcome in outcomes(node):
            yield from _left(workflow, place, name, outcome, twice, depth + 1)

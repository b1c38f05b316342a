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

MOST_PLACES = 4_000
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


Reached = tuple[Place, frozenset[str]]
"""A place, and the splits whose branches were left on the way there."""


def walked(workflow: Workflow) -> Found:
    """What can go wrong with branches beside each other; nothing where there are none."""
    if not any(isinstance(node, ParallelNode) for node in workflow.nodes.values()):
        return Found()
    return _Walk(workflow).found()


class _Walk:
    """One walk through everything that can come of a workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.stuck, self.twice = set[str](), set[str]()

    def found(self) -> Found:
        waiting = [place for place, _ in self._entered(Place(), self.workflow.start, "", 0)]
        seen = set(waiting)
        while waiting and len(seen) < MOST_PLACES:
            place = waiting.pop()
            if not place.ended and not place.waiting:
                self.stuck |= {join for join, _ in place.arrived}
            for after in self._moves(place):
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
        return Found(frozenset(self.stuck), frozenset(self.twice))

    def _moves(self, place: Place) -> Iterator[Place]:
        if place.ended:
            return
        for name in sorted(place.waiting):
            gone = Place(place.waiting - {name}, place.arrived)
            for outcome in outcomes(self.workflow.nodes[name]):
                yield from (after for after, _ in self._left(gone, name, outcome, 0))

    def _left(self, place: Place, name: str, outcome: str, depth: int) -> Iterator[Reached]:
        reached: list[Reached] = [(place, frozenset())]
        for target in self.workflow.next(name, outcome):
            after: list[Reached] = []
            for each, gone in reached:
                if each.ended or name in gone:  # the other branches are not begun any more
                    after.append((each, gone))
                else:
                    after += [(new, gone | more) for new, more in self._entered(each, target, name, depth)]
            reached = after
        yield from reached

    def _entered(self, place: Place, name: str, source: str, depth: int) -> Iterator[Reached]:
        node = self.workflow.nodes[name]
        regions = left_by(self.workflow, source, name) if source else ()
        for region in regions:
            waits = frozenset(each for each in place.waiting if each not in region.nodes)
            place = Place(
                waits, frozenset(each for each in place.arrived if each[0] not in region.joins | region.nodes)
            )
        gone = frozenset(region.split for region in regions)
        if isinstance(node, EndNode):
            yield Place(ended=True), gone
        elif isinstance(node, FormNode | ReviewNode | WaitNode) or (
            isinstance(node, CheckNode) and node.by == "worker"
        ):
            if name in place.waiting:
                self.twice.add(name)
            yield Place(place.waiting | {name}, place.arrived), gone
        elif isinstance(node, ParallelNode) and node.parallel == "join":
            yield from ((each, gone | more) for each, more in self._joined(place, name, source, depth))
        elif depth < len(self.workflow.nodes):  # a circle of machines is found elsewhere
            for outcome in outcomes(node):
                yield from ((each, gone | more) for each, more in self._left(place, name, outcome, depth + 1))

    def _joined(self, place: Place, name: str, source: str, depth: int) -> Iterator[Reached]:
        arrived = place.arrived | {(name, source)}
        wanted = {(name, self.workflow.source(begin)) for begin, end in self.workflow.edges if end == name}
        if not wanted <= arrived:
            yield Place(place.waiting, arrived), frozenset()
            return
        rest = frozenset(each for each in arrived if each[0] != name)
        yield from self._left(Place(place.waiting, rest), name, "", depth + 1)

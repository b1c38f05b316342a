"""Stages that nobody can ever decide: nobody is there, or four eyes leave nobody over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from itertools import combinations, islice

from models.core.errors import Problem
from models.engines.workflow.schema import ReviewNode, Workflow

Members = Callable[[Sequence[str]], Collection[Hashable]]
"""Whoever can sign in and fits one of some entries (`audience.py`)."""
MOST_TRIES = 5_000


def people_faults(workflow: Workflow, members: Members | None) -> Iterator[Problem]:
    """Stages without an active person, and stages that four eyes keep from everybody who is left."""
    reviews = {name: node for name, node in workflow.nodes.items() if isinstance(node, ReviewNode)}
    for name, node in reviews.items():
        if name in node.not_same_person_as:
            yield Problem("FLOW-FOUR-EYES", "Nobody who decided here could ever decide here again.", name)
    if members is None:
        return
    people = {name: set(members(node.review)) for name, node in reviews.items()}
    for name, node in reviews.items():
        own, needed = people[name], _needed(node, members)
        if node.candidates and not node.review:
            continue  # who they are hangs on the case
        if not own:
            yield Problem("FLOW-NOBODY", "Nobody who can sign in may decide here.", name)
        elif len(own) < needed:
            yield Problem("FLOW-NOBODY", f"{needed} people have to agree here, but there are only {len(own)}.", name)
        else:
            others = [
                (people[each], _needed(reviews[each], members)) for each in node.not_same_person_as if each in people
            ]
            if others and not _can_be_split(own, needed, others):
                text = "Whoever could decide here has to decide an earlier stage: four eyes leave nobody over."
                yield Problem("FLOW-FOUR-EYES", text, name)


def _needed(node: ReviewNode, members: Members) -> int:
    return 1 if node.quorum.everybody else node.quorum.needed(len(set(members(node.review))))


def _can_be_split(own: set[Hashable], needed: int, others: Sequence[tuple[set[Hashable], int]]) -> bool:
    """Whether so many can decide here and the earlier stages still have enough people besides them."""
    # First those who are asked nowhere else: the usual team is settled by the first try.
    order = sorted(own, key=lambda person: (sum(person in people for people, _ in others), str(person)))
    return any(
        all(len(people - set(here)) >= enough for people, enough in others)
        for here in islice(combinations(order, needed), MOST_TRIES)
    )

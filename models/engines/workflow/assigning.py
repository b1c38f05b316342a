"""Who gets a review first when a case arrives: one of those who may decide it now, or whoever stands in for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.engines.workflow.audience import entries_of
from models.engines.workflow.people import at_stake, right_of
from models.engines.workflow.schema import ReviewNode
from models.engines.workflow.state import State, Visit
from models.engines.workflow.world import People, Person


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets it, and whose turn it was: another one where somebody stands in."""

    taker: Person
    turn: Person


def chosen(node: ReviewNode, state: State, visit: Visit, people: People) -> Chosen | None:
    """Who gets a review that the case has just arrived at; None: whoever takes it.

    People who are away are passed over, unless somebody who may stands in for them.
    """
    if node.assign == "pool":
        return None
    members = list(people.members(entries_of(node, visit)))
    if node.assign == "same_as_before":
        before = state.deciders.get(visit.node, ())
        members = [person for decider in reversed(before) for person in members if person.id == decider]
    elif node.assign == "round_robin":
        members = _after(members, people, f"{state.type}/{visit.node}")
    able = (Chosen(taker, person) for person in members for taker in _takers(node, state, visit, person, people))
    if node.assign != "least_loaded":
        return next(able, None)
    found = list(able)
    loads = people.loads({each.taker.id for each in found if each.taker.id is not None})
    return min(found, key=lambda each: loads.get(each.taker.id, 0) if each.taker.id else 0, default=None)


def _after(members: list[Person], people: People, place: str) -> list[Person]:
    """Members in turn, beginning behind whoever's turn it was last."""
    last = people.last_turn(place)
    at = next((number for number, person in enumerate(members, 1) if person.id == last), 0)
    return members[at:] + members[:at]


def _takers(node: ReviewNode, state: State, visit: Visit, person: Person, people: People) -> Iterator[Person]:
    """Whoever may decide it when it is a person's turn: themselves, or who stands in while they are away."""
    if not person.absent:
        if not right_of(node, state, visit, person, people).problems:
            yield person
        return
    for handover in people.handed_by(person.id) if person.id else ():
        if not handover.covers(state.type, visit.node, at_stake(node, state, people)) or handover.to.absent:
            continue
        if not right_of(node, state, visit, handover.to, people).problems:
            yield handover.to
            return

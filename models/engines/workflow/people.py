"""Who may do what with a case: four eyes, roles, one vote a person. Asked before deciding and by pages beforehand."""

from __future__ import annotations

from models.core.errors import NotAllowed, Problem
from models.engines.workflow.schema import ReviewNode
from models.engines.workflow.state import State, Visit
from models.engines.workflow.world import Person


def reviewing_problems(node: ReviewNode, state: State, visit: Visit, person: Person) -> list[Problem]:
    """Everything that keeps a person from deciding a visit; empty when they may."""
    found = list(_kind_of_person(node, state, person))
    others = [place for place in node.not_same_person_as if person.id in state.deciders.get(place, ())]
    if others:
        text = "You decided an earlier stage of this case. Somebody else has to decide this one."
        found.append(Problem("CASE-FOUR-EYES", text))
    if any(vote.by == person.id for vote in visit.votes):
        found.append(Problem("CASE-VOTED", "You have decided here already; it needs somebody else as well."))
    if visit.holder is not None and visit.holder != person.id:
        text = f"{visit.holder_name} holds this review. Ask them to release it."
        found.append(Problem("CASE-HELD", text))
    return found


def _kind_of_person(node: ReviewNode, state: State, person: Person) -> list[Problem]:
    if person.id is None or not person.roles & set(node.review):
        return [Problem("CASE-ROLE", "Your roles do not decide this stage. Leave it to those whose turn it is.")]
    if person.partner_id is not None and person.partner_id == state.partner_id:
        return [Problem("CASE-OWN-PARTNER", "Nobody decides a case of their own company.")]
    if person.id in state.submitters or person.id == state.opened_by:
        return [Problem("CASE-OWN", "You sent this case yourself. Somebody else has to decide it.")]
    return []


def demand_applicant(state: State, person: Person) -> None:
    """Let only people of the case's partner act for the applicant.

    Raises:
        NotAllowed: the person belongs to somebody else.
    """
    if person.id is None or person.partner_id is None or person.partner_id != state.partner_id:
        raise NotAllowed(Problem("CASE-APPLICANT", "Only people of the partner whose case this is can do that."))

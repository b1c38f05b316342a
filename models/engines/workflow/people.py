"""Who may do what with a case: whose turn it is, limits, stand-ins, four eyes, one vote a person. Asked before deciding
and by pages beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from models.core.errors import NotAllowed, Problem
from models.engines.workflow.audience import entries_of, fits
from models.engines.workflow.schema import ReviewNode
from models.engines.workflow.state import State, Visit
from models.engines.workflow.world import ALONE, Handover, People, Person


@dataclass(frozen=True, slots=True)
class Right:
    """What keeps a person from deciding; when nothing does, in whose stead they decide (None: in their own name)."""

    problems: tuple[Problem, ...]
    stead: Person | None = None


def right_of(node: ReviewNode, state: State, visit: Visit, person: Person, people: People = ALONE) -> Right:
    """Whether a person may decide a visit, and in whose stead: their own turn comes before anybody else's."""
    turn = _turn_problems(node, state, visit, person, people)
    stead = None
    if turn and person.id is not None:
        reached = [each for each in people.handed_to(person.id) if _is_turn_of(node, state, visit, each, people)]
        given = [each for each in reached if each.covers(state.type, visit.node, at_stake(node, state, people))]
        free = (each.by for each in given if not list(_bars(node, state, visit, each.by, people)))
        stead = next(free, None)
        if reached and not given:
            turn = [_beyond(reached, node, state, people)]
        elif given and stead is None:
            turn = [problem for each in given for problem in _bars(node, state, visit, each.by, people)][:1]
            turn = [Problem(turn[0].code, f"{given[0].by.name}, for whom you stand in, may not decide this case.")]
    found = [] if stead else turn
    bars = list(_bars(node, state, visit, person, people))
    found += [bar for bar in bars if not (found and bar.code in ("CASE-OWN-PARTNER", "CASE-OWN"))]
    found += _held(visit, person, people)
    return Right(tuple(found), None if found else stead)


def at_stake(node: ReviewNode, state: State, people: People) -> Decimal | None:
    """The amount that limits and caps are compared with: the stage's own, else what the case is about."""
    if not node.limit:
        return people.amount(state.facts)
    value = state.facts.get(node.limit)
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def _turn_problems(node: ReviewNode, state: State, visit: Visit, person: Person, people: People) -> list[Problem]:
    """Why it is not a person's own turn: other people's stage, or more than they may decide."""
    if person.id is None:
        return [_NOT_YOURS]
    if visit.candidates or node.limit:
        person = people.whole(person)
    if not fits(entries_of(node, visit), person):
        return [_NOT_YOURS]
    if not node.limit:
        return []
    amount = at_stake(node, state, people) or Decimal(0)
    if person.limit is not None and amount <= person.limit:
        return []
    own = "no limit was set for you" if person.limit is None else f"you decide up to {person.limit:,.2f}"
    others = people.members(entries_of(node, visit))
    names = [each.name for each in others if each.limit is not None and amount <= each.limit]
    turn = f"It is the turn of {_listed(names)}." if names else "Nobody who is asked for it may decide so much."
    text = f"It is about {amount:,.2f} {people.currency}, and {own}. {turn}".replace("  ", " ")
    return [Problem("CASE-LIMIT", text)]


_NOT_YOURS = Problem("CASE-ROLE", "Your roles do not decide this stage. Leave it to those whose turn it is.")


def _listed(names: list[str], most: int = 3) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _is_turn_of(node: ReviewNode, state: State, visit: Visit, handover: Handover, people: People) -> bool:
    return not _turn_problems(node, state, visit, handover.by, people)


def _beyond(reached: list[Handover], node: ReviewNode, state: State, people: People) -> Problem:
    """Whoever they stand in for might decide it, but did not hand it over."""
    first, amount = reached[0], at_stake(node, state, people)
    if first.cap is not None and amount is not None and amount > first.cap:
        text = f"You stand in for {first.by.name} up to {first.cap:,.2f} only. Leave it to those whose turn it is."
        return Problem("CASE-CAP", text)
    return Problem("CASE-SCOPE", f"{first.by.name}, for whom you stand in, did not hand this stage over.")


def _bars(node: ReviewNode, state: State, visit: Visit, person: Person, people: People) -> Iterator[Problem]:
    """What no role, group or stand-in overcomes; it bars whoever decides and whoever is stood in for."""
    if person.partner_id is not None and person.partner_id == state.partner_id:
        yield Problem("CASE-OWN-PARTNER", "Nobody decides a case of their own company.")
    elif person.id in state.submitters or person.id == state.opened_by:
        yield Problem("CASE-OWN", "You sent this case yourself. Somebody else has to decide it.")
    others = _deciders(node, state)
    if person.id in others:
        text = "You decided an earlier stage of this case. Somebody else has to decide this one."
        yield Problem("CASE-FOUR-EYES", text)
    # Whoever sent the case is of the partner, and stand-ins are the vendor's people: only deciders can be tied.
    elif others and person.id is not None and others & set(people.ties(person.id, visit.entered_at)):
        text = "Somebody decided an earlier stage of this case for whom you stand in, or who stands in for you."
        yield Problem("CASE-FOUR-EYES", f"{text} Somebody else has to decide this one.")
    if any(person.id in vote.hands for vote in visit.votes):
        yield Problem("CASE-VOTED", "You have decided here already; it needs somebody else as well.")


def _deciders(node: ReviewNode, state: State) -> set[UUID]:
    """Whoever decided last at a stage that bars them here, or agreed there in any round."""
    places = node.not_same_person_as
    return {who for place in places for who in (*state.deciders.get(place, ()), *state.agreed.get(place, ()))}


def still_able(node: ReviewNode, state: State, visit: Visit, people: People) -> list[Person]:
    """Those whose own turn it is and who have not decided yet, whoever holds it now."""
    return [
        person
        for person in people.members(entries_of(node, visit))
        if not _turn_problems(node, state, visit, person, people)
        and not list(_bars(node, state, visit, person, people))
    ]


def _held(visit: Visit, person: Person, people: People) -> list[Problem]:
    """Who holds it, unless they are away or the person stands in for them."""
    holder = visit.holder
    if holder is None or holder == person.id or person.id is None or people.is_absent(holder):
        return []
    if any(handover.by.id == holder for handover in people.handed_to(person.id)):
        return []
    return [Problem("CASE-HELD", f"{visit.holder_name} holds this review. Ask them to release it.")]


def demand_applicant(state: State, person: Person) -> None:
    """Let only people of the case's partner act for the applicant.

    Raises:
        NotAllowed: the person belongs to somebody else.
    """
    if person.id is None or person.partner_id is None or person.partner_id != state.partner_id:
        raise NotAllowed(Problem("CASE-APPLICANT", "Only people of the partner whose case this is can do that."))

"""When a review is decided: as soon as no further vote could change how it ends."""

from __future__ import annotations

from collections import Counter

from models.engines.workflow.audience import entries_of, fits
from models.engines.workflow.people import still_able
from models.engines.workflow.schema import ReviewNode
from models.engines.workflow.state import State, Visit
from models.engines.workflow.world import People, Person


def certain(node: ReviewNode, state: State, visit: Visit, people: People) -> str | None:
    """The decision that a visit ends with by the votes there are; None: somebody else has to decide as well.

    People who may decide are counted only where the quorum hangs on how many there are.
    """
    last = visit.votes[-1].decision
    quorum, tones = node.quorum, {key: decision.tone for key, decision in node.decisions.items()}
    tone = tones[last]
    if tone != "positive" and not (tone == "negative" and quorum.counts_noes):
        return last
    positive = [key for key, tone in tones.items() if tone == "positive"]
    agreed = {key: [vote for vote in visit.votes if vote.decision == key] for key in positive}
    if quorum.each:
        return next((key for key, votes in agreed.items() if quorum.is_filled([v.stands_for for v in votes])), None)
    if not quorum.everybody and not quorum.counts_noes:
        return next((key for key, votes in agreed.items() if len(votes) >= quorum.number), None)
    left = _left(node, state, visit, people)
    needed = quorum.needed(left + len(visit.votes))
    if reached := next((key for key, votes in agreed.items() if len(votes) >= needed), None):
        return reached
    return None if any(len(votes) + left >= needed for votes in agreed.values()) else _against(node, visit)


def _left(node: ReviewNode, state: State, visit: Visit, people: People) -> int:
    """How many may still decide."""
    others = len(still_able(node, state, visit, people))
    if not node.quorum.of:
        return others
    seats = node.quorum.of - len(visit.votes)
    known = people.members(entries_of(node, visit))
    return min(seats, others) if known else seats


def _against(node: ReviewNode, visit: Visit) -> str:
    """How a review ends when so many can no longer agree: with the no that most gave, of as many the last."""
    noes = [key for key, decision in node.decisions.items() if decision.tone == "negative"]
    given = Counter(vote.decision for vote in reversed(visit.votes) if vote.decision in noes)
    if given:
        return given.most_common(1)[0][0]
    return noes[0] if noes else visit.votes[-1].decision


def stands_for(node: ReviewNode, person: Person, people: People) -> tuple[str, ...]:
    """Which of the entries, of each of which some have to agree, a person is one of."""
    if not node.quorum.each:
        return ()
    whole = people.whole(person)
    return tuple(entry for entry, _ in node.quorum.each if fits((entry,), whole))

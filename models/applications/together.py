"""Several reviews decided at once: what would be decided, why others would not, and each by the way of a single one.

Only reviews that need no closer look are approved so: whatever a check found keeps a case out, and a type may name
stages that are always decided one by one (parameter `decided_one_by_one`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from uuid import UUID

from models.applications import access, checking, queries, reviewing
from models.core.errors import ChangedMeanwhile, Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.projections import amount_of
from models.engines.cases.store import StoredCase
from models.engines.cases.world import person_of
from models.engines.lists import Action, Given, Preview
from models.engines.workflow.findings import Verdict
from models.engines.workflow.people import right_of
from models.engines.workflow.schema import Decision, ReviewNode
from models.engines.workflow.state import Visit
from models.reviewers.people import StoredPeople

DESK = "reviews"
ONE_BY_ONE = "decided_one_by_one"
TONES = {"approve": "positive", "reject": "negative"}
"""What each action decides: the decision of a stage that has this tone."""
OWN_WORDS = {
    "CASE-FOUR-EYES": "four eyes: you, or whoever you stand in for, decided an earlier stage",
    "CASE-LIMIT": "more than you may decide", "CASE-CAP": "more than you may decide in somebody's stead",
    "CASE-HELD": "somebody else holds it", "CASE-OWN": "you sent it yourself", "CASE-VOTED": "you have decided already",
    "CASE-OWN-PARTNER": "it is a case of your own company",
}  # fmt: skip
"""Reasons that the workflow words for each case, said once for all."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review of the actor: the case as it was read, and the visit that waits."""

    case: StoredCase
    visit: Visit
    node: ReviewNode

    @property
    def name(self) -> str:
        """What the case is called."""
        return self.case.number


def action(name: str) -> Action:
    """Approve or reject, as a list offers it."""
    offered = partial(_reasons, TONES[name]) if name == "reject" else None
    return Action(preview=partial(_preview, TONES[name]), choices=offered, one=partial(_decide, TONES[name]))


def _waiting(uow: UnitOfWork, keys: Sequence[UUID]) -> Iterator[tuple[UUID, Waiting | None]]:
    """The review of each case that is the actor's turn; None: there is none any more."""
    first = queries.first_reviews(uow, DESK, keys)
    for key in keys:
        case = access.find(uow, key) if key in first else None
        visit = case.state.visit(first[key]) if case else None
        yield key, Waiting(case, visit, case.type.review_node(visit.node)) if case and visit else None


def decision_of(node: ReviewNode, tone: str) -> tuple[str, Decision] | None:
    """The decision of a stage with a tone; None when there is none or several, among which a person has to choose."""
    found = [(name, decision) for name, decision in node.decisions.items() if decision.tone == tone]
    return found[0] if len(found) == 1 else None


def _preview(tone: str, uow: UnitOfWork, keys: Sequence[UUID], given: Given) -> Preview:
    """Which reviews would be decided, the amounts they are about, and why others would not."""
    able, words, marks = [], dict[UUID, str](), dict[UUID, str]()
    names: dict[str, list[str]] = defaultdict(list)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for key, each in _waiting(uow, keys):
        if each is None:
            names["it is no longer your turn"].append("")
            continue
        if why := hindrance(uow, each, tone, given):
            names[why].append(each.name)
            continue
        able.append(key)
        words[key], marks[key] = each.name, f"{each.visit.id} {each.case.state.seq}"
        amount = amount_of(each.case.type, dict(each.case.state.facts))
        if amount:
            amounts[each.case.type.currency] += amount
    return Preview(
        tuple(able), {why: len(which) for why, which in names.items()}, dict(amounts),
        {why: [name for name in which if name] for why, which in names.items()}, words, marks,
    )  # fmt: skip


def hindrance(uow: UnitOfWork, each: Waiting, tone: str, given: Given) -> str:
    """Why a review cannot be decided together with others; empty when nothing is in the way."""
    made = each.case.type
    if not uow.actor.may(access.to_decide(each.node)):
        return "your roles do not decide it"
    if each.visit.node in made.parameters.get(ONE_BY_ONE, ()):
        return f"{made.name} decides {made.label(each.visit.node)} one by one"
    if each.visit.question is not None:
        return "the partner owes an answer"
    if (wanted := decision_of(each.node, tone)) is None or wanted[1].fields:
        return "its stage asks for more than this: open it"
    if tone == "negative" and wanted[1].reasons and given.get("reason") not in wanted[1].reasons:
        return "it needs a reason of its own stage"
    right = right_of(each.node, each.case.state, each.visit, person_of(uow.actor), StoredPeople(uow, each.case.data()))
    if right.problems:
        return OWN_WORDS.get(right.problems[0].code, right.problems[0].text)
    if tone == "positive" and _is_found(uow, each):
        return "a check found something: look at it"
    return ""


def _is_found(uow: UnitOfWork, each: Waiting) -> bool:
    return any(
        finding.verdict in (Verdict.LOOK, Verdict.FIX) for finding in checking.all_of_review(uow, each.case, each.visit)
    )


def _reasons(tone: str, uow: UnitOfWork, keys: Sequence[UUID]) -> Mapping[str, Mapping[str, str]]:
    """The reason codes that all of the reviews have in common."""
    common: list[str] | None = None
    for _, each in _waiting(uow, keys):
        wanted = decision_of(each.node, tone) if each else None
        own = list(wanted[1].reasons) if wanted else []
        common = own if common is None else [reason for reason in common if reason in own]
    return {"reason": {reason: reason for reason in common or ()}}


def _decide(tone: str, uow: UnitOfWork, key: UUID, given: Given, mark: str) -> None:
    """Decide one of them, as a single decision does: the same key, the same checks, the case as it was read.

    What keeps a case out of the preview is asked once more behind its lock: a check may find something by now that it
    did not find then, without the case having changed. A press repeated is not asked again.

    Raises:
        ChangedMeanwhile: somebody was quicker; says who, and when.
        Refused: it cannot be decided together with others any more (CASE-TOGETHER says why).
        DomainError: whatever keeps a single decision from being made.
    """
    visit, _, seq = mark.rpartition(" ")
    name = visit.partition("#")[0]
    node = access.find(uow, key).type.workflow.nodes.get(name)
    wanted = decision_of(node, tone) if isinstance(node, ReviewNode) else None
    if wanted is None:
        raise ChangedMeanwhile("The stage is not there any more. Look at the case again.")
    once = reviewing.key_of(visit, wanted[0], uow.actor.user_id, int(seq))
    case = access.find_to_change(uow, key, once)
    if not case.known and case.state.seq == int(seq):
        _demand_together(uow, case, visit, tone, given)
    reviewing.decide_found(
        uow, case, visit, wanted[0], key=once, reason=given.get("reason", "") if wanted[1].reasons else "",
        comment=given.get("comment", ""), expected=int(seq),
    )  # fmt: skip


def _demand_together(uow: UnitOfWork, case: StoredCase, visit: str, tone: str, given: Given) -> None:
    waiting = case.state.visit(visit)
    node = case.type.workflow.nodes.get(waiting.node) if waiting else None
    if waiting is None or not isinstance(node, ReviewNode):
        return  # the workflow says in its own words that the stage is over
    if why := hindrance(uow, Waiting(case, waiting, node), tone, given):
        raise Refused(Problem("CASE-TOGETHER", f"It was left as it is: {why}."))

"""Who stands in for whom, and who is away: what reviewers hand over themselves, and managers for them.

Nobody takes over somebody's work by themselves, and nothing past is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select

from models.applications.access import DESKS, VIEW
from models.applications.types import application_types
from models.core.errors import NotAllowed, NotFound, Problem, Refused, WrongState
from models.core.types import USD
from models.core.unit_of_work import UnitOfWork
from models.engines.workflow.schema import ReviewNode
from models.identity import queries as identity
from models.identity.queries import Colleague
from models.reviewers import rules
from models.reviewers.rules import Stand
from models.reviewers.service import MANAGE, colleague
from models.reviewers.tables import ReviewAbsence, ReviewDelegation


@dataclass(frozen=True, slots=True)
class HandOver:
    """What somebody hands over: to whom, from when until when (exclusive), for what (`mdf`, `mdf/application_review`;
    nothing: everything), up to which amount, and why."""

    to: UUID
    since: datetime
    until: datetime
    scope: tuple[str, ...] = ()
    cap: Decimal | None = None
    currency: str = USD
    reason: str = ""


def hand_over(uow: UnitOfWork, by: UUID, wanted: HandOver) -> UUID:
    """Let somebody stand in for a person: their reviews wait for both. What four eyes forbid either, it forbids both.

    Raises:
        NotAllowed: neither the actor's own work nor theirs to manage, or a manager would hand it to themselves.
        NotFound: no such people of the vendor.
        Refused: the period, scope or cap does not fit, or it would make a chain or a circle; carries every problem.
    """
    giver = _own_or_managed(uow, by)
    if wanted.to == uow.actor.user_id:
        raise NotAllowed("Nobody takes over somebody's work by themselves. Ask them, or another manager.")
    taker = colleague(uow, wanted.to)
    identity.hold_still(uow, (by, wanted.to))  # two people at once would make the circle that each may not
    new = Stand(by, wanted.to, wanted.since, wanted.until, frozenset(wanted.scope), wanted.cap)
    problems = rules.stand_problems(
        new, _stands_of(uow, (by, wanted.to)), names=_names(uow), known=scope_choices(uow), now=uow.now
    )
    if not can_stand_in(giver, taker):
        text = f"No role of {taker.name} decides at a desk of {giver.name}. Choose somebody whose role does."
        problems.append(Problem("STAND-ROLE", text, "to"))
    if problems:
        raise Refused(problems)
    row = ReviewDelegation(
        from_id=by, to_id=wanted.to, since=wanted.since, until=wanted.until, scope=sorted(set(wanted.scope)),
        cap=wanted.cap, currency=wanted.currency, reason=wanted.reason.strip()[:500], created_at=uow.now,
        created_by_name=uow.actor.name, revoked_at=None, revoked_by_name=None,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    changes = {"for": giver.name, "by": taker.name, "until": wanted.until.isoformat(), "scope": sorted(wanted.scope)}
    uow.record("reviewers.handed_over", "user", by, changes=changes)
    return row.id


def can_stand_in(giver: Colleague, taker: Colleague) -> bool:
    """Whether somebody's roles decide at a desk of a person: a stand-in lends a turn, and no permission."""
    desks = [permission for permission in DESKS.values() if giver.may(permission)]
    return taker.may(VIEW) and (not desks or any(map(taker.may, desks)))


def take_back(uow: UnitOfWork, delegation_id: UUID) -> None:
    """Let nobody stand in any longer; whoever did may give it back as well.

    Raises:
        NotFound: there is none.
        NotAllowed: it is neither the actor's nor theirs to manage.
        WrongState: it is over.
    """
    row = uow.session.scalar(select(ReviewDelegation).where(ReviewDelegation.id == delegation_id).with_for_update())
    if row is None:
        raise NotFound("There is no such stand-in.")
    if uow.actor.user_id not in (row.from_id, row.to_id):
        uow.actor.demand(MANAGE)
    if row.revoked_at is not None or row.until <= uow.now:
        raise WrongState("That is over already.")
    row.revoked_at, row.revoked_by_name = uow.now, uow.actor.name
    uow.record("reviewers.taken_back", "user", row.from_id, changes={"until": uow.now.isoformat()})


def be_away(uow: UnitOfWork, user_id: UUID, since: datetime, until: datetime, note: str = "") -> UUID:
    """Note that a person is out of office: new reviews pass them over, and others may take what they hold.

    Raises:
        NotAllowed: neither the actor themselves nor theirs to manage.
        NotFound: no such person of the vendor.
        Refused: the period does not fit.
    """
    person = _own_or_managed(uow, user_id)
    identity.hold_still(uow, (user_id,))
    row = ReviewAbsence
    others = uow.session.execute(
        select(row.since, row.until).where(row.user_id == user_id, row.revoked_at.is_(None), row.until > uow.now)
    )
    if problems := rules.absence_problems(since, until, list(others.tuples()), uow.now):
        raise Refused(problems)
    made = ReviewAbsence(
        user_id=user_id, since=since, until=until, note=note.strip()[:200], created_at=uow.now,
        created_by_name=uow.actor.name, revoked_at=None, revoked_by_name=None,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    uow.record("reviewers.away", "user", user_id, changes={"person": person.name, "until": until.isoformat()})
    return made.id


def be_back(uow: UnitOfWork, absence_id: UUID) -> None:
    """End an absence, or call off one that is still to come.

    Raises:
        NotFound: there is none.
        NotAllowed: neither the actor's own nor theirs to manage.
        WrongState: it is over.
    """
    row = uow.session.scalar(select(ReviewAbsence).where(ReviewAbsence.id == absence_id).with_for_update())
    if row is None:
        raise NotFound("There is no such absence.")
    if uow.actor.user_id != row.user_id:
        uow.actor.demand(MANAGE)
    if row.revoked_at is not None or row.until <= uow.now:
        raise WrongState("That is over already.")
    row.revoked_at, row.revoked_by_name = uow.now, uow.actor.name
    uow.record("reviewers.back", "user", row.user_id, changes={"since": uow.now.isoformat()})


def scope_choices(uow: UnitOfWork) -> dict[str, str]:
    """What can be handed over, in words: every kind of application, and each of its reviews."""
    found: dict[str, str] = {}
    for key, made in sorted(application_types(uow).items()):
        found[key] = made.name
        for name, node in made.workflow.nodes.items():
            if isinstance(node, ReviewNode):
                found[f"{key}/{name}"] = f"{made.short}: {made.label(name)}"
    return found


def _stands_of(uow: UnitOfWork, people: Sequence[UUID]) -> list[Stand]:
    row = ReviewDelegation
    stmt = select(row.from_id, row.to_id, row.since, row.until).where(
        or_(row.from_id.in_(people), row.to_id.in_(people)), row.revoked_at.is_(None), row.until > uow.now
    )
    return [Stand(*found) for found in uow.session.execute(stmt)]


def _names(uow: UnitOfWork) -> dict[UUID, str]:
    return {each.id: each.name for each in identity.colleagues(uow)}


def _own_or_managed(uow: UnitOfWork, user_id: UUID) -> Colleague:
    if user_id != uow.actor.user_id:
        uow.actor.demand(MANAGE)
    elif not uow.actor.is_vendor or not uow.actor.may(VIEW):
        raise NotAllowed("Only people who review for the vendor hand something over.")
    return colleague(uow, user_id)

"""What administrators set about reviewers, and what reviewers hand over themselves; nothing past is lost.

Nobody gives themselves a group, a skill, a limit, or somebody else's work: another person has to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, or_, select

from models.applications.access import DESKS, VIEW
from models.applications.types import application_types
from models.core.errors import NotAllowed, NotFound, Problem, Refused, WrongState
from models.core.types import USD
from models.core.unit_of_work import UnitOfWork
from models.engines.workflow.schema import ReviewNode
from models.identity import queries as identity
from models.identity.queries import Colleague
from models.partners import queries as partners
from models.reviewers import rules
from models.reviewers.rules import QualityKind, Stand
from models.reviewers.tables import ApprovalLimit, ReviewAbsence, ReviewDelegation, ReviewerGroup, ReviewerQuality

MANAGE = "reviewers.manage"


# ---- groups, skills, regions ----


def create_group(uow: UnitOfWork, key: str, name: str, description: str = "") -> UUID:
    """Make a group that stages can name by its key.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
        Refused: the key or the name does not fit, or there is, or was, such a group.
    """
    uow.actor.demand(MANAGE)
    key, name = key.strip(), name.strip()
    taken = uow.session.scalars(select(ReviewerGroup.key)).all()
    if problems := rules.group_problems(key, name, taken):
        raise Refused(problems)
    row = ReviewerGroup(
        key=key, name=name, description=description.strip(), created_at=uow.now, created_by_name=uow.actor.name,
        closed_at=None, closed_by_name=None,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    uow.record("reviewers.group_created", "reviewer_group", row.id, changes={"key": key, "name": name})
    return row.id


def close_group(uow: UnitOfWork, key: str) -> None:
    """Let a group no longer count; who was in it stays in its record.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
        NotFound: there is no such group.
        WrongState: it is closed already, or a stage in force names it.
    """
    uow.actor.demand(MANAGE)
    group = _group(uow, key)
    if named := _stages_naming(uow, key):
        raise WrongState(f"{named[0]} asks this group. Change the workflow first.")
    group.closed_at, group.closed_by_name = uow.now, uow.actor.name
    uow.record("reviewers.group_closed", "reviewer_group", group.id, changes={"key": key})


def _group(uow: UnitOfWork, key: str) -> ReviewerGroup:
    group = uow.session.scalar(select(ReviewerGroup).where(ReviewerGroup.key == key))
    if group is None:
        raise NotFound("There is no such group.")
    if group.closed_at is not None:
        raise WrongState(f"{group.name} was closed.")
    return group


def _stages_naming(uow: UnitOfWork, key: str) -> list[str]:
    return [
        f"{made.name}: {made.label(name)}"
        for made in application_types(uow).values()
        for name, node in made.workflow.nodes.items()
        if isinstance(node, ReviewNode) and any(each.group == key for each in node.candidates)
    ]


def give(uow: UnitOfWork, user_id: UUID, kind: QualityKind, name: str) -> None:
    """Put a person into a group, or note a skill or a sales region of theirs, from now on. Repeated, nothing changes.

    Raises:
        NotAllowed: no role of the actor manages reviewers, or it is the actor themselves.
        NotFound: no such person of the vendor, or no such group.
        Refused: a skill without a name, or a region without partners.
    """
    person, name = _reviewer(uow, user_id), name.strip()
    if kind is QualityKind.GROUP:
        _group(uow, name)
    elif not name or len(name) > 60:
        raise Refused(Problem("REVIEWER-NAME", "Give it a name of at most 60 characters.", "name"))
    elif kind is QualityKind.REGION and name not in partners.regions(uow):
        raise Refused(Problem("REVIEWER-REGION", "Choose a sales region in which there are partners.", "name"))
    if uow.session.scalar(_held_now(user_id, kind, name)) is not None:
        return
    uow.session.add(
        ReviewerQuality(
            user_id=user_id, kind=kind, name=name, since=uow.now, until=None, given_by_name=uow.actor.name,
            taken_by_name=None,
        )
    )  # fmt: skip
    uow.session.flush()
    uow.record(f"reviewers.{kind}_given", "user", user_id, changes={"person": person.name, kind.value: name})


def take(uow: UnitOfWork, user_id: UUID, kind: QualityKind, name: str) -> None:
    """Take a person out of a group, or a skill or a region from them, from now on. Repeated, nothing changes.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    row = uow.session.scalar(_held_now(user_id, kind, name))
    if row is None:
        return
    row.until, row.taken_by_name = uow.now, uow.actor.name
    uow.record(f"reviewers.{kind}_taken", "user", user_id, changes={kind.value: name})


def _held_now(user_id: UUID, kind: QualityKind, name: str) -> Select[tuple[ReviewerQuality]]:
    row = ReviewerQuality
    return select(row).where(row.user_id == user_id, row.kind == kind, row.name == name, row.until.is_(None))


# ---- limits ----


def set_limit(uow: UnitOfWork, user_id: UUID, amount: Decimal | None, currency: str = USD) -> None:
    """Let a person decide up to an amount from now on, where a stage asks for a limit; None: nothing at all.

    Raises:
        NotAllowed: no role of the actor manages reviewers, or it is the actor themselves.
        NotFound: no such person of the vendor.
        Refused: no sensible amount.
    """
    person = _reviewer(uow, user_id)
    if amount is not None and (problem := rules.amount_problem(amount)):
        raise Refused(problem)
    row = ApprovalLimit
    own = (row.user_id == user_id) & (row.currency == currency) & row.until.is_(None)
    before = uow.session.scalar(select(row).where(own).with_for_update())
    if (before.amount if before else None) == amount:
        return
    if before is not None:
        before.until, before.ended_by_name = uow.now, uow.actor.name
        uow.session.flush()
    if amount is not None:
        uow.session.add(
            ApprovalLimit(
                user_id=user_id, currency=currency, amount=amount, since=uow.now, until=None,
                set_by_name=uow.actor.name, ended_by_name=None,
            )
        )  # fmt: skip
        uow.session.flush()
    told = [str(before.amount) if before else None, str(amount) if amount is not None else None]
    uow.record("reviewers.limit_set", "user", user_id, changes={"person": person.name, "limit": told})


# ---- stand-ins and absences ----


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
    taker = _colleague(uow, wanted.to)
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


def _reviewer(uow: UnitOfWork, user_id: UUID) -> Colleague:
    """A person whom the actor may give something: never themselves."""
    uow.actor.demand(MANAGE)
    if user_id == uow.actor.user_id:
        raise NotAllowed("Nobody gives that to themselves. Ask another manager.")
    return _colleague(uow, user_id)


def _own_or_managed(uow: UnitOfWork, user_id: UUID) -> Colleague:
    if user_id != uow.actor.user_id:
        uow.actor.demand(MANAGE)
    elif not uow.actor.is_vendor or not uow.actor.may(VIEW):
        raise NotAllowed("Only people who review for the vendor hand something over.")
    return _colleague(uow, user_id)


def _colleague(uow: UnitOfWork, user_id: UUID) -> Colleague:
    found = next((each for each in identity.colleagues(uow) if each.id == user_id), None)
    if found is None:
        raise NotFound("There is no such person of the vendor who can sign in.")
    return found

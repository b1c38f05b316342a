"""What administrators set about reviewers: groups, skills, regions and limits; nothing past is lost.

Nobody gives themselves any of these: another person has to.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, select

from models.applications.types import application_types
from models.core.errors import NotAllowed, NotFound, Problem, Refused, WrongState
from models.core.types import USD
from models.core.unit_of_work import UnitOfWork
from models.engines.workflow.schema import ReviewNode
from models.identity import queries as identity
from models.identity.queries import Colleague
from models.partners import queries as partners
from models.reviewers import rules
from models.reviewers.rules import QualityKind
from models.reviewers.tables import ApprovalLimit, ReviewerGroup, ReviewerQuality

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


def _reviewer(uow: UnitOfWork, user_id: UUID) -> Colleague:
    """A person whom the actor may give something: never themselves."""
    uow.actor.demand(MANAGE)
    if user_id == uow.actor.user_id:
        raise NotAllowed("Nobody gives that to themselves. Ask another manager.")
    return colleague(uow, user_id)


def colleague(uow: UnitOfWork, user_id: UUID) -> Colleague:
    """A person of the vendor who can sign in.

    Raises:
        NotFound: there is no such person.
    """
    found = next((each for each in identity.colleagues(uow) if each.id == user_id), None)
    if found is None:
        raise NotFound("There is no such person of the vendor who can sign in.")
    return found

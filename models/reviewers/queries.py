"""Who reviews, who stands in for whom, who is away, and which stages nobody decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from models.applications.types import application_types
from models.core.types import USD
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.audience import fits, quality
from models.engines.workflow.lint_people import Members
from models.engines.workflow.schema import Candidate, ReviewNode
from models.engines.workflow.world import Person
from models.identity import queries as identity
from models.identity.roles import role_book
from models.partners import queries as partners
from models.reviewers.people import VIEW, qualities_now
from models.reviewers.rules import QualityKind
from models.reviewers.service import MANAGE, can_stand_in, scope_choices
from models.reviewers.tables import ApprovalLimit, ReviewAbsence, ReviewDelegation, ReviewerGroup, ReviewerQuality


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group, and how many people are in it now."""

    key: str
    name: str
    description: str
    members: int
    created_at: datetime
    created_by_name: str


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """One of the vendor's people who see cases, with everything that says whose turn a review is."""

    id: UUID
    name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    skills: tuple[str, ...]
    regions: tuple[str, ...]
    limits: dict[str, Decimal]
    away_until: datetime | None
    stand_ins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """Somebody stands in for somebody; `now`: at this moment. `scope` in words, nothing: everything."""

    id: UUID
    by: UUID
    by_name: str
    to: UUID
    to_name: str
    since: datetime
    until: datetime
    scope: tuple[str, ...]
    cap: Decimal | None
    currency: str
    reason: str
    created_by_name: str
    now: bool


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """Somebody is out of office; `now`: at this moment."""

    id: UUID
    user_id: UUID
    name: str
    since: datetime
    until: datetime
    note: str
    now: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What was given to a person, and taken: a group, a skill, a region, or a limit."""

    kind: str
    name: str
    since: datetime
    given_by_name: str
    until: datetime | None
    taken_by_name: str | None


@dataclass(frozen=True, slots=True)
class StageWithoutMembers:
    """A stage that nobody decides, or a candidate of it whom nobody is: `text` says which, and what to do."""

    type: str
    type_name: str
    node: str
    label: str
    text: str


def groups(uow: UnitOfWork) -> list[GroupRow]:
    """The groups that count, by name.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    counted = dict.fromkeys(_open_groups(uow), 0)
    for (_, kind), names in qualities_now(uow, [each.id for each in _seeing(uow)]).items():
        for name in names if kind is QualityKind.GROUP else ():
            counted[name] = counted.get(name, 0) + 1
    row = ReviewerGroup
    stmt = select(row.key, row.name, row.description, row.created_at, row.created_by_name)
    stmt = stmt.where(row.closed_at.is_(None)).order_by(row.name, row.key)
    return [GroupRow(key, name, text, counted[key], at, by) for key, name, text, at, by in uow.session.execute(stmt)]


def _open_groups(uow: UnitOfWork) -> dict[str, str]:
    stmt = select(ReviewerGroup.key, ReviewerGroup.name).where(ReviewerGroup.closed_at.is_(None))
    return dict(uow.session.execute(stmt).tuples().all())


def group_names(uow: UnitOfWork) -> dict[str, str]:
    """The groups that stages can name, by key."""
    return _open_groups(uow)


def skill_names(uow: UnitOfWork) -> list[str]:
    """The skills that somebody has now."""
    row = ReviewerQuality
    stmt = select(row.name).where(row.kind == QualityKind.SKILL, row.until.is_(None)).distinct().order_by(row.name)
    return list(uow.session.scalars(stmt))


def reviewers(uow: UnitOfWork, group: str = "") -> list[ReviewerRow]:
    """Everybody who sees cases, by name; of one group when named. A handful of statements, whatever their number.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    given, limits = qualities_now(uow), _limits(uow)
    away = {row.user_id: row.until for row in _absences(uow, _in_force(ReviewAbsence, uow.now))}
    stands: dict[UUID, list[str]] = {}
    for row in _delegations(uow, _in_force(ReviewDelegation, uow.now)):
        stands.setdefault(row.by, []).append(row.to_name)

    def names(person: UUID, kind: QualityKind) -> tuple[str, ...]:
        return tuple(sorted(given.get((person, kind), ())))

    found = (
        ReviewerRow(
            each.id, each.name, tuple(sorted(each.roles)), names(each.id, QualityKind.GROUP),
            names(each.id, QualityKind.SKILL), names(each.id, QualityKind.REGION), limits.get(each.id, {}),
            away.get(each.id), tuple(stands.get(each.id, ())),
        )
        for each in _seeing(uow)
    )  # fmt: skip
    return [row for row in found if not group or group in row.groups]


def _seeing(uow: UnitOfWork) -> list[identity.Colleague]:
    return [each for each in identity.colleagues(uow) if each.may(VIEW)]


def _limits(uow: UnitOfWork) -> dict[UUID, dict[str, Decimal]]:
    row = ApprovalLimit
    stmt = select(row.user_id, row.currency, row.amount).where(row.until.is_(None)).order_by(row.currency)
    found: dict[UUID, dict[str, Decimal]] = {}
    for user_id, currency, amount in uow.session.execute(stmt):
        found.setdefault(user_id, {})[currency] = amount
    return found


def limits_now(uow: UnitOfWork) -> list[tuple[identity.Colleague, Decimal, str]]:
    """Who decides up to which amount, by name: the person, the amount, its currency.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    found = _limits(uow)
    return [
        (each, amount, currency) for each in _seeing(uow) for currency, amount in sorted(found.get(each.id, {}).items())
    ]


def history_of(uow: UnitOfWork, user_id: UUID) -> list[ChangeRow]:
    """What a person was given and what was taken from them, the newest first.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    row, limit = ReviewerQuality, ApprovalLimit
    stmt = select(row.kind, row.name, row.since, row.given_by_name, row.until, row.taken_by_name)
    found = [ChangeRow(kind.value, *rest) for kind, *rest in uow.session.execute(stmt.where(row.user_id == user_id))]
    limits = select(limit.amount, limit.currency, limit.since, limit.set_by_name, limit.until, limit.ended_by_name)
    for amount, currency, *rest in uow.session.execute(limits.where(limit.user_id == user_id)):
        found.append(ChangeRow("limit", f"{amount:,.2f} {currency}", *rest))
    return sorted(found, key=lambda each: each.since, reverse=True)


# ---- stand-ins and absences ----


def _in_force(row: Any, now: datetime) -> Any:
    return (row.since <= now) & (row.until > now) & row.revoked_at.is_(None)


def _to_come(row: Any, now: datetime) -> Any:
    return (row.until > now) & row.revoked_at.is_(None)


def delegations(uow: UnitOfWork) -> list[DelegationRow]:
    """Who stands in for whom, now or later, the earliest first.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    return _delegations(uow, _to_come(ReviewDelegation, uow.now))


def own_delegations(uow: UnitOfWork) -> list[DelegationRow]:
    """Who stands in for the actor, and for whom the actor stands in, now or later, the earliest first."""
    row, me = ReviewDelegation, uow.actor.user_id
    return _delegations(uow, _to_come(row, uow.now) & or_(row.from_id == me, row.to_id == me))


def absences(uow: UnitOfWork) -> list[AbsenceRow]:
    """Who is or will be out of office, the earliest first.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    return _absences(uow, _to_come(ReviewAbsence, uow.now))


def own_absences(uow: UnitOfWork) -> list[AbsenceRow]:
    """When the actor is or will be out of office, the earliest first."""
    row = ReviewAbsence
    return _absences(uow, _to_come(row, uow.now) & (row.user_id == uow.actor.user_id))


def _delegations(uow: UnitOfWork, which: Any) -> list[DelegationRow]:
    row = ReviewDelegation
    stmt = select(row.id, row.from_id, row.to_id, row.since, row.until, row.scope, row.cap, row.currency, row.reason,
                  row.created_by_name).where(which).order_by(row.since, row.id)  # fmt: skip
    found = uow.session.execute(stmt).all()
    if not found:
        return []
    names = identity.names(uow, [key for values in found for key in values[1:3]])
    words = scope_choices(uow)
    return [
        DelegationRow(
            key, by, names.get(by, ""), to, names.get(to, ""), since, until,
            tuple(words.get(each, each) for each in scope), cap, currency, reason, created, since <= uow.now,
        )
        for key, by, to, since, until, scope, cap, currency, reason, created in found
    ]  # fmt: skip


def _absences(uow: UnitOfWork, which: Any) -> list[AbsenceRow]:
    row = ReviewAbsence
    stmt = select(row.id, row.user_id, row.since, row.until, row.note).where(which).order_by(row.since, row.id)
    found = uow.session.execute(stmt).all()
    names = identity.names(uow, [values[1] for values in found]) if found else {}
    return [
        AbsenceRow(key, person, names.get(person, ""), since, until, note, since <= uow.now)
        for key, person, since, until, note in found
    ]


def possible_stand_ins(uow: UnitOfWork, by: UUID) -> dict[UUID, str]:
    """Who may stand in for a person, by name: whose roles decide at a desk of theirs, but not the one who asks.

    Raises:
        NotAllowed: somebody else's, and no role of the actor manages reviewers.
    """
    if by != uow.actor.user_id:
        uow.actor.demand(MANAGE)
    everybody = {each.id: each for each in _seeing(uow)}
    if (giver := everybody.get(by)) is None:
        return {}
    others = (each for key, each in everybody.items() if key not in (by, uow.actor.user_id))
    return {each.id: each.name for each in others if can_stand_in(giver, each)}


# ---- stages that nobody decides ----


def stages_without_members(uow: UnitOfWork) -> list[StageWithoutMembers]:
    """Every stage of the types in force that nobody who can sign in decides, and every candidate whom nobody is.

    Source: issue on the designer (stage without an active member). For whoever manages reviewers or designs.
    """
    return [row for made in application_types(uow).values() for row in without_members(uow, made)]


def without_members(uow: UnitOfWork, made: ApplicationType) -> list[StageWithoutMembers]:
    """The same for one type, published or drafted."""
    everybody, known, regions = _people(uow, made.currency), _open_groups(uow), partners.regions(uow)
    found = []
    for name, node in made.workflow.nodes.items():
        if isinstance(node, ReviewNode):
            for text in _missing(node, everybody, known, regions):
                found.append(StageWithoutMembers(made.key, made.name, name, made.label(name), text))
    return found


def members_of(uow: UnitOfWork) -> Members:
    """Whoever can sign in and fits some entries, for the linter of workflows; everybody is read once."""
    everybody = _people(uow, USD)
    return lambda entries: [person.id for person in everybody if fits(entries, person)]


def _people(uow: UnitOfWork, currency: str) -> list[Person]:
    given, limits = qualities_now(uow), _limits(uow)
    return [
        Person(
            each.id, each.name, each.roles, groups=given.get((each.id, QualityKind.GROUP), frozenset()),
            skills=given.get((each.id, QualityKind.SKILL), frozenset()),
            regions=given.get((each.id, QualityKind.REGION), frozenset()),
            limit=limits.get(each.id, {}).get(currency), known=True,
        )
        for each in _seeing(uow)
    ]  # fmt: skip


def _missing(node: ReviewNode, everybody: list[Person], known: dict[str, str], regions: Iterable[str]) -> Iterator[str]:
    deciding = [person for person in everybody if fits(node.review, person)]
    for candidate in node.candidates:
        if candidate.names_one:
            deciding += everybody[:1]  # whom a case will name is not known before
            continue
        if candidate.group and candidate.group not in known:
            yield f"There is no group {candidate.group}. Make it under Administration › Reviewers, or name another one."
            continue
        for region in regions if candidate.region else ("",):
            fitting = [person for person in everybody if fits([_entry(candidate, region)], person)]
            deciding += fitting
            if not fitting:
                yield f"Nobody who can sign in is {_words(candidate, known, region)}."
    if not deciding:
        roles = " or ".join(role_book().name(role) for role in node.review)
        yield f"Nobody who can sign in is {roles}." if roles else "It says nobody whose turn it is."
    elif node.limit and not any(person.limit is not None for person in deciding):
        yield "It asks for a limit, and none of those whose turn it is has one."


def _entry(candidate: Candidate, region: str) -> str:
    parts = [candidate.role] if candidate.role else []
    named = (("group", candidate.group), ("skill", candidate.skill), ("region", region))
    return "&".join(parts + [quality(kind, name) for kind, name in named if name])


def _words(candidate: Candidate, known: dict[str, str], region: str) -> str:
    words = [role_book().name(candidate.role)] if candidate.role else []
    words += [f"in the group {known[candidate.group]}"] if candidate.group else []
    words += [f"skilled in {candidate.skill}"] if candidate.skill else []
    words += [f"responsible for {region}"] if region else []
    return ", ".join(words)

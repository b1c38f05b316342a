"""Who reviews: groups, people with what was given to them, limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from models.core.unit_of_work import UnitOfWork
from models.identity import queries as identity
from models.reviewers import stand_ins
from models.reviewers.people import group_names, limits_of_all, qualities_now, seeing
from models.reviewers.rules import QualityKind
from models.reviewers.service import MANAGE
from models.reviewers.tables import ApprovalLimit, ReviewerGroup, ReviewerQuality


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
class ChangeRow:
    """What was given to a person, and taken: a group, a skill, a region, or a limit."""

    kind: str
    name: str
    since: datetime
    given_by_name: str
    until: datetime | None
    taken_by_name: str | None


def groups(uow: UnitOfWork) -> list[GroupRow]:
    """The groups that count, by name.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    counted = dict.fromkeys(group_names(uow), 0)
    for (_, kind), names in qualities_now(uow, [each.id for each in seeing(uow)]).items():
        for name in names if kind is QualityKind.GROUP else ():
            counted[name] = counted.get(name, 0) + 1
    row = ReviewerGroup
    stmt = select(row.key, row.name, row.description, row.created_at, row.created_by_name)
    stmt = stmt.where(row.closed_at.is_(None)).order_by(row.name, row.key)
    return [GroupRow(key, name, text, counted[key], at, by) for key, name, text, at, by in uow.session.execute(stmt)]


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
    given, limits = qualities_now(uow), limits_of_all(uow)
    away = {row.user_id: row.until for row in stand_ins.away_now(uow)}
    stands: dict[UUID, list[str]] = {}
    for row in stand_ins.standing_in_now(uow):
        stands.setdefault(row.by, []).append(row.to_name)

    def names(person: UUID, kind: QualityKind) -> tuple[str, ...]:
        return tuple(sorted(given.get((person, kind), ())))

    found = (
        ReviewerRow(
            each.id, each.name, tuple(sorted(each.roles)), names(each.id, QualityKind.GROUP),
            names(each.id, QualityKind.SKILL), names(each.id, QualityKind.REGION), limits.get(each.id, {}),
            away.get(each.id), tuple(stands.get(each.id, ())),
        )
        for each in seeing(uow)
    )  # fmt: skip
    return [row for row in found if not group or group in row.groups]


def limits_now(uow: UnitOfWork) -> list[tuple[identity.Colleague, Decimal, str]]:
    """Who decides up to which amount, by name: the person, the amount, its currency.

    Raises:
        NotAllowed: no role of the actor manages reviewers.
    """
    uow.actor.demand(MANAGE)
    found = limits_of_all(uow)
    return [
        (each, amount, currency) for each in seeing(uow) for currency, amount in sorted(found.get(each.id, {}).items())
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

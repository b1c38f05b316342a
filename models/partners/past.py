"""How partners stood on any day: tier, status, program and path at that time, out of the history.

Days are business dates (GMT+08:00); what was changed on a day counts from that day on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from models.core.clock import business_date
from models.core.history import HistoryEntry
from models.core.unit_of_work import UnitOfWork
from models.partners.rules import MembershipKind
from models.partners.tables import Partner, ProgramMembership

CHANGED = "partner.changed"
"""The action under which the history keeps a changed standing."""


@dataclass(frozen=True, slots=True)
class Course:
    """A value over time: `first` until the earliest day of `changes`, then the value of each from its day on."""

    first: str
    changes: tuple[tuple[date, str], ...] = ()

    def on(self, day: date) -> str:
        """The value on a day."""
        found = bisect_right(self.changes, day, key=lambda change: change[0])
        return self.changes[found - 1][1] if found else self.first


@dataclass(frozen=True, slots=True)
class Joined:
    """A program or path: a member from `since` until the day before `until`."""

    name: str
    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether the partner was a member on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class PastPartner:
    """A partner with what changed about it. Programs and paths stand in the order in which they were joined."""

    id: UUID
    kind: str
    country: str
    region: str
    joined_on: date
    tier: Course
    status: Course
    programs: tuple[Joined, ...]
    paths: tuple[Joined, ...]

    def turns(self) -> list[date]:
        """The days on which something about it became otherwise, the earliest first."""
        joined = [*self.programs, *self.paths]
        days = {day for day, _ in (*self.tier.changes, *self.status.changes)} | {each.since for each in joined}
        return sorted(days | {each.until for each in joined if each.until})


def members(joined: Iterable[Joined], day: date) -> list[str]:
    """The programs, or paths, that somebody was in on a day, the one joined first coming first."""
    return list(dict.fromkeys(each.name for each in joined if each.holds(day)))


def past(uow: UnitOfWork) -> list[PastPartner]:
    """Every partner the actor may see, with its past. Three statements."""
    standing = _standing(uow)
    joined = _joined(uow)
    row = Partner
    stmt = select(row.id, row.kind, row.country, row.region, row.joined_on, row.tier, row.status).order_by(row.id)
    return [
        PastPartner(
            key, kind.value, country, region, joined_on, _course(standing[key, "tier"], tier.value),
            _course(standing[key, "status"], status.value), tuple(joined[key, MembershipKind.PROGRAM]),
            tuple(joined[key, MembershipKind.PATH]),
        )
        for key, kind, country, region, joined_on, tier, status in uow.session.execute(stmt)
    ]  # fmt: skip


def past_version(uow: UnitOfWork) -> Hashable:
    """Another value whenever `past` would answer otherwise: each change of a partner counts its version up."""
    partners = uow.session.execute(select(func.count(Partner.id), func.sum(Partner.version))).one()
    row = ProgramMembership
    joined = uow.session.execute(select(func.count(row.id), func.count(row.until), func.max(row.until))).one()
    return (*partners, *joined)


Changes = list[tuple[date, str, str]]


def _standing(uow: UnitOfWork) -> Mapping[tuple[UUID, str], Changes]:
    """By partner and field, the days it was changed, from what to what."""
    row = HistoryEntry
    stmt = select(row.subject_id, row.at, row.changes).where(row.action == CHANGED).order_by(row.at, row.id)
    found: dict[tuple[UUID, str], Changes] = defaultdict(list)
    for partner, at, changes in uow.session.execute(stmt):
        for field in ("tier", "status"):
            if partner is not None and field in changes:
                before, after = changes[field]
                found[partner, field].append((business_date(at), str(before), str(after)))
    return found


def _course(changes: Changes, now: str) -> Course:
    if not changes:
        return Course(now)
    return Course(changes[0][1], tuple((day, after) for day, _, after in changes))


def _joined(uow: UnitOfWork) -> Mapping[tuple[UUID, str], list[Joined]]:
    row = ProgramMembership
    stmt = select(row.partner_id, row.kind, row.name, row.since, row.until).order_by(row.since, row.name, row.id)
    found: dict[tuple[UUID, str], list[Joined]] = defaultdict(list)
    for partner, kind, name, since, until in uow.session.execute(stmt):
        found[partner, kind].append(Joined(name, since, until))
    return found

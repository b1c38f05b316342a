"""The workflow's questions about people, answered from the records (`models.engines.workflow.world.People`).

Asked only where a definition needs it, each question once for a command. Whoever acts may be of a partner: what is
found about the vendor's people is used to decide and never shown to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from models.core.unit_of_work import UnitOfWork, unscoped
from models.engines.cases.projections import amount_of
from models.engines.cases.tables import CaseTask, CaseTurn
from models.engines.definitions.case_data import CaseData
from models.engines.workflow.audience import fits
from models.engines.workflow.world import Handover, Person
from models.identity import queries as identity
from models.partners import queries as partners
from models.reviewers.rules import QualityKind
from models.reviewers.tables import ApprovalLimit, ReviewAbsence, ReviewDelegation, ReviewerGroup, ReviewerQuality

VIEW = "reviews.view"
"""Without it nobody sees a case, so nobody without it counts as somebody who decides."""


class StoredPeople:
    """Who there is besides the actor of one command on one case."""

    def __init__(self, uow: UnitOfWork, case: CaseData) -> None:
        self._uow, self._case = uow, case
        self._ties: dict[tuple[UUID, datetime], frozenset[UUID]] = {}

    def amount(self, facts: Mapping[str, Any]) -> Decimal | None:
        """What a case of the type with these facts is about."""
        return amount_of(self._case.type, dict(facts))

    @property
    def currency(self) -> str:
        """The type's currency."""
        return self._case.type.currency

    @property
    def partner_manager(self) -> UUID | None:
        """The ecosystem manager of the case's partner, if one can work."""
        return self._care[0] if self._care[0] in self._everybody else None

    @property
    def partner_region(self) -> str:
        """The sales region of the case's partner."""
        return self._care[1]

    @cached_property
    def _care(self) -> tuple[UUID | None, str]:
        with self._beyond():
            return partners.care_of(self._uow, self._case.partner_id)

    @contextmanager
    def _beyond(self) -> Iterator[None]:
        with unscoped(self._uow, reason="decides whose turn a review is; shows nobody anything"):
            yield

    # ---- who there is ----

    @cached_property
    def _everybody(self) -> dict[UUID, Person]:
        """The vendor's people who can sign in and see cases, whole, by name."""
        with self._beyond():
            found = [each for each in identity.colleagues(self._uow) if each.may(VIEW)]
        self._mailboxes = {each.email: each.id for each in found}
        given, limits, away = self._given, self._limits, self._away
        return {
            each.id: Person(
                each.id, each.name, each.roles, groups=given.get((each.id, QualityKind.GROUP), frozenset()),
                skills=given.get((each.id, QualityKind.SKILL), frozenset()),
                regions=given.get((each.id, QualityKind.REGION), frozenset()), manages=each.id == self._care[0],
                limit=limits.get(each.id), absent=each.id in away, known=True,
            )
            for each in found
        }  # fmt: skip

    @property
    def _given(self) -> dict[tuple[UUID, QualityKind], frozenset[str]]:
        return qualities_now(self._uow)

    @property
    def _limits(self) -> dict[UUID, Decimal]:
        row, now = ApprovalLimit, self._uow.now
        in_force = (row.since <= now) & or_(row.until.is_(None), row.until > now)
        stmt = select(row.user_id, row.amount).where(row.currency == self.currency, in_force)
        return dict(self._uow.session.execute(stmt).tuples().all())

    @cached_property
    def _away(self) -> frozenset[UUID]:
        row, now = ReviewAbsence, self._uow.now
        stmt = select(row.user_id).where(row.since <= now, row.until > now, row.revoked_at.is_(None))
        return frozenset(self._uow.session.scalars(stmt))

    def whole(self, person: Person) -> Person:
        """Everything that is known of a person now."""
        if person.known or person.id is None:
            return person
        found = self._everybody.get(person.id)
        return replace(found, roles=person.roles) if found else replace(person, known=True)

    def members(self, audience: Sequence[str]) -> Sequence[Person]:
        """Everybody whose turn it is by one of the entries, by name."""
        return [person for person in self._everybody.values() if fits(audience, person)]

    def named(self, value: str) -> UUID | None:
        """The person of a fact, by key or address."""
        everybody = self._everybody
        try:
            found: UUID | None = UUID(value)
        except ValueError:
            found = self._mailboxes.get(value.strip().lower())
        return found if found in everybody else None

    def is_absent(self, person: UUID) -> bool:
        """Whether a person is out of office, or can no longer sign in: what they hold others may take."""
        return person in self._away or person not in self._everybody

    # ---- stand-ins ----

    def handed_to(self, person: UUID) -> Sequence[Handover]:
        """For whom a person stands in now."""
        return self._handovers(ReviewDelegation.to_id == person)

    def handed_by(self, person: UUID) -> Sequence[Handover]:
        """Who stands in for a person now."""
        return self._handovers(ReviewDelegation.from_id == person)

    def handed_by_any(self, people: Collection[UUID]) -> Sequence[Handover]:
        """Who stands in for any of some people now."""
        return self._handovers(ReviewDelegation.from_id.in_(list(people)))

    def _handovers(self, whose: Any) -> list[Handover]:
        row, now = ReviewDelegation, self._uow.now
        stmt = select(row.from_id, row.to_id, row.scope, row.cap, row.currency)
        stmt = stmt.where(whose, row.since <= now, row.until > now, row.revoked_at.is_(None))
        found = self._uow.session.execute(stmt.order_by(row.since, row.id)).all()
        if not found:
            return []
        known = self._everybody
        return [
            Handover(known[by], known[to], frozenset(scope), cap)
            for by, to, scope, cap, currency in found
            if by in known and to in known and (cap is None or currency == self.currency)
        ]

    def ties(self, person: UUID, since: datetime) -> Collection[UUID]:
        """Everybody for whom the person stood in, or who stood in for them, at any time from `since` until now."""
        if (person, since) not in self._ties:
            row = ReviewDelegation
            stmt = select(row.from_id, row.to_id).where(
                or_(row.from_id == person, row.to_id == person), row.since <= self._uow.now, row.until > since,
                or_(row.revoked_at.is_(None), row.revoked_at > since),
            )  # fmt: skip
            pairs = self._uow.session.execute(stmt).all()
            self._ties[person, since] = frozenset(each for pair in pairs for each in pair if each != person)
        return self._ties[person, since]

    # ---- whose turn it was ----

    def last_turn(self, place: str) -> UUID | None:
        """Whose turn it was last; nobody else chooses at that stage until the transaction ends."""
        stmt = select(CaseTurn.person).where(CaseTurn.place == place)
        return self._uow.session.scalar(stmt.with_for_update())

    def loads(self, people: Collection[UUID]) -> Mapping[UUID, int]:
        """How many open reviews each of some people holds."""
        row = CaseTask
        stmt = select(row.holder, func.count()).where(row.holder.in_(list(people)), row.closed_at.is_(None))
        with self._beyond():
            found = self._uow.session.execute(stmt.group_by(row.holder)).all()
        return {holder: count for holder, count in found if holder is not None}


def qualities_now(
    uow: UnitOfWork, people: Collection[UUID] | None = None
) -> dict[tuple[UUID, QualityKind], frozenset[str]]:
    """By person and kind, what some people (None: all) were given and have now; closed groups do not count."""
    row, group = ReviewerQuality, ReviewerGroup
    closed = select(group.id).where(group.key == row.name, group.closed_at.is_not(None)).exists()
    stmt = select(row.user_id, row.kind, row.name).where(
        row.since <= uow.now, or_(row.until.is_(None), row.until > uow.now),
        or_(row.kind != QualityKind.GROUP, ~closed),
    )  # fmt: skip
    if people is not None:
        stmt = stmt.where(row.user_id.in_(list(people)))
    found: dict[tuple[UUID, QualityKind], set[str]] = {}
    for user_id, kind, name in uow.session.execute(stmt):
        found.setdefault((user_id, kind), set()).add(name)
    return {place: frozenset(names) for place, names in found.items()}


def seeing(uow: UnitOfWork) -> list[identity.Colleague]:
    """Everybody of the vendor who sees cases, and so may decide some."""
    return [each for each in identity.colleagues(uow) if each.may(VIEW)]


def group_names(uow: UnitOfWork) -> dict[str, str]:
    """The groups that stages can name, by key."""
    stmt = select(ReviewerGroup.key, ReviewerGroup.name).where(ReviewerGroup.closed_at.is_(None))
    return dict(uow.session.execute(stmt).tuples().all())


def limits_of_all(uow: UnitOfWork) -> dict[UUID, dict[str, Decimal]]:
    """Up to which amount people decide now, by person and currency."""
    row = ApprovalLimit
    stmt = select(row.user_id, row.currency, row.amount).where(row.until.is_(None)).order_by(row.currency)
    found: dict[UUID, dict[str, Decimal]] = {}
    for user_id, currency, amount in uow.session.execute(stmt):
        found.setdefault(user_id, {})[currency] = amount
    return found

"""People of a vendor for tests of the engine: groups, limits, stand-ins, absences, without a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from models.engines.workflow.audience import fits
from models.engines.workflow.world import Handover, Person

FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stand:
    """`to` stands in for `by`, until it was taken back."""

    by: UUID
    to: UUID
    since: datetime
    until: datetime = FAR
    scope: frozenset[str] = frozenset()
    cap: Decimal | None = None


@dataclass
class Staff:
    """`People` that a test moves; `now` is the time that its world has."""

    everybody: dict[UUID, Person]
    now: datetime
    stands: list[Stand] = field(default_factory=list)
    away: set[UUID] = field(default_factory=set)
    turns: dict[str, UUID] = field(default_factory=dict)
    held: dict[UUID, int] = field(default_factory=dict)
    partner_manager: UUID | None = None
    partner_region: str = "Europe"
    currency: str = "USD"

    @classmethod
    def of(cls, people: Sequence[Person], now: datetime, **more: Any) -> Staff:
        """These people."""
        return cls({each.id: each for each in people if each.id is not None}, now, **more)

    def amount(self, facts: Mapping[str, Any]) -> Decimal | None:
        """What was asked for."""
        return Decimal(str(facts["asked"])) if "asked" in facts else None

    def whole(self, person: Person) -> Person:
        """As the test keeps them."""
        found = self.everybody.get(person.id) if person.id else None
        if found is None:
            return person
        manages = found.id is not None and found.id == self.partner_manager
        return replace(found, known=True, absent=found.id in self.away, manages=manages)

    def members(self, audience: Sequence[str]) -> Sequence[Person]:
        """Whoever fits, by name."""
        found = (self.whole(each) for each in sorted(self.everybody.values(), key=lambda each: each.name))
        return [each for each in found if each.partner_id is None and fits(audience, each)]

    def named(self, value: str) -> UUID | None:
        """By key alone."""
        return next((key for key in self.everybody if str(key) == value), None)

    def _in_force(self) -> list[Stand]:
        return [each for each in self.stands if each.since <= self.now < each.until]

    def _handover(self, each: Stand) -> Handover:
        by, to = (self.whole(self.everybody[key]) for key in (each.by, each.to))
        return Handover(by, to, each.scope, each.cap)

    def handed_to(self, person: UUID) -> Sequence[Handover]:
        """In force now."""
        return [self._handover(each) for each in self._in_force() if each.to == person]

    def handed_by(self, person: UUID) -> Sequence[Handover]:
        """In force now."""
        return [self._handover(each) for each in self._in_force() if each.by == person]

    def ties(self, person: UUID, since: datetime) -> Collection[UUID]:
        """In force at some time since."""
        met = [each for each in self.stands if each.since <= self.now and each.until > since]
        return {key for each in met for key in (each.by, each.to) if person in (each.by, each.to)} - {person}

    def is_absent(self, person: UUID) -> bool:
        """Whether they are away."""
        return person in self.away

    def last_turn(self, place: str) -> UUID | None:
        """Whose turn it was."""
        return self.turns.get(place)

    def loads(self, people: Collection[UUID]) -> Mapping[UUID, int]:
        """What they hold."""
        return {key: self.held.get(key, 0) for key in people}

"""What deciding needs to know and may not find out by itself: the time, who asks, conditions, and checks at hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from models.core.calendars import WorkingCalendar
from models.engines.workflow.findings import Finding
from models.engines.workflow.state import State


@dataclass(frozen=True, slots=True)
class Person:
    """Who gives a command, or might. The system (worker, calendar) has no id and no partner.

    What stands below `is_system` is filled in by `People` only (`known`): `manages` says that the case's partner is
    theirs to look after, `limit` up to which amount they may decide, in the case's currency (None: none was set).
    """

    id: UUID | None
    name: str
    roles: frozenset[str] = frozenset()
    partner_id: UUID | None = None
    is_system: bool = False
    groups: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    manages: bool = False
    limit: Decimal | None = None
    absent: bool = False
    known: bool = False


@dataclass(frozen=True, slots=True)
class Handover:
    """Somebody stands in for `by`: `scope` names types (`mdf`) and stages (`mdf/finance`), empty: all of them; `cap` is
    the largest amount, in the case's currency."""

    by: Person
    to: Person
    scope: frozenset[str] = frozenset()
    cap: Decimal | None = None

    def covers(self, kind: str, node: str, amount: Decimal | None) -> bool:
        """Whether it reaches a stage of a type and what is at stake there."""
        reaches = not self.scope or kind in self.scope or f"{kind}/{node}" in self.scope
        return reaches and (self.cap is None or amount is None or amount <= self.cap)


class People(Protocol):
    """Who there is besides whoever gives the command. Asked only where a definition needs it."""

    def amount(self, facts: Mapping[str, Any]) -> Decimal | None:
        """What a case with these facts is about, in `currency`."""

    @property
    def currency(self) -> str:
        """The case's currency."""

    @property
    def partner_manager(self) -> UUID | None:
        """The ecosystem manager of the case's partner, if one can work."""

    @property
    def partner_region(self) -> str:
        """The sales region of the case's partner."""

    def whole(self, person: Person) -> Person:
        """Everything that is known of a person now."""

    def members(self, audience: Sequence[str]) -> Sequence[Person]:
        """Everybody who fits one of the entries (see `audience.py`) and can sign in, by name: whole."""

    def named(self, value: str) -> UUID | None:
        """The person of a fact, by key or address, if they can sign in."""

    def handed_to(self, person: UUID) -> Sequence[Handover]:
        """For whom a person stands in now."""

    def handed_by(self, person: UUID) -> Sequence[Handover]:
        """Who stands in for a person now."""

    def ties(self, person: UUID, since: datetime) -> Collection[UUID]:
        """Everybody for whom the person stood in, or who stood in for them, at any time from `since` until now."""

    def is_absent(self, person: UUID) -> bool:
        """Whether a person is out of office."""

    def last_turn(self, place: str) -> UUID | None:
        """Whose turn it was last at a stage (`mdf/finance`) that gives its reviews out one after the other."""

    def loads(self, people: Collection[UUID]) -> Mapping[UUID, int]:
        """How many open reviews each of some people holds."""


@dataclass(frozen=True, slots=True)
class Alone:
    """`People` where nobody has a group, stands in for anybody, or is away."""

    currency: str = ""
    partner_manager: UUID | None = None
    partner_region: str = ""

    def amount(self, facts: Mapping[str, Any]) -> Decimal | None:
        """Nothing."""
        return None

    def whole(self, person: Person) -> Person:
        """As given."""
        return person

    def members(self, audience: Sequence[str]) -> Sequence[Person]:
        """Nobody."""
        return ()

    def named(self, value: str) -> UUID | None:
        """Nobody."""
        return None

    def handed_to(self, person: UUID) -> Sequence[Handover]:
        """Nobody."""
        return ()

    def handed_by(self, person: UUID) -> Sequence[Handover]:
        """Nobody."""
        return ()

    def ties(self, person: UUID, since: datetime) -> Collection[UUID]:
        """Nobody."""
        return ()

    def is_absent(self, person: UUID) -> bool:
        """Never."""
        return False

    def last_turn(self, place: str) -> UUID | None:
        """Nobody's."""
        return None

    def loads(self, people: Collection[UUID]) -> Mapping[UUID, int]:
        """None."""
        return {}


ALONE = Alone()


class World(Protocol):
    """Answers of the moment; a test gives its own."""

    @property
    def now(self) -> datetime:
        """The time of the command, aware."""

    @property
    def person(self) -> Person:
        """Who gives it."""

    @property
    def calendar(self) -> WorkingCalendar:
        """The vendor's working calendar."""

    @property
    def people(self) -> People:
        """Whoever else there is."""

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        """Whether a condition of the definition is true for the facts."""

    def value(self, fact: str, expression: str, facts: Mapping[str, Any]) -> Any:
        """The JSON value that an expression of the definition works out for a fact."""

    def check(self, name: str, facts: Mapping[str, Any]) -> tuple[bool, tuple[Finding, ...]]:
        """Run a registered check that answers at once."""

    def act(self, action: str, given: Mapping[str, Any], state: State) -> Mapping[str, Any]:
        """Carry out a registered action on the case as it is at that point; the facts that it notes.

        What it does is undone when the command is refused after all.
        """

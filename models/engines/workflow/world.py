"""What deciding needs to know and may not find out by itself: the time, who asks, conditions, and checks at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from models.core.calendars import WorkingCalendar
from models.engines.workflow.findings import Finding


@dataclass(frozen=True, slots=True)
class Person:
    """Who gives a command. The system (worker, calendar) has no id and no partner."""

    id: UUID | None
    name: str
    roles: frozenset[str] = frozenset()
    partner_id: UUID | None = None
    is_system: bool = False


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

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        """Whether a condition of the definition is true for the facts."""

    def check(self, name: str, facts: Mapping[str, Any]) -> tuple[bool, tuple[Finding, ...]]:
        """Run a registered check that answers at once."""

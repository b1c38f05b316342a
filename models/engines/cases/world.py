"""The world as a stored case meets it: the actor, the unit of work's time, the type's calendar, conditions, checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from models.core.actor import Actor
from models.core.calendars import WorkingCalendar
from models.core.unit_of_work import UnitOfWork
from models.engines.conditions import compiled
from models.engines.definitions import registry
from models.engines.definitions.case_data import CaseData
from models.engines.definitions.registry import CHECKS
from models.engines.workflow.findings import Finding, Verdict
from models.engines.workflow.world import ALONE, People, Person


def person_of(actor: Actor) -> Person:
    """The actor as the workflow knows people."""
    return Person(actor.user_id, actor.name, actor.roles, actor.partner_id, actor.is_system)


@dataclass(frozen=True)
class StoredWorld:
    """`workflow.world.World` for one command."""

    uow: UnitOfWork
    case: CaseData

    @property
    def now(self) -> datetime:
        """The time of the unit of work."""
        return self.uow.now

    @property
    def person(self) -> Person:
        """The actor."""
        return person_of(self.uow.actor)

    @property
    def calendar(self) -> WorkingCalendar:
        """The type's calendar."""
        return self.case.calendar

    @cached_property
    def people(self) -> People:
        """Whoever else there is, as the area that knows lends it."""
        return registry.PEOPLE(self.uow, self.case) if registry.PEOPLE else ALONE

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        """Whether a condition of the type is true for the facts."""
        return compiled(condition, self.case.type.facts).evaluate(facts)

    def check(self, name: str, facts: Mapping[str, Any]) -> tuple[bool, tuple[Finding, ...]]:
        """Run a registered check; it passes unless a finding has to be fixed."""
        found = tuple(CHECKS[name].ask(self.uow, replace(self.case, facts=facts)))
        return all(finding.verdict is not Verdict.FIX for finding in found), found

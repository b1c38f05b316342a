"""The world as a stored case meets it: the actor, the unit of work's time, the type's calendar, conditions, checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from models.core.actor import Actor
from models.core.calendars import WorkingCalendar
from models.core.unit_of_work import UnitOfWork
from models.engines.conditions import compiled, worked_out
from models.engines.definitions import registry
from models.engines.definitions.case_data import CaseData
from models.engines.definitions.registry import ACTIONS, CHECKS
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.dry import Definition
from models.engines.workflow.findings import Finding, Verdict
from models.engines.workflow.state import State
from models.engines.workflow.world import ALONE, People, Person


def person_of(actor: Actor) -> Person:
    """The actor as the workflow knows people."""
    return Person(actor.user_id, actor.name, actor.roles, actor.partner_id, actor.is_system)


def definition_of(made: ApplicationType, calendar: WorkingCalendar | None = None) -> Definition:
    """A type as far as its workflow is concerned; without a calendar it is the country's own."""
    return Definition(made.workflow, made.facts, calendar or made.calendar)


@dataclass(frozen=True)
class StoredWorld:
    """`workflow.world.World` for one command."""

    uow: UnitOfWork
    case: CaseData
    acted: list[str] = field(default_factory=list)
    """What was carried out already: nothing of it stays when the command is refused."""

    @property
    def now(self) -> datetime:
        """The time of the unit of work."""
        return self.uow.now

    @property
    def person(self) -> Person:
        """The actor."""
        return person_of(self.uow.actor)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The type's calendar, with what the vendor changed of it."""
        return registry.calendar_for(self.uow, self.case.type)

    @cached_property
    def people(self) -> People:
        """Whoever else there is, as the area that knows lends it."""
        return registry.PEOPLE(self.uow, self.case) if registry.PEOPLE else ALONE

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        """Whether a condition of the type is true for the facts."""
        return compiled(condition, self.case.type.facts).evaluate(facts)

    def value(self, fact: str, expression: str, facts: Mapping[str, Any]) -> Any:
        """What an expression of the type works out for a fact."""
        return worked_out(expression, self.case.type.facts, self.case.type.facts[fact]).evaluate(facts)

    def act(self, action: str, given: Mapping[str, Any], state: State) -> Mapping[str, Any]:
        """Carry out an area's action within the transaction."""
        self.acted.append(action)
        return ACTIONS[action](self.uow, replace(self.case, state=state, facts=state.facts), given)

    def check(self, name: str, facts: Mapping[str, Any]) -> tuple[bool, tuple[Finding, ...]]:
        """Run a registered check; it passes unless a finding has to be fixed."""
        found = tuple(CHECKS[name].ask(self.uow, replace(self.case, facts=facts)))
        return all(finding.verdict is not Verdict.FIX for finding in found), found

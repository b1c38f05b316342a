"""A world without records: conditions are asked of the facts at hand, actions do nothing, checks pass unless told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.core.calendars import WorkingCalendar
from models.engines.conditions import FactTypes, compiled, worked_out
from models.engines.workflow.findings import Finding
from models.engines.workflow.schema import Workflow
from models.engines.workflow.state import State
from models.engines.workflow.world import ALONE, People, Person


@dataclass(frozen=True, slots=True)
class Definition:
    """A workflow with what its conditions and clocks need: the types of its facts, and its working calendar."""

    workflow: Workflow
    facts: FactTypes = field(default_factory=dict)
    calendar: WorkingCalendar = field(default_factory=lambda: WorkingCalendar("CN"))


Checked = tuple[bool, tuple[Finding, ...]]


def _passes(name: str, facts: Mapping[str, Any]) -> Checked:
    return True, ()


def _nothing(action: str, visit: str) -> Mapping[str, Any]:
    return {}


@dataclass
class DryWorld:
    """`workflow.world.World` for a case that is only tried; `checked` and `acted` answer for checks and actions."""

    definition: Definition
    now: datetime
    person: Person
    people: People = ALONE
    checked: Callable[[str, Mapping[str, Any]], Checked] = _passes
    acted: Callable[[str, str], Mapping[str, Any]] = _nothing

    @property
    def calendar(self) -> WorkingCalendar:
        """The definition's."""
        return self.definition.calendar

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        """Whether a condition is true for the facts."""
        return compiled(condition, self.definition.facts).evaluate(facts)

    def value(self, fact: str, expression: str, facts: Mapping[str, Any]) -> Any:
        """What an expression works out for a fact."""
        return worked_out(expression, self.definition.facts, self.definition.facts[fact]).evaluate(facts)

    def check(self, name: str, facts: Mapping[str, Any]) -> Checked:
        """What a check at hand answers."""
        return self.checked(name, facts)

    def act(self, action: str, given: Mapping[str, Any], state: State) -> Mapping[str, Any]:
        """What an action notes."""
        return self.acted(action, state.visits[-1].id if state.visits else "")

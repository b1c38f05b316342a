"""What areas lend to definitions by name: checks, searches, actions; and the definitions themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.core.calendars import CalendarBook, WorkingCalendar
from models.core.unit_of_work import UnitOfWork
from models.engines.conditions import FactType
from models.engines.definitions.case_data import CaseData
from models.engines.definitions.schema import ApplicationType
from models.engines.forms.schema import Field as FormField
from models.engines.workflow.findings import Finding
from models.engines.workflow.world import People

Check = Callable[[UnitOfWork, CaseData], Finding]
Search = Callable[[UnitOfWork, CaseData], Sequence[Finding]]
Action = Callable[[UnitOfWork, CaseData, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Registered:
    """A check or search: what it is called, and how it is asked."""

    name: str
    label: str
    ask: Search
    quick: bool
    """Whether it may run while somebody types and within a decision; a search waits for the worker."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that an action is given: under which name, and what people call it.

    It names a fact of the type `fact`, or is one of `choices`, or is whatever `judge` takes, which raises ValueError
    with what to write instead.
    """

    name: str
    label: str
    fact: FactType | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    judge: Callable[[Any], object] = str
    needed: bool = True
    help: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """An action as people meet it: its name in the designer, what it has to be given (None: nobody judges that), and
    how the history of a case tells it (empty: not at all), with the facts that it noted."""

    label: str = ""
    needs: tuple[Need, ...] | None = None
    past: str = ""
    icon: str = "bolt"
    notes: tuple[FormField, ...] = ()


CHECKS: dict[str, Registered] = {}
ACTIONS: dict[str, Action] = {}
DEEDS: dict[str, Deed] = {}
PEOPLE: Callable[[UnitOfWork, CaseData], People] | None = None
"""Who there is besides the actor of a command: set by the area that knows reviewers (`lend_people`)."""
CALENDARS: Callable[[UnitOfWork], CalendarBook] | None = None
"""What the vendor changed of countries' calendars: set by the area that keeps it (`lend_calendars`)."""
DEFINITIONS: list[Path] = []
PROCESSES: list[Path] = []


def check(name: str, *, label: str = "") -> Callable[[Check], Check]:
    """Register a check with one finding; it answers at once: while typing, at submission, before a reviewer."""

    def register(function: Check) -> Check:
        CHECKS[name] = Registered(name, label or name, lambda uow, case: [function(uow, case)], quick=True)
        return function

    return register


def search(name: str, *, label: str = "") -> Callable[[Search], Search]:
    """Register a search with any number of findings; the worker runs it where a check node asks for it."""

    def register(function: Search) -> Search:
        CHECKS[name] = Registered(name, label or name, function, quick=False)
        return function

    return register


def action(name: str, deed: Deed | None = None) -> Callable[[Action], Action]:
    """Register an action: it runs in the transaction of the command that leads to it, and answers facts to note.

    A refusal that it raises undoes the command.
    """

    def register(function: Action) -> Action:
        ACTIONS[name], DEEDS[name] = function, deed or Deed()
        return function

    return register


def lend_people(people: Callable[[UnitOfWork, CaseData], People]) -> None:
    """Let an area answer who there is besides the actor of a command."""
    global PEOPLE
    PEOPLE = people


def lend_calendars(calendars: Callable[[UnitOfWork], CalendarBook]) -> None:
    """Let an area answer which holidays, working days and hours the vendor has beyond a country's own."""
    global CALENDARS
    CALENDARS = calendars


def calendar_for(uow: UnitOfWork, made: ApplicationType) -> WorkingCalendar:
    """The working calendar of a type, with what the vendor changed of it. Costs no statement once it was read."""
    return CALENDARS(uow).of(made.calendar.country) if CALENDARS else made.calendar


def define(path: Path) -> None:
    """Register the YAML of an application type."""
    if path not in DEFINITIONS:
        DEFINITIONS.append(path)


def define_process(path: Path) -> None:
    """Register the YAML of a process that types may contain."""
    if path not in PROCESSES:
        PROCESSES.append(path)

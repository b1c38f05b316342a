"""Cases that are tried on a draft, step by step, kept with the type, and tried again whenever the draft changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from models.applications import queries as applications
from models.applications.rows import CaseFilter, CaseRow
from models.core.calendars import WorkingCalendar
from models.core.errors import NotAllowed, NotFound, Problem, Refused
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.design.drafting import EDIT
from models.design.tables import DesignScenario
from models.design.tried_records import TriedRecords, sample_forms
from models.engines.cases.world import definition_of
from models.engines.definitions.registry import CHECKS, calendar_for
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.answers import Records
from models.engines.workflow.audience import entries_of, fits, quality
from models.engines.workflow.scenario import Move, Scenario
from models.engines.workflow.schema import CheckNode, FormNode, ReviewNode
from models.engines.workflow.trying import Coverage, Tried, coverage, person_of, tried
from models.partners import queries as partners


@dataclass(frozen=True, slots=True)
class Kept:
    """A scenario that is kept, by whom."""

    id: UUID
    scenario: Scenario
    by: str


@dataclass(frozen=True, slots=True)
class Option:
    """What somebody could do next: the move, and the words on its button."""

    move: Move
    words: str


def calendar(uow: UnitOfWork, made: ApplicationType) -> WorkingCalendar:
    """The working days that a type's times are counted in, with what the vendor changed of them."""
    return calendar_for(uow, made)


def records(uow: UnitOfWork, made: ApplicationType, scenario: Scenario) -> TriedRecords | None:
    """What checks of a scenario look at; None when it names no partner, or one that the actor may not see.

    A sample case that is gone, or not the actor's to see, lends nothing.
    """
    if scenario.partner is None or not partners.names(uow, [scenario.partner]):
        return None
    forms = {}
    if scenario.sample is not None:
        with suppress(NotFound, NotAllowed):
            forms = sample_forms(uow, scenario.sample)
    return TriedRecords(uow, made, scenario.sample, forms)


def samples(uow: UnitOfWork, made: ApplicationType, partner_id: UUID) -> list[CaseRow]:
    """The latest cases of a partner whose forms may be taken to try a case with; a type that is new has none."""
    try:
        return list(applications.cases(uow, CaseFilter(types=[made.key], partners=[partner_id])).rows)
    except NotAllowed:
        return []


def play(
    made: ApplicationType, scenario: Scenario, days: WorkingCalendar | None = None, looked_at: Records | None = None
) -> Tried:
    """How a scenario goes on a type; without `days` it is the country's own calendar that counts, and checks that are
    not asked of any records pass."""
    return tried(definition_of(made, days), scenario, looked_at)


def asked_checks(made: ApplicationType, *, of_records: bool = False) -> dict[str, str]:
    """The checks that a type asks at once, by name, in words; `of_records` also rules of forms and what workers ask."""
    names: list[str] = []
    for node in made.workflow.nodes.values():
        if isinstance(node, CheckNode) and (of_records or node.by == "now"):
            names.append(node.check)
        elif isinstance(node, FormNode) and of_records:
            names += node.checks
    return {name: check_words(name) for name in names}


def check_words(name: str) -> str:
    """What a check is called."""
    return CHECKS[name].label if name in CHECKS else name


def beginning(made: ApplicationType, name: str) -> Scenario:
    """A scenario that has not moved yet, with a person for every stage who may decide it."""
    people: dict[str, tuple[str, ...]] = {}
    names = iter(("Ann", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hugo"))
    for node in made.workflow.nodes.values():
        if not isinstance(node, ReviewNode):
            continue
        for has, wanted in _needed(node):
            for _ in range(wanted):
                if sum(set(has) <= set(own) for own in people.values()) < wanted + len(node.not_same_person_as):
                    people[next(names, f"Person {len(people) + 1}")] = has
    return Scenario(name=name, people=people)


def _needed(node: ReviewNode) -> Iterator[tuple[tuple[str, ...], int]]:
    """What people a stage needs have, and how many of them."""
    for entry, number in node.quorum.each:
        yield (entry,), number
    if node.review and not node.quorum.each:
        yield node.review, node.quorum.number
    for candidate in node.candidates:
        parts = [candidate.role] if candidate.role else []
        parts += [
            quality(kind, name) for kind, name in (("group", candidate.group), ("skill", candidate.skill)) if name
        ]
        if parts:
            yield tuple(parts), 1


def options(made: ApplicationType, scenario: Scenario, play: Tried) -> list[Option]:
    """Everything that could be done next where the case stands."""
    found: list[Option] = []
    for visit in play.state.visits:
        node = made.workflow.nodes[visit.node]
        label = made.label(visit.node)
        if isinstance(node, FormNode):
            found.append(Option(Move(do="submit", node=visit.node), f"Send {label}"))
        elif isinstance(node, ReviewNode):
            entries = entries_of(node, visit)
            able = [name for name, has in scenario.people.items() if fits(entries, person_of(name, has))]
            for key, decision in node.decisions.items():
                for name in able:
                    move = Move(
                        do="decide", by=name, node=visit.node, decision=key,
                        reason=decision.reasons[0] if decision.reasons else "",
                        text="Tried." if decision.comment else "",
                    )  # fmt: skip
                    found.append(Option(move, f"{label}: {name} chooses {decision.label}"))
        elif isinstance(node, CheckNode):
            if scenario.partner is not None:
                found.append(Option(Move(do="check", node=visit.node, passed=None), f"{label} is done"))
            found.append(Option(Move(do="check", node=visit.node), f"{label} passes"))
            found.append(Option(Move(do="check", node=visit.node, passed=False), f"{label} fails"))
    if play.state.outcome is None:
        found.append(Option(Move(do="cancel"), "The applicant cancels"))
    return found


def covered(made: ApplicationType, plays: Sequence[Tried]) -> Coverage:
    """What some scenarios have passed of a type's workflow."""
    return coverage(made.workflow, plays)


def kept(uow: UnitOfWork, key: str) -> list[Kept]:
    """The scenarios of a type, by name.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    found = uow.session.scalars(select(DesignScenario).where(DesignScenario.key == key).order_by(DesignScenario.name))
    return [Kept(row.id, Scenario.model_validate(row.content), row.changed_by_name) for row in found]


def keep(uow: UnitOfWork, key: str, scenario: Scenario) -> UUID:
    """Keep a scenario under its name; one of the same name is replaced.

    Raises:
        NotAllowed: the actor may not change definitions.
        Refused: it has no name.
    """
    uow.actor.demand(EDIT)
    if not scenario.name.strip():
        raise Refused(Problem("DESIGN-NAME", "Write what the scenario is called.", "name"))
    row = DesignScenario
    found = uow.session.scalar(select(row).where(row.key == key, row.name == scenario.name.strip()))
    if found is None:
        found = DesignScenario(id=new_id(), key=key, name=scenario.name.strip(), content={}, changed_at=uow.now,
                               changed_by_name=uow.actor.name)  # fmt: skip
        uow.session.add(found)
    found.content = scenario.model_dump(mode="json")
    found.changed_at, found.changed_by_name = uow.now, uow.actor.name
    uow.session.flush()
    return found.id


def forget(uow: UnitOfWork, scenario_id: UUID) -> None:
    """Keep a scenario no longer.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    uow.session.execute(delete(DesignScenario).where(DesignScenario.id == scenario_id))

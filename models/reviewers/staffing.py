"""Stages that nobody decides, and candidates whom nobody is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.applications.types import application_types
from models.core.types import USD
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.audience import fits, quality
from models.engines.workflow.lint_people import Members
from models.engines.workflow.schema import Candidate, ReviewNode
from models.engines.workflow.world import Person
from models.identity.roles import role_book
from models.partners import queries as partners
from models.reviewers.people import group_names, limits_of_all, qualities_now, seeing
from models.reviewers.rules import QualityKind


@dataclass(frozen=True, slots=True)
class StageWithoutMembers:
    """A stage that nobody decides, or a candidate of it whom nobody is: `text` says which, and what to do."""

    type: str
    type_name: str
    node: str
    label: str
    text: str


def stages_without_members(uow: UnitOfWork) -> list[StageWithoutMembers]:
    """Every stage of the types in force that nobody who can sign in decides, and every candidate whom nobody is.

    For whoever manages reviewers, or designs.
    """
    return [row for made in application_types(uow).values() for row in without_members(uow, made)]


def without_members(uow: UnitOfWork, made: ApplicationType) -> list[StageWithoutMembers]:
    """The same for one type, published or drafted."""
    everybody, known, regions = _people(uow, made.currency), group_names(uow), partners.regions(uow)
    found = []
    for name, node in made.workflow.nodes.items():
        if isinstance(node, ReviewNode):
            for text in _missing(node, everybody, known, regions):
                found.append(StageWithoutMembers(made.key, made.name, name, made.label(name), text))
    return found


def members_of(uow: UnitOfWork) -> Members:
    """Whoever can sign in and fits some entries, for the linter of workflows; everybody is read once."""
    everybody = _people(uow, USD)
    return lambda entries: [person.id for person in everybody if fits(entries, person)]


def _people(uow: UnitOfWork, currency: str) -> list[Person]:
    given, limits = qualities_now(uow), limits_of_all(uow)
    return [
        Person(
            each.id, each.name, each.roles, groups=given.get((each.id, QualityKind.GROUP), frozenset()),
            skills=given.get((each.id, QualityKind.SKILL), frozenset()),
            regions=given.get((each.id, QualityKind.REGION), frozenset()),
            limit=limits.get(each.id, {}).get(currency), known=True,
        )
        for each in seeing(uow)
    ]  # fmt: skip


def _missing(node: ReviewNode, everybody: list[Person], known: dict[str, str], regions: Iterable[str]) -> Iterator[str]:
    deciding = [person for person in everybody if fits(node.review, person)]
    for candidate in node.candidates:
        if candidate.names_one:
            deciding += everybody[:1]  # whom a case will name is not known before
            continue
        if candidate.group and candidate.group not in known:
            yield f"There is no group {candidate.group}. Make it under Administration › Reviewers, or name another one."
            continue
        for region in regions if candidate.region else ("",):
            fitting = [person for person in everybody if fits([_entry(candidate, region)], person)]
            deciding += fitting
            if not fitting:
                yield f"Nobody who can sign in is {_words(candidate, known, region)}."
    if not deciding:
        roles = " or ".join(role_book().name(role) for role in node.review)
        yield f"Nobody who can sign in is {roles}." if roles else "It says nobody whose turn it is."
    elif node.limit and not any(person.limit is not None for person in deciding):
        yield "It asks for a limit, and none of those whose turn it is has one."


def _entry(candidate: Candidate, region: str) -> str:
    parts = [candidate.role] if candidate.role else []
    named = (("group", candidate.group), ("skill", candidate.skill), ("region", region))
    return "&".join(parts + [quality(kind, name) for kind, name in named if name])


def _words(candidate: Candidate, known: dict[str, str], region: str) -> str:
    words = [role_book().name(candidate.role)] if candidate.role else []
    words += [f"in the group {known[candidate.group]}"] if candidate.group else []
    words += [f"skilled in {candidate.skill}"] if candidate.skill else []
    words += [f"responsible for {region}"] if region else []
    return ", ".join(words)

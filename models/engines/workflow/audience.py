"""Whose turn a stage is, as words that a case keeps, a queue is searched by and a person is compared with.

An entry is one candidate: its qualities joined by `&` (`reviewer_finance&skill:German`), `person:<key>`, or `manager`
for whoever is the ecosystem manager of the case's partner at the moment. Somebody who fits one entry may decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from models.engines.workflow.schema import Candidate, ReviewNode
from models.engines.workflow.state import State, Visit
from models.engines.workflow.world import Person, World

MANAGER = "manager"


def audience(node: ReviewNode, state: State, world: World) -> tuple[str, ...]:
    """The entries for a case that arrives at a stage; none: the roles of the node decide.

    Of several candidates that name one person, the first who is there counts.
    """
    found: list[str] = []
    named = False
    for candidate in node.candidates:
        if candidate.when and not world.holds(candidate.when, state.facts):
            continue
        if candidate.names_one and named:
            continue
        if entry := _entry(candidate, state, world):
            named = named or candidate.names_one
            found.append(entry)
    entries = tuple(dict.fromkeys(found))
    return entries if entries and world.people.members(entries) else ()


def _entry(candidate: Candidate, state: State, world: World) -> str:
    if candidate.partner_manager:
        return MANAGER if world.people.partner_manager is not None else ""
    if candidate.person:
        found = world.people.named(str(state.facts.get(candidate.person) or ""))
        return f"person:{found}" if found else ""
    region = world.people.partner_region if candidate.region else ""
    return "&".join(_parts(candidate, region)) if region or not candidate.region else ""


def _parts(candidate: Candidate, region: str) -> Iterator[str]:
    if candidate.role:
        yield candidate.role
    for kind, name in (("group", candidate.group), ("skill", candidate.skill), ("region", region)):
        if name:
            yield quality(kind, name)


def quality(kind: str, name: str) -> str:
    """A quality of a person as entries name it; whatever the name holds, it stays one word."""
    return f"{kind}:{quote(name, safe=' ')}"


def qualities(person: Person) -> frozenset[str]:
    """What entries may ask of a person."""
    own = {quality("group", name) for name in person.groups} | {quality("skill", name) for name in person.skills}
    own |= {quality("region", name) for name in person.regions} | person.roles
    if person.manages:
        own.add(MANAGER)
    if person.id is not None:
        own.add(f"person:{person.id}")
    return frozenset(own)


def fits(entries: Iterable[str], person: Person) -> bool:
    """Whether it is a person's turn."""
    own = qualities(person)
    return any(own.issuperset(entry.split("&")) for entry in entries)


def entries_of(node: ReviewNode, visit: Visit) -> tuple[str, ...]:
    """Whose turn a visit is: what the case keeps of it, else the roles of the node."""
    return visit.candidates or node.review


def named_in(entries: Iterable[str]) -> str | None:
    """The entry that names one person, if there is one."""
    return next((entry for entry in entries if entry == MANAGER or entry.startswith("person:")), None)

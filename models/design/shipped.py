"""Newer versions that Kontor brings of types that were changed here: what they change, taken into a draft."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.applications.types import application_types
from models.core.errors import NotFound, WrongState
from models.core.unit_of_work import UnitOfWork
from models.design import drafting
from models.design.difference import Difference, differences
from models.design.merging import Merged, merged
from models.engines.definitions import versions
from models.engines.definitions.loading import Content


@dataclass(frozen=True, slots=True)
class Newer:
    """A built-in version that is newer than what the version in force was made of.

    `changes` is what it would change here; `kept` are the places that were changed here as well and stay as they are.
    """

    key: str
    name: str
    version: int
    in_force: int
    changes: tuple[Difference, ...]
    kept: tuple[str, ...]


def newer(uow: UnitOfWork) -> list[Newer]:
    """What Kontor brings that is not in force here yet, by name; what would change nothing is left out.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(drafting.EDIT)
    types, found = application_types(uow), []
    for key, content in versions.newer_shipped(uow).items():
        now = versions.content_of(uow, key, types[key].version)
        made = _taken_in(uow, now, content)
        if changes := differences(now, made.value):
            kept = tuple(_words(place) for place in made.kept if place != ("type", "version"))
            found.append(
                Newer(key, types[key].name, content["type"]["version"], types[key].version, tuple(changes), kept)
            )
    return sorted(found, key=lambda each: each.name.casefold())


def take(uow: UnitOfWork, key: str) -> UUID:
    """Take the newer built-in version of a type into its draft, the open one when there is one; the draft.

    What was changed here stays changed: where both changed the same, it is as it is here.

    Raises:
        NotAllowed: the actor may not change definitions.
        NotFound: Kontor brings no newer version.
        WrongState: the draft is proposed.
    """
    uow.actor.demand(drafting.EDIT)
    areas_own = versions.newer_shipped(uow) if key in application_types(uow) else {}
    if key not in areas_own:
        raise NotFound("Kontor brings no newer version of this type.")
    content = areas_own[key]
    draft_id = drafting.begin(uow, key)
    draft = drafting.find(uow, draft_id)
    if draft.content["type"]["version"] == content["type"]["version"]:
        raise WrongState("The draft has taken it in already. Look at what it changes, then publish it.")
    made = _taken_in(uow, draft.content, content)
    drafting.put(uow, draft_id, made.value, f"Took in version {versions.words(content['type']['version'])} of Kontor")
    return draft_id


def _taken_in(uow: UnitOfWork, ours: Content, theirs: Content) -> Merged:
    """What both changed since they were the same. Where that is not kept, theirs counts."""
    key, base = ours["type"]["key"], versions.base_of(int(ours["type"]["version"]))
    try:
        before = versions.content_of(uow, key, base)
    except NotFound:
        before = ours
    made = merged(before, ours, theirs)
    made.value["type"]["version"] = theirs["type"]["version"]
    return made


def _words(place: tuple[str, ...]) -> str:
    return " › ".join(part.replace("_", " ") for part in place if part not in ("type", "workflow", "nodes"))

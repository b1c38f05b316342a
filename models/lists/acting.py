"""What is done with rows of a list: first looked at, then done exactly as it was shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from models.core.errors import ChangedMeanwhile, NotFound, Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import compiling
from models.engines.lists.asking import Asked
from models.engines.lists.schema import ListAction
from models.engines.lists.sources import Action, ListSource, Preview
from models.lists.queries import OpenList, source_of

MOST = 1_000
"""Rows that one action may work on."""


def actions_of(uow: UnitOfWork, source: ListSource) -> list[ListAction]:
    """What the actor may do with rows of a list."""
    return [action for action in source.definition.actions if uow.actor.may(action.permission)]


def all_found(uow: UnitOfWork, opened: OpenList, asked: Asked) -> list[UUID]:
    """The rows that a question finds, to act on all of them.

    Raises:
        Refused: they are too many.
    """
    found = compiling.found_keys(uow, opened.source, opened.shape, asked, most=MOST + 1)
    if len(found) > MOST:
        raise Refused(Problem("LIST-MANY", f"One action works on at most {MOST:,} rows. Filter for fewer.", "rows"))
    return found


def choices(uow: UnitOfWork, key: str, name: str, keys: Sequence[UUID]) -> Mapping[str, str]:
    """What one chooses among for all of the rows; empty when there is nothing to choose."""
    source, _, behind = _action(uow, key, name)
    return behind.choices(uow, _seen(uow, source, keys)) if behind.choices else {}


def preview(uow: UnitOfWork, key: str, name: str, keys: Sequence[UUID], choice: str = "") -> Preview:
    """What the action would do with the rows; those that the actor does not see count as refused.

    Raises:
        NotFound: there is no such list or action.
        NotAllowed: the actor may not do this.
        Refused: too many rows.
    """
    source, _, behind = _action(uow, key, name)
    seen = _seen(uow, source, keys)
    found = behind.preview(uow, seen, choice)
    if gone := len(set(keys)) - len(seen):
        refused = {**found.refused, "not among those you may see": gone}
        return Preview(found.able, refused, found.amounts)
    return found


def run(uow: UnitOfWork, key: str, name: str, shown: Preview, choice: str = "") -> int:
    """Do what was shown; to how many rows it was done.

    Raises:
        NotAllowed: the actor may not do this.
        Refused: there is nothing that it could be done to.
        ChangedMeanwhile: it would do something else by now; nothing was done.
    """
    _, _, behind = _action(uow, key, name)
    if not shown.able:
        raise Refused(Problem("LIST-NONE", "There is nothing that this could be done to.", "rows"))
    now = preview(uow, key, name, shown.able, choice)
    if set(now.able) != set(shown.able) or now.amounts != shown.amounts:
        raise ChangedMeanwhile("Some of these rows changed meanwhile; nothing was done. Look at the preview again.")
    behind.run(uow, now.able, choice)
    return len(now.able)


def _action(uow: UnitOfWork, key: str, name: str) -> tuple[ListSource, ListAction, Action]:
    source = source_of(key)
    uow.actor.demand(source.definition.permission)
    named = next((action for action in source.definition.actions if action.name == name), None)
    if named is None:
        raise NotFound(f'There is no action "{name}" in this list.')
    uow.actor.demand(named.permission)
    return source, named, source.actions[name]


def _seen(uow: UnitOfWork, source: ListSource, keys: Sequence[UUID]) -> list[UUID]:
    """The rows among those of the list that the actor may see, in the order they were given."""
    if len(keys) > MOST:
        raise Refused(Problem("LIST-MANY", f"One action works on at most {MOST:,} rows. Filter for fewer.", "rows"))
    stmt = source.base(uow, select(source.key)).where(source.key.in_(list(keys)))
    found = set(uow.session.scalars(stmt))
    return [key for key in dict.fromkeys(keys) if key in found]

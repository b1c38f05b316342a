"""What is done with rows of a list: first looked at, then done exactly as it was shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import select

from models.core.errors import ChangedMeanwhile, DomainError, NotFound, Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.lists import compiling
from models.engines.lists.asking import Asked
from models.engines.lists.schema import MOST_ROWS, ListAction
from models.engines.lists.sources import Action, Given, ListSource, Preview
from models.lists.queries import OpenList, source_of

LONGEST = 1_000
"""Characters of what is given with an action."""
NOTHING: Given = {}
UNSEEN = "not among those you may see"

Begin = Callable[[], AbstractContextManager[UnitOfWork]]
"""Begins a transaction of the person who acts."""


@dataclass(frozen=True, slots=True)
class Done:
    """How many rows were done, and why others were not: each as people call it, with the reason in words."""

    rows: int
    refused: Mapping[str, str] = field(default_factory=dict)


def actions_of(uow: UnitOfWork, source: ListSource) -> list[ListAction]:
    """What the actor may do with rows of a list."""
    return [action for action in source.definition.actions if uow.actor.may(action.permission)]


def all_found(uow: UnitOfWork, opened: OpenList, asked: Asked) -> list[UUID]:
    """The rows that a question finds, to act on all of them.

    Raises:
        Refused: they are too many.
    """
    found = compiling.found_keys(uow, opened.source, opened.shape, asked, most=MOST_ROWS + 1)
    _demand_few(found, MOST_ROWS)
    return found


def choices(uow: UnitOfWork, key: str, name: str, keys: Sequence[UUID]) -> Mapping[str, Mapping[str, str]]:
    """What one chooses among for all of the rows, by what the action asks; empty when there is nothing to choose."""
    source, _, behind = _action(uow, key, name)
    return behind.choices(uow, _seen(uow, source, keys)) if behind.choices else {}


def missing(action: ListAction, given: Given) -> list[str]:
    """What an action still needs to be given, by name."""
    return [ask.name for ask in action.asks if ask.needed and not given.get(ask.name, "").strip()]


def preview(uow: UnitOfWork, key: str, name: str, keys: Sequence[UUID], given: Given = NOTHING) -> Preview:
    """What the action would do with the rows; those that the actor does not see count as refused.

    Raises:
        NotFound: there is no such list or action.
        NotAllowed: the actor may not do this.
        Refused: too many rows, or something is missing of what has to be given.
    """
    source, action, behind = _action(uow, key, name)
    _demand(action, given)
    _demand_few(keys, action.most)
    seen = _seen(uow, source, keys)
    found = behind.preview(uow, seen, given)
    if gone := len(set(keys)) - len(seen):
        return replace(found, refused={**found.refused, UNSEEN: gone})
    return found


def run(uow: UnitOfWork, key: str, name: str, shown: Preview, given: Given = NOTHING) -> int:
    """Do what was shown, all of it or nothing; to how many rows it was done.

    Raises:
        NotAllowed: the actor may not do this.
        Refused: there is nothing that it could be done to, or something is missing.
        ChangedMeanwhile: it would do something else by now; nothing was done.
    """
    _, action, behind = _action(uow, key, name)
    _demand(action, given)
    _demand_some(shown)
    now = preview(uow, key, name, shown.able, given)
    if set(now.able) != set(shown.able) or now.amounts != shown.amounts:
        raise ChangedMeanwhile("Some of these rows changed meanwhile; nothing was done. Look at the preview again.")
    assert behind.run is not None, f"{name} does one row after the other"
    behind.run(uow, now.able, given)
    return len(now.able)


def run_each(begin: Begin, key: str, name: str, shown: Preview, given: Given = NOTHING) -> Done:
    """Do what was shown, each row in a transaction of its own: whole, or refused with its reason.

    Repeated, it does nothing twice: the action's own key and the mark of each row see to that. Whether the actor may
    do it to a row is asked by the service that does it, as for a single one.

    Raises:
        NotAllowed: the actor may not do this.
        Refused: there is nothing that it could be done to, or something is missing.
    """
    with begin() as uow:
        _, action, behind = _action(uow, key, name)
    _demand(action, given)
    _demand_some(shown)
    assert behind.one is not None, f"{name} does all rows at once"
    done, refused = 0, dict[str, str]()
    for row in shown.able:
        try:
            with begin() as uow:
                behind.one(uow, row, given, shown.marks.get(row, ""))
            done += 1
        except DomainError as error:
            refused[shown.words.get(row, str(row))] = " ".join(problem.text for problem in error.problems)
    return Done(done, refused)


def does_each(key: str, name: str) -> bool:
    """Whether an action does one row after the other."""
    return source_of(key).actions[name].one is not None


def _demand(action: ListAction, given: Given) -> None:
    asked = {ask.name: ask for ask in action.asks}
    problems = [Problem("LIST-GIVE", f"Give this first: {asked[each].label}.", each) for each in missing(action, given)]
    problems += [
        Problem("LIST-LONG", f"{asked[name].label} has at most {LONGEST:,} characters.", name)
        for name, value in given.items()
        if name in asked and len(value) > LONGEST
    ]
    if problems:
        raise Refused(problems)


def _demand_few(keys: Sequence[UUID], most: int) -> None:
    if len(keys) > most:
        raise Refused(Problem("LIST-MANY", f"This works on at most {most:,} rows at once. Filter for fewer.", "rows"))


def _demand_some(shown: Preview) -> None:
    if not shown.able:
        raise Refused(Problem("LIST-NONE", "There is nothing that this could be done to.", "rows"))


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
    _demand_few(keys, MOST_ROWS)
    stmt = source.base(uow, select(source.key)).where(source.key.in_(list(keys)))
    found = set(uow.session.scalars(stmt))
    return [key for key in dict.fromkeys(keys) if key in found]

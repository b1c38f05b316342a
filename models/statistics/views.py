"""Saved views of statistics pages: period, comparison, currency, filters and tab under a name, one's own or shared.

What is kept is what the address says, so a period that moves with the calendar goes on moving; a page reads it like
any address and says what of it is gone. A view shows nobody more than they may see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.lists import queries, service
from models.lists.queries import ViewRow

PERMISSION = "statistics.view"
MOST_VALUES, LONGEST = 200, 200
"""Values that a view keeps at most, and the characters of each."""


def views(uow: UnitOfWork, page: str) -> tuple[ViewRow, ...]:
    """The views of a page that the actor may use, their own first.

    Raises:
        NotAllowed: the actor may not see statistics.
    """
    uow.actor.demand(PERMISSION)
    return queries.views_of(uow, _key(page))


def save(uow: UnitOfWork, page: str, name: str, params: Mapping[str, Sequence[str]]) -> UUID:
    """Keep what a page's address says as a view of one's own.

    Raises:
        NotAllowed: the actor may not see statistics.
        Refused: no name, one that is taken, too many views, or more in the address than any page asks.
    """
    uow.actor.demand(PERMISSION)
    return service.keep_view(uow, _key(page), name, _checked(params))


def change(uow: UnitOfWork, view_id: UUID, params: Mapping[str, Sequence[str]], *, expected: int) -> None:
    """Let a view keep what the page's address says now.

    Raises:
        NotAllowed: the actor may not see statistics.
        NotFound: no such view among those the actor may change.
        Refused: more in the address than any page asks.
        ChangedMeanwhile: somebody else was quicker.
    """
    uow.actor.demand(PERMISSION)
    service.change_kept(uow, view_id, _checked(params), expected=expected)


def _key(page: str) -> str:
    return f"page:{page}"


def _checked(params: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    values = [value for each in params.values() for value in each]
    if len(values) > MOST_VALUES or any(len(value) > LONGEST for value in (*values, *params)):
        raise Refused(Problem("VIEW-LONG", "The address is too long to be kept. Take filters off first.", "name"))
    return {name: list(each) for name, each in params.items()}

"""What is being changed about a list: one draft in the record store, saved with every change, shared by all managers.

A change is carried out on the draft as it is now, whoever changed it last, so two people never overwrite each other;
each is told of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.core.database import insert_once
from models.core.errors import ChangedMeanwhile, WrongState
from models.core.unit_of_work import UnitOfWork
from models.engines.lists.editing import spelled_out
from models.engines.lists.shaping import Adjustment
from models.lists import publishing
from models.lists.queries import EVERYBODY, PUBLISH, source_of
from models.lists.tables import ListDraft

Change = Callable[[Adjustment], Adjustment]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands. `begun` is the newest version when it began; `others` who else worked on it, and when."""

    change: Adjustment
    begun: int
    saved_at: datetime
    saved_by: UUID | None
    saved_by_name: str
    others: tuple[tuple[str, datetime], ...]
    version: int


def draft_of(uow: UnitOfWork, key: str) -> Draft | None:
    """The draft of a list; None: nobody is changing it.

    Raises:
        NotAllowed: the actor may not publish lists.
    """
    uow.actor.demand(PUBLISH)
    row = uow.session.get(ListDraft, key)
    return _draft(uow, row) if row else None


def drafts(uow: UnitOfWork) -> Mapping[str, tuple[str, datetime]]:
    """Of each list that is being changed, who changed the draft last, and when.

    Raises:
        NotAllowed: the actor may not publish lists.
    """
    uow.actor.demand(PUBLISH)
    row = ListDraft
    return {key: (name, at) for key, name, at in uow.session.execute(select(row.list, row.saved_by_name, row.saved_at))}


def change(uow: UnitOfWork, key: str, wanted: Sequence[Change]) -> Draft | None:
    """Carry out changes on the draft as it is now; it begins with what is in force for everybody.

    A draft that says what is in force is none any more: None.

    Raises:
        NotAllowed: the actor may not publish lists.
        NotFound: there is no such list.
    """
    uow.actor.demand(PUBLISH)
    definition = source_of(key).definition
    present = _present(uow, key)
    row = _begun(uow, key, present)
    content = Adjustment.model_validate(row.content)
    for each in wanted:
        content = each(content)
    if content == present:
        _over(uow, row)
        return None
    row.content = spelled_out(definition, content).model_dump(mode="json")
    _touched(uow, row)
    uow.session.flush()
    return _draft(uow, row)


def go_on_from(uow: UnitOfWork, key: str, version: int) -> None:
    """Keep the draft although somebody published a version since it began: it is compared with that one from now on.

    Raises:
        NotAllowed: the actor may not publish lists.
        WrongState: there is no draft any more.
    """
    uow.actor.demand(PUBLISH)
    row = uow.session.get(ListDraft, key, with_for_update=True)
    if row is None:
        raise WrongState("There is no draft any more: somebody published or discarded it.")
    row.begun = version
    _touched(uow, row)
    uow.session.flush()


def discard(uow: UnitOfWork, key: str) -> None:
    """Give the draft up, also for everybody else who works on it; nothing when there is none.

    Raises:
        NotAllowed: the actor may not publish lists.
    """
    uow.actor.demand(PUBLISH)
    if (row := uow.session.get(ListDraft, key, with_for_update=True)) is not None:
        uow.record("list.draft_discarded", "list", None, changes={"list": source_of(key).definition.title})
        _over(uow, row)


def publish(uow: UnitOfWork, key: str, roles: Sequence[str], *, note: str, seen: int) -> int:
    """Publish the draft as the person saw it (`seen`: its version); the new version of the list. The draft is over.

    Raises:
        WrongState: there is no draft any more.
        ChangedMeanwhile: somebody changed the draft since, or published another version.
        Refused: as `publishing.publish` does.
    """
    uow.actor.demand(PUBLISH)
    row = uow.session.get(ListDraft, key, with_for_update=True)
    if row is None:
        raise WrongState("There is no draft any more: somebody published or discarded it.")
    if row.version != seen:
        raise ChangedMeanwhile(f"{row.saved_by_name} changed this draft meanwhile. Look at it again, then publish.")
    number = publishing.publish(uow, key, Adjustment.model_validate(row.content), roles, note=note, expected=row.begun)
    _over(uow, row)
    return number


def _present(uow: UnitOfWork, key: str) -> Adjustment:
    number = publishing.in_force(uow, key).get(EVERYBODY, 0)
    return spelled_out(source_of(key).definition, publishing.version_content(uow, key, number))


def _begun(uow: UnitOfWork, key: str, present: Adjustment) -> ListDraft:
    values = {
        "list": key, "content": present.model_dump(mode="json"), "begun": publishing.newest_version(uow, key),
        "saved_at": uow.now, "saved_by": uow.actor.user_id, "saved_by_name": uow.actor.name, "people": {}, "version": 1,
    }  # fmt: skip
    insert_once(uow.session, ListDraft, values, unique=("list",))
    return uow.session.scalars(select(ListDraft).where(ListDraft.list == key).with_for_update()).one()


def _over(uow: UnitOfWork, row: ListDraft) -> None:
    uow.session.delete(row)
    uow.session.flush()


def _touched(uow: UnitOfWork, row: ListDraft) -> None:
    row.saved_at, row.saved_by, row.saved_by_name = uow.now, uow.actor.user_id, uow.actor.name
    row.people = {**row.people, str(uow.actor.user_id): [uow.actor.name, uow.now.isoformat()]}


def _draft(uow: UnitOfWork, row: ListDraft) -> Draft:
    people: dict[str, Any] = {who: each for who, each in row.people.items() if who != str(uow.actor.user_id)}
    others = sorted(((name, datetime.fromisoformat(at)) for name, at in people.values()), key=lambda each: each[1])
    return Draft(
        Adjustment.model_validate(row.content), row.begun, row.saved_at, row.saved_by, row.saved_by_name,
        tuple(reversed(others)), row.version,
    )  # fmt: skip

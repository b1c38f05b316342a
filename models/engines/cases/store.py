"""How a case changes: one command, one transaction; its events, what is derived from them, and what follows later.

`read` locks the case's row, once for permission and decision alike; `change` decides, carries out actions, and writes
with a handful of statements. The same key counts once; a case that changed since it was looked at is refused with who
changed it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, insert, select, update

from models.core.clock import BUSINESS_ZONE
from models.core.errors import ChangedMeanwhile, DomainError, NotFound
from models.core.prepared import PreparedSelect, PreparedWrite
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import numbering, projections
from models.engines.cases.tables import Case, CaseEvent
from models.engines.cases.world import StoredWorld
from models.engines.definitions import versions
from models.engines.definitions.case_data import CaseData
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow import chain
from models.engines.workflow.commands import Command, Open
from models.engines.workflow.decide import decided
from models.engines.workflow.events import Event, pack
from models.engines.workflow.state import State


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as it was read: its row's values, its type, its state.

    `sent` says that the vendor has had it; `known` that the key it was read with has changed it before.
    """

    id: UUID
    number: str
    partner_id: UUID
    type: ApplicationType
    state: State
    head: str = chain.START
    sent: bool = False
    known: bool = False
    changed_by: str = ""
    changed_at: datetime | None = None

    def data(self, state: State | None = None, **more: Any) -> CaseData:
        """What checks and actions are told about it, in its own state or another one."""
        state = state or self.state
        given: dict[str, Any] = {"type": self.type, "facts": state.facts, **more}
        return CaseData(case_id=self.id, number=self.number, partner_id=self.partner_id, state=state, **given)


_ROW = (Case.number, Case.partner_id, Case.type, Case.version, Case.state, Case.head, Case.submitted_at,
        Case.changed_by_name, Case.changed_at)  # fmt: skip
_OWN = Case.id == bindparam("case_id")
_SEEN = PreparedSelect(select(*_ROW).where(_OWN))
_BY_KEY = and_(CaseEvent.case_id == Case.id, CaseEvent.key == bindparam("key"))
_LOCKED = PreparedSelect(
    select(*_ROW, CaseEvent.seq).outerjoin(CaseEvent, _BY_KEY).where(_OWN).with_for_update(of=Case)
)
_CASE: Any = Case.__table__
_MOVED = PreparedWrite(update(_CASE).where(_CASE.c.id == bindparam("own_id"), _CASE.c.seq == bindparam("own_seq")))
_OPENED = PreparedWrite(insert(_CASE))
_ADDED = PreparedWrite(insert(CaseEvent.__table__))  # type: ignore[arg-type]  # the table of a mapped class


def open_case(uow: UnitOfWork, type_key: str, partner_id: UUID, *, key: str) -> UUID:
    """Begin a case of the type's current version for a partner; the case. The same key begins it once.

    Raises:
        NotFound: there is no such type.
    """
    made = versions.current(uow, type_key)
    versions.keep(uow, made)
    year = uow.now.astimezone(BUSINESS_ZONE).year
    numbering.queue_up(uow, type_key, year)
    known = uow.session.scalar(select(Case.id).where(Case.opened_key == key))
    if known is not None:
        return known
    number = made.number.format(year=year, serial=numbering.draw(uow, type_key, year))
    case = StoredCase(new_id(), number, partner_id, made, State())
    command = Open(type_key, made.version, partner_id)
    events, state = decided(made.workflow, case.state, command, StoredWorld(uow, case.data()))
    links = _links(uow, case, events, key)
    row = projections.first_row(uow, case.id, number, made, state, links[-1].hash, key)
    _OPENED.one(uow, row)
    _append(uow, case, links)
    projections.project(uow, case, State(), state, events)
    return case.id


def read(uow: UnitOfWork, case_id: UUID) -> StoredCase:
    """A case as it is, to look at.

    Raises:
        NotFound: there is no such case among those the actor may see.
    """
    return _stored(uow, case_id, _SEEN.first(uow, {"case_id": case_id}))


def read_to_change(uow: UnitOfWork, case_id: UUID, key: str | None = None) -> StoredCase:
    """A case to be changed by whoever asks with `key`: locked until the transaction ends.

    Raises:
        NotFound: there is no such case among those the actor may see.
    """
    return _stored(uow, case_id, _LOCKED.first(uow, {"case_id": case_id, "key": key}))


def handle(
    uow: UnitOfWork, case_id: UUID, command: Command, *, key: str | None = None, expected: int | None = None
) -> State:
    """`change` for whoever has not read the case."""
    return change(uow, read_to_change(uow, case_id, key), command, key=key, expected=expected)


def change(
    uow: UnitOfWork, case: StoredCase, command: Command, *, key: str | None = None, expected: int | None = None
) -> State:
    """Carry out a command on a case that was read to be changed; the state it leads to.

    A key that was used before changes nothing.

    Raises:
        ChangedMeanwhile: the case is past `expected`; says who changed it, and when.
        DomainError: what `decide` or an action refuses.
    """
    if case.known:
        return case.state
    world = StoredWorld(uow, case.data())
    try:
        if expected is not None and expected != case.state.seq:
            raise _changed(case)
        events, state = decided(case.type.workflow, case.state, command, world)
    except DomainError:
        # The same click twice at once: PostgreSQL lets the second wait for the row, then shows it the row as it is
        # now, but not the event that was joined to it. Only a statement of its own sees that the key was used.
        if key is not None and not world.acted and knows(uow, case.id, key):
            return case.state
        raise
    if not events:
        return case.state
    _written(uow, case, events, state, key)
    projections.project(uow, case, case.state, state, events)
    return state


def rebase(uow: UnitOfWork, case: StoredCase, made: ApplicationType, events: Sequence[Event], state: State, *,
           key: str) -> State:  # fmt: skip
    """Write the events that move a case to another version of its type, as planned (`workflow/migrating.py`).

    Raises:
        ChangedMeanwhile: somebody was quicker.
    """
    case = replace(case, type=made)
    _written(uow, case, list(events), state, key)
    projections.project_anew(uow, case, state, events)
    return state


def _written(uow: UnitOfWork, case: StoredCase, events: list[Event], state: State, key: str | None) -> None:
    """The events, and what the case's row says after them."""
    links = _links(uow, case, events, key)
    values = projections.row_values(uow, case.type, case.state, state, links[-1].hash)
    own = {"own_id": case.id, "own_seq": case.state.seq}
    if _MOVED.one(uow, values | own) != 1:
        raise _changed(case)
    _append(uow, case, links)


def knows(uow: UnitOfWork, case_id: UUID, key: str) -> bool:
    """Whether a key was used on a case before."""
    stmt = select(CaseEvent.seq).where(CaseEvent.case_id == case_id, CaseEvent.key == key)
    return uow.session.scalar(stmt) is not None


def _stored(uow: UnitOfWork, case_id: UUID, found: Any) -> StoredCase:
    if found is None:
        raise NotFound("There is no such case among those you may see.")
    number, partner_id, kind, version, state, head, sent_at, who, when, *seq = found
    made = versions.type_of(uow, kind, version)
    return StoredCase(
        case_id, number, partner_id, made, State.from_json(state), head, sent=sent_at is not None,
        known=seq not in ([], [None]), changed_by=who, changed_at=when,
    )  # fmt: skip


def _changed(case: StoredCase) -> ChangedMeanwhile:
    assert case.changed_at is not None
    at = case.changed_at.astimezone(BUSINESS_ZONE)
    return ChangedMeanwhile(
        f"{case.changed_by} changed this case at {at:%H:%M} (GMT+08:00) on {at:%b} {at.day}. Nothing of yours was "
        "saved: look at it again."
    )


def _links(uow: UnitOfWork, case: StoredCase, events: list[Event], key: str | None) -> list[chain.Link]:
    links, previous, actor = [], case.head, uow.actor.user_id
    for number, event in enumerate(events):
        seq, kind, schema = case.state.seq + number + 1, type(event).__name__, event.schema
        payload, salt = pack(event), secrets.token_hex(8)
        digest, own_key = chain.digest_of(payload, salt), key if number == 0 else None
        mark = chain.hash_of(case.id, seq, uow.now, kind, schema, actor, own_key, digest, previous)
        links.append(
            chain.Link(case.id, seq, uow.now, kind, schema, actor, own_key, payload, salt, digest, previous, mark)
        )
        previous = mark
    return links


def _append(uow: UnitOfWork, case: StoredCase, links: list[chain.Link]) -> None:
    rows = [
        {
            "case_id": case.id, "seq": link.seq, "partner_id": case.partner_id, "at": link.at, "kind": link.kind,
            "schema": link.schema, "actor_id": link.actor_id, "actor_name": uow.actor.name, "key": link.key,
            "payload": link.payload, "salt": link.salt, "digest": link.digest, "previous": link.previous,
            "hash": link.hash,
        }
        for link in links
    ]  # fmt: skip
    _ADDED.several(uow, rows)

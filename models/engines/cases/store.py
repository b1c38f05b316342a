"""How a case changes: one command, one transaction; its events, what is derived from them, and what follows later.

`handle` is the only way. It reads the case's row once, decides, carries out actions, and writes with a handful of
statements. The same key counts once; a case that changed since it was looked at is refused with who changed it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, false, insert, select, update

from models.core.clock import BUSINESS_ZONE
from models.core.errors import ChangedMeanwhile, DomainError, NotFound
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import numbering, projections, versions
from models.engines.cases.tables import Case, CaseEvent
from models.engines.cases.world import StoredWorld
from models.engines.definitions.case_data import CaseData
from models.engines.definitions.registry import ACTIONS
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow import chain
from models.engines.workflow.commands import Command, Open
from models.engines.workflow.decide import decide
from models.engines.workflow.events import ActionTaken, Event, FactsNoted, pack
from models.engines.workflow.evolve import evolve
from models.engines.workflow.state import State


@dataclass(frozen=True, slots=True)
class Stored:
    """A case as it was read for a command: its row's values, its type, its state."""

    id: UUID
    number: str
    partner_id: UUID
    type: ApplicationType
    state: State
    head: str

    def data(self, state: State) -> CaseData:
        """What checks and actions are told when the case is in this state."""
        return CaseData(self.id, self.number, self.type, self.partner_id, state, state.facts)


def open_case(uow: UnitOfWork, type_key: str, partner_id: UUID, *, key: str) -> UUID:
    """Begin a case of the type's current version for a partner; the case. The same key begins it once.

    Raises:
        NotFound: there is no such type.
    """
    made = versions.current(type_key)
    versions.keep(uow, made)
    year = uow.now.astimezone(BUSINESS_ZONE).year
    numbering.queue_up(uow, type_key, year)
    known = uow.session.scalar(select(Case.id).where(Case.opened_key == key))
    if known is not None:
        return known
    number = made.number.format(year=year, serial=numbering.draw(uow, type_key, year))
    case = Stored(new_id(), number, partner_id, made, State(), chain.START)
    command = Open(type_key, made.version, partner_id)
    first = decide(made.workflow, case.state, command, StoredWorld(uow, case.data(case.state)))
    events, state = _acted(uow, case, first)
    links = _links(uow, case, events, key)
    row = projections.first_row(uow, case.id, number, made, state, links[-1].hash, key)
    uow.session.connection().execute(insert(Case.__table__).values(row))  # type: ignore[arg-type]
    _append(uow, case, links)
    projections.project(uow, case, State(), state, events)
    return case.id


def handle(
    uow: UnitOfWork, case_id: UUID, command: Command, *, key: str | None = None, expected: int | None = None
) -> State:
    """Carry out a command on a case; the state it leads to. A key that was used before changes nothing.

    Raises:
        NotFound: there is no such case among those the actor may see.
        ChangedMeanwhile: the case is past `expected`; says who changed it, and when.
        DomainError: what `decide` or an action refuses.
    """
    case, seq_of_key, changed = _read(uow, case_id, key)
    if seq_of_key is not None:
        return case.state
    try:
        if expected is not None and expected != case.state.seq:
            raise _changed(*changed)
        made = decide(case.type.workflow, case.state, command, StoredWorld(uow, case.data(case.state)))
    except DomainError:
        # The same click twice at once: PostgreSQL lets the second wait for the row, then shows it the row as it is
        # now, but not the event that was joined to it. Only a statement of its own sees that the key was used.
        if key is not None and knows(uow, case_id, key):
            return case.state
        raise
    events, state = _acted(uow, case, made)
    if not events:
        return case.state
    links = _links(uow, case, events, key)
    values = projections.row_values(uow, case.type, case.state, state, links[-1].hash)
    stmt = update(Case).where(Case.id == case_id, Case.seq == case.state.seq).values(values)
    if uow.session.connection().execute(stmt).rowcount != 1:
        raise _changed(*changed)
    _append(uow, case, links)
    projections.project(uow, case, case.state, state, events)
    return state


def knows(uow: UnitOfWork, case_id: UUID, key: str) -> bool:
    """Whether a key was used on a case before."""
    stmt = select(CaseEvent.seq).where(CaseEvent.case_id == case_id, CaseEvent.key == key)
    return uow.session.scalar(stmt) is not None


def _read(uow: UnitOfWork, case_id: UUID, key: str | None) -> tuple[Stored, int | None, tuple[str, Any]]:
    """The case, locked; the event that its key already made; who changed it last, and when."""
    row = Case
    columns = (row.number, row.partner_id, row.type, row.version, row.state, row.head, row.changed_by_name,
               row.changed_at)  # fmt: skip
    # Without a key nothing is joined: no event was made by it.
    known = and_(CaseEvent.case_id == row.id, CaseEvent.key == key) if key is not None else false()
    stmt = select(*columns, CaseEvent.seq).outerjoin(CaseEvent, known)
    found = uow.session.execute(stmt.where(row.id == case_id).with_for_update(of=row)).first()
    if found is None:
        raise NotFound("There is no such case among those you may see.")
    number, partner_id, kind, version, state, head, who, when, seq = found
    made = versions.type_of(uow, kind, version)
    return Stored(case_id, number, partner_id, made, State.from_json(state), head), seq, (who, when)


def _changed(who: str, when: Any) -> ChangedMeanwhile:
    at = when.astimezone(BUSINESS_ZONE)
    return ChangedMeanwhile(
        f"{who} changed this case at {at:%H:%M} (GMT+08:00) on {at:%b} {at.day}. Nothing of yours was saved: "
        "look at it again."
    )


def _acted(uow: UnitOfWork, case: Stored, made: list[Event]) -> tuple[list[Event], State]:
    """The events of a command with the facts that its actions noted, and the state after them all."""
    events: list[Event] = []
    state = case.state
    for event in made:
        events.append(event)
        state = evolve(state, event)
    for event in made:
        if isinstance(event, ActionTaken):
            facts = ACTIONS[event.action](uow, case.data(state), event.given)
            if facts:
                noted = FactsNoted(dict(facts), uow.now, "Kontor")
                events.append(noted)
                state = evolve(state, noted)
    return events, state


def _links(uow: UnitOfWork, case: Stored, events: list[Event], key: str | None) -> list[chain.Link]:
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


def _append(uow: UnitOfWork, case: Stored, links: list[chain.Link]) -> None:
    rows = [
        {
            "case_id": case.id, "seq": link.seq, "partner_id": case.partner_id, "at": link.at, "kind": link.kind,
            "schema": link.schema, "actor_id": link.actor_id, "actor_name": uow.actor.name, "key": link.key,
            "payload": link.payload, "salt": link.salt, "digest": link.digest, "previous": link.previous,
            "hash": link.hash,
        }
        for link in links
    ]  # fmt: skip
    uow.session.connection().execute(insert(CaseEvent.__table__), rows)  # type: ignore[arg-type]

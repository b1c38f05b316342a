"""Running cases are moved to another version of their type: tried dry, carried out, undone while nobody worked on."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from models.core.errors import Refused, WrongState
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import store
from models.engines.cases.store import StoredCase
from models.engines.cases.tables import CaseEvent
from models.engines.cases.world import StoredWorld, definition_of
from models.engines.definitions import versions
from models.engines.definitions.registry import calendar_for
from models.engines.workflow.events import Event, Migrated, unpack
from models.engines.workflow.evolve import replay
from models.engines.workflow.migrating import MigrationPlan, plan, undone
from models.engines.workflow.state import State

Places = Mapping[str, str]


def dry_run(uow: UnitOfWork, case_id: UUID, version: int, mapping: Places | None = None) -> MigrationPlan:
    """What moving a case to a version would do, and what keeps it from being moved; nothing is changed.

    Raises:
        NotFound: there is no such case among those the actor may see, or no such version.
    """
    return _planned(uow, store.read(uow, case_id), version, mapping)


def migrate(uow: UnitOfWork, case_id: UUID, version: int, *, key: str, mapping: Places | None = None) -> State:
    """Move a case to a version, exactly as `dry_run` says. The same key moves it once.

    Raises:
        NotFound: there is no such case among those the actor may see, or no such version.
        Refused: it has no place there, or is over; carries every problem.
        ChangedMeanwhile: somebody was quicker.
    """
    case = store.read_to_change(uow, case_id, key)
    if case.known:
        return case.state
    return _carried_out(uow, case, _planned(uow, case, version, mapping), version, key)


def undo(uow: UnitOfWork, case_id: UUID, *, key: str) -> State:
    """Bring a case back to the version that it was last moved from.

    Raises:
        NotFound: there is no such case among those the actor may see.
        WrongState: it was not moved, or brought back already.
        Refused: somebody has worked on it since (MIGRATE-MOVED-ON).
    """
    case = store.read_to_change(uow, case_id, key)
    if case.known:
        return case.state
    events = _events(uow, case_id)
    last = next((n for n in range(len(events) - 1, -1, -1) if isinstance(events[n], Migrated)), None)
    migrated = events[last] if last is not None else None
    if not isinstance(migrated, Migrated) or migrated.undoes:
        raise WrongState("This case stands under the version that it was last brought to; there is nothing to undo.")
    before = replay(events[:last])
    made = versions.type_of(uow, case.type.key, before.version)
    world = StoredWorld(uow, case.data())
    return _carried_out(uow, case, undone(case.state, migrated, before, world, made.workflow), before.version, key)


def _planned(uow: UnitOfWork, case: StoredCase, version: int, mapping: Places | None) -> MigrationPlan:
    made = versions.type_of(uow, case.type.key, version)
    world = StoredWorld(uow, case.data(type=made))
    before, after = (definition_of(each, calendar_for(uow, each)) for each in (case.type, made))
    return plan(case.state, before, after, version, world, mapping)


def _carried_out(uow: UnitOfWork, case: StoredCase, planned: MigrationPlan, version: int, key: str) -> State:
    if planned.problems or planned.after is None:
        raise Refused(planned.problems)
    made = versions.type_of(uow, case.type.key, version)
    return store.rebase(uow, case, made, planned.events, planned.after, key=key)


def _events(uow: UnitOfWork, case_id: UUID) -> list[Event]:
    row = CaseEvent
    stmt = select(row.kind, row.schema, row.payload).where(row.case_id == case_id).order_by(row.seq)
    return [unpack(kind, schema, payload or {}) for kind, schema, payload in uow.session.execute(stmt)]

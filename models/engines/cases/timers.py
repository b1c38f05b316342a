"""Timers that came before their time, because the calendar changed since they were set: they are set anew."""

from __future__ import annotations

from datetime import datetime

from models.core.outbox import write_all
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.projections import TIMER, timer_key
from models.engines.cases.store import StoredCase
from models.engines.cases.world import StoredWorld
from models.engines.workflow.clocks import VISIT, calendar_of, clock_timers
from models.engines.workflow.turn import timers_of


def set_anew(uow: UnitOfWork, case: StoredCase, visit: str, timer: str) -> bool:
    """Set a timer of the case as it stands that is still to come; one that is set already stays as it is."""
    at = _comes(case, StoredWorld(uow, case.data()), visit, timer)
    if at is None or at <= uow.now:
        return False
    payload = {"case_id": str(case.id), "visit": visit, "timer": timer}
    write_all(uow.session, [(TIMER, timer_key(case.number, visit, timer, at), payload, at)], now=uow.now)
    return True


def _comes(case: StoredCase, world: StoredWorld, visit_id: str, timer: str) -> datetime | None:
    if visit_id.startswith(VISIT):
        name = visit_id.removeprefix(VISIT)
        clock, state = case.type.workflow.clocks.get(name), case.state.clocks.get(name)
        if clock is None or state is None or timer in state.fired:
            return None
        return clock_timers(clock, state, calendar_of(clock, world.calendar)).get(timer)
    visit = case.state.visit(visit_id)
    if visit is None or timer in visit.fired or visit.question is not None:
        return None
    return timers_of(case.type.workflow.nodes[visit.node], visit, world).get(timer)

"""What is derived from a case's events in the same transaction: its row, its open tasks, its facts, later work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, insert, update
from sqlalchemy import case as either

from models.core.database import insert_once
from models.core.outbox import write_all
from models.core.prepared import Columns, PreparedUpsert, PreparedWrite
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import CaseFact, CaseTask, CaseTurn
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.audience import entries_of, named_in
from models.engines.workflow.events import Assigned, CheckWanted, Event, Left, TimerSet
from models.engines.workflow.schema import ReviewNode
from models.engines.workflow.state import State, Visit

if TYPE_CHECKING:
    from models.engines.cases.store import StoredCase

CHECK, TIMER, FOLLOW = "reviews.check", "reviews.timer", "reviews.follow"
"""Topics of the outbox: an automated stage, a promised time, whoever has to be told."""
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
APPLICANT = "applicant"
"""The desk of forms: the partner's own work list."""
ROUND_ROBIN = "round_robin"
WAITING = frozenset({"form", "review"})

_LEASE = ("leased_by", "leased_until")


def _task_changed(there: Columns, given: Columns) -> dict[str, ColumnElement[Any]]:
    """All of it anew; who has it open in front of them stays until it is closed."""
    kept = {name: either((given.closed_at.is_(None), there[name])) for name in _LEASE}
    return {name: given[name] for name in _TASK_COLUMNS} | kept


_TASK_COLUMNS = (
    "node", "kind", "desk", "roles", "named", "label", "opened_at", "due_at", "queue_at", "overdue", "paused", "why",
    "votes", "holder", "holder_name", "assigned", "closed_at", "outcome", "closed_by_name",
)  # fmt: skip
_OPEN = {"closed_at": None, "outcome": None, "closed_by_name": None}
_TASKS_WRITTEN = PreparedUpsert(CaseTask, unique=("case_id", "visit"), changed=_task_changed)
_TURN: Any = CaseTurn.__table__
_TURNED = PreparedWrite(update(_TURN).where(_TURN.c.place == bindparam("own_place")))
_FACTS_ADDED = PreparedWrite(insert(CaseFact.__table__))  # type: ignore[arg-type]  # the table of a mapped class


def first_row(
    uow: UnitOfWork, case_id: UUID, number: str, made: ApplicationType, state: State, head: str, key: str
) -> dict[str, Any]:
    """The row of a case that begins."""
    return row_values(uow, made, State(), state, head) | {
        "id": case_id, "number": number, "type": made.key, "version": made.version, "partner_id": state.partner_id,
        "currency": made.currency, "opened_at": uow.now, "opened_by": uow.actor.user_id,
        "opened_by_name": uow.actor.name, "opened_key": key, "title": title_of(made, state.facts),
        "amount": amount_of(made, state.facts),
    }  # fmt: skip


def row_values(uow: UnitOfWork, made: ApplicationType, before: State, after: State, head: str) -> dict[str, Any]:
    """What changes on a case's row from one state to the next."""
    values: dict[str, Any] = {
        "seq": after.seq, "head": head, "state": after.to_json(), "status": after.status,
        "vendor_status": after.vendor_status, "phase": after.phase, "changed_at": uow.now,
        "changed_by_name": uow.actor.name, "ended_at": after.ended_at, "outcome": after.outcome,
        "version": after.version,
    }  # fmt: skip
    if before.facts != after.facts:
        values |= {"title": title_of(made, after.facts), "amount": amount_of(made, after.facts)}
    if after.submitted and not before.submitted:
        values["submitted_at"] = uow.now
    return values


def title_of(made: ApplicationType, facts: dict[str, Any]) -> str:
    """What the case is called."""
    return str(facts.get(made.title) or "")


def amount_of(made: ApplicationType, facts: dict[str, Any]) -> Decimal | None:
    """What the case is about, in the type's currency."""
    return next((Decimal(str(facts[name])) for name in made.amount if facts.get(name) not in (None, "")), None)


def project_anew(uow: UnitOfWork, case: StoredCase, after: State, events: Sequence[Event]) -> None:
    """Derive tasks and facts once more: the case goes on under another version, with names of its own."""
    connection, tasks = uow.session.connection(), CaseTask
    standing = [visit.id for visit in after.visits]
    gone = tasks.case_id == case.id, tasks.visit.in_(standing) | tasks.closed_at.is_(None)
    connection.execute(delete(CaseTask).where(*gone))
    connection.execute(delete(CaseFact).where(CaseFact.case_id == case.id))
    nothing = replace(after, visits=(), facts={})
    _tasks(uow, case, nothing, after, events)
    _facts(uow, case, nothing, after)
    _later(uow, case, case.state, after, events, f":{after.seq}")


def project(uow: UnitOfWork, case: StoredCase, before: State, after: State, events: Sequence[Event]) -> None:
    """Bring tasks and facts to the new state, and ask for what happens after the commit."""
    _tasks(uow, case, before, after, events)
    _facts(uow, case, before, after)
    _turns(uow, case, events)
    _later(uow, case, before, after, events)


# ---- tasks ----


def task_row(made: ApplicationType, case_id: UUID, partner_id: UUID, visit: Visit) -> dict[str, Any]:
    """A visit as a task of a queue, derived from the state alone."""
    node = made.workflow.nodes[visit.node]
    review = isinstance(node, ReviewNode)
    entries = entries_of(node, visit) if isinstance(node, ReviewNode) else ()
    named = named_in(entries)
    return {
        "case_id": case_id, "visit": visit.id, "partner_id": partner_id, "node": visit.node, "kind": visit.kind,
        "desk": node.desk if isinstance(node, ReviewNode) else APPLICANT,
        "roles": roles_key([entry for entry in entries if entry != named]), "named": named,
        "label": made.label(visit.node), "opened_at": visit.entered_at, "due_at": visit.due_at,
        "queue_at": visit.due_at or END_OF_TIME, "overdue": visit.overdue, "paused": visit.question is not None,
        "why": visit.why, "votes": len(visit.votes), "holder": visit.holder if review else None,
        "holder_name": visit.holder_name, "assigned": visit.assigned,
    }  # fmt: skip


def roles_key(roles: Sequence[str]) -> str:
    """The entries of an audience as one value that a queue can be sorted by."""
    return "+".join(sorted(roles))


def _tasks(uow: UnitOfWork, case: StoredCase, before: State, after: State, events: Sequence[Event]) -> None:
    """Those that are over, those that changed, new ones: in one statement."""
    old = {visit.id: visit for visit in before.visits if visit.kind in WAITING}
    new = {visit.id: visit for visit in after.visits if visit.kind in WAITING}
    outcomes = {event.visit: event.outcome for event in events if isinstance(event, Left)}
    rows = [
        task_row(case.type, case.id, case.partner_id, visit)
        | {"holder": None, "closed_at": uow.now, "outcome": outcomes.get(key), "closed_by_name": uow.actor.name}
        for key, visit in old.items()
        if key not in new
    ]
    rows += [
        task_row(case.type, case.id, case.partner_id, visit) | _OPEN
        for key, visit in new.items()
        if visit != old.get(key)
    ]
    _TASKS_WRITTEN.several(uow, rows)


def _turns(uow: UnitOfWork, case: StoredCase, events: Sequence[Event]) -> None:
    """Note whose turn it was, for the next case that comes to the same stage."""
    for event in events:
        if isinstance(event, Assigned) and event.how == ROUND_ROBIN:
            place = {"place": f"{case.type.key}/{event.node}", "person": event.turn, "at": event.at}
            if not insert_once(uow.session, CaseTurn, place, unique=("place",)):
                _TURNED.one(uow, {"own_place": place["place"], **place})


# ---- facts ----


def fact_row(made: ApplicationType, case_id: UUID, partner_id: UUID, name: str, value: Any) -> dict[str, Any]:
    """A fact with its value in the column of its type."""
    row: dict[str, Any] = {
        "case_id": case_id, "name": name, "partner_id": partner_id, "text": None, "amount": None, "day": None,
        "count": None, "yes": None,
    }  # fmt: skip
    match made.facts.get(name):
        case "usd":
            row["amount"] = Decimal(str(value))
        case "date":
            row["day"] = date.fromisoformat(str(value))
        case "count":
            row["count"] = int(value)
        case "yes_no":
            row["yes"] = bool(value)
        case _:
            row["text"] = str(value)
    return row


def fact_rows(made: ApplicationType, case_id: UUID, partner_id: UUID, state: State) -> Iterator[dict[str, Any]]:
    """Every declared fact that the case has."""
    for name, value in state.facts.items():
        if value is not None and name in made.facts:
            yield fact_row(made, case_id, partner_id, name, value)


def _facts(uow: UnitOfWork, case: StoredCase, before: State, after: State) -> None:
    changed = {
        name for name in after.facts.keys() | before.facts.keys() if before.facts.get(name) != after.facts.get(name)
    }
    if not changed:
        return
    known = sorted(name for name in changed if before.facts.get(name) is not None)
    if known:
        uow.session.connection().execute(delete(CaseFact).where(CaseFact.case_id == case.id, CaseFact.name.in_(known)))
    rows = [row for row in fact_rows(case.type, case.id, case.partner_id, after) if row["name"] in changed]
    _FACTS_ADDED.several(uow, rows)


# ---- what happens after the commit ----


def timer_key(number: str, visit: str, timer: str, at: datetime) -> str:
    """What makes a timer be set once for its time."""
    return f"{number}:{visit}:{timer}:{at:%Y%m%dT%H%M%S}"


def _later(
    uow: UnitOfWork, case: StoredCase, before: State, after: State, events: Sequence[Event], anew: str = ""
) -> None:
    """Automated stages, promised times, and one row for whoever has to be told. Keys begin with the case's number;
    `anew` tells apart what is asked for a second time."""
    own = {"case_id": str(case.id)}
    rows = [
        (FOLLOW, f"{case.number}:{after.seq}", {**own, "after": before.seq, "seq": after.seq}, uow.now),
    ]
    for event in events:
        if isinstance(event, CheckWanted):
            rows.append((CHECK, f"{case.number}:{event.visit}{anew}", {**own, "visit": event.visit}, uow.now))
        elif isinstance(event, TimerSet):
            key = timer_key(case.number, event.visit, event.timer, event.fires_at) + anew
            rows.append((TIMER, key, {**own, "visit": event.visit, "timer": event.timer}, event.fires_at))
    write_all(uow.session, rows, now=uow.now)

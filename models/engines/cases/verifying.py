"""Whether what is stored of cases is what happened: chains, anchors, and everything derived, derived once more.

Asked by the system over all rows: `./kontor verify`, the daily anchor, and the tests of every demo case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from models.core.unit_of_work import UnitOfWork
from models.engines.cases.projections import amount_of, fact_rows, task_row, title_of
from models.engines.cases.tables import AnchoredHead, Case, CaseEvent, CaseFact, CaseTask, ChainAnchor
from models.engines.definitions import versions
from models.engines.workflow import chain
from models.engines.workflow.evolve import replay_stored
from models.engines.workflow.state import State

BATCH = 200
"""Cases whose rows are read at once."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold: the case by its number, the event (None: the case as a whole), and how."""

    case: str
    seq: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and everything that does not hold. `anchor` is the digest of the newest anchor: whoever
    keeps it elsewhere can tell whether the store was rewritten as a whole."""

    cases: int
    events: int
    anchors: int
    anchor: str
    faults: tuple[Fault, ...]


def verify(uow: UnitOfWork) -> Verified:
    """Look at every case and every anchor."""
    found: list[Fault] = []
    cases = events = 0
    for batch in _batches(uow):
        links = _links(uow, [case.id for case in batch])
        derived = _derived(uow, [case.id for case in batch])
        for case in batch:
            own = links.get(case.id, [])
            cases, events = cases + 1, events + len(own)
            found += _case_faults(uow, case, own, derived.get(case.id, ({}, {})))
    anchors, last, torn = _anchors(uow)
    return Verified(cases, events, anchors, last, (*found, *torn))


def _batches(uow: UnitOfWork) -> Iterator[list[Case]]:
    after: UUID | None = None
    while True:
        stmt = select(Case).order_by(Case.id).limit(BATCH)
        found = list(uow.session.scalars(stmt.where(Case.id > after) if after else stmt))
        if not found:
            return
        yield found
        after = found[-1].id
        uow.session.expunge_all()


def _links(uow: UnitOfWork, case_ids: list[UUID]) -> dict[UUID, list[chain.Link]]:
    row = CaseEvent
    stmt = select(row.case_id, row.seq, row.at, row.kind, row.schema, row.actor_id, row.key, row.payload, row.salt,
                  row.digest, row.previous, row.hash)  # fmt: skip
    found: dict[UUID, list[chain.Link]] = {}
    for values in uow.session.execute(stmt.where(row.case_id.in_(case_ids)).order_by(row.case_id, row.seq)):
        found.setdefault(values[0], []).append(chain.Link(*values))
    return found


_TASK = ("partner_id", "node", "kind", "desk", "roles", "label", "opened_at", "due_at", "queue_at", "overdue", "paused",
         "why", "votes", "holder", "holder_name", "named", "assigned")  # fmt: skip
_FACT = ("text", "amount", "day", "count", "yes")
Rows = Mapping[str, tuple[Any, ...]]


def _derived(uow: UnitOfWork, case_ids: list[UUID]) -> dict[UUID, tuple[dict[str, Any], dict[str, Any]]]:
    """By case: its open tasks by visit, and its facts by name."""
    found: dict[UUID, tuple[dict[str, Any], dict[str, Any]]] = {}
    tasks = select(CaseTask.case_id, CaseTask.visit, *(getattr(CaseTask, name) for name in _TASK))
    open_ = tasks.where(CaseTask.case_id.in_(case_ids), CaseTask.closed_at.is_(None))
    for case_id, visit, *values in uow.session.execute(open_):
        found.setdefault(case_id, ({}, {}))[0][visit] = tuple(values)
    facts = select(CaseFact.case_id, CaseFact.name, *(getattr(CaseFact, name) for name in _FACT))
    for case_id, name, *values in uow.session.execute(facts.where(CaseFact.case_id.in_(case_ids))):
        found.setdefault(case_id, ({}, {}))[1][name] = tuple(values)
    return found


def _case_faults(uow: UnitOfWork, case: Case, links: list[chain.Link], derived: tuple[Rows, Rows]) -> Iterator[Fault]:
    if torn := chain.first_fault(links):
        yield Fault(case.number, *torn)
        return
    if not links or (links[-1].hash, links[-1].seq) != (case.head, case.seq):
        yield Fault(case.number, case.seq, "its last event is not the one that the case ends with")
        return
    if any(link.payload is None for link in links):
        return  # what was erased cannot be replayed; the chain above holds without it
    state = replay_stored((link.kind, link.schema, link.payload or {}) for link in links)
    if state != State.from_json(case.state):
        yield Fault(case.number, None, "its events lead to another state than the one that is kept")
        return
    for text in _projection_faults(uow, case, state, derived):
        yield Fault(case.number, None, text)


def _projection_faults(uow: UnitOfWork, case: Case, state: State, derived: tuple[Rows, Rows]) -> Iterator[str]:
    made = versions.type_of(uow, case.type, case.version)
    kept = (case.status, case.vendor_status, case.phase, case.outcome, case.ended_at, case.partner_id, case.amount)
    wanted = (state.status, state.vendor_status, state.phase, state.outcome, state.ended_at, state.partner_id,
              amount_of(made, state.facts))  # fmt: skip
    if kept != wanted or (case.submitted_at is not None and case.title != title_of(made, state.facts)):
        yield "its row does not say what its events say"
    tasks, facts = derived
    visits = (visit for visit in state.visits if visit.kind in ("form", "review"))
    rows = (task_row(made, case.id, case.partner_id, visit) for visit in visits)
    if {row["visit"]: tuple(row[name] for name in _TASK) for row in rows} != tasks:
        yield "its open tasks are not those that its events lead to"
    held = fact_rows(made, case.id, case.partner_id, state)
    if {row["name"]: tuple(row[name] for name in _FACT) for row in held} != facts:
        yield "its facts are not those that its events lead to"


# ---- anchors ----


def anchor(uow: UnitOfWork) -> str | None:
    """Anchor every chain that grew since the last anchor; its digest, None when none grew."""
    known = select(AnchoredHead.case_id, func.max(AnchoredHead.seq).label("seq")).group_by(AnchoredHead.case_id)
    before = known.subquery()
    stmt = select(Case.id, Case.seq, Case.head).outerjoin(before, before.c.case_id == Case.id)
    grown = uow.session.execute(stmt.where(func.coalesce(before.c.seq, 0) < Case.seq).order_by(Case.id)).tuples().all()
    if not grown:
        return None
    last = uow.session.execute(
        select(ChainAnchor.number, ChainAnchor.digest).order_by(ChainAnchor.number.desc()).limit(1)
    ).first()
    number, previous = (last[0] + 1, last[1]) if last else (1, chain.START)
    mark = _digest(previous, list(grown))
    uow.session.add(ChainAnchor(number=number, at=uow.now, previous=previous, digest=mark))
    uow.session.flush()
    rows = [{"anchor": number, "case_id": key, "seq": seq, "hash": head} for key, seq, head in grown]
    uow.session.execute(insert(AnchoredHead), rows)
    return mark


def _digest(previous: str, heads: list[tuple[UUID, int, str]]) -> str:
    return hashlib.sha256(chain.canonical([previous, *([str(key), seq, head] for key, seq, head in heads)])).hexdigest()


def _anchors(uow: UnitOfWork) -> tuple[int, str, list[Fault]]:
    """How many anchors there are, the newest digest, and what does not hold."""
    found: list[Fault] = []
    previous, count = chain.START, 0
    for row in uow.session.scalars(select(ChainAnchor).order_by(ChainAnchor.number)):
        count += 1
        stmt = select(AnchoredHead.case_id, AnchoredHead.seq, AnchoredHead.hash).where(
            AnchoredHead.anchor == row.number
        )
        heads = [(key, seq, head) for key, seq, head in uow.session.execute(stmt.order_by(AnchoredHead.case_id))]
        if row.number != count or row.previous != previous or row.digest != _digest(previous, heads):
            found.append(Fault(f"anchor {row.number}", None, "it was changed, or one before it is missing"))
        previous = row.digest
    event, head = CaseEvent, AnchoredHead
    torn = (
        select(Case.number, head.seq)
        .join(Case, Case.id == head.case_id)
        .outerjoin(event, (event.case_id == head.case_id) & (event.seq == head.seq))
        .where(func.coalesce(event.hash, "") != head.hash)
        .order_by(Case.number, head.seq)
    )
    found += [Fault(number, seq, "it is not what was anchored") for number, seq in uow.session.execute(torn)]
    return count, previous if count else "", found

"""Where applications stood, what reviewers decided and what waits for them, read from tasks and events.

Like `facts.py`, whose tables these rows belong to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pyarrow as pa
from sqlalchemy import Select, select

from models.applications.facts import (
    KEYS,
    Clocks,
    SentCase,
    application_state,
    decision,
    only_sent,
    review_state,
    schema,
    sent_cases,
)
from models.core.clock import business_date
from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import Case, CaseEvent, CaseTask
from models.engines.definitions import versions
from models.engines.definitions.schema import ApplicationType
from models.engines.statistics.records import arrow, key_text
from models.engines.workflow.schema import FormNode, ReviewNode
from models.partners.dimensions import cut, turns

C, T, E = Case, CaseTask, CaseEvent
PARTNER, VENDOR, SYSTEM = "partner", "vendor", "system"
APPROVED, REJECTED, OTHER = "approved", "rejected", "other"
_TONES = {"positive": APPROVED, "negative": REJECTED}

# ---- where applications stood ----

_VISIT = (
    key_text(T.case_id),
    T.visit,
    T.node,
    T.kind,
    T.label,
    T.why,
    T.opened_at,
    T.closed_at,
    T.due_at,
    T.holder,
    T.paused,
)


@dataclass(frozen=True, slots=True)
class _Visit:
    case: str
    id: str
    node: str
    kind: str
    label: str
    why: str
    opened: datetime
    closed: datetime | None
    due: datetime | None
    holder: UUID | None
    paused: bool


def _visits(uow: UnitOfWork) -> Iterator[_Visit]:
    stmt = only_sent(uow, select(*_VISIT).join(C, C.id == T.case_id)).order_by(T.case_id, T.opened_at, T.visit)
    return (_Visit(*row) for row in uow.session.execute(stmt))


def states(uow: UnitOfWork) -> pa.Table:
    """Where every application stood at the end of each day since it was sent: stage, status, and for whom it waited.

    An application that waits at two stages at once has a row for each. Where it waited for nobody (a search, a
    promised day) the stage is missing.
    """
    visits: dict[str, list[_Visit]] = defaultdict(list)
    for visit in _visits(uow):
        visits[visit.case].append(visit)
    words, others = _Words(uow), turns(uow)
    rows = [
        row
        for each in sent_cases(uow)
        for row in _stretches(each, visits[each.id], words, others.get(each.partner, ()))
    ]
    return arrow(schema(application_state), rows, keys=KEYS)


def _stretches(
    case: SentCase, visits: Sequence[_Visit], words: _Words, at: Sequence[date]
) -> Iterator[tuple[Any, ...]]:
    first = business_date(case.sent)
    last = business_date(case.ended) if case.ended else date.max
    if first >= last:
        return
    spans = [(business_date(v.opened), business_date(v.closed) if v.closed else date.max, v) for v in visits]
    changes = {day for begins, ends_, _ in spans for day in (begins, ends_)} | set(at)
    status = ""
    for begins, ends_ in cut(first, last, sorted(changes)):
        until = None if ends_ == date.max else ends_
        here: list[_Visit | None] = [visit for since, left, visit in spans if since <= begins < left]
        for visit in here or [None]:
            status = words.status(case, visit) or status
            shown = case.status if until is None else status or case.status
            stage, who = (visit.label, _waits_for(visit)) if visit else (None, SYSTEM)
            yield case.id, case.partner, case.type, shown, case.outcome, stage, who, begins, until


def _waits_for(visit: _Visit) -> str:
    return PARTNER if visit.kind == "form" or visit.paused else VENDOR


class _Words:
    """The status of a case at a stage, as the version that it ran under says."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._types: dict[tuple[str, int], ApplicationType | None] = {}

    def type_of(self, case: SentCase) -> ApplicationType | None:
        key = case.type, case.version
        if key not in self._types:
            try:
                self._types[key] = versions.type_of(self._uow, *key)
            except NotFound:
                self._types[key] = None
        return self._types[key]

    def status(self, case: SentCase, visit: _Visit | None) -> str:
        """Empty where the stage says none: then it is what it was before."""
        made = self.type_of(case)
        node = made.workflow.nodes.get(visit.node) if made and visit else None
        if isinstance(node, FormNode) and visit:
            came_back = {"returned": node.returned, "cancelled": node.cancelled}.get(visit.why)
            return came_back or node.status or ""
        return (node.status if node else None) or ""


# ---- decisions ----


def decisions(uow: UnitOfWork) -> pa.Table:
    """Every vote of a reviewer on its day, and how long the review had waited by then without questions it put."""
    cases = {each.id: each for each in sent_cases(uow)}
    visits = {(visit.case, visit.id): visit for visit in _visits(uow)}
    clocks = Clocks(uow, [visit.opened for visit in visits.values()])
    words, vendor = _Words(uow), uow.actor.scope.partners is None
    asked: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    paused: dict[tuple[str, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = []
    for case_id, kind, at, visit_id, node, decided, by, reason, tone in uow.session.execute(_what_was_decided(uow)):
        case, key = cases[case_id], (case_id, visit_id or "")
        if kind == "Asked":
            asked[key].append(at)
        elif kind == "Answered":
            paused[key] += [(asked[key].pop(), at)] if asked[key] else []
        else:
            visit = visits.get(key)
            elapsed, worked = clocks.waited(case.type, visit.opened if visit else None, at, paused[key])
            late = visit is not None and visit.due is not None and at > visit.due
            rows.append(
                (case.id, case.partner, case.type, visit.label if visit else _label(words, case, node),
                 by if vendor else None, _TONES.get(tone or _tone(words, case, node, decided), OTHER), reason or None,
                 late, elapsed, worked, business_date(at))
            )  # fmt: skip
    return arrow(schema(decision), rows, keys=KEYS)


def _what_was_decided(uow: UnitOfWork) -> Select[Any]:
    names = ("visit", "node", "decision", "by", "reason", "tone")
    stmt = select(key_text(E.case_id), E.kind, E.at, *(E.payload[name].as_string() for name in names)).join(
        C, C.id == E.case_id
    )
    return only_sent(uow, stmt.where(E.kind.in_(("Decided", "Asked", "Answered")))).order_by(E.case_id, E.seq)


def _label(words: _Words, case: SentCase, node: str | None) -> str | None:
    made = words.type_of(case)
    return made.label(node) if made and node else None


def _tone(words: _Words, case: SentCase, node: str | None, decided: str | None) -> str:
    """The tone of a decision that was made before decisions kept it."""
    made = words.type_of(case)
    found = made.workflow.nodes.get(node or "") if made else None
    chosen = found.decisions.get(decided or "") if isinstance(found, ReviewNode) else None
    return chosen.tone if chosen else ""


# ---- what waits for reviewers ----


def reviews(uow: UnitOfWork) -> pa.Table:
    """Every review from the day its turn came until it was done, overdue from the day it was due.

    `elapsed` and `worked` are filled while it waits: its age now, in seconds.
    """
    cases = {each.id: each for each in sent_cases(uow)}
    visits = [visit for visit in _visits(uow) if visit.kind == "review"]
    clocks, others = Clocks(uow, [visit.opened for visit in visits]), turns(uow)
    vendor = uow.actor.scope.partners is None
    rows = []
    for visit in visits:
        case = cases[visit.case]
        begins = business_date(visit.opened)
        ends_ = business_date(visit.closed) if visit.closed else date.max
        due = business_date(visit.due) if visit.due and visit.due < (visit.closed or uow.now) else date.max
        age = (None, None) if visit.closed else clocks.between(case.type, visit.opened, uow.now)
        holder = str(visit.holder) if vendor and visit.holder else None
        for since, until in cut(begins, ends_, sorted({due, *others.get(case.partner, ())})) if begins < ends_ else ():
            shown = age if until == date.max else (None, None)
            rows.append(
                (case.id, case.partner, case.type, visit.label, holder, since >= due, *shown, since,
                 None if until == date.max else until)
            )  # fmt: skip
    return arrow(schema(review_state), rows, keys=KEYS)

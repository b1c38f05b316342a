"""Applications as facts, read from cases, tasks and what happened to them, within the actor's scope and permissions.

Drafts that were never sent and applications that were deleted are no facts. Days are business dates (GMT+08:00).
Only the vendor's people are told who reviewed what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
from sqlalchemy import BigInteger as Whole
from sqlalchemy import Boolean, Column, Date, MetaData, Numeric, Select, Table, Text, func, select

from models.applications.access import may_view
from models.applications.types import application_types
from models.applications.worked import WorkedTime
from models.core.clock import business_date
from models.core.errors import NotFound
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.facts import amounts, changes
from models.engines.cases.tables import Case, CaseEvent, CaseTask
from models.engines.definitions import versions
from models.engines.definitions.registry import calendar_for
from models.engines.definitions.schema import ApplicationType
from models.engines.statistics.records import arrow
from models.engines.workflow.schema import FormNode, ReviewNode
from models.partners.dimensions import cut, turns
from models.partners.past import past_version

C, T, E = Case, CaseTask, CaseEvent
_CASE = ("case_id", "partner_id", "application_type", "status", "outcome")
application = Table(
    "application", MetaData(), *(Column(name, Text) for name in _CASE), Column("currency", Text),
    Column("amount", Numeric(38, 8)), Column("budgeted", Numeric(38, 8)), Column("day", Date),
)  # fmt: skip
application_end = Table(
    "application_end", MetaData(), *(Column(name, Text) for name in _CASE), Column("elapsed", Whole),
    Column("worked", Whole), Column("day", Date),
)  # fmt: skip
application_state = Table(
    "application_state", MetaData(), *(Column(name, Text) for name in _CASE), Column("stage", Text),
    Column("waits_for", Text), Column("day", Date), Column("ended", Date),
)  # fmt: skip
_REVIEW = ("case_id", "partner_id", "application_type", "stage", "reviewer")
decision = Table(
    "decision", MetaData(), *(Column(name, Text) for name in _REVIEW), Column("decision", Text), Column("reason", Text),
    Column("late", Boolean), Column("elapsed", Whole), Column("worked", Whole), Column("day", Date),
)  # fmt: skip
review_state = Table(
    "review_state", MetaData(), *(Column(name, Text) for name in _REVIEW), Column("overdue", Boolean),
    Column("elapsed", Whole), Column("worked", Whole), Column("day", Date), Column("ended", Date),
)  # fmt: skip

_KINDS = {Text: pa.string(), Date: pa.date32(), Boolean: pa.bool_(), Whole: pa.int64(), Numeric: pa.decimal128(38, 8)}
PARTNER, VENDOR, SYSTEM = "partner", "vendor", "system"
APPROVED, REJECTED, OTHER = "approved", "rejected", "other"
_TONES = {"positive": APPROVED, "negative": REJECTED}
FRESH = timedelta(minutes=15)
"""How often the ages of what waits are counted anew."""


def schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table of records."""
    return pa.schema([(column.name, _KINDS[type(column.type)]) for column in table.columns])


# ---- what changed ----


def version(uow: UnitOfWork) -> Hashable:
    """Another value whenever an application changed, or the actor may see other kinds of them."""
    return _seen(uow), changes(uow)


def standing_version(uow: UnitOfWork) -> Hashable:
    """The same, and another whenever a partner of one stands otherwise."""
    return version(uow), past_version(uow)


def waiting_version(uow: UnitOfWork) -> Hashable:
    """The same, and another when time made a difference: something is due, or ages are counted anew."""
    return version(uow), int(uow.now.timestamp() // FRESH.total_seconds())


def _seen(uow: UnitOfWork) -> tuple[str, ...]:
    """The kinds of applications that the actor may see."""
    return tuple(sorted(key for key, made in application_types(uow).items() if may_view(uow, made)))


def _sent(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    """Kept to applications that were sent, of the kinds the actor may see."""
    gone = func.coalesce(C.outcome, "") == "deleted"
    return stmt.where(C.type.in_(_seen(uow)), C.submitted_at.is_not(None), ~gone)


# ---- cases ----


@dataclass(frozen=True, slots=True)
class _Case:
    id: UUID
    number: str
    partner: str
    type: str
    version: int
    status: str
    outcome: str | None
    amount: Decimal | None
    currency: str
    sent: datetime
    ended: datetime | None

    @property
    def words(self) -> tuple[str | None, ...]:
        return str(self.id), self.partner, self.type, self.status, self.outcome


def _cases(uow: UnitOfWork) -> Iterator[_Case]:
    stmt = select(
        C.id, C.number, C.partner_id, C.type, C.version, C.status, C.outcome, C.amount, C.currency, C.submitted_at,
        C.ended_at,
    )  # fmt: skip
    for key, number, partner, *rest in uow.session.execute(_sent(uow, stmt)):
        yield _Case(key, number, str(partner), *rest)


def applications(uow: UnitOfWork) -> pa.Table:
    """Every application on the day it was first sent, with what it is about. Two statements.

    `budgeted` is what an application that is under review or approved asks for: nothing once it is back with the
    partner, rejected or cancelled.
    """
    asking = {key: _asking(made) for key, made in application_types(uow).items() if made.amount}
    asked = amounts(uow, {name for name, _ in asking.values()})
    rows = []
    for each in _cases(uow):
        name, back = asking.get(each.type, ("", frozenset[str]()))
        budgeted = None if each.status in back else asked.get((each.id, name))
        rows.append((*each.words, each.currency, each.amount, budgeted, business_date(each.sent)))
    return arrow(schema(application), rows)


def _asking(made: ApplicationType) -> tuple[str, frozenset[str]]:
    """The fact that says what is asked for, and the statuses in which an application asks for nothing."""
    first = made.form_node(made.workflow.start)
    back = (first.status, first.returned, first.cancelled)
    return made.amount[-1], frozenset(status for status in back if status)


def ends(uow: UnitOfWork) -> pa.Table:
    """Every application that is over, on the day it ended, and how long it took since it was first sent."""
    cases = [each for each in _cases(uow) if each.ended is not None]
    clocks = _Clocks(uow, [each.sent for each in cases])
    rows = [
        (*each.words, *clocks.between(each.type, each.sent, each.ended), business_date(each.ended))
        for each in cases
        if each.ended is not None
    ]
    return arrow(schema(application_end), rows)


# ---- where applications stood ----

_VISIT = (T.case_id, T.visit, T.node, T.kind, T.label, T.why, T.opened_at, T.closed_at, T.due_at, T.holder, T.paused)


@dataclass(frozen=True, slots=True)
class _Visit:
    case: UUID
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
    stmt = _sent(uow, select(*_VISIT).join(C, C.id == T.case_id)).order_by(T.case_id, T.opened_at, T.visit)
    return (_Visit(*row) for row in uow.session.execute(stmt))


def states(uow: UnitOfWork) -> pa.Table:
    """Where every application stood at the end of each day since it was sent: stage, status, and for whom it waited.

    An application that waits at two stages at once has a row for each. Where it waited for nobody (a search, a
    promised day) the stage is missing.
    """
    visits: dict[UUID, list[_Visit]] = defaultdict(list)
    for visit in _visits(uow):
        visits[visit.case].append(visit)
    words, others = _Words(uow), turns(uow)
    rows = [
        row for each in _cases(uow) for row in _stretches(each, visits[each.id], words, others.get(each.partner, ()))
    ]
    return arrow(schema(application_state), rows)


def _stretches(case: _Case, visits: Sequence[_Visit], words: _Words, at: Sequence[date]) -> Iterator[tuple[Any, ...]]:
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
            yield str(case.id), case.partner, case.type, shown, case.outcome, stage, who, begins, until


def _waits_for(visit: _Visit) -> str:
    return PARTNER if visit.kind == "form" or visit.paused else VENDOR


class _Words:
    """The status of a case at a stage, as the version that it ran under says."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._types: dict[tuple[str, int], ApplicationType | None] = {}

    def type_of(self, case: _Case) -> ApplicationType | None:
        key = case.type, case.version
        if key not in self._types:
            try:
                self._types[key] = versions.type_of(self._uow, *key)
            except NotFound:
                self._types[key] = None
        return self._types[key]

    def status(self, case: _Case, visit: _Visit | None) -> str:
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
    cases = {each.id: each for each in _cases(uow)}
    visits = {(visit.case, visit.id): visit for visit in _visits(uow)}
    clocks = _Clocks(uow, [visit.opened for visit in visits.values()])
    words, vendor = _Words(uow), uow.actor.scope.partners is None
    asked: dict[tuple[UUID, str], list[datetime]] = defaultdict(list)
    paused: dict[tuple[UUID, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = []
    for case_id, kind, at, visit_id, node, decided, by, reason, tone in uow.session.execute(_what_was_decided(uow)):
        case, key = cases[case_id], (case_id, visit_id or "")
        if kind == "Asked":
            asked[key].append(at)
        elif kind == "Answered":
            paused[key] += [(asked[key].pop(), at)] if asked[key] else []
        else:
            visit = visits.get(key)
            elapsed, worked = clocks.waited(case.type, visit, at, paused[key])
            late = visit is not None and visit.due is not None and at > visit.due
            rows.append(
                (str(case.id), case.partner, case.type, visit.label if visit else _label(words, case, node),
                 by if vendor else None, _TONES.get(tone or _tone(words, case, node, decided), OTHER), reason or None,
                 late, elapsed, worked, business_date(at))
            )  # fmt: skip
    return arrow(schema(decision), rows)


def _what_was_decided(uow: UnitOfWork) -> Select[Any]:
    names = ("visit", "node", "decision", "by", "reason", "tone")
    stmt = select(E.case_id, E.kind, E.at, *(E.payload[name].as_string() for name in names)).join(C, C.id == E.case_id)
    return _sent(uow, stmt.where(E.kind.in_(("Decided", "Asked", "Answered")))).order_by(E.case_id, E.seq)


def _label(words: _Words, case: _Case, node: str | None) -> str | None:
    made = words.type_of(case)
    return made.label(node) if made and node else None


def _tone(words: _Words, case: _Case, node: str | None, decided: str | None) -> str:
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
    cases = {each.id: each for each in _cases(uow)}
    visits = [visit for visit in _visits(uow) if visit.kind == "review"]
    clocks, others = _Clocks(uow, [visit.opened for visit in visits]), turns(uow)
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
                (str(case.id), case.partner, case.type, visit.label, holder, since >= due, *shown, since,
                 None if until == date.max else until)
            )  # fmt: skip
    return arrow(schema(review_state), rows)


class _Clocks:
    """Elapsed and working seconds between instants, by the calendar of each kind of application."""

    def __init__(self, uow: UnitOfWork, begins: Sequence[datetime]) -> None:
        first = business_date(min([*begins, uow.now]))
        last = business_date(uow.now) + timedelta(days=1)
        types: Mapping[str, ApplicationType] = application_types(uow)
        self._clocks = {key: WorkedTime(calendar_for(uow, made), first, last) for key, made in types.items()}

    def between(self, kind: str, start: datetime, end: datetime | None) -> tuple[int, int]:
        """Both, in whole seconds; zero when the end is not later."""
        if end is None:
            return 0, 0
        return max(int((end - start).total_seconds()), 0), self._clocks[kind].seconds(start, end)

    def waited(
        self, kind: str, visit: _Visit | None, until: datetime, paused: Sequence[tuple[datetime, datetime]]
    ) -> tuple[int | None, int | None]:
        """How long a review has waited, questions to the partner taken out; unknown when the visit is not kept."""
        if visit is None:
            return None, None
        elapsed, worked = self.between(kind, visit.opened, until)
        for asked, answered in paused:
            stood = self.between(kind, asked, answered)
            elapsed, worked = elapsed - stood[0], worked - stood[1]
        return elapsed, worked

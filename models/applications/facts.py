"""Applications as facts, read from cases within the actor's scope and permissions; `facts_of_stages.py` reads the rest.

Drafts that were never sent and applications that were deleted are no facts. Days are business dates (GMT+08:00).
Only the vendor's people are told who reviewed what.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger as Whole
from sqlalchemy import Boolean, Column, Date, MetaData, Numeric, Select, Table, Text, func, select

from models.applications.access import may_view
from models.applications.types import application_types
from models.applications.worked import WorkedTime
from models.core.clock import business_date
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.facts import amounts, changes
from models.engines.cases.tables import Case
from models.engines.definitions.registry import calendar_for
from models.engines.definitions.schema import ApplicationType
from models.engines.statistics.records import arrow, key_text
from models.partners.past import past_version

C = Case
_WORDS = {
    "case_id": "the application", "partner_id": "whose application it is", "application_type": "what was applied for",
    "status": "status in words", "outcome": "how it ended; missing while it goes on", "currency": "of the amounts",
    "amount": "what it is about now: claimed, else asked for",
    "budgeted": "what it asks for; nothing once it is back with the partner",
    "stage": "the stage it waits at; missing where it waits for nobody", "waits_for": "partner, vendor or system",
    "reviewer": "who decided, or holds it; for the vendor's people only", "decision": "approved, rejected or other",
    "reason": "the reason that was chosen", "late": "whether the promised time was over",
    "overdue": "whether it waited past its promised time", "elapsed": "seconds, nights and weekends included",
    "worked": "seconds of working time by the vendor's calendar", "day": "business date (GMT+08:00)",
    "ended": "first business date on which it no longer stood so; missing while it does",
}  # fmt: skip
_AMOUNTS, _SECONDS, _MARKS = ("amount", "budgeted"), ("elapsed", "worked"), ("late", "overdue")


def _column(name: str) -> Column[Any]:
    kind: Any = Text
    if name in _AMOUNTS:
        kind = Numeric(38, 8)
    elif name in _SECONDS:
        kind = Whole
    elif name in _MARKS:
        kind = Boolean
    elif name in ("day", "ended"):
        kind = Date
    return Column(name, kind, comment=_WORDS[name])


def _table(name: str, columns: str) -> Table:
    return Table(name, MetaData(), *(_column(each) for each in columns.split()))


_CASE = "case_id partner_id application_type status outcome"
_REVIEW = "case_id partner_id application_type stage reviewer"
application = _table("application", f"{_CASE} currency amount budgeted day")
application_end = _table("application_end", f"{_CASE} elapsed worked day")
application_state = _table("application_state", f"{_CASE} stage waits_for day ended")
decision = _table("decision", f"{_REVIEW} decision reason late elapsed worked day")
review_state = _table("review_state", f"{_REVIEW} overdue elapsed worked day ended")

_KINDS = {Text: pa.string(), Date: pa.date32(), Boolean: pa.bool_(), Whole: pa.int64(), Numeric: pa.decimal128(38, 8)}
MANY, SETTLED = 20_000, 300
FRESH = timedelta(minutes=15)
"""How often the ages of what waits are counted anew."""


def schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table of records."""
    return pa.schema([(column.name, _KINDS[type(column.type)]) for column in table.columns])


# ---- what changed ----


def version(uow: UnitOfWork) -> Hashable:
    """Another value whenever an application changed, or the actor may see other kinds of them.

    Where there are more than `MANY`, somebody changes one all the time: then it is another one every `SETTLED` seconds.
    """
    many, newest = changes(uow)
    settled = int(uow.now.timestamp() // SETTLED)
    return _seen(uow), ("settled", settled) if many > MANY else (many, newest)


def standing_version(uow: UnitOfWork) -> Hashable:
    """The same, and another whenever a partner of one stands otherwise."""
    return version(uow), past_version(uow)


def waiting_version(uow: UnitOfWork) -> Hashable:
    """The same, and another when time made a difference: something is due, or ages are counted anew."""
    return version(uow), int(uow.now.timestamp() // FRESH.total_seconds())


def _seen(uow: UnitOfWork) -> tuple[str, ...]:
    """The kinds of applications that the actor may see."""
    return tuple(sorted(key for key, made in application_types(uow).items() if may_view(uow, made)))


def only_sent(uow: UnitOfWork, stmt: Select[Any]) -> Select[Any]:
    """Kept to applications that were sent, of the kinds the actor may see."""
    gone = func.coalesce(C.outcome, "") == "deleted"
    return stmt.where(C.type.in_(_seen(uow)), C.submitted_at.is_not(None), ~gone)


# ---- cases ----


KEYS = ("case_id", "partner_id")
"""The columns that hold keys as the database writes them until they are in the table."""


@dataclass(frozen=True, slots=True)
class SentCase:
    """An application that was sent. Its keys are as the database writes them."""

    id: str
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
        return self.id, self.partner, self.type, self.status, self.outcome


def sent_cases(uow: UnitOfWork) -> Iterator[SentCase]:
    """Every application that was sent, of the kinds the actor may see. One statement."""
    stmt = select(
        key_text(C.id), key_text(C.partner_id), C.type, C.version, C.status, C.outcome, C.amount, C.currency,
        C.submitted_at, C.ended_at,
    )  # fmt: skip
    return (SentCase(*row) for row in uow.session.execute(only_sent(uow, stmt)))


def applications(uow: UnitOfWork) -> pa.Table:
    """Every application on the day it was first sent, with what it is about. Two statements.

    `budgeted` is what an application that is under review or approved asks for: nothing once it is back with the
    partner, rejected or cancelled.
    """
    asking = {key: _asking(made) for key, made in application_types(uow).items() if made.amount}
    asked = amounts(uow, {name for name, _ in asking.values()})
    rows = []
    for each in sent_cases(uow):
        name, back = asking.get(each.type, ("", frozenset[str]()))
        budgeted = None if each.status in back else asked.get((each.id, name))
        rows.append((*each.words, each.currency, each.amount, budgeted, business_date(each.sent)))
    return arrow(schema(application), rows, keys=KEYS)


def _asking(made: ApplicationType) -> tuple[str, frozenset[str]]:
    """The fact that says what is asked for, and the statuses in which an application asks for nothing."""
    first = made.form_node(made.workflow.start)
    back = (first.status, first.returned, first.cancelled)
    return made.amount[-1], frozenset(status for status in back if status)


def ends(uow: UnitOfWork) -> pa.Table:
    """Every application that is over, on the day it ended, and how long it took since it was first sent."""
    cases = [each for each in sent_cases(uow) if each.ended is not None]
    clocks = Clocks(uow, [each.sent for each in cases])
    rows = [
        (*each.words, *clocks.between(each.type, each.sent, each.ended), business_date(each.ended))
        for each in cases
        if each.ended is not None
    ]
    return arrow(schema(application_end), rows, keys=KEYS)


class Clocks:
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
        self, kind: str, began: datetime | None, until: datetime, paused: Sequence[tuple[datetime, datetime]]
    ) -> tuple[int | None, int | None]:
        """How long a review has waited, questions to the partner taken out; unknown when that is not kept."""
        if began is None:
            return None, None
        elapsed, worked = self.between(kind, began, until)
        for asked, answered in paused:
            stood = self.between(kind, asked, answered)
            elapsed, worked = elapsed - stood[0], worked - stood[1]
        return elapsed, worked

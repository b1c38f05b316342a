"""What happened to a case, in the order it happened: the truth that everything else is derived from.

Each event is a frozen dataclass with a schema number. An old event is brought to today's shape by `UPCASTERS` when it
is read, never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from pydantic import TypeAdapter

from models.engines.workflow.findings import Finding
from models.engines.workflow.state import ClockState, Visit


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    schema: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """A case of a type began, under a version of its definition."""

    type: str
    version: int
    partner_id: UUID
    by: UUID | None
    by_name: str


@dataclass(frozen=True, slots=True)
class Entered(Event):
    """The case arrived at a node: a visit began. `why`: it came back, `returned` or `cancelled`."""

    visit: str
    node: str
    kind: str
    at: datetime
    due_at: datetime | None = None
    why: str = ""
    status: str | None = None
    vendor_status: str | None = None
    phase: str | None = None
    expires_at: datetime | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived(Event):
    """One of the branches that a join waits for is here; `source` is the edge's beginning."""

    node: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Left(Event):
    """A visit ended with an outcome."""

    visit: str
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn(Event):
    """Branches are over because another one left their part of the workflow; joins forget what came there."""

    visits: tuple[str, ...]
    joins: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """The applicant sent a form: which revision, and the facts it holds."""

    visit: str
    form: str
    revision: int
    facts: dict[str, Any]
    findings: tuple[Finding, ...]
    by: UUID | None
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Claimed(Event):
    """Somebody took the visit as theirs."""

    visit: str
    by: UUID | None
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Assigned(Event):
    """The visit was given to somebody first, chosen by `how`; `turn` is whose turn it was (they may be away, and `to`
    stand in for them)."""

    visit: str
    node: str
    to: UUID
    to_name: str
    how: str
    turn: UUID
    turn_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Released(Event):
    """The visit is everybody's again."""

    visit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """A reviewer decided, `for_id` in somebody's stead. `facts` are what they filled in; `tone` is the decision's
    (empty: it was not kept yet), `stands_for` the entries of which the quorum wants some that it counts for."""

    visit: str
    node: str
    decision: str
    by: UUID | None
    by_name: str
    at: datetime
    reason: str = ""
    comment: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    for_id: UUID | None = None
    for_name: str = ""
    tone: str = ""
    stands_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked(Event):
    """A reviewer put a question to the applicant: the clock stops."""

    visit: str
    text: str
    by: UUID | None
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """The applicant answered: the clock goes on, `due_at` later by the working time it stood."""

    visit: str
    text: str
    by: UUID | None
    by_name: str
    at: datetime
    pause: timedelta
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckWanted(Event):
    """The worker is asked to run a check."""

    visit: str
    check: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Checked(Event):
    """A check answered."""

    visit: str
    check: str
    passed: bool
    findings: tuple[Finding, ...]
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableAnswered(Event):
    """A decision table was asked: the rows that fit, by number, and the facts they say."""

    visit: str
    rows: tuple[int, ...]
    facts: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class ActionTaken(Event):
    """An action of the definition belongs to this point; it was carried out in the same transaction."""

    visit: str
    action: str
    given: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class TimerSet(Event):
    """Something is to happen at a time unless the visit is over by then: `remind:…`, `due`, `escalate:…`, `wait`."""

    visit: str
    timer: str
    at: datetime
    fires_at: datetime


@dataclass(frozen=True, slots=True)
class Reminded(Event):
    """Whoever holds the visit was reminded that it is due."""

    visit: str
    timer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BecameOverdue(Event):
    """The due time passed."""

    visit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Escalated(Event):
    """The people of a role were told that a visit is overdue."""

    visit: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Expired(Event):
    """Nobody did within the time what the visit waited for."""

    visit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """The applicant took the case back."""

    visit: str
    by: UUID | None
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FactsNoted(Event):
    """Facts that an action (that of `visit`) or somebody outside the form noted on the case."""

    facts: dict[str, Any]
    at: datetime
    by_name: str = ""
    visit: str = ""


@dataclass(frozen=True, slots=True)
class ClockTurned(Event):
    """A clock was started, paused, resumed, stopped, reset or cancelled; when it is due since then."""

    clock: str
    what: str
    at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockRang(Event):
    """A rung of a clock's ladder came: `remind:…`, `due`, `escalate:…`."""

    clock: str
    timer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Migrated(Event):
    """The case goes on under another version: where it stands now, and everything that is kept by node, by new names.

    `undoes`: it was brought back to the version it came from.
    """

    version: int
    visits: tuple[Visit, ...]
    deciders: dict[str, tuple[UUID, ...]]
    agreed: dict[str, tuple[UUID, ...]]
    visited: dict[str, int]
    arrived: dict[str, tuple[str, ...]]
    status: str
    vendor_status: str
    phase: str
    by: UUID | None
    by_name: str
    at: datetime
    undoes: bool = False
    clocks: dict[str, ClockState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """The case is over."""

    outcome: str
    at: datetime


KINDS: dict[str, type[Event]] = {
    cls.__name__: cls
    for cls in (
        Opened, Arrived, Entered, Left, Submitted, Claimed, Assigned, Released, Decided, Asked, Answered, CheckWanted,
        Checked, ActionTaken, TimerSet, Reminded, BecameOverdue, Escalated, Expired, Cancelled, FactsNoted, Ended,
        TableAnswered, Withdrawn, Migrated, ClockTurned, ClockRang,
    )
}  # fmt: skip

UPCASTERS: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""By event and schema number: the same payload one schema later."""


_ADAPTERS: dict[type[Event], TypeAdapter[Event]] = {cls: TypeAdapter(cls) for cls in KINDS.values()}


def reader(kind: type[Event]) -> Callable[[dict[str, Any]], Event]:
    """What reads payloads of an event's present schema."""
    return _ADAPTERS[kind].validator.validate_python


def pack(event: Event) -> dict[str, Any]:
    """An event's payload as JSON values."""
    made: dict[str, Any] = _ADAPTERS[type(event)].dump_python(event, mode="json")
    return made


def unpack(kind: str, schema: int, payload: dict[str, Any]) -> Event:
    """The event that a stored payload means today."""
    cls = KINDS[kind]
    for number in range(schema, cls.schema):
        payload = UPCASTERS[kind, number](payload)
    return _ADAPTERS[cls].validate_python(payload)

"""What a case is at one moment: the fold of its events, kept on its row so that a decision need not replay them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

RETURNED, CANCELLED = "returned", "cancelled"


@dataclass(frozen=True, slots=True)
class Question:
    """A reviewer waits for the applicant's answer; the clock stands since `at`."""

    by: UUID | None
    by_name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Vote:
    """One reviewer's decision in a visit that needs several; `for_id`: made in somebody's stead; `stands_for` are the
    entries of which the quorum wants some that it counts for."""

    by: UUID | None
    by_name: str
    decision: str
    at: datetime
    for_id: UUID | None = None
    for_name: str = ""
    stands_for: tuple[str, ...] = ()

    @property
    def hands(self) -> tuple[UUID, ...]:
        """The people whose decision it is."""
        return tuple(person for person in (self.by, self.for_id) if person is not None)


@dataclass(frozen=True, slots=True)
class Visit:
    """The case stands at a node: since when, until when, who holds it.

    `id` is the node and the number of its visit (`finance_review#2`). `why` says that the case came back: `returned`
    or `cancelled`. `pause` is how long the clock stood in all; `due_at` already takes it into account. `fired` are the
    timers whose time has come; at `expires_at` nobody is waited for any longer. `candidates` say whose turn it is where
    that hangs on the case (`audience.py`), empty: the roles of the node; `assigned` how the holder was chosen, empty:
    they took it themselves.
    """

    id: str
    node: str
    kind: str
    entered_at: datetime
    due_at: datetime | None = None
    why: str = ""
    holder: UUID | None = None
    holder_name: str = ""
    question: Question | None = None
    pause: timedelta = timedelta()
    votes: tuple[Vote, ...] = ()
    fired: tuple[str, ...] = ()
    overdue: bool = False
    expires_at: datetime | None = None
    candidates: tuple[str, ...] = ()
    assigned: str = ""


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock that was started: the spans in which it stood (the last one open while it stands), when it was due as it
    was reckoned last, and the rungs of its ladder that have come."""

    started_at: datetime
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    due_at: datetime | None = None
    ended_at: datetime | None = None
    fired: tuple[str, ...] = ()

    @property
    def is_paused(self) -> bool:
        """Whether it stands."""
        return bool(self.pauses) and self.pauses[-1][1] is None


@dataclass(frozen=True, slots=True)
class State:
    """A case by its events. `seq` is the number of the last one: the version that a command expects.

    `facts` hold JSON values by name (amounts and dates as text); `deciders` who decided in a review node's last visit,
    `agreed` who ever agreed there (kept since decisions say their tone); `visited` how often each node was entered;
    `arrived` edges that a join waits with; `submitted` by form the number of its last revision.
    """

    type: str = ""
    version: int = 0
    seq: int = 0
    opened_by: UUID | None = None
    partner_id: UUID | None = None
    visits: tuple[Visit, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    submitted: dict[str, int] = field(default_factory=dict)
    submitters: tuple[UUID, ...] = ()
    deciders: dict[str, tuple[UUID, ...]] = field(default_factory=dict)
    agreed: dict[str, tuple[UUID, ...]] = field(default_factory=dict)
    visited: dict[str, int] = field(default_factory=dict)
    arrived: dict[str, tuple[str, ...]] = field(default_factory=dict)
    status: str = ""
    vendor_status: str = ""
    phase: str = ""
    outcome: str | None = None
    ended_at: datetime | None = None
    clocks: dict[str, ClockState] = field(default_factory=dict)

    def visit(self, visit_id: str) -> Visit | None:
        """The open visit with this id."""
        return next((visit for visit in self.visits if visit.id == visit_id), None)

    def at(self, kind: str) -> Visit | None:
        """The open visit of a kind, if there is just one way to mean it: the first."""
        return next((visit for visit in self.visits if visit.kind == kind), None)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        made: dict[str, Any] = _STATE.dump_python(self, mode="json")
        return made

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> State:
        """The state that the JSON values mean."""
        return _STATE.validate_python(values)


_STATE = TypeAdapter(State)

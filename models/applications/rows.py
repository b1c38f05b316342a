"""The rows that lists and queues of applications are made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID


class TaskRow(NamedTuple):
    """A review that waits: what it is about, until when, and who holds or has it open.

    `roles` are the entries that say whose turn it is, joined by a plus, `named` the one that names a person; `assigned`
    how the holder was chosen, empty: they took it; `stead` in whose stead it is the actor's turn. A tuple, because a
    page of a queue makes many: a frozen dataclass takes four times as long.
    """

    case_id: UUID
    visit: str
    number: str
    type_name: str
    title: str
    partner: str
    node: str
    label: str
    roles: str
    desk: str
    amount: Decimal | None
    opened_at: datetime
    due_at: datetime | None
    paused: bool
    why: str
    votes: int
    holder: UUID | None
    holder_name: str
    leased_by: UUID | None
    leased_by_name: str
    leased_until: datetime | None
    named: str | None
    assigned: str
    stead: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who a case waits for: `who` in words (a name, a role, the partner), since when, until when."""

    visit: str
    label: str
    kind: str
    who: str
    since: datetime
    due_at: datetime | None
    overdue: bool
    paused: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """An application in a list, with whoever it waits for."""

    id: UUID
    number: str
    type: str
    type_name: str
    title: str
    partner_id: UUID
    partner: str
    status: str
    phase: str
    amount: Decimal | None
    currency: str
    opened_at: datetime
    submitted_at: datetime | None
    changed_at: datetime
    ended_at: datetime | None
    standing: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which reviews of a desk are shown: all conditions together. `mine`: those the actor holds; `all_roles`: also
    those that the actor's roles do not decide."""

    desk: str = "reviews"
    search: str = ""
    types: Collection[str] = ()
    labels: Collection[str] = ()
    partners: Collection[UUID] = ()
    mine: bool = False
    overdue: bool = False
    all_roles: bool = False


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How a desk stands: open reviews, overdue ones, those due until the end of the business day, one's own."""

    open: int
    overdue: int
    due_today: int
    mine: int


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which applications are listed: all conditions together. `open`: True those still going on, False those over."""

    search: str = ""
    types: Collection[str] = ()
    statuses: Collection[str] = ()
    phases: Collection[str] = ()
    partners: Collection[UUID] = ()
    open: bool | None = None

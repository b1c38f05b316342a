"""A case's events and what is derived from them. Events are only ever added (triggers in their migration)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped, Unscoped
from models.core.types import AmountType, Currency, Id, Instant

OPEN = text("closed_at IS NULL")
NAMED = text("closed_at IS NULL AND named IS NOT NULL")


class Case(PartnerScoped, Base):
    """A case as lists show it: its last state (`seq`, `head`, `state`) and the words and figures out of it."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("opened_key"),
        Index(None, "partner_id", "changed_at", "id"),
        Index(None, "type", "changed_at", "id"),
        Index(None, "status", "changed_at", "id"),
        Index(None, "changed_at", "id"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    version: Mapped[int]
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    title: Mapped[str] = mapped_column(default="")
    amount: Mapped[Decimal | None] = mapped_column(AmountType())
    currency: Mapped[Currency]
    status: Mapped[str]
    vendor_status: Mapped[str]
    phase: Mapped[str]
    opened_at: Mapped[Instant]
    opened_by: Mapped[UUID | None]
    opened_by_name: Mapped[str]
    opened_key: Mapped[str | None]
    submitted_at: Mapped[Instant | None]
    changed_at: Mapped[Instant]
    changed_by_name: Mapped[str]
    ended_at: Mapped[Instant | None]
    outcome: Mapped[str | None]
    seq: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    state: Mapped[dict[str, Any]]


class CaseEvent(PartnerScoped, Base):
    """Something that happened to a case. A payload may be erased (it becomes NULL); the chain holds without it."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "key"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column()
    at: Mapped[Instant]
    kind: Mapped[str]
    schema: Mapped[int]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    key: Mapped[str | None]  # on the first event of a command: what was asked once is not done twice
    payload: Mapped[dict[str, Any] | None]
    salt: Mapped[str | None] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class CaseTask(PartnerScoped, Base):
    """A visit that waits for a person: what queues show. `roles` are the entries of its audience (roles, groups, skills
    …) joined by a plus, `named` the entry that names one person (`person:…`, `manager`), if there is one; `assigned`
    says how its holder was chosen.

    `queue_at` is when it is due, or the end of time when nothing is promised: a sort key is never empty.
    """

    __tablename__ = "case_task"
    __table_args__ = (
        # Partial, so that what was decided years ago makes no queue slower.
        Index("ix_case_task_queue", "desk", "roles", "queue_at", "case_id", "visit", sqlite_where=OPEN,
              postgresql_where=OPEN),
        Index("ix_case_task_due", "desk", "queue_at", "case_id", "visit", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_case_task_holder", "holder", "queue_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_case_task_named", "named", "queue_at", sqlite_where=NAMED, postgresql_where=NAMED),
        Index("ix_case_task_partner", "partner_id", "kind", "queue_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )  # fmt: skip

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    visit: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column()
    node: Mapped[str]
    kind: Mapped[str]
    desk: Mapped[str]
    roles: Mapped[str]
    label: Mapped[str]
    opened_at: Mapped[Instant]
    due_at: Mapped[Instant | None]
    queue_at: Mapped[Instant]
    overdue: Mapped[bool]
    paused: Mapped[bool]
    why: Mapped[str]
    votes: Mapped[int]
    holder: Mapped[UUID | None]
    holder_name: Mapped[str]
    named: Mapped[str | None]
    assigned: Mapped[str] = mapped_column(default="", server_default="")
    leased_by: Mapped[UUID | None]
    leased_by_name: Mapped[str] = mapped_column(default="")
    leased_until: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    outcome: Mapped[str | None]
    closed_by_name: Mapped[str | None]


class CaseFact(PartnerScoped, Base):
    """A typed fact of a case, so that SQL can search and add up what forms hold; one of the value columns is filled."""

    __tablename__ = "case_fact"
    __table_args__ = (Index(None, "name", "day"), Index(None, "name", "partner_id"))

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column()
    text: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(AmountType())
    day: Mapped[date | None]
    count: Mapped[int | None]
    yes: Mapped[bool | None]


class CaseDraft(PartnerScoped, Base):
    """What somebody typed into a form and has not sent yet; saved while they type."""

    __tablename__ = "case_draft"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column()
    data: Mapped[dict[str, Any]]
    step: Mapped[int]
    saved_at: Mapped[Instant]
    saved_by_name: Mapped[str]
    version: Mapped[int]


class CaseRevision(PartnerScoped, Base):
    """A form as it was sent, for good."""

    __tablename__ = "case_revision"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID] = mapped_column()
    data: Mapped[dict[str, Any]]
    submitted_at: Mapped[Instant]
    submitted_by_name: Mapped[str]


class CaseCounter(Unscoped, Base):
    """The last serial number of a type in a year."""

    unscoped_because = "a number is drawn from it when a case begins; nobody is shown it"
    __tablename__ = "case_counter"
    type: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class CaseTurn(Unscoped, Base):
    """Whose turn it was last at a stage that gives its reviews out one after the other."""

    unscoped_because = "names one of the vendor's people by key; read only to choose the next"
    __tablename__ = "case_turn"
    place: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[UUID]
    at: Mapped[Instant]


class ChainAnchor(Unscoped, Base):
    """A day's digest over the heads of all chains that grew, and over the anchor before: even a chain that was
    rewritten as a whole is found by it."""

    unscoped_because = "digests say nothing about anybody"
    __tablename__ = "chain_anchor"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Instant]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AnchoredHead(Unscoped, Base):
    """Where the chain of a case stood when an anchor was made."""

    unscoped_because = "digests say nothing about anybody"
    __tablename__ = "anchored_head"
    anchor: Mapped[int] = mapped_column(ForeignKey("chain_anchor.number"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True, index=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))

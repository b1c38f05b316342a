"""The history: who did what to whom, written in the transaction that did it, never changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.paging import FIRST_PAGE, Desc, Page, PageRequest, fetch_page
from models.core.types import Id, Instant
from models.core.unit_of_work import UnitOfWork


class HistoryEntry(PartnerScoped, Base):
    """One thing that was done. The database refuses to change or remove it (triggers in the first migration)."""

    __tablename__ = "history_entry"
    __table_args__ = (Index(None, "subject", "subject_id", "at"), Index(None, "partner_id", "at"))

    id: Mapped[Id]
    at: Mapped[Instant] = mapped_column(index=True)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    subject_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    changes: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An entry as pages show it."""

    id: UUID
    at: datetime
    actor_name: str
    action: str
    subject: str
    subject_id: UUID | None
    changes: dict[str, Any]


def entries(
    uow: UnitOfWork,
    *,
    subject: str | None = None,
    subject_id: UUID | None = None,
    page: PageRequest = FIRST_PAGE,
) -> Page[HistoryRow]:
    """What was done within the actor's scope, newest first; of one subject when named."""
    entry = HistoryEntry
    stmt = select(entry.id, entry.at, entry.actor_name, entry.action, entry.subject, entry.subject_id, entry.changes)
    if subject is not None:
        stmt = stmt.where(entry.subject == subject)
    if subject_id is not None:
        stmt = stmt.where(entry.subject_id == subject_id)
    return fetch_page(uow, stmt, HistoryRow, page, order=(Desc(entry.at), Desc(entry.id)))

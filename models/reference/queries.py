"""What the page shows of reference data: the entries with their validity, and who changed what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.core.calendars import WorkingCalendar
from models.core.history import HistoryEntry
from models.core.unit_of_work import UnitOfWork
from models.reference import calendars
from models.reference.rules import DayKind, Validity
from models.reference.tables import CalendarException, MessageText, TaxRate, WorkingHours

VIEW = "reference.view"


class Standing(StrEnum):
    """Where an entry stands on a day."""

    COMING = "Coming"
    IN_FORCE = "In force"
    OVER = "Over"
    WITHDRAWN = "Taken back"


@dataclass(frozen=True, slots=True)
class Entry:
    """What every entry has: its validity and version, who entered it, who ended it."""

    id: UUID
    country: str
    validity: Validity
    standing: Standing
    version: int
    created_at: datetime
    created_by: str
    ended_by: str


@dataclass(frozen=True, slots=True)
class ExceptionRow(Entry):
    """Holidays or working days of a country."""

    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class HoursRow(Entry):
    """Working hours of a country."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class TaxRow(Entry):
    """A tax of a country."""

    tax: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Something that was done to reference data."""

    at: datetime
    by: str
    action: str
    changes: dict[str, Any]


def exceptions(uow: UnitOfWork, country: str | None = None) -> list[ExceptionRow]:
    """Every exception of a country, or of all, the latest days first.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    return [
        ExceptionRow(**_entry(row, uow.today), kind=row.kind, name=row.name)
        for row in _rows(uow, CalendarException, country)
    ]


def hours(uow: UnitOfWork, country: str | None = None) -> list[HoursRow]:
    """The working hours that were entered for a country, or for all, the latest first.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    return [
        HoursRow(**_entry(row, uow.today), opens=row.opens, closes=row.closes)
        for row in _rows(uow, WorkingHours, country)
    ]


def taxes(uow: UnitOfWork, country: str | None = None) -> list[TaxRow]:
    """The tax rates of a country, or of all, by country, the latest first.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    return [TaxRow(**_entry(row, uow.today), tax=row.tax, percent=row.percent) for row in _rows(uow, TaxRate, country)]


def calendar(uow: UnitOfWork, country: str) -> WorkingCalendar:
    """A country's calendar as it counts.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    uow.actor.demand(VIEW)
    return calendars.calendar_book(uow).of(country)


def history(uow: UnitOfWork, *kinds: type[Any] | str, most: int = 50) -> list[ChangeRow]:
    """What was done to some kinds of reference data, the newest first.

    Raises:
        NotAllowed: the actor may not see reference data.
    """
    uow.actor.demand(VIEW)
    entry, subjects = HistoryEntry, [kind if isinstance(kind, str) else str(kind.__tablename__) for kind in kinds]
    stmt = select(entry.at, entry.actor_name, entry.action, entry.changes).where(entry.subject.in_(subjects))
    stmt = stmt.order_by(entry.at.desc(), entry.id.desc()).limit(most)
    return [ChangeRow(*found) for found in uow.session.execute(stmt)]


def _rows(uow: UnitOfWork, kind: type[Any], country: str | None) -> Sequence[Any]:
    uow.actor.demand(VIEW)
    stmt = select(kind).order_by(kind.country, kind.first_day.desc(), kind.id.desc())
    return uow.session.scalars(stmt if country is None else stmt.where(kind.country == country)).all()


def _entry(row: Any, today: date) -> dict[str, Any]:
    standing = Standing.IN_FORCE if row.validity.holds(today) else Standing.COMING
    if row.withdrawn:
        standing = Standing.WITHDRAWN
    elif row.last_day is not None and row.last_day < today:
        standing = Standing.OVER
    return {
        "id": row.id, "country": row.country, "validity": row.validity, "standing": standing, "version": row.version,
        "created_at": row.created_at, "created_by": row.created_by_name, "ended_by": row.ended_by_name or "",
    }  # fmt: skip


CALENDARS: tuple[type[Any], ...] = (CalendarException, WorkingHours)
TAXES: tuple[type[Any], ...] = (TaxRate,)
RATES = ("exchange_rate",)
MESSAGES: tuple[type[Any], ...] = (MessageText,)
"""What `history` is asked for."""

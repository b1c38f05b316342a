"""Reference data with its validity. Rows end or are withdrawn, they are never removed."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, Unscoped
from models.core.types import Id, Instant, Quantity
from models.reference.rules import DayKind, Validity

_FOR_ALL = "reference data, the same for everybody"
_ORDER = "last_day IS NULL OR last_day >= first_day"
IN_FORCE = text("until IS NULL")


class Dated:
    """What every row with a validity has: its days (both included), who entered it, and who withdrew it."""

    first_day: Mapped[date]
    last_day: Mapped[date | None]
    created_at: Mapped[Instant]
    created_by_name: Mapped[str]
    ended_at: Mapped[Instant | None]
    ended_by_name: Mapped[str | None]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    """Whether it was taken back before it began, and so never counted."""

    @property
    def validity(self) -> Validity:
        """Its days."""
        return Validity(self.first_day, self.last_day)


class CalendarException(Unscoped, Dated, Base):
    """Days that a country works, or does not, against its weekends and public holidays."""

    unscoped_because = _FOR_ALL
    __tablename__ = "calendar_exception"
    __table_args__ = (CheckConstraint(_ORDER, name="period"), Index(None, "country", "first_day"))
    id: Mapped[Id]
    country: Mapped[str] = mapped_column(String(2))
    kind: Mapped[DayKind]
    name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class WorkingHours(Unscoped, Dated, Base):
    """When a country's working day begins and ends, in business time (GMT+08:00)."""

    unscoped_because = _FOR_ALL
    __tablename__ = "working_hours"
    __table_args__ = (CheckConstraint(_ORDER, name="period"), Index(None, "country", "first_day"))
    id: Mapped[Id]
    country: Mapped[str] = mapped_column(String(2))
    opens: Mapped[time]
    closes: Mapped[time]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class TaxRate(Unscoped, Dated, Base):
    """A tax of a country in per cent."""

    unscoped_because = _FOR_ALL
    __tablename__ = "tax_rate"
    __table_args__ = (CheckConstraint(_ORDER, name="period"), Index(None, "country", "tax", "first_day"))
    id: Mapped[Id]
    country: Mapped[str] = mapped_column(String(2))
    tax: Mapped[str]
    percent: Mapped[Quantity]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class MessageText(Unscoped, Base):
    """The words of a message instead of the ones Kontor came with; at most one of each message is in force."""

    unscoped_because = "the words of messages, without anybody's data"
    __tablename__ = "message_text"
    __table_args__ = (
        Index("ix_message_text_now", "message", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
        Index(None, "message", "since"),
    )
    id: Mapped[Id]
    message: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    since: Mapped[Instant]
    until: Mapped[Instant | None]
    set_by_name: Mapped[str]
    ended_by_name: Mapped[str | None]

"""Time: always aware, always from here, so that tests move it instead of waiting for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, timezone

BUSINESS_ZONE = timezone(timedelta(hours=8), "GMT+08:00")
"""Bills, cycles and effective dates are cut at midnight here (CUS-COM-04)."""

_moved: ContextVar[datetime | None] = ContextVar("kontor_clock", default=None)


def now() -> datetime:
    """The time, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


def business_date(instant: datetime | None = None) -> date:
    """The business date (GMT+08:00) of an instant, of now by default."""
    return (instant or now()).astimezone(BUSINESS_ZONE).date()


def business_midnight(day: date) -> datetime:
    """The instant at which a business date begins, in UTC."""
    return datetime.combine(day, time(), BUSINESS_ZONE).astimezone(UTC)


@contextmanager
def clock_at(moment: datetime | date) -> Iterator[None]:
    """Let the time stand at `moment` (a date means its business midnight)."""
    token = _moved.set(as_instant(moment))
    try:
        yield
    finally:
        _moved.reset(token)


def stands_at() -> datetime | None:
    """The time that `clock_at` lets stand; None while it runs."""
    return _moved.get()


def as_instant(moment: datetime | date) -> datetime:
    """An aware UTC time of a date or time; a naive time is refused.

    Raises:
        ValueError: the time names no zone.
    """
    if not isinstance(moment, datetime):
        return business_midnight(moment)
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} names no time zone")
    return moment.astimezone(UTC)

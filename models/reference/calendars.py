"""The working calendars as they count: every country's own holidays and weekends, and what the vendor changed.

A due time is asked for in nearly every decision, and the calendars change a few times a year. So a process reads them
once in `FRESH` seconds for all its transactions, and a transaction keeps to what it began with. A change counts at once
in the transaction that makes it, with its commit in this process, and within `FRESH` seconds in every other one.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from time import monotonic
from typing import Any

from sqlalchemy import event, select

from models.core.calendars import CalendarBook, Hours, WorkingCalendar
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.reference.rules import DayKind, Validity
from models.reference.tables import CalendarException, WorkingHours

FRESH = 10.0
"""Seconds."""

_IN_FORCE, _CHANGED = "calendars in force", "calendars changed here"
_kept: dict[str, tuple[float, CalendarBook]] = {}
"""By record store: until when it counts as fresh, and the calendars."""


def calendar_book(uow: UnitOfWork) -> CalendarBook:
    """The calendars of all countries as this transaction sees them."""
    info = uow.session.info
    if (own := info.get(_IN_FORCE)) is not None:
        assert isinstance(own, CalendarBook)
        return own
    store, changed = settings().record_store, info.get(_CHANGED, False)
    until, book = _kept.get(store, (0.0, None))
    if book is None or changed or monotonic() >= until:
        book = _read(uow)
        if not changed:  # what is not committed yet concerns nobody else
            _kept[store] = (monotonic() + FRESH, book)
    info[_IN_FORCE] = book
    return book


def changed(uow: UnitOfWork) -> None:
    """Let what this transaction changed of calendars count: here at once, elsewhere when it is committed."""
    info = uow.session.info
    info.pop(_IN_FORCE, None)
    if not info.get(_CHANGED):
        info[_CHANGED] = True
        store = settings().record_store

        def forget(_: Any) -> None:
            _kept.pop(store, None)

        event.listen(uow.session, "after_commit", forget)


def _read(uow: UnitOfWork) -> CalendarBook:
    extra: dict[tuple[str, DayKind], set[date]] = defaultdict(set)
    row, time = CalendarException, WorkingHours
    days = select(row.country, row.kind, row.first_day, row.last_day).where(row.withdrawn.is_(False))
    for country, kind, first, last in uow.session.execute(days):
        extra[country, kind] |= set(Validity(first, last).days())
    hours: dict[str, list[Hours]] = defaultdict(list)
    spans = select(time.country, time.first_day, time.last_day, time.opens, time.closes)
    for country, first, last, opens, closes in uow.session.execute(spans.where(time.withdrawn.is_(False))):
        hours[country].append(Hours(first, last, opens, closes))
    return CalendarBook(
        {
            country: WorkingCalendar(
                country, extra_holidays=frozenset(extra[country, DayKind.HOLIDAY]),
                extra_workdays=frozenset(extra[country, DayKind.WORKDAY]), hours=tuple(hours[country]),
            )
            for country in {each for each, _ in extra} | set(hours)
        }
    )  # fmt: skip

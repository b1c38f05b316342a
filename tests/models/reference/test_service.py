"""Calendars and taxes on both databases: who may change them, what they change, and what has passed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models.applications import stages
from models.applications.access import find
from models.core.clock import BUSINESS_ZONE
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, WrongState
from models.core.outbox import OutboxRow
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.identity.roles import role_book
from models.reference import queries, service
from models.reference.queries import Standing
from models.reference.rules import DayKind, Validity
from models.reference.tables import CalendarException, TaxRate, WorkingHours
from tests.support.acting import acting, codes
from tests.support.build import Build
from tests.support.requests import Office

NOW = datetime(2026, 7, 20, 10, tzinfo=BUSINESS_ZONE)  # a Monday
TODAY, NEXT = NOW.date(), date(2026, 7, 27)
H = DayKind.HOLIDAY


@pytest.fixture
def ines(build: Build, uow: UnitOfWork) -> UnitOfWork:
    """An ecosystem manager on that Monday."""
    return acting(uow.at(NOW), build.actor("ecosystem_manager", name="Inês Duarte"))


def test_an_extra_holiday_moves_the_due_time_of_what_follows(office: Office, uow: UnitOfWork) -> None:
    def due() -> datetime:
        found = find(uow, office.reviewed()).state.visits[0].due_at
        assert found is not None
        return found.astimezone(BUSINESS_ZONE)

    office.build.uow = at = uow.at(NOW)
    assert due() == datetime(2026, 7, 23, 18, tzinfo=BUSINESS_ZONE)  # three working days in China
    manager = acting(at, office.build.actor("ecosystem_manager"))
    entry = service.add_exception(manager, "CN", H, "Company day", date(2026, 7, 22))
    uow.session.info["scope"] = at.actor.scope
    assert due() == datetime(2026, 7, 24, 18, tzinfo=BUSINESS_ZONE)
    service.set_hours(manager, "CN", time(9), time(15), date(2026, 7, 24))
    assert due() == datetime(2026, 7, 24, 15, tzinfo=BUSINESS_ZONE)
    service.end(manager, CalendarException, entry, TODAY, expected=1)
    assert due() == datetime(2026, 7, 23, 18, tzinfo=BUSINESS_ZONE)


def test_a_timer_that_a_new_holiday_makes_early_is_set_anew(office: Office, uow: UnitOfWork) -> None:
    """The review was due on Thursday evening, its escalation a working day later; Friday becomes a holiday."""
    office.build.uow = at = uow.at(NOW)
    case_id = office.reviewed()
    visit = find(uow, case_id).state.visits[0].id
    manager = acting(at, office.build.actor("ecosystem_manager"))
    service.add_exception(manager, "CN", H, "Company day", date(2026, 7, 24))
    uow.session.info["scope"] = at.actor.scope
    friday, timer = datetime(2026, 7, 24, 18, tzinfo=BUSINESS_ZONE), "escalate:ecosystem_manager"
    assert not stages.fire_timer(uow.at(friday), case_id, visit, timer)
    rows = uow.session.scalars(select(OutboxRow).where(OutboxRow.topic == "reviews.timer")).all()
    set_for = sorted(row.due_at.astimezone(BUSINESS_ZONE) for row in rows if row.payload["timer"] == timer)
    assert set_for == [friday, friday + timedelta(days=3)]
    assert not stages.fire_timer(uow.at(friday), case_id, visit, timer)
    assert len(uow.session.scalars(select(OutboxRow).where(OutboxRow.topic == "reviews.timer")).all()) == len(rows)
    assert stages.fire_timer(uow.at(friday + timedelta(days=3)), case_id, visit, timer)


def test_an_entry_says_who_and_when_and_its_end_is_kept(ines: UnitOfWork) -> None:
    entry = service.add_exception(ines, "de", H, " Company week ", NEXT, NEXT + timedelta(days=4))
    (row,) = queries.exceptions(ines, "DE")
    assert (row.kind, row.name, row.validity) == (H, "Company week", Validity(NEXT, NEXT + timedelta(days=4)))
    assert (row.standing, row.version, row.created_by) == (Standing.COMING, 1, "Inês Duarte")
    later = ines.at(NEXT + timedelta(days=2))
    service.end(later, CalendarException, entry, NEXT + timedelta(days=1), expected=1)
    (row,) = queries.exceptions(later, "DE")
    assert (row.validity.last, row.standing, row.version) == (NEXT + timedelta(days=1), Standing.OVER, 2)
    assert codes(lambda: service.end(later, CalendarException, entry, NEXT, expected=2)) == ["REF-OVER"]
    told = queries.history(later, *queries.CALENDARS)
    assert [(each.by, each.action) for each in told] == [
        ("Inês Duarte", "calendar_exception.ended"), ("Inês Duarte", "calendar_exception.entered")
    ]  # fmt: skip
    assert told[0].changes["valid"] == ["2026-07-27 to 2026-07-31", "2026-07-27 to 2026-07-28"]


def test_what_has_not_begun_is_taken_back_whole(ines: UnitOfWork) -> None:
    entry = service.add_exception(ines, "DE", H, "Company day", NEXT)
    service.end(ines, CalendarException, entry, TODAY, expected=1)
    (row,) = queries.exceptions(ines)
    assert (row.standing, row.ended_by) == (Standing.WITHDRAWN, "Inês Duarte")
    with pytest.raises(WrongState, match="Inês Duarte took this back already"):
        service.end(ines, CalendarException, entry, TODAY, expected=2)
    service.add_exception(ines, "DE", H, "Company day", NEXT)  # its days are free again
    assert queries.calendar(ines, "DE").works_on(NEXT) is False


def test_who_saw_an_older_entry_changes_nothing(ines: UnitOfWork) -> None:
    entry = service.set_hours(ines, "DE", time(9), time(17), TODAY)
    service.end(ines, WorkingHours, entry, NEXT, expected=1)
    with pytest.raises(ChangedMeanwhile, match="Inês Duarte changed this meanwhile"):
        service.end(ines, WorkingHours, entry, TODAY, expected=1)
    assert queries.hours(ines)[0].validity.last == NEXT
    with pytest.raises(NotFound):
        service.end(ines, WorkingHours, new_id(), TODAY, expected=1)


def test_a_new_rate_ends_the_one_before(ines: UnitOfWork) -> None:
    service.set_tax(ines, "DE", "VAT", Decimal("19"), TODAY)
    service.set_tax(ines, "DE", "VAT", Decimal("20.5"), NEXT)
    found = [(row.percent, str(row.validity), row.standing) for row in queries.taxes(ines, "DE")]
    assert found == [
        (Decimal("20.5"), "from 2026-07-27", Standing.COMING),
        (Decimal("19"), "2026-07-20 to 2026-07-26", Standing.IN_FORCE),
    ]
    assert codes(lambda: service.set_tax(ines, "DE", "VAT", Decimal("21"), NEXT)) == ["REF-OVERLAP"]
    assert codes(lambda: service.set_tax(ines, "DE", "VAT", Decimal("21"), date(2026, 1, 1))) == ["REF-PAST"]
    assert [row.validity.last for row in queries.taxes(ines, "DE")] == [None, NEXT - timedelta(days=1)]


@pytest.mark.parametrize("country", ["", "D", "XX", "001", "Germany", "EU"])
def test_a_country_has_two_letters(ines: UnitOfWork, country: str) -> None:
    assert codes(lambda: service.add_exception(ines, country, H, "Day", NEXT)) == ["REF-COUNTRY"]
    assert queries.exceptions(ines) == []


CHANGES: dict[str, Any] = {
    "exception": lambda uow: service.add_exception(uow, "DE", H, "Company day", NEXT),
    "hours": lambda uow: service.set_hours(uow, "DE", time(9), time(17), NEXT),
    "tax": lambda uow: service.set_tax(uow, "DE", "VAT", Decimal("19"), NEXT),
    "end": lambda uow: service.end(uow, TaxRate, new_id(), NEXT, expected=1),
}
MANAGERS, VIEWERS = {"administrator", "ecosystem_manager"}, {"administrator", "ecosystem_manager", "finance"}


def test_only_managers_change_and_only_some_see(build: Build, uow: UnitOfWork) -> None:
    partner = build.partner()
    for role in [*role_book().vendor, *role_book().partner]:
        of = partner if role in role_book().partner else None
        actor = build.actor(role, partner=of)
        work = acting(uow.at(NOW), actor)
        for change in CHANGES.values():
            if role not in MANAGERS:
                with pytest.raises(NotAllowed):
                    change(work)
        for read in (queries.exceptions, queries.hours, queries.taxes, lambda w: queries.calendar(w, "DE")):
            if role not in VIEWERS:
                with pytest.raises(NotAllowed):
                    read(work)
            else:
                read(work)
    assert uow.session.scalars(select(CalendarException)).all() == []

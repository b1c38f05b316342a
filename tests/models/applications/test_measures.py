"""Applications in flight, decisions and their times, what waits: three cases whose hours were counted by hand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.applications import applying, measures, reviewing
from models.applications.worked import WorkedTime
from models.core.calendars import WorkingCalendar
from models.core.clock import BUSINESS_ZONE
from models.engines.statistics import forget
from tests.support.build import Build, nobody
from tests.support.figures import figure, figures
from tests.support.mdf import Fund

JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (6, 7, 8))
HOUR = 3600


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


@pytest.fixture
def fund(build: Build) -> Fund:
    """A partner, and everybody who works on its MDF cases."""
    return Fund(build)


def at(text: str) -> datetime:
    """A time of July or August 2026 in GMT+08:00: `07-06 10:00`."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}+08:00")


@pytest.fixture
def cases(fund: Fund) -> tuple[UUID, UUID, UUID]:
    """One approved after a question (50 hours, 20 of them working hours), one rejected over a weekend (65 hours, 2 of
    them working hours), one that waits."""
    fund.now = at("07-06 10:00")
    approved = fund.applied(activity_name="Riga Cloud Day")
    fund.now = at("07-07 10:00")
    with fund.as_(fund.joris) as uow:
        reviewing.ask(uow, approved, fund.visit(approved), "Which speakers?", key="q")
    fund.now = at("07-08 10:00")
    with fund.as_(fund.liis) as uow:
        applying.answer(uow, approved, fund.visit(approved), "Six of ours.", key="a")
    fund.now = at("07-09 12:00")
    fund.decide(fund.joris, approved, "approve")
    fund.now = at("07-10 17:00")
    rejected = fund.applied(activity_name="Vilnius Fair")
    fund.now = at("07-13 10:00")
    fund.decide(fund.joris, rejected, "reject", reason="R-03 Budget not plausible", comment="Too dear.")
    fund.now = at("07-20 10:00")
    waiting = fund.applied(activity_name="Tallinn Meetup", starts_on="2026-12-07", ends_on="2026-12-08")
    fund.begun()
    fund.now = at("08-03 10:00")
    return approved, rejected, waiting


@pytest.mark.meets("BEN-STA-03")
def test_decisions_and_their_times(fund: Fund, cases: tuple[UUID, UUID, UUID]) -> None:
    with fund.as_(fund.ines) as uow:
        assert figure(uow, "applications_submitted", JULY) == 3
        assert (figure(uow, "decisions", JULY), figure(uow, "rejections", JULY)) == (2, 1)
        assert figure(uow, "rejection_share", JULY) == Decimal("0.5")
        assert figure(uow, "late_decision_share", JULY) == 0
        assert figures(uow, "rejection_share", JUNE) == {}
        times = [
            figure(uow, f"decision_time_{name}", JULY) for name in ("median", "p90", "working_median", "working_p90")
        ]
        assert times == [50 * HOUR, 65 * HOUR, 2 * HOUR, 20 * HOUR]
        assert figures(uow, "decisions", JULY, by=("decision", "reason")) == {
            ("approved", "none"): 1, ("rejected", "R-03 Budget not plausible"): 1,
        }  # fmt: skip
        assert figures(uow, "decisions", JULY, by=("stage", "reviewer")) == {
            ("Application review", str(fund.joris.user_id)): 2
        }


@pytest.mark.meets("BEN-STA-03")
def test_where_applications_stand_and_what_waits(fund: Fund, cases: tuple[UUID, UUID, UUID]) -> None:
    with fund.as_(fund.ines) as uow:
        assert [figure(uow, "applications_in_flight", month) for month in (JUNE, JULY, AUGUST)] == [0, 3, 3]
        assert figures(uow, "applications_in_flight", JULY, by=("stage", "status", "waits_for")) == {
            ("Activity and reimbursement", "MDF application approved", "partner"): 1,
            ("Application", "MDF application rejected", "partner"): 1,
            ("Application review", "MDF application being reviewed", "vendor"): 1,
        }
        assert figures(uow, "reviews_waiting", JULY, by=("stage",)) == {"Application review": 1}
        assert (figure(uow, "reviews_overdue", JUNE), figure(uow, "reviews_overdue", JULY)) == (0, 1)
        assert figure(uow, "queue_age_median", AUGUST) == 14 * 24 * HOUR
        assert figure(uow, "queue_age_working_p90", AUGUST) == 10 * 9 * HOUR
    fund.now = at("08-03 12:00")
    fund.decide(fund.joris, cases[2], "approve")
    with fund.as_(fund.ines) as uow:
        assert figure(uow, "reviews_waiting", AUGUST) == figure(uow, "reviews_overdue", AUGUST) == 0
        assert figure(uow, "late_decision_share", AUGUST) == 1
        assert figures(uow, "queue_age_median", AUGUST) == {}


def test_partners_read_their_own_without_the_names_of_reviewers(fund: Fund, cases: tuple[UUID, UUID, UUID]) -> None:
    other = fund.partner_named("Amber Works")
    with fund.as_(fund.liis) as uow:
        assert figure(uow, "applications_submitted", JULY) == 3
        assert figures(uow, "decisions", JULY, by=("reviewer",)) == {"none": 2}
    for stranger in (fund.build.actor("partner_admin", partner=other), nobody(fund.partner.id)):
        with fund.as_(stranger) as uow:
            for name in ("applications_submitted", "applications_in_flight", "decisions", "reviews_waiting"):
                assert figures(uow, name, JULY) == {}, name
    analyst = fund.build.actor("analyst")
    assert not any(facts.open_to(analyst) for facts in measures.FACTS)
    assert all(facts.open_to(fund.ines) and facts.open_to(fund.liis) for facts in measures.FACTS)


def test_an_application_s_whole_time_and_amounts(fund: Fund) -> None:
    """Paid at 8,640.00 on the day it was sent (by the clock of the test), asked for and claimed the same."""
    fund.now = at("07-06 10:00")
    fund.paid()
    with fund.as_(fund.ines) as uow:
        assert figures(uow, "applications_ended", AUGUST, by=("outcome",)) == {"paid": 1}
        assert figure(uow, "application_time_median", AUGUST) == 35 * 24 * HOUR
        assert figure(uow, "application_time_working_median", AUGUST) == 25 * 9 * HOUR
        assert figure(uow, "amount_requested", JULY) == figure(uow, "budgeted", JULY) == Decimal("8640")
        assert figure(uow, "applications_in_flight", JULY) == 1
        assert figure(uow, "applications_in_flight", AUGUST) == 0


INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30), timezones=st.just(BUSINESS_ZONE))


@settings(max_examples=60, deadline=None)
@given(start=INSTANTS, end=INSTANTS)
def test_working_time_is_what_the_calendar_counts(start: datetime, end: datetime) -> None:
    calendar = WorkingCalendar("CN", extra_workdays=frozenset({date(2026, 7, 4)}), extra_holidays=frozenset({JULY}))
    worked = WorkedTime(calendar, date(2026, 1, 1), date(2026, 12, 31))
    assert abs(worked.seconds(start, end) - calendar.working_time(start, end).total_seconds()) <= 1

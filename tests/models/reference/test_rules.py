"""What reference data must be before it counts, by tables of cases."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from models.core.calendars import CalendarBook, Hours, WorkingCalendar
from models.core.clock import BUSINESS_ZONE
from models.core.errors import Problem
from models.reference import rules
from models.reference.rules import DayKind, Validity

TODAY = date(2026, 7, 20)  # a Monday
D = date.fromisoformat


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("first", "last", "other_first", "other_last", "meets"),
    [
        ("2026-08-01", "2026-08-31", "2026-08-31", None, True),
        ("2026-08-01", "2026-08-31", "2026-09-01", None, False),
        ("2026-08-01", None, "2026-07-01", "2026-07-31", False),
        ("2026-08-01", None, "2026-07-01", "2026-08-01", True),
        ("2026-08-01", None, "2027-01-01", None, True),
        ("2026-08-02", "2026-08-02", "2026-08-01", "2026-08-03", True),
    ],
)
def test_validities_meet_where_a_day_lies_in_both(
    first: str, last: str | None, other_first: str, other_last: str | None, meets: bool
) -> None:
    one = Validity(D(first), D(last) if last else None)
    other = Validity(D(other_first), D(other_last) if other_last else None)
    assert one.meets(other) is meets
    assert other.meets(one) is meets


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-07-20", "2026-07-20", []),
        ("2026-07-19", "2026-07-21", ["REF-PAST"]),
        ("2026-07-22", "2026-07-21", ["REF-ORDER"]),
        ("2026-08-05", "2026-08-06", ["REF-OVERLAP"]),
        ("2026-07-30", "2026-08-12", ["REF-OVERLAP", "REF-OVERLAP"]),
    ],
)
def test_a_new_validity_begins_today_or_later_and_meets_no_other(first: str, last: str, expected: list[str]) -> None:
    others = [Validity(D("2026-08-04"), D("2026-08-06")), Validity(D("2026-08-10"), None)]
    assert codes(rules.validity_problems(Validity(D(first), D(last)), others, today=TODAY)) == expected


@pytest.mark.parametrize(
    ("kind", "first", "last", "name", "expected"),
    [
        ("holiday", "2026-07-27", "2026-07-27", "Company day", []),
        ("workday", "2026-07-25", "2026-07-25", "Instead of Monday", []),
        ("holiday", "2026-07-25", "2026-07-26", "Weekend", ["REF-NOTHING"]),
        ("holiday", "2026-07-24", "2026-07-26", "Long weekend", []),
        ("workday", "2026-07-27", "2026-07-27", "Monday", ["REF-NOTHING"]),
        ("holiday", "2026-07-27", "2026-07-27", " ", ["REF-NAME"]),
        ("holiday", "2026-07-27", "2026-07-27", "x" * 81, ["REF-NAME"]),
        ("holiday", "2026-07-27", "2026-09-24", "60 days", []),
        ("holiday", "2026-07-27", "2026-09-25", "61 days", ["REF-LONG"]),
    ],
)
def test_exceptions_change_something_and_are_short(
    kind: str, first: str, last: str, name: str, expected: list[str]
) -> None:
    wanted = Validity(D(first), D(last))
    found = rules.exception_problems(DayKind(kind), wanted, [], WorkingCalendar("DE"), name=name, today=TODAY)
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("first", "last", "until", "expected"),
    [
        ("2026-07-01", None, "2026-07-19", []),
        ("2026-07-01", None, "2026-07-18", ["REF-PAST"]),
        ("2026-07-01", "2026-07-19", "2026-07-19", ["REF-OVER"]),
        ("2026-08-01", "2026-08-05", "2026-07-31", []),
        ("2026-08-01", "2026-08-05", "2026-08-06", ["REF-LONGER"]),
        ("2026-08-01", None, "2026-12-31", []),
    ],
)
def test_what_has_passed_cannot_end_earlier(first: str, last: str | None, until: str, expected: list[str]) -> None:
    current = Validity(D(first), D(last) if last else None)
    assert codes(rules.end_problems(current, D(until), today=TODAY)) == expected


@pytest.mark.parametrize(
    ("tax", "percent", "expected"),
    [
        ("VAT", "19", []), ("VAT", "0", []), ("VAT", "100", []), ("VAT", "7.1234", []),
        ("VAT", "100.01", ["REF-PERCENT"]), ("VAT", "-1", ["REF-PERCENT"]), ("VAT", "NaN", ["REF-PERCENT"]),
        ("VAT", "7.12345", ["REF-PLACES"]), ("", "19", ["REF-NAME"]),
    ],
)  # fmt: skip
def test_a_tax_lies_between_nothing_and_all(tax: str, percent: str, expected: list[str]) -> None:
    assert codes(rules.tax_problems(tax, Decimal(percent))) == expected


def test_a_day_closes_after_it_opens() -> None:
    assert rules.hours_problems(time(9), time(17)) == []
    assert codes(rules.hours_problems(time(17), time(9))) == ["REF-HOURS"]


def test_hours_of_some_time_end_a_due_day_earlier_and_count_as_working_time() -> None:
    short = Hours(D("2026-07-20"), D("2026-07-24"), time(10), time(14))
    calendar = WorkingCalendar("DE", hours=(short,))
    start = datetime(2026, 7, 20, 9, tzinfo=BUSINESS_ZONE)
    assert calendar.due(start, workdays=1) == datetime(2026, 7, 21, 14, tzinfo=BUSINESS_ZONE)
    assert calendar.due(start, workdays=5) == datetime(2026, 7, 27, 18, tzinfo=BUSINESS_ZONE)
    assert calendar.working_time(start, datetime(2026, 7, 21, 12, tzinfo=BUSINESS_ZONE)).total_seconds() == 6 * 3600


def test_a_book_answers_for_every_country() -> None:
    book = CalendarBook({"DE": WorkingCalendar("DE", extra_holidays=frozenset({D("2026-07-27")}))})
    german = book.of("CN").of("DE")
    assert german.works_on(D("2026-07-27")) is False
    assert book.of("CN").works_on(D("2026-07-27")) is True
    assert WorkingCalendar("CN").of("DE").works_on(D("2026-07-27")) is True

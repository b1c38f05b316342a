"""The rules of alerts by tables of cases: limits, changes, and what is unusual for its weekday or month."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from models.engines.statistics.alerting import (
    Anomaly,
    Change,
    Direction,
    Rule,
    Threshold,
    beyond,
    changed,
    median,
    unusual,
)

D = Decimal
SUNDAY = date(2026, 6, 28)


@pytest.mark.parametrize(
    "rule, value, raised, expected",
    [
        (Threshold(above=D(100)), "100", False, "100"),
        (Threshold(above=D(100)), "100.000000000001", True, "100"),
        (Threshold(below=D(100)), "100", False, "100"),
        (Threshold(below=D(100)), "99.99", True, "100"),
        (Threshold(below=D(10), above=D(20)), "15", False, "20"),
        (Threshold(below=D(10), above=D(20)), "9", True, "10"),
        (Threshold(below=D(0)), "-0.01", True, "0"),
    ],
)
def test_a_limit_is_passed_not_reached(rule, value, raised, expected):
    verdict = beyond(rule, D(value))
    assert (verdict.raised, verdict.expected) == (raised, D(expected))


@pytest.mark.parametrize(
    "rule, value, before, raised, percent",
    [
        (Change(percent=D(10)), "110", "100", False, "10"),
        (Change(percent=D(10)), "110.1", "100", True, "10.1"),
        (Change(percent=D(10)), "89", "100", True, "-11"),
        (Change(percent=D(10), direction=Direction.UP), "89", "100", False, "-11"),
        (Change(percent=D(10), direction=Direction.DOWN), "89", "100", True, "-11"),
        (Change(percent=D(10), least=D(12)), "89", "100", False, "-11"),
        (Change(percent=D(10), least=D(5)), "6", "0", True, None),
        (Change(percent=D(10), least=D(5)), "4", "0", False, None),
        (Change(percent=D(10)), "0", "0", False, None),
        (Change(percent=D(10)), "-50", "-100", True, "50"),
    ],
)
def test_a_change_is_large_in_percent_and_in_all(rule, value, before, raised, percent):
    verdict = changed(rule, D(value), D(before))
    assert verdict.raised is raised
    assert verdict.percent == (None if percent is None else D(percent))


def days(*values: str, until: date = SUNDAY) -> list[tuple[date, Decimal]]:
    return [(until - timedelta(days=place + 1), D(value)) for place, value in enumerate(values)]


def weeks(weekday: str, weekend: str, count: int = 10) -> list[tuple[date, Decimal]]:
    every = [SUNDAY - timedelta(days=back) for back in range(1, 7 * count + 1)]
    noise = lambda day: D(day.day % 3) / 10  # noqa: E731
    return [(day, D(weekend if day.weekday() > 4 else weekday) + noise(day)) for day in every]


@pytest.mark.parametrize(
    "value, on, history, raised",
    [
        ("10", SUNDAY, weeks("100", "10"), False),
        ("100", SUNDAY, weeks("100", "10"), True),  # usual on a Monday, not on a Sunday
        ("100", SUNDAY + timedelta(days=1), weeks("100", "10"), False),
        ("10", SUNDAY + timedelta(days=1), weeks("100", "10"), True),
        ("10.9", SUNDAY, weeks("100", "10"), False),  # far in deviations, but less than ten percent
        ("50", SUNDAY, days("10", "11", "10", "12"), False),  # too little history
        ("50", SUNDAY, days("10", "11", "10", "12", "10"), True),
        ("10", SUNDAY, days(*["10"] * 9), False),
        ("12", SUNDAY, days(*["10"] * 9), True),
        ("12", SUNDAY, days(*["10"] * 8, "1000"), True),  # one outlier does not hide the next
        ("5", SUNDAY, days(*["0"] * 9), True),
    ],
)
def test_a_day_is_unusual_beside_the_same_weekday(value, on, history, raised):
    assert unusual(Anomaly(), D(value), on, history, daily=True).raised is raised


def test_a_month_is_unusual_beside_the_same_month_where_there_are_enough_years():
    decembers = [
        (date(year, month, 1), D(500 if month == 12 else 100)) for year in range(2020, 2026) for month in range(1, 13)
    ]
    december = date(2026, 12, 1)
    assert not unusual(Anomaly(), D(510), december, decembers, daily=False).raised
    assert unusual(Anomaly(), D(100), december, decembers, daily=False).raised
    assert unusual(Anomaly(), D(500), december, decembers[-14:], daily=False).raised, "two Decembers say nothing"
    verdict = unusual(Anomaly(), D(500), december, decembers[-3:], daily=False)
    assert (verdict.raised, verdict.known) == (False, False)


def test_only_the_direction_that_matters():
    up = Anomaly(direction=Direction.UP)
    assert not unusual(up, D(1), SUNDAY, days(*["10"] * 9), daily=True).raised
    assert unusual(up, D(19), SUNDAY, days(*["10"] * 9), daily=True).raised


@settings(max_examples=50, deadline=None)
@given(st.lists(st.decimals(-1000, 1000, places=3), min_size=1, max_size=30))
def test_a_median_halves_the_values(values):
    middle = median(values)
    assert sum(value < middle for value in values) * 2 <= len(values)
    assert sum(value > middle for value in values) * 2 <= len(values)


@pytest.mark.parametrize(
    "given_",
    [
        {"kind": "threshold"},
        {"kind": "threshold", "above": 1, "below": 2},
        {"kind": "change", "percent": 0},
        {"kind": "anomaly", "deviations": -1},
        {"kind": "threshold", "above": "NaN"},
        {"kind": "moon"},
    ],
)
def test_a_rule_that_says_nothing_is_refused(given_):
    with pytest.raises(ValidationError):
        TypeAdapter(Rule).validate_python(given_)

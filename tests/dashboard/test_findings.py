"""The words over the charts say what the numbers carry, and no more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboard.parts.findings import Moved, direction, largest_title, split_title, trend_title


def amounts(*values):
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("now", "before", "word"),
    [
        ("88", "100", "fell"),
        ("100.01", "100", "stayed level"),
        ("101", "100", "rose"),
        ("5", "0", "rose"),
        ("0", "0", "stayed level"),
    ],
)
def test_direction(now, before, word):
    assert direction(Decimal(now), Decimal(before)) == word


def test_the_line_was_level_and_then_fell():
    before = amounts(*[160] * 30)
    now = amounts(*[161] * 9, *[139] * 21)
    assert trend_title("June", "May", now, before) == "June ran level with May until the 9th, then 13\u202f% below"


@pytest.mark.parametrize(
    ("factor", "title"),
    [
        ("1.01", "June ran level with May"),
        ("1.2", "June ran 20\u202f% above May"),
        ("0.5", "June ran 50\u202f% below May"),
    ],
)
def test_the_line_runs_alike_throughout(factor, title):
    before = amounts(*[100] * 30)
    assert trend_title("June", "May", [value * Decimal(factor) for value in before], before) == title


def test_a_running_month_is_compared_only_as_far_as_it_has_come():
    now = [*amounts(100, 100, 100, 100), *[None] * 26]
    assert trend_title("June", "May", now, amounts(*[100] * 4, *[900] * 27)) == "June ran level with May"


def test_without_a_period_before_nothing_is_claimed():
    assert trend_title("June", "May", amounts(1, 2), None) == "June, no period before to compare with"
    assert trend_title("June", "May", amounts(1, 2), amounts(0, 0)) == "June, no period before to compare with"


def test_who_carried_the_change():
    moved = [Moved("Compute", Decimal(70), Decimal(100)), Moved("Storage", Decimal(55), Decimal(50))]
    assert split_title(moved, Decimal(125), Decimal(150)) == "Compute carried the fall; Storage grew"
    assert split_title(moved[:1], Decimal(70), Decimal(100)) == "Compute carried the fall"
    assert split_title(moved, Decimal(150), Decimal(150)) == "Compute is the largest"


def test_how_concentrated_it_is():
    parts = [("A", Decimal(40)), ("B", Decimal(30)), ("C", Decimal(20)), ("D", Decimal(10))]
    assert largest_title(parts, Decimal(100)) == "A is 40\u202f% of it, the three largest 90\u202f%"
    assert largest_title([], Decimal(0)) == "Nothing to distribute"

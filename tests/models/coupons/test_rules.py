"""How long a coupon lasts, and what is none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.coupons.rules import Validity, comment_problems, days_before, issue_problems
from tests.support.coupons import new_coupon

TODAY, MOST = date(2026, 6, 1), Decimal(1_000_000)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("90 days", date(2026, 6, 1), date(2026, 8, 30)), ("1 day", date(2026, 12, 31), date(2027, 1, 1)),
        ("12 months", date(2026, 6, 1), date(2027, 6, 1)), ("1 month", date(2026, 1, 31), date(2026, 2, 28)),
        ("1 month", date(2028, 1, 31), date(2028, 2, 29)), ("1 month", date(2026, 12, 15), date(2027, 1, 15)),
    ],
)  # fmt: skip
def test_a_validity_ends_on_a_day(words: str, first: date, last: date) -> None:
    assert Validity.parse(words).until(first) == last


@pytest.mark.parametrize("words", ["", "0 days", "a year", "3 working days", "-1 months", "12", None, 12])
def test_what_is_no_validity_is_said(words: Any) -> None:
    with pytest.raises(ValueError, match="90 days or 12 months"):
        Validity.parse(words)


@pytest.mark.parametrize(("words", "days"), [("14", 14), (0, 0), (365, 365)])
def test_days_before_the_end(words: Any, days: int) -> None:
    assert days_before(words) == days


@pytest.mark.parametrize("words", ["366", "-1", "two", 1.5, ""])
def test_what_are_no_days_is_said(words: Any) -> None:
    with pytest.raises(ValueError, match="0 to 365"):
        days_before(words)


def test_a_sensible_coupon_has_no_problems() -> None:
    assert issue_problems(new_coupon(), most=MOST, today=TODAY) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": Decimal(0)}, "amount"), ({"amount": Decimal("-5")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"), ({"amount": Decimal("1000000.01")}, "amount"),
        ({"currency": "usd"}, "currency"), ({"currency": ""}, "currency"), ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"), ({"valid_until": date(2026, 5, 31)}, "valid_until"),
        ({"valid_from": date(2025, 1, 1), "valid_until": date(2025, 12, 31)}, "valid_until"),
    ],
)  # fmt: skip
def test_what_keeps_a_coupon_from_being_issued(given: dict[str, Any], field: str) -> None:
    assert [each.field for each in issue_problems(new_coupon(**given), most=MOST, today=TODAY)] == [field]


def test_why_is_always_said() -> None:
    assert [each.code for each in comment_problems("  ")] == ["COUPON-COMMENT"]
    assert [each.code for each in comment_problems("x" * 501)] == ["COUPON-COMMENT"]
    assert comment_problems("Asked for by mail.") == []


def test_a_reminder_that_comes_too_soon_is_none() -> None:
    assert new_coupon().remind_on == date(2026, 8, 17)
    assert new_coupon(remind_days=0).remind_on is None
    assert new_coupon(valid_until=date(2026, 6, 15)).remind_on is None
    assert new_coupon(valid_until=date(2026, 6, 16)).remind_on == date(2026, 6, 2)

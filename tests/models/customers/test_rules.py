"""When an assignment counts, and what lists hide: tables of cases, no database."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from models.customers.rules import (
    Assignable,
    AssignmentTerms,
    assignment_problems,
    counts_from,
    counts_until,
    masked_email,
    masked_mobile,
    masked_name,
    replaced_until,
)

PARTNER, OTHER, MARTA, JONAS = (UUID(int=number) for number in range(1, 5))


@pytest.mark.parametrize(
    ("assigned", "days", "expected"),
    [
        (date(2024, 7, 26), 1, date(2024, 7, 27)),
        (date(2024, 7, 31), 1, date(2024, 8, 1)),
        (date(2024, 7, 26), 2, date(2024, 7, 28)),
        (date(2023, 12, 31), 1, date(2024, 1, 1)),
    ],
)
@pytest.mark.meets("CUS-ASG-06")
def test_a_new_assignment_counts_from_the_day_after_or_as_set(assigned: date, days: int, expected: date) -> None:
    assert counts_from(assigned, AssignmentTerms(days)) == expected


@pytest.mark.parametrize(
    ("unassigned", "expected"),
    [
        (date(2024, 7, 1), date(2024, 8, 1)),
        (date(2024, 7, 31), date(2024, 8, 1)),
        (date(2024, 12, 15), date(2025, 1, 1)),
        (date(2024, 2, 29), date(2024, 3, 1)),
    ],
)
@pytest.mark.meets("CUS-ASG-05")
def test_an_ended_assignment_counts_until_the_first_of_the_next_month(unassigned: date, expected: date) -> None:
    assert counts_until(unassigned) == expected


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (date(2024, 1, 2), None, date(2024, 7, 27)),  # the old one ends the day before the new one begins
        (date(2024, 1, 2), date(2024, 8, 1), date(2024, 7, 27)),  # unassigned before: cut
        (date(2024, 1, 2), date(2024, 3, 1), date(2024, 3, 1)),  # ended long ago: stays
        (date(2024, 7, 27), None, date(2024, 7, 27)),  # assigned on the same day: never counts
    ],
)
def test_a_successor_ends_the_one_before(begins: date, ends: date | None, expected: date) -> None:
    assert replaced_until(begins, ends, successor_begins=date(2024, 7, 27)) == expected


@pytest.mark.parametrize(
    ("chosen", "managers", "expected"),
    [
        ([Assignable("Polder", PARTNER, None)], [MARTA], []),
        ([Assignable("Polder", PARTNER, JONAS)], [MARTA], []),
        ([], [MARTA], ["ASSIGN-NONE"]),
        ([Assignable("Polder", PARTNER, MARTA)], [MARTA], ["ASSIGN-SAME"]),
        ([Assignable("Polder", OTHER, None)], [MARTA], ["ASSIGN-PARTNER"]),
        ([Assignable("Polder", None, None)], [MARTA], ["ASSIGN-PARTNER"]),
        (
            [Assignable("Polder", PARTNER, MARTA), Assignable("Kudu", OTHER, None)],
            [JONAS],
            ["ASSIGN-MANAGER", "ASSIGN-SAME", "ASSIGN-PARTNER"],
        ),
    ],
)
def test_what_keeps_customers_from_an_account_manager(
    chosen: list[Assignable], managers: list[UUID], expected: list[str]
) -> None:
    problems = assignment_problems(chosen, MARTA, managers, PARTNER)
    assert [problem.code for problem in problems] == expected


@pytest.mark.parametrize(
    ("mask", "plain", "shown"),
    [
        (masked_name, "Customer 4", "C****4"),
        (masked_name, "Ab", "****"),
        (masked_name, "", "****"),
        (masked_email, "q202412@163.com", "q2024**@163.com"),
        (masked_email, "ab@163.com", "**@163.com"),
        (masked_mobile, "19312340003", "193****0003"),
        (masked_mobile, "1234567", "****"),
        (masked_mobile, None, None),
    ],
)
@pytest.mark.meets("CUS-COM-03")
def test_lists_show_masked_values(mask: object, plain: str | None, shown: str | None) -> None:
    assert mask(plain) == shown  # type: ignore[operator]

"""Payables that do not agree with their case, the ledger or their attempts are found and named."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from models.core.actor import SYSTEM
from models.payments.integrity import faults
from tests.support.mdf import BEGAN, Fund


def found(fund: Fund) -> list[tuple[str, str]]:
    """What does not hold."""
    with fund.as_(SYSTEM) as uow:
        return faults(uow)


def test_nothing_is_found_at_any_stage_of_a_payment(fund: Fund) -> None:
    fund.granted()
    assert found(fund) == []
    fund.now = BEGAN
    case_id = fund.paying()
    assert found(fund) == []
    fund.decide(fund.mei, case_id, "failed", reason="B-03 Returned by the bank without a reason", comment="Returned")
    assert found(fund) == []
    fund.decide(fund.mei, case_id, "try_again")
    assert found(fund) == []
    fund.decide(fund.mei, case_id, "paid", fields={"paid_on": "2026-08-20", "bank_reference": "DB-77120"})
    assert found(fund) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE payable SET status = 'open'", ["open, with 0 attempts open and 1 paid",
                                                "what is owed is open, the case ended paid"]),
        ("UPDATE payable SET amount = amount + 1", ["8640.00000001 is owed, 8640.00000000 was spent"]),
        ("UPDATE payment_attempt SET outcome = NULL", ["paid, with 1 attempts open and 0 paid"]),
        ("UPDATE case_file SET outcome = NULL", ["what is owed is paid, the case goes on"]),
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_found(fund: Fund, change: str, told: list[str]) -> None:
    fund.paid()
    fund.build.uow.session.execute(text(change))
    assert found(fund) == [("MDF-2026-0001", each) for each in told]

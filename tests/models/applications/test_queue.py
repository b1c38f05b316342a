"""A person's queue holds what they may decide: nothing that four eyes or one vote a person keep from them."""

from __future__ import annotations

import pytest

from models.applications import queries
from models.applications.rows import QueueFilter
from models.core.actor import Actor
from tests.support.build import Build
from tests.support.mdf import Fund


@pytest.fixture
def fund(build: Build) -> Fund:
    return Fund(build)


def waits(fund: Fund, actor: Actor, *, desk: str = "reviews", all_roles: bool = False) -> list[str]:
    """The stages that wait for somebody; the counts say the same."""
    with fund.as_(actor) as uow:
        wanted = QueueFilter(desk=desk, all_roles=all_roles)
        rows = queries.queue(uow, wanted).rows
        assert queries.queue_counts(uow, wanted).open == len(rows)
        return [row.visit for row in rows]


def test_who_has_agreed_to_a_payment_finds_it_no_longer_the_second_person_does(fund: Fund) -> None:
    case_id = fund.received()
    fund.decide(fund.mei, case_id, "approve")
    assert waits(fund, fund.mei, desk="payments") == ["payment.application_check#1"]
    fund.decide(fund.mei, case_id, "approve")
    assert waits(fund, fund.mei, desk="payments") == []
    assert waits(fund, fund.mei, desk="payments", all_roles=True) == ["payment.application_check#1"]
    assert waits(fund, fund.henrik, desk="payments") == ["payment.application_check#1"]
    with fund.as_(fund.mei) as uow:
        assert queries.reviews_waiting(uow) == []
    fund.decide(fund.henrik, case_id, "reject", reason="P-07 Invoice needs another check", comment="See the date.")
    fund.decide(fund.henrik, case_id, "approve")
    assert waits(fund, fund.mei, desk="payments") == ["payment.application_check#2"]  # a new vote


def test_four_eyes_leave_a_case_out_for_whoever_agreed_at_the_earlier_stage(fund: Fund) -> None:
    wim = fund.build.actor("reviewer_business", "reviewer_finance", name="Wim de Boer")
    case_id = fund.claimed()
    fund.decide(wim, case_id, "approve")
    assert waits(fund, wim) == []
    assert waits(fund, fund.sipho) == ["finance_review#1"]
    fund.decide(fund.sipho, case_id, "send_back", comment="Look at the venue again.")
    assert waits(fund, wim) == ["business_review#2"]
    fund.decide(fund.joris, case_id, "approve")
    assert waits(fund, wim) == []  # he agreed to the business review once, though not last
    assert waits(fund, fund.sipho) == ["finance_review#2"]

"""The figures of an account."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.applications import applying
from models.benefits.overview import Overview, overview
from models.core.errors import NotAllowed, NotFound
from tests.support.build import nobody
from tests.support.mdf import Fund, usd


def venue(amount: str) -> list[dict[str, object]]:
    """A budget of one item."""
    return [{"item": "Venue", "mdf_used": True, "amount": amount}]


@pytest.mark.meets("BEN-COM-12", "BEN-STA-01", "BEN-STA-02")
def test_the_overview_adds_up_what_the_account_asked_for_and_got(fund: Fund) -> None:
    """Paid 8,640.00, under review 3,000.00, a draft; 1,000.00 rejected and 500.00 cancelled count nowhere."""
    winter = {"starts_on": "2026-12-07", "ends_on": "2026-12-08"}
    fund.paid()
    fund.applied(activity_name="Tallinn Meetup", budget=venue("3000.00"), **winter)
    rejected = fund.applied(activity_name="Vilnius Fair", budget=venue("1000.00"), **winter)
    fund.decide(fund.joris, rejected, "reject", reason="R-03 Budget not plausible", comment="Too dear.")
    cancelled = fund.applied(activity_name="Oslo Webinar", budget=venue("500.00"), **winter)
    with fund.as_(fund.liis) as uow:
        applying.cancel(uow, cancelled, key="c")
    fund.begun()
    statuses = {
        "Completed": 1, "MDF application being reviewed": 1, "MDF application cancelled": 1,
        "MDF application rejected": 1,
    }  # fmt: skip
    figures = [usd(each) for each in ("50000.00", "11640.00", "8640.00", "8640.00", "38360.00")]
    for actor, drafts in ((fund.liis, {"Draft": 1}), (fund.ines, {})):
        with fund.as_(actor) as uow:
            assert overview(uow, "mdf", fund.partner.id) == Overview("USD", *figures, statuses | drafts)


def test_what_was_claimed_and_is_not_paid_yet_is_reimbursed(fund: Fund) -> None:
    fund.granted()
    with fund.as_(fund.anna) as uow:
        found = overview(uow, "mdf", fund.partner.id)
    assert (found.budgeted, found.reimbursed, found.paid) == (usd("8640.00"), usd("8640.00"), Decimal(0))


def test_the_overview_is_the_account_s_own(fund: Fund) -> None:
    other = fund.partner_named("Amber Works")
    with fund.as_(fund.liis) as own, pytest.raises(NotFound):
        overview(own, "mdf", other.id)
    with fund.as_(nobody(fund.partner.id)) as own, pytest.raises(NotAllowed):
        overview(own, "mdf", fund.partner.id)

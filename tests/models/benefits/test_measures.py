"""Quotas, promises, reimbursements and payments over a case that was paid, and over what managers changed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from models.applications.types import shipped
from models.benefits import queries, service
from models.benefits.overview import overview
from models.engines.statistics import forget
from models.partners import service as partners
from models.partners.rules import PartnerStatus, Standing, Tier
from models.partners.tables import Partner
from tests.support.figures import figure, figures
from tests.support.mdf import Fund, usd

JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (6, 7, 8))
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


@pytest.mark.meets("BEN-STA-02", "BEN-STA-03")
def test_money_from_the_promise_to_the_payment(fund: Fund) -> None:
    """8,640.00 of 50,000.00 are promised in July, reimbursed on August 10 and paid on August 20."""
    fund.paid()
    expected = {
        "quota": ("50000", "50000", "50000"), "promised": ("0", "8640", "0"), "quota_used": ("0", "0", "8640"),
        "remaining": ("50000", "41360", "41360"), "budgeted": ("0", "8640", "0"), "reimbursed": ("0", "0", "8640"),
        "payables_open_amount": ("0", "0", "0"), "payable_amount": ("0", "0", "8640"), "paid": ("0", "0", "8640"),
    }  # fmt: skip
    with fund.as_(fund.ines) as uow:
        for name, amounts in expected.items():
            found = tuple(figure(uow, name, month) for month in (JUNE, JULY, AUGUST))
            assert found == tuple(usd(amount) for amount in amounts), name
        assert figure(uow, "payment_time_median", AUGUST) == figure(uow, "payment_time_p90", AUGUST) == 10 * DAY
        assert (figure(uow, "payables", AUGUST), figure(uow, "payments", AUGUST)) == (1, 1)
        assert figures(uow, "paid", AUGUST, by=("application_type", "partner", "payable_status", "tier")) == {
            ("mdf", str(fund.partner.id), "paid", "advanced", "USD"): usd("8640")
        }
        shown = overview(uow, "mdf", fund.partner.id)
        assert shown.quota == figure(uow, "quota", AUGUST)
        assert shown.remaining == figure(uow, "remaining", AUGUST)
        assert shown.budgeted == figure(uow, "budgeted", JULY)
        assert (shown.reimbursed, shown.paid) == (usd("8640"), usd("8640"))


def test_what_is_owed_stays_open_until_it_is_paid(fund: Fund) -> None:
    fund.granted()
    with fund.as_(fund.ines) as uow:
        assert figures(uow, "payables_open_amount", AUGUST, by=("payable_status",)) == {("open", "USD"): usd("8640")}
        assert figure(uow, "payables_open", AUGUST) == 1
        assert figures(uow, "paid", AUGUST) == figures(uow, "payment_time_median", AUGUST) == {}


@pytest.mark.meets("BEN-STA-01")
def test_quotas_of_tiers_and_of_managers_stand_as_pools_show_them(fund: Fund) -> None:
    """A tier's quota counts before anybody needed it; a raise and a lowering count from their days on."""
    other = fund.partner_named("Amber Works", tier=Tier.BASIC, joined_on=date(2026, 6, 15))
    made, build = shipped("mdf"), fund.build

    def at(text: str) -> None:
        fund.now = datetime.fromisoformat(f"{text}T10:00+08:00")

    at("2026-07-06")
    with fund.as_(fund.ines) as uow:
        service.raise_quota(uow, made, other.id, usd("2500.50"), reason="A fair", key="up")
    at("2026-08-03")
    with fund.as_(fund.ines) as uow:
        service.lower_quota(uow, made, other.id, usd("500.25"), reason="A smaller fair", key="down")
        row = build.uow.session.get(Partner, other.id)
        assert row
        standing = Standing(Tier.DIFFERENTIATION, PartnerStatus.ACTIVE, business_authenticated=True, growth_plan=False)
        partners.change_standing(uow, other.id, standing, expected=row.version)
        build.uow.session.flush()
        found = [figure(uow, "quota", month, partner=str(other.id)) for month in (date(2026, 5, 1), JUNE, JULY, AUGUST)]
        assert found == [0, usd("10000"), usd("12500.50"), usd("32000.25")]
        assert figure(uow, "quota", AUGUST) == sum(
            row.granted for key in (fund.partner.id, other.id) for row in queries.pools(uow, key)
        )
        assert figure(uow, "quota_granted", JULY, partner=str(other.id)) == usd("12500.50")
        assert figure(uow, "quota_granted", AUGUST) == usd("-500.25")
    with fund.as_(fund.liis) as uow:
        assert figures(uow, "quota", AUGUST, by=("partner",)) == {(str(fund.partner.id), "USD"): usd("50000")}
        assert figures(uow, "quota_granted", JULY) == {}


def test_a_promise_that_comes_back_is_free_again(fund: Fund) -> None:
    """Promised in July, rejected in July; promised again in August: the stock of each month's end, to the cent."""
    case_id = fund.applied()
    with fund.as_(fund.ines) as uow:
        assert figure(uow, "promised", JULY) == usd("8640")
    fund.later(days=1)
    fund.decide(fund.joris, case_id, "reject", reason="R-03 Budget not plausible", comment="Too dear.")
    with fund.as_(fund.ines) as uow:
        assert figure(uow, "promised", JULY) == figure(uow, "budgeted", JULY) == Decimal(0)
        assert figure(uow, "remaining", JULY) == usd("50000")

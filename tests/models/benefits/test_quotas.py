"""Quotas: what tiers bring, what managers raise and lower, and the figures of an account."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.applications import applying
from models.applications.types import shipped
from models.benefits import queries as benefits
from models.benefits import service
from models.benefits.rules import Gates
from models.core.errors import NotAllowed, NotFound, Refused
from models.core.history import HistoryEntry
from models.core.paging import FIRST_PAGE
from models.engines.ledger import queries as ledger
from models.engines.lists import Asked
from models.engines.workflow.findings import Verdict
from models.lists import acting
from models.lists.queries import open_list, read
from models.partners import service as partners
from models.partners.rules import Standing, Tier
from tests.support.mdf import Fund, usd


def history(fund: Fund) -> list[tuple[str, str, dict[str, Any]]]:
    """Who did what to the quota, in order."""
    row = HistoryEntry
    stmt = select(row.actor_name, row.action, row.changes).where(row.action.startswith("quota.")).order_by(row.id)
    return [tuple(each) for each in fund.build.uow.session.execute(stmt)]  # type: ignore[misc]


@pytest.mark.meets("BEN-VND-14")
def test_the_same_click_is_one_change_of_the_quota(fund: Fund) -> None:
    """Raised and lowered twice by the same key: the money moves once, the history says once, by how much and why."""
    made, partner = shipped("mdf"), fund.partner.id
    with fund.as_(fund.ines) as uow:
        for _ in range(2):
            service.raise_quota(uow, made, partner, usd("5000.00"), reason="Fair in Tallinn", key="a")
        for _ in range(2):
            service.lower_quota(uow, made, partner, usd("20000.00"), reason="Unused", key="b")
        (row,) = benefits.pools(uow, partner)
    assert (row.granted, row.left) == (usd("35000.00"), usd("35000.00"))
    told = {"pool": "mdf", "name": "MDF", "currency": "USD"}
    assert history(fund) == [
        ("Inês Duarte", "quota.raised", told | {"amount": "5000.00", "reason": "Fair in Tallinn"}),
        ("Inês Duarte", "quota.lowered", told | {"amount": "20000.00", "reason": "Unused"}),
    ]


def test_a_quota_is_not_lowered_below_what_is_used_and_reserved(fund: Fund) -> None:
    made, partner = shipped("mdf"), fund.partner.id
    fund.paid()
    fund.applied(starts_on="2026-12-07", ends_on="2026-12-08")
    with fund.as_(fund.ines) as uow:
        with pytest.raises(Refused, match=r"32,720.00 USD is neither used nor reserved"):
            service.lower_quota(uow, made, partner, usd("32720.01"), reason="Too much", key="a")
        service.lower_quota(uow, made, partner, usd("32720.00"), reason="To the last cent", key="b")
        (row,) = benefits.pools(uow, partner)
    assert (row.granted, row.used, row.reserved, row.left) == (
        usd("17280.00"), usd("8640.00"), usd("8640.00"), usd("0.00"),
    )  # fmt: skip
    assert ledger.faults(fund.build.uow) == []


@pytest.mark.meets("BEN-VND-14")
def test_a_higher_tier_brings_the_difference_to_what_a_manager_raised(fund: Fund) -> None:
    """10,000.00 by the tier Basic, 500.00 by a manager; Differentiation brings 20,000.00 more before anybody asks."""
    made, grown = shipped("mdf"), fund.partner_named("Amber Works", tier=Tier.BASIC)
    with fund.as_(fund.ines) as uow:
        service.raise_quota(uow, made, grown.id, usd("500.00"), reason="Webinar", key="a")
        standing = Standing(Tier.DIFFERENTIATION, grown.status, True, False, False)
        partners.change_standing(uow, grown.id, standing, expected=grown.version)
        (shown,) = benefits.pools_of(uow, "mdf", [grown.id])
        service.fill(uow, made, grown.id)
        (filled,) = benefits.pools_of(uow, "mdf", [grown.id])
    assert shown == filled
    assert (filled.tier, filled.granted, filled.left) == (Tier.DIFFERENTIATION, usd("30500.00"), usd("30500.00"))


@pytest.mark.meets("BEN-VND-30", "BEN-COM-11")
def test_a_manager_sets_what_payments_hang_on_and_it_stays_written_down(fund: Fund) -> None:
    """A GrowCloud partner claims only when a manager has noted that its bills are paid."""
    case_id, partner = fund.approved(), fund.partner
    data = fund.claim_data(case_id)
    codes = {}
    for bills_paid in (False, True):
        with fund.as_(fund.ines) as uow:
            standing = Standing(Tier.ADVANCED, partner.status, True, growth_plan=True, bills_paid=bills_paid)
            partners.change_standing(uow, partner.id, standing, expected=partner.version)
            assert benefits.gates(uow, partner.id) == Gates(True, True, bills_paid)
            uow.session.flush()
        with fund.as_(fund.liis) as uow:
            found = applying.findings(uow, case_id, "reimbursement", data)
            codes[bills_paid] = {each.code for each in found if each.verdict is Verdict.FIX}
    assert codes == {False: {"MDF-BILLS"}, True: set()}
    row = HistoryEntry
    stmt = select(row.actor_name, row.changes).where(row.action == "partner.changed").order_by(row.id)
    assert [tuple(each) for each in fund.build.uow.session.execute(stmt)] == [
        ("Inês Duarte", {"growth_plan": [False, True]}), ("Inês Duarte", {"bills_paid": [False, True]}),
    ]  # fmt: skip


def test_nobody_sees_or_moves_a_pool_that_is_not_theirs(fund: Fund) -> None:
    made, other = shipped("mdf"), fund.partner_named("Amber Works")
    with fund.as_(fund.liis) as uow:
        assert benefits.pools(uow, other.id) == []
        assert benefits.quota_history(uow, "mdf", other.id).rows == ()
        with pytest.raises(NotAllowed):
            benefits.pools_of(uow, "mdf", [other.id])
    with fund.as_(fund.ines) as uow:
        with pytest.raises(NotFound, match="There is no such pool"):
            benefits.pools_of(uow, "vouchers", [other.id])
        with pytest.raises(NotFound, match="There is no such pool"):
            benefits.quota_history(uow, "vouchers", other.id)
        with pytest.raises(NotFound, match="There is no such partner"):
            service.raise_quota(uow, made, fund.ines.user_id, usd("1.00"), reason="x", key="a")


def test_the_list_says_of_each_pool_what_the_pool_says(fund: Fund) -> None:
    """The list's expressions and the ledger's own reading agree, brought by a tier, raised, reserved, or none."""
    fund.applied()
    fund.partner_named("Registered", tier=Tier.REGISTERED)
    grown = fund.partner_named("Amber Works", tier=Tier.BASIC)
    fund.partner_named("Basic and untouched", tier=Tier.BASIC)
    with fund.as_(fund.ines) as uow:
        service.raise_quota(uow, shipped("mdf"), grown.id, usd("500.00"), reason="Webinar", key="a")
        service.lower_quota(uow, shipped("mdf"), grown.id, usd("9900.00"), reason="Unused", key="b")
        columns = ("partner", "granted", "used", "reserved", "left", "currency", "low")
        rows = read(uow, open_list(uow, "quotas"), Asked(sort="-left", columns=columns), FIRST_PAGE).page.rows
        pools = {row.partner_id: row for row in benefits.pools_of(uow, "mdf", [row.key for row in rows])}
        for row in rows:
            pool = pools[row.key]
            said = tuple(row.values[name] for name in ("granted", "used", "reserved", "left", "currency"))
            assert said == (pool.granted, pool.used, pool.reserved, pool.left, "USD")
            assert bool(row.values["low"]) is pool.low
        assert [row.values["partner"] for row in rows] == [
            "Nordlicht Systems", "Basic and untouched", "Amber Works", "Registered"
        ]  # fmt: skip
        low = read(uow, open_list(uow, "quotas"), Asked({"low": ("yes",)}), FIRST_PAGE).page.rows
        assert [row.values["partner"] for row in low] == [row.partner for row in pools.values() if row.low]
        asked = Asked({"left": ("1000..20000",)})
        few = read(uow, open_list(uow, "quotas"), asked, FIRST_PAGE).page.rows
        assert [row.values["partner"] for row in few] == ["Basic and untouched"]


@pytest.mark.meets("BEN-VND-14")
def test_several_quotas_are_raised_at_once_and_once(fund: Fund) -> None:
    keys = [fund.partner.id, fund.partner_named("Amber Works", tier=Tier.BASIC).id]
    given = {"benefit": "mdf", "amount": "2500.50", "reason": "Autumn fairs", "once": "press-1"}
    with fund.as_(fund.ines) as uow:
        with pytest.raises(Refused, match="Write an amount such as"):
            acting.preview(uow, "quotas", "raise", keys, given | {"amount": "plenty"})
        with pytest.raises(Refused, match="Give this first: Reason"):
            acting.preview(uow, "quotas", "raise", keys, given | {"reason": " "})
        shown = acting.preview(uow, "quotas", "raise", keys, given)
        assert (shown.able, shown.amounts) == (tuple(keys), {"USD": usd("5001.00")})
        for _ in range(2):  # the same press counts once
            assert acting.run(uow, "quotas", "raise", shown, given) == 2
        granted = {row.partner_id: row.granted for row in benefits.pools_of(uow, "mdf", keys)}
        assert granted == dict(zip(keys, (usd("52500.50"), usd("12500.50")), strict=True))
    with fund.as_(fund.mei) as uow, pytest.raises(NotAllowed):
        acting.preview(uow, "quotas", "raise", keys, given)

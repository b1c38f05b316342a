"""Partners by standing, program and business, as they were at the end of each month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.core.actor import SYSTEM
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import forget
from models.partners import service
from models.partners.measures import terms
from models.partners.rules import MembershipKind, PartnerKind, PartnerStatus, Standing, Tier
from models.partners.tables import ProgramMembership
from tests.support.acting import acting
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.figures import figure, figures

APRIL, MAY, JUNE = (date(2026, month, 1) for month in (4, 5, 6))


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


def stand(uow: UnitOfWork, partner: Any, day: date, tier: Tier, status: PartnerStatus = PartnerStatus.ACTIVE) -> None:
    """A manager changes a partner's standing on a business date."""
    standing = Standing(tier, status, business_authenticated=True, growth_plan=False)
    service.change_standing(uow.at(day), partner.id, standing, expected=partner.version)
    uow.session.flush()


def test_a_partner_counts_with_the_tier_it_had(uow: UnitOfWork, build: Build) -> None:
    partner = build.partner(tier=Tier.BASIC, business_authenticated=True)
    build.partner(tier=Tier.BASIC, joined_on=date(2026, 5, 31), region="Asia Pacific", country="SG")
    stand(uow, partner, date(2026, 5, 1), Tier.DIFFERENTIATION)
    stand(uow, partner, date(2026, 6, 30), Tier.ADVANCED)
    tiers = [figures(uow, "partners", month, by=("tier",)) for month in (APRIL, MAY, JUNE)]
    assert tiers == [
        {"basic": 1}, {"differentiation": 1, "basic": 1}, {"advanced": 1, "basic": 1},
    ]  # fmt: skip
    assert figures(uow, "partners", MAY, by=("sales_region", "country")) == {
        ("Europe", "DE"): 1, ("Asia Pacific", "SG"): 1,
    }  # fmt: skip
    assert figures(uow, "partners", date(2024, 2, 1)) == {}


def test_who_left_counts_until_then(uow: UnitOfWork, build: Build) -> None:
    partner = build.partner(business_authenticated=True)
    stand(uow, partner, date(2026, 5, 31), Tier.REGISTERED, PartnerStatus.SUSPENDED)
    stand(uow, partner, date(2026, 6, 1), Tier.REGISTERED, PartnerStatus.LEFT)
    assert [figures(uow, "partners", month, by=("partner_status",)) for month in (APRIL, MAY, JUNE)] == [
        {"active": 1}, {"suspended": 1}, {},
    ]  # fmt: skip


def test_a_partner_in_two_programs_counts_in_each_and_once_in_all(uow: UnitOfWork, build: Build) -> None:
    partner = build.partner()
    for kind, name, since, until in (
        (MembershipKind.PROGRAM, "Cloud Solution Provider Program", date(2024, 3, 1), None),
        (MembershipKind.PROGRAM, "Reseller Program", date(2026, 5, 4), date(2026, 6, 1)),
        (MembershipKind.PATH, "Service Path", date(2026, 5, 31), None),
    ):
        row = ProgramMembership(partner_id=partner.id, kind=kind.value, name=name, since=since, until=until)
        uow.session.add(row)
    uow.session.flush()
    programs = [figures(uow, "partners", month, by=("program",)) for month in (APRIL, MAY, JUNE)]
    csp, reseller = "Cloud Solution Provider Program", "Reseller Program"
    assert programs == [{csp: 1}, {csp: 1, reseller: 1}, {csp: 1}]
    assert [figures(uow, "partners", month, by=("path",)) for month in (APRIL, MAY)] == [
        {"none": 1}, {"Service Path": 1},
    ]  # fmt: skip
    assert figure(uow, "partners", MAY) == 1
    # A fact counts once: with the program that was joined first.
    build.customer(partner, since=date(2026, 5, 5))
    assert figures(uow, "customers", MAY, by=("program",)) == {csp: 1}


def test_a_partner_is_active_as_long_as_its_customers_spent_lately(
    uow: UnitOfWork, build: Build, tmp_path: Any
) -> None:
    """Business in January alone: active until March (three months), dormant from April on."""
    assert terms().active_within_months == 3
    partner, facts = build.partner(), FactBuilder(tmp_path)
    customer = build.customer(partner)
    build.partner()
    facts.put([
        facts.line(date(2026, 1, 31), 5, customer),
        facts.line(date(2026, 5, 2), -5, customer),
        facts.line(date(2026, 5, 2), 5, customer, bill_type="adjustment"),
    ])  # fmt: skip
    months = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 7))]
    active = [figure(uow, "active_partners", month) for month in months]
    assert active == [0, 1, 1, 1, 0, 0, 0]
    assert [figure(uow, "dormant_partners", month) for month in months] == [2 - each for each in active]
    assert figures(uow, "active_partners", months[3], by=("partner", "activity")) == {(str(partner.id), "active"): 1}
    assert figure(uow, "spending_partners", months[1]) == 1


def test_facts_count_with_the_standing_of_their_day(uow: UnitOfWork, build: Build, tmp_path: Any) -> None:
    """Expenditures and customers before and after the partner rose to another tier."""
    partner = build.partner(tier=Tier.BASIC, business_authenticated=True, kind=PartnerKind.DISTRIBUTOR)
    customer, facts = build.customer(partner), FactBuilder(tmp_path)
    facts.put([facts.line(date(2026, 5, day), amount, customer) for day, amount in ((9, 1), (10, 2), (11, 4))])
    stand(uow, partner, date(2026, 5, 10), Tier.ADVANCED)
    spent = figures(uow, "expenditure", MAY, by=("tier", "partner_kind"))
    assert spent == {("basic", "distributor", "USD"): 1, ("advanced", "distributor", "USD"): 6}
    assert figures(uow, "customers", APRIL, by=("tier",)) == {"basic": 1}
    assert figures(uow, "customers", MAY, by=("tier",)) == {"advanced": 1}
    assert figures(uow, "expenditure", MAY, by=("country",), tier="advanced") == {("DE", "USD"): 6}


def test_a_partner_counts_itself_and_its_resellers_only(uow: UnitOfWork, build: Build) -> None:
    provider = build.partner()
    reseller = build.partner(kind=PartnerKind.RESELLER, parent_id=provider.id)
    build.partner()
    for partner, seen in ((provider, {provider, reseller}), (reseller, {reseller})):
        work = acting(uow, build.actor("partner_admin", partner=partner))
        assert figures(work, "partners", JUNE, by=("partner",)) == {str(each.id): 1 for each in seen}
        acting(uow, SYSTEM)

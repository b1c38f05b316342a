"""Customers, associations and disassociations, held against a count of one's own over the same stays."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.core.actor import SYSTEM
from models.core.unit_of_work import UnitOfWork
from models.customers import measures, service
from models.customers.rules import AssociationType
from models.engines.statistics import forget, month_end, shift_month
from models.partners.rules import PartnerKind
from tests.support.acting import acting
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.figures import figure, figures

MONTHS = [date(2026, month, 1) for month in range(1, 7)]
JUNE = MONTHS[-1]
RESELLER, REFERRAL = AssociationType.RESELLER, AssociationType.REFERRAL


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


@dataclass
class Stay:
    """A customer at a partner, and who looked after it there from when until before when."""

    customer: Any
    partner: Any
    kind: AssociationType
    since: date
    until: date | None
    care: list[tuple[Any, date, date | None]]

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def manager(self, day: date) -> str:
        found = [user for user, begins, ends in self.care if begins <= day and (ends is None or day < ends)]
        return str(found[0].id) if found else "none"


@pytest.fixture
def stays(uow: UnitOfWork, build: Build) -> list[Stay]:
    """Sixty customers that come, change partners and account managers, and go."""
    chance = random.Random(7)
    partners = [build.partner(tier="basic") for _ in range(3)]
    users = {partner.id: [build.user("account_manager", partner=partner) for _ in range(2)] for partner in partners}
    made = []
    for _ in range(60):
        partner, kind = chance.choice(partners), chance.choice((RESELLER, REFERRAL))
        since = date(2025, 12, 1) + timedelta(days=chance.randrange(150))
        until = since + timedelta(days=chance.randrange(1, 120)) if chance.random() < 0.5 else None
        customer = build.customer()
        build.association(customer, partner, kind, since, until)
        made.append(
            Stay(customer, partner, kind, since, until, _care(chance, build, customer, partner, users, since, until))
        )
        if until and chance.random() < 0.5:  # another partner takes over, on the same day or later
            other, again = chance.choice(partners), until + timedelta(days=chance.choice((0, 0, 9)))
            build.association(customer, other, kind, again)
            made.append(
                Stay(customer, other, kind, again, None, _care(chance, build, customer, other, users, again, None))
            )
    return made


def _care(
    chance: random.Random, build: Build, customer: Any, partner: Any, users: Any, since: date, until: date | None
):
    """Nobody, somebody, or two one after the other; the first day is that of the stay or a later one."""
    care, day = [], since + timedelta(days=chance.choice((0, 0, 5)))
    customer.partner_id = partner.id
    for user in chance.sample(users[partner.id], chance.randrange(3)):
        ends = day + timedelta(days=chance.randrange(1, 60)) if chance.random() < 0.7 else until
        if ends and ends <= day:
            break
        row = build.assignment(customer, user, day, ends)
        row.counts_from = day + timedelta(days=1)  # what counts for expenditures is not who looks after whom
        care.append((user, day, ends))
        if ends is None:
            break
        day = ends
    build.uow.session.flush()
    return care


KEYS: dict[str, Callable[[Stay, date], str]] = {
    "partner": lambda stay, day: str(stay.partner.id), "customer": lambda stay, day: str(stay.customer.id),
    "association_type": lambda stay, day: stay.kind.value, "account_manager": Stay.manager,
}  # fmt: skip


@pytest.mark.meets("FIN-SCUS-04", "FIN-SCUS-05", "DST-STA-02", "RSL-STA-02")
def test_customers_are_counted_as_they_stand_at_the_end_of_each_month(uow: UnitOfWork, stays: list[Stay]) -> None:
    for month in MONTHS:
        end = month_end(month)
        there = [stay for stay in stays if stay.holds(end)]
        assert figure(uow, "customers", month) == len(there)
        for name, key in KEYS.items():
            assert figures(uow, "customers", month, by=(name,)) == Counter(key(stay, end) for stay in there), name
    assert figure(uow, "customers", MONTHS[0], JUNE) == figure(uow, "customers", JUNE)


@pytest.mark.meets("FIN-SCUS-07", "FIN-SCUS-09", "DST-STA-03", "RSL-STA-04")
def test_who_came_and_went_counts_with_the_account_manager_of_that_day(uow: UnitOfWork, stays: list[Stay]) -> None:
    for month in MONTHS:
        after = shift_month(month, 1)
        came = [(stay, stay.since) for stay in stays if month <= stay.since < after]
        went = [(stay, stay.until - timedelta(days=1)) for stay in stays if stay.until and month <= stay.until < after]
        for measure, events in (("associations", came), ("disassociations", went)):
            assert figure(uow, measure, month) == len(events)
            for name, key in KEYS.items():
                found = figures(uow, measure, month, by=(name,))
                assert found == Counter(key(stay, day) for stay, day in events), (measure, name)
    assert figures(uow, "associations", JUNE, by=("operation",), operation="disassociation") == {}


def test_what_changes_is_seen_at_once(uow: UnitOfWork, build: Build) -> None:
    partner = build.partner()
    marta, customer = build.user("account_manager", partner=partner), build.customer(partner)
    month = uow.today.replace(day=1)
    assert figures(uow, "customers", month, by=("account_manager",)) == {"none": 1}
    service.assign(
        acting(uow, build.actor("partner_admin", partner=partner)), {customer.id: customer.version}, marta.id
    )
    acting(uow, SYSTEM)
    assert figures(uow, "customers", month, by=("account_manager",)) == {str(marta.id): 1}
    build.customer(partner)
    assert figure(uow, "customers", month) == 2


@pytest.mark.meets("FIN-SCUS-02")
def test_an_account_director_counts_whoever_they_lead(uow: UnitOfWork, build: Build) -> None:
    partner = build.partner()
    director = build.user("account_director", partner=partner)
    led, alone = (build.user("account_manager", partner=partner, director_id=key) for key in (director.id, None))
    for manager in (led, led, alone):
        build.assignment(build.customer(partner), manager, date(2026, 1, 1))
    build.customer(partner)
    assert figures(uow, "customers", JUNE, by=("account_director",)) == {str(director.id): 2, "none": 2}
    alone.director_id = director.id
    uow.session.flush()
    assert figure(uow, "customers", JUNE, account_director=str(director.id)) == 3


@pytest.mark.meets("FIN-SCUS-01", "DST-STA-01", "DST-DIM-02")
def test_everybody_counts_their_own_customers(uow: UnitOfWork, build: Build) -> None:
    provider = build.partner()
    distributor = build.partner(kind=PartnerKind.DISTRIBUTOR)
    reseller, other = (
        build.partner(kind=PartnerKind.RESELLER, parent_id=parent.id) for parent in (provider, distributor)
    )
    for number, partner in enumerate((provider, distributor, reseller, other), start=1):
        for _ in range(number):
            build.customer(partner)
    marta = build.user("account_manager", partner=provider)
    customer = build.customer(provider)
    build.assignment(customer, marta, date(2026, 1, 1))
    seen = {
        "vendor": (build.actor("ecosystem_manager"), 11, 11),
        "provider": (build.actor("partner_admin", partner=provider), 5, 2),
        "distributor": (build.actor("partner_admin", partner=distributor), 6, 4),
        "reseller": (build.actor("partner_admin", partner=reseller), 3, 3),
        "account manager": (build.actor_of(marta, ("account_manager",)), 1, 1),
    }
    for name, (actor, scope, own) in seen.items():
        work = acting(uow, actor)
        assert figure(work, "customers", JUNE) == scope, name
        counted = measures.counted_partners(work)
        where = {} if counted is None else {"partner": counted}
        assert figure(work, "customers", JUNE, **where) == own, name
        assert figure(work, "associations", date(2024, 3, 1), JUNE, **where) == own, name


# ---- spending ----


@pytest.mark.meets("FIN-SCUS-06", "FIN-SCUS-10", "DST-STA-04", "RSL-STA-03")
def test_spending_customers_by_bill_type_and_by_their_first_month(uow: UnitOfWork, build: Build, tmp_path: Any) -> None:
    """Each customer by its charges, credits and refunds of April to June; taxes make nobody a spending customer."""
    partner, facts = build.partner(), FactBuilder(tmp_path)
    april, may, june = MONTHS[3:]
    courses: list[dict[date, list[tuple[str, str]]]] = [
        {april: [("expenditure", "5")], may: [("expenditure", "1")], june: [("expenditure", "0.000000000001")]},
        {may: [("expenditure", "7"), ("credit", "-7")]},
        {april: [("credit", "-2")], june: [("expenditure", "3"), ("refund", "-3"), ("adjustment", "1")]},
        {may: [("refund", "-4")], june: [("tax", "9")]},
        {june: [("expenditure", "0"), ("expenditure", "-1"), ("adjustment", "-1")]},
    ]
    lines = [
        facts.line(month, Decimal(amount), customer, bill_type=kind)
        for customer, course in zip([build.customer(partner) for _ in courses], courses, strict=True)
        for month, bills in course.items()
        for kind, amount in bills
    ]
    facts.put([*lines, facts.line(june, "50", None)])

    def counted(month: date, *kinds: str, above: bool) -> set[int]:
        return {
            place
            for place, course in enumerate(courses)
            for kind, amount in course.get(month, ())
            if kind in kinds and (not above or Decimal(amount) > 0)
        }

    before: set[int] = set()
    for month in (april, may, june):
        spent = counted(month, "expenditure", above=True)
        other = counted(month, "credit", "adjustment", above=False)
        assert figure(uow, "spending_customers", month) == len(spent)
        assert figure(uow, "other_spending_customers", month) == len(other)
        assert figure(uow, "first_time_customers", month) == len(spent - before)
        assert figure(uow, "repeat_customers", month) == len(spent & before)
        before |= spent
    assert figure(uow, "spending_partners", april, june) == 1

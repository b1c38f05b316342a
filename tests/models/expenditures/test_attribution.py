"""Whose expenditure it is when account managers change: from the day after, of resellers from the month's first."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.core.unit_of_work import UnitOfWork
from models.customers import rules, service
from models.engines.statistics import forget, month_end
from models.partners.rules import PartnerKind
from models.partners.tables import Partner
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.figures import figure, figures

JULY, AUGUST, SEPTEMBER = date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)
DAYS = {
    date(2026, 7, 31): 1, date(2026, 8, 1): 2, date(2026, 8, 9): 4, date(2026, 8, 10): 8, date(2026, 8, 11): 16,
    date(2026, 8, 25): 32, date(2026, 9, 1): 64,
}  # fmt: skip
"""What is spent on each day; every sum tells which days are in it."""

Of = Callable[[date], dict[str, Decimal]]


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


@pytest.fixture
def stage(uow: UnitOfWork, build: Build, tmp_path: Path) -> Callable[..., Any]:
    """A customer of a partner of a kind with spending around August, and three account managers; who counts when."""

    def made(kind: PartnerKind) -> tuple[Any, list[Any], Of]:
        parent = build.partner(kind=PartnerKind.DISTRIBUTOR).id if kind is PartnerKind.RESELLER else None
        partner = build.partner(kind=kind, parent_id=parent)
        customer = build.customer(partner)
        people = [build.user("account_manager", partner=partner, name=name) for name in ("Ann", "Ben", "Cleo")]
        facts = FactBuilder(tmp_path)
        facts.put(facts.line(day, amount, customer) for day, amount in DAYS.items())
        names = {str(person.id): person.name for person in people} | {"none": "nobody"}

        def of(month: date) -> dict[str, Decimal]:
            forget()
            found = figures(uow, "expenditure", month, by=("account_manager",), partner=str(partner.id))
            assert sum(found.values()) == figure(uow, "expenditure", month, partner=str(partner.id))
            return {names[key[0]]: amount for key, amount in found.items()}

        return customer, people, of

    return made


def assign(uow: UnitOfWork, customer: Any, person: Any, on: date) -> None:
    service.assign(uow.at(on), {customer.id: customer.version}, person.id)
    uow.session.flush()


@pytest.mark.meets("RSL-STA-11")
def test_a_resellers_expenditure_counts_from_the_first_of_the_month_of_the_assignment(uow, stage) -> None:
    customer, (ann, ben, _), of = stage(PartnerKind.RESELLER)
    assign(uow, customer, ann, date(2026, 6, 3))
    assign(uow, customer, ben, date(2026, 8, 10))
    assert of(JULY) == {"Ann": 1}
    assert of(AUGUST) == {"Ben": 2 + 4 + 8 + 16 + 32}
    assert of(SEPTEMBER) == {"Ben": 64}


@pytest.mark.meets("RSL-STA-11")
def test_the_first_account_manager_of_a_month_counts_for_all_of_it(uow, stage) -> None:
    customer, (ann, *_), of = stage(PartnerKind.RESELLER)
    assign(uow, customer, ann, date(2026, 8, 10))
    assert of(JULY) == {"nobody": 1}
    assert of(AUGUST) == {"Ann": 62}


@pytest.mark.meets("RSL-STA-11")
@pytest.mark.parametrize("second", [date(2026, 8, 10), date(2026, 8, 20), date(2026, 8, 31)])
def test_a_month_with_two_reassignments_belongs_to_the_last(uow, stage, second: date) -> None:
    customer, (ann, ben, cleo), of = stage(PartnerKind.RESELLER)
    assign(uow, customer, ann, date(2026, 7, 2))
    assign(uow, customer, ben, date(2026, 8, 10))
    assign(uow, customer, cleo, second)
    assert of(JULY) == {"Ann": 1}
    assert of(AUGUST) == {"Cleo": 62}
    assert of(SEPTEMBER) == {"Cleo": 64}


@pytest.mark.meets("RSL-STA-11", "CUS-ASG-05")
def test_who_no_longer_looks_after_a_resellers_customer_counts_until_the_month_is_over(uow, stage) -> None:
    customer, (ann, *_), of = stage(PartnerKind.RESELLER)
    assign(uow, customer, ann, date(2026, 8, 10))
    service.unassign(uow.at(date(2026, 8, 20)), {customer.id: customer.version})
    uow.session.flush()
    assert of(AUGUST) == {"Ann": 62}
    assert of(SEPTEMBER) == {"nobody": 64}


@pytest.mark.meets("CUS-ASG-06")
@pytest.mark.parametrize("kind", [PartnerKind.CLOUD_SOLUTION_PROVIDER, PartnerKind.DISTRIBUTOR])
def test_others_count_from_the_day_after_the_assignment(uow, stage, kind: PartnerKind) -> None:
    customer, (ann, ben, _), of = stage(kind)
    assign(uow, customer, ann, date(2026, 6, 3))
    assign(uow, customer, ben, date(2026, 8, 10))
    assert of(JULY) == {"Ann": 1}
    assert of(AUGUST) == {"Ann": 2 + 4 + 8, "Ben": 16 + 32}


@pytest.mark.meets("FIN-SCUS-02")
def test_a_directors_expenditure_is_that_of_the_account_managers_they_lead(uow, build, stage) -> None:
    customer, (ann, ben, _), _ = stage(PartnerKind.CLOUD_SOLUTION_PROVIDER)
    director = build.user("account_director", partner=build.uow.session.get(Partner, customer.partner_id))
    ben.director_id = director.id
    assign(uow, customer, ann, date(2026, 6, 3))
    assign(uow, customer, ben, date(2026, 8, 10))
    key = {"account_director": str(director.id)}
    assert figure(uow, "expenditure", AUGUST, **key) == 16 + 32
    assert figure(uow, "expenditure", JULY, AUGUST, account_director="none") == 1 + 2 + 4 + 8
    ben.director_id = None
    uow.session.flush()
    assert figure(uow, "expenditure", AUGUST, **key) == 0


def test_the_rule_names_the_first_of_the_month() -> None:
    assert rules.counts_from_month(date(2026, 8, 10)) == date(2026, 8, 1)
    assert rules.counts_from_month(date(2026, 8, 1)) == date(2026, 8, 1)


def drawn(seed: int) -> list[tuple[date, int | None]]:
    """On which day the customer is given to which of three people, or to nobody; by chance, the same each time."""
    chance = random.Random(seed)
    days = sorted(date(2026, 6, 25) + timedelta(days=chance.randint(0, 72)) for _ in range(chance.randint(1, 6)))
    found: list[tuple[date, int | None]] = []
    for day in days:  # who has it already is not given it again, and nobody has nothing to give back
        before = found[-1][1] if found else None
        found.append((day, chance.choice([who for who in (0, 1, 2, None) if who != before])))
    return found


def holder(kind: PartnerKind, changes: list[tuple[date, int | None]], day: date) -> int | None:
    """Whose the expenditure of a day is, by the words of the specification and nothing else."""
    if kind is not PartnerKind.RESELLER:  # from the day after; given back, until the month is over
        given = max((place for place, (on, who) in enumerate(changes) if who is not None and on < day), default=None)
        if given is None:
            return None
        back = [on for on, who in changes[given + 1 : given + 2] if who is None]
        return None if back and day > month_end(back[0]) else changes[given][1]
    month = [(on, who) for on, who in changes if on <= month_end(day)]
    while month and month[-1][1] is None and month[-1][0] >= day.replace(day=1):
        month.pop()  # given back in the month: whoever had it counts until the month is over
    return month[-1][1] if month else None


@pytest.mark.meets("RSL-STA-11", "CUS-ASG-05", "CUS-ASG-06")
@pytest.mark.parametrize("kind", [PartnerKind.CLOUD_SOLUTION_PROVIDER, PartnerKind.RESELLER])
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(3, 40))])
def test_any_reassignments_leave_each_days_expenditure_with_one_person(
    uow: UnitOfWork, stage: Callable[..., Any], seed: int, kind: PartnerKind
) -> None:
    customer, people, of = stage(kind)
    changes = drawn(seed)
    for on, who in changes:
        if who is None:
            service.unassign(uow.at(on), {customer.id: customer.version})
        else:
            service.assign(uow.at(on), {customer.id: customer.version}, people[who].id)
        uow.session.flush()
    for month in (JULY, AUGUST, SEPTEMBER):
        expected: dict[str, Decimal] = {}
        for day, amount in DAYS.items():
            if day.replace(day=1) == month:
                who = holder(kind, changes, day)
                name = "nobody" if who is None else ("Ann", "Ben", "Cleo")[who]
                expected[name] = expected.get(name, Decimal(0)) + amount
        assert of(month) == expected

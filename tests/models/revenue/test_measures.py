"""Revenue and incentive earnings, held against sums of one's own; and goals, month by month."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from models.core.actor import SYSTEM
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound
from models.core.unit_of_work import UnitOfWork
from models.customers.tables import Customer
from models.engines.statistics import forget
from models.incentives.facts import incentive_line
from models.partners.rules import PartnerKind
from models.partners.tables import Partner
from models.revenue import queries, rules, service
from models.revenue.facts import revenue_line
from tests.support.acting import acting, codes
from tests.support.build import Build
from tests.support.figures import figure, figures
from tests.support.lake_rows import put_rows

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
D = Decimal
Row = dict[str, Any]


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


@pytest.fixture
def records(uow: UnitOfWork, build: Build, tmp_path: Path) -> list[Row]:
    """Two hundred revenue records and the earnings on them, of three partners, in two currencies."""
    chance = random.Random(11)
    partners = [build.partner(name) for name in ("Nordlicht", "Amber", "Kudu")]
    customers = [build.customer(chance.choice(partners)) for _ in range(8)]
    rows: list[Row] = []
    for number in range(200):
        customer, cycle = chance.choice(customers), chance.choice((MAY, JUNE))
        back = chance.random() < 0.2
        amount = D(chance.randrange(1, 10**9)).scaleb(-chance.randrange(9)) * (-1 if back else 1)
        rows.append({
            "source": "focus", "cycle": cycle, "line": number, "partner_id": str(customer.partner_id),
            "customer_id": str(customer.id), "association_type": chance.choice(("reseller", "referral")),
            "order_type": "unsubscription" if back else "subscription",
            "billing_mode": chance.choice(("pay_per_use", "one_time")),
            "service_type": chance.choice(("Elastic compute", "Object storage")), "product": "EC2", "eligible": amount,
            "service_family": "Compute", "currency": chance.choice(("USD", "USD", "EUR")), "tax": amount * D("0.2"),
            "generated_on": cycle + timedelta(days=chance.randrange(30)), "period_status": "final",
        })  # fmt: skip
    put_rows(revenue_line, rows, tmp_path)
    earned = []
    for row in rows:
        for program, percent in (("Monthly rebate", D(8)), ("Growth rebate", D("1.5")))[: chance.randrange(3)]:
            earned.append(row | {
                "incentive_program": program, "revenue": row["eligible"], "rebate_percent": percent,
                "earnings": row["eligible"] * percent / 100, "earned_on": row["generated_on"],
                "earnings_kind": "refund" if row["eligible"] < 0 else "expenditure",
                "reconciliation_period": "2026M6" if program == "Monthly rebate" else "2026Q2",
            })  # fmt: skip
            row.setdefault("earned", []).append(earned[-1])
    put_rows(incentive_line, earned, tmp_path)
    return rows


def summed(rows: list[Row], month: date, value: Callable[[Row], D], *keys: str) -> dict[Any, D]:
    """Sums by keys and currency, added one by one."""
    found: dict[Any, D] = defaultdict(D)
    for row in rows:
        if row["cycle"] == month:
            found[(*(row[key] for key in keys), row["currency"])] += value(row)
    return {key: amount for key, amount in found.items() if amount}


NAMES = {"partner_id": "partner", "customer_id": "customer"}


@pytest.mark.meets("FIN-SREV-02", "FIN-SREV-03", "FIN-SREV-04", "FIN-SREV-05", "DST-STA-06")
def test_revenue_adds_up_to_the_last_digit(uow: UnitOfWork, records: list[Row]) -> None:
    expected: dict[str, Callable[[Row], D]] = {
        "eligible_revenue": lambda row: row["eligible"],
        "tax_inclusive_revenue": lambda row: row["eligible"] + row["tax"],
        "revenue_refunds": lambda row: min(row["eligible"], D(0)),
        "revenue_subscriptions": lambda row: max(row["eligible"], D(0)),
    }
    for name, value in expected.items():
        for keys in ((), ("customer_id",), ("service_type",), ("billing_mode",), ("partner_id", "order_type")):
            by = tuple(NAMES.get(key, key) for key in keys)
            assert figures(uow, name, JUNE, by=by) == summed(records, JUNE, value, *keys), (name, keys)
    june = [row for row in records if row["cycle"] == JUNE]
    assert figure(uow, "revenue_records", JUNE) == len(june)
    assert figure(uow, "revenue_customers", JUNE) == len({row["customer_id"] for row in june if row["eligible"] > 0})


@pytest.mark.meets("FIN-SINC-01", "FIN-SINC-02", "FIN-SINC-03", "FIN-SINC-04", "DST-STA-09")
def test_earnings_add_up_to_the_last_digit(uow: UnitOfWork, records: list[Row]) -> None:
    earned = [line for row in records for line in row.get("earned", ())]
    expected: dict[str, Callable[[Row], D]] = {
        "incentive_earnings": lambda row: row["earnings"],
        "incentive_of_refunds": lambda row: min(row["earnings"], D(0)),
        "incentive_of_expenditures": lambda row: max(row["earnings"], D(0)),
    }
    for name, value in expected.items():
        for keys in ((), ("customer_id",), ("service_type",), ("incentive_program",), ("reconciliation_period",)):
            by = tuple(NAMES.get(key, key) for key in keys)
            assert figures(uow, name, MAY, by=by) == summed(earned, MAY, value, *keys), (name, keys)
    rates = figures(uow, "incentive_rate", MAY, by=("incentive_program",))
    assert {(program, currency): round(rate, 9) for (program, currency), rate in rates.items()} == {
        (row["incentive_program"], row["currency"]): row["rebate_percent"] / 100
        for row in earned
        if row["cycle"] == MAY
    }  # fmt: skip
    assert figure(uow, "earning_partners", MAY) == len(
        {row["partner_id"] for row in earned if row["cycle"] == MAY and row["earnings"] > 0}
    )


@pytest.mark.meets("FIN-SREV-01", "DST-STA-08")
def test_revenue_counts_for_an_account_manager_from_the_day_after(
    uow: UnitOfWork, build: Build, tmp_path: Path
) -> None:
    """Marta from June 10 (assigned), Rasmus from June 20: a day's revenue counts for nobody, her, her, him."""
    partner = build.partner()
    customer = build.customer(partner)
    marta, rasmus = (build.user("account_manager", partner=partner) for _ in range(2))
    first = build.assignment(customer, marta, date(2026, 6, 10), date(2026, 6, 20))
    first.counts_until = date(2026, 7, 1)  # until then her expenditures count; not her revenue, once he follows
    build.assignment(customer, rasmus, date(2026, 6, 20)).counts_from = date(2026, 7, 1)
    uow.session.flush()
    days = {10: D(1), 11: D(2), 20: D(4), 21: D(8)}
    rows = [
        {"source": "focus", "cycle": JUNE, "line": day, "partner_id": str(partner.id), "currency": "USD",
         "customer_id": str(customer.id), "generated_on": date(2026, 6, day), "eligible": amount, "tax": D(0)}
        for day, amount in days.items()
    ]  # fmt: skip
    put_rows(revenue_line, rows, tmp_path)
    assert figures(uow, "eligible_revenue", JUNE, by=("account_manager",)) == {
        ("none", "USD"): 1, (str(marta.id), "USD"): 6, (str(rasmus.id), "USD"): 8,
    }  # fmt: skip


def test_nobody_sees_the_revenue_of_others(uow: UnitOfWork, build: Build, records: list[Row]) -> None:
    partner = build.uow.session.get_one(Partner, UUID(records[0]["partner_id"]))
    reseller = build.partner(kind=PartnerKind.RESELLER, parent_id=partner.id)
    marta = build.user("account_manager", partner=partner)
    customer = records[0]["customer_id"]
    build.uow.session.flush()
    rows = {
        build.actor("partner_admin", partner=partner): lambda row: row["partner_id"] == str(partner.id),
        build.actor("finance_specialist", partner=partner): lambda row: row["partner_id"] == str(partner.id),
        build.actor("partner_admin", partner=reseller): lambda row: False,
        build.actor("ecosystem_manager"): lambda row: True,
    }
    for actor, sees in rows.items():
        seen = [row for row in records if sees(row)]
        work = acting(uow, actor)
        assert figures(work, "eligible_revenue", JUNE) == summed(seen, JUNE, lambda row: row["eligible"]), actor.name
        earned = [line for row in seen for line in row.get("earned", ())]
        assert figures(work, "incentive_earnings", JUNE) == summed(earned, JUNE, lambda row: row["earnings"])
        acting(uow, SYSTEM)
    build.assignment(build.uow.session.get_one(Customer, UUID(customer)), marta, date(2026, 1, 1))
    own = [row for row in records if row["customer_id"] == customer]
    work = acting(uow, build.actor_of(marta, ("account_manager",)))
    assert figures(work, "eligible_revenue", JUNE) == summed(own, JUNE, lambda row: row["eligible"])


# ---- goals ----


@pytest.mark.parametrize("amount", ["360000", "10.10", "0.01", "999.99", "1000000000"])
def test_a_goal_is_spread_over_the_months_to_the_cent(amount: str) -> None:
    shares = rules.shares(D(amount))
    assert len(shares) == 12
    assert sum(shares) == D(amount)
    assert all(share == share.quantize(D("0.01")) and abs(share - D(amount) / 12) < D("0.01") for share in shares)


@pytest.mark.parametrize(
    ("year", "amount", "expected"),
    [
        (2026, "360000", []), (2027, "10.10", []), (2025, "1", ["GOAL-YEAR"]), (2028, "1", ["GOAL-YEAR"]),
        (2026, "0", ["GOAL-AMOUNT"]), (2026, "1.001", ["GOAL-AMOUNT"]), (2026, "NaN", ["GOAL-AMOUNT"]),
        (2025, "2000000000", ["GOAL-YEAR", "GOAL-AMOUNT"]),
    ],
)  # fmt: skip
def test_what_is_no_goal(year: int, amount: str, expected: list[str]) -> None:
    problems = rules.goal_problems(year, D(amount), most=D(10**9), today=date(2026, 7, 1))
    assert [problem.code for problem in problems] == expected


def test_goals_are_set_by_managers_and_keep_their_history(uow: UnitOfWork, build: Build) -> None:
    partner, other = build.partner(), build.partner()
    ines, liis = build.actor("ecosystem_manager"), build.actor("partner_admin", partner=partner)
    year = uow.today.year
    work = acting(uow, ines)
    first = service.set_goal(work, partner.id, year, D("360000"), expected=None)
    with pytest.raises(ChangedMeanwhile):
        service.set_goal(work, partner.id, year, D("400000"), expected=None)
    second = service.set_goal(work, partner.id, year, D("400000.10"), note="Agreed in May", expected=first)
    service.set_goal(work, other.id, year, D("12"), expected=None)
    assert codes(lambda: service.set_goal(work, partner.id, year - 1, D(1), expected=None)) == ["GOAL-YEAR"]
    found = queries.goals(work, partner.id)
    assert [(row.id, row.amount, row.ended_at is None) for row in found] == [
        (second, D("400000.10"), True), (first, D("360000"), False),
    ]  # fmt: skip
    march = date(year, 3, 1)
    assert figure(work, "revenue_goal", date(year, 1, 1), date(year, 12, 1)) == D("400012.10")
    assert figure(work, "revenue_goal", march, partner=str(other.id)) == D(1)
    work = acting(uow, liis)
    assert queries.goal(work, partner.id, year) == found[0]
    assert queries.goal(work, other.id, year) is None
    assert figure(work, "revenue_goal", date(year, 1, 1), date(year, 12, 1)) == D("400000.10")
    with pytest.raises(NotAllowed):
        service.set_goal(work, partner.id, year, D(1), expected=second)
    with pytest.raises(NotFound):
        service.set_goal(acting(uow, ines), UUID(int=1), year, D(1), expected=None)

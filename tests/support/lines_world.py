"""Lines of several partners, customers, managers and currencies in the lake, and the same lines in Python to count."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from models.core.actor import Actor, Scope
from models.core.unit_of_work import UnitOfWork
from models.expenditures.filters import ExpenditureFilter
from tests.support.build import Build
from tests.support.facts import FactBuilder

MONTHS = [date(2026, month, 1) for month in (2, 3, 4, 5)]
VIEWS = frozenset({"statistics.view"})
Line = dict[str, Any]


@dataclass
class World:
    """Lines in the lake, the same lines in Python, and who looked after whom."""

    uow: UnitOfWork
    lines: list[Line]
    partners: list[Any]
    customers: list[Any]
    assignments: list[tuple[str, str, date, date]]

    def seen(self, scope: Scope, asked: ExpenditureFilter) -> list[Line]:
        """What counts for somebody: scope, period, filters, no tax; counted line by line."""
        return [
            line
            for line in self.lines
            if line["bill_type"] != "tax"
            and asked.first <= line["cycle"] <= asked.last
            and allowed(scope, line)
            and all(self.key(each.dimension, line) in each.values for each in asked.filters)
        ]

    def key(self, dimension: str, line: Line) -> str:
        """The key of a line, found the slow way."""
        customer = line["customer_id"]
        if dimension in ("partner", "association_type", "account_manager") and customer is None:
            return "unmapped"
        if dimension == "account_manager":
            managers = [
                user
                for owned, user, begin, end in self.assignments
                if owned == customer and begin <= line["spent_on"] < end
            ]
            return managers[0] if managers else "none"
        column = {"partner": "partner_id", "customer": "customer_id", "region": "region_id"}.get(dimension, dimension)
        return line[column] or ("unmapped" if dimension == "customer" else "none")


def allowed(scope: Scope, line: Line) -> bool:
    partners, customers = scope.partners, scope.customers
    return (partners is None or line["partner_id"] in {str(key) for key in partners}) and (
        customers is None or line["customer_id"] in {str(key) for key in customers}
    )


def lines_world(uow: UnitOfWork, build: Build, folder: Path) -> World:
    """Four partners, twelve customers, their managers, and 400 lines, the same each time."""
    chance = random.Random(20260524)
    partners = [build.partner() for _ in range(4)]
    customers = [build.customer(chance.choice(partners)) for _ in range(12)]
    users = [build.user("account_manager", partner=partner) for partner in partners for _ in range(2)]
    assignments = []
    for customer in customers[:9]:
        day = date(2026, 1, 15)
        for user in chance.sample([user for user in users if user.partner_id == customer.partner_id], 2):
            end = day + timedelta(days=chance.randint(20, 60))
            build.assignment(customer, user, day, end)
            assignments.append((str(customer.id), str(user.id), day, end))
            day = end + timedelta(days=chance.choice((0, 0, 7)))
    facts = FactBuilder(folder)
    lines = [_line(chance, facts, customers) for _ in range(400)]
    facts.put(lines)
    return World(uow, lines, partners, customers, assignments)


def _line(chance: random.Random, facts: FactBuilder, customers: list[Any]) -> Line:
    month = chance.choice(MONTHS)
    return facts.line(
        month + timedelta(days=chance.randrange(28)),
        Decimal(chance.randrange(-(10**6), 10**9)).scaleb(-chance.randrange(13)),
        chance.choice([*customers, None]),
        currency=chance.choice(("USD", "USD", "EUR")),
        service_type=chance.choice(("Elastic compute", "Object storage", "CDN", None)),
        billing_mode=chance.choice(("pay_per_use", "savings_plan")),
        bill_type=chance.choice(("expenditure", "expenditure", "refund", "tax")),
        region_id=chance.choice(("eu-west-1", "ap-southeast-3", None)),
        file_id=chance.choice((1, 2)),
    )


@st.composite
def scopes(draw: st.DrawFn, world: World) -> Scope:
    """Everything, some partners, some customers of a partner, or nothing."""
    partners = draw(st.sets(st.sampled_from([row.id for row in world.partners]), max_size=2))
    customers = draw(st.sets(st.sampled_from([row.id for row in world.customers]), max_size=4))
    return draw(
        st.sampled_from([
            Scope.ALL, Scope(frozenset(partners)), Scope(frozenset(partners), frozenset(customers)),
            Scope(None, frozenset(customers)),
        ])
    )  # fmt: skip


def as_somebody(world: World, scope: Scope) -> UnitOfWork:
    world.uow.session.info["scope"] = scope
    return replace(world.uow, actor=Actor(None, "Somebody", permissions=VIEWS, scope=scope))


def summed(lines: list[Line]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for line in lines:
        totals[line["currency"]] = totals.get(line["currency"], Decimal(0)) + line["expenditure"]
    return totals

"""What statistics count of revenue (FIN-SREV, DST-STA-06 to 08), and the goals it is held against (ONB-GOAL)."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from datetime import date

import pyarrow as pa
from sqlalchemy import Column, Date, MetaData, Numeric, Table, Text, distinct, func, select

from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Facts, LineColumn, LineKind, Lines, Measure, Snapshot, Unit
from models.engines.statistics.records import arrow
from models.partners.dimensions import partner_dimension, partner_dimensions
from models.partners.past import past_version
from models.revenue.dimensions import DEMO_NOTE, common_dimensions, of_words
from models.revenue.facts import revenue_line
from models.revenue.rules import OrderType, PeriodStatus, shares
from models.revenue.tables import RevenueGoal

_line = revenue_line.c

REVENUE = Facts(
    table=revenue_line, partner="partner_id", customer="customer_id", cycle="cycle", day="generated_on",
    currency="currency",
    dimensions={
        each.name: each
        for each in (
            *common_dimensions(revenue_line, "generated_on"),
            of_words("order_type", "Order type", revenue_line, {each.value: each.words for each in OrderType}),
            of_words("period_status", "Period status", revenue_line, {each.value: each.words for each in PeriodStatus}),
        )
    },
    words="Revenue", note=DEMO_NOTE,
    lines=Lines(
        "revenue records",
        (
            LineColumn("generated_on", "Revenue generated", _line.generated_on, LineKind.DATE),
            LineColumn("revenue_id", "Revenue ID", _line.revenue_id), "customer", "partner",
            LineColumn("order_id", "Order ID", _line.order_id), "order_type", "product", "service_type",
            "billing_mode", "association_type", "account_manager", "period_status",
            LineColumn("confirmed_on", "Revenue confirmed", _line.confirmed_on, LineKind.DATE),
            LineColumn("expenditure", "Expenditure", _line.expenditure, LineKind.AMOUNT),
            LineColumn("tax", "Tax", _line.tax, LineKind.AMOUNT),
        ),
        (_line.source, _line.cycle, _line.line),
    ),
)  # fmt: skip

ELIGIBLE_REVENUE = Measure(
    "eligible_revenue", "Revenue eligible for incentives", Unit.MONEY, func.sum(_line.eligible), None, True,
    "Consumption of associated customers, tax, coupons and products without rebate left out."
    " What was given back counts with a minus.",
    plan="revenue_goal",
)  # fmt: skip
TAX_INCLUSIVE_REVENUE = Measure(
    "tax_inclusive_revenue", "Tax-inclusive revenue eligible for incentives", Unit.MONEY,
    func.sum(_line.eligible + _line.tax), None, True, "Revenue eligible for incentives and the tax on it.",
)  # fmt: skip
REVENUE_REFUNDS = Measure(
    "revenue_refunds", "Refunds of revenue", Unit.MONEY, func.sum(_line.eligible),
    _line.order_type == OrderType.UNSUBSCRIPTION.value, True,
    "What of the revenue was given back by unsubscriptions: negative.",
)  # fmt: skip
REVENUE_EXPENDITURE = Measure(
    "revenue_subscriptions", "Revenue of subscriptions", Unit.MONEY, func.sum(_line.eligible),
    _line.order_type == OrderType.SUBSCRIPTION.value, True, "Revenue before what was given back by unsubscriptions.",
)  # fmt: skip
REVENUE_RECORDS = Measure(
    "revenue_records", "Revenue records", Unit.COUNT, func.count(), None, True, "Number of revenue records."
)
REVENUE_CUSTOMERS = Measure(
    "revenue_customers", "Customers with revenue", Unit.COUNT, func.count(distinct(_line.customer_id)),
    _line.eligible > 0, False, "Customers with at least one revenue record above zero.",
)  # fmt: skip

# ---- goals ----

revenue_goal_month = Table(
    "revenue_goal_month", MetaData(),
    Column("partner_id", Text, comment="partner that the goal was agreed with"),
    Column("currency", Text, comment="goals are in USD"),
    Column("amount", Numeric(38, 8), comment="a twelfth of the goal of the year, in whole cents"),
    Column("day", Date, comment="first day of the month"),
)  # fmt: skip
_GOALS = pa.schema(
    [("partner_id", pa.string()), ("currency", pa.string()), ("amount", pa.decimal128(38, 8)), ("day", pa.date32())]
)


def goals_by_month(uow: UnitOfWork) -> pa.Table:
    """The annual goals in force of partners the actor may see, a twelfth on each month. One statement."""
    row = RevenueGoal
    stmt = select(row.partner_id, row.currency, row.year, row.amount).where(row.ended_at.is_(None))
    rows = [
        (str(partner), currency, share, date(year, month, 1))
        for partner, currency, year, amount in uow.session.execute(stmt)
        for month, share in enumerate(shares(amount), start=1)
    ]
    return arrow(_GOALS, rows)


def goals_version(uow: UnitOfWork) -> Hashable:
    """Another value whenever a goal was set: each is a row of its own, and ends the one before."""
    row = RevenueGoal
    return tuple(uow.session.execute(select(func.count(row.id), func.count(row.ended_at))).one()), past_version(uow)


_goal = revenue_goal_month.c
GOALS = Facts(
    table=revenue_goal_month, partner="partner_id", customer=None, cycle=None, day="day", currency="currency",
    dimensions={
        each.name: each
        for each in (partner_dimension(_goal.partner_id), *partner_dimensions(_goal.partner_id, _goal.day))
    },
    snapshot=Snapshot(goals_by_month, goals_version), words="Revenue goals",
    lines=Lines("months of goals", (LineColumn("day", "Month", _goal.day, LineKind.DATE), "partner", "tier")),
)  # fmt: skip
REVENUE_GOAL = Measure(
    "revenue_goal", "Revenue goal", Unit.MONEY, func.sum(_goal.amount), None, True,
    "The annual revenue goals agreed with partners, a twelfth for each month: what eligible revenue is held against.",
)  # fmt: skip


FACTS: Collection[Facts] = (REVENUE, GOALS)
MEASURES: Mapping[Facts, tuple[Measure, ...]] = {
    REVENUE: (
        ELIGIBLE_REVENUE, TAX_INCLUSIVE_REVENUE, REVENUE_EXPENDITURE, REVENUE_REFUNDS, REVENUE_RECORDS,
        REVENUE_CUSTOMERS,
    ),
    GOALS: (REVENUE_GOAL,),
}  # fmt: skip

"""What is counted of expenditure lines."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from datetime import date

import pyarrow as pa
from sqlalchemy import Column, Date, MetaData, Table, Text, distinct, func, select

from models.core.lake import lake
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Bought, Facts, Lookup, Measure, Period, Question, Unit, fetch, narrowed
from models.expenditures.dimensions import DIMENSIONS, EXPENDITURES, account_manager, association_type, partner
from models.expenditures.facts import expenditure_line
from models.expenditures.rules import BillType

_line = expenditure_line.c

COUNTED = _line.bill_type != BillType.TAX.value
"""The lines that count: every bill type but tax (CUS-COM-05)."""

EXPENDITURE = Measure(
    name="expenditure",
    words="Expenditure",
    unit=Unit.MONEY,
    aggregate=func.sum(_line.expenditure),
    where=COUNTED,
    additive=True,
    definition="What customers spent, discounts deducted: the billed cost of every line but taxes. Refunds, credits"
    " and adjustments count with their sign.",
    bought=Bought("usage", ("product", "usage_unit")),
    grain="one line of a delivered file",
)
USAGE = Measure(
    name="usage",
    words="Usage",
    unit=Unit.QUANTITY,
    aggregate=func.sum(_line.quantity),
    where=_line.bill_type == BillType.EXPENDITURE.value,
    additive=False,
    definition="How much of a product was used. Amounts of different units say nothing together: look at it by product"
    " and unit.",
    grain="one line of a delivered file",
)
LINES = Measure(
    name="lines",
    words="Lines",
    unit=Unit.COUNT,
    aggregate=func.count(),
    where=COUNTED,
    additive=True,
    definition="Number of expenditure lines.",
)
CHARGED = (_line.bill_type == BillType.EXPENDITURE.value) & (_line.expenditure > 0)
"""The lines that are a charge above zero."""

SPENDING_CUSTOMERS = Measure(
    name="spending_customers",
    words="Spending customers",
    unit=Unit.COUNT,
    aggregate=func.count(distinct(_line.customer_id)),
    where=CHARGED,
    additive=False,
    definition="Customers with at least one charge above zero; credits and refunds alone do not make one. Lines of no"
    " known customer do not count.",
)
SPENDING_PARTNERS = Measure(
    name="spending_partners",
    words="Spending partners",
    unit=Unit.COUNT,
    aggregate=func.count(distinct(_line.partner_id)),
    where=CHARGED,
    additive=False,
    definition="Partners with at least one customer that had a charge above zero.",
)
OTHER_SPENDING_CUSTOMERS = Measure(
    name="other_spending_customers",
    words="Customers with other expenditure",
    unit=Unit.COUNT,
    aggregate=func.count(distinct(_line.customer_id)),
    where=_line.bill_type.in_([BillType.CREDIT.value, BillType.ADJUSTMENT.value]),
    additive=False,
    definition="Customers with at least one credit or adjustment: something was settled otherwise than in cash. Many of"
    " them are spending customers too.",
)

# ---- first-time and repeat customers (FIN-SCUS-10, FIN-OP-16) ----

first_spent = Table("customer_first_spent", MetaData(), Column("customer_id", Text), Column("first_cycle", Date))
EVER = date(1990, 1, 1)


def lake_state(_: UnitOfWork) -> Hashable:
    """Another value whenever a line came or went."""
    return lake().scan(expenditure_line).snapshot_id


def first_spending(uow: UnitOfWork) -> pa.Table:
    """In which billing month each customer had its first charge above zero, among the lines the actor may see.

    Raises:
        LakeAway: the lake cannot be read.
    """
    question = Question(EXPENDITURES, (), Period(EVER, uow.today.replace(day=1)))
    stmt = select(_line.customer_id, func.min(_line.cycle)).where(CHARGED, _line.customer_id.is_not(None))
    stmt = narrowed(stmt, question, uow.actor.scope, also=()).group_by(_line.customer_id)
    rows, _ = fetch(uow, question, stmt, ())
    shape = pa.schema([("customer_id", pa.string()), ("first_cycle", pa.date32())])
    return pa.table([pa.array([row[place] for row in rows], shape[place].type) for place in (0, 1)], schema=shape)


FIRST_SPENT = Lookup(first_spent, first_spent.c.customer_id == _line.customer_id, first_spending, lake_state)


def _by_first_month(name: str, words: str, first: bool, definition: str) -> Measure:
    month = first_spent.c.first_cycle
    return Measure(
        name, words, Unit.COUNT, func.count(distinct(_line.customer_id)),
        CHARGED & (month == _line.cycle if first else month < _line.cycle), False, definition, lookup=FIRST_SPENT,
    )  # fmt: skip


FIRST_TIME_CUSTOMERS = _by_first_month(
    "first_time_customers", "First-time customers", True,
    "Spending customers whose first charge above zero ever lies in the billing month.",
)  # fmt: skip
REPEAT_CUSTOMERS = _by_first_month(
    "repeat_customers", "Repeat customers", False,
    "Spending customers that had a charge above zero in an earlier billing month already. Over several months one that"
    " began in the first and went on in the next is both.",
)  # fmt: skip

FACTS: Collection[Facts] = (EXPENDITURES,)
MEASURES: Mapping[Facts, tuple[Measure, ...]] = {
    EXPENDITURES: (
        EXPENDITURE, LINES, SPENDING_CUSTOMERS, OTHER_SPENDING_CUSTOMERS, SPENDING_PARTNERS, FIRST_TIME_CUSTOMERS,
        REPEAT_CUSTOMERS, USAGE,
    )
}  # fmt: skip
"""What statistics count of lines."""


def _latest(name: str) -> Measure:
    dimension = DIMENSIONS[name]
    key = func.coalesce(dimension.column, dimension.missing_key)
    return Measure(
        name=f"latest_{name}",
        words=dimension.words,
        unit=Unit.WORD,
        aggregate=func.max_by(key, _line.spent_on),
        where=COUNTED,
        additive=False,
        definition=f"{dimension.words} of the latest line.",
        lookup=dimension.lookup,
    )


LATEST_PARTNER = _latest(partner.name)
LATEST_ASSOCIATION_TYPE = _latest(association_type.name)
LATEST_ACCOUNT_MANAGER = _latest(account_manager.name)

"""What is counted of expenditure lines."""

from __future__ import annotations

from sqlalchemy import Table, distinct, func

from models.engines.statistics import Measure, Unit
from models.expenditures.dimensions import DIMENSIONS, account_manager, association_type, partner
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
SPENDING_CUSTOMERS = Measure(
    name="spending_customers",
    words="Spending customers",
    unit=Unit.COUNT,
    aggregate=func.count(distinct(_line.customer_id)),
    where=(_line.bill_type == BillType.EXPENDITURE.value) & (_line.expenditure > 0),
    additive=False,
    definition="Customers with at least one charge above zero; credits and refunds alone do not make one. Lines of no"
    " known customer do not count.",
)


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


def fact_table() -> Table:
    """The table that the measures count in."""
    return expenditure_line

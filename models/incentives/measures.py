"""What statistics count of incentive earnings (FIN-SINC, FIN-IDET, DST-STA-09)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import distinct, func

from models.engines.statistics import Facts, LineColumn, LineKind, Lines, Measure, Unit
from models.incentives.facts import incentive_line
from models.incentives.rules import EarningsKind, EarningsStatus
from models.revenue.dimensions import DEMO_NOTE, common_dimensions, of_words

_line = incentive_line.c

INCENTIVES = Facts(
    table=incentive_line, partner="partner_id", customer="customer_id", cycle="cycle", day="earned_on",
    currency="currency",
    dimensions={
        each.name: each
        for each in (
            *common_dimensions(incentive_line, "earned_on"),
            of_words("incentive_program", "Incentive program", incentive_line),
            of_words("reconciliation_period", "Reconciliation period", incentive_line),
            of_words("earnings_kind", "Expenditures or refunds", incentive_line,
                     {each.value: each.words for each in EarningsKind}),
            of_words("earnings_status", "Earnings status", incentive_line,
                     {each.value: each.words for each in EarningsStatus}),
        )
    },
    words="Incentive earnings", note=DEMO_NOTE,
    lines=Lines(
        "lines of earnings",
        (
            LineColumn("earned_on", "Revenue generated", _line.earned_on, LineKind.DATE), "customer", "partner",
            LineColumn("order_id", "Order ID", _line.order_id), "incentive_program", "reconciliation_period",
            "earnings_status", "earnings_kind", "product", "service_type", "billing_mode", "association_type",
            "account_manager", LineColumn("incentive_id", "Statement", _line.incentive_id),
            LineColumn("revenue", "Revenue", _line.revenue, LineKind.AMOUNT),
            LineColumn("rebate_percent", "Rebate, %", _line.rebate_percent, LineKind.AMOUNT),
        ),
        (_line.source, _line.cycle, _line.line),
    ),
)  # fmt: skip

INCENTIVE_EARNINGS = Measure(
    "incentive_earnings", "Incentive earnings", Unit.MONEY, func.sum(_line.earnings), None, True,
    "What partners earn on eligible revenue, by the month of the revenue, whatever its status; what was refunded counts"
    " with a minus.",
)  # fmt: skip
INCENTIVE_OF_EXPENDITURES = Measure(
    "incentive_of_expenditures", "Earnings of expenditures", Unit.MONEY, func.sum(_line.earnings),
    _line.earnings_kind == EarningsKind.EXPENDITURE.value, True, "Earnings before what refunds take back.",
)  # fmt: skip
INCENTIVE_OF_REFUNDS = Measure(
    "incentive_of_refunds", "Earnings taken back for refunds", Unit.MONEY, func.sum(_line.earnings),
    _line.earnings_kind == EarningsKind.REFUND.value, True, "Earnings that refunds take back: negative.",
)  # fmt: skip
INCENTIVE_RATE = Measure(
    "incentive_rate", "Incentive rate", Unit.SHARE, func.sum(_line.earnings), None, False,
    "Earnings as a share of the revenue that they are reckoned from; revenue in two programs counts in each.",
    divided_by=func.sum(_line.revenue), of_amounts=True,
)  # fmt: skip
EARNING_PARTNERS = Measure(
    "earning_partners", "Partners with earnings", Unit.COUNT, func.count(distinct(_line.partner_id)),
    _line.earnings > 0, False, "Partners with at least one line of earnings above zero.",
)  # fmt: skip

FACTS: Collection[Facts] = (INCENTIVES,)
MEASURES: Mapping[Facts, tuple[Measure, ...]] = {
    INCENTIVES: (
        INCENTIVE_EARNINGS, INCENTIVE_OF_EXPENDITURES, INCENTIVE_OF_REFUNDS, INCENTIVE_RATE, EARNING_PARTNERS,
    )
}  # fmt: skip

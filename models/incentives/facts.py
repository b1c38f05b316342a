"""One line of incentive earnings in the lake: declared here once, the Iceberg schema is derived from it (FIN-ICONF-07).

`cycle` is the month of the revenue; a quarterly program names its quarter in `reconciliation_period` (2026Q2).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Numeric, Table, Text

from models.core.lake import lake_metadata
from models.core.types import LAKE_PLACES

incentive_line = Table(
    "incentive_line",
    lake_metadata,
    Column("source", Text, comment="name of the source whose consumption it comes from"),
    Column("cycle", Date, comment="first day of the month of the revenue"),
    Column("line", BigInteger, comment="number of the line, once in a source and cycle"),
    Column("incentive_id", Text, comment="the statement it stands on"),
    Column("incentive_program", Text),
    Column("reconciliation_period", Text, comment="2026M5 a month, 2026Q2 a quarter (FIN-IND-02)"),
    Column("partner_id", Text, comment="partner of the customer when the revenue was generated"),
    Column("customer_id", Text),
    Column("association_type", Text),
    Column("order_id", Text),
    Column("earnings_kind", Text, comment="expenditure, or refund with negative amounts"),
    Column("service_family", Text),
    Column("service_type", Text),
    Column("product", Text),
    Column("billing_mode", Text),
    Column("currency", Text),
    Column("revenue", Numeric(38, LAKE_PLACES), comment="revenue eligible for incentives that it is reckoned from"),
    Column("rebate_percent", Numeric(18, 6)),
    Column("earnings", Numeric(38, LAKE_PLACES)),
    Column("earned_on", Date, comment="business date (GMT+08:00) of the revenue, kept within the cycle"),
    Column("earnings_status", Text),
    info={"partition_by": ("source", "cycle"), "sorted_by": ("partner_id", "customer_id", "earned_on")},
)

"""One record of revenue in the lake: declared here once, the Iceberg schema is derived from it (FIN-REV-07).

A month of a source is replaced as a whole: when its revenue is generated anew, or when its period goes a step further.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Numeric, Table, Text

from models.core.lake import lake_metadata
from models.core.types import LAKE_PLACES

revenue_line = Table(
    "revenue_line",
    lake_metadata,
    Column("source", Text, comment="name of the source whose consumption it comes from"),
    Column("cycle", Date, comment="first day of the month of the revenue"),
    Column("line", BigInteger, comment="number of the record, once in a source and cycle"),
    Column("revenue_id", Text),
    Column("partner_id", Text, comment="partner of the customer when the revenue was generated"),
    Column("customer_id", Text),
    Column("association_type", Text),
    Column("order_id", Text),
    Column("order_type", Text, comment="subscription, or unsubscription with negative amounts"),
    Column("service_family", Text),
    Column("service_type", Text),
    Column("product", Text),
    Column("billing_mode", Text),
    Column("currency", Text),
    Column("expenditure", Numeric(38, LAKE_PLACES), comment="the consumption behind it, coupons not deducted"),
    Column("eligible", Numeric(38, LAKE_PLACES), comment="revenue eligible for incentives, without tax"),
    Column("tax", Numeric(38, LAKE_PLACES)),
    Column("generated_on", Date, comment="business date (GMT+08:00), kept within the cycle"),
    Column("confirmed_on", Date, comment="when the month was reviewed; missing before"),
    Column("period_status", Text),
    info={"partition_by": ("source", "cycle"), "sorted_by": ("partner_id", "customer_id", "generated_on")},
)

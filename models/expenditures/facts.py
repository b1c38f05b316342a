"""One line of expenditure in the lake: declared here once, the Iceberg schema is derived from it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Numeric, Table, Text

from models.core.lake import lake_metadata
from models.core.types import LAKE_PLACES

QUANTITY_PLACES = 18

expenditure_line = Table(
    "expenditure_line",
    lake_metadata,
    Column("source", Text, comment="name of the source whose delivery brought the line"),
    Column("cycle", Date, comment="first day of the billing month"),
    Column("file_id", BigInteger, comment="the delivery file (delivery_file.id); no data file holds two"),
    Column("line", BigInteger, comment="number of the record in the delivered file, its header being 1"),
    Column("partner_id", Text, comment="partner of the customer at charge_start; missing where nobody mapped it"),
    Column("customer_id", Text),
    Column("association_type", Text),
    Column("sub_account_id", Text),
    Column("sub_account_name", Text),
    Column("provider", Text),
    Column("service_family", Text),
    Column("service_type", Text),
    Column("product", Text),
    Column("region_id", Text),
    Column("region_name", Text),
    Column("bill_type", Text),
    Column("billing_mode", Text),
    Column("charge_start", DateTime(timezone=True)),
    Column("charge_end", DateTime(timezone=True)),
    Column("spent_on", Date, comment="business date (GMT+08:00) of charge_start, kept within the cycle"),
    Column("currency", Text),
    Column("expenditure", Numeric(38, LAKE_PLACES)),
    Column("list_price", Numeric(38, LAKE_PLACES)),
    Column("quantity", Numeric(38, QUANTITY_PLACES)),
    Column("unit", Text),
    Column("commitment_id", Text),
    Column("resource_id", Text),
    Column("resource_name", Text),
    Column("description", Text),
    Column("tags", Text),
    info={"partition_by": ("source", "cycle"), "sorted_by": ("partner_id", "customer_id", "spent_on")},
)

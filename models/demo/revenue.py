"""Derives the demo's revenue and incentive earnings from its expenditure lines, as bill runs would, in DuckDB.

Revenue is what customers spent and got back, taxes, credits and one service without rebate left out (FIN-REV-02), in
USD; incentives are shares of it by program. Amounts are exact decimals rounded to eight places, the same for the same
lines.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Table, insert

from models.core.clock import business_midnight
from models.core.lake import duck
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.demo.delivery import CycleFile
from models.demo.ecosystem import DemoPartner, Ecosystem
from models.demo.terms import DemoTerms, catalog
from models.incentives.facts import incentive_line
from models.revenue.facts import revenue_line
from models.revenue.tables import RevenueGoal

WITHOUT_REBATE = "Content delivery"
"""The service type that brings no revenue."""
TAXES = {"DE": 19, "CH": 8, "NO": 25, "SE": 25, "DK": 25, "FI": 25, "HU": 27, "ZA": 15, "KE": 16, "NG": 7, "SG": 9,
         "JP": 10, "TH": 7, "AE": 5, "SA": 15, "MX": 16, "US": 0}  # fmt: skip
OTHER_TAX = 20
"""Per cent, where the table says none."""
THOUSAND = 1000
"""Goals are whole thousands of USD."""
PROGRAMS: Sequence[tuple[str, bool, str, Mapping[str, str]]] = (
    ("Monthly rebate", False, "resale", {"basic": "5", "differentiation": "8", "advanced": "12"}),
    ("Quarterly growth rebate", True, "resale", {"differentiation": "1.5", "advanced": "2.5"}),
    ("Referral fee", False, "referral", {"registered": "6", "basic": "8", "differentiation": "10", "advanced": "10"}),
    ("Commitment bonus", False, "commitment", {"basic": "2", "differentiation": "3", "advanced": "3"}),
)  # fmt: skip
"""Each with whether it is reckoned by the quarter, which revenue it is for, and its per cent by the partner's tier."""

_REVENUE = """
CREATE TEMP TABLE revenue AS
WITH spent AS (
    SELECT min(source) AS source, cycle, partner_id, customer_id, min(association_type) AS association_type,
           min(service_family) AS service_family, min(service_type) AS service_type, product, billing_mode,
           min(currency) AS currency, bill_type = 'refund' AS back, least((day(spent_on) - 1) // 5, 5) AS part,
           max(spent_on) AS generated_on, CAST(sum(expenditure) AS DECIMAL(20, 8)) AS amount
    FROM line
    WHERE bill_type IN ('expenditure', 'adjustment', 'refund') AND service_type <> $without
          AND partner_id IS NOT NULL AND customer_id IS NOT NULL
    GROUP BY cycle, partner_id, customer_id, product, billing_mode, back, part
), ranked AS (
    SELECT *, CAST(amount * rate AS DECIMAL(28, 8)) AS eligible, row_number() OVER () AS line
    FROM (SELECT * FROM spent JOIN rate USING (currency) JOIN tax USING (customer_id) WHERE amount <> 0
          ORDER BY cycle, partner_id, customer_id, generated_on, product, billing_mode, back)
), numbered AS (
    SELECT *, strftime(cycle, '%y%m') || printf('%07d', line) AS number,
           CAST(cycle + INTERVAL 1 MONTH + INTERVAL 5 DAY AS DATE) AS reviewed
    FROM ranked
)
SELECT source, cycle, line, 'R' || number AS revenue_id, partner_id, customer_id, association_type,
       'CS' || number AS order_id, CASE WHEN back THEN 'unsubscription' ELSE 'subscription' END AS order_type,
       service_family, service_type, product, billing_mode, 'USD' AS currency, eligible AS expenditure, eligible,
       CAST(eligible * share AS DECIMAL(28, 8)) AS tax, generated_on,
       CASE WHEN reviewed <= $today THEN reviewed END AS confirmed_on,
       CASE WHEN cycle = $month THEN 'estimated' WHEN reviewed > $today THEN 'draft'
            WHEN date_diff('month', cycle, $month) < 3 THEN 'final' ELSE 'end_of_publicity' END AS period_status
FROM numbered
"""
_YEARLY = """
SELECT partner_id, sum(eligible) FROM revenue WHERE cycle < $month AND cycle >= $month - INTERVAL 12 MONTH GROUP BY 1
"""
_INCENTIVES = """
CREATE TEMP TABLE incentive AS
SELECT source, cycle, line * 8 + place AS line,
       'I' || strftime(cycle, '%Y%m') || upper(left(partner_id, 6)) || place AS incentive_id,
       name AS incentive_program,
       CASE WHEN quarterly THEN year(cycle) || 'Q' || quarter(cycle) ELSE year(cycle) || 'M' || month(cycle) END
           AS reconciliation_period,
       partner_id, customer_id, association_type, order_id,
       CASE WHEN order_type = 'unsubscription' THEN 'refund' ELSE 'expenditure' END AS earnings_kind, service_family,
       service_type, product, billing_mode, currency, eligible AS revenue, percent AS rebate_percent,
       CAST(eligible * share AS DECIMAL(28, 8)) AS earnings, generated_on AS earned_on,
       CASE date_diff('month', cycle, $month) WHEN 0 THEN 'estimated' WHEN 1 THEN 'pending_confirmation'
            WHEN 2 THEN 'issuing' WHEN 3 THEN 'reconciled' ELSE 'issued' END AS earnings_status
FROM revenue JOIN partner USING (partner_id) JOIN program USING (tier)
WHERE CASE kind WHEN 'resale' THEN association_type = 'reseller' WHEN 'referral' THEN association_type = 'referral'
      ELSE billing_mode IN ('reserved_hourly', 'reserved_upfront', 'savings_plan') END
"""


@dataclass(frozen=True, slots=True)
class Derived:
    """The files of both tables, and what each partner's revenue of the last full twelve months came to, in USD."""

    files: Mapping[Table, list[Path]]
    yearly: Mapping[str, Decimal]


def derive(eco: Ecosystem, files: Sequence[CycleFile], today: date, folder: Path) -> Derived:
    """One sorted Parquet file for each month of both tables, in `folder`, from the files of the expenditure lines."""
    with duck() as connection:
        connection.read_parquet([str(file.path) for file in files]).create_view("line")
        _register(connection, eco)
        month = {"month": today.replace(day=1)}
        connection.execute(_REVENUE, month | {"today": today, "without": WITHOUT_REBATE})
        connection.execute(_INCENTIVES, month)
        written = {
            revenue_line: _by_month(connection, "revenue", revenue_line, folder),
            incentive_line: _by_month(connection, "incentive", incentive_line, folder),
        }
        return Derived(written, dict(connection.execute(_YEARLY, month).fetchall()))


def goals(uow: UnitOfWork, terms: DemoTerms, eco: Ecosystem, yearly: Mapping[str, Decimal]) -> None:
    """A goal of this year for each partner with revenue: some within reach, some not, one in ten raised since."""
    chance, rows = random.Random(terms.seed), []
    manager = {user.id: user.name for user in eco.users}
    for partner in eco.partners:
        earned = yearly.get(str(partner.id), Decimal(0))
        wanted = max(earned * Decimal(chance.randrange(85, 130)) / 100, Decimal(THOUSAND)).quantize(Decimal(1))
        if earned <= 0:
            continue
        by = manager.get(partner.manager_id, "Kontor") if partner.manager_id else "Kontor"
        raised = chance.random() < 0.1
        year = uow.today.year
        for part, ended in ((Decimal("0.8"), True), (Decimal(1), False)):
            if ended and not raised:
                continue
            amount = (wanted * part / THOUSAND).quantize(Decimal(1)) * THOUSAND
            day = date(year, 6 if raised and part == 1 and not ended else 1, chance.randrange(5, 28))
            rows.append(_goal(uow, partner, max(amount, Decimal(THOUSAND)), year, min(day, uow.today), by, ended))
    if rows:
        uow.session.execute(insert(RevenueGoal), rows)


def _goal(
    uow: UnitOfWork, partner: DemoPartner, amount: Decimal, year: int, day: date, by: str, ended: bool
) -> dict[str, Any]:
    at = business_midnight(day) + timedelta(hours=2)
    over = business_midnight(min(date(year, 6, 1), uow.today)) + timedelta(hours=1) if ended else None
    return {
        "id": new_id(), "partner_id": partner.id, "year": year, "amount": amount, "currency": "USD", "note": "",
        "set_at": at, "set_by_name": by, "ended_at": over, "ended_by_name": by if ended else None,
    }  # fmt: skip


def _register(connection: duckdb.DuckDBPyConnection, eco: Ecosystem) -> None:
    """The small tables that the statements join: rates, taxes, tiers, programs."""
    rates = [("USD", Decimal(1)), *((currency, values[0]) for currency, values in catalog().rates.items())]
    taxes = [(str(each.id), Decimal(TAXES.get(each.country, OTHER_TAX)).scaleb(-2)) for each in eco.customers]
    tiers = [(str(each.id), each.tier.value) for each in eco.partners]
    programs = [
        (place, name, quarterly, kind, tier, Decimal(percent), Decimal(percent).scaleb(-2))
        for place, (name, quarterly, kind, percents) in enumerate(PROGRAMS)
        for tier, percent in percents.items()
    ]
    for name, columns, rows in (
        ("rate", {"currency": pa.string(), "rate": pa.decimal128(9, 5)}, rates),
        ("tax", {"customer_id": pa.string(), "share": pa.decimal128(4, 2)}, taxes),
        ("partner", {"partner_id": pa.string(), "tier": pa.string()}, tiers),
        ("program", {"place": pa.int64(), "name": pa.string(), "quarterly": pa.bool_(), "kind": pa.string(),
                     "tier": pa.string(), "percent": pa.decimal128(6, 2), "share": pa.decimal128(6, 4)}, programs),
    ):  # fmt: skip
        values = zip(*rows, strict=True)
        arrays = [pa.array(list(column), kind) for column, kind in zip(values, columns.values(), strict=True)]
        connection.register(name, pa.table(arrays, names=list(columns)))


def _by_month(connection: duckdb.DuckDBPyConnection, name: str, table: Table, folder: Path) -> list[Path]:
    columns = ", ".join(f'CAST("{each.name}" AS {each.type.compile()}) AS "{each.name}"' for each in table.columns)
    rows = connection.sql(f"SELECT {columns} FROM {name} ORDER BY cycle, line").to_arrow_table()
    found: list[Path] = []
    begins = 0
    for cycle, count in Counter(rows["cycle"].to_pylist()).items():
        path = folder / f"{name}-{cycle:%Y-%m}.parquet"
        pq.write_table(rows.slice(begins, count), path, compression="zstd", row_group_size=32_768)
        found, begins = [*found, path], begins + count
    return found

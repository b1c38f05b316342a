"""FOCUS files for tests: a test names the columns it is about, the rest is a believable line of usage."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from models.core.lake import lake
from models.expenditures.facts import expenditure_line
from tests.support import ROOT

SAMPLE = ROOT / "tests" / "data" / "focus_sample_1000.csv"
SAMPLE_TOTAL = {"USD": Decimal("20.52022672899")}

LINE: dict[str, str] = {
    "BilledCost": "1.5", "BillingCurrency": "USD", "BillingAccountId": "123",
    "BillingPeriodStart": "2026-09-01 00:00:00",
    "ChargeCategory": "Usage", "ChargePeriodStart": "2026-09-10 10:00:00", "ChargePeriodEnd": "2026-09-10 11:00:00",
    "ServiceCategory": "Compute", "ServiceName": "Virtual Machines", "SubAccountId": "sub-1", "SkuId": "SKU-1",
}  # fmt: skip


def write_focus(
    path: Path, lines: Sequence[dict[str, Any]] = ({},), *, without: Sequence[str] = (), delimiter: str = ",",
    bom: bool = False,
) -> Path:  # fmt: skip
    """A file with these lines, each `LINE` with the given differences; None becomes the literal NULL."""
    columns = [name for name in {**LINE, **{key: "" for line in lines for key in line}} if name not in without]
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8-sig" if bom else "utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(columns)
        for line in lines:
            values = {**LINE, **line}
            writer.writerow(["NULL" if values.get(name, "") is None else values.get(name, "") for name in columns])
    return path


def facts(select: str = "*", where: str = "true", order: str = "file_id, line") -> list[tuple[Any, ...]]:
    """Rows of the lake."""
    scan = lake().scan(expenditure_line)
    return duckdb.execute(f"SELECT {select} FROM {scan.sql} WHERE {where} ORDER BY {order}").fetchall()


def total() -> dict[str, tuple[int, Decimal]]:
    """Lines and sum per currency of everything in the lake."""
    scan = lake().scan(expenditure_line)
    rows = duckdb.execute(f"SELECT currency, count(*), sum(expenditure) FROM {scan.sql} GROUP BY 1").fetchall()
    return {currency: (count, amount) for currency, count, amount in rows}

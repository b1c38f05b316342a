"""A 12-month trend by service type over 5 million lines, through the statistics code, against DuckDB's bare SQL.

Both read the same files of the lake with the same memory and threads, in a process that has answered another question
before, as a running application has; no answer is remembered. Aim: at most twice the floor's time.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.harness import bare_duckdb, compare, run_step, say, stopwatch, temporary_home
from models.engines.statistics import Against, forget, shift_month
from models.expenditures.facts import expenditure_line
from models.expenditures.line_sql import duck_type

LINES = 5_000_000
LAST = date(2026, 6, 1)
MONTHS = tuple(shift_month(LAST, -back) for back in range(11, -1, -1))
PARTNERS, CUSTOMERS = 150, 4_000
REPEATS = 5
"""Askings in one process; their median is the process's time."""


def main(lines: int = LINES) -> dict[str, Any]:
    """Fill a lake, ask alternately, and see that both say the same."""
    import models.tables  # noqa: F401 - a table may refer to any other area's
    from models.core.migrate import migrate
    from models.core.settings import settings

    with temporary_home() as home:
        migrate(settings().record_store)
        fill(home, lines)
        result = compare("trend", "benchmarks.trend", home)
        said = {step: (home / f"{step}.txt").read_text() for step in ("ours", "floor")}
        if said["ours"] != said["floor"]:
            raise AssertionError(said)
        return result


def fill(home: Path, lines: int) -> None:
    """A file for each month, as an import writes it: sorted by partner, customer and day."""
    from models.core.lake import duck, lake

    each = lines // len(MONTHS)
    files = []
    with duck() as connection:
        for number, month in enumerate(MONTHS, start=1):
            path = home / f"{month}.parquet"
            connection.execute(
                f"COPY (SELECT {_columns(month, number)} FROM range({each}) r(i)"
                f" ORDER BY partner_id, customer_id, spent_on) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
            )
            files.append(path)
    lake().replace(expenditure_line, remove=None, files=files, commit_id="bench")
    say(f"trend: {each * len(MONTHS):,} lines in {len(files)} files")


def _columns(month: date, number: int) -> str:
    """Believable lines: many small amounts, a few services that carry most of the money, 3 % tax, 5 % refunds."""
    draw = f"hash(i, {number}, '{{}}')".format
    customer = f"({draw('customer')} % {CUSTOMERS})"
    service = f"CAST(pow({draw('service')} % 1000 / 1000.0, 2) * 24 AS INTEGER)"
    day = f"DATE '{month}' + CAST({draw('day')} % 28 AS INTEGER)"
    key = "md5('{0}' || CAST({1} AS VARCHAR))".format
    values = {
        "source": "'bench'",
        "cycle": f"DATE '{month}'",
        "file_id": str(number),
        "line": "i + 2",
        "partner_id": key("partner", f"{customer} % {PARTNERS}"),
        "customer_id": key("customer", customer),
        "association_type": f"CASE WHEN {customer} % 3 = 0 THEN 'referral' ELSE 'reseller' END",
        "sub_account_id": f"CAST(100000000000 + {customer} AS VARCHAR)",
        "service_family": f"'Family ' || {service} % 6",
        "service_type": f"'Service type ' || {service}",
        "product": f"'SKU-' || {draw('product')} % 900",
        "region_id": f"'region-' || {draw('region')} % 12",
        "bill_type": f"CASE WHEN {draw('bill')} % 100 < 3 THEN 'tax' WHEN {draw('bill')} % 100 < 8 THEN 'refund'"
        " ELSE 'expenditure' END",
        "billing_mode": f"CASE WHEN {draw('mode')} % 5 = 0 THEN 'savings_plan' ELSE 'pay_per_use' END",
        "charge_start": f"CAST({day} AS TIMESTAMPTZ)",
        "charge_end": f"CAST({day} AS TIMESTAMPTZ) + INTERVAL 1 HOUR",
        "spent_on": day,
        "currency": "'USD'",
        "expenditure": f"CAST({draw('amount')} % 100000000000 AS DECIMAL(38, 12)) / 10000000000",
        "resource_id": f"'i-' || {draw('resource')} % 50000",
        "description": "'Hours of a machine'",
    }
    return ", ".join(
        f"CAST({values.get(column.name, 'NULL')} AS {duck_type(column)}) AS {column.name}"
        for column in expenditure_line.columns
    )


def ours(home: Path) -> float:
    """The question as the page asks it."""
    import models.tables  # noqa: F401
    from models.core.actor import SYSTEM
    from models.core.unit_of_work import unit_of_work
    from models.expenditures import queries

    asked = queries.ExpenditureFilter.of(MONTHS[0], LAST, against=Against.NOTHING)
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        queries.distribution(uow, queries.ExpenditureFilter.of(LAST), "region")
        times = []
        for _ in range(REPEATS):
            forget()
            with stopwatch() as seconds:
                answer = queries.grouped_trend(uow, asked, "service_type", top=100)
            times.append(seconds())
    groups = {series.group.label: list(map(str, series.amounts)) for series in answer.series}
    (home / "ours.txt").write_text(repr(sorted(groups.items())))
    return median(times)


def floor(home: Path) -> float:
    """The same sums in SQL, on a connection that has read these files before."""
    from models.core.lake import lake

    files = lake().scan(expenditure_line).sql
    with bare_duckdb() as connection:
        connection.execute(
            f"SELECT region_id, sum(expenditure) FROM {files} WHERE cycle >= '2026-05-01' GROUP BY 1"
        ).fetchall()
        times = []
        for _ in range(REPEATS):
            with stopwatch() as seconds:
                rows: list[tuple[str, date, str, Decimal]] = connection.execute(
                    f"""SELECT service_type, cycle, currency, sum(expenditure) FROM {files}
                        WHERE cycle BETWEEN '{MONTHS[0]}' AND '{LAST}' AND bill_type <> 'tax' GROUP BY ALL"""
                ).fetchall()
            times.append(seconds())
    groups: dict[str, list[str]] = {}
    for name, _, _, amount in sorted(rows):
        groups.setdefault(name, []).append(str(amount))
    (home / "floor.txt").write_text(repr(sorted(groups.items())))
    return median(times)


if __name__ == "__main__":
    run_step({"ours": ours, "floor": floor})

"""Import of a million real-shaped FOCUS lines with validation, against DuckDB turning the same CSV into sorted Parquet.

Aim: at most 3 times the floor's time and 1.5 times its memory; both get the memory and threads of the settings.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.harness import bare_duckdb, compare, run_step, say, stopwatch, temporary_home
from models.core.settings import ROOT

LINES = 1_000_000
SAMPLE = ROOT / "tests" / "data" / "focus_sample_1000.csv"


def main(lines: int = LINES) -> dict[str, Any]:
    """Make the file, then import and sort it alternately, each time from nothing."""
    with temporary_home() as home:
        make_file(home / "delivery.csv", lines)
        size = (home / "delivery.csv").stat().st_size >> 20
        say(f"import: {lines:,} lines, {size:,} MiB")
        return compare("import", "benchmarks.import_focus", home)


def make_file(path: Path, lines: int) -> None:
    """The real sample over and over, each time with other amounts, times, resources and quantities."""
    spread = "(hash(n, Id) % 1000)"
    september = "BillingPeriodStart LIKE '2024-09%'"
    hour = "strftime(TIMESTAMP '2024-09-01' + to_hours(CAST({} AS INTEGER)), '%Y-%m-%d %H:%M:%S')"
    start, end = hour.format(f"{spread} % 720"), hour.format(f"{spread} % 720 + 1")
    duckdb.execute(
        f"""COPY (SELECT sample.* REPLACE (
              CAST(CAST(CAST(BilledCost AS DECIMAL(38, 11)) * {spread} AS DECIMAL(38, 11)) AS VARCHAR) AS BilledCost,
              CAST(n * 100000 + CAST(Id AS BIGINT) AS VARCHAR) AS Id,
              CASE WHEN ResourceId = 'NULL' THEN ResourceId ELSE ResourceId || '-' || n % 97 END AS ResourceId,
              CASE WHEN {september} THEN {start} ELSE ChargePeriodStart END AS ChargePeriodStart,
              CASE WHEN {september} THEN {end} ELSE ChargePeriodEnd END AS ChargePeriodEnd)
            FROM range({max(1, lines // 1000)}) rounds(n), read_csv('{SAMPLE}', all_varchar=true) sample)
            TO '{path}' (HEADER, FORCE_QUOTE *)"""
    )


def ours(home: Path) -> float:
    """Import into an empty installation, as `./kontor import-focus` does."""
    import models.tables  # noqa: F401 - a table may refer to any other area's
    from models.core.actor import SYSTEM, acting_as
    from models.core.migrate import migrate
    from models.core.settings import settings
    from models.expenditures import service

    for left in home.iterdir():  # of the round before
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != "delivery.csv":
            left.unlink()
    migrate(settings().record_store)
    with acting_as(SYSTEM), stopwatch() as seconds:
        result = service.import_files([home / "delivery.csv"], source="bench")
    if result.accepted != result.read or not result.changed:
        raise AssertionError(result)
    return seconds()


def floor(home: Path) -> float:
    """The same file to Parquet, sorted by account and time, without looking at any value."""
    target = home / "floor.parquet"
    target.unlink(missing_ok=True)
    with bare_duckdb(temp_directory=home / "floor-tmp") as connection, stopwatch() as seconds:
        connection.execute(
            f"""COPY (SELECT * FROM read_csv('{home / "delivery.csv"}') ORDER BY SubAccountId, ChargePeriodStart)
                TO '{target}' (FORMAT parquet, COMPRESSION zstd)"""
        )
    return seconds()


if __name__ == "__main__":
    run_step({"ours": ours, "floor": floor})

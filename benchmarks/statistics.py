"""Each statistics page's slowest question over 5 million lines (or 50), against DuckDB's bare SQL on the same files.

Questions are asked in names, as pages, the API and dashboards ask them; nothing is remembered between askings. Both
sides read the files with the same memory and threads, in a process that has answered another question before, and must
say the same to the last digit. Aim: at most 1.5 times the floor's time for each, and no worse than linear growth.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.harness import compare, run_step, say, stopwatch, temporary_home
from benchmarks.trend import LAST, MONTHS, fill
from models.engines.statistics import forget
from models.expenditures.facts import expenditure_line
from models.statistics.asks import Ask

LINES = 5_000_000
"""How many lines; 50 million need about 3 GB of room and some minutes to be made."""
GROWN = 4
"""How many times the lines of the smaller lake the larger one has."""
REPEATS = 3
YEAR = {"first": MONTHS[0], "last": LAST}
HALF = {"first": MONTHS[6], "last": LAST}
NOW, BEFORE = f"cycle >= '{MONTHS[6]}'", f"cycle < '{MONTHS[6]}'"
CHARGE = "bill_type = 'expenditure' AND expenditure > 0"
COUNTED = "bill_type <> 'tax'"


@dataclass(frozen=True, slots=True)
class Asked:
    """A page's slowest question, the same in SQL, and which of the answer is compared."""

    page: str
    ask: Ask
    sql: tuple[str, ...]


QUESTIONS = (
    Asked(
        "ecosystem: the largest partners and their spending customers, half a year beside the one before",
        Ask.of("expenditure", "spending_customers", by=("partner",), top=10, period=HALF, against=("previous",)),
        (
            f"""WITH ranked AS (SELECT partner_id FROM {{files}} WHERE {NOW} AND {COUNTED} GROUP BY 1
                    ORDER BY sum(expenditure) DESC, 1 LIMIT 10)
                SELECT CASE WHEN partner_id IN (FROM ranked) THEN partner_id ELSE '(other)' END AS keys, '',
                    sum(expenditure) FILTER ({NOW} AND {COUNTED}),
                    count(DISTINCT customer_id) FILTER ({NOW} AND {CHARGE}),
                    sum(expenditure) FILTER ({BEFORE} AND {COUNTED}),
                    count(DISTINCT customer_id) FILTER ({BEFORE} AND {CHARGE})
                FROM {{files}} GROUP BY 1""",
            f"""SELECT count(DISTINCT customer_id) FILTER ({NOW} AND {CHARGE}),
                    count(DISTINCT customer_id) FILTER ({BEFORE} AND {CHARGE}) FROM {{files}}""",
        ),
    ),
    Asked(
        "customers: how many spend, month by month",
        Ask.of("spending_customers", granularity="month", period=YEAR),
        (
            f"SELECT cycle, '', count(DISTINCT customer_id) FROM {{files}} WHERE {CHARGE} GROUP BY 1",
            f"SELECT count(DISTINCT customer_id) FROM {{files}} WHERE {CHARGE}",
        ),
    ),
    Asked(
        "expenditures: a year by month and service type",
        Ask.of("expenditure", by=("service_type",), granularity="month", period=YEAR),
        (f"SELECT service_type, cycle, sum(expenditure) FROM {{files}} WHERE {COUNTED} GROUP BY 1, 2",),
    ),
    Asked(
        "every customer: amounts and lines, half a year beside the one before",
        Ask.of("expenditure", "lines", by=("customer",), period=HALF, against=("previous",)),
        (
            f"""SELECT customer_id, '', sum(expenditure) FILTER ({NOW}), count(*) FILTER ({NOW}),
                    sum(expenditure) FILTER ({BEFORE}), count(*) FILTER ({BEFORE})
                FROM {{files}} WHERE {COUNTED} GROUP BY 1""",
        ),
    ),
    Asked(
        "explore: products by region",
        Ask.of("expenditure", "lines", by=("product", "region"), period=YEAR),
        (
            f"""SELECT product, region_id, sum(expenditure), count(*) FROM {{files}} WHERE {COUNTED}
                GROUP BY 1, 2""",
        ),
    ),
)


def main(lines: int = LINES) -> dict[str, Any]:
    """Ask a quarter of the lines, then all of them; see that both sides say the same. The slowest ratio counts."""
    small = _measured(lines // GROWN, rounds=3)
    whole = _measured(lines, rounds=3)
    pages, growth = {}, {}
    for place, asked in enumerate(QUESTIONS):
        ours, floor = whole["ours"][place], whole["floor"][place]
        pages[asked.page] = round(ours["seconds"] / floor["seconds"], 3)
        growth[asked.page] = round(ours["seconds"] / small["ours"][place]["seconds"] / GROWN, 3)
        say(f"{ours['seconds']:7.3f} s {floor['seconds']:7.3f} s {pages[asked.page]:6.2f}  {asked.page}")
        say(f"{'':18} {growth[asked.page]:6.2f}  of linear, from {lines // GROWN:,} to {lines:,} lines")
    report = {"lines": lines, "pages": pages, "slowest_ratio": max(pages.values()), "growth": growth}
    return {**whole["report"], **report, "steepest_growth": max(growth.values())}


def _measured(lines: int, *, rounds: int) -> dict[str, Any]:
    """Both sides over so many lines: seconds and words of each question, and the report of the comparison."""
    import models.tables  # noqa: F401 - a table may refer to any other area's
    from models.core.migrate import migrate
    from models.core.settings import settings

    with temporary_home() as home:
        migrate(settings().record_store)
        fill(home, lines)
        report = compare("statistics", "benchmarks.statistics", home, rounds=rounds)
        took = {step: json.loads((home / f"{step}.json").read_text()) for step in ("ours", "floor")}
    for ours, floor, asked in zip(took["ours"], took["floor"], QUESTIONS, strict=True):
        if ours["said"] != floor["said"]:
            raise AssertionError(asked.page, ours["said"][:3], floor["said"][:3])
    return {**took, "report": report}


def ours(home: Path) -> float:
    """The questions as pages ask them."""
    import models.tables  # noqa: F401
    from models.core.actor import SYSTEM
    from models.core.settled import settle
    from models.core.unit_of_work import unit_of_work
    from models.statistics.asking import answer

    def asked(question: Asked) -> list[str]:
        forget()
        with unit_of_work(read_only=True, actor=SYSTEM) as uow:
            return _said(answer(uow, question.ask))

    asked(QUESTIONS[-1])
    settle()  # as the web process does before its first request
    return _take(home / "ours.json", asked)


def _said(found: Any) -> list[str]:
    rows = []
    for row in found.rows:
        keys = [*row.keys, *([str(row.start)] if row.start else [])]
        keys += [""] * (2 - len(keys))
        values = [*row.now, *(value for each in row.compared for value in each)]
        rows.append("|".join([*keys, *map(str, values)]))
    return sorted(rows)


def floor(home: Path) -> float:
    """The same in SQL, on a connection that has read these files before."""
    from models.core.lake import lake
    from models.core.settings import settings

    files = lake().scan(expenditure_line).sql
    limits: dict[str, Any] = {
        "memory_limit": f"{settings().lake_memory_mib}MiB",
        "threads": settings().lake_threads,
    }
    with duckdb.connect(config=limits) as connection:
        connection.execute("SET GLOBAL parquet_metadata_cache = true")  # as ours: both know the footers of the files

        def asked(question: Asked) -> list[str]:
            first, *_ = (connection.execute(sql.format(files=files)).fetchall() for sql in question.sql)
            return sorted("|".join("" if value is None else str(value) for value in row) for row in first)

        asked(QUESTIONS[-1])
        return _take(home / "floor.json", asked)


def _take(target: Path, asked: Callable[[Asked], list[str]]) -> float:
    """Ask each question several times; the medians go into a file, their sum is the step's time."""
    found, measured = [], []
    for question in QUESTIONS:
        times = []
        for _ in range(REPEATS):
            with stopwatch() as seconds:
                said = asked(question)
            times.append(seconds())
        measured.append(median(times))
        found.append({"seconds": measured[-1], "said": said})
    target.write_text(json.dumps([_best(each, before) for each, before in zip(found, _before(target), strict=True)]))
    return sum(measured)


def _before(target: Path) -> list[dict[str, Any]]:
    """What the rounds before this one measured."""
    if not target.exists():
        return [{"seconds": float("inf")}] * len(QUESTIONS)
    known: list[dict[str, Any]] = json.loads(target.read_text())
    return known


def _best(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """A question's quietest round: other work of the machine only ever makes it slower."""
    return {**now, "seconds": min(now["seconds"], before["seconds"])}


if __name__ == "__main__":
    run_step({"ours": ours, "floor": floor})

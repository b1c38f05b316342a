"""Questions asked with SQL over 5 million lines, in the limited process, against DuckDB's bare answer on the files.

What lies between is the price of the wall: counting the rows, handing over those that can matter, a process that gives
everything up. Both sides must say the same to the last digit. Aim: a month in less than a second more than the floor,
the whole year's three columns in less than ten.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.harness import bare_duckdb, compare, run_step, say, stopwatch, temporary_home
from benchmarks.trend import LAST, fill
from models.expenditures.facts import expenditure_line

LINES = 5_000_000
QUESTIONS = {
    "a month by product": "SELECT product, sum(expenditure) AS spent FROM {files}"
    f" WHERE cycle = '{LAST}' GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 20",
    "a year by partner and month": "SELECT partner_id, cycle, sum(expenditure) AS spent FROM {files}"
    " GROUP BY ALL ORDER BY 3 DESC, 1, 2 LIMIT 20",
    "customers of two services in a year": "SELECT count(*) FROM (SELECT customer_id FROM {files}"
    " WHERE customer_id IS NOT NULL GROUP BY 1 HAVING count(DISTINCT service_type) > 1)",
}


def main(lines: int = LINES) -> dict[str, Any]:
    """Fill a lake, ask both sides, compare what they say."""
    with temporary_home() as home:
        fill(home, lines)
        result = compare("explore", __name__, home, rounds=2)
        ours, floor = (json.loads((home / f"{side}.json").read_text()) for side in ("ours", "floor"))
    for name in QUESTIONS:
        if ours[name]["said"] != floor[name]["said"]:
            raise AssertionError(f"{name}: the two sides do not say the same")
        gone = f"{ours[name]['rows']:,} rows, {ours[name]['mib']:.0f} MiB went over"
        say(f"explore: {name}: {ours[name]['seconds']:.2f} s, bare {floor[name]['seconds']:.2f} s; {gone}")
    return {**result, "questions": {name: {"ours": ours[name], "floor": floor[name]} for name in QUESTIONS}}


def ours(home: Path) -> float:
    """As the page asks, from the statement to the rows."""
    from models.core.actor import SYSTEM
    from models.core.unit_of_work import unit_of_work
    from models.engines.sandbox import process
    from models.explore.asking import Asked, answer

    sizes: list[float] = []
    done = process.Table.done

    def measured(table: process.Table) -> process.Table:
        found = done(table)
        sizes.append(found.size / 1024 / 1024)
        return found

    setattr(process.Table, "done", measured)  # noqa: B010 - measured from outside
    found, total = {}, 0.0
    for name, sql in QUESTIONS.items():
        sizes.clear()
        with stopwatch() as seconds, unit_of_work(read_only=True, actor=SYSTEM) as uow:
            answered = answer(uow, Asked(sql.format(files="expenditure_line")))
        said = [list(map(str, row.values())) for row in answered.rows.to_pylist()]
        found[name] = {"seconds": seconds(), "said": said, "rows": answered.read[0].rows, "mib": sum(sizes)}
        total += seconds()
    (home / "ours.json").write_text(json.dumps(found))
    return total


def floor(home: Path) -> float:
    """The same SQL on a connection of DuckDB's that may read the files itself."""
    from models.core.lake import lake

    files = lake().scan(expenditure_line).sql
    found, total = {}, 0.0
    with bare_duckdb() as connection:
        for name, sql in QUESTIONS.items():
            with stopwatch() as seconds:
                said = [list(map(str, row)) for row in connection.execute(sql.format(files=files)).fetchall()]
            found[name] = {"seconds": seconds(), "said": said}
            total += seconds()
    (home / "floor.json").write_text(json.dumps(found))
    return total


if __name__ == "__main__":
    run_step({"ours": ours, "floor": floor})

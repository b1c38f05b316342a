"""`make requirements`: per area, how many written requirements have a passing test in the last run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.plugin.ids import requirements_by_area
from tests.support import ROOT


def met_by(tests: dict[str, Any]) -> set[str]:
    """Requirements that a passing test names and no failing one does."""
    passed = {r for test in tests.values() if test["outcome"] == "passed" for r in test["meets"]}
    failed = {r for test in tests.values() if test["outcome"] == "failed" for r in test["meets"]}
    return passed - failed


def report_lines(areas: dict[str, list[str]], met: set[str]) -> Iterable[str]:
    """One line per area, then the total."""
    for area, members in areas.items():
        yield f"{area:<14} {sum(r in met for r in members):>3} of {len(members):<3}"
    total = sum(len(members) for members in areas.values())
    begun = sum(any(r in met for r in members) for members in areas.values())
    yield (
        f"{sum(r in met for members in areas.values() for r in members)} of {total} requirements have a passing test, "
        f"in {begun} of {len(areas)} areas"
    )


def main(record: Path = ROOT / "build" / "requirements.json") -> int:
    if not record.is_file():
        print("Run `make test` first: build/requirements.json is not there.", file=sys.stderr)
        return 1
    tests = json.loads(record.read_text(encoding="utf-8"))["tests"]
    print("\n".join(report_lines(requirements_by_area(), met_by(tests))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

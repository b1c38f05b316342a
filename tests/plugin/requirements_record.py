"""Which requirement was shown by which test, and how that test ended: `build/requirements.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.ids import defined_ids

_PROPERTY = "meets"


def ids_of(item: pytest.Item) -> list[str]:
    """The requirement IDs that a test names, its class's and module's included."""
    return sorted({str(requirement) for marker in item.iter_markers("meets") for requirement in marker.args})


def note(item: pytest.Item) -> None:
    """Put the IDs on the test's report, which also travels between processes."""
    if ids := ids_of(item):
        item.user_properties.append((_PROPERTY, ids))


def refuse_unknown(item: pytest.Item) -> None:
    """Fail a test that names a requirement which docs/requirements does not define."""
    if unknown := [requirement for requirement in ids_of(item) if requirement not in defined_ids()]:
        pytest.fail(f"names unknown requirements: {', '.join(unknown)} (see docs/requirements)", pytrace=False)


class Record:
    """Collects the outcomes of one run and merges them into the file of earlier runs."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._file = root / "build" / "requirements.json"
        self._tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = next((value for name, value in report.user_properties if name == _PROPERTY), None)
        if not isinstance(ids, list):
            return
        entry = self._tests.setdefault(report.nodeid, {"meets": ids, "outcome": "passed"})
        if report.failed or (report.skipped and entry["outcome"] == "passed"):
            entry["outcome"] = report.outcome

    def pytest_sessionfinish(self) -> None:
        if not self._tests:
            return
        tests = {name: entry for name, entry in self._earlier().items() if self._still_there(name)} | self._tests
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_text(json.dumps({"tests": dict(sorted(tests.items()))}, indent=1), encoding="utf-8")

    def _earlier(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._file.read_text(encoding="utf-8"))["tests"])
        except (OSError, ValueError, KeyError):
            return {}

    def _still_there(self, nodeid: str) -> bool:
        return (self._root / nodeid.split("::")[0]).is_file()

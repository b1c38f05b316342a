"""Browser tests: run first and on one process; without a Chromium the run's last line names them.

Tests of flows follow, on one process too: they share one Prefect server.
"""

from __future__ import annotations

import os

import pytest
from xdist.scheduler import LoadGroupScheduling

from tests.support import chromium

FOLDERS = ("tests/browser/", "tests/flows/")
"""What one process runs alone, the longest first."""

_not_run: set[str] = set()
_WHY = "no Chromium was found (set KONTOR_TEST_CHROMIUM, or let `make test` install one)"


def arrange(items: list[pytest.Item]) -> None:
    """Browser tests first, then flows: they take longest."""
    places = {folder: place for place, folder in enumerate(FOLDERS)}
    items.sort(key=lambda item: places.get(_folder(item.nodeid), len(places)))


def _folder(nodeid: str) -> str:
    return next((folder for folder in FOLDERS if nodeid.startswith(folder)), nodeid)


class OneBrowser(LoadGroupScheduling):  # type: ignore[misc]
    """Gives all browser tests to one process, two browsers on two cores only disturb each other; and all flows.

    pytest-xdist's own groups are lost with pytest 9.2, which no longer lets a plugin rename a test.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _folder(nodeid)


def skip_without_chromium(item: pytest.Item) -> None:
    """Skip a browser test when there is nothing to drive."""
    if item.get_closest_marker("browser") and chromium.find() is None:
        pytest.skip(f"browser: {_WHY}")


class LastWord:
    """Remembers which browser tests were not run; on a build server that fails the run."""

    def __init__(self, *, on_build_server: bool) -> None:
        self._on_build_server = on_build_server

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and "browser: no Chromium" in str(report.longrepr):
            _not_run.add(report.nodeid.split("::")[0])

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if _not_run and self._on_build_server:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def print_last_word(config: pytest.Config) -> None:
    """Name the browser tests that were not run, after everything else."""
    if _not_run:
        severity = "error" if os.environ.get("CI") == "true" else "note"
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        line = f"{severity}: browser tests were not run, {_WHY}: {', '.join(sorted(_not_run))}"
        if reporter is not None:
            reporter.write_line(line)
        else:
            print(line)

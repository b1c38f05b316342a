"""Browser tests: run first and on one process; without a Chromium the run's last line names them."""

from __future__ import annotations

import os

import pytest

from tests.support import chromium

_not_run: set[str] = set()
_WHY = "no Chromium was found (set KONTOR_TEST_CHROMIUM, or let `make test` install one)"


def arrange(items: list[pytest.Item]) -> None:
    """Browser tests first (they take longest) and in one group: two browsers on two cores only disturb each other."""
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


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

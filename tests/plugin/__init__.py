"""What every test run of ours does beside testing.

- `@pytest.mark.meets("FIN-SEXP-01")` is recorded with the test's outcome in `build/requirements.json`;
  an ID that no chapter of `docs/requirements/` defines fails the test that names it.
- Folders of tests lie in memory where the machine has such a disk: waiting for a real one proves nothing.
- One temporary folder and, when a test asks for it, one PostgreSQL server serve the whole run, all processes of it.
- Browser tests are skipped when there is no Chromium, which the last line of the run then says; on a build server
  (`CI=true`) that is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.plugin import browser_tests, requirements_record
from tests.support import session_folder

__all__ = [
    "pytest_collection_modifyitems", "pytest_configure", "pytest_runtest_setup", "pytest_unconfigure",
    "pytest_xdist_make_scheduler",
]  # fmt: skip


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of several that pytest-xdist started."""
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Begin the run: the folder it shares and the record of requirements, both kept by the first process."""
    if is_worker(config):
        return
    folder = session_folder.open_folder()
    if (memory := session_folder.memory_folder(folder)) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
    config.pluginmanager.register(requirements_record.Record(Path(config.rootpath)), "requirements-record")
    config.pluginmanager.register(
        browser_tests.LastWord(on_build_server=os.environ.get("CI") == "true"), "browser-word"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note what each test meets, choose its tier, and put browser tests first and together (they take longest)."""
    for item in items:
        requirements_record.note(item)
        if item.get_closest_marker("deep_on_postgresql") and _on_postgresql(item):
            item.add_marker(pytest.mark.deep)
    browser_tests.arrange(items)


def _on_postgresql(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    return call is not None and "postgresql" in map(str, call.params.values())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> browser_tests.OneBrowser:
    """Several processes share the tests, one of them all browser tests."""
    return browser_tests.OneBrowser(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse unknown requirements; skip browser tests that cannot run."""
    requirements_record.refuse_unknown(item)
    browser_tests.skip_without_chromium(item)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the run shared."""
    if not is_worker(config):
        session_folder.close_folder()
        browser_tests.print_last_word(config)

"""The plugin records what tests show, refuses invented requirements, and never hides unrun browser tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.report import met_by, report_lines
from tests.support import ROOT

TESTS = """
import pytest

@pytest.mark.meets("FIN-SEXP-01", "FIN-SEXP-02")
def test_shown(): pass

@pytest.mark.meets("FIN-SEXP-03")
@pytest.mark.parametrize("good", [True, False])
def test_shown_in_part(good): assert good

@pytest.mark.meets("FIN-SEXP-04")
def test_not_run(): pytest.skip("no")

def test_says_nothing(): pass
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run of pytest with our plugin over the tests given, in a project of its own."""

    def run(tests: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "test_it.py").write_text(tests)
        (tmp_path / "pytest.ini").write_text(
            "[pytest]\nmarkers =\n  meets(*ids): x\n  browser: x\naddopts = --import-mode=importlib\n"
        )
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("KONTOR_", "PYTEST_", "CI", "COV"))}
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.plugin", *options],
            cwd=tmp_path,
            env=kept | {"PYTHONPATH": str(ROOT)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def recorded(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "build" / "requirements.json").read_text())["tests"])


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["one process", "two processes"])
def test_outcomes_are_recorded_by_requirement(run: Run, tmp_path: Path, processes: list[str]):
    run(TESTS, *processes)
    found = recorded(tmp_path)
    assert {name.split("::")[1]: (test["meets"], test["outcome"]) for name, test in found.items()} == {
        "test_shown": (["FIN-SEXP-01", "FIN-SEXP-02"], "passed"),
        "test_shown_in_part[True]": (["FIN-SEXP-03"], "passed"),
        "test_shown_in_part[False]": (["FIN-SEXP-03"], "failed"),
        "test_not_run": (["FIN-SEXP-04"], "skipped"),
    }
    assert met_by(found) == {"FIN-SEXP-01", "FIN-SEXP-02"}


def test_a_later_run_of_some_tests_keeps_what_the_others_showed(run: Run, tmp_path: Path):
    run(TESTS)
    run(TESTS.replace("assert good", "pass"), "-k", "in_part")
    assert met_by(recorded(tmp_path)) == {"FIN-SEXP-01", "FIN-SEXP-02", "FIN-SEXP-03"}


def test_an_invented_requirement_fails_the_test_that_names_it(run: Run, tmp_path: Path):
    done = run("import pytest\n\n@pytest.mark.meets('FIN-NOWHERE-99')\ndef test_it(): pass\n")
    assert done.returncode == 1
    assert "names unknown requirements: FIN-NOWHERE-99" in done.stdout
    assert met_by(recorded(tmp_path)) == set()


BROWSER_TEST = "import pytest\n\n@pytest.mark.browser\ndef test_it(): pass\n\ndef test_other(): pass\n"


def test_browser_tests_that_were_not_run_are_named_in_the_last_line(run: Run):
    done = run(BROWSER_TEST, KONTOR_TEST_CHROMIUM="/nowhere/chromium")
    last = done.stdout.splitlines()[-1]
    assert last.startswith("note: browser tests were not run")
    assert last.endswith("test_it.py")
    assert done.returncode == 0


def test_on_a_build_server_that_is_an_error(run: Run):
    done = run(BROWSER_TEST, KONTOR_TEST_CHROMIUM="/nowhere/chromium", CI="true")
    assert done.stdout.splitlines()[-1].startswith("error: browser tests were not run")
    assert done.returncode == 1


def test_the_report_counts_by_area():
    lines = list(report_lines({"FIN-A": ["FIN-A-01", "FIN-A-02"], "FIN-B": ["FIN-B-01"]}, {"FIN-A-02"}))
    assert lines[0].split() == ["FIN-A", "1", "of", "2"]
    assert lines[1].split() == ["FIN-B", "0", "of", "1"]
    assert lines[2] == "1 of 3 requirements have a passing test, in 1 of 2 areas"

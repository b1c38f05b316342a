"""Whatever can be set, run or called is described, and what is described exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement

from dashboard.cli.commands import app
from models.core.settings import Settings
from tests.support import ROOT, measures_table, settings_table

OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOR_TESTS = {"KONTOR_TEST_POSTGRES_URL", "KONTOR_TEST_CHROMIUM"}
OF_THE_LAUNCHER = {"setup"}


def cli_commands() -> set[str]:
    """`run`, `user add`, …"""
    group = typer.main.get_command(app)
    found: set[str] = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        found |= {f"{name} {sub}" for sub in getattr(command, "commands", {})} or {name}
    return found


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))


def test_the_table_of_settings_is_what_the_settings_say():
    assert settings_table.on_page() == settings_table.table(), "run: .venv/bin/python -m tests.support.settings_table"


def test_the_tables_of_measures_are_what_the_catalogue_says():
    assert measures_table.on_page() == measures_table.table(), "run: .venv/bin/python -m tests.support.measures_table"


def test_every_setting_is_explained_in_words():
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_no_setting_is_described_that_does_not_exist():
    known = {f"KONTOR_{name.upper()}" for name in Settings.model_fields} | FOR_TESTS
    named = {word for page in PAGES for word in re.findall(r"\bKONTOR_[A-Z_]+\b", page.read_text(encoding="utf-8"))}
    assert named - known == set()


def test_every_command_is_described():
    missing = {name for name in cli_commands() | OF_THE_LAUNCHER if f"`./kontor {name}" not in OPERATIONS}
    assert missing == set()


def test_no_command_is_described_that_does_not_exist():
    first_words = {name.split()[0] for name in cli_commands()} | OF_THE_LAUNCHER
    named = {word for page in PAGES for word in re.findall(r"`\./kontor ([a-z][a-z-]*)", page.read_text("utf-8"))}
    assert named - first_words == set()


def test_every_make_target_is_described():
    public = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {target for target in public if f"`make {target}" not in OPERATIONS} == set()


def test_no_make_target_is_described_that_does_not_exist():
    named = {word for page in PAGES for word in re.findall(r"`make ([a-z][a-z-]*)", page.read_text(encoding="utf-8"))}
    assert {target for target in named if target not in make_targets()} == set()


def test_every_benchmark_is_named_wherever_they_are_listed():
    programs = (path for path in (ROOT / "benchmarks").glob("[a-z]*.py") if "\ndef main(" in path.read_text("utf-8"))
    names = sorted(path.stem.removesuffix("_focus") for path in programs)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (measured,) = re.findall(r"for name in ([a-z ]+);", makefile)
    (told,) = re.findall(r"^bench: .*what we claim about speed: ([a-z, ]+)$", makefile, re.MULTILINE)
    (row,) = re.findall(r"^\| `\./kontor bench NAME` \| [^(]*\(([^)]+)\)", OPERATIONS, re.MULTILINE)
    assert sorted(measured.split()) == names
    assert sorted(told.split(", ")) == names
    assert sorted(re.findall(r"[a-z]+", row)) == names


def test_make_help_lists_the_targets():
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"run", "test", "help", "requirements", "bench", "lock"} <= {
        line.split()[0] for line in listed.stdout.splitlines()[1:]
    }


def test_the_build_server_runs_the_test_command_of_the_readme_and_nothing_else():
    lines = [
        line for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
    ]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "exec make test"]
    assert "    make test\n" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def locked(name: str) -> dict[str, str]:
    """Package to pinned version, as a lock has it."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_fulfils_what_we_ask_for(name: str):
    pins = locked("requirements.txt") | locked(f"{name}.txt")
    asked = [
        Requirement(line.split("#")[0].strip())
        for line in (ROOT / f"{name}.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-c"))
    ]
    broken = [str(r) for r in asked if not r.specifier.contains(pins.get(r.name.lower().replace("_", "-"), "0"))]
    assert broken == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_has_hashes_and_names_no_index(name: str):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert [
        block.split()[0] for block in blocks if "==" in block.split("\n")[0] and "--hash=sha256:" not in block
    ] == []


def test_every_upper_bound_says_why():
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "<" in line.split("#")[0] and "#" not in line] == []

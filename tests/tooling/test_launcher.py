"""`./kontor` makes its environment once, renews it with the lock, and says what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

ECHO = 'import sys\nfrom pathlib import Path\nprint("ran", sys.prefix, Path.cwd(), sys.argv[1:])\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the launcher, empty locks and a command line that tells how it was called."""
    folder = tmp_path / "a project"
    (folder / "dashboard" / "cli").mkdir(parents=True)
    (folder / "dashboard" / "cli" / "__main__.py").write_text(ECHO)
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (folder / lock).write_text("")
    shutil.copy(ROOT / "kontor", folder / "kontor")
    return folder


def launch(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start it with this Python and without uv, from a foreign folder."""
    bin_ = project.parent / "bin"
    bin_.mkdir(exist_ok=True)
    if not (bin_ / "python3").exists():
        (bin_ / "python3").symlink_to(os.path.realpath(sys.executable))
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    return subprocess.run(
        [project / "kontor", *arguments],
        cwd=elsewhere,
        env={"PATH": f"{bin_}:/usr/bin:/bin", "HOME": str(project.parent)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_start_makes_the_environment_and_the_second_only_uses_it(project: Path):
    first = launch(project, "import-focus", "a file.csv")
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"ran {project / '.venv'} {project.parent / 'elsewhere'} ['import-focus', 'a file.csv']\n"
    assert "setting up .venv" in first.stderr
    second = launch(project, "--help")
    assert (second.returncode, second.stderr) == (0, "")

    (project / "requirements.txt").write_text("# a new lock\n")
    renewed = launch(project, "--help")
    assert renewed.returncode == 0
    assert "setting up .venv" in renewed.stderr
    assert launch(project, "--help").stderr == ""


def test_a_python_that_cannot_make_environments_is_told_what_to_install(project: Path):
    hidden = project.parent / "hidden"
    hidden.mkdir()
    for module in ("ensurepip", "pip"):
        (hidden / f"{module}.py").write_text("raise ImportError('not here')")
    refused = launch(project, "run", PYTHONPATH=str(hidden))
    assert refused.returncode == 1
    assert "apt-get install python3-venv" in refused.stderr
    assert not (project / ".venv").exists()
    assert refused.stdout == ""


def test_a_lock_that_cannot_be_installed_is_an_error_and_leaves_no_stamp(project: Path):
    (project / "requirements.txt").write_text("no-such-thing==1\n")  # without a hash: refused before any network
    refused = launch(project, "--help")
    assert refused.returncode == 1
    assert "Installing the locked packages failed" in refused.stderr
    assert launch(project, "--help").returncode == 1


def test_setup_takes_no_other_options(project: Path):
    assert launch(project, "setup", "--fast").returncode == 2

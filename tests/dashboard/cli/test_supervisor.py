"""The supervisor keeps real processes running and ends every one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.waiting import until

PROGRAM = """
import sys
from pathlib import Path
from dashboard.cli.supervisor import Patience, Supervisor, commands_of
folder = Path(sys.argv[1])
patience = Patience(restarts=2, within=60, pause=0.05, to_end=1)
ticks = (folder / "ticks").open("a")
keeper = Supervisor(commands_of(folder / "Procfile"), folder=folder, environment={"PATH": "/usr/bin:/bin"},
                    patience=patience, each_second=lambda: print("tick", file=ticks, flush=True))
sys.exit(keeper.run())
"""


class Supervised:
    """A supervisor in a process of its own, over the commands given."""

    def __init__(self, folder: Path, commands: dict[str, str]) -> None:
        lines = [f"{name}: {command}" for name, command in commands.items()]
        (folder / "Procfile").write_text("\n".join(lines), encoding="utf-8")
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def pid_of(self, name: str) -> int:
        file = self.folder / f"{name}.pid"
        return int(until(lambda: file.exists() and file.read_text().strip(), within=10))

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=20)
        return self.process.returncode, output


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[type]:
    started: list[Supervised] = []

    def start(**commands: str) -> Supervised:
        started.append(Supervised(tmp_path, commands))
        return started[-1]

    yield start
    for supervised in started:
        supervised.process.kill()
        supervised.process.communicate()


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_it_ends_every_process_and_what_they_started(supervise, number):
    running = supervise(
        web="echo $$ > web.pid; exec sleep 600",
        worker="sleep 601 & echo $! > grandchild.pid; echo $$ > worker.pid; wait",
    )
    pids = [running.pid_of(name) for name in ("web", "worker", "grandchild")]
    status, output = running.end(number)
    assert status == 0, output
    assert [alive(pid) for pid in pids] == [False, False, False]


def test_a_process_that_dies_is_started_again_and_the_others_stay(supervise):
    running = supervise(
        web="echo $$ > web.pid; exec sleep 600",
        worker="test -e once && { echo $$ > worker.pid; exec sleep 600; }; touch once; exit 3",
    )
    web = running.pid_of("web")
    assert alive(running.pid_of("worker"))
    assert alive(web)
    status, output = running.end()
    assert "worker ended unasked with status 3; starting it again (1 of 2)" in output
    assert status == 0


def test_a_process_that_keeps_dying_ends_everything_with_an_error(supervise):
    running = supervise(web="echo $$ > web.pid; exec sleep 600", worker="sleep 0.3; echo oh no; exit 4")
    web = running.pid_of("web")
    status, output = running.ended()
    assert status == 1
    assert "worker ended 3 times within 60 s (last with status 4); ending everything" in output
    assert output.count("oh no") == 3
    assert not alive(web)


def test_a_process_that_will_not_end_is_killed(supervise):
    running = supervise(web="trap '' TERM; echo $$ > web.pid; while true; do sleep 0.1; done")
    web = running.pid_of("web")
    status, output = running.end()
    assert status == 0
    assert "killing them" in output
    assert not alive(web)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
def test_a_killed_supervisor_leaves_nothing_behind(supervise):
    running = supervise(web="echo $$ > web.pid; exec sleep 600")
    web = running.pid_of("web")
    running.process.kill()
    until(lambda: not alive(web), within=10)
    assert not alive(web)


def test_each_second_something_may_be_looked_at(supervise):
    running = supervise(web="exec sleep 600")
    until(lambda: (running.folder / "ticks").exists() and "tick" in (running.folder / "ticks").read_text(), within=10)
    assert os.path.exists(running.folder / "Procfile")
    assert running.end()[0] == 0

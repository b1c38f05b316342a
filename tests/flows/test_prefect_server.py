"""The locked set of packages runs Prefect for real: the server starts, takes a deployment, its schedule fires.

Guards the pins of requirements.in: with SQLAlchemy 2.1 schedules never fire, with a newer FastAPI the server refuses
deployments or does not even import. When a newer Prefect mends that, the pins may go.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.cli import serve
from dashboard.cli.supervisor import commands_of
from models.core.settings import Settings
from tests.support import ROOT
from tests.support.installation import free_ports
from tests.support.waiting import until


def ask(address: str, question: dict[str, Any] | None = None) -> Any:
    """What the server answers: to a POST of the question, or to a GET; None while it does not."""
    body = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())
    except OSError:
        return None


class Processes:
    """Processes of one test, each ended by its own process group."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, command: list[str] | str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command, shell=isinstance(command, str), env=self._environment, cwd=ROOT,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._started.append(process)
        return process

    def end(self) -> None:
        for process in reversed(self._started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


@pytest.fixture
def prefect(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Processes]]:
    """The address of a Prefect server started by our Procfile, and a way to start more beside it."""
    monkeypatch.setenv("KONTOR_PREFECT_PORT", str(free_ports(1)[0]))
    environment = serve.child_environment(Settings()) | {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    processes = Processes(environment, tmp_path / "log")
    server = processes.start(commands_of(ROOT / "Procfile")["prefect"])
    address = environment["PREFECT_API_URL"]

    def healthy() -> bool:
        assert server.poll() is None, (tmp_path / "log").read_text()
        return ask(f"{address}/health") is True

    try:
        until(healthy, within=120, what="Prefect's server")
        yield address, processes
    finally:
        processes.end()


def test_the_server_starts_and_a_schedule_fires(prefect: tuple[str, Processes], tmp_path: Path):
    address, processes = prefect
    processes.start([sys.executable, str(ROOT / "tests" / "flows" / "scheduled_flow.py")])
    scheduled_and_done = {
        "flows": {"name": {"any_": ["heartbeat"]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }

    def done() -> list[dict[str, Any]]:
        return [run for run in ask(f"{address}/flow_runs/filter", scheduled_and_done) or [] if run["auto_scheduled"]]

    runs = until(done, within=120, what="a run that the schedule started")
    assert runs[0]["name"]
    said = (tmp_path / "log").read_text(encoding="utf-8", errors="replace")
    assert "Can't evaluate bulk DML statement" not in said

"""A real Prefect server for tests: its own SQLite file, a free port, ended by its process id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import ROOT, prefect_template
from tests.support.installation import free_ports
from tests.support.waiting import until


@dataclass
class PrefectServer:
    """One server with its folder and port; it can go away and come back with what it knew."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        """The address that PREFECT_API_URL takes."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process needs to find this server and nothing else."""
        return {
            "PREFECT_HOME": str(self.folder),
            "PREFECT_API_URL": self.api,
            "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{self.folder / 'prefect.db'}",
            "PREFECT_API_DATABASE_TIMEOUT": "60",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
            "DO_NOT_TRACK": "1",
        }

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        prefect_template.begin(self.folder)
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--analytics-off"], env=dict(os.environ) | dict(self.environment), cwd=ROOT,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until(self.answers, within=180, what="Prefect's server")  # a busy machine starts it slowly
        prefect_template.keep(self.folder)

    def answers(self) -> bool:
        """Whether it is there."""
        assert self.process is None or self.process.poll() is None, (self.folder / "log").read_text()
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def ask(self, path: str, question: object = None) -> Any:
        """What the API answers, to a POST when there is a question; None when it has no such thing.

        A server whose database is busy says 503, come again: so we do, as Prefect's own client does.
        """
        body = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(f"{self.api}{path}", body, headers={"Content-Type": "application/json"})
        answers: list[Any] = []

        def answered() -> bool:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    answers.append(json.loads(answer.read() or b"null"))
            except urllib.error.HTTPError as error:
                if error.code not in (404, 503):
                    raise
                if error.code == 404:
                    answers.append(None)
            return bool(answers)

        until(answered, within=30, what=f"Prefect's answer to {path}")
        return answers[0]

    @contextmanager
    def away(self) -> Iterator[None]:
        """Killed for a while, with everything it started; then back with what it knew."""
        assert self.process is not None
        process, self.process = self.process, None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        try:
            yield
        finally:
            self.start()

    def stop(self) -> None:
        """End it; its database stays."""
        if self.process is None:
            return
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def server(folder: Path) -> Iterator[PrefectServer]:
    """A running server."""
    made = PrefectServer(folder, free_ports(1)[0])
    try:
        made.start()
        yield made
    finally:
        made.stop()

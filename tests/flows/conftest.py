"""One real Prefect server for all tests of the worker, and workers as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)

from flows.work import CLAIMS
from models.core import outbox
from models.core.actor import SYSTEM, acting_as
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from tests.support import ROOT, prefect
from tests.support.prefect import PrefectServer


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """A real Prefect server, shared: a test that ends it starts it again."""
    with prefect.server(tmp_path_factory.mktemp("prefect")) as server:
        yield server


@dataclass
class Workers:
    """Worker processes over the test's record store, and what they noted."""

    server: PrefectServer
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def notes(self) -> Path:
        return self.folder / "notes"

    def start(self, module: str = "tests.support.worker_under_test", **environment: str) -> subprocess.Popen[bytes]:
        """One more worker."""
        given = {"KONTOR_HOME": str(settings().home), "KONTOR_DATABASE_URL": settings().database_url,
                 "PYTHONPATH": str(ROOT)}  # fmt: skip
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module], env=os.environ | given | dict(self.server.environment) | environment,
                cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def ask(self, *keys: str, **payload: Any) -> None:
        """Put rows into the outbox."""
        with unit_of_work(actor=SYSTEM) as uow:
            for key in keys:
                uow.emit("test.note", key, {"file": str(self.notes), **payload})

    def noted(self, word: str = "done") -> list[str]:
        """The keys that were begun or done, in order."""
        if not self.notes.exists():
            return []
        lines = [line.split() for line in self.notes.read_text(encoding="utf-8").splitlines()]
        return [key for kind, key, _ in lines if kind == word]

    def who(self) -> set[int]:
        """The processes that noted something."""
        return {int(line.split()[2]) for line in self.notes.read_text(encoding="utf-8").splitlines()}

    def waiting(self) -> list[outbox.TopicState]:
        """What the outbox still holds."""
        with unit_of_work(read_only=True, actor=SYSTEM) as uow:
            return outbox.topics(uow)

    @property
    def log(self) -> str:
        return (self.folder / "worker.log").read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        """End every process that this test started."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def workers(prefect_server: PrefectServer, tmp_path: Path) -> Iterator[Workers]:
    """Starts workers; ask for a database fixture beside it."""
    made = Workers(prefect_server, tmp_path)
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
def carried(on_sqlite: str, prefect_server: PrefectServer) -> Iterator[None]:
    """Flows run here, recorded on the tests' server."""
    told = {PREFECT_API_URL: prefect_server.api, PREFECT_CLIENT_MAX_RETRIES: 1, PREFECT_LOGGING_TO_API_ENABLED: False}
    with temporary_settings(told), acting_as(SYSTEM):
        yield
        CLAIMS.release()

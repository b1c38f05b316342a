"""A whole installation for a test: `./kontor run` as real processes over a fresh home folder, ended by process id."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import ROOT
from tests.support.waiting import until


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


@dataclass
class Installation:
    """One Kontor with a home, an address and (once started) its processes."""

    home: Path
    port: int
    prefect_port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where a browser opens it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of everything that runs for this installation."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("KONTOR_", "PREFECT_"))}
        own = {"KONTOR_HOME": str(self.home), "KONTOR_PORT": str(self.port)}
        return kept | own | {"KONTOR_PREFECT_PORT": str(self.prefect_port)} | dict(self.settings)

    @property
    def log(self) -> str:
        """What the processes said so far."""
        file = self.home.with_name(self.home.name + ".log")
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def kontor(
        self, *arguments: str, given: str | None = None, timeout: float = 180
    ) -> subprocess.CompletedProcess[str]:
        """Run one command of `./kontor` for this installation."""
        return subprocess.run(
            [ROOT / "kontor", *arguments],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *options: str, within: float = 120) -> float:
        """Start everything and wait until it says that it is ready; the seconds that took."""
        began = time.monotonic()
        said_before = len(self.log)
        with self.home.with_name(self.home.name + ".log").open("ab") as log:
            self.process = subprocess.Popen(
                [ROOT / "kontor", "run", *options],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

        def ready() -> bool:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"kontor run ended with {self.process.returncode}:\n{self.log}")
            return "Kontor is ready:" in self.log[said_before:]

        try:
            until(ready, within=within, what="the start of Kontor")
        except AssertionError as error:
            self.stop()
            raise AssertionError(f"{error}\n{self.log[said_before:]}") from None
        return time.monotonic() - began

    def stop(self) -> int:
        """End everything in order; the exit status."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return process.returncode

    def accounts(self) -> dict[str, dict[str, str]]:
        """The demo accounts by e-mail address."""
        accounts = json.loads((self.home / "demo-accounts.json").read_text(encoding="utf-8"))
        return {account["email"]: account for account in accounts}

    def setup_code(self) -> str:
        """The code that the terminal shows for the first administrator."""
        found = re.search(r"one-time code\s+(\S+)", self.log)
        assert found, self.log
        return found.group(1)


@contextmanager
def installation(folder: Path, **settings: str) -> Iterator[Installation]:
    """An installation in a folder, not started yet; everything it started is ended at the end."""
    port, prefect_port = free_ports(2)
    made = Installation(folder / "home", port, prefect_port, settings)
    try:
        yield made
    finally:
        made.stop()

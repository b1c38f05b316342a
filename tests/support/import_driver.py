"""A process that imports files and does something at a named step; forked from a server that has all modules loaded.

The action is `kill` (as by kill -9), `pause` (stop answering, as a frozen machine does) or `none`. It prints each step.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import models.tables  # noqa: F401 - a table may refer to any other area's
from models.core.actor import SYSTEM, acting_as
from models.core.lake import Lake
from models.expenditures import runs, service

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


class Driven:
    """An import in a process of its own, with what it printed."""

    def __init__(self, output: Path, source: str, step: str, action: str, *paths: Path) -> None:
        self._output = output
        output.touch()
        settings = {name: value for name, value in os.environ.items() if name.startswith("KONTOR_")}
        arguments = (settings, str(output), source, step, action, [str(path) for path in paths])
        self.process = _PROCESSES.Process(target=_import, args=arguments, daemon=True)
        self.process.start()

    def printed(self) -> str:
        """Everything it said so far."""
        return self._output.read_text()

    def reach(self, step: str) -> None:
        """Wait until it has come to the step."""
        deadline = time.monotonic() + 60
        while step not in self.printed().splitlines():
            assert self.process.is_alive() and time.monotonic() < deadline, self.printed()
            time.sleep(0.02)

    def wait(self) -> int | None:
        """Its exit status; negative for a signal."""
        self.process.join(60)
        return self.process.exitcode

    def wake(self) -> None:
        """Let it go on after a pause."""
        os.kill(self.process.pid or 0, signal.SIGCONT)

    def end(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.join()


def _import(settings: Mapping[str, str], output: str, source: str, step: str, action: str, paths: list[str]) -> None:
    for name in [name for name in os.environ if name.startswith("KONTOR_")]:
        del os.environ[name]
    os.environ.update(settings)
    said = os.open(output, os.O_WRONLY | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)

    def reached(now: str) -> None:
        os.write(1, f"{now}\n".encode())
        if now == step and action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if now == step and action == "pause":
            os.kill(os.getpid(), signal.SIGSTOP)

    runs.reached = reached  # type: ignore[assignment]
    place, commit = Lake._place, Lake._commit

    def placing(self, *arguments):  # type: ignore[no-untyped-def]
        answer = place(self, *arguments)
        reached("placed")
        return answer

    def committing(self, *arguments):  # type: ignore[no-untyped-def]
        reached("writing")
        return commit(self, *arguments)

    Lake._place, Lake._commit = placing, committing  # type: ignore[method-assign]
    with acting_as(SYSTEM):
        service.import_files([Path(path) for path in paths], source=source)

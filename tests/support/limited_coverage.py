"""Which lines the limited process runs, while coverage is measured: it may open no file, so they leave by a pipe.

Nothing of this is in the process that Kontor starts: only tests under `make coverage` put it before and behind it.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import coverage
import pytest

from tests.support import ROOT

PIPE = 1024 * 1024
"""Bytes that a pipe holds, so that nobody has to read while it is written."""
BEFORE = """
import os, sqlite3.dump, coverage
cov = coverage.Coverage(data_file=None, config_file={settings!r}, source=[{source!r}])
cov.start()
def leave(code, really=os._exit, write=os.write):
    cov.stop()
    write({pipe}, cov.get_data().dumps())
    really(code)
os._exit = leave
"""


class _Measured(subprocess.Popen[bytes]):
    """A limited process that tells what it ran before it ends; one that is killed at work tells nothing."""

    def __init__(self, command: list[str], *, pass_fds: tuple[int, ...] | list[int] = (), **more: Any) -> None:
        self._told, end = os.pipe()
        fcntl.fcntl(self._told, fcntl.F_SETPIPE_SZ, PIPE)
        before = BEFORE.format(
            settings=str(ROOT / "pyproject.toml"), source=str(ROOT / "models" / "engines" / "sandbox"), pipe=end
        )
        *start, script = command
        super().__init__([*start, f"{before}\n{script}"], pass_fds=[*pass_fds, end], **more)
        os.close(end)

    def kill(self) -> None:
        with suppress(subprocess.TimeoutExpired):  # it may be about to tell
            super().wait(1)
        super().kill()

    def wait(self, timeout: float | None = None) -> int:
        code = super().wait(timeout)
        if self._told >= 0:
            with open(self._told, "rb") as told:
                self._told = -1
                _keep(told.read())
        return code


def _keep(told: bytes) -> None:
    running = coverage.Coverage.current()
    if told and running is not None:
        data = coverage.CoverageData(running.config.data_file, suffix=f"limited.{os.urandom(8).hex()}")
        data.loads(told)
        data.write()


@contextmanager
def measured() -> Iterator[None]:
    """Measure limited processes, where coverage is measured at all."""
    with pytest.MonkeyPatch.context() as patch:
        if coverage.Coverage.current() is not None:
            patch.setattr(subprocess, "Popen", _Measured)
        yield

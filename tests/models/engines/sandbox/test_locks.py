"""The locks hold for every thread of the limited process, also for those that were there before."""

from __future__ import annotations

import ctypes
import json
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

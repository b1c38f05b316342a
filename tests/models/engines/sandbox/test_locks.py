"""The locks hold for every thread of the limited process, also for those that were there before."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

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

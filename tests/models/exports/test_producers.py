"""Whoever makes files finds the producer of every kind by itself: the worker imports no page that asks for one."""

from __future__ import annotations

import subprocess
import sys

import pytest

KINDS = ("expenditures.lines", "expenditures.trend", "lists.cases", "explore.sql", "statistics.page",
         "statistics.lines")  # fmt: skip
SCRIPT = """
import sys
from models.exports.producers import producer_of
for kind in sys.argv[1:]:
    producer_of(kind)
"""


@pytest.mark.meets("FIN-EXP-01")
def test_a_new_process_finds_every_producer() -> None:
    made = subprocess.run([sys.executable, "-c", SCRIPT, *KINDS], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr

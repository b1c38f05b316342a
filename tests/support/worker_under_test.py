"""The real worker with topics of its own, run as a process by tests of the worker: `python -m` this module.

`test.note` appends its key to the file that the payload names, after `seconds`; `fails` lets it fail in that way.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Any

from flows import worker

worker.prepare()

from prefect import State, flow, task  # noqa: E402

import flows.work  # noqa: E402
from flows.topics import Scheduled, Topic  # noqa: E402
from flows.work import RETRIED, Payload, carry  # noqa: E402
from models.core.errors import Refused  # noqa: E402
from models.core.outbox import Patience, Work  # noqa: E402


@task(name="note", **RETRIED)
def note(key: str, payload: Payload) -> None:
    """One line per completed row, written in one piece."""
    append(payload["file"], f"begin {key} {os.getpid()}")
    if payload.get("fails") == "refused":
        raise Refused("The file is no FOCUS file.")
    if payload.get("fails") == "broken":
        raise RuntimeError("the disk is on fire")
    time.sleep(float(payload.get("seconds", 0)))
    append(payload["file"], f"done {key} {os.getpid()}")


def append(file: str, line: str) -> None:
    """Add a line that other processes' lines do not interrupt."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


@flow(name="notes")
async def notes(batch: list[Work]) -> list[State[Any]]:
    """Note every row of the batch."""
    return await carry(note, batch)


@flow(name="ticks")
async def ticks() -> None:
    """What the schedule of the tests starts."""
    append(os.environ["KONTOR_TEST_TICKS"], "tick")


if __name__ == "__main__":
    lease = float(os.environ.get("KONTOR_TEST_LEASE", "30"))
    flows.work.LEASE = Patience(lease=timedelta(seconds=lease))
    flows.work.HEARTBEAT = lease / 3
    here = "tests.support.worker_under_test"
    batch = int(os.environ.get("KONTOR_TEST_BATCH", "50"))
    schedules = (Scheduled("tests", f"{here}:ticks", "0 12 1 1 *"),) if "KONTOR_TEST_TICKS" in os.environ else ()
    worker.serve({"test.note": Topic("test.note", f"{here}:notes", most=batch)}, schedules)

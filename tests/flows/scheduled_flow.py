"""A flow on a schedule of two seconds, served until it is ended: what tests/flows/test_prefect_server.py watches."""

from __future__ import annotations

from datetime import timedelta

from prefect import flow


@flow(name="heartbeat")
async def heartbeat() -> str:
    """Does nothing but run."""
    return "beat"


if __name__ == "__main__":
    # One at a time: each run is a process of its own, and a busy machine starts them slower than they fall due.
    heartbeat.serve(name="every-two-seconds", interval=timedelta(seconds=2), limit=1, print_starting_message=False)

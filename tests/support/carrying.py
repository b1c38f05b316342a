"""Carries what is due of a topic as a lane of the worker does, in this process."""

from __future__ import annotations

from flows import worker
from flows.topics import TOPICS
from flows.work import CLAIMS


def do(topic: str) -> int:
    """Carry what is due of a topic; how many rows there were."""
    batch = CLAIMS.take(topic, TOPICS[topic].batch)
    if batch:
        worker._run_flow(TOPICS[topic], batch)
    return len(batch)

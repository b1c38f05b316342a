"""Runs that a killed worker left behind on the server: closed, or, when the calendar wanted them, started again."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Crashed, Scheduled

PREFIX = "worker"
OWN_TAG = f"{PREFIX}:{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
"""Every run carries its worker. The time tells this process from an earlier one of the same number."""
SEEN = 200


async def close_runs(client: PrefectClient) -> int:
    """Close what dead workers of this machine left open; how many runs that were. Safe to repeat.

    The rows of such a run are in the outbox and go to the next worker by themselves; only the record is put right.
    """
    unfinished = FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING])
    found = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=unfinished)), limit=SEEN
    )
    dead = [run for run in found if any(_is_dead(tag) for tag in run.tags)]
    for run in dead:
        await client.set_flow_run_state(run.id, _state(run), force=True)
    return len(dead)


def _state(run: FlowRun) -> State[Any]:
    if run.deployment_id is not None:
        return Scheduled()
    return Crashed(message="The worker was ended in the middle of this run; its rows go to the next one.")


def _is_dead(tag: str) -> bool:
    """Whether a tag names a worker of this machine that is no more."""
    kind, _, rest = tag.partition(":")
    host, _, process = rest.partition(":")
    if kind != PREFIX or host != socket.gethostname() or tag == OWN_TAG:
        return False
    number = int(process.partition(":")[0])
    if number == os.getpid():
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

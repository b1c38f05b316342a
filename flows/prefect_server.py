"""Prefect's server as the worker sees it: there or away, and what its calendar wants started."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import httpx
from prefect import Flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import Abort, ObjectNotFound
from prefect.schedules import Cron
from prefect.settings import get_current_settings
from prefect.states import Pending
from prefect.types._datetime import now
from prefect.utilities.engine import propose_state

from flows.left_behind import OWN_TAG, close_runs
from flows.topics import Scheduled

log = logging.getLogger("kontor.worker")

ZONE = "Etc/GMT-8"
"""GMT+08:00 in the spelling of the time zone database, whose signs run the other way."""


class Server:
    """Whether Prefect's server answers; asked seldom while it does, and with growing pauses while it does not."""

    SURE_FOR = 2.0
    PAUSES = (0.25, 0.5, 1.0, 2.0, 3.0)
    PATIENCE = 3.0

    SLOW_START = 10
    """Questions without an answer before the first one, that mean more than a slow start."""

    def __init__(self) -> None:
        self._answered_at = float("-inf")
        self._ask_again_at = float("-inf")
        self._failures = 0
        self._was_there = False
        self._missed = False  # and the log says so
        self._client: httpx.AsyncClient | None = None

    async def answers(self) -> bool:
        """Whether it is there; without asking when that is known well enough."""
        moment = time.monotonic()
        if moment < self._answered_at + self.SURE_FOR:
            return True
        if moment < self._ask_again_at:
            return False
        if await self._asked():
            if self._missed:
                log.info("prefect.back", extra={"failures": self._failures})
            self._answered_at, self._failures, self._was_there, self._missed = time.monotonic(), 0, True, False
            return True
        self.lost()
        return False

    def lost(self) -> None:
        """Something that needed it failed: ask again before the next work, after a pause that grows."""
        # At a common start the server needs some seconds longer: that is not worth a word.
        if self._failures == (0 if self._was_there else self.SLOW_START):
            log.warning("prefect.away")
            self._missed = True
        pause = self.PAUSES[min(self._failures, len(self.PAUSES) - 1)]
        self._failures += 1
        self._answered_at, self._ask_again_at = float("-inf"), time.monotonic() + pause

    @staticmethod
    def is_at_fault(error: BaseException) -> bool:
        """Whether an exception only says that the server is away or overburdened: the work itself is not to blame."""
        found: BaseException | None = error
        while found is not None:
            if isinstance(found, httpx.HTTPStatusError) and found.response.status_code in (408, 429, *range(500, 600)):
                return True
            if isinstance(found, httpx.TransportError):
                return True
            found = found.__cause__ or found.__context__
        return False

    async def _asked(self) -> bool:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self.PATIENCE, trust_env=False)
        try:
            answer = await self._client.get(f"{get_current_settings().api.url}/health")
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    async def close(self) -> None:
        """Let the connection go."""
        if self._client is not None:
            await self._client.aclose()


class Calendar:
    """The flows with a schedule: makes their deployments, and starts each due run in this process, exactly once."""

    def __init__(self, schedules: Sequence[Scheduled], start: Callable[[Flow[Any, Any], FlowRun], Awaitable[None]]):
        self._schedules = {f"{item.flow.name}/{item.name}": item for item in schedules}
        self._start = start
        self._deployments: dict[UUID, Scheduled] | None = None

    def forget(self) -> None:
        """The server went away: look at the deployments again when it is back, it may be a new one."""
        self._deployments = None

    async def start_due(self) -> None:
        """Start every run whose time has come; those missed while nobody looked come too."""
        async with get_client() as client:
            if self._deployments is None:
                if closed := await close_runs(client):
                    log.warning("prefect.runs_left_behind", extra={"closed": closed})
                self._deployments = {
                    await _deployed(client, name, item): item for name, item in self._schedules.items()
                }
            known = self._deployments
            due = await client.get_scheduled_flow_runs_for_deployments(list(known), now("UTC")) if known else []
            ours = [run for run in due if run.deployment_id in known and await _is_ours(client, run)]
        for run in ours:
            assert run.deployment_id is not None
            await self._start(known[run.deployment_id].flow, run)


async def _deployed(client: PrefectClient, name: str, item: Scheduled) -> UUID:
    """The deployment's key. One that is right is left alone: an update would forget the runs that were missed."""
    try:
        found = await client.read_deployment_by_name(name)
        if [s.schedule for s in found.schedules if s.active] == [CronSchedule(cron=item.cron, timezone=ZONE)]:
            return found.id
    except ObjectNotFound:
        pass
    deployment = await item.flow.ato_deployment(item.name, schedule=Cron(item.cron, timezone=ZONE))
    return await deployment.aapply()


async def _is_ours(client: PrefectClient, run: FlowRun) -> bool:
    """Whether this worker may start the run: the server lets one only make it pending."""
    try:
        state = await propose_state(client, Pending(), flow_run_id=run.id)
    except Abort:
        return False
    if state.is_pending():
        await client.update_flow_run(run.id, tags=[*run.tags, OWN_TAG])
    return state.is_pending()


async def pause(seconds: float, until: asyncio.Event) -> None:
    """Wait, but no longer than the event stays away."""
    try:
        await asyncio.wait_for(until.wait(), seconds)
    except TimeoutError:
        pass

"""One row of the outbox is one task: done, then marked, whoever repeats it; shared by every flow.

A flow gets a batch of claimed rows and calls `carry`. Each row is one keyed, retried Prefect task; the row is marked
in the record store right after it, so that neither a killed worker nor a lost Prefect server repeats what is done.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect import Task
from prefect.artifacts import acreate_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import SyncClientContext, TagsContext

from models.core import outbox
from models.core.actor import SYSTEM
from models.core.errors import DomainError, Refused
from models.core.outbox import Patience, Work
from models.core.unit_of_work import unit_of_work

log = logging.getLogger("kontor.worker")

Payload = dict[str, Any]

LEASE = Patience(lease=timedelta(seconds=30))
"""Short, so that a killed worker's rows are taken over soon; a living worker extends it every `HEARTBEAT`."""
HEARTBEAT = 10.0
QUICK_RETRIES = [0.5, 2.0]
"""Seconds between a task's own tries; what needs longer comes back through the outbox after its pauses."""
MOST_ATTEMPTS = len(LEASE.pauses) + 3
"""A row that was begun so often and never ended takes its workers down with it."""
HEALING = frozenset({"BUSY", "LAKE-BUSY", "IMPORT-BUSY", "IMPORT-LEASE"})
"""Refusals that pass by themselves: somebody else was writing."""


def may_heal(error: BaseException) -> bool:
    """Whether trying again can help: a refusal stays a refusal unless it only says that others were busy."""
    return not isinstance(error, DomainError) or error.code in HEALING


def may_heal_task(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """`may_heal` as Prefect asks for it."""
    error = state.result(raise_on_failure=False, _sync=True)  # type: ignore[call-overload]  # as Prefect's engine asks
    return not isinstance(error, BaseException) or may_heal(error)


RETRIED: dict[str, Any] = {
    "retries": len(QUICK_RETRIES),
    "retry_delay_seconds": QUICK_RETRIES,
    "retry_condition_fn": may_heal_task,
    "task_run_name": "{key}",
    "persist_result": False,
    "cache_policy": NO_CACHE,
}
"""How every task over an outbox row is declared: named by the row's key, retried only when that may help."""


@dataclass(slots=True)
class Claims:
    """The rows this process holds; its heartbeat extends them, its end gives them back."""

    stopping: threading.Event = field(default_factory=threading.Event)
    _held: set[UUID] = field(default_factory=set)
    _gate: threading.Lock = field(default_factory=threading.Lock)

    def take(self, topic: str, limit: int) -> list[Work]:
        """Claim up to `limit` due rows of a topic."""
        with self._gate, unit_of_work(actor=SYSTEM) as uow:
            batch = outbox.claim(uow, [topic], limit=limit, patience=LEASE)
            self._held.update(work.id for work in batch)
        deadly = [work for work in batch if work.attempts > MOST_ATTEMPTS]
        for work in deadly:
            self.failed(work, Refused(f"The worker ended {work.attempts - 1} times while it did this; it gave up."))
        return [work for work in batch if work not in deadly]

    def holds(self, work: Work) -> bool:
        """Whether the row is still this process's own."""
        return work.id in self._held

    def extend(self) -> None:
        """Keep every held row for another lease."""
        with self._gate:
            held = list(self._held)
        if held:
            with unit_of_work(actor=SYSTEM) as uow:
                for work_id in held:
                    outbox.extend(uow, work_id, LEASE)

    def done(self, work: Work, answer: Any = None) -> None:
        """Mark a row as done, with what came back in words if anything did, and let it go."""
        with unit_of_work(actor=SYSTEM) as uow:
            outbox.finished(uow, work.id, answer if isinstance(answer, str) else None)
        self._forget(work.id)

    def failed(self, work: Work, error: BaseException) -> None:
        """Mark a row as failed, to come back later when that may help, and let it go."""
        with unit_of_work(actor=SYSTEM) as uow:
            again = outbox.failed(uow, work.id, _words(error), may_heal=may_heal(error), patience=LEASE)
        self._forget(work.id)
        if not again and (tell := GAVE_UP.get(work.topic)):
            tell(work.payload)

    def release(self, batch: Sequence[Work] | None = None) -> int:
        """Give back rows of the batch (all, without one) that are still held; how many there were."""
        with self._gate:
            ours = [work_id for work_id in self._held if batch is None or work_id in {work.id for work in batch}]
        if ours:
            with unit_of_work(actor=SYSTEM) as uow:
                for work_id in ours:
                    outbox.release(uow, work_id)
            for work_id in ours:
                self._forget(work_id)
        return len(ours)

    def _forget(self, work_id: UUID) -> None:
        with self._gate:
            self._held.discard(work_id)


GAVE_UP: dict[str, Callable[[Payload], None]] = {}
"""By topic: what to do when a row is not tried again, so that whoever waits for it is told."""

CLAIMS = Claims()


def _words(error: BaseException) -> str:
    return str(error) if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"


async def carry(step: Task[[str, Payload], Any], batch: Sequence[Work]) -> list[State[Any]]:
    """Do a batch row after row, each as a task of its own; one that fails does not stop the others.

    Returned from a flow, the states let the run fail when a row did. Rows not begun when the worker is told to end
    stay held; the worker gives them back.
    """
    progress = await Progress.begin(batch)
    states = []
    # One client for all: left alone, every task makes its own and reads the certificates of the machine for it.
    with SyncClientContext.get_or_create():
        for place, work in enumerate(batch):
            if CLAIMS.stopping.is_set() or not CLAIMS.holds(work):
                continue
            token = _current.set(progress.of(place))
            try:
                # The run's own tags name its rows; on a task each tag would cost a question to the server.
                with TagsContext(current_tags=set()):
                    state: State[Any] = step(work.key, work.payload, return_state=True)
            finally:
                _current.reset(token)
            _mark(work, state, await state.aresult(raise_on_failure=False))
            states.append(state)
            progress.at(place + 1)
    return states


def _mark(work: Work, state: State[Any], came: Any) -> None:
    told = {"topic": work.topic, "key": work.key, "attempt": work.attempts}
    if state.is_completed():
        CLAIMS.done(work, came)
        log.debug("work.done", extra=told)
        return
    error = came if isinstance(came, BaseException) else RuntimeError(state.message or state.name)
    CLAIMS.failed(work, error)
    log.warning("work.failed", extra=told | {"why": type(error).__name__}, exc_info=error if may_heal(error) else None)


class Progress:
    """The progress artifact of one run, found in Prefect's interface by topic and key. Losing it costs nothing."""

    PAUSE = 1.0

    def __init__(self, artifact: UUID | None, size: int) -> None:
        self._artifact = artifact
        self._size = max(size, 1)
        self._told_at = time.monotonic()
        self._place = 0

    @classmethod
    async def begin(cls, batch: Sequence[Work]) -> Progress:
        """Show the run at nothing done yet."""
        if not batch:
            return cls(None, 0)
        words = f"{batch[0].topic}: {', '.join(work.key for work in batch[:10])}{' …' if len(batch) > 10 else ''}"
        key = re.sub("[^a-z0-9]+", "-", f"{batch[0].topic} {batch[0].key}".lower()).strip("-")[:200]
        try:
            return cls(await acreate_progress_artifact(0.0, key=key, description=words), len(batch))
        except Exception:
            log.info("progress.lost", extra={"topic": batch[0].topic})
            return cls(None, len(batch))

    def of(self, place: int) -> Progress:
        """The same, with the row at `place` being worked on."""
        self._place = place
        return self

    def within(self, part: float) -> None:
        """The row being worked on is done to this part (0 to 1)."""
        if time.monotonic() - self._told_at >= self.PAUSE:
            self._tell((self._place + min(max(part, 0.0), 1.0)) / self._size)

    def at(self, done: int) -> None:
        """So many rows of the batch are done."""
        if done == self._size or time.monotonic() - self._told_at >= self.PAUSE:
            self._tell(done / self._size)

    def _tell(self, part: float) -> None:
        self._told_at = time.monotonic()
        if self._artifact is None:
            return
        try:
            # Not `update_progress_artifact`: it leaves its connection open. This client is the batch's.
            get_client(sync_client=True).update_artifact(self._artifact, ArtifactUpdate(data=round(part * 100, 1)))
        except Exception:  # the server went away; the work does not need it
            log.info("progress.lost")
            self._artifact = None


_current: ContextVar[Progress | None] = ContextVar("kontor_progress", default=None)


def show_progress(part: float) -> None:
    """Say from inside a step how much of its row is done (0 to 1); shown at most once a second."""
    if progress := _current.get():
        progress.within(part)


def named(payload: Mapping[str, Any], name: str) -> UUID:
    """A key out of a row's payload."""
    return UUID(str(payload[name]))

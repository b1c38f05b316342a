"""The worker: `python -m flows.worker` carries the outbox's work through Prefect flows until it is told to end.

One asyncio process. A poll finds topics with due rows; each such topic is a lane that claims a batch and runs the
topic's flow in a thread of its own, so that a long import keeps nobody's mail waiting and Prefect's signal handling
stays out of the main thread. A heartbeat extends the claims; a killed worker's rows are taken over when they end.
Without Prefect's server nothing is claimed and nothing is lost: the rows wait.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NoReturn

from models.core.settings import settings

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun

    from flows.topics import Scheduled, Topic
    from models.core.outbox import Work

log = logging.getLogger("kontor.worker")

GRACE = 7.0
"""Seconds a running row has to finish after SIGTERM; the supervisor kills after ten."""
CALENDAR_POLL = 5.0
ENVIRONMENT = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # When the server goes away in the middle of a run, find out in seconds: the rows are kept in the outbox anyway.
    "PREFECT_CLIENT_MAX_RETRIES": "1",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}


class Worker:
    """The loops of one worker process."""

    def __init__(self, topics: Mapping[str, Topic], schedules: tuple[Scheduled, ...]) -> None:
        from flows.prefect_server import Calendar, Server
        from flows.work import CLAIMS

        self._topics = topics
        self._claims = CLAIMS
        self._server = Server()
        self._calendar = Calendar(schedules, self._run_scheduled)
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._setbacks: dict[str, int] = {}
        self._ending = asyncio.Event()
        self._soon = asyncio.Event()
        self._threads = ThreadPoolExecutor(len(topics) + 1, thread_name_prefix="lane")

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT; then finish the rows that are running, or give them back."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        await asyncio.gather(
            self._again_and_again(self._poll, settings().worker_poll_ms / 1000),
            self._again_and_again(self._beat, self._heartbeat),
            self._again_and_again(self._look_at_calendar, CALENDAR_POLL),
        )
        await self._finish()

    @property
    def _heartbeat(self) -> float:
        from flows.work import HEARTBEAT

        return HEARTBEAT

    def end(self) -> None:
        """Begin nothing new."""
        log.info("worker.ending")
        self._claims.stopping.set()
        self._ending.set()
        self._soon.set()

    async def _again_and_again(self, step: Callable[[], Coroutine[Any, Any, None]], seconds: float) -> None:
        """Repeat a step; when it fails (a locked database, a lost server), wait longer and go on."""
        from flows.prefect_server import pause

        failures = 0
        while not self._ending.is_set():
            try:
                await step()
                failures = 0
            except Exception:
                failures += 1
                log.exception("worker.step_failed", extra={"step": step.__name__})
            await pause(min(0.25 * 2**failures, 5.0) if failures else seconds, self._ending)

    async def _poll(self) -> None:
        """Give every idle topic with due rows a lane."""
        while not self._ending.is_set():
            self._soon.clear()
            idle = [topic for topic in self._topics if topic not in self._lanes]
            due = await asyncio.to_thread(_due, idle) if idle else set()
            if due and await self._server.answers():
                for topic in due:
                    self._lanes[topic] = asyncio.create_task(self._lane(self._topics[topic]), name=topic)
            if not self._soon.is_set():
                return

    async def _lane(self, topic: Topic) -> None:
        """Carry batches of a topic until there are no more."""
        try:
            await asyncio.to_thread(lambda: topic.flow)  # imported here, so that what it registers is there
            while not self._ending.is_set() and await self._server.answers():
                batch = await asyncio.to_thread(self._claims.take, topic.name, topic.batch)
                if not batch:
                    return
                await self._carry(topic, batch)
        except Exception:
            log.exception("worker.lane_failed", extra={"topic": topic.name})
        finally:
            del self._lanes[topic.name]

    async def _carry(self, topic: Topic, batch: list[Work]) -> None:
        """Run the topic's flow over the batch; whatever happens to it, every row is marked or given back."""
        began = time.monotonic()
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, _run_flow, topic, batch)
            self._setbacks.pop(topic.name, None)
        except Exception as error:
            if self._server.is_at_fault(error):
                log.warning("worker.run_lost", extra={"topic": topic.name, "why": str(error)[:200]})
                self._server.lost()
                await self._claims_back(topic, batch)
            else:
                log.exception("worker.flow_failed", extra={"topic": topic.name})
                for work in batch:
                    if self._claims.holds(work):
                        await asyncio.to_thread(self._claims.failed, work, error)
        finally:
            given_back = await asyncio.to_thread(self._claims.release, batch)
            seconds = round(time.monotonic() - began, 2)
            told = {"topic": topic.name, "rows": len(batch), "given_back": given_back, "seconds": seconds}
            log.info("worker.batch", extra=told)

    async def _claims_back(self, topic: Topic, batch: list[Work]) -> None:
        """Give the rows back as if they had not been given out, and let the server catch its breath."""
        from flows.prefect_server import pause

        await asyncio.to_thread(self._claims.release, batch)
        setbacks = self._setbacks[topic.name] = self._setbacks.get(topic.name, 0) + 1
        await pause(min(0.25 * 2**setbacks, 5.0), self._ending)

    async def _beat(self) -> None:
        await asyncio.to_thread(self._claims.extend)

    async def _look_at_calendar(self) -> None:
        if not await self._server.answers():
            self._calendar.forget()
            return
        try:
            await self._calendar.start_due()
        except Exception as error:
            self._calendar.forget()
            if not self._server.is_at_fault(error):
                raise
            self._server.lost()

    async def _run_scheduled(self, flow: Flow[Any, Any], run: FlowRun) -> None:
        await asyncio.get_running_loop().run_in_executor(self._threads, _run_scheduled, flow, run)
        self._soon.set()

    async def _finish(self) -> None:
        """Wait for the running rows, then give back what is left."""
        if self._lanes:
            await asyncio.wait(list(self._lanes.values()), timeout=GRACE)
        await self._server.close()
        given_back = self._claims.release()
        log.info("worker.ended", extra={"given_back": given_back, "unfinished": list(self._lanes)})


def _due(topics: list[str]) -> set[str]:
    from models.core import outbox
    from models.core.actor import SYSTEM
    from models.core.unit_of_work import unit_of_work

    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        return outbox.due_topics(uow, topics)


def _run_flow(topic: Topic, batch: list[Work]) -> None:
    """Run the topic's flow, recorded on the server under the rows' keys, on an event loop of this thread."""
    from prefect import tags

    from flows.left_behind import OWN_TAG

    # A row's key begins with what it is about (the number of a case), before a colon.
    about = {part for work in batch[:20] for part in (work.key, work.key.partition(":")[0])}
    words = batch[0].key if len(batch) == 1 else f"{batch[0].key} and {len(batch) - 1} more"
    flow = topic.flow.with_options(flow_run_name=_plain(f"{topic.name} {words}"))

    async def run() -> None:
        with tags(topic.name, OWN_TAG, *about):
            await flow(batch, return_state=True)  # type: ignore[misc]  # Prefect's overloads know no such call

    asyncio.run(run())


def _plain(text: str) -> str:
    """Prefect fills `{…}` in a run's name with parameters; ours has none."""
    return text.replace("{", "(").replace("}", ")")[:200]


def _run_scheduled(flow: Flow[Any, Any], run: FlowRun) -> None:
    from prefect.flow_engine import run_flow

    async def go() -> None:
        started = run_flow(flow, flow_run=run, return_type="state")
        if asyncio.iscoroutine(started):
            await started

    asyncio.run(go())


def _recover() -> None:
    """Finish or undo what an earlier process left half done between record store and lake."""
    from models.expenditures import service

    service.recover()


def main() -> None:
    """Run the worker of this installation in this process, until it is told to end."""
    prepare()
    import models.tables  # noqa: F401
    from flows.topics import SCHEDULES, TOPICS
    from models.core.actor import SYSTEM, acting_as

    with acting_as(SYSTEM):
        try:
            _recover()
        except Exception:  # the work that is whole must not wait for it; the next start tries again
            log.exception("worker.recovery_failed")
        serve(TOPICS, SCHEDULES)


def prepare() -> None:
    """Environment and log of the process; prefect reads the former when it is imported, so this comes first."""
    for name, value in (ENVIRONMENT | {"PREFECT_API_URL": prefect_address()}).items():
        os.environ.setdefault(name, value)
    handler = logging.StreamHandler(sys.stderr)
    # The runs' own lines are on the server; the terminal keeps what matters.
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith("kontor"))
    handler.setFormatter(Keyed("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    log.setLevel(logging.INFO)


class Keyed(logging.Formatter):
    """A line for each event, its keys behind it: `worker.batch topic=exports.run rows=1`."""

    USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        """The event, then what belongs to it."""
        keys = " ".join(f"{name}={value}" for name, value in record.__dict__.items() if name not in self.USUAL)
        plain = logging.makeLogRecord(record.__dict__ | {"msg": f"{record.getMessage()} {keys}".strip(), "args": None})
        return super().format(plain)


def serve(topics: Mapping[str, Topic], schedules: tuple[Scheduled, ...]) -> NoReturn:
    """Work until told to end; ends the process."""
    asyncio.run(Worker(topics, schedules).run())
    sys.stderr.flush()
    # Not a return: a thread still busy with a row that was given back must not keep the process alive.
    os._exit(0)


def prefect_address() -> str:
    """The API of this installation's Prefect server."""
    return f"http://127.0.0.1:{settings().prefect_port}/api"


if __name__ == "__main__":
    main()

"""Automated stages through Prefect, as the worker carries them: a batch of 1,000 cases whose search waits, each stage a
named task with its own transaction, against the same work without Prefect. Aim: at most three times the floor.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.harness import compare, run_step, say, stopwatch, temporary_home

STAGES = 1_000
ROUNDS = 2
TOPIC = "reviews.check"


def main(stages: int = STAGES) -> dict[str, Any]:
    """Let the applications wait, then carry one batch with and one without Prefect, in turn."""
    import models.tables  # noqa: F401 - a table may refer to any other area's
    from benchmarks import cases
    from models.core.actor import SYSTEM
    from models.core.database import engine
    from models.core.migrate import migrate
    from models.core.settings import settings
    from models.core.unit_of_work import unit_of_work

    with temporary_home() as home:
        migrate(settings().record_store)
        with unit_of_work(actor=SYSTEM) as uow:
            people = cases.people(uow)
        (home / "stages.txt").write_text(str(stages))
        cases.apply_many(cases.actor(people.admin), (stages + 1) * ROUNDS * 2, search=False)
        engine().dispose()
        say(f"worker: {stages * ROUNDS * 2:,} searches wait")
        result = compare("worker", __name__, home, rounds=ROUNDS)
        say(f"worker: {stages / result['value']:,.0f} stages a second, {stages / result['floor']:,.0f} without Prefect")
        return result


def ours(home: Path) -> float:
    """One batch through the topic's flow, recorded on a Prefect server of its own."""
    from flows import worker

    worker.prepare()
    from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

    import models.tables  # noqa: F401
    from flows.topics import TOPICS
    from flows.work import CLAIMS
    from models.core.actor import SYSTEM, acting_as
    from tests.support import prefect

    with prefect.server(home / f"prefect-{len(list(home.iterdir()))}") as server, acting_as(SYSTEM):
        told = {PREFECT_API_URL: server.api, PREFECT_LOGGING_TO_API_ENABLED: False}
        with temporary_settings(told):
            worker._run_flow(TOPICS[TOPIC], CLAIMS.take(TOPIC, 1))  # the first run of a process imports and connects
            batch = CLAIMS.take(TOPIC, _stages(home))
            with stopwatch() as seconds:
                worker._run_flow(TOPICS[TOPIC], batch)
    return seconds()


def floor(home: Path) -> float:
    """The same batch, row after row: each stage in a transaction of its own, each row marked in another."""
    import models.tables  # noqa: F401
    from flows.work import CLAIMS, named
    from models.applications import stages
    from models.core.actor import SYSTEM, acting_as
    from models.core.unit_of_work import unit_of_work

    with acting_as(SYSTEM):
        batch = CLAIMS.take(TOPIC, _stages(home))
        with stopwatch() as seconds:
            for work in batch:
                with unit_of_work(actor=SYSTEM) as uow:
                    stages.run_check(uow, named(work.payload, "case_id"), str(work.payload["visit"]))
                CLAIMS.done(work)
    return seconds()


def _stages(home: Path) -> int:
    return int((home / "stages.txt").read_text())


if __name__ == "__main__":
    run_step({"ours": ours, "floor": floor})

"""A reviewer's decision through the service (permission, four eyes, ledger, history, queue, later work) against the
least that any system has to write: a version-checked update, a history row, the old task closed, a new task, in one
transaction of bare Core. On SQLite and, where a server can be had, on PostgreSQL. Aim: at most three times the floor.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, String, Table, Text, insert, update

from benchmarks.harness import compare, run_step, say, stopwatch, temporary_home

DECISIONS = 60
"""Decisions in one run; their median is its time."""
ROUNDS = 5

_BARE = MetaData()
CASE = Table("bench_case", _BARE, Column("id", String(32), primary_key=True), Column("version", Integer),
             Column("status", String(80)), Column("state", Text))  # fmt: skip
HISTORY = Table("bench_history", _BARE, Column("case_id", String(32), primary_key=True),
                Column("seq", Integer, primary_key=True), Column("at", DateTime(timezone=True)),
                Column("what", Text))  # fmt: skip
TASK = Table("bench_task", _BARE, Column("case_id", String(32), primary_key=True),
             Column("visit", String(80), primary_key=True), Column("due_at", DateTime(timezone=True)),
             Column("closed_at", DateTime(timezone=True)), Column("amount", BigInteger))  # fmt: skip


def main() -> dict[str, Any]:
    """Measure on SQLite; the report names PostgreSQL's ratio beside it."""
    with temporary_home() as home:
        result = _measured("decide", home)
    with temporary_home() as home:
        from tests.support import postgres, session_folder

        session_folder.open_folder()
        os.environ["KONTOR_DATABASE_URL"] = postgres.postgres_url()
        try:
            beside = _measured("decide, PostgreSQL", home)
        finally:
            del os.environ["KONTOR_DATABASE_URL"]
            postgres.stop_server()
    say(f"decide: on PostgreSQL {beside['value']} s, floor {beside['floor']} s, ratio {beside['ratio']}")
    return {**result, "postgresql": {name: beside[name] for name in ("value", "floor", "ratio")}}


def _measured(name: str, home: Path) -> dict[str, Any]:
    import models.tables  # noqa: F401 - a table may refer to any other area's
    from benchmarks import cases
    from models.core.actor import SYSTEM
    from models.core.database import engine
    from models.core.migrate import migrate
    from models.core.settings import settings
    from models.core.unit_of_work import unit_of_work

    settings.cache_clear()
    engine.cache_clear()
    migrate(settings().record_store)
    with unit_of_work(actor=SYSTEM) as uow:
        people = cases.people(uow)
    made = cases.apply_many(cases.actor(people.admin), DECISIONS * ROUNDS, search=True)
    _BARE.create_all(engine())
    waiting = {"reviewer": str(people.reviewer), "cases": [str(each) for each in made]}
    (home / "waiting.json").write_text(json.dumps(waiting))
    engine().dispose()
    say(f"{name}: {len(made):,} applications wait")
    return compare(name, __name__, home, rounds=ROUNDS)


def ours(home: Path) -> float:
    """Reject applications, each in its own transaction: its reservation goes back to the quota."""
    import models.tables  # noqa: F401
    from benchmarks import cases
    from models.applications import reviewing
    from models.applications.access import find
    from models.core.unit_of_work import unit_of_work

    waiting = json.loads((home / "waiting.json").read_text())
    reviewer = cases.actor(UUID(waiting["reviewer"]))
    mine = [UUID(each) for each in waiting["cases"][:DECISIONS]]
    (home / "waiting.json").write_text(json.dumps(waiting | {"cases": waiting["cases"][DECISIONS:]}))
    with unit_of_work(read_only=True, actor=reviewer) as uow:
        seen = {case_id: find(uow, case_id).state for case_id in mine}
    times = []
    for case_id in mine:
        state = seen[case_id]
        with stopwatch() as seconds, unit_of_work(actor=reviewer) as uow:
            reviewing.decide(
                uow, case_id, state.visits[0].id, "reject", key=f"bench:{case_id}", expected=state.seq,
                reason="R-03 Budget not plausible", comment="The venue costs twice what others pay.",
            )  # fmt: skip
        times.append(seconds())
    return median(times)


def floor(home: Path) -> float:
    """The same number of bare decisions."""
    from models.core.clock import now
    from models.core.database import engine
    from models.core.types import new_id

    keys = [new_id().hex for _ in range(DECISIONS)]
    state = json.dumps({"facts": "x" * 2_000})
    with engine().connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(insert(CASE), [{"id": key, "version": 1, "status": "a", "state": state} for key in keys])
        tasks = [{"case_id": key, "visit": "review#1", "due_at": now(), "closed_at": None, "amount": 1} for key in keys]
        connection.execute(insert(TASK), tasks)
    times = []
    for key in keys:
        with stopwatch() as seconds:
            _bare(key, state)
        times.append(seconds())
    return median(times)


def _bare(key: str, state: str) -> None:
    from models.core.clock import now
    from models.core.database import engine

    with engine().connect().execution_options(writes=True) as connection, connection.begin():
        moved = update(CASE).where(CASE.c.id == key, CASE.c.version == 1).values(version=2, status="b", state=state)
        assert connection.execute(moved).rowcount == 1
        connection.execute(insert(HISTORY).values(case_id=key, seq=2, at=now(), what=state[:400]))
        old = update(TASK).where(TASK.c.case_id == key, TASK.c.visit == "review#1").values(closed_at=now())
        connection.execute(old)
        connection.execute(insert(TASK).values(case_id=key, visit="form#2", due_at=now(), closed_at=None, amount=1))


if __name__ == "__main__":
    run_step({"ours": ours, "floor": floor})

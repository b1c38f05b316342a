"""The first page of a review queue and its page 200, with a million open tasks, through the query that the page asks,
against the bare SQL over the same index. On SQLite and on PostgreSQL. Aim: at most three times the floor.

Each page is asked as a request asks it: ours in a unit of work of its own, with whatever has to be read before the page
(whose turn the reader's is, which definitions are in force), the floor on a connection of its own. Both answer the same
values of the columns that a row of the queue shows. The floor reads them by the same column types, because no program
can do without: SQLite hands out keys, times and amounts as text and whole numbers, and a page shows how late a review
is and how much it is about. The report names beside it what the floor takes when it leaves them as they come
(`undecoded`); on PostgreSQL, whose driver decodes in any case, there is little between the two.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Uuid, insert, text

from benchmarks.harness import compare, run, run_step, say, stopwatch, temporary_home

TASKS = 1_000_000
SIZE, FAR = 25, 200
"""Reviews on a page, and the page that is measured beside the first one."""
REPEATS = 15
PARTNERS = 150
BEGAN = datetime(2026, 7, 6, 10, tzinfo=UTC)
ROLES = ("reviewer_business", "reviewer_finance", "finance+reviewer_finance", "finance")


def main(tasks: int = TASKS) -> dict[str, Any]:
    """Measure on SQLite; the report names PostgreSQL's ratio beside it."""
    with temporary_home() as home:
        result = _measured("queue", home, tasks)
    with temporary_home() as home:
        from tests.support import postgres, session_folder

        session_folder.open_folder()
        os.environ["KONTOR_DATABASE_URL"] = postgres.postgres_url()
        try:
            beside = _measured("queue, PostgreSQL", home, tasks)
        finally:
            del os.environ["KONTOR_DATABASE_URL"]
            postgres.stop_server()
    say(f"queue: on PostgreSQL {beside['value']} s, floor {beside['floor']} s, ratio {beside['ratio']}")
    return {**result, "postgresql": {name: beside[name] for name in ("value", "floor", "ratio")}}


def _measured(name: str, home: Path, tasks: int) -> dict[str, Any]:
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
    _fill(tasks, cases.actor(people.admin).partner_id)
    (home / "asks.json").write_text(json.dumps({"reviewer": str(people.reviewer)}))
    engine().dispose()
    say(f"{name}: {tasks:,} open tasks")
    result = compare(name, __name__, home, rounds=3)
    bare = round(run(__name__, "undecoded", home).seconds, 4)
    say(f"{name}: the floor without decoding {bare} s, ratio {result['value'] / bare:.2f}")
    return {**result, "undecoded": bare}


def _fill(tasks: int, partner_id: UUID | None) -> None:
    """Cases with one open task each, spread over desks, roles and a year of due times."""
    from models.core.database import engine
    from models.engines.cases.tables import Case, CaseTask

    for start in range(0, tasks, 20_000):
        heads, waiting = [], []
        for number in range(start, min(start + 20_000, tasks)):
            key, due = UUID(int=number + 1), BEGAN + timedelta(seconds=(number * 7919) % 31_536_000)
            roles = ROLES[number % len(ROLES)]
            heads.append(_head(key, number, partner_id))
            waiting.append(_task(key, due, roles, partner_id))
        with engine().connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(insert(Case), heads)
            connection.execute(insert(CaseTask), waiting)
    with engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def _head(key: UUID, number: int, partner_id: UUID | None) -> dict[str, Any]:
    return {
        "id": key, "number": f"MDF-2026-{number:07}", "type": "mdf", "version": 1, "partner_id": partner_id,
        "title": "Riga Cloud Day", "amount": None, "currency": "USD", "status": "MDF application being reviewed",
        "vendor_status": "MDF application being reviewed", "phase": "Application", "opened_at": BEGAN,
        "opened_by": None, "opened_by_name": "Liis Tamm", "opened_key": None, "submitted_at": BEGAN,
        "changed_at": BEGAN, "changed_by_name": "Liis Tamm", "ended_at": None, "outcome": None, "seq": 9,
        "head": "0" * 64, "state": {},
    }  # fmt: skip


def _task(key: UUID, due: datetime, roles: str, partner_id: UUID | None) -> dict[str, Any]:
    return {
        "case_id": key, "visit": "application_review#1", "partner_id": partner_id, "node": "application_review",
        "kind": "review", "desk": "payments" if roles == "finance" else "reviews", "roles": roles,
        "label": "Application review", "opened_at": BEGAN, "due_at": due, "queue_at": due, "overdue": False,
        "paused": False, "why": "", "votes": 0, "holder": None, "holder_name": "", "leased_by": None,
        "leased_by_name": "", "leased_until": None, "closed_at": None, "outcome": None, "closed_by_name": None,
    }  # fmt: skip


def ours(home: Path) -> float:
    """The query of the page: the first page, then the way to page 200; the median of both."""
    import models.tables  # noqa: F401
    from benchmarks import cases
    from models.applications import queries
    from models.applications.rows import QueueFilter
    from models.core.paging import PageRequest
    from models.core.unit_of_work import unit_of_work

    reviewer = cases.actor(UUID(json.loads((home / "asks.json").read_text())["reviewer"]))
    far: str | None = None
    with unit_of_work(read_only=True, actor=reviewer) as uow:
        for _ in range(FAR - 1):
            far = queries.queue(uow, QueueFilter(), PageRequest(far, SIZE)).next
    times = []
    for cursor in (None, far) * REPEATS:
        with stopwatch() as seconds, unit_of_work(read_only=True, actor=reviewer) as uow:
            page = queries.queue(uow, QueueFilter(), PageRequest(cursor, SIZE))
        assert len(page.rows) == SIZE
        times.append(seconds())
    return median(times)


_BARE = """SELECT t.case_id, t.visit, c.number, c.type, c.title, p.name, t.node, t.label, t.roles, t.desk, c.amount,
  t.opened_at, t.due_at, t.paused, t.why, t.votes, t.holder, t.holder_name, t.leased_by, t.leased_by_name,
  t.leased_until, t.named, t.assigned
  FROM case_task t JOIN case_file c ON c.id = t.case_id JOIN partner p ON p.id = c.partner_id
  WHERE t.closed_at IS NULL AND t.desk = 'reviews' AND t.roles = 'reviewer_business' {after}
  ORDER BY t.queue_at, t.case_id, t.visit LIMIT 26"""
_AFTER = "AND (t.queue_at, t.case_id, t.visit) > (:queue_at, :last_id, :last_visit)"


def floor(home: Path) -> float:
    """The same pages in SQL: the second one from where page 199 ends."""
    return _bare(decoded=True)


def undecoded(home: Path) -> float:
    """The floor without making anything of what the driver hands out."""
    return _bare(decoded=False)


def _bare(*, decoded: bool) -> float:
    from models.core.database import engine
    from models.core.types import AmountType, InstantType

    before = SIZE * (FAR - 1) - 1
    with engine().connect() as connection:
        place = connection.execute(
            text(
                "SELECT queue_at, case_id, visit FROM case_task WHERE closed_at IS NULL AND desk = 'reviews'"
                f" AND roles = 'reviewer_business' ORDER BY queue_at, case_id, visit LIMIT 1 OFFSET {before}"
            )
        ).one()
    types: dict[str, Any] = dict.fromkeys(("case_id", "holder", "leased_by"), Uuid())
    types |= dict.fromkeys(("opened_at", "due_at", "leased_until"), InstantType())
    types |= {"amount": AmountType(), "paused": Boolean()}
    statements = [text(_BARE.format(after=after)) for after in ("", _AFTER)]
    asked = [each.columns(**types) if decoded else each for each in statements]
    given: tuple[dict[str, Any], ...] = ({}, {"queue_at": place[0], "last_id": place[1], "last_visit": place[2]})
    times = []
    for _ in range(REPEATS):
        for statement, values in zip(asked, given, strict=True):
            with stopwatch() as seconds, engine().connect() as connection:
                rows = connection.execute(statement, values).all()
            assert len(rows) == SIZE + 1
            times.append(seconds())
    return median(times)


if __name__ == "__main__":
    run_step({"ours": ours, "floor": floor, "undecoded": undecoded})

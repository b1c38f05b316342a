"""The worker as a process, on both databases: everything due is done once, whoever dies meanwhile."""

from __future__ import annotations

import signal
import sqlite3
import time
from functools import partial

import pytest

from models.core.actor import SYSTEM
from models.core.clock import business_date
from models.core.files import files
from models.core.settings import settings
from models.core.unit_of_work import unit_of_work
from models.expenditures import service as expenditures
from models.exports import service as exports
from models.exports.queries import history
from models.exports.rules import ExportFormat, ExportStatus
from tests.flows.conftest import Workers
from tests.support import focus
from tests.support.build import Build
from tests.support.prefect import PrefectServer
from tests.support.waiting import until

soon = partial(until, within=180)
"""Seconds when nothing else runs; a busy machine starts a worker slowly."""
FIFTY = [f"row-{n:02}" for n in range(50)]


@pytest.mark.deep_on_postgresql  # tests of the kernel show there that a row is claimed once
@pytest.mark.usefixtures("database")
def test_two_workers_do_every_row_once(workers: Workers):
    for _ in range(2):
        workers.start(KONTOR_TEST_BATCH="10")
    early: list[str] = []

    def both_work() -> bool:
        if not workers.waiting():
            # More than one batch: a single row would go to whoever carried the last one, over and over.
            more = [f"early-{len(early) + number}" for number in range(20)]
            workers.ask(*more, seconds=0.1)
            early.extend(more)
        return workers.notes.exists() and len(workers.who()) == 2

    soon(both_work, what="two workers at work")
    workers.ask(*FIFTY)
    soon(lambda: not workers.waiting(), what="an empty outbox")
    assert sorted(workers.noted()) == sorted([*FIFTY, *early])


@pytest.mark.usefixtures("on_sqlite")
def test_a_killed_workers_rows_are_taken_over(workers: Workers, prefect_server: PrefectServer):
    workers.ask(*FIFTY[:6], seconds=0.4)
    victim = workers.start(KONTOR_TEST_LEASE="3")
    soon(lambda: len(workers.noted()) >= 2, what="the first rows")
    victim.kill()
    victim.wait()
    workers.start(KONTOR_TEST_LEASE="3")
    soon(lambda: not workers.waiting(), what="an empty outbox")
    done = workers.noted()
    assert set(done) == set(FIFTY[:6])
    # Only the row that was being done when the worker died may have been begun twice.
    assert len(workers.noted("begin")) <= len(FIFTY[:6]) + 1
    asked = {"flow_runs": {"tags": {"all_": [FIFTY[0]]}, "state": {"type": {"any_": ["CRASHED"]}}}}
    soon(lambda: prefect_server.ask("/flow_runs/filter", asked), what="the end of the run that it died in")


@pytest.mark.usefixtures("on_sqlite")
def test_long_work_is_not_given_to_another_worker(workers: Workers):
    workers.ask("long", seconds=6)
    for _ in range(2):
        workers.start(KONTOR_TEST_LEASE="3")
    soon(lambda: not workers.waiting(), what="an empty outbox")
    assert workers.noted("begin") == ["long"]


@pytest.mark.usefixtures("on_sqlite")
def test_sigterm_finishes_the_running_row_and_gives_the_rest_back(workers: Workers):
    workers.ask("first", seconds=1.5)
    workers.ask("second", seconds=1.5)
    worker = workers.start()
    soon(lambda: workers.noted("begin"), what="the first row")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert workers.noted() == ["first"]
    workers.start()
    soon(lambda: workers.noted() == ["first", "second"], what="the second row, long before the lease ends")


@pytest.mark.usefixtures("on_sqlite")
def test_a_refusal_fails_at_once_and_what_may_heal_comes_back(workers: Workers):
    workers.ask("bad", fails="refused")
    workers.ask("fire", fails="broken")
    workers.ask("good")
    workers.start()
    soon(lambda: len(workers.noted("begin")) == 5, what="three tries of what may heal, one of the others")
    soon(lambda: [(t.waiting, t.failed) for t in workers.waiting()] == [(1, 1)], what="one waiting, one failed")
    assert workers.noted() == ["good"]
    assert workers.noted("begin").count("fire") == 3


@pytest.mark.usefixtures("on_sqlite")
def test_a_run_is_found_by_the_rows_key(workers: Workers, prefect_server: PrefectServer):
    workers.ask("import-4711")
    workers.start()
    soon(lambda: not workers.waiting(), what="an empty outbox")
    asked = {"flow_runs": {"tags": {"all_": ["import-4711"]}, "state": {"type": {"any_": ["COMPLETED"]}}}}
    (run,) = soon(lambda: prefect_server.ask("/flow_runs/filter", asked), what="the completed run")
    assert run["name"] == "test.note import-4711"
    inside = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    # A task run has a name of Prefect's own until what it said of itself was taken in.
    named = {**inside, "task_runs": {"name": {"any_": ["import-4711"]}}}
    soon(lambda: prefect_server.ask("/task_runs/filter", named), what="its task by the row's key")
    (artifact,) = prefect_server.ask("/artifacts/filter", inside)
    assert (artifact["key"], artifact["data"]) == ("test-note-import-4711", 100)


@pytest.mark.usefixtures("on_sqlite")
def test_prefect_away_then_back(workers: Workers, prefect_server: PrefectServer):
    worker = workers.start()
    workers.ask("before")
    soon(lambda: workers.noted() == ["before"], what="the row before")
    with prefect_server.away():
        workers.ask(*FIFTY[:5])
        used = _cpu_seconds(worker.pid)
        time.sleep(3)  # the absence itself is what is tested
        assert worker.poll() is None
        assert _cpu_seconds(worker.pid) - used < 0.6
        assert workers.noted() == ["before"]
    soon(lambda: not workers.waiting(), what="an empty outbox")
    assert sorted(workers.noted()) == ["before", *FIFTY[:5]]


@pytest.mark.usefixtures("on_sqlite")
def test_prefect_lost_in_the_middle_of_a_run(workers: Workers, prefect_server: PrefectServer):
    workers.ask(*FIFTY[:8], seconds=0.3)
    workers.start()
    soon(lambda: len(workers.noted()) >= 2, what="the first rows")
    with prefect_server.away():
        soon(lambda: len(workers.noted()) == 8, what="the batch, which needs no server any more")
    workers.ask("after")
    soon(lambda: not workers.waiting(), what="an empty outbox")
    assert sorted(workers.noted()) == ["after", *FIFTY[:8]]


@pytest.mark.usefixtures("on_sqlite")
def test_a_database_locked_for_a_while(workers: Workers):
    workers.start()
    workers.ask("before")
    soon(lambda: workers.noted() == ["before"], what="the row before")
    workers.ask("after")
    with sqlite3.connect(settings().home / "kontor.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(2)
        other.execute("ROLLBACK")
    soon(lambda: not workers.waiting(), what="an empty outbox")
    assert workers.noted() == ["before", "after"]


@pytest.mark.deep  # it waits for a schedule to fire
@pytest.mark.usefixtures("on_sqlite")
def test_a_missed_schedule_is_made_up_for_once(workers: Workers, prefect_server: PrefectServer):
    ticks = workers.folder / "ticks"
    worker = workers.start(KONTOR_TEST_TICKS=str(ticks))
    deployment = soon(lambda: prefect_server.ask("/deployments/name/ticks/tests"), what="the deployment")
    assert [s["schedule"]["timezone"] for s in deployment["schedules"]] == ["Etc/GMT-8"]
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    year = time.gmtime().tm_year
    missed = {"start_time": f"{year}-01-01T00:00:00Z", "end_time": f"{year}-01-02T00:00:00Z"}
    prefect_server.ask(f"/deployments/{deployment['id']}/schedule", missed)
    for _ in range(2):
        workers.start(KONTOR_TEST_TICKS=str(ticks))
    soon(ticks.exists, what="the run that was missed")
    done = {"flows": {"name": {"any_": ["ticks"]}}, "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    soon(lambda: prefect_server.ask("/flow_runs/filter", done), what="the completed run")
    workers.ask("after")
    soon(lambda: not workers.waiting(), what="an empty outbox")
    assert ticks.read_text(encoding="utf-8") == "tick\n"


@pytest.mark.meets("FIN-EXP-01")
@pytest.mark.usefixtures("on_sqlite")
def test_the_worker_of_an_installation_imports_exports_and_does_the_day(workers: Workers):
    with unit_of_work(actor=SYSTEM) as uow:
        actor = Build(uow).actor("analyst")
        uow.emit("calendar.daily", "2026-06-30/by-hand", {"day": "2026-06-30"})
        with focus.SAMPLE.open("rb") as content:
            expenditures.request_import(uow, "sample", [files().put(content, focus.SAMPLE.name)])
    asked = {"asked": {"from": "2026-06", "to": "2026-06", "against": "nothing"}}
    with unit_of_work(actor=actor) as uow:
        exports.request(uow, "expenditures.trend", asked, ExportFormat.XLSX, "Expenditure trend")
    worker = workers.start("flows.worker")
    soon(lambda: not workers.waiting(), what="an empty outbox")
    with unit_of_work(read_only=True, actor=actor) as uow:
        (row,) = history(uow).rows
    assert (row.status, row.error, row.rows_done) == (ExportStatus.COMPLETED, None, 30)
    assert focus.total()["USD"][1] == focus.SAMPLE_TOTAL["USD"]
    assert row.file_name == f"Expenditure trend {business_date(row.requested_at)}.xlsx"
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert "Traceback" not in workers.log


def _cpu_seconds(process: int) -> float:
    """User and system time of a process."""
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100

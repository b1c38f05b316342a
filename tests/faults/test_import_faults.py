"""Imports that die, meet each other, or are watched: the lake holds the old or the new delivery, never a mixture."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.core.actor import SYSTEM, acting_as
from models.core.lake import lake
from models.core.unit_of_work import unit_of_work
from models.expenditures import service
from models.expenditures.facts import expenditure_line
from models.expenditures.rules import ImportStatus
from models.expenditures.tables import DeliveryImport
from tests.support.focus import total, write_focus
from tests.support.import_driver import Driven

OLD, NEW = {"USD": (2, Decimal(3))}, {"USD": (3, Decimal(60))}


@pytest.fixture(autouse=True)
def operator(request: pytest.FixtureRequest) -> Iterator[None]:
    """On SQLite, and where a test says so on the other database too: each process takes seconds to start."""
    given = getattr(request.node, "callspec", None)
    request.getfixturevalue(given.params.get("store", "sqlite") if given else "sqlite")
    with acting_as(SYSTEM):
        yield


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Callable[..., Driven]]:
    started: list[Driven] = []

    def start(*arguments: Any) -> Driven:
        started.append(Driven(tmp_path / f"output-{len(started)}", *arguments))
        return started[-1]

    yield start
    for driven in started:
        driven.end()


def statuses() -> list[ImportStatus]:
    with unit_of_work(read_only=True) as uow:
        return list(uow.session.scalars(select(DeliveryImport.status).order_by(DeliveryImport.id)))


def old_delivery(folder: Path) -> Path:
    """What is in the lake before the fault: 1 + 2 USD, in two cycles."""
    path = write_focus(
        folder / "bill.csv", [{"BilledCost": "1"}, {"BilledCost": "2", "BillingPeriodStart": "2026-10-01"}]
    )
    service.import_files([path], source="aws")
    return path


def new_delivery(path: Path) -> Path:
    """The same file with other content: 10 + 20 + 30 USD, in two other cycles and one of the old."""
    months = ("2026-10-01", "2026-11-01", "2026-12-01")
    lines = [{"BilledCost": str(10 * (n + 1)), "BillingPeriodStart": month} for n, month in enumerate(months)]
    return write_focus(path, lines)


@pytest.mark.deep_on_postgresql
@pytest.mark.parametrize(
    ("store", "step", "came_in"),
    [
        ("sqlite", "reading", False), ("sqlite", "staged", False), ("sqlite", "committing", False),
        ("sqlite", "placed", False), ("sqlite", "writing", False), ("sqlite", "committed", True),
        ("sqlite", "done", True), ("postgresql", "staged", False), ("postgresql", "committed", True),
    ],
)  # fmt: skip
def test_an_import_killed_at_any_step_is_finished_or_undone(home, tmp_path, drive, store, step, came_in):
    path = new_delivery(old_delivery(tmp_path))
    process = drive("aws", step, "kill", path)
    assert process.wait() == -signal.SIGKILL, process.printed()
    assert total() == (NEW if came_in else OLD)

    service.recover()

    assert total() == (NEW if came_in else OLD)
    assert statuses()[-1] is (ImportStatus.DONE if came_in else ImportStatus.INTERRUPTED)
    assert not any((home / "staging").iterdir())
    assert lake().check(expenditure_line) == []
    known = {Path(file).parent.name for file in lake().scan(expenditure_line).files}
    folders = {folder.name for folder in (home / "lake" / "expenditure_line" / "data").iterdir()}
    assert folders - known <= {run for run in folders if came_in}  # of an undone import nothing is left

    again = service.import_files([path], source="aws")
    assert (again.changed, total()) == (not came_in, NEW)


def test_the_next_import_settles_a_dead_one_by_itself(tmp_path, drive):
    path = new_delivery(old_delivery(tmp_path))
    drive("aws", "committed", "kill", path).wait()
    assert service.import_files([path], source="aws").changed is False
    assert statuses() == [ImportStatus.DONE] * 3


def test_a_second_import_of_a_source_waits_and_says_so(tmp_path, drive):
    path = new_delivery(old_delivery(tmp_path))
    process = drive("aws", "staged", "pause", path)
    process.reach("staged")
    other = write_focus(tmp_path / "other.csv", [{"BilledCost": "7"}])
    try:
        with pytest.raises(service.SourceBusy, match="Another import of aws is running"):
            service.import_files([other], source="aws", wait=timedelta(seconds=0.3))
        assert service.import_files([other], source="azure").changed  # another source does not wait
        assert service.recover() == []  # nobody touches what a living process does
    finally:
        process.wake()
    assert process.wait() == 0
    assert service.import_files([other], source="aws").changed
    assert total() == {"USD": (5, Decimal(74))}


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_two_imports_at_once_both_come_in(tmp_path, drive, store):
    files = [write_focus(tmp_path / f"{n}.csv", [{"BilledCost": "1"}] * 50) for n in range(2)]
    processes = [drive("aws", "-", "none", file) for file in files] + [drive("azure", "-", "none", files[0])]
    for process in processes:
        assert process.wait() == 0, process.printed()
    assert total() == {"USD": (150, Decimal(150))}
    assert statuses() == [ImportStatus.DONE] * 3


def test_a_reader_sees_the_old_or_the_new_delivery_never_a_mixture(tmp_path):
    path = old_delivery(tmp_path)
    seen: set[tuple[int, Decimal]] = set()
    stop = threading.Event()
    reads = threading.Semaphore(0)

    def read() -> None:
        while not stop.is_set():
            seen.add(total()["USD"])
            reads.release()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            service.import_files([new_delivery(path)], source="aws")
            reads.acquire(timeout=10)
            old_delivery(tmp_path)
            reads.acquire(timeout=10)
    finally:
        stop.set()
        reader.join()
    assert seen == {OLD["USD"], NEW["USD"]}


def test_a_frozen_import_that_was_replaced_changes_nothing_when_it_wakes(tmp_path, drive, monkeypatch):
    """A process of another machine: its lease ends, another takes over, then it answers again."""
    path = new_delivery(old_delivery(tmp_path))
    process = drive("aws", "staged", "pause", path)
    process.reach("staged")
    from models.expenditures import lease

    monkeypatch.setattr(lease, "_alive", lambda row, uow: False)
    other = write_focus(tmp_path / "other.csv", [{"BilledCost": "7"}])
    service.import_files([other], source="aws")
    process.wake()
    assert process.wait() != 0
    assert "LeaseLost" in process.printed()
    assert total() == {"USD": (3, Decimal(10))}

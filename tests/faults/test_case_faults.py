"""A process killed at every commit point of a case: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from models.applications import applying, followup, integrity, reviewing, stages
from models.applications.access import find
from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.database import RecordSession, engine
from models.core.outbox import OutboxRow
from models.core.unit_of_work import unit_of_work
from models.engines.cases.tables import Case, CaseEvent
from models.engines.ledger.tables import LedgerTransfer
from models.notices.tables import Notice
from tests.support.build import Build
from tests.support.mdf import APPLICATION, BEGAN, Fund


@dataclass(frozen=True)
class People:
    """Who acts in the story."""

    liis: Actor
    joris: Actor
    niamh: Actor


@pytest.fixture
def people(database: str) -> Iterator[People]:
    """A partner and two business reviewers, committed; the clock stands."""
    with clock_at(BEGAN):
        with unit_of_work(actor=SYSTEM) as uow:
            build = Build(uow)
            fund = Fund(build)
            niamh = build.actor("reviewer_business", name="Niamh Kavanagh")
        yield People(fund.liis, fund.joris, niamh)


def story(people: People, key: str) -> Iterator[Callable[[], None]]:
    """The steps of a case as a page and a worker take them, each its own transaction, each safe to repeat."""
    case: list[UUID] = []

    def begin() -> None:
        with unit_of_work(actor=people.liis) as uow:
            case.append(applying.begin(uow, "mdf", key=f"{key}:begin"))

    def submit() -> None:
        with unit_of_work(actor=people.liis) as uow:
            applying.submit(uow, case[-1], "application", APPLICATION, key=f"{key}:submit")

    def search() -> None:
        with unit_of_work(actor=SYSTEM) as uow:
            stages.run_check(uow, case[-1], "similar#1")

    def reject() -> None:
        with unit_of_work(actor=people.joris) as uow:
            reviewing.decide(
                uow, case[-1], "application_review#1", "reject", key=f"{key}:reject",
                reason="R-03 Budget not plausible", comment="Too dear.",
            )  # fmt: skip

    def tell() -> None:
        with unit_of_work(actor=SYSTEM) as uow:
            followup.follow(uow, case[-1], 0, find(uow, case[-1]).state.seq)

    yield from (begin, submit, search, reject, tell)


STEPS = 5


def killed_at(point: str, number: int, run: Callable[[], None]) -> None:
    """Run in a process of its own that is killed at its n-th commit, right before or right after it."""
    engine().dispose()
    child = os.fork()
    if child == 0:
        engine().dispose(close=False)
        seen = [0]

        def die(_session: object) -> None:
            seen[0] += 1
            if seen[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(RecordSession, f"{point}_commit", die)
        try:
            run()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the child was to be killed {point} commit {number}"
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("point", ["before", "after"])
def test_a_process_killed_at_any_commit_loses_nothing_and_doubles_nothing(point: str, people: People) -> None:
    for number in range(1, STEPS + 1):
        key = f"{point}{number}"
        killed_at(point, number, lambda key=key: [step() for step in story(people, key)] and None)
        for step in story(people, key):  # the person clicks again, the worker takes over
            step()
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        session = uow.session
        assert session.scalar(select(func.count()).select_from(Case)) == STEPS
        decided = select(CaseEvent.case_id, func.count()).where(CaseEvent.kind == "Decided").group_by(CaseEvent.case_id)
        assert [count for _, count in session.execute(decided)] == [1] * STEPS
        kinds = select(LedgerTransfer.kind, func.count()).group_by(LedgerTransfer.kind)
        assert dict(session.execute(kinds).tuples().all()) == {"grant": 1, "reserve": STEPS, "void": STEPS}
        told = select(func.count()).select_from(Notice).where(Notice.title.contains("was rejected"))
        assert session.scalar(told) == STEPS
        rows = select(func.count()).where(OutboxRow.topic == "reviews.check")
        assert session.scalar(rows) == STEPS
        found, ledger = integrity.verify(uow)
    assert (found.faults, ledger) == ((), [])

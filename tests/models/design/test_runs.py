"""A draft is replayed against what happened; a version in force is brought to the cases under way, and taken back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from models.applications.access import find
from models.applications.types import shipped
from models.core.actor import SYSTEM, Actor
from models.core.errors import NotAllowed, WrongState
from models.core.unit_of_work import UnitOfWork
from models.design import drafting, runs, steps
from models.design.edits import ChangeNode
from models.design.queries import running
from models.design.rules import RunKind, RunStatus
from models.design.tables import DesignRun
from models.engines.cases.verifying import verify
from models.engines.definitions import versions
from tests.models.design.fourth_stage import fourth_stage, published
from tests.support.acting import codes
from tests.support.mdf import Fund

PRESENT = shipped("mdf").version
FIRST = PRESENT * versions.OWN + 1


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cases in one transaction, so that every run has several."""
    monkeypatch.setattr(runs, "CHUNK", 2)


def carried(fund: Fund, run_id: UUID) -> int:
    """The worker's part, to its end; how many transactions that took."""
    number = 1
    with fund.as_(SYSTEM) as uow:
        while runs.step(uow, run_id):
            number += 1
    return number


def test_a_replay_names_the_cases_that_would_have_gone_differently(fund: Fund, kofi: Actor) -> None:
    """8,640.00 USD would have needed finance after business; 3,000.00 and a case under review would not yet."""
    large = fund.applied()
    fund.decide(fund.joris, large, "approve")
    small = fund.applied(
        activity_name="Tallinn Data Week", address="Peterburi tee 2, Tallinn",
        budget=[{"item": "Venue", "mdf_used": True, "amount": "3000.00"}],
    )  # fmt: skip
    fund.decide(fund.joris, small, "approve")
    fund.applied(activity_name="Vilnius Fair", address="Konstitucijos 3, Vilnius")
    draft = fourth_stage(fund, kofi)
    with fund.as_(kofi) as uow:
        run_id = runs.replay(uow, draft, months=6)
        assert (runs.run(uow, run_id).total, runs.run(uow, run_id).status) == (3, RunStatus.WAITING)
    assert carried(fund, run_id) == 2
    with fund.as_(kofi) as uow:
        done = runs.run(uow, run_id)
        (only,) = runs.told(uow, run_id)
        assert runs.summary(done) == "1 of 3 cases would have gone differently"
        assert [each.id for each in runs.runs(uow, "mdf", [RunKind.REPLAY])] == [run_id]
    assert (only.case_id, only.went) == (large, "Activity and reimbursement")
    assert only.text == (
        "After Application review it came to Activity and reimbursement; it would come to Large amount."
    )


def test_a_replay_says_which_stages_it_took_as_approved(fund: Fund, kofi: Actor) -> None:
    """The case was claimed after the stage that the draft puts before: what follows needs somebody's yes there."""
    fund.claimed()
    draft = fourth_stage(fund, kofi)
    with fund.as_(kofi) as uow:
        run_id = runs.replay(uow, draft, months=6)
    carried(fund, run_id)
    with fund.as_(kofi) as uow:
        (only,) = runs.told(uow, run_id)
    assert "Taken as approved or passed, as the case never met it: Budget owner." in only.text


def test_a_migration_does_what_its_dry_run_said_and_is_undone(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """A case under review goes on under the version in force and needs the fourth stage; a paid one stays."""
    paid = fund.paid()
    waiting = fund.applied(activity_name="Tallinn Data Week", address="Peterburi tee 2, Tallinn",
                           starts_on="2026-10-05", ends_on="2026-10-06")  # fmt: skip
    published(fund, kofi, elif_)
    with fund.as_(elif_) as uow:
        dry = runs.dry_run(uow, "mdf", {})
        assert codes(lambda: runs.migrate(uow, dry), error=WrongState) == ["WRONG-STATE"]
    carried(fund, dry)
    with fund.as_(elif_) as uow:
        assert runs.summary(runs.run(uow, dry)) == "1 of 1 cases can be moved"
        assert find(uow, waiting).type.version == PRESENT
        moved = runs.migrate(uow, dry)
    carried(fund, moved)
    with fund.as_(elif_) as uow:
        assert (find(uow, waiting).type.version, find(uow, paid).type.version) == (FIRST, PRESENT)
        assert [(each.went, each.would) for each in runs.told(uow, moved)] == [
            (each.went, each.would) for each in runs.told(uow, dry)
        ]
        undone = runs.undo(uow, moved)
    carried(fund, undone)
    with fund.as_(elif_) as uow:
        assert find(uow, waiting).type.version == PRESENT
    with fund.as_(SYSTEM) as uow:
        assert verify(uow).faults == ()
    fund.decide(fund.joris, waiting, "approve")
    assert fund.visit(waiting) == "reimbursement#1"


def test_what_was_worked_on_since_is_not_brought_back(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """The case is named with its reason, and stays where it is."""
    waiting = fund.applied()
    published(fund, kofi, elif_)
    with fund.as_(elif_) as uow:
        dry = runs.dry_run(uow, "mdf", {})
    carried(fund, dry)
    with fund.as_(elif_) as uow:
        moved = runs.migrate(uow, dry)
    carried(fund, moved)
    fund.decide(fund.joris, waiting, "approve")
    assert fund.visit(waiting) == "budget_owner#1"
    with fund.as_(elif_) as uow:
        undone = runs.undo(uow, moved)
    carried(fund, undone)
    with fund.as_(elif_) as uow:
        (only,) = runs.told(uow, undone, refused=True)
        assert runs.summary(runs.run(uow, undone)) == "0 of 1 cases were brought back"
    assert only.case_id == waiting
    assert fund.visit(waiting) == "budget_owner#1"


def test_a_run_that_is_cancelled_goes_no_further(fund: Fund, kofi: Actor) -> None:
    """What was done by then stays; the worker's next step does nothing."""
    for number in range(3):
        fund.applied(activity_name=f"Fair {number}", address=f"Hall {number}")
    draft = fourth_stage(fund, kofi)
    with fund.as_(kofi) as uow:
        run_id = runs.replay(uow, draft, months=1)
    with fund.as_(SYSTEM) as uow:
        assert runs.step(uow, run_id)
    with fund.as_(kofi) as uow:
        runs.cancel(uow, run_id)
    with fund.as_(SYSTEM) as uow:
        assert not runs.step(uow, run_id)
    with fund.as_(kofi) as uow:
        assert (runs.run(uow, run_id).looked_at, runs.run(uow, run_id).status) == (2, RunStatus.CANCELLED)


def test_a_migration_that_was_stopped_is_undone(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """The two cases that were moved by then come back; the third never left."""
    for number in range(3):
        fund.applied(activity_name=f"Fair {number}", address=f"Hall {number}")
    published(fund, kofi, elif_)
    with fund.as_(elif_) as uow:
        dry = runs.dry_run(uow, "mdf", {})
    carried(fund, dry)
    with fund.as_(elif_) as uow:
        moved = runs.migrate(uow, dry)
    with fund.as_(SYSTEM) as uow:
        assert runs.step(uow, moved)
    with fund.as_(elif_) as uow:
        runs.cancel(uow, moved)
        undone = runs.undo(uow, moved)
    carried(fund, undone)
    with fund.as_(elif_) as uow:
        assert runs.summary(runs.run(uow, undone)) == "2 of 2 cases were brought back"
        assert running(uow, "mdf") == [PRESENT]


def test_a_replay_looks_at_the_draft_as_it_is_now(fund: Fund, kofi: Actor) -> None:
    """After an undo another change stands at the same step: the replay tells of that one."""
    case_id = fund.applied()
    fund.decide(fund.joris, case_id, "approve")
    draft = fourth_stage(fund, kofi)
    found = []
    for threshold in (8000, 9000):
        with fund.as_(kofi) as uow:
            drafting.change(uow, draft, ChangeNode("large_amount", {"decision": f"budget_mdf > usd({threshold})"}))
            run_id = runs.replay(uow, draft, months=1)
        carried(fund, run_id)
        with fund.as_(kofi) as uow:
            found.append(runs.run(uow, run_id).told)
            drafting.undo(uow, draft)
    assert found == [1, 0]


def test_a_fault_of_ours_stops_one_case_only(
    fund: Fund, kofi: Actor, elif_: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named with a reference that stands in the log; the others are moved."""
    broken = fund.applied()
    fund.applied(activity_name="Vilnius Fair", address="Konstitucijos 3, Vilnius")
    published(fund, kofi, elif_)
    with fund.as_(elif_) as uow:
        dry = runs.dry_run(uow, "mdf", {})
    carried(fund, dry)
    whole = steps.STEPS[RunKind.MIGRATE]

    def failing(uow: UnitOfWork, run: DesignRun, case_id: UUID) -> steps.Said | None:
        if case_id == broken:
            raise ZeroDivisionError
        return whole(uow, run, case_id)

    monkeypatch.setattr(steps, "STEPS", {**steps.STEPS, RunKind.MIGRATE: failing})
    with fund.as_(elif_) as uow:
        moved = runs.migrate(uow, dry)
    carried(fund, moved)
    with fund.as_(elif_) as uow:
        assert runs.summary(runs.run(uow, moved)) == "1 of 2 cases were moved"
        (only,) = runs.told(uow, moved, refused=True)
        assert (only.case_id, find(uow, broken).type.version) == (broken, PRESENT)
        (other,) = runs.told(uow, moved, refused=False)
        assert (other.went, other.would) == ("Application review", "Application review")
    (logged,) = [each for each in caplog.records if each.msg == "design.run.case_failed"]
    assert only.text.endswith(f"reference {logged.ref}.")  # type: ignore[attr-defined]


def test_whoever_may_not_publish_stops_no_migration(fund: Fund, kofi: Actor, elif_: Actor) -> None:
    """They stop a replay, which changes nothing; what moves cases takes the permission to publish."""
    fund.applied()
    published(fund, kofi, elif_)
    drafter = replace(kofi, permissions=kofi.permissions - {"design.publish"})
    with fund.as_(elif_) as uow:
        dry = runs.dry_run(uow, "mdf", {})
    carried(fund, dry)
    with fund.as_(elif_) as uow:
        moved = runs.migrate(uow, dry)
    with fund.as_(drafter) as uow:
        replayed = runs.replay(uow, drafting.begin(uow, "mdf"), months=1)
        for act in (lambda: runs.cancel(uow, moved), lambda: runs.undo(uow, moved), lambda: runs.migrate(uow, dry)):
            with pytest.raises(NotAllowed):
                act()
        runs.cancel(uow, replayed)
        assert runs.run(uow, replayed).status is RunStatus.CANCELLED
        assert runs.run(uow, moved).status is RunStatus.WAITING


def test_only_managers_replay_and_migrate(fund: Fund) -> None:
    """Reviewers and partners do neither."""
    for actor in (fund.joris, fund.liis):
        with fund.as_(actor) as uow:
            for act in (lambda: runs.dry_run(uow, "mdf", {}), lambda: runs.runs(uow, "mdf", [RunKind.REPLAY])):
                with pytest.raises(NotAllowed):
                    act()

"""A case of a kind that only tests know, carried by the services from its draft to its end, on both databases."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from models.applications import applying, queries, reviewing, stages
from models.applications.access import find, find_to_change
from models.applications.case_view import attachment, case_view, changed_since_last_time
from models.applications.rows import CaseFilter, QueueFilter
from models.core.actor import SYSTEM, Actor
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused, WrongState
from models.core.outbox import OutboxRow
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import store
from models.engines.cases.tables import Case, CaseEvent, CaseTask
from models.engines.definitions import registry
from models.engines.workflow.commands import TimerFired
from tests.support import ROOT
from tests.support.requests import GOOD, Office


def status(office: Office, case_id: UUID) -> str:
    return office.build.uow.session.scalars(select(Case.status).where(Case.id == case_id)).one()


def test_from_the_draft_to_the_money(office: Office, uow: UnitOfWork) -> None:
    case_id = office.begun()
    assert status(office, case_id) == "Draft"
    office.submit(case_id, asked="60000")
    assert status(office, case_id) == "Being reviewed"
    office.search(case_id)
    office.decide(office.joris, case_id, "approve")
    office.decide(office.sipho, case_id, "approve")
    office.decide(office.mei, case_id, "paid", fields={"paid_on": "2026-08-10"})
    assert status(office, case_id) == "Completed"
    with office.as_(office.liis) as seen:
        view = case_view(seen, case_id)
        assert view.row.number.startswith("REQ-")
        assert view.state.facts["paid_on"] == "2026-08-10"
        assert [(row.title, row.by) for row in view.timeline if not row.current] == [
            ("Request submitted", "Liis Tamm"), ("Search: 1 to look at", "Kontor"),
            ("Business review: approved", "Joris de Wit"), ("Finance review: approved", "Sipho Dlamini"),
            ("Payment: paid", "Mei Tan"), ("Completed", "Kontor"),
        ]  # fmt: skip
        assert not [row for row in view.timeline if row.current]


def test_numbers_follow_each_other(office: Office) -> None:
    with office.as_(office.liis) as uow:
        numbers = [case_view(uow, office.begun()).row.number for _ in range(3)]
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]


def test_a_draft_is_kept_as_typed_and_its_versions_guard_it(office: Office) -> None:
    case_id = office.begun()
    with office.as_(office.liis) as uow:
        assert applying.save_draft(uow, case_id, "request", {"what": "Shel", "asked": "x"}, step=0, expected=0) == 1
        assert applying.save_draft(uow, case_id, "request", {"what": "Shelf"}, step=0, expected=1) == 2
        kept = applying.draft(uow, case_id, "request")
        assert (kept.data, kept.version, kept.saved_by_name) == ({"what": "Shelf"}, 2, "Liis Tamm")
        for known in (0, 1):
            with pytest.raises(ChangedMeanwhile, match="Liis Tamm saved this form"):
                applying.save_draft(uow, case_id, "request", {}, expected=known)
        assert case_view(uow, case_id).row.title == "Shelf"


def test_everything_wrong_is_said_at_once_and_the_draft_stays(office: Office) -> None:
    case_id = office.begun()
    with office.as_(office.liis) as uow:
        applying.save_draft(uow, case_id, "request", {"asked": "250000"}, expected=0)
        with pytest.raises(Refused) as refused:
            applying.submit(uow, case_id, "request", {"asked": "250000"}, key="k")
        assert {(problem.code, problem.field) for problem in refused.value.problems} == {
            ("FORM-REQUIRED", "what"), ("LIMIT", "asked"),
        }  # fmt: skip
        assert applying.draft(uow, case_id, "request").data == {"asked": "250000"}
    assert status(office, case_id) == "Draft"


def test_an_action_that_refuses_undoes_the_submission(office: Office, uow: UnitOfWork) -> None:
    case_id = office.begun()
    with pytest.raises(Refused, match="Nothing is left"):
        office.submit(case_id, what="Nothing left")
    assert uow.session.scalar(select(func.count()).where(CaseEvent.case_id == case_id)) == 2


def test_rejected_changed_and_sent_again_it_is_the_same_case(office: Office) -> None:
    case_id = office.reviewed()
    with pytest.raises(Refused, match="Write a comment"):
        office.decide(office.joris, case_id, "reject")
    office.decide(office.joris, case_id, "reject", comment="Fewer shelves, please.")
    assert status(office, case_id) == "Rejected"
    with office.as_(office.liis) as uow:
        assert applying.draft(uow, case_id, "request").data["what"] == GOOD["what"]
        applying.submit(uow, case_id, "request", GOOD | {"pieces": 8}, key="again")
        office.search(case_id)
    with office.as_(office.joris) as uow:
        view = case_view(uow, case_id)
        assert [(each.form, each.number) for each in view.revisions] == [("request", 1), ("request", 2)]
        assert [(each.label, each.before, each.after) for each in changed_since_last_time(view, "request")] == [
            ("Pieces", "12", "8")
        ]
        assert {finding.code for finding in view.findings["business"]} == {"LIMIT", "SIMILAR"}


def test_the_same_click_counts_once(office: Office, uow: UnitOfWork) -> None:
    with office.as_(office.liis) as mine:
        first, second = (applying.begin(mine, "request", key="begin") for _ in range(2))
        assert first == second
        for _ in range(2):
            state = applying.submit(mine, first, "request", GOOD, key="send")
    assert state.submitted == {"request": 1}
    office.search(first)
    with office.as_(office.joris) as his:
        visit = find(his, first).state.visits[0].id
        after = [reviewing.decide(his, first, visit, "approve", key="yes").seq for _ in range(2)]
    assert after[0] == after[1]
    decided = select(func.count()).where(CaseEvent.case_id == first, CaseEvent.kind == "Decided")
    assert uow.session.scalar(decided) == 1


def test_whoever_is_second_is_told_who_was_first(office: Office) -> None:
    case_id = office.reviewed(asked="60000")
    with office.as_(office.niamh) as uow:
        seen = find(uow, case_id).state
    office.decide(office.joris, case_id, "approve")
    with office.as_(office.niamh) as uow, pytest.raises(ChangedMeanwhile, match="Joris de Wit changed this case at"):
        reviewing.decide(uow, case_id, seen.visits[0].id, "approve", key="k", expected=seen.seq)


def test_whoever_read_a_case_that_another_changed_since_writes_nothing(office: Office) -> None:
    """Where the database does not let the second wait, the row says by itself that it is another one."""
    case_id = office.reviewed()
    with office.as_(SYSTEM) as uow:
        later = uow.at(uow.now + timedelta(days=60))
        read = find_to_change(later, case_id)
        office.decide(office.joris, case_id, "approve")
        with pytest.raises(ChangedMeanwhile, match="changed this case"):
            store.change(later, read, TimerFired(read.state.visits[0].id, "due"))


@pytest.mark.parametrize(
    ("asked", "status", "node"), [("8640.00", "Being reviewed", "business"), ("100001", "Draft", "request")]
)
def test_a_registered_check_decides_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: str, status: str, node: str
) -> None:
    """Without a worker: within the click that sends the request."""
    text = (ROOT / "tests" / "data" / "request.yaml").read_text(encoding="utf-8")
    text = text.replace("version: 1", "version: 2").replace(
        "{check: test.similar, by: worker, label: Search}", "{check: test.limit, by: now, label: Limit}"
    )
    text = text.replace("checks: [test.limit]}", "}").replace(
        "- [similar, business]", "- [similar.pass, business]\n    - [similar.fail, release]"
    )
    (tmp_path / "request.yaml").write_text(text, encoding="utf-8")
    known = [each for each in registry.DEFINITIONS if each.name != "request.yaml"] + [tmp_path / "request.yaml"]
    monkeypatch.setattr("models.engines.definitions.loading.DEFINITIONS", known)
    state = office.submit(office.begun(), asked=asked)
    assert (state.status, state.visits[0].node) == (status, node)


def test_four_eyes_hold_through_the_services(office: Office) -> None:
    case_id = office.reviewed(asked="60000")
    office.decide(office.niamh, case_id, "approve")
    with pytest.raises(NotAllowed, match="You decided an earlier stage"):
        office.decide(office.niamh, case_id, "approve")
    with office.as_(office.niamh) as uow:
        may = case_view(uow, case_id).may
        assert may.decide == ()
        assert list(may.hindered.values()) == [
            "You decided an earlier stage of this case. Somebody else has to decide this one."
        ]
    with office.as_(office.sipho) as uow:
        assert len(case_view(uow, case_id).may.decide) == 1


def test_the_queue_shows_each_reviewer_their_own(office: Office) -> None:
    small, large = office.reviewed(what="Small"), office.reviewed(what="Large", asked="60000")
    office.decide(office.joris, large, "approve")
    for actor, expected in ((office.joris, ["Small"]), (office.niamh, ["Small", "Large"]), (office.sipho, ["Large"]),
                            (office.mei, [])):  # fmt: skip
        with office.as_(actor) as uow:
            rows = queries.queue(uow, QueueFilter()).rows
            assert sorted(row.title for row in rows) == sorted(expected), actor.name
    with office.as_(office.joris) as uow:
        row = queries.queue(uow, QueueFilter()).rows[0]
        assert (row.partner, row.label, row.type_name) == ("Nordlicht Systems", "Business review", "Shelf Request")
        reviewing.claim(uow, small, row.visit)
        assert queries.queue_counts(uow, QueueFilter()).mine == 1
        assert [each.title for each in queries.queue(uow, QueueFilter(search="nordlicht")).rows] == ["Small"]
        assert queries.queue(uow, QueueFilter(search="elsewhere")).rows == ()
    with office.as_(office.niamh) as uow, pytest.raises(NotAllowed, match="Joris de Wit holds this review"):
        reviewing.decide(uow, small, row.visit, "approve", key="k")


def test_an_open_case_is_leased(office: Office) -> None:
    case_id = office.reviewed()
    with office.as_(office.joris) as uow:
        visit = find(uow, case_id).state.visits[0].id
        assert reviewing.lease(uow, case_id, visit) is None
        reviewing.claim(uow, case_id, visit)
        reviewing.release(uow, case_id, visit)
    with office.as_(office.niamh) as uow:
        assert reviewing.lease(uow, case_id, visit) == "Joris de Wit"  # what happens to the task leaves it alone
        later = UnitOfWork(uow.session, uow.actor, uow.now.replace(year=uow.now.year + 1))
        assert reviewing.lease(later, case_id, visit) is None
        reviewing.decide(uow, case_id, visit, "approve", key="k")
        task = select(CaseTask.leased_by, CaseTask.leased_until, CaseTask.closed_by_name, CaseTask.outcome)
        assert uow.session.execute(task.where(CaseTask.case_id == case_id, CaseTask.visit == visit)).one() == (
            None, None, "Niamh Kavanagh", "approve",
        )  # fmt: skip


def test_a_question_stops_the_clock_and_waits_for_the_partner(office: Office) -> None:
    case_id = office.reviewed()
    with office.as_(office.joris) as uow:
        visit = find(uow, case_id).state.visits[0].id
        reviewing.ask(uow, case_id, visit, "Which hall?", key="ask")
    with office.as_(office.liis) as uow:
        assert [(each.who, each.paused) for each in case_view(uow, case_id).row.standing] == [("Partner", True)]
        assert [row.number for row in queries.forms_waiting(uow)] == [case_view(uow, case_id).row.number]
        applying.answer(uow, case_id, visit, "Hall 4", key="answer")
        assert [each.who for each in case_view(uow, case_id).row.standing] == ["Business reviewer"]


def test_nobody_sees_a_case_that_is_not_theirs(office: Office) -> None:
    draft, sent = office.begun(), office.reviewed()
    stranger = office.build.actor("partner_admin", partner=office.build.partner("Elsewhere"))
    analyst = office.build.actor("analyst")
    for actor, case_id, error in (
        (stranger, sent, NotFound), (analyst, sent, NotAllowed), (office.joris, draft, NotFound),
        (Actor(None, "Nobody"), sent, NotFound),
    ):  # fmt: skip
        with office.as_(actor) as uow, pytest.raises(error):
            case_view(uow, case_id)
    with office.as_(stranger) as uow:
        assert queries.cases(uow, CaseFilter()).rows == ()
        for act in (
            lambda: applying.cancel(uow, sent, key="k"), lambda: applying.submit(uow, draft, "request", GOOD, key="k"),
            lambda: applying.save_draft(uow, draft, "request", {}, expected=0),
            lambda: applying.draft(uow, draft, "request"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                act()
    manager = office.build.actor("account_manager", partner=office.partner)
    with office.as_(manager) as uow, pytest.raises(NotAllowed):
        applying.begin(uow, "request", key="k")
    with office.as_(office.joris) as uow:
        assert [row.id for row in queries.cases(uow, CaseFilter()).rows] == [sent]
        with pytest.raises(NotAllowed):
            applying.begin(uow, "request", key="k")


def test_cancelled_it_may_be_given_up(office: Office) -> None:
    case_id = office.reviewed()
    with office.as_(office.liis) as uow:
        assert case_view(uow, case_id).may.cancel
        applying.cancel(uow, case_id, key="c")
        assert case_view(uow, case_id).row.status == "Cancelled"
        assert case_view(uow, case_id).may.fill == "request"
        applying.give_up(uow, case_id, key="d")
        assert queries.cases(uow, CaseFilter()).rows == ()


def test_files_are_judged_kept_and_shown_to_whoever_may_see_the_case(office: Office) -> None:
    case_id = office.begun()
    stranger = office.build.actor("partner_admin", partner=office.build.partner("Elsewhere"))
    with office.as_(office.liis) as uow:
        with pytest.raises(Refused, match="pdf, txt"):
            applying.attach(uow, case_id, "request", "offer", io.BytesIO(b"MZ"), "offer.exe")
        with pytest.raises(Refused, match="takes no file there"):
            applying.attach(uow, case_id, "request", "what", io.BytesIO(b"a"), "offer.txt")
        file = applying.attach(uow, case_id, "request", "offer", io.BytesIO(b"Twelve shelves"), "offer.txt")
        applying.save_draft(uow, case_id, "request", GOOD | {"offer": [file]}, expected=0)
        assert b"".join(attachment(uow, case_id, file["sha256"]).chunks()) == b"Twelve shelves"
    with office.as_(office.joris) as uow, pytest.raises(NotFound):
        attachment(uow, case_id, file["sha256"])
    office.submit(case_id, offer=[file])
    with office.as_(office.joris) as uow:
        assert attachment(uow, case_id, file["sha256"]).name == "offer.txt"
        with pytest.raises(NotFound):
            attachment(uow, case_id, "0" * 64)
    with office.as_(stranger) as uow, pytest.raises(NotFound):
        attachment(uow, case_id, file["sha256"])


def test_promised_times_are_outbox_rows_and_late_ones_do_nothing(office: Office, uow: UnitOfWork) -> None:
    case_id = office.reviewed()
    stmt = select(OutboxRow.key, OutboxRow.payload, OutboxRow.due_at).where(OutboxRow.topic == "reviews.timer")
    timers = {payload["timer"]: (payload["visit"], due) for _, payload, due in uow.session.execute(stmt)}
    assert set(timers) == {"remind:0", "due", "escalate:ecosystem_manager"}
    for timer in ("remind:0", "due", "escalate:ecosystem_manager"):
        visit, due = timers[timer]
        with office.as_(SYSTEM) as system:
            assert not stages.fire_timer(system, case_id, visit, timer)  # too early
            assert stages.fire_timer(system.at(due), case_id, visit, timer)
            assert not stages.fire_timer(system.at(due), case_id, visit, timer)  # once
    overdue = select(CaseTask.overdue).where(CaseTask.case_id == case_id, CaseTask.closed_at.is_(None))
    assert uow.session.scalars(overdue).all() == [True]
    office.decide(office.joris, case_id, "approve")
    with office.as_(SYSTEM) as system:
        assert not stages.run_check(system, case_id, "similar#1")


def test_a_stage_that_is_over_says_so(office: Office) -> None:
    case_id = office.reviewed()
    with office.as_(office.joris) as uow:
        visit = find(uow, case_id).state.visits[0].id
    office.decide(office.joris, case_id, "approve")
    with office.as_(office.joris) as uow, pytest.raises(WrongState, match="This stage is over"):
        reviewing.claim(uow, case_id, visit)

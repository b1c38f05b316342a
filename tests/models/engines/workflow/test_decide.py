"""What each command brings about, and what it is refused for."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.core.errors import DomainError, NotAllowed, Refused, WrongState
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.compose import expand
from models.engines.workflow.evolve import replay
from models.engines.workflow.findings import Finding, Verdict
from models.engines.workflow.schema import Workflow
from models.engines.workflow.state import State
from models.engines.workflow.world import Person
from tests.support import workflows as w
from tests.support.workflows import BEGAN, HENRIK, JORIS, LIIS, MACHINE, MEI, NIAMH, SIPHO, STRANGER, Story


def refused(story: Story, command: c.Command, by: Person, kind: type[DomainError]) -> str:
    """The code that a command is refused with; nothing happened."""
    before = list(story.events)
    with pytest.raises(kind) as raised:
        story.give(command, by)
    assert story.events == before
    return raised.value.problems[0].code


def timers_of(events: list[e.Event]) -> dict[str, datetime]:
    return {event.timer: event.fires_at for event in events if isinstance(event, e.TimerSet)}


def test_a_case_begins_as_a_draft():
    story = Story().opened()
    assert (story.state.status, story.state.phase, story.here) == ("Draft", "Request", "request#1")
    assert refused(story, c.Open("request", 1, w.PARTNER), LIIS, WrongState) == "WRONG-STATE"


def test_submission_reserves_asks_the_machine_and_then_waits_for_a_reviewer():
    story = Story().opened()
    events = story.give(c.Submit("request#1", 1, {"asked": "9000.00"}), LIIS)
    assert [type(event).__name__ for event in events] == [
        "Submitted", "Left", "Entered", "ActionTaken", "Left", "Entered", "CheckWanted",
    ]  # fmt: skip
    assert (story.state.status, story.here) == ("Being reviewed", "similar#1")
    assert story.state.facts == {"asked": "9000.00"}
    events = story.give(c.CheckDone("similar#1", True, facts={"similar": 2}), MACHINE)
    assert (story.here, story.state.facts["similar"]) == ("business#1", 2)
    # Three working days after Monday 10:00: Thursday 18:00 in GMT+08:00.
    thursday = datetime(2026, 7, 9, 10, tzinfo=UTC)
    assert timers_of(events) == {
        "remind:0": thursday - timedelta(days=1), "due": thursday,
        "escalate:ecosystem_manager": thursday + timedelta(days=1),
    }  # fmt: skip
    assert story.give(c.CheckDone("similar#1", True), MACHINE) == []  # the worker repeats itself


def test_a_finding_that_must_be_fixed_refuses_the_submission_with_every_problem():
    story = Story().opened()
    findings = (
        Finding("MDA-QUOTA", "Quota covers the amount", Verdict.FIX, "9,000.00 asked, 8,000.00 left."),
        Finding("MDA-SIMILAR", "No similar activity", Verdict.LOOK, "Look at MDF-2026-0001."),
        Finding("MDA-LATE", "In time", Verdict.FIX, field="late_reason"),
    )
    with pytest.raises(Refused) as raised:
        story.give(c.Submit("request#1", 1, {}, findings), LIIS)
    assert [(p.code, p.text, p.field) for p in raised.value.problems] == [
        ("MDA-QUOTA", "9,000.00 asked, 8,000.00 left.", None), ("MDA-LATE", "In time", "late_reason"),
    ]  # fmt: skip


@pytest.mark.parametrize(("asked", "then"), [("50000.00", "payment.invoice#1"), ("50000.01", "finance#1")])
def test_a_decision_takes_the_way_that_the_facts_say(asked: str, then: str):
    story = Story().submitted(asked)
    story.give(c.Decide("business#1", "approve"), JORIS)
    assert story.here == then


def test_a_rejected_case_comes_back_to_its_applicant_and_is_the_same_one_again():
    story = Story().submitted()
    assert refused(story, c.Decide("business#1", "reject"), JORIS, Refused) == "CASE-COMMENT"
    events = story.give(c.Decide("business#1", "reject", comment=" Add the agenda. "), JORIS)
    assert [event.action for event in events if isinstance(event, e.ActionTaken)] == ["ledger.void"]
    assert (story.state.status, story.here) == ("Rejected", "request#2")
    assert story.state.visits[0].why == "returned"
    story.give(c.Submit("request#2", 2, {"asked": "8000.00"}), LIIS)
    assert (story.state.status, story.state.submitted) == ("Being reviewed", {"request": 2})


def test_the_applicant_cancels_while_it_is_reviewed_then_deletes_the_draft():
    story = Story().submitted()
    assert refused(story, c.Delete(), LIIS, WrongState) == "WRONG-STATE"
    assert refused(story, c.Cancel(), STRANGER, NotAllowed) == "CASE-APPLICANT"
    story.give(c.Cancel(), LIIS)
    assert (story.state.status, story.here) == ("Cancelled", "request#2")
    assert refused(story, c.Cancel(), LIIS, WrongState) == "WRONG-STATE"
    story.give(c.Delete(), LIIS)
    assert (story.state.outcome, story.state.visits) == ("deleted", ())


@pytest.mark.parametrize(
    ("by", "code"),
    [(MEI, "CASE-ROLE"), (MACHINE, "CASE-ROLE"), (LIIS, "CASE-ROLE"), (SIPHO, "CASE-ROLE")],
    ids=lambda value: getattr(value, "name", value),
)
def test_only_the_roles_of_a_stage_decide_it(by: Person, code: str):
    assert refused(Story().submitted(), c.Decide("business#1", "approve"), by, NotAllowed) == code


def test_nobody_decides_their_own_case_or_one_of_their_company():
    at_home = w.person(31, "Kalle Home", "reviewer_business", partner=w.PARTNER)
    assert refused(Story().submitted(), c.Decide("business#1", "approve"), at_home, NotAllowed) == "CASE-OWN-PARTNER"
    moved = w.person(11, "Liis Tamm", "reviewer_business")  # works for the vendor now
    assert refused(Story().submitted(), c.Decide("business#1", "approve"), moved, NotAllowed) == "CASE-OWN"


def test_four_eyes_hold_over_stages_and_sending_back_is_no_rejection():
    story = Story().submitted("60000")
    story.give(c.Decide("business#1", "approve"), NIAMH)
    assert refused(story, c.Decide("finance#1", "approve"), NIAMH, NotAllowed) == "CASE-FOUR-EYES"
    story.give(c.Decide("finance#1", "send_back"), SIPHO)
    assert (story.here, story.state.visits[0].why) == ("business#2", "")
    story.give(c.Decide("business#2", "approve"), JORIS)
    assert refused(story, c.Decide("finance#2", "approve"), NIAMH, NotAllowed) == "CASE-FOUR-EYES"  # she agreed before
    story.give(c.Decide("finance#2", "approve"), SIPHO)
    assert story.here == "payment.invoice#1"


def test_who_rejected_an_earlier_round_is_barred_by_it_no_longer():
    story = Story().submitted("60000")
    story.give(c.Decide("business#1", "reject", comment="Add the agenda."), NIAMH)
    story.give(c.Submit("request#2", 2, {"asked": "60000"}), LIIS)
    story.give(c.CheckDone("similar#2", True), MACHINE)
    story.give(c.Decide("business#2", "approve"), JORIS)
    story.give(c.Decide("finance#1", "approve"), NIAMH)
    assert (story.here, story.state.agreed) == ("payment.invoice#1", {"business": (JORIS.id,), "finance": (NIAMH.id,)})


def test_decisions_from_before_their_tone_was_kept_bar_as_they_did_then():
    story = Story().submitted("60000")
    story.give(c.Decide("business#1", "approve"), NIAMH)
    state = replay(replace(event, tone="") if isinstance(event, e.Decided) else event for event in story.events)
    assert (state.agreed, state.deciders) == ({}, {"business": (NIAMH.id,)})


def test_a_stage_that_gets_a_case_back_says_so_and_who_decided_it_may_do_so_again():
    flow = deepcopy(w.REQUEST)
    flow["nodes"]["business"]["returned"] = "Being reviewed again"
    flow["nodes"]["finance"]["decisions"]["send_back"] = {
        "label": "Send back",
        "back": True,
        "reasons": ["S-1 Unclear"],
    }
    flow["nodes"]["finance"]["decisions"]["ask_again"] = {"label": "Back to the partner", "back": True}
    flow["edges"] += [["finance.ask_again", "request"]]
    story = Story(expand(Workflow.model_validate(flow), {"paying": Workflow.model_validate(w.PAYING)}))
    story.submitted("60000")
    story.give(c.Decide("business#1", "approve"), JORIS)
    assert refused(story, c.Decide("finance#1", "send_back"), SIPHO, Refused) == "CASE-REASON"
    story.give(c.Decide("finance#1", "send_back", reason="S-1 Unclear"), SIPHO)
    assert (story.here, story.state.status, story.state.visits[0].why) == (
        "business#2", "Being reviewed again", "returned"
    )  # fmt: skip
    story.give(c.Decide("business#2", "approve"), JORIS)
    story.give(c.Decide("finance#2", "ask_again"), SIPHO)
    assert (story.here, story.state.status) == ("request#2", "Rejected")


def test_a_reason_comes_from_the_list():
    story = Story().submitted("60000")
    story.give(c.Decide("business#1", "approve"), JORIS)
    reject = c.Decide("finance#1", "reject", reason="R-99", comment="No invoices.")
    assert refused(story, reject, SIPHO, Refused) == "CASE-REASON"
    assert refused(story, c.Decide("finance#1", "burn"), SIPHO, WrongState) == "WRONG-STATE"
    story.give(c.Decide("finance#1", "reject", reason="R-07 Invoices missing", comment="No invoices."), SIPHO)
    assert story.state.status == "Rejected"


def test_two_different_people_make_a_quorum():
    story = Story().submitted()
    story.give(c.Decide("business#1", "approve"), JORIS)
    story.give(c.Submit("payment.invoice#1", 1, {}), LIIS)
    story.give(c.Decide("payment.check#1", "approve"), MEI)
    assert story.here == "payment.check#1"
    assert refused(story, c.Decide("payment.check#1", "approve"), MEI, NotAllowed) == "CASE-VOTED"
    story.give(c.Decide("payment.check#1", "approve"), HENRIK)
    assert (story.state.outcome, story.state.status, story.state.visits) == ("paid", "Completed", ())


def test_one_rejection_ends_a_quorum():
    story = Story().submitted()
    story.give(c.Decide("business#1", "approve"), JORIS)
    story.give(c.Submit("payment.invoice#1", 1, {}), LIIS)
    story.give(c.Decide("payment.check#1", "approve"), MEI)
    story.give(c.Decide("payment.check#1", "reject", comment="The bank account is missing."), HENRIK)
    assert (story.state.status, story.here) == ("Invoice Rejected", "payment.invoice#2")


def test_a_claim_keeps_others_away_until_it_is_released():
    story = Story().submitted()
    story.give(c.Claim("business#1"), JORIS)
    assert story.give(c.Claim("business#1"), JORIS) == []
    assert refused(story, c.Decide("business#1", "approve"), NIAMH, NotAllowed) == "CASE-HELD"
    assert refused(story, c.Release("business#1"), NIAMH, NotAllowed) == "NOT-ALLOWED"
    story.give(c.Release("business#1"), JORIS)
    story.give(c.Decide("business#1", "approve"), NIAMH)
    assert refused(story, c.Release("business#1"), NIAMH, WrongState) == "WRONG-STATE"


def test_a_question_stops_the_clock_and_the_answer_starts_it_again():
    story = Story().submitted()
    due = story.state.visits[0].due_at
    assert refused(story, c.Ask("business#1", " "), JORIS, Refused) == "CASE-QUESTION"
    story.give(c.Ask("business#1", "Who pays the second day?"), JORIS)
    assert refused(story, c.Decide("business#1", "approve"), JORIS, WrongState) == "WRONG-STATE"
    assert refused(story, c.Answer("business#1", "We do."), STRANGER, NotAllowed) == "CASE-APPLICANT"
    story.later(days=4)  # until Friday: four working days
    assert story.give(c.TimerFired("business#1", "due"), MACHINE) == []
    events = story.give(c.Answer("business#1", "We do."), LIIS)
    assert due is not None
    moved = datetime(2026, 7, 15, 10, tzinfo=UTC)  # from Thursday 9 over the weekend to Wednesday 15
    assert story.state.visits[0].due_at == moved
    assert timers_of(events)["due"] == moved
    assert story.state.visits[0].pause == timedelta(days=4)
    assert refused(story, c.Answer("business#1", "Again."), LIIS, WrongState) == "WRONG-STATE"


def test_an_open_question_does_not_keep_a_review_from_expiring():
    story = Story(w.expiring("10 days"))
    story.give(c.Open("request", 1, LIIS.partner_id), LIIS)
    story.give(c.Submit("request#1", 1, {}, ()), LIIS)
    assert story.state.visits[0].expires_at == datetime(2026, 7, 16, 10, tzinfo=UTC)  # the end of the tenth day
    story.give(c.Ask("business#1", "Who pays the second day?"), JORIS)
    story.later(days=10, hours=7)
    assert story.give(c.TimerFired("business#1", "expire"), MACHINE) == []  # too early
    story.later(hours=1)
    events = story.give(c.TimerFired("business#1", "expire"), MACHINE)
    assert [type(event) for event in events][:2] == [e.Expired, e.Left]
    assert (story.state.outcome, story.state.visits) == ("given_up", ())
    assert story.give(c.TimerFired("business#1", "expire"), MACHINE) == []


def test_timers_remind_mark_and_escalate_once_each():
    story = Story().submitted()
    assert story.give(c.TimerFired("business#1", "remind:0"), MACHINE) == []  # too early
    story.later(days=2, hours=8)
    (reminded,) = story.give(c.TimerFired("business#1", "remind:0"), MACHINE)
    assert isinstance(reminded, e.Reminded)
    assert story.give(c.TimerFired("business#1", "remind:0"), MACHINE) == []
    story.later(days=1)
    story.give(c.TimerFired("business#1", "due"), MACHINE)
    assert story.state.visits[0].overdue
    story.later(days=1)
    (escalated,) = story.give(c.TimerFired("business#1", "escalate:ecosystem_manager"), MACHINE)
    assert isinstance(escalated, e.Escalated)
    assert escalated.role == "ecosystem_manager"
    story.give(c.Decide("business#1", "approve"), JORIS)
    assert story.give(c.TimerFired("business#1", "due"), MACHINE) == []
    assert story.give(c.TimerFired("business#1", "what:else"), MACHINE) == []


def test_branches_run_beside_each_other_and_a_join_waits_for_all():
    story = Story(Workflow.model_validate(w.BESIDE))
    story.give(c.Open("beside", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, {}), LIIS)
    assert [visit.id for visit in story.state.visits] == ["legal#1", "money#1"]
    story.give(c.Decide("money#1", "approve"), SIPHO)
    assert (story.here, story.state.arrived) == ("legal#1", {"both": ("money",)})
    events = story.give(c.Decide("legal#1", "approve"), JORIS)
    assert (story.here, story.state.arrived) == ("cool_down#1", {})
    assert timers_of(events) == {"wait": datetime(2026, 7, 8, 10, tzinfo=UTC)}
    assert story.give(c.TimerFired("cool_down#1", "wait"), MACHINE) == []
    story.later(days=3).give(c.TimerFired("cool_down#1", "wait"), MACHINE)
    assert (story.state.outcome, story.state.status) == ("done", "Done")


def test_a_check_at_hand_is_answered_in_the_same_turn():
    flow = {
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "rule": {"check": "rule", "by": "now"}, "yes": {"end": "yes"},
                  "no": {"end": "no"}},
        "edges": [["ask.submit", "rule"], ["rule.pass", "yes"], ["rule.fail", "no"]],
    }  # fmt: skip
    for answer, outcome in ((True, "yes"), (False, "no")):
        story = Story(Workflow.model_validate(flow))
        story.world.answers = lambda name, answer=answer: answer
        story.give(c.Open("x", 1, w.PARTNER), LIIS)
        story.give(c.Submit("ask#1", 1, {}), LIIS)
        assert story.state.outcome == outcome


def test_a_circle_of_machines_is_a_bug_and_no_endless_turn():
    flow = {
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "a": {"action": "x"}, "b": {"action": "y"}},
        "edges": [["ask.submit", "a"], ["a", "b"], ["b", "a"]],
    }
    story = Story(Workflow.model_validate(flow))
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    with pytest.raises(RuntimeError, match="circle"):
        story.give(c.Submit("ask#1", 1, {}), LIIS)


def test_facts_can_be_noted_from_outside():
    story = Story().opened()
    story.give(c.NoteFacts({"bills_paid": True}), MACHINE)
    assert story.state.facts == {"bills_paid": True}


def test_state_and_events_survive_their_json():
    story = Story().submitted("60000")
    story.give(c.Ask("business#1", "Why?"), JORIS)
    assert State.from_json(story.state.to_json()) == story.state
    again = [e.unpack(type(event).__name__, event.schema, e.pack(event)) for event in story.events]
    assert again == story.events
    assert story.state.seq == len(story.events)
    assert story.events[0] == e.Opened("request", 1, w.PARTNER, LIIS.id, LIIS.name)
    assert story.world.now == BEGAN


def test_an_old_event_is_brought_to_its_shape_of_today(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(e.Ended, "schema", 2)
    monkeypatch.setitem(e.UPCASTERS, ("Ended", 1), lambda payload: {"outcome": payload["result"], "at": payload["at"]})
    event = e.unpack("Ended", 1, {"result": "paid", "at": "2026-07-06T02:00:00Z"})
    assert event == e.Ended("paid", BEGAN)

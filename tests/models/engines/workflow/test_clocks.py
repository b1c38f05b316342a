"""Clocks over a part of a workflow: started, paused, resumed, stopped, reset and cancelled; due by what they ran."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from models.core.calendars import WorkingCalendar
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.clocks import Clock, clock_timers, due_at, heard, signals_of
from models.engines.workflow.compose import expand
from models.engines.workflow.dry import Definition, DryWorld
from models.engines.workflow.evolve import evolve
from models.engines.workflow.lint import Names, faults
from models.engines.workflow.migrating import plan, undone
from models.engines.workflow.replaying import replayed
from models.engines.workflow.scenario import Scenario
from models.engines.workflow.schema import Workflow
from models.engines.workflow.state import ClockState, State
from models.engines.workflow.terms import Term
from models.engines.workflow.trying import tried
from tests.support import workflows as w
from tests.support.workflows import JORIS, LIIS, MACHINE, SIPHO, Story

WHOLE: dict[str, Any] = {
    "label": "Whole review", "start": ["enter business"], "pause": ["ask"], "resume": ["answer"],
    "stop": ["enter payment.invoice"], "reset": ["leave finance.send_back"], "cancel": ["leave business.cancel"],
    "due": "5 working days", "remind": ["2 working days", "1 working day"],
    "escalate": {"ecosystem_manager": "1 working day"},
}  # fmt: skip


def flow(**changed: Any) -> Workflow:
    raw = deepcopy(w.REQUEST) | {"clocks": {"whole": WHOLE | changed}}
    return expand(Workflow.model_validate(raw), {"paying": Workflow.model_validate(w.PAYING)})


def day(month: int, number: int, hour: int = 10) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=UTC)


def whole(story: Story) -> ClockState | None:
    return story.state.clocks.get("whole")


def turned(events: list[e.Event]) -> list[tuple[str, datetime | None]]:
    return [(event.what, event.due_at) for event in events if isinstance(event, e.ClockTurned)]


def test_a_clock_runs_over_stages_stands_while_a_question_is_open_and_ends():
    story = Story(flow()).submitted("60000")  # on Monday, 6 July
    assert turned(story.events) == [("started", day(7, 13))]
    timers = {event.timer: event.fires_at for event in story.events
              if isinstance(event, e.TimerSet) and event.visit == "clock:whole"}  # fmt: skip
    assert timers == {"remind:0": day(7, 9), "remind:1": day(7, 10), "due": day(7, 13),
                      "escalate:ecosystem_manager": day(7, 14)}  # fmt: skip
    assert turned(story.give(c.Ask("business#1", "Why?"), JORIS)) == [("paused", None)]
    story.later(days=2)
    assert story.give(c.TimerFired("clock:whole", "remind:0"), MACHINE) == []
    assert turned(story.give(c.Answer("business#1", "So."), LIIS)) == [("resumed", day(7, 15))]
    assert turned(story.give(c.Decide("business#1", "approve"), JORIS)) == []
    events = story.later(days=1).give(c.Decide("finance#1", "send_back"), SIPHO)
    assert turned(events) == [("reset", day(7, 16))]  # on Thursday, 9 July, anew: five working days
    story.give(c.Decide("business#2", "approve"), JORIS)
    assert turned(story.give(c.Decide("finance#2", "approve"), SIPHO)) == [("stopped", None)]
    found = whole(story)
    assert found
    assert (found.ended_at, found.pauses) == (story.world.now, ())
    assert replayed(Definition(story.workflow, {"asked": "usd"}), story.events).first is None
    assert State.from_json(story.state.to_json()) == story.state


def test_its_ladder_comes_rung_by_rung_and_each_once():
    story = Story(flow()).submitted()
    assert story.give(c.TimerFired("clock:whole", "remind:0"), MACHINE) == []
    story.later(days=4)
    (rung,) = story.give(c.TimerFired("clock:whole", "remind:0"), MACHINE)
    assert rung == e.ClockRang("whole", "remind:0", story.world.now)
    assert story.give(c.TimerFired("clock:whole", "remind:0"), MACHINE) == []
    story.later(days=10)
    for timer in ("due", "escalate:ecosystem_manager"):
        assert len(story.give(c.TimerFired("clock:whole", timer), MACHINE)) == 1
    for nothing in ("clock:none", "clock:whole"):
        assert story.give(c.TimerFired(nothing, "other"), MACHINE) == []
    assert replayed(Definition(story.workflow, {"asked": "usd"}), story.events).first is None


def test_it_is_cancelled_as_if_it_had_never_run_and_stops_with_the_case():
    story = Story(flow()).submitted()
    assert turned(story.give(c.Cancel(), LIIS)) == [("cancelled", None)]
    assert whole(story) is None
    over = Story(flow(start=["submit request"])).submitted()
    story = Story(flow(start=["submit request"], cancel=["enter business"])).submitted()
    assert [what for what, _ in turned(story.events)] == ["started", "cancelled"]
    assert whole(over)
    draft = Story(flow(start=["enter request"])).opened()
    assert turned(draft.give(c.Delete(), LIIS)) == [("stopped", None)]


def test_signals_and_what_counts_when_several_come_at_once():
    now = day(7, 6)
    assert signals_of(e.Left("finance#1", "approve", now)) == {"leave finance", "leave finance.approve"}
    assert signals_of(e.Withdrawn(("finance#1",), (), now)) == {"leave finance"}
    assert signals_of(e.Released("finance#1", now)) == frozenset()
    clock = Clock.model_validate(
        WHOLE | {"cancel": ["x"], "stop": ["x", "y"], "reset": ["y", "z"], "pause": ["z", "p"]}
    )
    running, standing = ClockState(now), ClockState(now, ((now, None),))
    heard_of = [
        heard(clock, running, frozenset({signal})) for signal in ("x", "y", "z", "p", "answer", "enter business")
    ]
    assert heard_of == ["cancelled", "stopped", "reset", "paused", None, None]
    assert heard(clock, standing, frozenset({"p"})) is None
    assert heard(clock, standing, frozenset({"answer"})) == "resumed"
    assert heard(clock, None, frozenset({"enter business", "end"})) is None
    assert heard(clock, ClockState(now, ended_at=now), frozenset({"enter business"})) == "started"


def test_running_time_and_the_calendar_of_a_country():
    cn = WorkingCalendar("CN")
    began = day(7, 6, 2)
    stood = ClockState(began, ((day(7, 6, 4), day(7, 6, 7)), (day(7, 7, 1), day(7, 7, 2))))
    assert due_at(Term.parse("10 hours"), stood, cn) == began + timedelta(hours=14)
    assert due_at(Term.parse("3 days"), ClockState(began), cn) == day(7, 9)
    assert due_at(Term.parse("3 days"), ClockState(began, ended_at=began), cn) is None
    holiday = ClockState(datetime(2026, 12, 24, 2, tzinfo=UTC))
    german = Clock.model_validate({"start": ["end"], "due": "1 working day", "country": "DE"})
    assert clock_timers(german, holiday, WorkingCalendar("DE"))["due"].date().isoformat() == "2026-12-28"
    assert clock_timers(german, holiday, cn)["due"].date().isoformat() == "2026-12-25"  # no holiday there
    story = Story(flow(country="DE")).submitted()
    assert whole(story)


def test_a_clock_that_no_longer_is_changes_nothing():
    assert evolve(State(), e.ClockRang("gone", "due", day(7, 6))) == State(seq=1)


def test_a_clock_goes_along_to_another_version():
    story = Story(flow()).submitted()
    story.later(days=10).give(c.TimerFired("clock:whole", "due"), MACHINE)
    old, longer = Definition(flow()), Definition(flow(due="20 working days"))
    made = plan(story.state, old, longer, 2, DryWorld(longer, story.world.now, SIPHO))
    assert made.after
    own = made.after.clocks["whole"]
    assert (own.due_at, own.fired) == (day(8, 3), ())
    again = [event.timer for event in made.events if isinstance(event, e.TimerSet) and event.visit == "clock:whole"]
    assert again == ["remind:0", "remind:1", "due", "escalate:ecosystem_manager"]
    without = Definition(w.request_flow())
    gone = plan(story.state, old, without, 2, DryWorld(without, story.world.now, SIPHO))
    assert gone.after
    assert gone.after.clocks == {}
    migrated = gone.events[0]
    assert isinstance(migrated, e.Migrated)
    back = undone(gone.after, migrated, story.state, DryWorld(old, story.world.now, SIPHO), old.workflow)
    assert back.after
    assert back.after.clocks == story.state.clocks
    ended = Story(flow(stop=["leave business"])).submitted()
    ended.give(c.Decide("business#1", "approve"), JORIS)
    kept = plan(ended.state, old, longer, 2, DryWorld(longer, ended.world.now, SIPHO))
    assert kept.after
    assert kept.after.clocks == ended.state.clocks


def test_a_trial_lets_it_ring():
    scenario = {"name": "late", "moves": [{"do": "submit", "facts": {"asked": "1"}}, {"do": "check"},
                                          {"do": "wait", "after": "30 days"}]}  # fmt: skip
    found = tried(Definition(flow(), {"asked": "usd"}), Scenario.model_validate(scenario))
    rung = [event.timer for event in found.events if isinstance(event, e.ClockRang)]
    assert rung == ["remind:0", "remind:1", "due", "escalate:ecosystem_manager"]


def test_what_is_wrong_with_a_clock_is_named_at_the_node_where_it_begins():
    def said(**changed: Any) -> list[tuple[str, str | None]]:
        return [(p.text, p.field) for p in faults(flow(**changed), Names(roles=["ecosystem_manager", "finance",
                "reviewer_business", "reviewer_finance"]))]  # fmt: skip

    assert said() == []
    assert said(pause=["enter nowhere"]) == [("Whole review: nothing is ever called enter nowhere.", "business")]
    assert said(resume=[]) == [("Whole review: nothing says when it goes on again.", "business")]
    assert said(pause=[], label="") == [("Whole: nothing says when it is paused.", "business")]
    assert said(stop=[], cancel=[], start=["ask"]) == [("Whole review: nothing says when it is stopped.", "whole")]
    assert said(escalate={"boss": "1 day"}) == [("There is no role boss.", "business")]


def test_the_clock_of_a_process_goes_with_it():
    clock = {"start": ["enter check", "submit invoice"], "stop": ["leave check.approve", "end"], "due": "3 days"}
    made = expand(
        Workflow.model_validate(w.REQUEST), {"paying": Workflow.model_validate(w.PAYING | {"clocks": {"pay": clock}})}
    )
    own = made.clocks["payment.pay"]
    assert (own.start, own.stop) == (
        ("enter payment.check", "submit invoice"), ("leave payment.check.approve", "end"),
    )  # fmt: skip

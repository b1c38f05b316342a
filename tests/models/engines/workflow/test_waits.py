"""Waiting for a time, for a date that a fact holds, and until facts are there: woken by whatever brings them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from models.engines.conditions import FactTypes
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.dry import Definition, DryWorld
from models.engines.workflow.lint import Names, faults
from models.engines.workflow.migrating import plan
from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.replaying import replayed
from models.engines.workflow.road import road_ahead
from models.engines.workflow.schema import Workflow
from tests.support import workflows as w
from tests.support.workflows import JORIS, LIIS, MACHINE, Story

TYPES: FactTypes = {"asked": "usd", "day": "date", "invoice": "text", "paid": "yes_no"}


def waiting(node: dict[str, Any], **facts: Any) -> Story:
    """A case behind its form, at a wait."""
    edges = [["ask.submit", "hold"], ["hold", "done"]] + ([["hold.expire", "late"]] if "expires" in node else [])
    flow = {
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "hold": node, "done": {"end": "done"}, "late": {"end": "late"}},
        "edges": edges,
    }
    made = Workflow.model_validate(flow)
    story = Story(made)
    story.world = DryWorld(Definition(made, TYPES), w.BEGAN, LIIS)  # type: ignore[assignment]
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, facts), LIIS)
    return story


def test_a_wait_for_the_date_of_a_fact_ends_with_that_day():
    story = waiting({"wait": "0 days", "since": "day"}, day="2026-07-20")
    assert story.state.visits[0].due_at == datetime(2026, 7, 20, 10, tzinfo=UTC)
    story.later(days=13).give(c.TimerFired("hold#1", "wait"), MACHINE)
    assert story.here == "hold#1"
    story.later(days=2).give(c.TimerFired("hold#1", "wait"), MACHINE)
    assert story.state.outcome == "done"


def test_a_wait_of_working_time_follows_the_calendar():
    assert waiting({"wait": "6 working days"}).state.visits[0].due_at == datetime(2026, 7, 14, 10, tzinfo=UTC)


FACTS = {"wait": "facts", "until": "invoice"}


def test_what_waits_for_a_fact_goes_on_when_it_is_noted():
    story = waiting(FACTS)
    assert story.here == "hold#1"
    story.give(c.NoteFacts({"asked": "5.00"}), MACHINE)
    story.give(c.NoteFacts({"invoice": ""}), MACHINE)
    assert story.here == "hold#1"
    events = story.give(c.NoteFacts({"invoice": "R-1"}), MACHINE)
    assert [type(event).__name__ for event in events] == ["FactsNoted", "Left", "Entered", "Ended"]
    assert replayed(Definition(story.workflow, TYPES), story.events).first is None
    assert waiting(FACTS, invoice="R-1").state.outcome == "done"  # it was there already


@pytest.mark.parametrize("until", ["paid", "asked > usd(5) && paid"])
def test_a_condition_is_waited_for_and_what_is_missing_is_not_so_yet(until: str):
    story = waiting({"wait": "facts", "until": until}, asked="10")
    story.give(c.NoteFacts({"paid": False}), MACHINE)
    assert story.here == "hold#1"
    story.give(c.NoteFacts({"paid": True}), MACHINE)
    assert story.state.outcome == "done"


def test_facts_are_waited_for_so_long_and_no_longer():
    story = waiting(FACTS | {"expires": "3 days"})
    (timer,) = [event for event in story.events if isinstance(event, e.TimerSet)]
    assert (timer.timer, timer.fires_at) == ("expire", datetime(2026, 7, 9, 10, tzinfo=UTC))
    assert story.give(c.TimerFired("hold#1", "expire"), MACHINE) == []
    assert story.give(c.TimerFired("hold#1", "wait"), MACHINE) == []
    story.later(days=4).give(c.TimerFired("hold#1", "expire"), MACHINE)
    assert story.state.outcome == "late"
    assert replayed(Definition(story.workflow, TYPES), story.events).first is None


def test_a_form_that_is_sent_beside_wakes_it():
    flow = Workflow.model_validate({
        "start": "split",
        "nodes": {"split": {"parallel": "split"}, "ask": {"form": "ask"}, "hold": FACTS, "join": {"parallel": "join"},
                  "done": {"end": "done"}},
        "edges": [["split", "ask"], ["split", "hold"], ["ask.submit", "join"], ["hold", "join"], ["join", "done"]],
    })  # fmt: skip
    story = Story(flow)
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, {"invoice": "R-1"}), LIIS)
    assert story.state.outcome == "done"


def test_a_wait_says_what_it_waits_for():
    for wrong in ({"wait": "facts"}, {"wait": "3 days", "until": "paid"}, {"wait": "3 days", "expires": "1 day"}):
        with pytest.raises(ValidationError, match="a wait is a span of time"):
            waiting(wrong)
    names = Names(facts=TYPES, fields={"ask": ["asked"]})
    assert [(p.code, p.text) for p in faults(waiting({"wait": "facts", "until": "nothing"}).workflow, names)] == [
        ("FLOW-UNKNOWN", "There is no fact nothing."), ("FLOW-UNREACHABLE", "No way leads here."),
    ]  # fmt: skip
    early = waiting({"wait": "1 day", "since": "day"}).workflow
    assert [p.code for p in faults(early, Names(facts=TYPES, fields={"ask": [], "more": ["day"]}))] == [
        "FLOW-UNREACHABLE"
    ]
    expiring = waiting(FACTS | {"expires": "3 days"}).workflow
    assert outcomes(expiring.nodes["hold"]) == ("", "expire")
    assert faults(expiring.model_copy(update={"promised": None}), names) == []


def test_a_circle_of_waits_that_nobody_is_part_of_is_found():
    flow = Workflow.model_validate({
        "start": "hold", "nodes": {"hold": FACTS | {"expires": "1 day"}, "act": {"action": "x"}, "end": {"end": "x"}},
        "edges": [["hold", "act"], ["act", "hold"], ["hold.expire", "end"]],
    })  # fmt: skip
    assert [problem.code for problem in faults(flow)] == ["FLOW-CIRCLE", "FLOW-CIRCLE"]


def test_the_road_ahead_and_a_migration_know_it():
    story = waiting(FACTS)
    assert [stop.node for stop in road_ahead(story.workflow, story.state, w.BEGAN, story.world.calendar)] == ["done"]
    longer = waiting(FACTS | {"expires": "3 days"}).workflow
    old, new = Definition(story.workflow, TYPES), Definition(longer, TYPES)
    made = plan(story.state, old, new, 2, DryWorld(new, w.BEGAN, JORIS))
    assert made.after
    assert made.after.visits[0].expires_at == datetime(2026, 7, 9, 10, tzinfo=UTC)
    assert [type(event) for event in made.events] == [e.Migrated, e.TimerSet]

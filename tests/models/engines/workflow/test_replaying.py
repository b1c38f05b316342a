"""A stored case is told once more: the same commands lead to the same events, or it is said where they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.decide import decided
from models.engines.workflow.dry import Definition, DryWorld
from models.engines.workflow.replaying import recorded, replayed
from models.engines.workflow.schema import Workflow
from models.engines.workflow.state import State
from models.engines.workflow.world import Person
from tests.support import workflows as w
from tests.support.workflows import HENRIK, JORIS, LIIS, MACHINE, MEI, NIAMH, SIPHO, Story

REQUEST = Definition(w.request_flow(), {"asked": "usd"})


def paid() -> Story:
    """A case with everything that can happen to one, to its end."""
    story = Story().submitted("60000")
    story.give(c.Claim("business#1"), JORIS)
    story.give(c.Release("business#1"), JORIS)
    story.later(days=3).give(c.TimerFired("business#1", "remind:0"), MACHINE)
    story.give(c.Ask("business#1", "Why?"), JORIS)
    story.later(days=1).give(c.Answer("business#1", "For the fair."), LIIS)
    story.later(days=9).give(c.TimerFired("business#1", "due"), MACHINE)
    story.later(days=1).give(c.TimerFired("business#1", "escalate:ecosystem_manager"), MACHINE)
    story.give(c.NoteFacts({"bills_paid": True}), MACHINE)
    story.give(c.Decide("business#1", "reject", comment="Too dear."), JORIS)
    story.give(c.Submit("request#2", 2, {"asked": "55000"}), LIIS)
    story.give(c.CheckDone("similar#2", True), MACHINE)
    story.give(c.Cancel(), LIIS)
    story.give(c.Submit("request#3", 3, {"asked": "55000"}), LIIS)
    story.give(c.CheckDone("similar#3", True), MACHINE)
    story.give(c.Decide("business#3", "approve"), JORIS)
    story.give(c.Decide("finance#1", "approve"), SIPHO)
    story.give(c.Submit("payment.invoice#1", 1, {}), LIIS)
    story.give(c.Decide("payment.check#1", "approve"), MEI)
    story.give(c.Decide("payment.check#1", "approve"), HENRIK)
    return story


def test_every_command_is_read_back_and_leads_to_the_same_events():
    story = paid()
    record = recorded(story.events)
    assert [type(given.command).__name__ for given in record.given] == [
        "Open", "Submit", "CheckDone", "Claim", "Release", "TimerFired", "Ask", "Answer", "TimerFired", "TimerFired",
        "NoteFacts", "Decide", "Submit", "CheckDone", "Cancel", "Submit", "CheckDone", "Decide", "Decide", "Submit",
        "Decide", "Decide",
    ]  # fmt: skip
    again = replayed(REQUEST, story.events)
    assert (again.first, again.state) == (None, story.state)
    assert again.state.outcome == "paid"


def test_a_draft_that_was_given_up_a_case_that_expired_and_one_that_waited():
    story = Story().opened()
    story.give(c.Delete(), LIIS)
    assert replayed(REQUEST, story.events).first is None
    late = Story(w.expiring("10 days"))
    late.give(c.Open("request", 1, w.PARTNER), LIIS)
    late.give(c.Submit("request#1", 1, {}), LIIS)
    late.later(days=20).give(c.TimerFired("business#1", "expire"), MACHINE)
    assert replayed(Definition(late.workflow), late.events).first is None
    beside = Story(Workflow.model_validate(w.BESIDE))
    beside.give(c.Open("beside", 1, w.PARTNER), LIIS)
    beside.give(c.Submit("ask#1", 1, {}), LIIS)
    beside.give(c.Decide("money#1", "approve"), SIPHO)
    beside.give(c.Decide("legal#1", "approve"), JORIS)
    beside.later(days=3).give(c.TimerFired("cool_down#1", "wait"), MACHINE)
    assert (beside.state.outcome, replayed(Definition(beside.workflow), beside.events).first) == ("done", None)


def test_what_checks_and_actions_answered_is_answered_again():
    flow = Workflow.model_validate({
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "rule": {"check": "rule", "by": "now"}, "look": {"action": "look"},
                  "more": {"action": "more"}, "large": {"decision": "left > usd(5)"}, "yes": {"end": "yes"},
                  "no": {"end": "no"}},
        "edges": [["ask.submit", "rule"], ["rule.pass", "yes"], ["rule.fail", "look"], ["look", "more"],
                  ["more", "large"], ["large.yes", "yes"], ["large.no", "no"]],
    })  # fmt: skip
    story = Story(flow)
    story.world.answers = lambda name: False
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, {"asked": "60000"}), LIIS)  # the world of tests says yes above 50,000
    place = next(n for n, event in enumerate(story.events) if isinstance(event, e.ActionTaken)) + 1
    noted = e.FactsNoted({"left": "10.00"}, story.world.now, "Kontor", "look#1")
    events = [*story.events[:place], noted, *story.events[place:]]
    definition = Definition(flow, {"left": "usd"})
    again = replayed(definition, events)
    assert (again.first, again.state.outcome, again.state.facts["left"]) == (None, "yes", "10.00")
    old = [*story.events, replace(noted, visit="")]  # as it was noted before: at the end of the turn
    again = replayed(definition, old)
    assert (again.first, again.state.facts["left"]) == (None, "10.00")


def test_whoever_stood_in_stands_in_again():
    story = Story().submitted()
    story.give(c.Decide("business#1", "approve"), JORIS)
    place = next(n for n, event in enumerate(story.events) if isinstance(event, e.Decided))
    decided = story.events[place]
    assert isinstance(decided, e.Decided)
    events = list(story.events)
    events[place] = replace(decided, by=UUID(int=77), by_name="Ana", for_id=NIAMH.id, for_name=NIAMH.name)
    again = replayed(REQUEST, events)
    assert again.first is None
    assert again.state.deciders["business"] == (UUID(int=77), NIAMH.id)


def test_the_first_event_that_comes_out_otherwise_is_named():
    story = paid()
    other = w.request_flow().model_copy(update={"edges": tuple(
        ("business.approve", "finance") if edge == ("business.approve", "large") else edge
        for edge in w.request_flow().edges
    )})  # fmt: skip
    first = replayed(Definition(other, {"asked": "usd"}), story.events).first
    assert first
    assert isinstance(first.was, e.Entered)
    assert isinstance(first.would, e.Entered)
    assert (first.was.node, first.would.node) == ("large", "finance")
    cut = replayed(REQUEST, story.events[:-1]).first
    assert cut
    assert (cut.was, type(cut.would), cut.seq) == (None, e.Ended, len(story.events))
    stricter = w.request_flow()
    nodes = stricter.nodes | {"business": stricter.nodes["business"].model_copy(update={"may_ask": False})}
    refused = replayed(Definition(stricter.model_copy(update={"nodes": nodes}), {"asked": "usd"}), story.events).first
    assert refused
    assert (type(refused.was), refused.refusal) == (e.Asked, "Nobody is asked at this stage.")


def test_nothing_is_read_from_nothing():
    assert recorded([]).given == ()
    assert replayed(REQUEST, []).first is None
    assert Person(None, "Kontor", is_system=True) == MACHINE


def test_facts_that_come_after_an_actions_turn_are_not_taken_for_its_own():
    """An action without facts of its own, then a wait for a fact, which somebody else notes later."""
    flow = Workflow.model_validate({
        "start": "ask",
        "nodes": {"ask": {"form": "ask", "cancel": "first"}, "act": {"action": "act"}, "gone": {"end": "gone"},
                  "wait": {"wait": "facts", "until": "noted", "expires": "9 days"}, "end": {"end": "done"}},
        "edges": [["ask.submit", "act"], ["act", "wait"], ["wait", "end"], ["wait.expire", "gone"],
                  ["ask.cancel", "gone"]],
    })  # fmt: skip
    definition = Definition(flow, {"noted": "yes_no"})
    world = DryWorld(definition, w.BEGAN, w.LIIS)
    events, state = decided(flow, State(), c.Open("any", 1, w.PARTNER), world)
    for command in (c.Submit("ask#1", 1, {}), c.NoteFacts({"noted": True})):
        world.now += timedelta(seconds=1)
        new, state = decided(flow, state, command, world)
        events += new
    assert state.outcome == "done"
    assert replayed(definition, events).first is None

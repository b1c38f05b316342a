"""What the other tests pass by: the small print of the engine, each with what it is there for."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core.errors import NotAllowed, Refused, WrongState
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.audience import qualities
from models.engines.workflow.clocks import rings
from models.engines.workflow.comparing import compared
from models.engines.workflow.dry import Definition, DryWorld
from models.engines.workflow.evolve import replay, replay_stored
from models.engines.workflow.lint import faults
from models.engines.workflow.migrating import plan
from models.engines.workflow.people import right_of
from models.engines.workflow.reads import conditions
from models.engines.workflow.regions import regions
from models.engines.workflow.replaying import Then, qualities_of, replayed
from models.engines.workflow.road import road_ahead
from models.engines.workflow.scenario import Scenario
from models.engines.workflow.schema import ReviewNode, Workflow
from models.engines.workflow.state import ClockState, State
from models.engines.workflow.terms import Term
from models.engines.workflow.trying import tried
from models.engines.workflow.turn import moved
from models.engines.workflow.world import Handover, Person
from tests.support import workflows as w
from tests.support.workflows import JORIS, LIIS, MACHINE, NIAMH, SIPHO, Story, Team, TestWorld, person


def flow(nodes: dict[str, Any], *edges: list[str], **more: Any) -> Workflow:
    base = {"ask": {"form": "ask"}, "end": {"end": "done"}}
    return Workflow.model_validate({"start": "ask", "nodes": base | nodes, "edges": list(edges), **more})


def sent(made: Workflow, world: Any = None, **facts: Any) -> Story:
    story = Story(made, world or TestWorld())
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, facts), LIIS)
    return story


REVIEW = ["see.approve", "end"], ["see.reject", "ask"], ["ask.submit", "see"]


def test_one_question_and_no_empty_answer():
    story = Story().submitted()
    story.give(c.Ask("business#1", "Why?"), JORIS)
    with pytest.raises(WrongState, match="open already"):
        story.give(c.Ask("business#1", "Once more?"), JORIS)
    with pytest.raises(Refused, match="Write your answer"):
        story.give(c.Answer("business#1", " "), LIIS)


def test_a_form_that_may_be_cancelled():
    made = flow({"ask": {"form": "ask", "cancel": "always"}}, ["ask.submit", "end"], ["ask.cancel", "end"])
    story = Story(made)
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Cancel(), LIIS)
    assert story.state.outcome == "done"


def test_a_definition_that_no_linter_saw_fails_loudly():
    nowhere = flow({"see": {"review": "reviewer_business"}}, ["ask.submit", "see"])
    story = sent(nowhere)
    with pytest.raises(RuntimeError, match="nothing follows see after approve"):
        story.give(c.Decide("see#1", "approve"), JORIS)
    payment = flow({"pay": {"payment": "x"}}, ["ask.submit", "pay"], ["pay", "end"])
    with pytest.raises(RuntimeError, match="was not expanded"):
        sent(payment)
    broken = flow({"split": {"parallel": "split"}}, ["nowhere", "end"], ["split", "gone"])
    assert [region.split for region in regions(broken)] == []


def test_a_state_names_its_visits_and_the_road_ends_with_it():
    story = Story().submitted()
    visit = story.state.at("review")
    assert visit
    assert (visit.id, story.state.at("form")) == ("business#1", None)
    calendar = story.world.calendar
    assert [stop.node for stop in road_ahead(story.workflow, story.state, story.world.now, calendar)] == [
        "finance", "payment.invoice", "payment.check", "done",
    ]  # fmt: skip
    assert road_ahead(story.workflow, State(), story.world.now, calendar) == ()


def test_a_stored_history_is_folded_as_a_live_one():
    story = Story().submitted()
    rows = [(type(event).__name__, event.schema, e.pack(event)) for event in story.events]
    assert replay_stored(rows) == replay(story.events) == story.state


def test_spans_and_clocks_that_are_nothing_new():
    assert Term.parse(Term.parse("3 days")) == Term.parse("3 days")
    assert Term.parse("2 hours").before(w.BEGAN, TestWorld().calendar) == w.BEGAN - timedelta(hours=2)
    assert moved(None, None, w.BEGAN, w.BEGAN, TestWorld()) is None
    later = w.BEGAN + timedelta(hours=5)
    assert moved(w.BEGAN, Term.parse("1 day"), w.BEGAN, later, TestWorld()) == later
    assert list(rings({}, {"gone": ClockState(w.BEGAN)}, TestWorld().calendar)) == []
    assert qualities(Person(None, "Kontor", manages=True)) == {"manager"}


def test_conditions_of_candidates_and_the_qualities_that_stages_ask_for():
    node = {"review": "a", "candidates": [{"group": "Legal", "when": "asked > usd(5)"}, {"skill": "German"}],
            "quorum": {"a": 1}}  # fmt: skip
    made = flow({"see": node}, *REVIEW)
    assert list(conditions(made.nodes["see"])) == ["asked > usd(5)"]
    held = flow({"see": {"wait": "facts", "until": "asked > usd(5)"}}, ["ask.submit", "see"], ["see", "end"])
    assert list(conditions(held.nodes["see"])) == ["asked > usd(5)"]
    assert {"a", "group:Legal", "skill:German"} <= qualities_of(made)
    assert [each.name for each in Then().members(("a",))] == ["somebody"]


def test_a_circle_that_a_machine_check_is_part_of_and_a_join_behind_one_branch():
    made = flow({"look": {"check": "x", "by": "now"}, "act": {"action": "y"}}, ["ask.submit", "look"],
                ["look.pass", "end"], ["look.fail", "act"], ["act", "look"])  # fmt: skip
    assert [problem.code for problem in faults(made)] == ["FLOW-CIRCLE", "FLOW-CIRCLE"]
    ends = flow({"see": {"review": "a"}}, ["ask.submit", "see"], ["see.approve", "see"], ["see.reject", "ask"])
    assert sorted((p.code, p.field) for p in faults(ends)) == [
        ("FLOW-NO-END", "ask"), ("FLOW-NO-END", "see"), ("FLOW-UNREACHABLE", "end"),
    ]  # fmt: skip


# ---- people ----

AMA, BEN = person(61, "Ama", "jury"), person(62, "Ben", "jury")
CEM = person(63, "Cem")


@dataclass(frozen=True, slots=True)
class Away(Team):
    """A team of whom somebody is away and has others stand in."""

    stands_in: tuple[Handover, ...] = ()

    def handed_by(self, person: UUID) -> Sequence[Handover]:
        """Whoever stands in."""
        return [each for each in self.stands_in if each.by.id == person]

    def handed_to(self, person: UUID) -> Sequence[Handover]:
        """For whom they do."""
        return [each for each in self.stands_in if each.to.id == person]


def assigned(*stands_in: Handover) -> str:
    """Who is given a review first, one after the other, while Ama is away."""
    world = TestWorld(people=Away(everybody=(replace(AMA, absent=True), BEN), stands_in=stands_in))
    story = sent(flow({"see": {"review": "jury", "assign": "round_robin"}}, *REVIEW), world)
    return story.state.visits[0].holder_name


def test_whoever_is_away_is_passed_over_unless_somebody_who_may_stands_in():
    away = replace(AMA, absent=True)
    assert assigned() == "Ben"
    assert assigned(Handover(away, CEM)) == "Cem"
    assert assigned(Handover(away, replace(CEM, absent=True))) == "Ben"
    assert assigned(Handover(away, CEM, frozenset({"other"}))) == "Ben"
    applicant = person(11, "Liis Tamm")  # whoever sent the case may not decide it in anybody's stead
    assert assigned(Handover(away, applicant)) == "Ben"


def test_many_who_may_decide_so_much_are_counted():
    rich = [replace(person(70 + n, f"P{n}", "jury"), limit=100) for n in range(5)]  # type: ignore[arg-type]
    made = flow({"see": {"review": "jury", "limit": "asked"}}, *REVIEW)
    story = sent(made, TestWorld(people=Team(everybody=tuple(rich))), asked="50")
    node = made.nodes["see"]
    assert isinstance(node, ReviewNode)
    (problem,) = right_of(node, story.state, story.state.visits[0], AMA, story.world.people).problems
    assert problem.text.endswith("It is the turn of P0, P1, P2 and 2 more.")


# ---- drafts ----


def test_a_dry_world_works_out_fields_and_lets_checks_pass():
    made = flow({"rule": {"check": "x", "by": "now"}, "set": {"action": "set", "given": {"n": "1 + 1"}}},
                ["ask.submit", "rule"], ["rule.pass", "set"], ["rule.fail", "ask"], ["set", "end"])  # fmt: skip
    definition = Definition(made, {"n": "count"})
    story = sent(made, DryWorld(definition, w.BEGAN, LIIS))
    assert (story.state.outcome, story.state.facts["n"]) == ("done", 2)
    assert replayed(definition, story.events).first is None


def test_a_draft_whose_new_stage_cannot_be_approved_or_goes_on_longer():
    story = sent(flow({"see": {"review": "reviewer_business"}}, *REVIEW))
    story.give(c.Decide("see#1", "approve"), JORIS)
    no = {"no": {"label": "No", "tone": "negative"}}
    stuck = flow({"new": {"review": "b", "decisions": no}, "see": {"review": "reviewer_business"}},
                 ["ask.submit", "new"], ["new.no", "ask"], *REVIEW[:2])  # fmt: skip
    found = compared(Definition(stuck), story.events)
    assert found.lost == ("What Joris de Wit did (approve, at see,) has no place: the case would be at New.",)
    asked = {"yes": {"label": "Yes", "tone": "positive", "comment": True}} | no
    new = {"review": "b", "quorum": "2 of 3", "decisions": asked}
    for_seven = flow({"new": new, "see": {"review": "reviewer_business"}},
                     ["ask.submit", "new"], ["new.yes", "see"], ["new.no", "ask"], *REVIEW[:2])  # fmt: skip
    assert compared(Definition(for_seven), story.events).assumed == ("New",)
    more = flow({"see": {"review": "reviewer_business"}, "rest": {"wait": "9 days"}}, ["ask.submit", "see"],
                ["see.approve", "rest"], ["see.reject", "ask"], ["rest", "end"])  # fmt: skip
    found = compared(Definition(more), story.events)
    assert found.first
    assert found.first.text == "After See it came to End; it would come to Rest."
    shorter = compared(Definition(story.workflow), story.events[:5])
    assert (shorter.first, shorter.would.outcome) == (None, None)
    again = compared(Definition(more), Story(more).events)
    assert (again.was.steps, again.first) == ((), None)


def test_a_draft_with_one_branch_more_and_two_new_stages_that_four_eyes_tie():
    wider = deepcopy(w.BESIDE)
    wider["nodes"]["extra"] = {"review": "reviewer_business"}
    wider["edges"] += [["split", "extra"], ["extra.approve", "both"], ["extra.reject", "ask"]]
    made, old = Workflow.model_validate(wider), Workflow.model_validate(w.BESIDE)
    found = compared(Definition(made), sent(old).events)
    assert found.first
    assert found.first.text == "After Money it would come to Extra."
    back = compared(Definition(old), sent(made).events)
    assert back.first
    assert back.first.text == "After Money it came to Extra."
    story = sent(flow({"see": {"review": "reviewer_business"}}, *REVIEW))
    story.give(c.Decide("see#1", "approve"), JORIS)
    tied = flow({"one": {"review": "a"}, "two": {"review": "b", "not_same_person_as": ["one"]},
                 "see": {"review": "reviewer_business"}}, ["ask.submit", "one"], ["one.approve", "two"],
                ["one.reject", "ask"], ["two.approve", "see"], ["two.reject", "ask"], *REVIEW[:2])  # fmt: skip
    assert compared(Definition(tied), story.events).would.outcome == "done"


def test_the_road_ahead_passes_what_nobody_waits_at():
    made = flow({"see": {"review": "a", "due": "1 day"}, "act": {"action": "x"}, "rest": {"wait": "2 days"}},
                ["ask.submit", "see"], ["see.approve", "act"], ["see.reject", "ask"], ["act", "rest"],
                ["rest", "end"])  # fmt: skip
    story = sent(made)
    stops = road_ahead(made, story.state, w.BEGAN, story.world.calendar)
    assert [(stop.node, stop.latest and (stop.latest - w.BEGAN).days) for stop in stops] == [("rest", 3), ("end", 3)]


def test_a_time_that_comes_and_is_refused_is_said_in_a_trial_and_ends_it():
    made = flow({"rest": {"wait": "1 day"}, "which": {"decision": "asked > usd(5)"}}, ["ask.submit", "rest"],
                ["rest", "which"], ["which", "end"])  # fmt: skip
    definition = Definition(made, {"asked": "usd"})
    scenario = {"name": "x", "moves": [{"do": "submit"}, {"do": "wait", "after": "3 days"}]}
    found = tried(definition, Scenario.model_validate(scenario))
    assert [stand.problems[0].code for stand in found.stands if stand.problems] == ["CONDITION-FACT"]
    assert [visit.node for visit in found.state.visits] == ["rest"]
    story = sent(made)
    later = story.world.now + timedelta(days=3)
    assert compared(definition, story.events, until=later).would.steps[-1].node == "rest"
    everybody = {"name": "x", "people": {"Ama": ["jury"], "Ben": ["jury"]},
                 "moves": [{"do": "submit"}, {"do": "decide", "by": "Ama", "decision": "approve"}]}  # fmt: skip
    jury = flow({"see": {"review": "jury", "quorum": "all"}}, *REVIEW)
    assert tried(Definition(jury), Scenario.model_validate(everybody)).state.outcome is None


def test_a_clock_that_goes_on_again_keeps_the_rungs_that_came():
    clock = {"start": ["enter see"], "pause": ["ask"], "resume": ["answer"], "stop": ["end"], "due": "2 days",
             "remind": ["1 day"]}  # fmt: skip
    made = flow(
        {"see": {"review": "reviewer_business", "due": "9 days", "remind": ["8 days"]}}, *REVIEW, clocks={"c": clock}
    )
    story = sent(made)
    story.later(days=2).give(c.TimerFired("clock:c", "remind:0"), MACHINE)
    story.give(c.TimerFired("see#1", "remind:0"), MACHINE)
    story.give(c.Ask("see#1", "Why?"), JORIS)
    events = story.later(hours=1).give(c.Answer("see#1", "So."), LIIS)
    set_again = {(event.visit, event.timer) for event in events if isinstance(event, e.TimerSet)}
    assert set_again == {("clock:c", "due"), ("see#1", "due")}
    new = Definition(made)
    kept = plan(story.state, new, new, 2, DryWorld(new, story.world.now, NIAMH))
    again = {(event.visit, event.timer) for event in kept.events if isinstance(event, e.TimerSet)}
    assert again == {("clock:c", "due"), ("see#1", "due")}


def test_nobody_of_another_stage_decides():
    story = Story().submitted()
    with pytest.raises(NotAllowed):
        story.give(c.Decide("business#1", "approve"), SIPHO)

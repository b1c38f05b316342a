"""A running case is moved to another version: planned, carried out as planned, undone, refused without a place."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.core.errors import DomainError
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.comparing import compared
from models.engines.workflow.compose import expand
from models.engines.workflow.decide import decided
from models.engines.workflow.dry import Definition, DryWorld
from models.engines.workflow.evolve import replay
from models.engines.workflow.migrating import MigrationPlan, plan, suggested, undone
from models.engines.workflow.replaying import replayed
from models.engines.workflow.schema import Workflow
from models.engines.workflow.state import State
from tests.support import workflows as w
from tests.support.workflows import HENRIK, JORIS, LIIS, MACHINE, MEI, NIAMH, SIPHO, Story, person

OLD = Definition(w.request_flow(), {"asked": "usd"})
ANA = person(90, "Ana Reis", "designer")


def version(change: Any, facts: Any = None) -> Definition:
    """The request after a change."""
    flow = deepcopy(w.REQUEST)
    change(flow)
    made = expand(Workflow.model_validate(flow), {"paying": Workflow.model_validate(w.PAYING)})
    return Definition(made, facts or {"asked": "usd"})


def rename(old: str, new: str, **changed: Any) -> Any:
    def change(flow: dict[str, Any]) -> None:
        flow["nodes"][new] = flow["nodes"].pop(old) | changed
        flow["edges"] = [
            [new + begin[len(old) :] if begin.partition(".")[0] == old else begin, new if end == old else end]
            for begin, end in flow["edges"]
        ]
        for node in flow["nodes"].values():
            if old in node.get("not_same_person_as", []):
                node["not_same_person_as"] = [new]

    return change


def planned(story: Story, new: Definition, mapping: Any = None) -> MigrationPlan:
    world = DryWorld(new, story.world.now, ANA)
    return plan(story.state, OLD, new, 2, world, mapping)


def moved(story: Story, new: Definition, mapping: Any = None) -> MigrationPlan:
    """Move a case; it goes on under the new version."""
    made = planned(story, new, mapping)
    assert made.problems == ()
    story.events += made.events
    story.state = replay(story.events)
    assert story.state == made.after
    story.workflow = new.workflow
    return made


def test_places_are_suggested_by_name_by_label_and_by_likeness():
    def change(flow: dict[str, Any]) -> None:
        rename("business", "first_look", label="Business review")(flow)
        rename("finance", "finances")(flow)
        flow["nodes"]["similar"] = {"review": "reviewer_business"}  # another kind now: it is not the same any more

    old = version(lambda flow: flow["nodes"]["business"].update(label="Business review"))
    assert suggested(old.workflow, version(change).workflow) == {
        "request": "request", "payment.invoice": "payment.invoice", "payment.check": "payment.check",
        "business": "first_look", "finance": "finances",
    }  # fmt: skip
    assert suggested(OLD.workflow, OLD.workflow)["similar"] == "similar"


def test_a_case_goes_on_where_it_stands_with_what_it_stands_with():
    story = Story().submitted("60000")
    story.give(c.Claim("business#1"), JORIS)
    story.give(c.Ask("business#1", "Why?"), JORIS)
    made = moved(story, version(lambda flow: flow["nodes"]["business"].update(status="Being looked at")))
    (move,) = made.moves
    assert (move.visit, move.node, move.to, move.new_due_at) == ("business#1", "business", "business", move.due_at)
    visit = story.state.visits[0]
    assert (visit.id, visit.holder, story.state.version, story.state.status) == (
        "business#1", JORIS.id, 2, "Being looked at",
    )  # fmt: skip
    assert visit.question is not None
    story.give(c.Answer("business#1", "So."), LIIS)
    story.give(c.Decide("business#1", "approve"), JORIS)
    assert story.here == "finance#1"


def test_promised_times_are_worked_out_anew_from_when_the_stage_began():
    story = Story().submitted()
    story.give(c.Ask("business#1", "Why?"), JORIS)
    story.later(days=1).give(c.Answer("business#1", "So."), LIIS)
    story.later(days=6).give(c.TimerFired("business#1", "due"), MACHINE)
    assert story.state.visits[0].overdue
    made = moved(story, version(lambda flow: flow["nodes"]["business"].update(due="10 working days")))
    visit = story.state.visits[0]
    began, calendar = visit.entered_at, story.world.calendar
    assert visit.due_at == calendar.due(began, workdays=11)  # the question took a working day
    assert (visit.overdue, visit.fired) == (False, ())
    timers = {event.timer for event in made.events if isinstance(event, e.TimerSet)}
    assert timers == {"remind:0", "due", "escalate:ecosystem_manager"}
    none = planned(story, version(lambda flow: flow["nodes"]["business"].pop("due")))
    assert none.after
    assert none.after.visits[0].due_at is None


def test_a_stage_of_another_name_has_a_visit_of_its_own_and_a_fresh_vote():
    story = Story().submitted()
    story.give(c.Decide("business#1", "approve"), JORIS)
    story.give(c.Submit("payment.invoice#1", 1, {}), LIIS)
    story.give(c.Decide("payment.check#1", "approve"), MEI)
    same = planned(story, OLD)
    assert same.after
    assert [vote.by for vote in same.after.visits[0].votes] == [MEI.id]
    made = moved(story, version(rename("payment", "paying")))
    (move,) = made.moves
    assert (move.to, move.votes, move.kept_votes, story.here) == ("paying.check", 1, 0, "paying.check#2")
    story.give(c.Decide("paying.check#2", "approve"), MEI)
    story.give(c.Decide("paying.check#2", "approve"), HENRIK)
    assert story.state.outcome == "paid"
    again = replayed(OLD, story.events, {2: Definition(story.workflow, OLD.facts)})
    assert (again.first, again.state) == (None, story.state)
    assert compared(OLD, story.events, mapping={"paying.check": "payment.check"}).was.steps[-2].outcome == "approve"


def test_four_eyes_go_along_by_the_new_names():
    story = Story().submitted("60000")
    story.give(c.Decide("business#1", "approve"), NIAMH)
    moved(story, version(rename("business", "first_look", label="x")), {"finance": "finance", "business": "first_look"})
    assert (story.state.deciders, story.state.agreed) == ({"first_look": (NIAMH.id,)}, {"first_look": (NIAMH.id,)})
    with pytest.raises(DomainError, match="earlier stage"):
        story.give(c.Decide("finance#1", "approve"), NIAMH)


def test_searches_are_asked_for_and_waits_are_counted_anew():
    story = Story().opened()
    story.give(c.Submit("request#1", 1, {"asked": "1"}), LIIS)
    made = planned(story, version(lambda flow: flow["nodes"]["similar"].update(check="other")))
    assert [(type(each), getattr(each, "check", "")) for each in made.events] == [
        (e.Migrated, ""),
        (e.CheckWanted, "other"),
    ]
    beside = Story(Workflow.model_validate(w.BESIDE))
    beside.give(c.Open("beside", 1, w.PARTNER), LIIS)
    beside.give(c.Submit("ask#1", 1, {}), LIIS)
    beside.give(c.Decide("money#1", "approve"), SIPHO)
    longer = deepcopy(w.BESIDE)
    longer["nodes"]["cool_down"]["wait"] = "9 days"
    new, old = (Definition(Workflow.model_validate(raw)) for raw in (longer, w.BESIDE))
    made = plan(beside.state, old, new, 2, DryWorld(new, beside.world.now, ANA))
    assert made.after
    assert made.after.arrived == {"both": ("money",)}
    beside.give(c.Decide("legal#1", "approve"), JORIS)
    made = plan(beside.state, old, new, 2, DryWorld(new, beside.world.now, ANA))
    assert [type(each) for each in made.events] == [e.Migrated, e.TimerSet]
    assert made.moves[0].new_due_at == made.moves[0].due_at + timedelta(days=7)  # type: ignore[operator]
    assert plan(beside.state, old, old, 2, DryWorld(old, beside.world.now, ANA)).events[1:] == ()


def test_what_a_stage_no_longer_offers_is_left_behind():
    story = Story(w.expiring("10 days"))
    story.give(c.Open("request", 1, w.PARTNER), LIIS)
    story.give(c.Submit("request#1", 1, {}), LIIS)
    story.give(c.Ask("business#1", "Why?"), JORIS)
    old = Definition(story.workflow)
    world = DryWorld(old, story.world.now, ANA)
    nodes = story.workflow.nodes

    def changed(**fields: Any) -> State:
        node = nodes["business"].model_copy(update=fields)
        new = Definition(story.workflow.model_copy(update={"nodes": nodes | {"business": node}}))
        made = plan(story.state, old, new, 2, world)
        assert made.after
        return made.after

    assert changed(may_ask=False).visits[0].question is None
    assert changed(expires=None).visits[0].expires_at is None
    assert changed(label="x").visits[0].expires_at == story.state.visits[0].expires_at
    longer = w.expiring("20 days").nodes["business"]
    expires = changed(expires=longer.expires).visits[0].expires_at  # type: ignore[attr-defined]
    assert expires == story.state.visits[0].expires_at + timedelta(days=10)  # type: ignore[operator]
    other = w.expiring("10 days").nodes["business"].model_copy(update={"review": ("reviewer_finance",)})
    assert changed(review=other.review).visits[0].holder is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "mapping", "code"),
    [
        (rename("business", "a"), {}, "MIGRATE-NO-PLACE"),
        (lambda flow: None, {"business": "request"}, "MIGRATE-KIND"),
        (lambda flow: None, {"business": "large"}, "MIGRATE-NO-PLACE"),
    ],
)
def test_a_case_without_a_place_is_not_moved(change: Any, mapping: Any, code: str):
    story = Story().submitted()
    made = planned(story, version(change), mapping)
    assert ([(p.code, p.field) for p in made.problems], made.events) == ([(code, "business")], ())


def test_a_case_that_is_over_or_would_stand_twice_or_holds_other_facts_is_not_moved():
    over = Story().opened()
    over.give(c.Delete(), LIIS)
    assert planned(over, OLD).problems[0].code == "MIGRATE-ENDED"
    beside = Story(Workflow.model_validate(w.BESIDE))
    beside.give(c.Open("beside", 1, w.PARTNER), LIIS)
    beside.give(c.Submit("ask#1", 1, {}), LIIS)
    old = Definition(beside.workflow)
    both = plan(beside.state, old, old, 2, DryWorld(old, beside.world.now, ANA), {"legal": "legal", "money": "legal"})
    assert [(p.code, p.field) for p in both.problems] == [("MIGRATE-TWICE", "legal")]
    story = Story().submitted("60000")
    other = planned(story, version(lambda flow: None, {"asked": "count"}))
    assert [(p.code, p.field) for p in other.problems] == [("MIGRATE-FACT", "asked")]


def test_a_migration_is_undone_while_nobody_worked_on():
    story = Story().submitted("60000")
    story.give(c.Decide("business#1", "approve"), JORIS)
    before = story.state
    moved(story, version(rename("finance", "money")), {"finance": "money"})
    assert story.here == "money#2"
    (migrated,) = [event for event in story.events if isinstance(event, e.Migrated)]
    world = DryWorld(OLD, story.world.now, ANA)
    back = undone(story.state, migrated, before, world, OLD.workflow)
    assert back.after
    assert back.after == State(**{**vars_of(before), "seq": back.after.seq})
    assert [type(event) for event in back.events] == [e.Migrated, e.TimerSet]
    story.give(c.Claim(story.here), SIPHO)
    late = undone(story.state, migrated, before, world, OLD.workflow)
    assert [problem.code for problem in late.problems] == ["MIGRATE-MOVED-ON"]


def vars_of(state: State) -> dict[str, Any]:
    return {name: getattr(state, name) for name in State.__slots__}


HALF_VOTED = ["submit", "check", "yes", "yes", "submit", "yes"]
"""To the payment, one of the two who have to agree to it has."""
MOVES = st.lists(
    st.sampled_from(["submit", "check", "yes", "no", "back", "ask", "answer", "claim", "time"]), max_size=14
) | st.lists(st.sampled_from(["ask", "answer", "claim", "time", "yes"]), max_size=2).map(lambda more: HALF_VOTED + more)
CHANGES = st.sampled_from([
    lambda flow: None, rename("finance", "money"), rename("business", "business_look"), rename("payment", "paying"),
    lambda flow: flow["nodes"]["business"].update(due="9 days", remind=["2 days"]),
    lambda flow: flow["nodes"]["finance"].update(quorum=2, may_ask=False),
])  # fmt: skip


def lived(moves: list[str]) -> Story:
    """A case after whatever happened to it."""
    story = Story().opened()
    for move in moves:
        if not story.state.visits:
            break
        visit = story.state.visits[0].id
        commands: dict[str, tuple[c.Command, Any]] = {
            "submit": (c.Submit(visit, story.state.seq, {"asked": "60000"}), LIIS),
            "check": (c.CheckDone(visit, True), MACHINE),
            "yes": (c.Decide(visit, "approve"), SIPHO if "finance" in visit else MEI if "check" in visit else JORIS),
            "no": (c.Decide(visit, "reject", comment="No."), JORIS),
            "back": (c.Decide(visit, "send_back"), SIPHO),
            "ask": (c.Ask(visit, "Why?"), JORIS),
            "answer": (c.Answer(visit, "So."), LIIS),
            "claim": (c.Claim(visit), NIAMH),
            "time": (c.TimerFired(visit, "due"), MACHINE),
        }
        story.later(hours=30)
        try:
            story.give(*commands[move])
        except DomainError:
            continue
    return story


@given(MOVES, CHANGES)
@settings(max_examples=80, deadline=None)
def test_a_migration_does_exactly_what_its_dry_run_said_and_its_undo_brings_everything_back(
    moves: list[str], change: Any
):
    story, new = lived(moves), version(change)
    before = story.state
    mapping = {"finance": "money"} if "money" in new.workflow.nodes else None  # nothing alike: somebody has to say it
    made = planned(story, new, mapping)
    if before.ended_at is not None:
        assert made.problems[0].code == "MIGRATE-ENDED"
        return
    assert made.problems == ()
    assert made.after is not None
    events = [e.unpack(type(event).__name__, event.schema, e.pack(event)) for event in (*story.events, *made.events)]
    assert replay(events) == made.after  # as it is stored
    assert planned(story, new, mapping) == made  # and once more
    for move, visit in zip(made.moves, made.after.visits, strict=True):
        assert (move.to, move.new_due_at, move.kept_votes) == (visit.node, visit.due_at, len(visit.votes))
        was = next(each for each in before.visits if each.id == move.visit)
        assert visit.entered_at == was.entered_at
        if visit.node == was.node:  # no change takes a decision away: whoever has agreed there has agreed
            assert visit.votes == was.votes
    assert made.after.facts == before.facts
    migrated = made.events[0]
    assert isinstance(migrated, e.Migrated)
    back = undone(made.after, migrated, before, DryWorld(OLD, story.world.now, ANA), OLD.workflow)
    assert back.after is not None
    assert State(**{**vars_of(back.after), "seq": before.seq}) == before


def test_cases_that_migrate_are_among_them_such_as_are_half_voted():
    assert [len(visit.votes) for visit in lived(HALF_VOTED).state.visits] == [1]


def test_the_moved_case_goes_on_by_the_new_rules():
    story = Story().submitted("60000")
    story.give(c.Decide("business#1", "approve"), JORIS)
    new = version(lambda flow: flow["nodes"]["finance"].update(quorum=2))
    moved(story, new)
    story.give(c.Decide("finance#1", "approve"), SIPHO)
    assert story.here == "finance#1"
    state = decided(new.workflow, story.state, c.Decide("finance#1", "approve"), DryWorld(new, story.world.now, NIAMH))[
        1
    ]
    assert state.visits[0].node == "payment.invoice"


def test_what_is_said_of_one_place_leaves_the_others_as_they_are():
    """Somebody says what finance became: a case that stands at business needs no word of it."""
    story = Story().submitted("60000")
    made = planned(story, version(rename("finance", "money")), {"finance": "money"})
    assert made.problems == ()
    assert [(move.node, move.to) for move in made.moves] == [("business", "business")]

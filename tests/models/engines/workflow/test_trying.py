"""A case is tried step by step, kept as a scenario, and a set of scenarios says what of a workflow it has passed."""

from __future__ import annotations

from typing import Any

from models.engines.workflow.dry import Definition
from models.engines.workflow.scenario import Scenario
from models.engines.workflow.schema import Workflow
from models.engines.workflow.trying import Tried, coverage, tried
from tests.support import workflows as w

REQUEST = Definition(w.request_flow(), {"asked": "usd"})
PEOPLE = {
    "Joris": ["reviewer_business"],
    "Niamh": ["reviewer_business", "reviewer_finance"],
    "Mei": ["finance"],
    "Henrik": ["finance"],
}


def play(*moves: dict[str, Any], expect: Any = None, definition: Definition = REQUEST) -> Tried:
    raw = {"name": "a case", "people": PEOPLE, "moves": list(moves), "expect": expect or {}}
    return tried(definition, Scenario.model_validate(raw))


def submit(asked: str = "9000", **more: Any) -> dict[str, Any]:
    return {"do": "submit", "facts": {"asked": asked}} | more


CHECK = {"do": "check"}


def approve(by: str, **more: Any) -> dict[str, Any]:
    return {"do": "decide", "by": by, "decision": "approve"} | more


SMALL = (submit(), CHECK, approve("Joris"), {"do": "submit"}, approve("Mei"), approve("Henrik"))


def test_a_case_is_played_to_its_end():
    found = play(*SMALL, expect={"outcome": "paid", "status": "Completed"})
    assert (found.problems, found.state.outcome) == ((), "paid")
    assert [stand.status for stand in found.stands] == [
        "Draft",
        "Being reviewed",
        "Being reviewed",
        "Pending Partner Invoice",
        "Pending Approval",
        "Pending Approval",
        "Completed",
    ]
    assert not any(stand.problems for stand in found.stands)


def test_what_is_refused_is_said_and_the_case_stays_as_it_was():
    found = play(
        approve("Joris"),
        submit("60000"),
        CHECK,
        {"do": "decide", "by": "Niamh", "decision": "reject"},
        approve("Niamh"),
        approve("Niamh"),
        approve("Nobody"),
        {"do": "submit", "node": "request"},
        expect={"at": "business", "outcome": "paid", "status": "Completed"},
    )
    said = {stand.move: stand.problems[0].code for stand in found.stands if stand.problems}
    assert said == {1: "TRY-NOT-NOW", 4: "CASE-COMMENT", 6: "CASE-FOUR-EYES", 7: "TRY-PERSON", 8: "TRY-NOT-NOW"}
    assert [problem.text for problem in found.problems] == [
        "It should end as paid; it is not over.",
        "Its status should be Completed; it is Being reviewed by finance.",
        "It should stand at business; it is finance.",
    ]
    over = play(*SMALL, expect={"at": "business", "outcome": "rejected"})
    assert [problem.text for problem in over.problems] == [
        "It should end as rejected; it is ended as paid.",
        "It should stand at business; it is ended as paid.",
    ]


def test_everything_that_people_do_can_be_tried():
    found = play(
        submit(),
        {"do": "check", "passed": True, "facts": {"similar": 2}},
        {"do": "claim", "by": "Joris"},
        {"do": "release", "by": "Joris"},
        {"do": "ask", "by": "Joris", "text": "Why?"},
        {"do": "answer", "text": "So.", "after": "1 day"},
        {"do": "note", "facts": {"paid": True}},
        {"do": "wait", "after": "1 hour"},
        {"do": "cancel"},
        {"do": "delete"},
        expect={"outcome": "deleted"},
    )
    assert not [stand.problems for stand in found.stands if stand.problems]
    assert (found.problems, found.state.facts["similar"], found.state.facts["paid"]) == ((), 2, True)


def test_time_passes_and_what_its_time_has_come_for_happens():
    found = play(submit(), CHECK, {"do": "wait", "after": "10 days"})
    kinds = [type(event).__name__ for event in found.events[-3:]]
    assert kinds == ["Reminded", "BecameOverdue", "Escalated"]
    assert found.stands[-1].visits[0].overdue
    late = Definition(w.expiring("10 days"), {"asked": "usd"})
    given_up = play(
        submit(),
        {"do": "ask", "by": "Joris", "text": "Why?"},
        {"do": "wait", "after": "20 days"},
        expect={"outcome": "given_up"},
        definition=late,
    )
    assert given_up.problems == ()
    beside = Definition(Workflow.model_validate(w.BESIDE))
    waited = play(
        {"do": "submit"},
        approve("Niamh", node="legal"),
        approve("Niamh", node="money"),
        {"do": "wait", "after": "3 days"},
        expect={"outcome": "done"},
        definition=beside,
    )
    assert waited.problems == ()


def test_scenarios_say_what_they_have_passed_and_what_none_has():
    small = coverage(REQUEST.workflow, [play(*SMALL)])
    assert small.missing_nodes == {"finance", "void"}
    assert ("large.yes", "finance") in small.missing_edges
    assert ("large.no", "payment.invoice") in small.edges
    assert (len(small.nodes), len(small.edges)) == (8, 7)
    assert small.percent == 100 * 15 // (10 + len(REQUEST.workflow.edges))
    reject = {"do": "decide", "by": "Joris", "decision": "reject", "text": "No."}
    both = coverage(REQUEST.workflow, [play(*SMALL), play(submit("60000"), CHECK, reject)])
    assert both.missing_nodes == {"finance"}
    assert coverage(Workflow(start="x", nodes={}, edges=()), []).percent == 100


def test_a_check_at_hand_answers_as_the_scenario_says():
    """It passes unless it is said to fail; groups and skills are what candidates ask for."""
    raw = {
        "start": "ask",
        "nodes": {
            "ask": {"form": "ask"}, "known": {"check": "is_known", "by": "now"},
            "look": {"review": [], "candidates": [{"group": "legal team", "skill": "German"}]}, "end": {"end": "done"},
        },
        "edges": [["ask.submit", "known"], ["known.pass", "look"], ["known.fail", "ask"], ["look.approve", "end"],
                  ["look.reject", "ask"]],
    }  # fmt: skip
    definition = Definition(Workflow.model_validate(raw), {})
    people = {"Ann": ["group:legal team"], "Ben": ["group:legal team", "skill:German"]}
    for passes, here in ((True, "look"), (False, "ask")):
        moves = [{"do": "submit"}]
        said = {"name": "a case", "people": people, "moves": moves, "checks": {"is_known": passes}}
        assert [visit.node for visit in tried(definition, Scenario.model_validate(said)).state.visits] == [here]
    said = {"name": "a case", "people": people, "moves": [{"do": "submit"}, approve("Ann"), approve("Ben")]}
    found = tried(definition, Scenario.model_validate(said))
    assert [bool(stand.problems) for stand in found.stands] == [False, False, True, False]
    assert found.state.outcome == "done"


def test_a_form_is_sent_by_the_applicant_alone():
    """What is refused is no form that was sent."""
    found = play(submit(by="Joris"))
    assert [visit.node for visit in found.state.visits] == ["request"]
    assert found.stands[-1].problems

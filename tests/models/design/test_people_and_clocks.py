"""Who decides, how many must agree, and what clocks listen to: as a manager sets them."""

from __future__ import annotations

from typing import Any

import pytest

from models.design import clocks, people
from models.design.conditions import Fact
from models.design.editing import edited, flow
from models.design.edits import ChangeType, RenameNode
from models.design.judging import judged
from models.design.templates import template
from models.engines.definitions.loading import Content
from models.engines.workflow.quorum import Quorum
from models.engines.workflow.schema import Candidate
from tests.support.acting import codes

ROLES = {"reviewer_finance": "Finance reviewer", "reviewer_business": "Business reviewer"}
GROUPS = {"legal_emea": "Legal EMEA"}
FACTS = {"asked": Fact("asked", "Amount", "usd"), "buyer": Fact("buyer", "Buyer", "text")}

QUORUMS: list[tuple[people.Way, dict[str, Any], Any]] = [
    ("number", {"number": 2}, 2),
    ("all", {}, "all"),
    ("of", {"number": 2, "of": 3}, "2 of 3"),
    ("percent", {"percent": 60}, "60 %"),
    ("each", {"each": {"reviewer_finance": 1, "group:legal_emea": 2}}, {"reviewer_finance": 1, "group:legal_emea": 2}),
]


@pytest.mark.parametrize(("way", "given", "written"), QUORUMS)
def test_how_many_must_agree_is_written_and_read(way: people.Way, given: dict[str, Any], written: Any) -> None:
    """As the engine reads it."""
    made = people.quorum_written(way, **given)
    assert made == written
    assert people.way_of(Quorum.parse(made)) == way


def test_what_can_never_agree_is_refused() -> None:
    assert codes(lambda: people.quorum_written("of", number=4, of=3)) == ["DESIGN-QUORUM"]
    assert codes(lambda: people.quorum_written("each")) == ["DESIGN-QUORUM"]
    assert people.quorum_of("nonsense") == people.quorum_of(None) == Quorum()
    assert people.entries(ROLES, GROUPS)["group:legal_emea"] == "Group Legal EMEA"


CANDIDATES: list[tuple[dict[str, Any], str]] = [
    ({"role": "reviewer_finance"}, "Finance reviewer"),
    (
        {"role": "reviewer_finance", "group": "legal_emea", "skill": "German", "region": True},
        "Finance reviewer, in the group Legal EMEA, skilled in German, looking after the partner's region",
    ),
    ({"person": "buyer"}, "Whom Buyer names"),
    (
        {"partner_manager": True, "when": "asked > usd(50000)"},
        "The partner's ecosystem manager, when Amount is more than 50,000.00",
    ),
    ({"group": "gone"}, "In the group gone"),
]


@pytest.mark.parametrize(("candidate", "words"), CANDIDATES)
def test_candidates_are_said_in_words(candidate: dict[str, Any], words: str) -> None:
    assert people.candidate_words(candidate, ROLES, GROUPS, FACTS) == words


@pytest.mark.parametrize("kind", people.KINDS)
def test_a_candidate_of_every_kind_is_one(kind: people.Kind) -> None:
    """Its condition stays when it is named by something else."""
    made = people.of_kind({"role": "x", "when": "asked > usd(1)"}, kind, roles=list(ROLES), facts=FACTS)
    assert Candidate.model_validate(made).when == "asked > usd(1)"
    assert people.kind_of(made) == kind


def test_what_is_empty_of_a_candidate_is_not_written() -> None:
    edit = people.with_candidates("r", {}, [{"role": "reviewer_finance", "group": "", "region": False}])
    assert edit.values == {"candidates": [{"role": "reviewer_finance"}]}
    assert people.with_candidates("r", {}, []).values == {"candidates": None}
    assert people.candidate_words({}, ROLES, GROUPS, FACTS) == "Nobody yet"
    assert codes(lambda: people.of_kind({}, "person", roles=[], facts={})) == ["DESIGN-FACT"]


# ---- clocks ----


def funding() -> Content:
    return template("funding")


def with_clock() -> Content:
    return edited(funding(), clocks.with_clock(funding(), "Time to decide"))[0]


def test_a_new_clock_is_sound_and_follows_its_name() -> None:
    """It runs from the first sending to the end, stands while the applicant is asked, and nothing is wrong with it."""
    made = with_clock()
    assert clocks.clocks_of(made)["time_to_decide"]["start"] == ["submit application"]
    assert judged(made)[1] == []
    known = clocks.signals(made, judged(made)[0])
    assert known["leave finance.approve"] == "Finance review is over: approve"
    assert known["ask business"] == "Business review asks the applicant"
    assert clocks.clock_words(clocks.clocks_of(made)["time_to_decide"], known) == [
        ("Runs", "5 working days"), ("Starts when", "Application is sent"),
        ("Stands from when", "The applicant is asked something"), ("Goes on when", "The applicant answers"),
        ("Is over when", "The case ends"),
    ]  # fmt: skip


def test_a_clock_is_changed_and_taken_away() -> None:
    made = with_clock()
    values = {"due": "8 days", "pause": [], "resume": [], "remind": ["1 day"], "escalate": {"finance": "1 day"}}
    made, words = edited(made, clocks.with_values(made, "time_to_decide", **values))
    assert words.startswith("Changed the clock Time to decide: due")
    clock = clocks.clocks_of(made)["time_to_decide"]
    assert (clock["due"], clock["remind"], "pause" in clock) == ("8 days", ["1 day"], False)
    assert ("Reminds before", "1 day") in clocks.clock_words(clock, {})
    assert judged(made)[1] == []
    made, _ = edited(made, clocks.without_clock(made, "time_to_decide"))
    assert clocks.clocks_of(made) == {}


def test_what_a_clock_needs_is_said() -> None:
    made = with_clock()
    assert codes(lambda: clocks.with_values(made, "time_to_decide", start=[])) == ["DESIGN-CLOCK"]
    assert codes(lambda: clocks.with_values(made, "gone", due="1 day")) == ["DESIGN-GONE"]
    assert codes(lambda: clocks.with_clock(made, " ")) == ["DESIGN-NAME"]
    bare, _ = edited(made, ChangeType(("workflow", "nodes"), {"end": {"end": "done"}}))
    assert codes(lambda: clocks.with_clock(bare, "Time")) == ["DESIGN-CLOCK"]


def test_a_clock_that_listens_to_nothing_is_named_with_its_words() -> None:
    """Also where the whole cannot be read: then nodes are all that it can listen to."""
    made = with_clock()
    made, _ = edited(made, clocks.with_values(made, "time_to_decide", stop=["leave nowhere"]))
    assert [each.text for each in judged(made)[1]] == ["Time to decide: nothing is ever called leave nowhere."]
    assert clocks.signals(made, None)["enter finance"] == "Finance review begins"


def test_a_clock_follows_a_node_that_is_called_otherwise() -> None:
    made = with_clock()
    made, _ = edited(made, clocks.with_values(made, "time_to_decide", stop=["leave finance.approve", "end"]))
    made, _ = edited(made, RenameNode("finance", "budget"))
    assert flow(made)["clocks"]["time_to_decide"]["stop"] == ["leave budget.approve", "end"]
    assert flow(made)["clocks"]["time_to_decide"]["start"] == ["submit application"]
    assert judged(made)[1] == []

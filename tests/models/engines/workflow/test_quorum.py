"""How many have to agree, and that a review is over as soon as no further vote could change how it ends."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from models.core.errors import NotAllowed
from models.engines.workflow import commands as c
from models.engines.workflow.quorum import Quorum, QuorumField
from models.engines.workflow.schema import Workflow
from models.engines.workflow.world import ALONE, Person
from tests.support import workflows as w
from tests.support.workflows import HENRIK, LIIS, MACHINE, MEI, SIPHO, Story, Team, person

ADA, BO, CHI, DAG = (person(number, name, "jury") for number, name in enumerate(("Ada", "Bo", "Chi", "Dag"), 41))
BOTH = person(45, "Esi", "jury", "finance")


def jury(quorum: Any, *people: Person, decisions: Any = None) -> Story:
    """A case before a jury."""
    vote: dict[str, Any] = {"review": ["jury", "finance"], "quorum": quorum}
    if decisions:
        vote["decisions"] = decisions
    flow = {
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "vote": vote, "done": {"end": "done"}},
        "edges": [["ask.submit", "vote"], ["vote", "done"], ["vote.reject", "ask"]],
    }
    story = Story(Workflow.model_validate(flow))
    story.world.people = Team(everybody=people) if people else ALONE
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, {}), LIIS)
    return story


def votes(story: Story, *given: tuple[Person, str]) -> str:
    """Where the case is after some votes."""
    for who, decision in given:
        story.give(c.Decide("vote#1", decision, comment="Because."), who)
    return story.state.outcome or story.here


YES, NO = "approve", "reject"


@pytest.mark.parametrize(
    ("quorum", "given", "place"),
    [
        ("any", [(ADA, YES)], "done"),
        (2, [(ADA, YES)], "vote#1"),
        (2, [(ADA, YES), (BO, YES)], "done"),
        (2, [(ADA, YES), (BO, NO)], "ask#2"),
        ("all", [(ADA, YES), (BO, YES), (CHI, YES)], "vote#1"),
        ("all", [(ADA, YES), (BO, YES), (CHI, YES), (DAG, YES)], "done"),
        ("all", [(ADA, YES), (BO, NO)], "ask#2"),
        ("2 of 3", [(ADA, YES), (BO, NO)], "vote#1"),
        ("2 of 3", [(ADA, YES), (BO, NO), (CHI, YES)], "done"),
        ("2 of 3", [(ADA, NO), (BO, NO)], "ask#2"),
        ("50 %", [(ADA, YES), (BO, NO), (CHI, NO)], "vote#1"),
        ("50 %", [(ADA, NO), (BO, NO), (CHI, NO)], "ask#2"),
        ("50%", [(ADA, NO), (BO, YES), (CHI, YES)], "done"),
        ("75 %", [(ADA, NO), (BO, NO)], "ask#2"),
    ],
)
def test_a_vote_is_over_as_soon_as_its_end_is_certain(quorum: Any, given: list[tuple[Person, str]], place: str):
    assert votes(jury(quorum, ADA, BO, CHI, DAG), *given) == place


def test_one_of_each_role_and_nobody_stands_for_two():
    story = jury({"jury": 1, "finance": 1}, ADA, BOTH, MEI)
    assert votes(story, (BOTH, YES)) == "vote#1"
    assert votes(story, (ADA, YES)) == "done"  # so Esi counts for finance, though she could have stood for the jury
    again = jury({"jury": 1, "finance": 2}, ADA, BO, MEI, HENRIK)
    assert votes(again, (ADA, YES), (BO, YES), (MEI, YES)) == "vote#1"
    assert votes(again, (HENRIK, YES)) == "done"
    assert votes(jury({"jury": 1, "finance": 1}, ADA, MEI), (ADA, YES), (MEI, NO)) == "ask#2"


def test_a_split_between_two_ways_to_agree_is_no_agreement():
    decisions = {
        "whole": {"label": "Agree", "tone": "positive"},
        "part": {"label": "Agree in part", "tone": "positive"},
        "later": {"label": "Later"},
    }
    reject = decisions | {"reject": {"label": "Reject", "tone": "negative"}}
    assert votes(jury("all", ADA, BO, decisions=reject), (ADA, "whole"), (BO, "part")) == "ask#2"
    assert votes(jury("all", ADA, BO, decisions=decisions), (ADA, "whole"), (BO, "part")) == "done"
    assert votes(jury("2 of 3", ADA, BO, CHI, decisions=reject), (ADA, "whole"), (BO, "later")) == "done"


def test_of_several_noes_the_one_that_most_gave_counts_then_the_last():
    decisions = {
        "approve": {"label": "Approve", "tone": "positive"}, "reject": {"label": "Reject", "tone": "negative"},
        "refuse": {"label": "Refuse", "tone": "negative"},
    }  # fmt: skip
    assert votes(jury("50 %", ADA, BO, CHI, decisions=decisions), (ADA, "refuse"), (BO, "reject")) == "ask#2"
    assert votes(jury("50 %", ADA, BO, CHI, decisions=decisions), (BO, "reject"), (ADA, "refuse")) == "done"


def test_whoever_may_not_decide_is_not_waited_for():
    own = person(11, "Liis Tamm", "jury")  # sent the case, and works for the vendor now
    assert votes(jury("all", ADA, own), (ADA, YES)) == "done"
    assert votes(jury("2 of 3", ADA, BO), (ADA, YES), (BO, NO)) == "ask#2"  # nobody else could still agree
    assert (
        votes(jury("2 of 3"), (ADA, YES), (BO, NO)) == "vote#1"
    )  # nobody knows who there is: all three are waited for
    story = jury("2 of 3", ADA, BO, CHI)
    votes(story, (ADA, YES))
    with pytest.raises(NotAllowed):
        votes(story, (ADA, YES))
    with pytest.raises(NotAllowed):
        votes(story, (SIPHO, YES))


def test_a_vote_that_the_last_missing_person_left_is_over_with_the_next_reminder():
    flow = {
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "vote": {"review": "jury", "quorum": "all", "due": "1 day"},
                  "done": {"end": "done"}},
        "edges": [["ask.submit", "vote"], ["vote", "done"], ["vote.reject", "ask"]],
    }  # fmt: skip
    story = Story(Workflow.model_validate(flow))
    story.world.people = Team(everybody=(ADA, BO))
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, {}), LIIS)
    assert votes(story, (ADA, YES)) == "vote#1"
    story.world.people = Team(everybody=(ADA,))
    story.later(days=2).give(c.TimerFired("vote#1", "due"), MACHINE)
    assert story.state.outcome == "done"


@pytest.mark.parametrize(
    ("written", "words", "progress"),
    [
        (1, "1", "1 of 1 agreed"),
        ("any", "1", "1 of 1 agreed"),
        (3, "3", "1 of 3 agreed"),
        ("all", "all", "1 decided, all have to agree"),
        ("2 of 3", "2 of 3", "1 decided, 2 of 3 have to agree"),
        ("60%", "60 %", "1 decided, 60 % have to agree"),
        ({"jury": 1, "finance": 2}, "1 jury, 2 finance", "1 of 3 agreed, of each: jury, finance"),
    ],
)
def test_a_quorum_in_words(written: Any, words: str, progress: str):
    quorum = Quorum.parse(written)
    assert (str(quorum), quorum.progress(1), Quorum.parse(quorum)) == (words, progress, quorum)
    assert quorum.is_one is (words == "1")


@pytest.mark.parametrize("written", [0, -1, True, "some", "3 of 2", "0 of 2", "0 %", "101 %", {}, {"jury": 0}, 1.5])
def test_what_is_no_quorum_is_refused_in_words(written: Any):
    with pytest.raises(ValidationError, match="write for example 2, all, 2 of 3, 60 %"):
        TypeAdapter(QuorumField).validate_python(written)

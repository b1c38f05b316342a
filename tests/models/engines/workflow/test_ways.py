"""Decisions with branches and tables: the way they take, what they find out, and what is refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from models.core.errors import Refused
from models.engines.conditions import FactTypes, compiled
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.outcomes import outcomes
from models.engines.workflow.road import road_ahead
from models.engines.workflow.schema import Workflow
from tests.support import workflows as w
from tests.support.workflows import LIIS, Story

TYPES: FactTypes = {"asked": "usd", "region": "text", "level": "text", "share": "count"}
TABLE: dict[str, Any] = {
    "inputs": [{"name": "asked", "type": "usd"}, {"name": "region", "type": "choice", "options": ["EMEA", "APAC"]}],
    "outputs": [
        {"name": "to", "type": "choice", "options": ["finance", "business"]},
        {"name": "share", "type": "count"},
    ],
    "rows": [["> 50000", "-", "finance", 50], ["-", "EMEA", "business", 100]],
}
BRANCHES = [{"when": "asked > usd(50000)", "then": "finance"}, {"when": "asked > usd(1000)", "then": "business"}]


@dataclass
class Judging(w.TestWorld):
    """A world that understands conditions."""

    __test__ = False

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        """As a stored case asks it."""
        return compiled(condition, TYPES).evaluate(facts)


def decided(decision: Any, facts: dict[str, Any], **more: Any) -> Story:
    """A case right behind its decision."""
    edges = [["ask.submit", "which"], ["which.finance", "finance"], ["which.business", "business"], ["which", "none"]]
    flow = {
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "which": {"decision": decision, "label": "Which review", **more},
                  "finance": {"end": "finance"}, "business": {"end": "business"}, "none": {"end": "none"}},
        "edges": edges,
    }  # fmt: skip
    story = Story(Workflow.model_validate(flow), Judging())
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, facts), LIIS)
    return story


@pytest.mark.parametrize(("asked", "end"), [("60000", "finance"), ("2000", "business"), ("10", "none")])
def test_the_first_branch_that_holds_is_taken(asked: str, end: str):
    assert decided(BRANCHES, {"asked": asked}, otherwise="small").state.outcome == end


def test_a_table_names_the_way_and_what_else_it_says_becomes_facts():
    story = decided(TABLE, {"asked": "60000"}, outcome="to")
    (said,) = [event for event in story.events if isinstance(event, e.TableAnswered)]
    assert (said.rows, said.facts) == ((1,), {"share": 50})
    assert (story.state.outcome, story.state.facts["share"]) == ("finance", 50)
    assert decided(TABLE, {"asked": "1", "region": "APAC"}, outcome="to", otherwise="none").state.outcome == "none"
    filled_in = decided(TABLE, {"asked": "1", "region": "EMEA"})  # only facts, one way
    assert (filled_in.state.outcome, filled_in.state.facts["to"]) == ("none", "business")


def test_what_nothing_was_said_for_is_refused_and_the_case_stays():
    with pytest.raises(
        Refused, match=r"Which review: nothing that it tells apart fits this case\. Not known yet: Region\."
    ):
        decided(TABLE, {"asked": "1"}, outcome="to")
    with pytest.raises(Refused, match="fits this case"):
        decided(BRANCHES, {"asked": "1"})
    with pytest.raises(Refused, match="Not known yet: asked"):
        decided(BRANCHES, {})


def test_its_outcomes_are_the_keys_of_its_branches_or_what_its_table_names():
    def of(decision: Any, **more: Any) -> tuple[str, ...]:
        flow = {"start": "d", "nodes": {"d": {"decision": decision, **more}}, "edges": []}
        return outcomes(Workflow.model_validate(flow).nodes["d"])

    assert of("true") == ("yes", "no")
    assert of(BRANCHES, otherwise="small") == ("finance", "business", "small")
    assert of(TABLE, outcome="to", otherwise="business") == ("finance", "business")
    assert of(TABLE) == ("",)
    assert of(TABLE | {"rows": [["1"]]}, outcome="to") == ()


def test_the_road_ahead_takes_the_first_way():
    flow = {
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "which": {"decision": BRANCHES, "otherwise": "none"},
                  "finance": {"review": "finance"}, "none": {"end": "none"}},
        "edges": [["ask.submit", "which"], ["which.finance", "finance"], ["which", "none"], ["finance", "none"]],
    }  # fmt: skip
    story = Story(Workflow.model_validate(flow), Judging())
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    stops = road_ahead(story.workflow, story.state, story.world.now, story.world.calendar)
    assert [stop.node for stop in stops] == ["finance", "none"]

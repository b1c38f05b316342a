"""Actions: carried out where they stand, so that a decision right behind one sees it; and fields that are set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.engines.conditions import FactTypes, compiled, worked_out
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.lint import Names, faults
from models.engines.workflow.schema import Workflow
from models.engines.workflow.state import State
from tests.support import workflows as w
from tests.support.workflows import LIIS, Story

TYPES: FactTypes = {"asked": "usd", "left": "usd", "half": "usd", "late": "yes_no", "until": "date", "n": "count",
                    "who": "text"}  # fmt: skip
FLOW: dict[str, Any] = {
    "start": "ask",
    "nodes": {
        "ask": {"form": "ask"},
        "look": {"action": "quota.look", "given": {"pool": "mdf"}},
        "enough": {"decision": "left >= asked"},
        "work_out": {"action": "set", "given": {"half": "asked / 2", "late": "asked > usd(10)", "n": "3",
                                                "who": "'Liis'", "until": "day('2026-05-21')"}},
        "yes": {"end": "yes"},
        "no": {"end": "no"},
    },
    "edges": [["ask.submit", "look"], ["look", "enough"], ["enough.yes", "work_out"], ["work_out", "yes"],
              ["enough.no", "no"]],
}  # fmt: skip


@dataclass
class Acting(w.TestWorld):
    """A world with a quota."""

    __test__ = False
    left: str = "100.00"
    told: list[tuple[str, Mapping[str, Any], int]] = field(default_factory=list)

    def holds(self, condition: str, facts: Mapping[str, Any]) -> bool:
        return compiled(condition, TYPES).evaluate(facts)

    def value(self, fact: str, expression: str, facts: Mapping[str, Any]) -> Any:
        return worked_out(expression, TYPES, TYPES[fact]).evaluate(facts)

    def act(self, action: str, given: Mapping[str, Any], state: State) -> Mapping[str, Any]:
        self.told.append((action, given, state.seq))
        return {"left": self.left}


def run(asked: str) -> Story:
    story = Story(Workflow.model_validate(FLOW), Acting())
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, {"asked": asked}), LIIS)
    return story


def test_a_decision_right_behind_an_action_sees_what_it_noted():
    story = run("60.00")
    assert story.state.outcome == "yes"
    kinds = [type(event).__name__ for event in story.events[2:]]
    assert kinds[:6] == ["Submitted", "Left", "Entered", "ActionTaken", "FactsNoted", "Left"]
    (noted,) = [event for event in story.events if isinstance(event, e.FactsNoted) and event.visit == "look#1"]
    assert noted.facts == {"left": "100.00"}
    assert isinstance(story.world, Acting)
    assert story.world.told == [("quota.look", {"pool": "mdf"}, 6)]  # right behind its own event
    assert run("160.00").state.outcome == "no"


def test_fields_are_set_to_what_is_worked_out():
    state = run("60.01").state
    assert {name: state.facts[name] for name in ("half", "late", "n", "who", "until")} == {
        "half": "30.005", "late": True, "n": 3, "who": "Liis", "until": "2026-05-21",
    }  # fmt: skip


def test_a_field_is_set_that_there_is_and_from_what_is_there():
    names = Names(facts=TYPES, fields={"ask": ["asked"]}, actions=["quota.look"])
    made = Workflow.model_validate(FLOW)
    assert faults(made, names) == []
    wrong = FLOW | {"nodes": FLOW["nodes"] | {"look": {"action": "set", "given": {"nothing": "1", "n": "n + 1"}}}}
    assert [(p.code, p.field, p.text) for p in faults(Workflow.model_validate(wrong), names)] == [
        ("FLOW-UNKNOWN", "look", "There is no fact nothing."),
        ("FLOW-TOO-EARLY", "look", "N is used here, but on a way that leads here nobody has given it yet."),
    ]  # fmt: skip

"""What reviewers fill in with a decision: added with its fact, taken away with it."""

from __future__ import annotations

from typing import Any

import pytest

from models.design import asking
from models.design.editing import edited, flow
from models.design.edits import Edit
from models.design.judging import judged
from models.design.templates import template
from models.engines.definitions.loading import Content
from tests.support.acting import codes


def decisions(content: Content, node: str = "finance") -> dict[str, Any]:
    found: dict[str, Any] = flow(content)["nodes"][node]["decisions"]
    return found


def after(content: Content, edits: list[Edit]) -> Content:
    for edit in edits:
        content, _ = edited(content, edit)
    return content


def with_field(content: Content, node: str = "finance", **given: Any) -> Content:
    wanted = {"label": "Cost centre", "kind": "text", "required": True} | given
    return after(content, asking.with_asked(content, node, decisions(content, node), "approve", **wanted))


def test_a_field_is_asked_for_and_becomes_a_fact() -> None:
    """A later condition can use it; the draft is sound."""
    made = with_field(template("funding"))
    assert asking.asked(decisions(made)["approve"]) == [
        {"name": "cost_centre", "label": "Cost centre", "required": True}
    ]
    assert made["type"]["facts"]["cost_centre"] == "text"
    assert judged(made)[1] == []


@pytest.mark.parametrize("kind", [kind for kind in asking.KINDS if kind not in ("text", "choice")])
def test_every_kind_is_sound(kind: str) -> None:
    assert judged(with_field(template("funding"), kind=kind, required=False))[1] == []


def test_a_choice_has_choices() -> None:
    made = with_field(template("funding"), kind="choice", options=("Low", "High"))
    assert asking.asked(decisions(made)["approve"])[0]["options"] == ["Low", "High"]
    assert judged(made)[1] == []
    assert codes(lambda: with_field(template("funding"), kind="choice", options=("Low",))) == ["DESIGN-OPTIONS"]
    assert codes(lambda: with_field(template("funding"), label=" ")) == ["DESIGN-NAME"]


def test_a_field_goes_with_its_fact_unless_another_decision_asks_for_it() -> None:
    made = with_field(template("funding"))
    gone = after(made, asking.without_asked(made, "finance", decisions(made), "approve", "cost_centre"))
    assert gone == template("funding")
    twice = after(made, [])
    field = asking.asked(decisions(made)["approve"])
    flow(twice)["nodes"]["business"]["decisions"]["approve"]["fields"] = field
    kept = after(twice, asking.without_asked(twice, "finance", decisions(twice), "approve", "cost_centre"))
    assert kept["type"]["facts"]["cost_centre"] == "text"

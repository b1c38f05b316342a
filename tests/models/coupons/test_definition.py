"""The step in the designer: judged before it is published, kept by files and diagrams, tried without issuing."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from models.core.calendars import WorkingCalendar
from models.core.errors import Refused
from models.core.unit_of_work import UnitOfWork
from models.coupons.tables import Coupon
from models.design.choices import choices
from models.design.editing import edited
from models.design.exchange import from_bpmn, from_yaml, to_bpmn, to_yaml
from models.design.judging import problems
from models.design.picture import drawn
from models.design.properties import given_of, set_given
from models.design.templates import template
from models.engines.definitions.loading import Content, build
from models.engines.definitions.registry import DEEDS
from models.engines.workflow.dry import Definition
from models.engines.workflow.scenario import Scenario
from models.engines.workflow.trying import tried
from tests.support.coupons import FORM

GIVEN = {"amount": "issued", "name": "Test coupon", "valid_for": "90 days"}


def with_given(given: dict[str, Any] | None) -> Content:
    content = copy.deepcopy(template("coupon"))
    node = content["type"]["workflow"]["nodes"]["coupon"]
    node.pop("given")
    if given is not None:
        node["given"] = given
    return content


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (GIVEN, []),
        (GIVEN | {"kind": "exchange", "remind_days": 0}, []),
        ({"name": "Test coupon", "valid_for": "90 days"}, ["Issue a coupon: say which amount."]),
        (None, ["Issue a coupon: say which amount.", "Issue a coupon: say which name of the coupon.",
                "Issue a coupon: say which validity."]),
        (GIVEN | {"amount": "budget"},
         ["Issue a coupon: Amount is budget, which is no field of this type that is known of a case."]),
        (GIVEN | {"amount": "subject"},
         ["Issue a coupon: Amount is subject, which is a text; it has to be an amount."]),
        (GIVEN | {"valid_for": "3 working days"},
         ["Issue a coupon: Validity is 3 working days: write for example 90 days or 12 months."]),
        (GIVEN | {"kind": "cash"},
         ["Issue a coupon: Kind is cash; it has to be one of test, benefit, exchange."]),
        (GIVEN | {"remind_days": "soon"},
         ["Issue a coupon: Days before its end to remind is soon: write a number of days, 0 to 365."]),
        (GIVEN | {"name": "x" * 81},
         [f"Issue a coupon: Name of the coupon is {'x' * 81}: write at most 80 characters."]),
        (GIVEN | {"pool": "mdf"}, ["Issue a coupon takes no pool. Take it out."]),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_stands_in_the_way_with_its_node(
    given: dict[str, Any] | None, said: list[str]
) -> None:
    found = problems(with_given(given))
    assert [each.text for each in found] == said
    assert {each.field for each in found} <= {"coupon"}


def test_an_amount_that_nobody_has_given_yet_is_found() -> None:
    """The reviewer gives it after the coupon would be issued."""
    content = with_given(GIVEN)
    flow = content["type"]["workflow"]
    flow["edges"] = [["application.submit", "coupon"], ["coupon", "review"], ["review.approve", "issued"],
                     ["review.reject", "application"], ["review.cancel", "application"]]  # fmt: skip
    assert [(each.code, each.field) for each in problems(content)] == [("FLOW-TOO-EARLY", "coupon")]


def test_the_designer_offers_it_in_words() -> None:
    content = template("coupon")
    assert choices(content, "actions")["coupons.issue"] == "Issue a coupon"
    (node,) = [each for each in drawn(content)[0] if each.name == "coupon"]
    assert node.lines == ("Issue a coupon",)


def test_a_number_of_the_type_is_shown_by_its_value_and_set_where_it_stands() -> None:
    content = template("coupon")
    node, need = content["type"]["workflow"]["nodes"]["coupon"], DEEDS["coupons.issue"].needs or ()
    validity = next(each for each in need if each.name == "valid_for")
    assert given_of(content, node, validity) == "12 months"
    changed, words = edited(content, set_given(content, "coupon", node, validity, "6 months"))
    assert changed["type"]["parameters"]["coupon_valid_for"] == "6 months"
    assert changed["type"]["workflow"]["nodes"]["coupon"] == node
    assert words == "Changed coupon valid for to 6 months"


def test_another_value_is_set_and_nothing_takes_it_out() -> None:
    content = template("coupon")
    node = content["type"]["workflow"]["nodes"]["coupon"]
    kind = next(each for each in DEEDS["coupons.issue"].needs or () if each.name == "kind")
    changed, _ = edited(content, set_given(content, "coupon", node, kind, "benefit"))
    made = changed["type"]["workflow"]["nodes"]["coupon"]
    assert made["given"] == node["given"] | {"kind": "benefit"}
    back, _ = edited(changed, set_given(changed, "coupon", made, kind, None))
    assert back == content


def test_two_fields_changed_one_after_the_other_both_count() -> None:
    """Whoever types on sees the node as it was before: only the same field changed by somebody else is refused."""
    content = template("coupon")
    node, needs = (
        content["type"]["workflow"]["nodes"]["coupon"],
        {n.name: n for n in DEEDS["coupons.issue"].needs or ()},
    )
    first, words = edited(content, set_given(content, "coupon", node, needs["name"], "Validation"))
    second, _ = edited(first, set_given(content, "coupon", node, needs["kind"], "benefit"))
    assert words == "Changed Coupon: name of the coupon"
    given = second["type"]["workflow"]["nodes"]["coupon"]["given"]
    assert (given["name"], given["kind"]) == ("Validation", "benefit")
    with pytest.raises(Refused, match="Somebody changed this meanwhile to 'Validation'"):
        edited(second, set_given(content, "coupon", node, needs["name"], "Test"))


def test_a_yaml_file_and_a_diagram_keep_it_whole() -> None:
    content = template("coupon")
    assert from_yaml(to_yaml(content).encode(), content)["workflow"] == content["type"]["workflow"]
    flow, notices = from_bpmn(to_bpmn(content))
    assert flow["nodes"]["coupon"] == content["type"]["workflow"]["nodes"]["coupon"]
    assert notices == []


def test_to_try_a_case_issues_nothing(uow: UnitOfWork) -> None:
    """It is played to its end with the amount that the reviewer gives; no coupon comes of it."""
    made = build(template("coupon"))
    moves = [
        {"do": "submit", "facts": FORM},
        {"do": "decide", "by": "Joris", "decision": "approve", "facts": {"issued": "2500.00"}},
    ]
    raw = {
        "name": "a case",
        "people": {"Joris": ["reviewer_business"]},
        "moves": moves,
        "expect": {"outcome": "issued"},
    }
    found = tried(Definition(made.workflow, made.facts, WorkingCalendar("CN")), Scenario.model_validate(raw))
    assert found.problems == ()
    assert uow.session.query(Coupon).count() == 0

"""A form is built field by field: each change as a person makes it, and what cannot be done said in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.design import forms
from models.design.editing import edited
from models.design.edits import ChangeType
from models.design.forms import Spot
from models.design.judging import judged
from models.design.templates import template
from models.engines.definitions.loading import Content
from tests.support.acting import codes

Make = Callable[[Content], ChangeType]


def content() -> Content:
    return template("funding")


def labels(made: Content, key: str = "application") -> list[list[str]]:
    """The fields' labels, step by step."""
    form = made["type"]["forms"][key]
    return [[field["label"] for field in step["fields"]] for step in form["steps"]]


@pytest.mark.parametrize(
    ("make", "words", "expected"),
    [
        (lambda c: forms.with_field(c, "application", 0, "date", "Event date"), "New field Event date",
         [["Subject", "Purpose", "Amount", "Event date"]]),
        (lambda c: forms.with_step(c, "application", "Plan"), "New step Plan",
         [["Subject", "Purpose", "Amount"], ["New field"]]),
        (lambda c: forms.with_field_moved(c, Spot("application", 0, 2), -1), "Moved the field Amount",
         [["Subject", "Amount", "Purpose"]]),
        (lambda c: forms.with_field_values(c, Spot("application", 0, 1), {"label": "Why"}),
         "Changed the field Purpose: label", [["Subject", "Why", "Amount"]]),
    ],
    ids=["field", "step", "moved", "label"],
)  # fmt: skip
def test_a_form_changes_as_somebody_says(make: Make, words: str, expected: list[list[str]]) -> None:
    """The type stays sound, and the change is said in words."""
    made, said = edited(content(), make(content()))
    assert (said, labels(made)) == (words, expected)
    assert judged(made)[1] == []


@pytest.mark.parametrize("kind", [kind for kind in forms.TYPES if kind not in ("agreement", "earlier")])
def test_a_new_field_of_every_kind_is_sound_at_once(kind: str) -> None:
    """Whoever adds a field has not broken the form; only what refers to something else has to be said first."""
    made, _ = edited(content(), forms.with_field(content(), "application", 0, kind, "Something new"))
    found, problems = judged(made)
    assert problems == []
    assert found is not None
    assert found.forms["application"].fields()[-1].type == kind


def test_a_field_that_reviewers_look_at_is_missed_where_they_do() -> None:
    """It can be taken away, but not be published before its reviews show something else."""
    made, said = edited(content(), forms.without_field(content(), Spot("application", 0, 1)))
    assert (said, labels(made)) == ("Took away the field Purpose", [["Subject", "Amount"]])
    assert [(problem.code, problem.field) for problem in judged(made)[1]] == [("FLOW-READS", "business")]


def test_fields_go_over_the_border_of_a_step_and_come_back() -> None:
    """Down from the last place of a step is the first place of the next."""
    two, _ = edited(content(), forms.with_step(content(), "application", "Plan"))
    down, _ = edited(two, forms.with_field_moved(two, Spot("application", 0, 2), 1))
    assert labels(down) == [["Subject", "Purpose"], ["Amount", "New field"]]
    up, _ = edited(down, forms.with_field_moved(down, Spot("application", 1, 0), -1))
    assert labels(up) == labels(two)
    assert codes(lambda: forms.without_field(up, Spot("application", 1, 0))) == ["DESIGN-FIELD"]
    gone, said = edited(two, forms.without_step(two, "application", 1))
    assert (said, labels(gone)) == ("Took away step 2", [["Subject", "Purpose", "Amount"]])


def test_what_is_usual_is_not_written_down() -> None:
    """A switch that is turned back leaves nothing behind."""
    at = Spot("application", 0, 1)
    made, _ = edited(content(), forms.with_field_values(content(), at, {"required": False, "help": "", "wide": True}))
    assert made["type"]["forms"]["application"]["steps"][0]["fields"][1] == {
        "name": "purpose", "label": "Purpose", "type": "long_text", "wide": True,
    }  # fmt: skip


def test_a_field_becomes_a_fact_for_rules_and_ceases_to_be_one() -> None:
    """Conditions can use it from then on; rows can never be used."""
    dated, _ = edited(content(), forms.with_field(content(), "application", 0, "date", "Event date"))
    field = dated["type"]["forms"]["application"]["steps"][0]["fields"][3]
    made, said = edited(dated, forms.fact_of(dated, field, wanted=True))
    assert (said, made["type"]["facts"]["event_date"]) == ("Event date can be used in rules", "date")
    back, _ = edited(made, forms.fact_of(made, field, wanted=False))
    assert "event_date" not in back["type"]["facts"]
    assert codes(lambda: forms.fact_of(dated, {"name": "b", "type": "rows"}, wanted=True)) == ["DESIGN-FACT"]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda c: forms.with_field(c, "application", 0, "text", "  "), "DESIGN-NAME"),
        (lambda c: forms.with_form(c, ""), "DESIGN-NAME"),
        (lambda c: forms.with_values(c, "gone", {"title": "x"}), "DESIGN-GONE"),
        (lambda c: forms.with_field(c, "application", 7, "text", "Late"), "DESIGN-GONE"),
        (lambda c: forms.with_field_values(c, Spot("application", 0, 9), {"label": "x"}), "DESIGN-GONE"),
        (lambda c: forms.without_step(c, "application", 0), "DESIGN-STEP"),
    ],
    ids=["no label", "no title", "form gone", "step gone", "field gone", "last step"],
)
def test_what_cannot_be_done_is_said(act: Callable[[Content], Any], code: str) -> None:
    """E.g. because somebody else took the form away meanwhile."""
    assert codes(lambda: act(content())) == [code]


def test_two_people_in_one_form_do_not_overwrite_each_other() -> None:
    """The second is told; both changes to different forms go together."""
    first = forms.with_field(content(), "application", 0, "text", "Place")
    second = forms.with_field(content(), "application", 0, "text", "Guests")
    made, _ = edited(content(), first)
    assert codes(lambda: edited(made, second)) == ["DESIGN-CHANGED"]
    other, _ = edited(made, forms.with_form(made, "Report"))
    assert list(other["type"]["forms"]) == ["application", "report"]

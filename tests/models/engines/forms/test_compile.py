"""A form as JSON Schema: valid by the standard, as strict as the form where it can be, never stricter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from models.engines.forms.compile import json_schema
from models.engines.forms.lint import faults
from models.engines.forms.schema import Form
from models.engines.forms.validation import problems
from models.engines.forms.values import submitted

KINDS = ["Fair", "Webinar", "Other"]
FILE = {"sha256": "e3b0c44298fc", "name": "invoice.pdf", "size": 20480}
FORM = Form.model_validate({
    "title": "Everything there is",
    "steps": [
        {"title": "Words", "fields": [
            {"name": "name", "label": "Name", "required": True, "most": 12, "help": "As on the invoice."},
            {"name": "why", "label": "Why", "type": "long_text"},
            {"name": "mail", "label": "Email", "type": "email"},
            {"name": "phone", "label": "Phone", "type": "phone"},
            {"name": "kind", "label": "Kind", "type": "choice", "required": True, "options": KINDS},
            {"name": "said", "label": "It is only shown", "type": "note"},
            {"name": "before", "label": "Before", "type": "earlier", "copy_from": "first.name"},
        ]},
        {"title": "Conditions", "fields": [
            {"name": "abroad", "label": "Abroad", "type": "yes_no"},
            {"name": "country", "label": "Land", "required": True, "shown_if": "abroad && kind in ['Fair', 'Other']"},
            {"name": "other", "label": "Which other", "required_if": "kind == 'Other' || name == 'Riga'"},
            {"name": "home", "label": "Home", "shown_if": "!abroad"},
            {"name": "not_fair", "label": "Not a fair", "shown_if": "kind != 'Fair'", "required_if": "abroad"},
            {"name": "on", "label": "On", "type": "date"},
            {"name": "late", "label": "Late", "shown_if": "on > day('2026-05-21')", "required": True},
        ]},
        {"title": "Numbers and files", "fields": [
            {"name": "people", "label": "People", "type": "count", "least": 1, "most": 100},
            {"name": "price", "label": "Price", "type": "usd"},
            {"name": "costs", "label": "Costs", "type": "rows", "required": True, "most": 3, "of": [
                {"name": "item", "label": "Item", "required": True},
                {"name": "used", "label": "Used", "type": "yes_no"},
                {"name": "amount", "label": "Amount", "type": "usd", "required": True}]},
            {"name": "total", "label": "Total", "type": "computed", "computed": "sum_usd(costs, 'amount', 'used')"},
            {"name": "goals", "label": "Goals", "type": "rows",
             "fixed": [{"goal": "Leads"}, {"goal": "Revenue", "unit": "usd", "required": True}],
             "of": [{"name": "goal", "label": "Goal"}, {"name": "met", "label": "Met", "type": "figure"},
                    {"name": "proof", "label": "Proof", "type": "files"}]},
            {"name": "photos", "label": "Photos", "type": "files", "files": {"most": 2}},
            {"name": "agreed", "label": "Agreed", "type": "agreement", "agreement": "pay", "required": True},
        ]},
    ],
})  # fmt: skip
DATA: dict[str, Any] = {
    "name": "Riga", "kind": "Fair", "other": "x", "agreed": "1", "costs": [{"item": "Venue", "amount": "5.00"}],
    "goals": [{}, {"met": "3422.00", "proof": [FILE]}],
}  # fmt: skip
SCHEMA = json_schema(FORM)
VALIDATOR = Draft202012Validator(SCHEMA)


def test_it_is_a_schema_of_2020_12_with_a_group_for_each_step():
    Draft202012Validator.check_schema(SCHEMA)
    assert faults(FORM) == []
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    groups = SCHEMA["allOf"][:3]
    assert [group["title"] for group in groups] == ["Words", "Conditions", "Numbers and files"]
    assert groups[0]["required"] == ["name", "kind"]
    assert groups[0]["properties"]["name"] == {
        "title": "Name", "description": "As on the invoice.", "type": "string", "pattern": r"\S", "maxLength": 12,
    }  # fmt: skip
    assert list(groups[0]["properties"]) == ["name", "why", "mail", "phone", "kind"]


@pytest.mark.parametrize(
    "changed",
    [
        {"name": None}, {"name": "x" * 13}, {"name": 7}, {"mail": "liis"}, {"phone": "none"}, {"kind": "Party"},
        {"abroad": "yes"}, {"abroad": True}, {"kind": "Other", "other": None},
        {"name": "Riga", "other": None}, {"kind": "Webinar", "abroad": True}, {"on": "21.05.2026"},
        {"people": 0}, {"people": 101}, {"people": True}, {"price": "1.005"}, {"price": 5}, {"costs": []},
        {"costs": [{"item": "Venue"}]}, {"costs": [{"item": "a", "amount": "1"}] * 4}, {"costs": "all"},
        {"goals": [{}, {"met": "3422.00"}]}, {"goals": [{"met": "1.50"}, {"proof": [FILE]}]},
        {"photos": [FILE] * 3}, {"photos": [{}]}, {"agreed": None}, {"agreed": True},
    ],
)  # fmt: skip
def test_what_the_form_refuses_the_schema_refuses_too(changed: dict[str, Any]):
    assert problems(FORM, DATA) == []
    assert VALIDATOR.is_valid(submitted(FORM, DATA))
    assert problems(FORM, DATA | changed)
    assert not VALIDATOR.is_valid(submitted(FORM, DATA | changed))


@pytest.mark.parametrize("extra", [{"unknown": 1}, {"country": "Latvia"}, {"home": "here"}, {"said": "x"}])
def test_what_the_form_does_not_hold_does_not_fit(extra: dict[str, Any]):
    assert not VALIDATOR.is_valid(submitted(FORM, DATA) | extra)


def test_conditions_that_are_more_than_words_are_left_to_the_form():
    data = DATA | {"on": "2026-05-22"}
    assert [problem.field for problem in problems(FORM, data)] == ["late"]
    assert VALIDATOR.is_valid(submitted(FORM, data))


texts = st.sampled_from(["", " ", "Riga", "Tallinn", "x" * 13, "a\nb"])
amounts = st.sampled_from(["0", "5", "5.00", "100000000", "7.50000", "1.005", "", "many", "100000001"])
flags = st.sampled_from([None, True, False, "no"])
files = st.lists(st.sampled_from([FILE, {"sha256": "a"}]), max_size=3)
VALUES = st.fixed_dictionaries(
    {"name": texts, "kind": st.sampled_from(["Fair", "Webinar", "Other", "Fair ", ""]), "agreed": st.just("1"),
     "costs": st.lists(st.fixed_dictionaries({"item": texts, "used": flags, "amount": amounts}), max_size=3)},
    optional={
        "why": texts, "mail": st.sampled_from(["a@b.c", "a@b", ""]),
        "phone": st.sampled_from(["+371 20000000", "x", ""]), "people": st.sampled_from([0, 1, 100, 101, "x"]),
        "abroad": flags, "country": texts, "other": texts, "home": texts, "not_fair": texts, "late": texts,
        "on": st.sampled_from(["2026-05-21", "2026-05-22", "soon", ""]),
        "price": amounts, "photos": files, "unknown": texts,
        "goals": st.lists(st.fixed_dictionaries({}, optional={"met": st.sampled_from([1, "3.00"]), "proof": files})),
    },
)  # fmt: skip


@settings(deadline=None)
@given(VALUES)
def test_what_the_form_accepts_fits_the_schema(data: dict[str, Any]):
    wrong = {problem.field for problem in problems(FORM, data) if problem.field}
    # Whatever is wrong is put right by leaving it out or by what is known to be right, so that no draw is lost.
    mended = {name: value for name, value in data.items() if not any(field.startswith(name) for field in wrong)}
    mended = {
        **{name: DATA[name] for name in ("name", "kind", "costs", "goals", "agreed") if name not in mended},
        **mended,
    }
    needed = {problem.field: "Latvia" for problem in problems(FORM, mended) if problem.field}
    full = mended | needed
    assert problems(FORM, full) == []
    assert [error.message for error in VALIDATOR.iter_errors(submitted(FORM, full))] == []

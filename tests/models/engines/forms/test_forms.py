"""Forms: what is wrong is said at its field, amounts are worked out exactly, and changes stand side by side."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.core.errors import Problem
from models.engines.conditions import FactTypes
from models.engines.forms.changes import Change, changes
from models.engines.forms.lint import faults
from models.engines.forms.schema import Field, FixedRow, Form
from models.engines.forms.validation import problems
from models.engines.forms.values import (
    begun,
    beside,
    columns_of,
    facts_of,
    rows_to_copy,
    submitted,
    with_computed,
)
from models.engines.forms.words import words

BUDGET = [
    {"name": "item", "label": "Item", "required": True},
    {"name": "mdf_used", "label": "MDF Used", "type": "yes_no"},
    {"name": "amount", "label": "amount(USD)", "type": "usd", "required": True},
    {"name": "remarks", "label": "Remarks", "most": 20},
]
FORM = Form.model_validate({
    "title": "MDF application",
    "steps": [
        {"title": "Activity plan", "fields": [
            {"name": "activity_name", "label": "Activity Name", "required": True, "most": 100},
            {"name": "type", "label": "Activity Type", "type": "choice", "options": ["Seminar", "Webinar"]},
            {"name": "purpose", "label": "Background & Purpose", "type": "long_text"},
            {"name": "starts_on", "label": "Expected Start Date", "type": "date", "required": True},
            {"name": "participants", "label": "Participants", "type": "count", "least": 1, "most": 5000},
            {"name": "late", "label": "Later than ten working days", "type": "yes_no"},
            {"name": "late_reason", "label": "Reason", "shown_if": "late", "required_if": "late"},
            {"name": "email", "label": "Email", "type": "email"},
            {"name": "phone", "label": "Phone", "type": "phone"},
            {"name": "proof", "label": "Proof", "type": "files", "files": {"most": 2}},
            {"name": "agreed", "label": "Payment Agreement", "type": "agreement", "required": True, "agreement": "pay"},
        ]},
        {"title": "Activity budget", "fields": [
            {"name": "budget", "label": "Activity Budget", "type": "rows", "required": True, "of": BUDGET},
            {"name": "with_mdf", "label": "Amount with MDF Used (Tax Included)", "type": "computed",
             "computed": "sum_usd(budget, 'amount', 'mdf_used')"},
            {"name": "total", "label": "Total Budget (Tax Included)", "type": "computed",
             "computed": "sum_usd(budget, 'amount')"},
            {"name": "without_mdf", "label": "Amount with No MDF Used (Tax Included)", "type": "computed",
             "computed": "total - with_mdf"},
        ]},
    ],
})  # fmt: skip
ACTUALS = Form.model_validate({
    "title": "MDF reimbursement",
    "steps": [{"title": "Actuals", "fields": [
        {"name": "objectives", "label": "Objectives", "type": "rows",
         "of": [{"name": "item", "label": "Item"}, {"name": "actual", "label": "Actual value", "type": "figure"}],
         "fixed": [{"item": "Leads"}, {"item": "Revenue", "unit": "usd"}]},
        {"name": "materials", "label": "Materials", "type": "rows",
         "of": [{"name": "kind", "label": "Type"}, {"name": "attachment", "label": "Attachment", "type": "files"}],
         "fixed": [{"kind": "Invoices", "required": True}, {"kind": "Summary", "template": "Template of the summary"}]},
    ]}],
})  # fmt: skip
DATA: dict[str, Any] = {
    "activity_name": "Riga Cloud Day 2026", "starts_on": "2026-05-21", "agreed": "1",
    "budget": [{"item": "Design", "mdf_used": True, "amount": "100", "remarks": "100"}],
}  # fmt: skip


def one_step(*fields: dict[str, Any]) -> Form:
    """A form of these fields."""
    return Form.model_validate({"title": "x", "steps": [{"title": "y", "fields": fields}]})


def found(step: int | None = None, **changed: Any) -> list[tuple[str, str | None]]:
    """Words and places of everything wrong with the data after a change."""
    return [(problem.text, problem.field) for problem in problems(FORM, DATA | changed, step=step)]


@pytest.mark.parametrize(
    ("rows", "amounts"),
    [
        # The guide's own figures: §7.3.1 the budget, §7.3.2 the expenses.
        ([("Design", True, "100")], ("100", "0", "100")),
        ([("Transportation", False, "22.00")], ("0", "22", "22")),
        (
            [("Venue", True, "6100.00"), ("Catering", False, "900.55"), ("Ads", True, "0.45")],
            ("6100.45", "900.55", "7001"),
        ),
        ([], ("0", "0", "0")),
    ],
)  # fmt: skip
def test_totals_are_those_of_the_guide(rows: list[tuple[str, bool, str]], amounts: tuple[str, str, str]):
    lines = [{"item": item, "mdf_used": used, "amount": amount} for item, used, amount in rows]
    full = with_computed(FORM, {"budget": lines})
    assert (full["with_mdf"], full["without_mdf"], full["total"]) == amounts


def test_a_complete_form_has_no_problems():
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"activity_name": " "}, ("Fill in: Activity Name.", "activity_name")),
        ({"activity_name": "x" * 101}, ("Activity Name: 101/100 characters; shorten it.", "activity_name")),
        ({"purpose": "x" * 1001}, ("Background & Purpose: 1,001/1,000 characters; shorten it.", "purpose")),
        ({"type": "Party"}, ("Activity Type: choose one of Seminar, Webinar.", "type")),
        ({"starts_on": None}, ("Fill in: Expected Start Date.", "starts_on")),
        ({"starts_on": "21.05.2026"}, ("Expected Start Date: choose a day, such as 2026-05-21.", "starts_on")),
        ({"participants": 0}, ("Participants: at least 1.", "participants")),
        ({"participants": 5001}, ("Participants: at most 5,000.", "participants")),
        ({"participants": True}, ("Participants: write a whole number.", "participants")),
        ({"late": True}, ("Fill in: Reason.", "late_reason")),
        ({"late": "maybe"}, ("Later than ten working days: choose yes or no.", "late")),
        ({"email": "liis"}, ("Email: write an address such as name@company.example.", "email")),
        ({"email": f"a@{'.' * 20_000}@"}, ("Email: 20,003/254 characters; shorten it.", "email")),
        ({"phone": "none"}, ("Phone: write a number with its country code, such as +371 20000000.", "phone")),
        ({"agreed": ""}, ("Read and accept: Payment Agreement.", "agreed")),
        ({"budget": []}, ("Add at least one row: Activity Budget.", "budget")),
        ({"budget": "all"}, ("Activity Budget: these are no rows.", "budget")),
        ({"proof": [{"sha256": "a"}] * 3}, ("Proof: at most 2; remove some.", "proof")),
        ({"proof": ["a"]}, ("Proof: attach the file again.", "proof")),
        ({"agreed": True}, ("Payment Agreement: read and accept it again.", "agreed")),
        ({"activity_name": 7}, ("Activity Name: this is no text.", "activity_name")),
        ({"starts_on": "20260521"}, ("Expected Start Date: choose a day, such as 2026-05-21.", "starts_on")),
        ({"budget": [{"remarks": " ", "mdf_used": False}]}, ("Add at least one row: Activity Budget.", "budget")),
        ({"budget": [{}] * 501}, ("Activity Budget: at most 500 rows; remove some.", "budget")),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed: dict[str, Any], said: tuple[str, str]):
    assert said in found(**changed)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("-1", "an amount is never below zero."), ("1.005", "at most two decimals."), ("1.50000", ""), ("0", ""),
        ("many", "write an amount such as 8640.00."), ("NaN", "write an amount such as 8640.00."),
        ("1e3", "write an amount such as 8640.00."), ("100000000.01", "at most 100,000,000.00."),
    ],
)  # fmt: skip
def test_amounts_are_usd_with_two_decimals(amount: str, said: str):
    rows = [DATA["budget"][0], {"item": "Venue", "amount": amount}]
    words = f"Activity Budget, row 2: amount(USD): {said}"
    assert found(budget=rows) == ([(words, "budget[1].amount")] if said else [])


def test_only_what_is_shown_counts_and_a_step_is_judged_alone():
    assert found(late=False, late_reason=None) == []
    assert found(step=1, activity_name="") == []
    assert found(step=0, activity_name="", budget=[]) == [("Fill in: Activity Name.", "activity_name")]
    everything = found(activity_name="", starts_on="", agreed="", budget=[{"mdf_used": True}])
    assert [place for _, place in everything] == [
        "activity_name", "starts_on", "agreed", "budget[0].item", "budget[0].amount",
    ]  # fmt: skip


def test_facts_are_what_the_case_declares_and_the_form_shows():
    data = DATA | {"late": False, "late_reason": "typed before", "participants": 120}
    facts = facts_of(FORM, data, {"with_mdf": "usd", "late_reason": "text", "participants": "count", "other": "text"})
    assert facts == {"with_mdf": "100", "participants": 120}


def test_a_draft_with_what_is_no_value_yet_has_no_such_fact():
    data = DATA | {"participants": "about 120", "starts_on": "in May", "budget": [{"item": "Venue", "amount": "many"}]}
    wanted: FactTypes = {"participants": "count", "starts_on": "date", "total": "usd", "activity_name": "text"}
    assert facts_of(FORM, data, wanted) == {"activity_name": "Riga Cloud Day 2026"}


def test_what_is_sent_is_what_is_shown_and_filled_in():
    data = DATA | {"late": False, "late_reason": "typed before", "purpose": " ", "unknown": "x",
                   "budget": [{"item": "Venue", "amount": "5.00", "remarks": "", "x": 1}, {"item": ""}]}  # fmt: skip
    assert submitted(FORM, data) == {
        "activity_name": "Riga Cloud Day 2026", "starts_on": "2026-05-21", "agreed": "1", "late": False,
        "budget": [{"item": "Venue", "amount": "5.00"}], "with_mdf": "0", "total": "5", "without_mdf": "5",
    }  # fmt: skip


def test_what_is_hidden_counts_nowhere():
    form = one_step(
        {"name": "abroad", "label": "Abroad", "type": "yes_no"},
        {"name": "costs", "label": "Costs", "type": "rows", "shown_if": "abroad", "of": BUDGET},
        {"name": "why", "label": "Why", "shown_if": "size(costs) > 0", "required": True},
        {"name": "sum", "label": "Sum", "type": "computed", "computed": "sum_usd(costs, 'amount')"},
    )
    costs = [{"item": "Flight", "amount": "300"}]
    assert faults(form) == []
    assert with_computed(form, {"abroad": True, "costs": costs})["sum"] == "300"
    assert [problem.field for problem in problems(form, {"abroad": True, "costs": costs})] == ["why"]
    assert problems(form, {"abroad": False, "costs": costs}) == []
    assert submitted(form, {"abroad": False, "costs": costs}) == {"abroad": False}


def test_a_rule_over_several_fields_is_said_at_its_field():
    rule = {"holds": "from <= to", "text": "It ends before it starts.", "field": "to"}
    dates = [{"name": name, "label": name, "type": "date"} for name in ("from", "to")]
    form = Form.model_validate({"title": "x", "steps": [{"title": "y", "fields": dates}], "rules": [rule]})
    assert faults(form) == []
    assert problems(form, {"from": "2026-05-22", "to": "2026-05-21"}) == [
        Problem("FORM-RULE", "It ends before it starts.", "to")
    ]
    assert problems(form, {"from": "2026-05-21", "to": "2026-05-21"}) == []
    assert problems(form, {"from": "2026-05-21"}) == []
    assert form.step_of("to") == 0
    assert problems(form, {"from": "2026-05-22", "to": "2026-05-21"}, step=1) == []


def test_an_agreement_that_has_changed_is_to_be_read_again():
    assert problems(FORM, DATA, versions={"pay": "1"}) == []
    (problem,) = problems(FORM, DATA, versions={"pay": "2"})
    assert (problem.code, problem.field) == ("FORM-AGREEMENT", "agreed")
    assert problem.text == "Payment Agreement: there is version 2 now. Read and accept it."


def test_fixed_rows_are_always_there_and_say_what_their_figure_is():
    data = {"objectives": [{"item": "Changed by hand", "actual": 7}, {"actual": "3422.005"}]}
    full = with_computed(ACTUALS, data)
    assert full["objectives"] == [{"item": "Leads", "actual": 7}, {"item": "Revenue", "actual": "3422.005"}]
    assert [(problem.text, problem.field) for problem in problems(ACTUALS, data)] == [
        ("Objectives, Revenue: Actual value: at most two decimals.", "objectives[1].actual"),
        ("Materials, Invoices: Attach a file: Attachment.", "materials[0].attachment"),
    ]
    column = columns_of(ACTUALS.fields()[1], 1)[1]
    assert (column.files.template, column.required) == ("Template of the summary", False)


def test_changes_of_fixed_rows_and_files_are_named():
    one, other = [{"sha256": "a", "name": "a.pdf"}], [{"sha256": "b", "name": "b.pdf"}]
    before = {"objectives": [{"actual": 6}, {"actual": "3422.00"}], "materials": [{"attachment": one}]}
    after = {"objectives": [{"actual": 7}, {"actual": "3422.00"}], "materials": [{"attachment": other}]}
    assert changes(ACTUALS, before, after) == [
        Change("objectives[0].actual", "Objectives: Leads, Actual value", "6", "7"),
        Change("materials[0].attachment", "Materials: Invoices, Attachment", "a.pdf", "b.pdf"),
    ]


def test_what_has_to_be_chosen_and_has_one_option_begins_with_it():
    def choice(name: str, *options: str, required: bool = True) -> dict[str, Any]:
        return {"name": name, "label": name, "type": "choice", "options": list(options), "required": required}

    form = one_step(choice("method", "Bank transfer"), choice("kind", "Fair", "Webinar"),
                    choice("extra", "Booth", required=False))  # fmt: skip
    assert begun(form, {}, {}) == {"method": "Bank transfer"}
    assert begun(form, {"method": None}, {}) == {"method": None}  # emptied by hand: it stays so


def test_what_an_earlier_form_holds_begins_fields_fills_rows_and_stands_beside():
    earlier = {"application": {"on": "2026-05-21", "budget": [
        {"item": "Venue", "amount": "1", "remarks": ""}, {"item": "Ads", "amount": "2"},
        {"item": "venue ", "amount": "3"},
    ]}}  # fmt: skip
    form = one_step(
        {"name": "started_on", "label": "Started", "type": "date", "copy_from": "application.on"},
        {"name": "spent", "label": "Spent", "type": "rows", "copy_from": "application.budget",
         "of": [*BUDGET, {"name": "planned", "label": "Budget", "type": "earlier", "shows": "usd",
                          "copy_from": "application.budget.amount"}]},
    )  # fmt: skip
    spent = form.fields()[1]
    assert begun(form, {}, earlier) == {"started_on": "2026-05-21"}
    assert begun(form, {"started_on": None}, earlier) == {"started_on": None}  # emptied by hand: it stays so
    assert rows_to_copy(spent, earlier) == [
        {"item": "Venue", "amount": "1"}, {"item": "Ads", "amount": "2"}, {"item": "venue ", "amount": "3"},
    ]  # fmt: skip
    rows = [{"item": "Ads"}, {"item": "Venue"}, {"item": "Other"}, {"item": "Venue"}, {"item": "Venue"}, {}]
    assert beside(spent, rows, earlier) == [{"planned": "2"}, {"planned": "1"}, {}, {"planned": "3"}, {}, {}]
    assert beside(spent, rows, {}) == [{}] * 6
    assert submitted(form, {"spent": [{"item": "Ads", "planned": "2"}]}) == {"spent": [{"item": "Ads"}]}


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("usd", "8640", "8,640.00"), ("computed", "0.125", "0.125"), ("usd", "many", "many"), ("usd", "NaN", "NaN"),
        ("date", "2024-08-23", "Aug 23, 2024"), ("date", "in May", "in May"), ("count", 1284, "1,284"),
        ("count", "some", "some"), ("yes_no", False, "No"), ("yes_no", "maybe", "maybe"), ("text", " ", "--"),
        ("agreement", "2", "Agreed to version 2"), ("rows", [{}], "1 row"), ("files", [{}, {}], "2 files"),
    ],
)  # fmt: skip
@pytest.mark.meets("BEN-COM-07", "BEN-COM-08")
def test_values_are_read_as_on_every_screen(kind: str, value: Any, read: str):
    assert words(Field.model_validate({"name": "x", "label": "X", "type": kind}), value) == read


def test_changes_stand_side_by_side():
    after = DATA | {
        "late": True,
        "proof": [{"sha256": "a"}],
        "budget": [
            {"item": "Design", "mdf_used": True, "amount": "95.50", "remarks": "100"},
            {"item": "Venue", "mdf_used": False, "amount": "6100"},
        ],
    }
    assert changes(FORM, DATA, DATA) == []
    assert changes(FORM, DATA, after) == [
        Change("late", "Later than ten working days", "--", "Yes"),
        Change("proof", "Proof", "--", "1 file"),
        Change("budget[0].amount", "Activity Budget: Design, amount(USD)", "100.00", "95.50"),
        Change("budget[1].item", "Activity Budget: Venue, Item", "--", "Venue"),
        Change("budget[1].mdf_used", "Activity Budget: Venue, MDF Used", "--", "No"),
        Change("budget[1].amount", "Activity Budget: Venue, amount(USD)", "--", "6,100.00"),
        Change("with_mdf", "Amount with MDF Used (Tax Included)", "100.00", "95.50"),
        Change("total", "Total Budget (Tax Included)", "100.00", "6,195.50"),
        Change("without_mdf", "Amount with No MDF Used (Tax Included)", "0.00", "6,100.00"),
    ]


def test_a_form_without_faults_has_none_and_each_fault_names_its_field():
    assert faults(FORM) == faults(ACTUALS) == []
    bad = one_step(
        {"name": "a", "label": "A", "type": "choice"},
        {"name": "a", "label": "A", "shown_if": "b == 'x'"},
        {"name": "r", "label": "R", "type": "rows"},
        {"name": "s", "label": "S", "type": "rows", "of": [
            {"name": "t", "label": "T", "type": "rows"}, {"name": "u", "label": "U", "type": "choice"},
            {"name": "v", "label": "V", "type": "figure"}, {"name": "w", "label": "W", "type": "earlier"},
            {"name": "w", "label": "W", "required_if": "a == 'x'"}]},
        {"name": "c", "label": "C", "type": "computed"},
        {"name": "d", "label": "D", "type": "computed", "computed": "r == r"},
        {"name": "e", "label": "E", "shown_if": "later"},
        {"name": "later", "label": "Later", "type": "yes_no"},
        {"name": "f", "label": "F", "type": "rows", "of": [{"name": "g", "label": "G"}, {"name": "unit", "label": "U"}],
         "fixed": [{"g": "x", "h": "y"}, {"required": True}]},
        {"name": "i", "label": "I", "type": "figure"},
        {"name": "j", "label": "J", "type": "earlier", "copy_from": "application"},
    )  # fmt: skip
    found: list[Problem] = faults(bad)
    assert [(problem.code, problem.field) for problem in found] == [
        ("FORM-TWICE", "a"), ("FORM-OPTIONS", "a"), ("CONDITION", "a"), ("FORM-ROWS", "r"), ("FORM-TWICE", "s.w"),
        ("FORM-COLUMN", "s.t"), ("FORM-OPTIONS", "s.u"), ("FORM-FIGURE", "s.v"), ("FORM-EARLIER", "s.w"),
        ("FORM-COLUMN", "s.w"), ("FORM-COMPUTED", "c"), ("CONDITION", "d"), ("CONDITION", "e"),
        ("FORM-COLUMN", "f.unit"), ("FORM-COLUMN", "f[0]"), ("FORM-COLUMN", "f[1]"), ("FORM-COLUMN", "f[1]"),
        ("FORM-FIGURE", "i"), ("FORM-EARLIER", "j"),
    ]  # fmt: skip


def test_rules_amounts_agreements_and_earlier_forms_have_to_be_there():
    form = Form.model_validate({
        "title": "x", "amount": "name", "rules": [{"holds": "name", "text": "t", "field": "nobody"}],
        "steps": [{"title": "y", "fields": [
            {"name": "name", "label": "N", "copy_from": "first.name"},
            {"name": "ok", "label": "OK", "type": "agreement", "agreement": "pay"},
            {"name": "rows", "label": "R", "type": "rows", "copy_from": "first.budget", "of": [
                {"name": "item", "label": "I"},
                {"name": "was", "label": "W", "type": "earlier", "copy_from": "first.budget.amounts"}]},
        ]}],
    })  # fmt: skip
    first = one_step({"name": "budget", "label": "B", "type": "rows", "of": BUDGET})
    assert [(problem.code, problem.field) for problem in faults(form, forms={"first": first}, agreements=[])] == [
        ("FORM-EARLIER", "name"), ("FORM-AGREEMENT", "ok"), ("FORM-EARLIER", "rows.was"), ("CONDITION", "nobody"),
        ("FORM-FIELD", "nobody"), ("FORM-AMOUNT", "name"),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.decimals(0, 10**7, places=2), st.booleans()), max_size=8))
def test_both_parts_make_the_whole(lines: list[tuple[Decimal, bool]]):
    rows = [{"item": "x", "mdf_used": used, "amount": str(amount)} for amount, used in lines]
    full = with_computed(FORM, {"budget": rows})
    assert Decimal(full["with_mdf"]) + Decimal(full["without_mdf"]) == Decimal(full["total"])
    assert Decimal(full["total"]) == sum((amount for amount, _ in lines), Decimal(0))


def test_what_nobody_sent_before_begins_nothing_and_stands_beside_nothing():
    made = one_step(
        {"name": "city", "label": "City", "type": "text", "copy_from": "application.city"},
        {"name": "lines", "label": "Lines", "type": "rows", "of": [{"name": "item", "label": "Item", "type": "text"}]},
    )
    assert begun(made, {}, {}) == {}
    assert begun(made, {}, {"application": {"city": "Riga"}}) == {"city": "Riga"}
    lines = made.field("lines")
    assert lines is not None
    assert beside(lines, "no rows", {}) == []


def test_a_fixed_row_may_be_written_at_length():
    short, long = {"item": "Leads", "unit": "usd"}, {"values": {"item": "Leads"}, "unit": "usd"}
    assert FixedRow.model_validate(short) == FixedRow.model_validate(long)
    with pytest.raises(ValidationError):
        FixedRow.model_validate("Leads")

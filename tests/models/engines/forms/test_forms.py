"""Forms: what is wrong is said at its field, amounts are worked out exactly, and changes stand side by side."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import Problem
from models.engines.forms.changes import Change, changes
from models.engines.forms.lint import faults
from models.engines.forms.schema import Form
from models.engines.forms.validation import problems
from models.engines.forms.values import facts_of, with_computed

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
            {"name": "agreed", "label": "Payment Agreement", "type": "agreement", "required": True},
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
DATA: dict[str, Any] = {
    "activity_name": "Riga Cloud Day 2026", "starts_on": "2026-05-21", "agreed": "1",
    "budget": [{"item": "Design", "mdf_used": True, "amount": "100", "remarks": "100"}],
}  # fmt: skip


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
        ({"phone": "none"}, ("Phone: write a number with its country code, such as +371 20000000.", "phone")),
        ({"agreed": ""}, ("Read and accept: Payment Agreement.", "agreed")),
        ({"budget": []}, ("Add at least one row: Activity Budget.", "budget")),
        ({"budget": "all"}, ("Activity Budget: these are no rows.", "budget")),
        ({"proof": [{"sha256": "a"}] * 3}, ("Proof: at most 2; remove some.", "proof")),
        ({"proof": ["a"]}, ("Proof: attach the file again.", "proof")),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed: dict[str, Any], said: tuple[str, str]):
    assert said in found(**changed)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("-1", "an amount is never below zero."), ("1.005", "at most two decimals."), ("1.50000", ""), ("0", ""),
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
    assert faults(FORM) == []
    bad = Form.model_validate({"title": "x", "steps": [{"title": "y", "fields": [
        {"name": "a", "label": "A", "type": "choice"},
        {"name": "a", "label": "A", "shown_if": "b == 'x'"},
        {"name": "r", "label": "R", "type": "rows"},
        {"name": "s", "label": "S", "type": "rows", "of": [{"name": "t", "label": "T", "type": "rows"},
                                                           {"name": "u", "label": "U", "type": "choice"}]},
        {"name": "c", "label": "C", "type": "computed"},
        {"name": "d", "label": "D", "type": "computed", "computed": "r == r"},
    ]}]})  # fmt: skip
    found: list[Problem] = faults(bad)
    assert [(problem.code, problem.field) for problem in found] == [
        ("FORM-TWICE", "a"), ("FORM-OPTIONS", "a"), ("CONDITION", "a"), ("FORM-ROWS", "r"), ("FORM-COLUMN", "s.t"),
        ("FORM-OPTIONS", "s.u"), ("FORM-COMPUTED", "c"), ("CONDITION", "d"),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.decimals(0, 10**7, places=2), st.booleans()), max_size=8))
def test_both_parts_make_the_whole(lines: list[tuple[Decimal, bool]]):
    rows = [{"item": "x", "mdf_used": used, "amount": str(amount)} for amount, used in lines]
    full = with_computed(FORM, {"budget": rows})
    assert Decimal(full["with_mdf"]) + Decimal(full["without_mdf"]) == Decimal(full["total"])
    assert Decimal(full["total"]) == sum((amount for amount, _ in lines), Decimal(0))

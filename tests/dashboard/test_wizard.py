"""The wizard as people use it: kept as typed, wrong things said where they stand, sent once, nothing lost."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.parts.wizard_words import edited, frame, marked, read, shown
from dashboard.parts.wizard_work import Work
from models.areas import load
from models.core.errors import ChangedMeanwhile, NotAllowed, Problem, Refused
from models.engines.definitions.loading import built_in
from models.engines.forms.schema import Field, Form
from models.engines.workflow.findings import Finding, Verdict
from tests.support.pages import texts
from tests.support.wizard import FakeDesk, wizard_page

ROWS = [
    {"name": "item", "label": "Item", "required": True}, {"name": "used", "label": "MDF Used", "type": "yes_no"},
    {"name": "amount", "label": "Amount", "type": "usd", "required": True},
]  # fmt: skip
FORM = Form.model_validate({
    "title": "application", "action": "Submit", "confirm": "It goes to the reviewers.", "done": "It was sent.",
    "amount": "total",
    "steps": [
        {"title": "Activity plan", "fields": [
            {"name": "name", "label": "Activity Name", "required": True, "most": 20, "wide": True, "section": "Basics"},
            {"name": "people", "label": "Participants", "type": "count", "required": True, "least": 1},
            {"name": "starts_on", "label": "Start", "type": "date", "copy_from": "first.starts_on"},
            {"name": "late", "label": "Late", "type": "yes_no"},
            {"name": "reason", "label": "Reason", "shown_if": "late", "required": True},
            {"name": "kind", "label": "Kind", "type": "choice", "options": ["Fair", "Webinar"]},
            {"name": "purpose", "label": "Purpose", "type": "long_text"},
        ]},
        {"title": "Money and proof", "fields": [
            {"name": "was", "label": "Earlier budget", "type": "earlier", "shows": "usd", "copy_from": "first.total"},
            {"name": "price", "label": "Price", "type": "usd"},
            {"name": "costs", "label": "Costs", "type": "rows", "of": ROWS, "copy_from": "first.budget"},
            {"name": "total", "label": "Total", "type": "computed", "computed": "sum_usd(costs, 'amount', 'used')"},
            {"name": "materials", "label": "Materials", "type": "rows",
             "fixed": [{"material": "Invoices", "required": True}, {"material": "Summary", "template": "Summary form"}],
             "of": [{"name": "material", "label": "Material Type"},
                    {"name": "files", "label": "Attachment", "type": "files", "files": {"most": 2}},
                    {"name": "about", "label": "About"}]},
            {"name": "agreed", "label": "I agree to the Payment Agreement", "type": "agreement", "required": True,
             "agreement": "pay"},
        ]},
    ],
})  # fmt: skip
FIRST = {
    "first": {"starts_on": "2026-05-21", "total": "7500", "budget": [{"item": "Venue", "used": True, "amount": "100"}]}
}
COMPLETE: dict[str, Any] = {
    "name": "Riga Cloud Day", "people": 120, "agreed": "2",
    "costs": [{"item": "Venue", "used": True, "amount": "100.00"}],
    "materials": [{"files": [{"sha256": "a", "name": "a.pdf", "size": 10}]}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def dialogs_know_who_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test runner has no cookies."""
    monkeypatch.setattr("dashboard.parts.dialog.acting_person", nullcontext)


def press(test: AppTest, label: str) -> AppTest:
    """Press the button with these words."""
    found = next(button for button in test.button if button.label == label).click().run()
    assert not found.exception
    return found


def write(test: AppTest, label: str, value: Any) -> AppTest:
    """Type into the input with this label."""
    inputs = [*test.text_input, *test.text_area, *test.date_input, *test.radio, *test.selectbox]
    found = next(each for each in inputs if each.label in (label, f"{label} *")).set_value(value).run()
    assert not found.exception
    return found


@pytest.mark.meets("BEN-COM-03", "BEN-COM-05")
def test_what_is_typed_is_kept_at_once_and_comes_back():
    desk = FakeDesk(FORM)
    test = wizard_page(desk)
    assert "Kept as you type" in texts(test)
    write(test, "Activity Name", "Riga Cloud Day")
    assert (desk.data, desk.step, desk.saves) == ({"name": "Riga Cloud Day"}, 0, 1)
    assert "Saved " in texts(test)
    write(test, "Purpose", "x" * 1001)
    assert "1,001/1,000" in texts(test)
    assert "Purpose: 1,001/1,000 characters; shorten it." in texts(test)
    assert wizard_page(FakeDesk(FORM, desk.data)).text_input[0].value == "Riga Cloud Day"
    assert desk.saves == 2


def test_the_time_of_saving_is_said_in_the_business_zone():
    desk = FakeDesk(FORM, {"name": "x"}, saved_at=datetime(2026, 7, 16, 6, 2, tzinfo=UTC))
    assert "Jul 16, 2026 14:02 (GMT+08:00)" in texts(wizard_page(desk))


@pytest.mark.meets("BEN-COM-03")
def test_a_required_field_left_empty_blocks_next_and_is_said_at_its_place():
    desk = FakeDesk(FORM)
    test = wizard_page(desk)
    assert "Fill in: Activity Name." not in texts(test)
    press(test, "Next: money and proof")
    assert "2 things to put right in this step" in texts(test)
    assert "Fill in: Activity Name." in texts(test)
    assert test.query_params.get("step") is None
    write(test, "Activity Name", "Riga")
    write(test, "Participants", "1,200")
    press(test, "Next: money and proof")
    assert test.query_params["step"] == "2"
    assert (desk.data, desk.step) == ({"name": "Riga", "people": 1200}, 1)
    assert [button.label for button in test.button if button.label == "Previous"] == ["Previous"]
    press(test, "Previous")
    assert test.text_input[1].value == "1,200"


def test_what_is_typed_and_left_by_the_same_click_is_kept_and_shown_again():
    desk = FakeDesk(FORM, {"name": "Riga", "people": 5})
    test = wizard_page(desk)
    test.text_input[1].set_value("1400")
    press(test, "Next: money and proof")
    assert (desk.data["people"], desk.step) == (1400, 1)
    press(test, "Previous")
    assert test.text_input[1].value == "1,400"
    assert test.text_input[1].proto.set_value  # else a browser shows it empty


def test_what_is_no_number_stays_as_it_was_typed_and_is_told():
    desk = FakeDesk(FORM, {"name": "Riga", "people": 5})
    test = write(wizard_page(desk), "Participants", "about 120")
    assert desk.data["people"] == "about 120"
    assert "Participants: write a whole number." in texts(test)
    assert press(test, "Next: money and proof").text_input[1].value == "about 120"


def test_fields_come_and_go_by_their_conditions_and_earlier_values_begin_them():
    desk = FakeDesk(FORM, earlier=FIRST)
    test = wizard_page(desk)
    assert str(test.date_input[0].value) == "2026-05-21"
    assert desk.data == {"starts_on": "2026-05-21"}
    assert "Reason *" not in [each.label for each in test.text_input]
    write(test, "Late", "Yes")
    write(test, "Reason", "The hall was free at short notice")
    write(test, "Late", "No")
    assert "Reason *" not in [each.label for each in test.text_input]
    assert write(test, "Late", "Yes").text_input[2].value == "The hall was free at short notice"
    write(test, "Start", None)
    assert desk.data["starts_on"] is None  # emptied by hand: it stays empty
    assert wizard_page(FakeDesk(FORM, desk.data, FIRST)).date_input[0].value is None


def test_a_choice_that_is_no_longer_offered_is_shown_and_told():
    test = wizard_page(FakeDesk(FORM, {"kind": "Dinner"}))
    assert test.selectbox[0].value == "Dinner"
    assert "Kind: choose one of Fair, Webinar." in texts(test)


def test_rows_are_copied_added_up_and_judged():
    desk = FakeDesk(FORM, {"name": "x", "costs": [{"item": "Design", "used": False, "amount": "many"}]}, FIRST, step=1)
    test = wizard_page(desk)
    assert "Costs, row 1: Amount: write an amount such as 8640.00." in texts(test)
    press(test, "Copy from budget")
    assert desk.data["costs"] == [
        {"item": "Design", "used": False, "amount": "many"}, {"item": "Venue", "used": True, "amount": "100"},
    ]  # fmt: skip
    assert '<div class="v">100.00' in texts(test)
    assert "7,500.00" in texts(test)  # the earlier budget, read only
    assert "Submit 100.00 USD" in [button.label for button in test.button]


@pytest.mark.meets("BEN-COM-06")
def test_files_are_checked_at_once_listed_and_taken_out():
    desk = FakeDesk(FORM, COMPLETE | {"materials": []}, step=1)
    test = wizard_page(desk)
    test.file_uploader[0].set_value(
        [("a.pdf", b"%PDF-", "application/pdf"), ("bad.pdf", b"x", "application/pdf")]
    ).run()
    assert desk.data["materials"] == [{"files": [{"sha256": "materials.files:a.pdf", "name": "a.pdf", "size": 5}]}]
    assert 'The content of "bad.pdf" is not that of a pdf file.' in texts(test).replace("&quot;", '"')
    assert 'href="/files/materials.files:a.pdf"' in texts(test)
    assert "Summary form" in texts(test)
    press(test, "Remove")
    assert desk.data["materials"] == [{"files": []}]
    write(test, "About", "paid in May")
    assert desk.data["materials"] == [{"files": [], "about": "paid in May"}]


def test_an_agreement_is_read_then_accepted_and_a_new_version_is_read_again():
    desk = FakeDesk(FORM, COMPLETE | {"agreed": "1"}, step=1)
    test = wizard_page(desk)
    assert "there is version 2 now. Read and accept it." in texts(test)
    press(test, "Read and accept")
    assert "For the activity and nothing else." in texts(test)
    assert desk.data["agreed"] == "1"
    press(test, "I have read and agree to version 2")
    assert desk.data["agreed"] == "2"
    assert "I agree to the Payment Agreement (version 2)" in texts(test)
    press(press(test, "Read again"), "Withdraw")
    assert desk.data["agreed"] is None


@pytest.mark.meets("BEN-MDA-05")
def test_it_asks_once_and_sends():
    desk = FakeDesk(FORM, COMPLETE, step=1)
    test = press(wizard_page(desk), "Submit 100.00 USD")
    assert "It goes to the reviewers." in texts(test)
    press(test, "Not yet")
    assert "It goes to the reviewers." not in texts(test)
    assert desk.sent is None
    press(test, "Submit 100.00 USD")
    [button for button in test.button if button.label == "Submit 100.00 USD"][-1].click().run()
    assert desk.sent == COMPLETE
    assert "It was sent." in texts(test)


def test_submit_names_every_step_with_something_to_mend_and_leads_there():
    desk = FakeDesk(FORM, COMPLETE | {"name": "", "people": "x", "materials": []}, step=1)
    test = press(wizard_page(desk), "Submit 100.00 USD")
    assert "It goes to the reviewers." not in texts(test)
    assert "1 thing to put right in this step" in texts(test)
    assert "Materials, Invoices: Attach a file: Attachment." in texts(test)
    press(test, "2 things to put right in step 1: Activity plan")
    assert test.query_params["step"] == "1"
    assert "Fill in: Activity Name." in texts(test)


def test_what_a_reviewer_will_check_is_shown_while_typing_and_stands_in_the_way():
    def judge(data: Any) -> list[Finding]:
        good = data.get("name") == "Riga Cloud Day"
        return [
            Finding(
                "N-1", "Name is new", Verdict.PASSED if good else Verdict.FIX, "There is one like it.", "/x", "name"
            ),
            Finding("N-2", "Not at a holiday", Verdict.LOOK, "May 1 is one."),
            Finding("N-3", "Invoices", Verdict.LATER, "Checked in step 2"),
        ]

    desk = FakeDesk(FORM, COMPLETE | {"name": "Riga"}, judge=judge)
    test = wizard_page(desk, step="1")
    shown_now = texts(test)
    assert "What a reviewer will check" in shown_now
    for words in ("Name is new", ">Fix<", ">Look<", ">Later<", 'href="/x"', "There is one like it."):
        assert words in shown_now
    press(wizard := wizard_page(desk, step="2"), "Submit 100.00 USD")
    assert desk.sent is None
    assert "1 thing to put right in step 1: Activity plan" in [button.label for button in wizard.button]
    write(test, "Activity Name", "Riga Cloud Day")
    assert ">Passed<" in texts(test)


def test_a_refusal_stands_at_its_field_and_nothing_is_lost():
    desk = FakeDesk(FORM, COMPLETE, step=1)
    test = press(wizard_page(desk), "Submit 100.00 USD")
    desk.refuses = [Refused([Problem("Q-1", "The quota was used up.", "total"), Problem("Q-2", "Ask again.")])]
    [button for button in test.button if button.label == "Submit 100.00 USD"][-1].click().run()
    assert "Ask again. (Q-2)" in texts(test)
    assert desk.sent is None
    assert desk.data == COMPLETE


def test_what_cannot_be_saved_stays_on_the_page_and_is_tried_again():
    desk = FakeDesk(FORM, {"people": 5}, refuses=[NotAllowed("Your role changed.")])
    test = write(wizard_page(desk), "Activity Name", "Riga")
    assert "Not saved yet" in texts(test)
    assert "Not saved: Your role changed." in texts(test)
    assert test.text_input[0].value == "Riga"
    assert desk.data == {"people": 5}
    write(test, "Participants", "6")
    assert desk.data == {"people": 6, "name": "Riga"}
    assert "Not saved" not in texts(test)


def test_what_two_people_type_in_different_fields_is_put_together():
    desk = FakeDesk(FORM, {"name": "Riga"})
    test = wizard_page(desk)
    desk.someone_saves(purpose="typed by Marta")
    write(test, "Participants", "5")
    assert desk.data == {"name": "Riga", "purpose": "typed by Marta", "people": 5}
    assert "Marta Kask changed this form meanwhile. What you both typed was put together." in texts(test)
    assert test.text_area[0].value == "typed by Marta"


def test_a_save_that_comes_too_late_is_told_and_both_are_kept():
    desk = FakeDesk(FORM, {"name": "Riga"}, refuses=[ChangedMeanwhile("Marta Kask saved this form at 14:02.")])
    test = write(wizard_page(desk), "Participants", "5")
    assert desk.data == {"name": "Riga", "purpose": "typed by Marta", "people": 5}
    assert "Marta Kask changed this form meanwhile." in texts(test)


@pytest.mark.parametrize(
    ("choice", "kept"), [("Keep what is typed here", "typed here"), ("Take what was saved", "typed by Marta")]
)
def test_what_both_changed_stands_side_by_side_until_one_is_chosen(choice: str, kept: str):
    desk = FakeDesk(FORM, {"name": "Riga", "purpose": "before"})
    test = wizard_page(desk)
    desk.someone_saves(purpose="typed by Marta", people=7)
    write(test, "Purpose", "typed here")
    assert "<td>Purpose</td><td>typed by Marta</td><td>typed here</td>" in texts(test)
    assert desk.data["purpose"] == "typed by Marta"
    assert test.text_area[0].value == "typed here"
    write(test, "Activity Name", "Riga Cloud Day")
    assert desk.data["name"] == "Riga"  # nothing is saved until one is chosen
    press(test, choice)
    assert desk.data == {"name": "Riga Cloud Day", "purpose": kept, "people": 7}
    assert test.text_area[0].value == kept
    assert "Not saved yet" not in texts(test)


@pytest.mark.parametrize(("form", "steps"), [("application", 3), ("reimbursement", 4), ("invoicing", 1)])
def test_every_step_of_the_mdf_forms_is_drawn(form: str, steps: int):
    load()
    shape = built_in()["mdf"].forms[form]
    assert len(shape.steps) == steps
    budget = [{"item": "Venue", "mdf_used": True, "amount": "7500"}]
    desk = FakeDesk(shape, earlier={"application": {"budget": budget, "budget_mdf": "7500", "leads": 6}})
    for step in range(steps):
        test = wizard_page(desk, step=str(step + 1))
        assert not test.exception
        if steps > 1:
            assert f'<ol class="steps" aria-label="Step {step + 1} of {steps}">' in texts(test)


@pytest.mark.parametrize(
    ("kind", "typed", "held", "again"),
    [
        ("usd", "8,640.5", "8640.50", "8,640.50"), ("usd", " 8640 ", "8640.00", "8,640.00"),
        ("usd", "8.640,00", "8.640,00", "8.640,00"), ("usd", "1.005", "1.005", "1.005"),
        ("usd", "1,5", "1,5", "1,5"), ("usd", "many", "many", "many"), ("usd", "-5", "-5", "-5"), ("usd", "", "", ""),
        ("count", "1,200", 1200, "1,200"), ("count", "1.5", "1.5", "1.5"), ("count", "007", 7, "7"),
        ("text", " Riga ", "Riga", "Riga"), ("long_text", " a\n", " a\n", " a\n"), ("yes_no", "No", False, "No"),
        ("yes_no", None, None, None), ("choice", "Fair", "Fair", "Fair"),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_and_shown_without_changing_its_meaning(kind: str, typed: Any, held: Any, again: Any):
    field = Field.model_validate({"name": "x", "label": "X", "type": kind})
    assert read(field, typed) == held
    assert shown(field, held) == again
    assert read(field, again) == held


def test_the_grid_gives_rows_back_as_they_went_in():
    columns = Form.model_validate({"title": "x", "steps": [{"title": "y", "fields": [
        {"name": "r", "label": "R", "type": "rows", "of": [
            *ROWS, {"name": "n", "label": "N", "type": "count"}, {"name": "on", "label": "On", "type": "date"},
            {"name": "was", "label": "Was", "type": "earlier", "shows": "usd", "copy_from": "a.b.c"}]},
    ]}]}).fields()[0].of  # fmt: skip
    base = [
        {"item": "Venue", "amount": "6100.10", "n": 3, "on": "2026-05-21", "was": "5"},
        {"amount": "many"},
        {"item": "x"},
    ]
    grid = frame(columns, base)
    assert grid["amount"].tolist()[0] == 6100.1
    assert grid["was"].tolist()[0] == 5.0
    assert grid["amount"].isna().tolist() == [False, True, True]
    assert edited(columns, base, {"edited_rows": {}, "added_rows": [], "deleted_rows": []}) == base
    done = {
        "edited_rows": {"0": {"amount": 0.1, "used": True}, 1: {"item": "Ads", "n": 4.0, "was": 9}},
        "added_rows": [{"item": "New", "amount": 100, "on": "2026-05-22"}, {"amount": 1.005, "used": None}],
        "deleted_rows": [2],
    }
    assert edited(columns, base, done) == [
        {"item": "Venue", "amount": "0.10", "n": 3, "on": "2026-05-21", "was": "5", "used": True},
        {"amount": "many", "item": "Ads", "n": 4},
        {"item": "New", "amount": "100.00", "on": "2026-05-22"}, {"amount": "1.005", "used": None},
    ]  # fmt: skip
    largest = Decimal("99999999.99")
    assert edited(columns, [], {"added_rows": [{"amount": float(largest)}]}) == [{"amount": str(largest)}]


def test_a_grid_stays_the_same_grid_while_rows_are_added_to_it():
    """A grid of another identity begins anew in the browser: what is being typed into its new row would be lost."""
    test = wizard_page(FakeDesk(FORM), step="2")
    before = test.dataframe[0].proto.id
    test.session_state["case:work"].put("costs", [{"used": False}])
    assert test.run().dataframe[0].proto.id == before


def test_words_of_a_definition_are_no_markup():
    assert marked("a*b_c [x](y) $5: <b>") == r"a\*b\_c \[x\](y) \$5\: \<b\>"


def test_what_a_broken_run_did_not_come_to_is_left_to_whoever_types_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change breaks off the run that is under way; the next run must not give the inputs behind it a value again."""
    monkeypatch.setattr(st, "session_state", {"name": "Trade", "people": "4", "kind": None})
    work = Work("case", {}, {}, 0, None)

    def run(*names: str, whole: bool = True) -> list[str]:
        work.begin_drawing()
        anew = [name for name in names if work.draws(name)]
        if whole:
            work.end_drawing()
        return anew

    assert run("name", "people", "kind") == ["name", "people", "kind"]
    assert run("name", "people", "kind") == []
    assert run("name", whole=False) == []
    assert run(whole=False) == []
    assert run("name", "people", "kind") == []
    assert run("name", "kind") == []
    assert run("name", "people", "kind") == ["people"]  # it was away for a whole run

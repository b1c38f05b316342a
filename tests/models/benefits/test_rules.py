"""The rules of MDF by tables of cases: the guide's own figures, and the days on both sides of every boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.applications.types import shipped
from models.benefits import rules
from models.benefits.rules import Activity, Gates, Item, MaterialTerms, SimilarTerms
from models.core.calendars import WorkingCalendar
from models.engines.workflow.findings import Finding, Verdict

CALENDAR = WorkingCalendar("CN")
PASSED, LOOK, FIX, LATER = Verdict.PASSED, Verdict.LOOK, Verdict.FIX, Verdict.LATER
PARAMETERS = shipped("mdf").parameters
USUAL = Gates(authenticated=True, growth_plan=False, bills_paid=False)


def usd(amount: str) -> Decimal:
    return Decimal(amount)


# ---- gates ----


@pytest.mark.meets("BEN-COM-11")
@pytest.mark.parametrize(
    ("gates", "authenticated", "paid"),
    [
        (USUAL, PASSED, PASSED),
        (replace(USUAL, authenticated=False), FIX, PASSED),
        (replace(USUAL, growth_plan=True), PASSED, FIX),
        (replace(USUAL, growth_plan=True, bills_paid=True), PASSED, PASSED),
        (Gates(authenticated=False, growth_plan=True, bills_paid=False), FIX, FIX),
    ],
)
def test_gates_refuse_with_a_link_to_where_they_are_opened(gates: Gates, authenticated: Verdict, paid: Verdict) -> None:
    found = rules.authentication(gates, page="business-information"), rules.paid_bills(gates, page="repayment")
    assert [finding.verdict for finding in found] == [authenticated, paid]
    assert [finding.link for finding in found] == [
        "business-information" if authenticated is FIX else "", "repayment" if paid is FIX else "",
    ]  # fmt: skip


# ---- the application ----


def lead(starts_on: date | None, today: date, reason: str = "") -> Finding:
    return rules.lead_time(
        starts_on, today=today, workdays=PARAMETERS["apply_before_workdays"], late_reason=reason, calendar=CALENDAR
    )


def test_a_start_in_a_far_year_is_not_counted_day_by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "whole_workdays_between", lambda *_: pytest.fail("counted"))
    found = lead(date(9999, 12, 31), date(2026, 7, 6))
    assert (found.verdict, found.text) == (PASSED, "More than a year ahead.")


@pytest.mark.meets("BEN-MDA-02", "BEN-TMR-09")
@pytest.mark.parametrize(
    ("today", "starts_on", "ahead", "verdict"),
    [
        (date(2026, 7, 6), date(2026, 7, 20), 9, FIX),  # Monday to Monday, neither of them counts
        (date(2026, 7, 6), date(2026, 7, 21), 10, PASSED),
        (date(2026, 7, 4), date(2026, 7, 20), 10, PASSED),  # sent on a Saturday
        (date(2026, 7, 6), date(2026, 7, 7), 0, FIX),
        (date(2026, 9, 21), date(2026, 10, 8), 6, FIX),  # Sep 25 and Oct 1 to 7 are holidays
        (date(2026, 9, 21), date(2026, 10, 13), 9, FIX),
        (date(2026, 9, 21), date(2026, 10, 14), 10, PASSED),
    ],
)
def test_ten_whole_working_days_before_the_activity(today: date, starts_on: date, ahead: int, verdict: Verdict) -> None:
    assert rules.whole_workdays_between(today, starts_on, CALENDAR) == ahead
    assert lead(starts_on, today).verdict is verdict


@pytest.mark.meets("BEN-MDA-02", "BEN-TMR-09")
def test_a_late_application_needs_a_reason_that_the_reviewer_reads() -> None:
    late = lead(date(2026, 7, 20), date(2026, 7, 6), "  ")
    assert (late.code, late.verdict, late.field) == ("MDA-LEAD", FIX, "late_reason")
    assert late.text == "9 working days ahead, 10 asked for. Say why the application comes so late."
    told = lead(date(2026, 7, 20), date(2026, 7, 6), "The venue moved our date.")
    assert (told.verdict, told.text) == (
        LOOK, "9 working days ahead, 10 asked for. Reason given: The venue moved our date.",
    )  # fmt: skip


@given(first=st.dates(date(2024, 1, 1), date(2027, 12, 31)), days=st.integers(-3, 60))
def test_whole_days_never_hold_the_first_or_the_last(first: date, days: int) -> None:
    last = date.fromordinal(first.toordinal() + days)
    counted = [n for n in range(first.toordinal() + 1, last.toordinal()) if CALENDAR.works_on(date.fromordinal(n))]
    assert rules.whole_workdays_between(first, last, CALENDAR) == len(counted)


@pytest.mark.meets("BEN-MDA-02")
@pytest.mark.parametrize(
    ("starts_on", "ends_on", "verdict", "field"),
    [
        (date(2026, 7, 7), date(2026, 7, 7), PASSED, ""),
        (date(2026, 7, 6), date(2026, 7, 9), FIX, "starts_on"),
        (date(2026, 6, 1), date(2026, 6, 2), FIX, "starts_on"),
        (date(2026, 8, 4), date(2026, 8, 3), FIX, "ends_on"),
        (None, date(2026, 8, 3), LATER, "starts_on"),
        (date(2026, 8, 3), None, LATER, "starts_on"),
    ],
)
def test_applications_are_made_before_the_activity(
    starts_on: date | None, ends_on: date | None, verdict: Verdict, field: str
) -> None:
    found = rules.activity_dates(starts_on, ends_on, today=date(2026, 7, 6))
    assert (found.verdict, found.field) == (verdict, field)


@pytest.mark.meets("BEN-MDA-03")
@pytest.mark.parametrize(
    ("amount", "left", "verdict"),
    [("100.00", "100.00", PASSED), ("100.01", "100.00", FIX), ("0.01", "0.00", FIX), ("100.00", "10000.00", PASSED)],
)
def test_the_quota_covers_the_amount_with_mdf_used(amount: str, left: str, verdict: Verdict) -> None:
    assert rules.quota_for_application(usd(amount), usd(left)).verdict is verdict


@pytest.mark.meets("BEN-MDA-03")
def test_a_short_quota_names_who_can_raise_it() -> None:
    assert rules.quota_for_application(usd("12000"), usd("9910")).text == (
        "Amount with MDF Used is 12,000.00 USD, 9,910.00 USD of the MDF quota is available. "
        "Ask your ecosystem manager to increase the quota, then try again."
    )


def test_an_application_asks_for_something() -> None:
    assert [rules.budgeted(amount).verdict for amount in (None, usd("0"), usd("0.01"))] == [LATER, FIX, PASSED]


# ---- the claim ----


@pytest.mark.parametrize(("ended_on", "verdict"), [(6, PASSED), (7, PASSED), (8, FIX)])
def test_only_what_took_place_is_claimed(ended_on: int, verdict: Verdict) -> None:
    found = rules.has_taken_place(date(2026, 7, ended_on), today=date(2026, 7, 7))
    assert (found.verdict, found.text[-13:].strip(" .")) == (verdict, f"Jul 0{ended_on}, 2026")


@pytest.mark.meets("BEN-MDR-02", "BEN-TMR-10")
@pytest.mark.parametrize(
    ("today", "attached", "verdict"),
    [
        (date(2026, 3, 30), False, Verdict.LATER),  # not over yet
        (date(2026, 3, 31), False, PASSED),
        (date(2026, 6, 29), False, PASSED),  # day 90
        (date(2026, 6, 30), False, FIX),  # day 91
        (date(2026, 6, 30), True, LOOK),
        (date(2027, 6, 30), True, LOOK),
    ],
)
def test_a_claim_after_ninety_days_needs_the_approval_email(today: date, attached: bool, verdict: Verdict) -> None:
    found = rules.claimed_in_time(
        date(2026, 3, 31), today=today, days=PARAMETERS["claim_within_days"], approval_attached=attached
    )
    assert (found.code, found.verdict) == ("MDR-LATE", verdict)


@pytest.mark.meets("BEN-MDR-02")
def test_a_late_claim_says_what_is_missing_and_who_has_it() -> None:
    found = rules.claimed_in_time(date(2026, 3, 31), today=date(2026, 6, 30), days=90, approval_attached=False)
    assert (found.field, found.text) == (
        "late_approval",
        "Ended Mar 31, 2026; today is day 91. Attach the email with the approval comments of the vendor's "
        "Budget Management Department; your ecosystem manager has it.",
    )


@pytest.mark.meets("BEN-MDR-05")
@pytest.mark.parametrize(
    ("claimed", "left", "reserved", "verdict"),
    [
        ("0.00", "0.00", "0.00", PASSED),  # the guide's example claims nothing
        ("7500.00", "0.00", "7500.00", PASSED),  # a full quota is no obstacle to one's own reservation
        ("7500.01", "0.00", "7500.00", FIX),
        ("8640.00", "9910.00", "9000.00", PASSED),
        ("18910.01", "9910.00", "9000.00", FIX),
    ],
)
def test_a_claim_is_measured_against_what_is_left_and_its_own_reservation(
    claimed: str, left: str, reserved: str, verdict: Verdict
) -> None:
    assert rules.quota_for_claim(usd(claimed), left=usd(left), reserved=usd(reserved)).verdict is verdict


@pytest.mark.parametrize(
    ("claimed", "verdict", "text"),
    [
        ("8640.00", PASSED, "360.00 USD under the approved 9,000.00 USD."),
        ("9000.00", PASSED, "Exactly the approved 9,000.00 USD."),
        ("9000.01", LOOK, "9,000.01 USD is 0.01 USD above the approved 9,000.00 USD."),
    ],
)
def test_more_than_approved_is_a_warning(claimed: str, verdict: Verdict, text: str) -> None:
    found = rules.within_approved(usd(claimed), usd("9000"))
    assert (found.verdict, found.text) == (verdict, text)


BUDGET = [Item("Venue", True, usd("3600")), Item("Speakers and travel", True, usd("2400")),
          Item("Catering", False, usd("900"))]  # fmt: skip


@pytest.mark.parametrize(
    ("expenses", "percent", "verdict", "text"),
    [
        ([Item("Venue", True, usd("3480"))], "0", PASSED, ""),
        ([Item("speakers and travel ", True, usd("1250")), Item("Speakers and travel", True, usd("1400"))], "0", LOOK,
         "speakers and travel +10.4 %"),
        ([Item("Speakers and travel", True, usd("2650"))], "10.5", PASSED, ""),
        ([Item("Catering", False, usd("9000"))], "0", PASSED, ""),  # MDF does not pay for it
        ([Item("Catering", True, usd("10"))], "0", LOOK, "Catering: not in the budget"),
    ],
)  # fmt: skip
def test_an_item_over_its_budget_is_a_warning(expenses: list[Item], percent: str, verdict: Verdict, text: str) -> None:
    found = rules.items_over_budget(BUDGET, expenses, percent=usd(percent))
    assert found.verdict is verdict
    assert found.text == (f"{text}. Say why below; the reviewer reads it." if text else "")


def test_the_reason_for_an_item_over_its_budget_is_shown() -> None:
    over = [Item("Venue", True, usd("4000"))]
    found = rules.items_over_budget(BUDGET, over, percent=usd("0"), reason="A larger hall.")
    assert found.text == "Venue +11.1 %. Reason given: A larger hall."


MATERIALS = MaterialTerms(PARAMETERS["required_materials"], PARAMETERS["invoice_material"])
PROVEN = {"Third-Party Invoices": 2, "Activity Summary Report": 1, "Ads Photos": 18}


@pytest.mark.meets("BEN-MDR-06")
@pytest.mark.parametrize(
    ("files", "items", "verdict", "text"),
    [
        (PROVEN, 2, PASSED, "21 files attached."),
        ({}, 0, PASSED, "No item uses MDF."),
        ({}, 1, FIX, "Attach: Third-Party Invoices, Activity Summary Report."),
        (PROVEN | {"Third-Party Invoices": 0}, 1, FIX, "Attach: Third-Party Invoices."),
        (PROVEN, 3, LOOK, "3 items with MDF used, 2 files under Third-Party Invoices. "
                          "Say in the description which file proves which item."),
    ],
)  # fmt: skip
def test_what_mdf_pays_is_proven(files: dict[str, int], items: int, verdict: Verdict, text: str) -> None:
    expenses = [Item(f"Item {n}", True, usd("10")) for n in range(items)] + [Item("Own", False, usd("99"))]
    found = rules.materials_attached(files, expenses, MATERIALS)
    assert (found.verdict, found.text) == (verdict, text)


# ---- similar activities ----

RIGA = Activity("MDF-2026-0418", "Baltic Cloudworks", "Riga Cloud Day 2026", "Hanzas perons, Hanzas iela 16a, Riga",
                date(2026, 5, 21), date(2026, 5, 22))  # fmt: skip
TERMS = SimilarTerms(
    PARAMETERS["similar_name_percent"], PARAMETERS["similar_address_percent"], PARAMETERS["similar_within_days"]
)


@pytest.mark.meets("BEN-MDA-04")
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"number": "MDF-2026-0401"}, "same name and venue"),
        ({"name": "Cloud Day Riga, 2026!", "address": "Skanstes 21, Riga"}, "same name"),
        ({"name": "Breakfast for bankers"}, "same venue"),
        ({"name": "Breakfast for bankers", "partner": "Meridian ICT"}, "same venue"),
        ({"starts_on": date(2026, 6, 5), "ends_on": date(2026, 6, 5)}, "same name and venue"),  # 14 days later
        ({"starts_on": date(2026, 6, 6), "ends_on": date(2026, 6, 6)}, None),
        ({"starts_on": date(2026, 5, 6), "ends_on": date(2026, 5, 6)}, None),
        ({"starts_on": date(2025, 5, 21), "ends_on": date(2025, 5, 22)}, None),
        ({"name": "Vilnius AI Breakfast", "address": "Konstitucijos 20, Vilnius"}, None),
        ({"number": "MDF-2026-0418"}, None),  # itself
    ],
)
def test_activities_are_similar_by_time_and_name_or_place(changed: dict[str, object], why: str | None) -> None:
    other = replace(RIGA, **{"number": "MDF-2026-0390"} | changed)
    assert [found.why for found in rules.similar_activities(RIGA, [other], TERMS)] == ([why] if why else [])


@pytest.mark.meets("BEN-MDA-04")
def test_similar_activities_warn_and_never_refuse() -> None:
    others = [replace(RIGA, number=f"MDF-2026-{n:04d}", name=f"Riga Cloud Day {n}") for n in range(2023, 2028)]
    found = rules.similarity(rules.similar_activities(RIGA, others, TERMS))
    assert found.verdict is LOOK
    assert found.text.startswith("MDF-2026-2026 Riga Cloud Day 2026 (same name and venue); ")
    assert found.text.endswith(" and 2 more. Check that this is not the same activity.")
    assert rules.similarity([]).verdict is PASSED


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_a_per_cent(one: str, other: str) -> None:
    assert 0 <= rules.alike(one, other) <= 100
    assert rules.alike(one, one) in (0, 100)

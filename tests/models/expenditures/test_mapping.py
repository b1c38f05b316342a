"""The table of rules: what each kind of line becomes, the same in SQL as in Python, and what the guide says of it."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import duckdb
import pytest
import yaml

from models.expenditures import line_sql, mapping
from models.expenditures.mapping import FocusMapping, case_sql, focus_mapping
from models.expenditures.rules import Result, amount_problem
from tests.support import ROOT

GUIDE = (ROOT / "docs" / "guide" / "imports.md").read_text(encoding="utf-8")


def row(category: str = "Usage", **given: str | None) -> dict[str, str | None]:
    return {"ChargeCategory": category, **given}


@pytest.mark.parametrize(
    ("line", "cost", "expected"),
    [
        (row("Tax"), "1", "tax"), (row("tax"), "-1", "tax"), (row("Credit"), "-1", "credit"),
        (row("Adjustment"), "1", "adjustment"), (row("Usage"), "1", "expenditure"), (row("Usage"), "-1", "expenditure"),
        (row("Usage", ChargeClass="Correction"), "-1", "refund"),
        (row("Usage", ChargeClass="Correction"), "1", "adjustment"),
        (row("Purchase", ChargeClass="Correction"), "0", "adjustment"),
        (row("Purchase"), "-0.000000000001", "refund"), (row("Purchase"), "1", "expenditure"),
        (row("Credit", ChargeClass="Correction"), "-1", "credit"),
    ],
)  # fmt: skip
def test_the_bill_type_of_a_line(line, cost, expected):
    assert mapping.bill_type(line, Decimal(cost)) == expected


ID = {"CommitmentDiscountId": "ri-1"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (row("Usage"), "pay_per_use"), (row("Usage", ChargeFrequency="Usage-based"), "pay_per_use"),
        (row("Usage", **ID), "reserved_hourly"),
        (row("Usage", **ID, CommitmentDiscountCategory="Usage"), "reserved_hourly"),
        (row("Usage", **ID, CommitmentDiscountCategory="Spend"), "savings_plan"),
        (row("Usage", PricingCategory="committed"), "reserved_hourly"),
        (row("Purchase", **ID, ChargeFrequency="One-Time"), "reserved_upfront"),
        (row("Purchase", PricingCategory="Committed", ChargeFrequency="one-time"), "reserved_upfront"),
        (row("Purchase", **ID, ChargeFrequency="Recurring"), "reserved_hourly"),
        (row("Purchase", **ID, ChargeFrequency="One-Time", CommitmentDiscountCategory="Spend"), "savings_plan"),
        (row("Purchase", ChargeFrequency="Recurring"), "yearly_monthly"),
        (row("Purchase", ChargeFrequency="Usage-Based"), "pay_per_use"),
        (row("Purchase", ChargeFrequency="One-Time"), "one_time"), (row("Purchase"), "one_time"),
        (row("Tax"), "one_time"), (row("Credit", ChargeFrequency="Recurring"), "one_time"),
    ],
)  # fmt: skip
def test_the_billing_mode_of_a_line(line, expected):
    assert mapping.billing_mode(line, Decimal(1)) == expected


VALUES: dict[str, list[str | None]] = {
    "ChargeCategory": ["Usage", "purchase", "Tax", "CREDIT", "Adjustment"],
    "ChargeClass": [None, "Correction"],
    "ChargeFrequency": [None, "One-Time", "recurring", "Usage-Based"],
    "PricingCategory": [None, "Standard", "Committed"],
    "CommitmentDiscountId": [None, "ri-1"],
    "CommitmentDiscountCategory": [None, "Spend", "Usage"],
    "BilledCost": ["-1", "0", "1"],
}


@pytest.mark.parametrize("missing", [None, "ChargeClass", "PricingCategory", "CommitmentDiscountId", "ChargeFrequency"])
def test_sql_and_python_agree_on_every_combination(missing):
    names = [name for name in VALUES if name != missing]
    rows = [dict(zip(names, values, strict=True)) for values in product(*(VALUES[name] for name in names))]
    texts = {name: name for name in names}
    rules = focus_mapping()
    connection = duckdb.connect()
    columns = ", ".join(f"{name} VARCHAR" for name in names)
    connection.execute(f"CREATE TABLE line ({columns})")
    connection.executemany(f"INSERT INTO line VALUES ({', '.join('?' * len(names))})", [[*r.values()] for r in rows])
    cost = "CAST(BilledCost AS DECIMAL(38, 12))"
    found = connection.execute(
        f"SELECT {case_sql(rules.bill_type, texts, cost)}, {case_sql(rules.billing_mode, texts, cost)} FROM line"
        " ORDER BY rowid"
    ).fetchall()
    assert found == [
        (str(mapping.bill_type(r, Decimal(r["BilledCost"]))), str(mapping.billing_mode(r, Decimal(r["BilledCost"]))))
        for r in rows
    ]


NUMBERS = [
    "0", "-0", "1", "-1.50", "0.000000000001", "0.0000000000010000", "0.0000000000011", "999999999999999999",
    "999999999999999999.999999999999", "1000000000000000000", "1e17", "1e18", "1E-12", "1e-13", "15e-13", "10e-13",
    "1.23456789012e-1", "1.23456789012e-2", "123456789.123456789012", "00012.50", "+7", " 7 ", ".5", "5.", ".", "",
    "-", "1,5", "1_000", "0x10", "NaN", "inf", "1e", "1e1e1", "--1", "1 2", "０", "1e-400", "0e-400", "0e+400",
    "100000000000000000000e-3", "1" + "0" * 30 + "e-20", "0." + "0" * 40, "0." + "0" * 40 + "1",
]  # fmt: skip


@pytest.mark.parametrize("places", [12, 18])
def test_sql_and_python_agree_on_what_an_exact_number_is(places):
    connection = duckdb.connect()
    connection.execute(line_sql.MACROS)
    for text in NUMBERS:
        value, reason = connection.execute(
            f"SELECT exact_{places}(?), number_reason(?, {places})", [text, text]
        ).fetchall()[0]
        expected = amount_problem(text, places)
        assert reason == expected, text
        assert value == (None if expected else Decimal(text.strip())), text


def test_a_table_that_could_leave_a_line_without_a_value_is_refused():
    rules = focus_mapping()
    with pytest.raises(ValueError, match="last rule has conditions"):
        case_sql(rules.bill_type[:-1], {name: name for name in rules.used}, "0")


def test_a_misspelt_table_is_refused_when_it_is_read():
    text = (ROOT / "models/expenditures/definitions/focus_mapping.yaml").read_text(encoding="utf-8")
    good = yaml.safe_load(text)
    for wrong in ({"bill_type": [{"give": "gift"}]}, {"unknown": 1}, {"numbers": {"quantity": {"places": 18}}}):
        with pytest.raises(ValueError, match="validation error"):
            FocusMapping.model_validate(good | wrong)


def test_the_guide_names_every_column_and_rule():
    rules = focus_mapping()
    assert [name for name in sorted(rules.used) if name not in GUIDE] == []
    assert all(category in GUIDE for category in rules.charge_categories)


def test_results_add_up_without_mixing_currencies():
    one = Result(2, 1, 1, 1, False, {"USD": Decimal("0.1")})
    two = Result(1, 1, 0, 0, True, {"USD": Decimal("0.2"), "EUR": Decimal("1e3")})
    assert (one + two).as_json() == {
        "read": 3, "accepted": 2, "rejected": 1, "unmapped": 1, "changed": True,
        "billed_cost": {"EUR": "1000", "USD": "0.3"},
    }  # fmt: skip
    assert (one + two).in_words() == (
        "2 of 3 lines accepted, 1 rejected, 1 of no known customer yet; billed cost 1000 EUR + 0.3 USD."
    )

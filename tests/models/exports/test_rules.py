"""What may stand in an exported file: masked, rounded once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.exports import rules
from models.exports.rules import ExportFormat


@pytest.mark.meets("FIN-EXP-03")
@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Cloud Customer 4", "C****4"), ("Polder Energie", "P****e"), ("华为云", "华****云"), ("Ab", "A****"),
        ("A", "A****"), ("", ""), ("  Nordlicht  ", "N****t"),
    ],
)  # fmt: skip
def test_customer_names_are_masked(name: str, masked: str):
    assert rules.masked_name(name) == masked


@pytest.mark.meets("FIN-EXP-03")
@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("q2024xy@163.com", "q2024**@163.com"), ("anna.schmidt@polder.example", "anna.**@polder.example"),
        ("bob@polder.example", "b**@polder.example"), ("x@y.example", "x**@y.example"),
        ("@y.example", "**@y.example"), ("no address", "n****s"), ("", ""),
    ],
)  # fmt: skip
def test_email_addresses_are_masked(address: str, masked: str):
    assert rules.masked_email(address) == masked


@pytest.mark.meets("FIN-EXP-03")
@pytest.mark.parametrize(
    ("number", "masked"),
    [("19300000003", "193****0003"), ("+49 170 1234567", "+49****4567"), ("12345", "1****5"), ("12", "****"), ("", "")],
)
def test_mobile_numbers_are_masked(number: str, masked: str):
    assert rules.masked_mobile(number) == masked


@pytest.mark.meets("FIN-EXP-03")
def test_addresses_within_free_text_are_masked():
    text = '{"owner": "anna.schmidt@polder.example", "env": "prod"} or bob@x.example'
    assert rules.without_addresses(text) == '{"owner": "anna.**@polder.example", "env": "prod"} or b**@x.example'


@pytest.mark.meets("FIN-MONEY-13")
@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("20.52022672899", "20.52022673"), ("0.000000005", "0.00000001"), ("-0.000000005", "-0.00000001"),
        ("0.0000000049999", "0.00000000"), ("12345678901234567890.123456789", "12345678901234567890.12345679"),
    ],
)  # fmt: skip
def test_amounts_have_eight_decimals_half_up(amount: str, shown: str):
    assert format(rules.eight_decimals(Decimal(amount)), "f") == shown


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Expenditure trend", "Expenditure trend 2026-11-24.csv"), ("a/b\\c:d*?<>|\"\n", "a b c d 2026-11-24.csv"),
        ("...", "Export 2026-11-24.csv"), ("Umsätze 华", "Umsätze 华 2026-11-24.csv"),
    ],
)  # fmt: skip
def test_file_names_are_believable_and_safe(title: str, name: str):
    assert rules.file_name(title, date(2026, 11, 24), ExportFormat.CSV) == name

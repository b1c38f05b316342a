"""Deliveries: what comes in, what a second delivery changes, and what every line becomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from models.core.actor import SYSTEM, Actor, acting_as
from models.core.errors import NotAllowed, Refused
from models.core.lake import lake
from models.core.unit_of_work import unit_of_work
from models.expenditures import service
from models.expenditures.facts import expenditure_line
from models.expenditures.rules import ImportStatus
from models.expenditures.tables import DeliveryImport
from tests.support.focus import SAMPLE, SAMPLE_TOTAL, facts, total, write_focus

pytestmark = pytest.mark.deep_on_postgresql  # what comes in lies in the lake


@pytest.fixture(autouse=True)
def operator(database: str) -> Iterator[None]:
    with acting_as(SYSTEM):
        yield


def imported(*paths: Path, source: str = "aws") -> dict[str, object]:
    return service.import_files(list(paths), source=source).as_json()


def test_the_real_sample_comes_in_exactly():
    report = {"read": 1000, "accepted": 1000, "rejected": 0, "unmapped": 1000}
    assert imported(SAMPLE) == {**report, "changed": True, "billed_cost": {"USD": "20.52022672899"}}
    assert total() == {"USD": (1000, SAMPLE_TOTAL["USD"])}
    cycles = facts("cycle, count(*), sum(expenditure)", "true GROUP BY cycle", "cycle")
    assert cycles == [
        (date(2024, 9, 1), 999, Decimal("20.280226728990")),
        (date(2024, 10, 1), 1, Decimal("0.240000000000")),
    ]


def test_the_same_content_again_changes_nothing():
    first = imported(SAMPLE)
    before = facts()
    assert imported(SAMPLE) == {**first, "changed": False}
    assert facts() == before


def test_a_delivery_whose_data_file_was_lost_is_mended_by_importing_it_again(tmp_path):
    path = write_focus(tmp_path / "a.csv")
    imported(path)
    Path(lake().scan(expenditure_line).files[0]).unlink()
    assert imported(path)["changed"] is True
    assert total() == {"USD": (1, Decimal("1.5"))}


def test_the_same_name_with_other_content_replaces_that_files_lines(tmp_path):
    old = [{"BilledCost": "1"}, {"BilledCost": "2", "BillingPeriodStart": "2026-10-01"}]
    imported(write_focus(tmp_path / "a.csv", old))
    imported(write_focus(tmp_path / "b.csv", [{"BilledCost": "100"}]))
    imported(write_focus(tmp_path / "a.csv", [{"BilledCost": "5"}]), source="azure")

    new = [{"BilledCost": "7"}, {"BilledCost": "8", "BillingPeriodStart": "2026-08-01"}]
    assert imported(write_focus(tmp_path / "a.csv", new))["billed_cost"] == {"USD": "15"}

    assert facts("source, cycle, CAST(expenditure AS INTEGER)", order="1, 3") == [
        ("aws", date(2026, 9, 1), 7), ("aws", date(2026, 8, 1), 8), ("aws", date(2026, 9, 1), 100),
        ("azure", date(2026, 9, 1), 5),
    ]  # fmt: skip


def test_another_name_adds(tmp_path):
    imported(write_focus(tmp_path / "a.csv"))
    imported(write_focus(tmp_path / "b.csv"))
    assert total() == {"USD": (2, Decimal("3"))}


def test_several_files_come_in_together_and_are_added_up(tmp_path):
    one = write_focus(tmp_path / "a.csv", [{"BilledCost": "0.1"}, {"BilledCost": "0.2", "BillingCurrency": "EUR"}])
    two = write_focus(tmp_path / "b.csv", [{"BilledCost": "0.2"}])
    assert imported(one, two) == {
        "read": 3, "accepted": 3, "rejected": 0, "unmapped": 3, "changed": True,
        "billed_cost": {"EUR": "0.2", "USD": "0.3"},
    }  # fmt: skip
    three = write_focus(tmp_path / "c.csv", [{"BilledCost": "1"}])
    assert imported(one, two, three)["billed_cost"] == {"EUR": "0.2", "USD": "1.3"}


def test_one_bad_file_keeps_the_whole_delivery_out(tmp_path):
    good, bad = write_focus(tmp_path / "a.csv"), tmp_path / "b.csv"
    bad.write_text("Name,Cost\nx,1\n")
    with pytest.raises(Refused, match=r"b\.csv is no FOCUS file"):
        imported(good, bad)
    assert facts() == []


def test_a_delivery_without_a_good_line_does_not_take_the_good_ones_away(tmp_path):
    imported(write_focus(tmp_path / "a.csv"))
    with pytest.raises(Refused, match="None of the 1 lines"):
        imported(write_focus(tmp_path / "a.csv", [{"BilledCost": "x"}]))
    assert total() == {"USD": (1, Decimal("1.5"))}


@pytest.mark.parametrize("name", ["", " aws", "a/b", "x" * 61, "a\nb"])
def test_a_source_has_a_proper_name(tmp_path, name):
    with pytest.raises(Refused, match="IMPORT-SOURCE"):
        imported(write_focus(tmp_path / "a.csv"), source=name)


def test_importing_needs_the_permission(tmp_path):
    with acting_as(Actor(None, "Ana")), pytest.raises(NotAllowed):
        imported(write_focus(tmp_path / "a.csv"))
    assert facts() == []


def test_the_import_is_in_the_history_and_leaves_no_staging(home, tmp_path):
    imported(write_focus(tmp_path / "a.csv"))
    with unit_of_work(read_only=True) as uow:
        assert uow.session.scalars(select(DeliveryImport.status)).all() == [ImportStatus.DONE]
    assert list((home / "staging").iterdir()) == []

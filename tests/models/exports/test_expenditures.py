"""Exports of the expenditure statistics: every record, exactly, within the scope, and no customer named."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.core.actor import SYSTEM, Actor
from models.core.errors import Refused
from models.core.money import round_cents
from models.core.unit_of_work import unit_of_work
from models.customers.tables import Customer
from models.expenditures import queries as expenditures
from models.expenditures.queries import Conversion, ExpenditureFilter
from models.exports import queries, service
from models.exports.producers import producer_of
from models.exports.rules import ExportFormat, ExportStatus
from tests.support.build import Build
from tests.support.facts import FactBuilder

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
ASKED = ExpenditureFilter.of(JUNE, JULY)
# Eleven decimals, as real files have: rounding each line to eight loses some of the sum.
LITTLE = "0.00000000499"


@pytest.fixture
def people(on_sqlite: str, tmp_path: Path) -> dict[str, Actor]:
    """The vendor's analyst and a partner's admin; 30 small lines each month for the partner's customer, some others."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        own, other = build.partner(), build.partner()
        polder: Customer = build.customer(own, "Polder Energie")
        alster: Customer = build.customer(other, "Alsterhafen Logistik")
        facts = FactBuilder(tmp_path)
        facts.put(
            [facts.line(date(2026, 6, day), LITTLE, polder, description="of anna.schmidt@polder.example")
             for day in range(1, 31)]
            + [facts.line(date(2026, 7, 1), "20.52022672899", polder, service_type="=Storage")]
            + [facts.line(date(2026, 7, 2), "-3.5", alster, bill_type="refund")]
            + [facts.line(date(2026, 7, 3), "7.25", None)]
            + [facts.line(date(2026, 7, 4), "1", polder, bill_type="tax")]
        )  # fmt: skip
        return {"analyst": build.actor("analyst"), "partner": build.actor("partner_admin", partner=own)}


def export(actor: Actor, kind: str, format: ExportFormat = ExportFormat.CSV, **question: Any) -> list[dict[str, str]]:
    """The records of an export, read back."""
    with unit_of_work(actor=actor) as uow:
        given = {"asked": ASKED.to_address()} | question
        task_id = service.request(uow, f"expenditures.{kind}", given, format, "Expenditures")
    service.run(task_id)
    with unit_of_work(read_only=True, actor=actor) as uow:
        row = queries.history(uow).rows[0]
        assert row.status is ExportStatus.COMPLETED, row.error
        content = b"".join(queries.download(uow, task_id).chunks())
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")))) if format is ExportFormat.CSV else []


def total(actor: Actor, asked: ExpenditureFilter = ASKED) -> Decimal:
    """What the page shows as the total."""
    with unit_of_work(read_only=True, actor=actor) as uow:
        return expenditures.overview(uow, asked).total.now


def added(records: list[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(record[column]) for record in records if record[column]), Decimal(0))


@pytest.mark.meets("FIN-EXP-01", "FIN-MONEY-13")
@pytest.mark.parametrize("who", ["analyst", "partner"])
def test_the_lines_add_up_to_the_page_exactly(who: str, people: dict[str, Actor]):
    records = export(people[who], "lines")
    assert added(records, "Expenditure (exact)") == total(people[who])
    assert round_cents(added(records, "Expenditure")) == round_cents(total(people[who]))
    assert {len(record["Expenditure"].partition(".")[2]) for record in records} == {8}


def test_a_partner_exports_its_own_lines_only(people: dict[str, Actor]):
    assert {record["Customer"] for record in export(people["partner"], "lines")} == {"P****e"}
    records = export(people["analyst"], "lines")
    assert len(records) == 33
    assert {record["Customer"] for record in records} == {"P****e", "A****k", "Unmapped"}


@pytest.mark.meets("FIN-EXP-03")
def test_lines_name_no_customer(people: dict[str, Actor]):
    records = export(people["analyst"], "lines")
    text = str(records)
    for name in ("Polder", "polder-", "Alsterhafen", "anna.schmidt"):
        assert name not in text.replace("@polder.example", "")
    assert records[0]["Description"] == "of anna.**@polder.example"
    assert records[30]["Service Type"] == "'=Storage"


@pytest.mark.parametrize("by", [*expenditures.GROUPINGS, "partner"])
def test_groups_add_up_to_the_page_exactly(by: str, people: dict[str, Actor]):
    actor = people["analyst"]
    for kind in ("distribution", "trend"):
        records = export(actor, kind, by=by)
        assert added(records, "Expenditure (exact)") == total(actor)
        assert {record["Currency"] for record in records} == {"USD"}
    assert "Polder" not in str(records) or by == "partner"


def test_a_trend_and_the_customer_list(people: dict[str, Actor]):
    months = export(people["analyst"], "trend", granularity="month")
    assert [(record["From"], record["Expenditure"]) for record in months] == [
        ("2026-06-01", "0.00000015"), ("2026-07-01", "24.27022673"),
    ]  # fmt: skip
    customers = export(people["analyst"], "customers", sort="amount")
    assert [(record["Customer"], record["Expenditure"], record["Share %"]) for record in customers] == [
        ("P****e", "20.52022688", "84.55"), ("Unmapped", "7.25000000", "29.87"), ("A****k", "-3.50000000", "-14.42"),
    ]  # fmt: skip


@pytest.mark.parametrize("format", [ExportFormat.XLSX, ExportFormat.PARQUET])
@pytest.mark.parametrize("kind", ["lines", "trend", "distribution", "customers"])
def test_every_kind_of_file_is_made(kind: str, format: ExportFormat, people: dict[str, Actor]):
    export(people["analyst"], kind, format)


def test_filters_and_conversion_are_part_of_the_question(people: dict[str, Actor]):
    asked = ExpenditureFilter.of(
        JUNE, JULY, conversion=Conversion("USD"), filters={"bill_type": ["refund"], "service_type": ["Elastic compute"]}
    )
    records = export(people["analyst"], "lines", asked=asked.to_address())
    assert [record["Expenditure"] for record in records] == ["-3.50000000"]


def test_a_question_without_a_period_is_refused(people: dict[str, Actor]):
    with unit_of_work(actor=people["analyst"]) as uow:
        for question in ({}, {"asked": {}}, {"asked": "2026"}):
            with pytest.raises(Refused, match="EXPORT-QUESTION"):
                service.request(uow, "expenditures.lines", question, ExportFormat.CSV, "x")
        with pytest.raises(Refused, match="EXPORT-GROUP"):
            service.request(
                uow, "expenditures.trend", {"asked": ASKED.to_address(), "by": "moon"}, ExportFormat.CSV, "x"
            )


@pytest.mark.meets("FIN-SEXP-05")
@pytest.mark.parametrize(
    ("kind", "question", "first", "bars", "over_time"),
    [
        ("trend", {}, ["2026-06-01", "0.00"], 2, True),
        ("trend", {"by": "service_type"}, ["2026-06-01"], 0, True),
        ("distribution", {"by": "customer"}, ["P****e", "20.52"], 3, False),
        ("customers", {}, ["P****e"], 3, False),
    ],
)
def test_tables_are_printed_with_a_picture_and_name_no_customer(
    kind: str, question: dict[str, Any], first: list[str], bars: int, over_time: bool, people: dict[str, Actor]
) -> None:
    with unit_of_work(read_only=True, actor=people["analyst"]) as uow:
        made = producer_of(f"expenditures.{kind}").open(uow, {"asked": ASKED.to_address()} | question)
    (section,) = made.sections
    by_name = sorted(section.rows, key=lambda row: row[0] != first[0])
    shown = [cell for cell in by_name[0] if cell not in ("--", "2026-04-01")]
    assert shown[: len(first)] == first
    assert (len(section.bars), section.over_time) == (bars, over_time)
    assert "Polder" not in str(section)
    assert section.note == "USD"

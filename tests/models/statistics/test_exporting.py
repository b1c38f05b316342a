"""Exports of pages of statistics: exact, of the days they were asked for, within one's scope, nobody named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.core.actor import SYSTEM
from models.core.errors import Refused
from models.core.unit_of_work import unit_of_work
from models.exports import printing, writing
from models.exports.producers import Section
from models.exports.rules import ExportFormat
from models.statistics.asks import Ask
from models.statistics.exporting import COLUMNS, PageExport, question_of
from tests.support.build import Build
from tests.support.facts import FactBuilder

D = Decimal
TODAY = date(2026, 7, 20)


@pytest.fixture
def uow(sqlite, tmp_path):
    """Two customers of two partners in May and June 2026."""
    with unit_of_work(actor=SYSTEM) as work:
        build, facts = Build(work), FactBuilder(tmp_path)
        north, harbor = build.partner("Nordlicht Systems"), build.partner("Harbor & Finch")
        bluewing, kudu = build.customer(north, "Bluewing Air Cargo"), build.customer(harbor, "Kudu Mobile Money")
        facts.put([
            facts.line(date(2026, 5, 2), "1000.10", bluewing), facts.line(date(2026, 6, 9), "20", kudu),
            facts.line(date(2026, 6, 2), "400.050000000001", bluewing),
        ])  # fmt: skip
        yield work.at(TODAY)
        work.session.rollback()


def asks() -> list[tuple[str, Ask]]:
    more = {"period": "last_month", "against": ("previous",)}
    return [
        ("Figures", Ask.of("expenditure", **more)),
        ("Who contributes most?", Ask.of("expenditure", by=("customer",), **more)),
        ("How does it move?", Ask.of("expenditure", granularity="month", period="last_3_months")),
    ]


@pytest.mark.meets("FIN-EXP-03")
def test_records_are_exact_and_name_no_customer(uow):
    produced = PageExport().open(uow, question_of(asks(), uow))
    (batch,) = produced.batches
    rows = [dict(zip((column.label for column in COLUMNS), row, strict=True)) for row in zip(*batch, strict=True)]
    first = rows[0]
    assert (first["Value"], first["Compared Value"]) == (D("420.050000000001"), D("1000.1"))
    assert first["Change"] == D("-580.049999999999")
    assert [row["Group"] for row in rows if row["Question"] == "Who contributes most?"] == ["B****o", "K****y"]
    assert [row["From"] for row in rows[3:]] == [date(2026, month, 1) for month in (5, 6)]
    assert ("Period", "June") in produced.facts
    assert not any("Bluewing" in str(cell) for row in rows for cell in row.values())
    assert not any("Bluewing" in str(section) for section in produced.sections)


def test_an_export_is_of_the_days_it_was_asked_for(uow):
    question = question_of(asks(), uow)
    later = PageExport().open(uow.at(date(2026, 9, 1)), question)
    assert next(iter(later.batches))[7][0] == D("420.050000000001")


@pytest.mark.parametrize("damaged", [{}, {"asks": []}, {"asks": "all"}, {"asks": [{"ask": {}}]}, {"asks": [1]}])
def test_a_question_that_is_none_is_refused(uow, damaged):
    with pytest.raises(Refused):
        PageExport().count(uow, damaged)


def test_every_kind_of_file_is_written_and_the_pdf_can_be_opened(uow, tmp_path: Path):
    question = question_of(asks(), uow)
    for kind in ExportFormat:
        target = tmp_path / kind.value
        produced = PageExport().open(uow, question)
        written = writing.write(kind, target, produced, writing.Cover("Ąžuolas & Söhne", tuple(produced.facts)), print)
        assert written == len(next(iter(PageExport().open(uow, question).batches))[0])
        assert target.stat().st_size > 100
    assert (tmp_path / "pdf").read_bytes().startswith(b"%PDF-")


def test_what_nobody_would_read_on_paper_is_refused(tmp_path: Path):
    rows = [("1",)] * (printing.MOST + 1)
    with pytest.raises(Refused, match="Choose CSV"):
        printing.printed(tmp_path / "file", "Much", [], [Section("All", "", ("Number",), rows)])

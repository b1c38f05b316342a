"""The three kinds of file, read back by other programs than the one that wrote them."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.exports import writing
from models.exports.producers import Column, Produced
from models.exports.rules import ColumnKind, ExportFormat

COLUMNS = (
    Column("Day", ColumnKind.DATE), Column("Charge Start", ColumnKind.INSTANT), Column("Customer", ColumnKind.NAME),
    Column("Note"), Column("Expenditure", ColumnKind.AMOUNT), Column("Expenditure (exact)", ColumnKind.EXACT),
    Column("Line", ColumnKind.NUMBER),
)  # fmt: skip
FIRST = (
    date(2026, 1, 31), datetime(2026, 1, 30, 17, tzinfo=UTC), "Polder Energie", "=cmd()", Decimal("-20.52022672899"),
    Decimal("-20.52022672899"), 1,
)  # fmt: skip
SECOND = (date(2026, 2, 1), None, None, 'two "lines",\nof text', Decimal("0E-8"), Decimal(0), 2)
TEXT = ["2026-01-31", "2026-01-31 01:00:00", "P****e", "'=cmd()", "-20.52022673", "-20.52022672899", "1"]
COVER = writing.Cover("Lines of January", (("Period", "2026-01"), ("Note", "=1+1")))


def produced(*rows: tuple[Any, ...], times: int = 1) -> Produced:
    def batches() -> Iterator[Any]:
        for _ in range(times):
            yield list(zip(*rows, strict=True))

    return Produced(COLUMNS, batches(), None)


def test_csv_opens_everywhere(tmp_path: Path):
    told: list[int] = []
    rows = writing.write(ExportFormat.CSV, tmp_path / "x", produced(FIRST, SECOND, times=2), COVER, told.append)
    assert (tmp_path / "x").read_bytes().startswith(b"\xef\xbb\xbfDay,")
    with (tmp_path / "x").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0][1] == "Charge Start (GMT+08:00)"
    assert lines[1] == TEXT
    assert lines[2] == ["2026-02-01", "", "", 'two "lines",\nof text', "0.00000000", "0", "2"]
    assert (rows, len(lines), told) == (4, 5, [2, 4])


@pytest.mark.meets("FIN-MONEY-13")
def test_xlsx_keeps_amounts_as_text_with_eight_decimals(tmp_path: Path):
    writing.write(ExportFormat.XLSX, tmp_path / "x", produced(FIRST, SECOND), COVER, lambda rows: None)
    assert list(sheets(tmp_path / "x")) == ["About", "Records"]
    assert sheets(tmp_path / "x")["Records"][1] == TEXT
    about = sheets(tmp_path / "x")["About"]
    assert about[0] == ["Lines of January"]
    assert about[1:] == [["Period", "2026-01"], ["Note", "'=1+1"], ["Records", "2"]]


def test_xlsx_fills_as_many_sheets_as_the_rows_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "SHEET_ROWS", 4)
    rows = writing.write(ExportFormat.XLSX, tmp_path / "x", produced(FIRST, SECOND, times=4), COVER, lambda rows: None)
    found = sheets(tmp_path / "x")
    assert rows == 8
    assert {name: len(found[name]) - 1 for name in found if name != "About"} == {
        "Records": 3, "Records 2": 3, "Records 3": 2,
    }  # fmt: skip
    assert found["Records 3"][0] == found["Records"][0]


def test_parquet_keeps_types(tmp_path: Path):
    writing.write(ExportFormat.PARQUET, tmp_path / "x", produced(FIRST, SECOND), COVER, lambda rows: None)
    table = pq.read_table(tmp_path / "x")
    assert table.schema.field("Expenditure").type == pa.decimal128(38, 8)
    assert table.to_pylist()[0] == {
        "Day": date(2026, 1, 31), "Charge Start": datetime(2026, 1, 30, 17, tzinfo=UTC), "Customer": "P****e",
        "Note": "=cmd()", "Expenditure": Decimal("-20.52022673"),
        "Expenditure (exact)": Decimal("-20.520226728990"), "Line": 1,
    }  # fmt: skip
    assert table.schema.metadata[b"kontor.Period"] == b"2026-01"
    assert duckdb.sql(f"SELECT sum(\"Expenditure (exact)\") FROM read_parquet('{tmp_path / 'x'}')").fetchall() == [
        (Decimal("-20.520226728990"),)
    ]


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_nothing_to_export_is_a_file_with_headings(kind: ExportFormat, tmp_path: Path):
    assert writing.write(kind, tmp_path / "x", Produced(COLUMNS, iter(()), None), COVER, lambda rows: None) == 0
    if kind is ExportFormat.PARQUET:
        assert pq.read_table(tmp_path / "x").num_rows == 0
    elif kind is ExportFormat.XLSX:
        assert len(sheets(tmp_path / "x")["Records"]) == 1


SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(path: Path) -> dict[str, list[list[str]]]:
    """The text of every cell by sheet, read from the parts of the file; a cell that is no text fails the test."""
    with zipfile.ZipFile(path) as book:
        names = [
            sheet.get("name", "")
            for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{SPACE}sheet")
        ]
        found: dict[str, list[list[str]]] = {}
        for number, name in enumerate(names, start=1):
            tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert {cell.get("t") for cell in tree.iter(f"{SPACE}c")} <= {"inlineStr"}
            found[name] = [
                ["".join(text.text or "" for text in cell.iter(f"{SPACE}t")) for cell in row]
                for row in tree.iter(f"{SPACE}row")
            ]
    return found

"""A file that somebody brought becomes a table of what was written in it, or is refused in words."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from models.engines.sandbox import files
from models.engines.sandbox.unreadable import Unreadable


def parsed(content: bytes, kind: str) -> pa.Table:
    files.warm()
    return files.parsed(content, kind, duckdb.connect(":memory:"))


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def workbook(**sheets: list[tuple[Any, ...]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for place, line in enumerate(lines):
                sheet.write_row(place, 0, line)
    return content.getvalue()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("name;city\nÅsa;Malmö\n", encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252")],
)
def test_signs_are_read_as_they_were_written(text: str, encoding: str) -> None:
    assert parsed(text.encode(encoding), "csv").to_pydict() == {"name": ["Åsa"], "city": ["Malmö"]}


@pytest.mark.parametrize(
    ("values", "kind", "found"),
    [
        (["1", "-20"], "int64", [1, -20]),
        (["1.5", "2"], "decimal128(38, 1)", [Decimal("1.5"), Decimal("2.0")]),
        (["007", "8"], "string", ["007", "8"]),
        (["2026-01-31", "2026-02-01"], "date32[day]", [date(2026, 1, 31), date(2026, 2, 1)]),
        (["2026-01-31 10:00:00", "2026-02-01 09:30"], "timestamp[us]",
         [datetime(2026, 1, 31, 10), datetime(2026, 2, 1, 9, 30)]),
        (["TRUE", "false"], "bool", [True, False]),
        (["1", "x"], "string", ["1", "x"]),
        (["", ""], "string", [None, None]),
    ],
)  # fmt: skip
def test_a_column_is_what_all_of_its_values_are(values: list[str], kind: str, found: list[Any]) -> None:
    table = parsed("\n".join(["a;b", *(f"{value};text" for value in values)]).encode(), "csv")
    assert (str(table.schema.field("a").type), table.column("a").to_pylist()) == (kind, found)


def test_a_workbooks_cells_are_what_was_typed() -> None:
    """The first sheet that has rows counts."""
    content = workbook(
        Notes=[("only a heading",)],
        Data=[
            ("whole", "part", "yes", "day", "moment", "nothing"),
            (3, 0.1, True, datetime(2026, 1, 31), datetime(2026, 1, 31, 9, 30), None),
        ],
    )
    assert parsed(content, "xlsx").to_pylist() == [
        {"whole": 3, "part": Decimal("0.1"), "yes": True, "day": date(2026, 1, 31),
         "moment": datetime(2026, 1, 31, 9, 30), "nothing": None},
    ]  # fmt: skip


def test_a_time_of_day_stays_what_it_says() -> None:
    assert files._cells([time(9, 30), date(2026, 1, 31), "x", 7]) == ["09:30:00", "2026-01-31", "x", "7"]


def test_what_is_within_others_becomes_text_and_the_rest_stays() -> None:
    table = pa.table({"l": [[1, 2]], "b": [b"ab"], "n": pa.array([7], pa.int32()), "t": ["008"]})
    found = parsed(parquet(table), "parquet")
    assert found.to_pylist() == [{"l": "[1, 2]", "b": "ab", "n": 7, "t": "008"}]


def test_names_of_columns_are_such_that_sql_takes_them_and_none_comes_twice() -> None:
    wanted = ["net_amount_usd", "c_2026", "column_3", "net_amount_usd_2", "net_amount_usd_3"]
    assert files.named(["Net Amount (USD)", "2026", "%", "net amount usd", "NET-AMOUNT-USD"]) == wanted


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", "csv", "no row"),
        (b"a,b\n", "csv", "no row"),
        (b"a,b\n1,2,3\n", "csv", "Record 1 has 3 values, but the heading has 2"),
        (b"a\n1\n2\n3\n4\n", "csv", "more than 3 rows"),
        (b"a," * 400 + b"a\n", "csv", "401 columns; at most 300"),
        (b'a,b\n"' + b"x" * 200_000 + b'",1\n', "csv", "cannot be read as CSV: field larger than field limit"),
        (b"PK\x03\x04 not a book", "xlsx", "cannot be read as XLSX"),
        (workbook(Data=[("a",), (1,), (2,), (3,), (4,)]), "xlsx", "4 rows; at most 3"),
        (workbook(Data=[("a",)]), "xlsx", "no sheet with rows"),
        (b"PAR1 not one PAR1", "parquet", "cannot be read as PARQUET"),
        (parquet(pa.table({"a": [1, 2, 3, 4]})), "parquet", "4 rows; at most 3"),
        (parquet(pa.table({"a": pa.array([], pa.int64())})), "parquet", "no row under its heading"),
    ],
)
def test_what_cannot_become_a_table_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, content: bytes, kind: str, words: str
) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    with pytest.raises(Unreadable, match=words):
        parsed(content, kind)


def test_many_records_are_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHUNK", 2)
    assert parsed(b"a\n1\n\n2\n3\n4\n5\n", "csv").column("a").to_pylist() == [1, 2, 3, 4, 5]
    with pytest.raises(Unreadable, match="Record 3 has 2 values"):
        parsed(b"a\n1\n2\n3,4\n", "csv")

"""Rows become a file: CSV, XLSX or Parquet, streamed, with sensitive data masked and formulas made harmless."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from models.core.clock import BUSINESS_ZONE
from models.core.money import as_decimal, exact_text
from models.core.spreadsheets import harmless
from models.exports import printing, rules
from models.exports.producers import Column, Produced
from models.exports.rules import ColumnKind, ExportFormat

Told = Callable[[int], None]
"""Is told how many rows are written, batch after batch."""

SHEET_ROWS = 1_048_576
"""Most rows of a sheet, its heading included: Excel's own limit."""
_CELL = 32_767
"""Most characters of a cell: Excel's own limit."""

ARROW = {
    ColumnKind.AMOUNT: pa.decimal128(38, 8),
    ColumnKind.EXACT: pa.decimal128(38, 12),
    ColumnKind.QUANTITY: pa.decimal128(38, 18),
    ColumnKind.NUMBER: pa.int64(),
    ColumnKind.DATE: pa.date32(),
    ColumnKind.INSTANT: pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands before the rows of a workbook (and in a Parquet file's metadata)."""

    title: str
    facts: tuple[tuple[str, str], ...]


def write(kind: ExportFormat, target: Path, produced: Produced, cover: Cover, told: Told) -> int:
    """Write the file; the number of records in it."""
    return _WRITERS[kind](target, produced, cover, told)


def _csv(target: Path, produced: Produced, cover: Cover, told: Told) -> int:
    """UTF-8 with a byte order mark, which Excel needs to read names rightly and every other reader skips."""
    rows = 0
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_headings(produced.columns))
        for batch in produced.batches:
            writer.writerows(_texts(produced.columns, batch))
            rows += _length(batch)
            told(rows)
    return rows


def _xlsx(target: Path, produced: Produced, cover: Cover, told: Told) -> int:
    """Amounts are text, since a workbook's numbers are floating point; as many sheets as the rows need."""
    options = {"constant_memory": True, "tmpdir": str(target.parent), "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(str(target), options) as book:
        bold = book.add_format({"bold": True})
        front = book.add_worksheet("About")
        rows, place, sheets = 0, SHEET_ROWS, 0
        for batch in produced.batches:
            for row in _texts(produced.columns, batch):
                if place == SHEET_ROWS:
                    sheets += 1
                    sheet = _sheet(book, sheets, produced.columns, bold)
                    place = 1
                for column, text in enumerate(row):
                    if text:
                        sheet.write_string(place, column, text[:_CELL])
                place += 1
            rows += _length(batch)
            told(rows)
        if not sheets:
            _sheet(book, 1, produced.columns, bold)
        _front(front, cover, rows, bold)
    return rows


def _sheet(book: Any, number: int, columns: Sequence[Column], bold: Any) -> Any:
    sheet = book.add_worksheet("Records" if number == 1 else f"Records {number}")
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(_headings(columns)):
        sheet.set_column(place, place, min(max(len(heading), 14), 40))
        sheet.write_string(0, place, heading, bold)
    return sheet


def _front(sheet: Any, cover: Cover, rows: int, bold: Any) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, harmless(cover.title), bold)
    for place, (label, words) in enumerate((*cover.facts, ("Records", f"{rows:,}")), start=2):
        sheet.write_string(place, 0, label, bold)
        sheet.write_string(place, 1, harmless(words)[:_CELL])


def _parquet(target: Path, produced: Produced, cover: Cover, told: Told) -> int:
    """Typed columns: decimals stay decimals, times are UTC."""
    fields = [pa.field(column.label, ARROW.get(column.kind, pa.string())) for column in produced.columns]
    about = {"title": cover.title, **dict(cover.facts)}
    schema = pa.schema(fields, metadata={f"kontor.{label}": words for label, words in about.items()})
    rows = 0
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in produced.batches:
            values = [_values(column, cells) for column, cells in zip(produced.columns, batch, strict=True)]
            arrays = [pa.array(list(cells), field.type) for cells, field in zip(values, fields, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += _length(batch)
            told(rows)
    return rows


def _pdf(target: Path, produced: Produced, cover: Cover, told: Told) -> int:
    """To be read, not to be reckoned with: sections with their pictures, or all records as one table."""
    rows = [row for batch in produced.batches for row in _texts(produced.columns, batch)]
    told(len(rows))
    headings = _headings(produced.columns)
    numbers = [place for place, column in enumerate(produced.columns) if column.kind in _RIGHT]
    printing.printed(target, cover.title, cover.facts, produced.sections or [
        printing.whole(headings, rows, numbers)
    ])  # fmt: skip
    return len(rows)


_RIGHT = (ColumnKind.AMOUNT, ColumnKind.EXACT, ColumnKind.QUANTITY, ColumnKind.NUMBER)
_WRITERS = {
    ExportFormat.CSV: _csv, ExportFormat.XLSX: _xlsx, ExportFormat.PARQUET: _parquet, ExportFormat.PDF: _pdf,
}  # fmt: skip


def _headings(columns: Sequence[Column]) -> list[str]:
    zone = f" ({BUSINESS_ZONE.tzname(None)})"
    return [column.label + (zone if column.kind is ColumnKind.INSTANT else "") for column in columns]


def _length(batch: Sequence[Sequence[Any]]) -> int:
    return len(batch[0]) if batch else 0


def _texts(columns: Sequence[Column], batch: Sequence[Sequence[Any]]) -> Iterator[tuple[str, ...]]:
    """The records as rows of text."""
    texts = [[_TEXT[column.kind](cell) for cell in cells] for column, cells in zip(columns, batch, strict=True)]
    return zip(*texts, strict=True)


def _values(column: Column, cells: Sequence[Any]) -> Iterator[Any]:
    if column.kind is ColumnKind.AMOUNT:
        return (None if cell is None else rules.eight_decimals(as_decimal(cell)) for cell in cells)
    if column.kind in _MASK:
        return (None if cell is None else _MASK[column.kind](str(cell)) for cell in cells)
    return iter(cells)


_MASK: dict[ColumnKind, Callable[[str], str]] = {
    ColumnKind.TEXT: rules.without_addresses,
    ColumnKind.NAME: rules.masked_name,
    ColumnKind.EMAIL: rules.masked_email,
    ColumnKind.MOBILE: rules.masked_mobile,
}


def _masked(kind: ColumnKind) -> Callable[[Any], str]:
    mask = _MASK[kind]

    def text(cell: Any) -> str:
        return "" if cell is None else harmless(mask(str(cell)))

    return text


def _amount(cell: Decimal | None) -> str:
    return "" if cell is None else format(rules.eight_decimals(as_decimal(cell)), "f")


def _exact(cell: Decimal | None) -> str:
    return "" if cell is None else exact_text(as_decimal(cell))


def _instant(cell: datetime | None) -> str:
    return "" if cell is None else cell.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _date(cell: date | None) -> str:
    return "" if cell is None else cell.isoformat()


_TEXT: dict[ColumnKind, Callable[[Any], str]] = {
    **{kind: _masked(kind) for kind in _MASK},
    ColumnKind.AMOUNT: _amount,
    ColumnKind.EXACT: _exact,
    ColumnKind.QUANTITY: _exact,
    ColumnKind.NUMBER: lambda cell: "" if cell is None else str(cell),
    ColumnKind.DATE: _date,
    ColumnKind.INSTANT: _instant,
}

"""A file that somebody brought, read into a table inside the limited process: CSV, XLSX or Parquet, by its content.

Texts become whole numbers, exact decimals, dates or times where every value of a column is one; a number with leading
zeros stays text. Nothing becomes a floating-point number that was written as a decimal.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from models.engines.sandbox.unreadable import Unreadable

MOST_ROWS = 1_000_000
MOST_COLUMNS = 300
LONGEST_NAME = 60
CHUNK = 50_000
DELIMITERS = ",;\t|"


def warm() -> None:
    """Load what reading needs before the process can open nothing any more."""
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        codecs.lookup(encoding)
    small = pa.table({"a": pa.array(["1"])})
    sink = pa.BufferOutputStream()
    pq.write_table(small, sink)
    pq.read_table(pa.BufferReader(sink.getvalue()), use_threads=False)
    _csv(b"a,b\n1,2\n")
    try:
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(b"PK\x05\x06" + bytes(18)))
    except Exception:  # noqa: S110 - only its code is wanted
        pass


def parsed(content: Any, kind: str, connection: Any) -> pa.Table:
    """The table in a file of a kind (`csv`, `xlsx`, `parquet`).

    Raises:
        Unreadable: it is damaged, empty, or has more rows or columns than a file may have.
    """
    try:
        table: pa.Table = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}[kind](content)
    except (
        pa.ArrowInvalid,
        pa.ArrowNotImplementedError,
        python_calamine.CalamineError,
        OSError,
        ValueError,
        csv.Error,
    ) as error:
        raise Unreadable(f"The file cannot be read as {kind.upper()}: {_first_line(error)}.") from error
    _demand_narrow(table.num_columns)
    if table.num_rows > MOST_ROWS:
        raise Unreadable(f"The file has {table.num_rows:,} rows; at most {MOST_ROWS:,} can be brought.")
    if not table.num_rows or not table.num_columns:
        raise Unreadable("The file has no row under its heading.")
    table = table.rename_columns(named(table.column_names))
    return _typed(table, connection)


def named(headings: Sequence[str]) -> list[str]:
    """Names of columns as SQL likes them, each once: `Net Amount (USD)` becomes `net_amount_usd`."""
    found: list[str] = []
    for place, heading in enumerate(headings, start=1):
        plain = re.sub(r"\W+", "_", heading.strip().lower()).strip("_")[:LONGEST_NAME] or f"column_{place}"
        plain = f"c_{plain}" if plain[0].isdigit() else plain
        name, again = plain, 2
        while name in found:
            name, again = f"{plain}_{again}", again + 1
        found.append(name)
    return found


def _csv(content: Any) -> pa.Table:
    head = bytes(content[:65_536])
    encoding = _encoding(head)
    delimiter = max(DELIMITERS, key=head.decode(encoding, "replace").partition("\n")[0].count)
    with io.TextIOWrapper(io.BytesIO(bytes(content)), encoding=encoding, newline="") as text:
        rows = csv.reader(text, delimiter=delimiter)
        headings = [heading.lstrip("\ufeff") for heading in next(rows, [])]
        _demand_narrow(len(headings))
        pieces, done = [], 0
        while chunk := list(islice((row for row in rows if row), CHUNK)):
            wrong = next((place for place, row in enumerate(chunk) if len(row) != len(headings)), None)
            if wrong is not None:
                found, wanted = len(chunk[wrong]), len(headings)
                raise Unreadable(f"Record {done + wrong + 1:,} has {found} values, but the heading has {wanted}.")
            done += len(chunk)
            if done > MOST_ROWS:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} rows, the most that can be brought.")
            pieces.append(pa.table([pa.array(_cells(column), pa.string()) for column in zip(*chunk, strict=True)],
                                   names=[f"c{place}" for place in range(len(headings))]))  # fmt: skip
    if not pieces:
        raise Unreadable("The file has no row under its heading.")
    return pa.concat_tables(pieces).rename_columns(headings)


def _demand_narrow(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise Unreadable(f"The file has {columns:,} columns; at most {MOST_COLUMNS:,} can be brought.")


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _xlsx(content: Any) -> pa.Table:
    """The first sheet that has rows, its first row being the heading."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(bytes(content)))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        _demand_narrow(sheet.width)
        rows = list(islice(sheet.iter_rows(), MOST_ROWS + 2))
        if len(rows) > 1:
            headings = [str(cell) for cell in rows[0]]
            columns = [pa.array(_cells(row[place] for row in rows[1:]), pa.string()) for place in range(len(headings))]
            return pa.table(columns, names=[f"c{place}" for place in range(len(headings))]).rename_columns(headings)
    raise Unreadable("The workbook has no sheet with rows under a heading.")


def _cells(values: Iterable[Any]) -> list[str | None]:
    return [_cell(value) for value in values]


def _cell(value: Any) -> str | None:
    """A cell as it would be written: a workbook's numbers are floating point, their shortest text is what was typed."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return format(exact.quantize(1) if exact == exact.to_integral_value() else exact, "f")
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _parquet(content: Any) -> pa.Table:
    file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(content)), pre_buffer=False)
    if file.metadata.num_rows > MOST_ROWS:
        raise Unreadable(f"The file has {file.metadata.num_rows:,} rows; at most {MOST_ROWS:,} can be brought.")
    return file.read(use_threads=False)


def _typed(table: pa.Table, connection: Any) -> pa.Table:
    """Text columns as what all of their values are; others as they came, nested ones as text."""
    connection.register("brought", table)
    shown = [f"{_shown(connection, field)} AS {_quoted(field.name)}" for field in table.schema]
    found: pa.Table = connection.sql(f"SELECT {', '.join(shown)} FROM brought").to_arrow_table()
    connection.unregister("brought")
    return found


def _shown(connection: Any, field: pa.Field) -> str:
    kind = field.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _as(connection, field.name)
    odd = pa.types.is_nested(kind) or pa.types.is_binary(kind)
    return f"CAST({_quoted(field.name)} AS VARCHAR)" if odd else _quoted(field.name)


def _as(connection: Any, name: str) -> str:
    column = f"trim({_quoted(name)})"
    stmt = f"""SELECT count({column}), count(*) FILTER (regexp_full_match({column}, '-?(0|[1-9][0-9]{{0,17}})')),
        count(*) FILTER (regexp_full_match({column}, '-?(0|[1-9][0-9]{{0,17}})(\\.[0-9]{{1,18}})?')),
        max(CASE WHEN contains({column}, '.') THEN length(split_part({column}, '.', 2)) ELSE 0 END),
        count(*) FILTER (length({column}) = 10 AND TRY_CAST({column} AS DATE) IS NOT NULL),
        count(*) FILTER (length({column}) BETWEEN 16 AND 32 AND TRY_CAST({column} AS TIMESTAMP) IS NOT NULL),
        count(*) FILTER (lower({column}) IN ('true', 'false'))
        FROM brought"""
    filled, whole, exact, places, days, times, truths = connection.sql(stmt).fetchall()[0]
    if not filled:
        return _quoted(name)
    kinds = {
        "BIGINT": whole, f"DECIMAL(38, {places or 0})": exact, "DATE": days, "TIMESTAMP": times, "BOOLEAN": truths,
    }  # fmt: skip
    kind = next((kind for kind, fits in kinds.items() if fits == filled), None)
    return f"CAST({column} AS {kind})" if kind else _quoted(name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["it is damaged"])[0].rstrip(".")[:200]

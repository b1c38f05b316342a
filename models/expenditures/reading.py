"""Opening a FOCUS file: what form it has, which columns, and how DuckDB reads it as texts, one record a row."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.core.errors import Problem, Refused
from models.core.settings import settings
from models.expenditures.mapping import focus_mapping, quoted

_HEAD = 1 << 18
"""Bytes that are looked at before DuckDB reads; a header is far shorter."""
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_RECORD = 16 << 20
_CHUNK = 1 << 20
GIB = 1 << 30
_PARQUET_LINE = 1 << 10
"""Bytes that a line of a Parquet file counts for; packed, a million equal ones take next to nothing."""


class FileForm(StrEnum):
    """The forms a delivery may have, told by the bytes and not by the ending."""

    CSV = "csv"
    CSV_GZ = "csv.gz"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class FocusFile:
    """A file that has the columns of a FOCUS file. `texts` gives each column as an SQL expression of its text."""

    name: str
    path: Path
    form: FileForm
    header: tuple[str, ...]
    texts: Mapping[str, str]
    source_sql: str

    def records_sql(self) -> str:
        """All records with the right number of columns: `record` counts from 1, then used columns as `focus_…`."""
        columns = ", ".join(f'{text} AS "focus_{name}"' for name, text in self.texts.items())
        number = "file_row_number + 1" if self.form is FileForm.PARQUET else "row_number() OVER ()"
        return f"SELECT {number} AS record, {columns} FROM {self.source_sql}"


def open_focus(path: Path, name: str) -> FocusFile:
    """Look at a file's beginning.

    Raises:
        Refused: it cannot be read, is empty, or is no FOCUS file (the missing columns are named).
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise _refused("FOCUS-FILE", f"{name} cannot be read: {error.strerror or error}.") from error
    if not magic:
        raise _refused("FOCUS-EMPTY", f"{name} is empty. Deliver it again.")
    if magic == b"PAR1":
        return _open_parquet(path, name)
    return _open_csv(path, name, FileForm.CSV_GZ if magic[:2] == b"\x1f\x8b" else FileForm.CSV)


def _open_csv(path: Path, name: str, form: FileForm) -> FocusFile:
    head = _head_text(path, name, form)
    header, delimiter = max(
        ((_header(head, delimiter), delimiter) for delimiter in _DELIMITERS), key=lambda found: len(_known(found[0]))
    )
    positions = _positions(header, name)
    # Columns are named by their place, so that nothing a file calls its columns can disturb the SQL.
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(header)))
    if form is FileForm.CSV_GZ:
        _demand_unpacked(path, name)
    source = (
        f"read_csv({quoted(str(path))}, auto_detect=false, header=true, delim={quoted(delimiter)}, quote='\"',"
        f" escape='\"', nullstr=['NULL', ''], columns={{{columns}}}, max_line_size={_LONGEST_RECORD},"
        f" compression='{'gzip' if form is FileForm.CSV_GZ else 'none'}', store_rejects=true)"
    )
    return FocusFile(
        name, path, form, tuple(header), {column: f'"c{place}"' for column, place in positions.items()}, source
    )


def _open_parquet(path: Path, name: str) -> FocusFile:
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _refused("FOCUS-FILE", f"{name} begins like a Parquet file but cannot be read as one.") from error
    positions = _positions([field.name for field in schema], name)
    if not rows:
        raise _refused("FOCUS-EMPTY", f"{name} has columns but no lines. Deliver it again.")
    _demand_bytes(rows * _PARQUET_LINE, name)
    texts = {column: _parquet_text(schema.field(place)) for column, place in positions.items()}
    header = tuple(field.name for field in schema)
    return FocusFile(
        name, path, FileForm.PARQUET, header, texts, f"read_parquet({quoted(str(path))}, file_row_number=true)"
    )


def _parquet_text(field: pa.Field) -> str:
    """A typed column as the text that a CSV file would have."""
    column = '"' + field.name.replace('"', '""') + '"'
    if pa.types.is_floating(field.type):
        # A binary fraction has no exact decimals to keep: it means the nearest amount of twelve decimals.
        return f"CAST(TRY_CAST({column} AS DECIMAL(38, 12)) AS VARCHAR)"
    if pa.types.is_nested(field.type):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"nullif(nullif(CAST({column} AS VARCHAR), 'NULL'), '')"


def _head_text(path: Path, name: str, form: FileForm) -> str:
    try:
        with gzip.open(path) if form is FileForm.CSV_GZ else path.open("rb") as stream:
            head = stream.read(_HEAD)
    except (OSError, EOFError, zlib.error) as error:
        raise _refused("FOCUS-FILE", f"{name} is damaged: it cannot be unpacked.") from error
    if not head.strip():
        raise _refused("FOCUS-EMPTY", f"{name} is empty. Deliver it again.")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused("FOCUS-FILE", f"{name} is in UTF-16. Save it as UTF-8.")
    if b"\x00" in head:
        raise _refused("FOCUS-FILE", f"{name} is not a text file. FOCUS files are CSV, CSV.gz or Parquet.")
    return head.decode("utf-8-sig", errors="replace")


def _demand_unpacked(path: Path, name: str) -> None:
    """Unpack once without keeping anything: a small file may be made to fill a disk. About a tenth of the import."""
    size = 0
    try:
        with gzip.open(path) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                _demand_bytes(size, name)
    except (OSError, EOFError, zlib.error) as error:
        raise _refused("FOCUS-FILE", f"{name} is damaged: it cannot be unpacked to its end.") from error


def _demand_bytes(size: int, name: str) -> None:
    most = settings().import_gib
    if size > most * GIB:
        text = f"{name} holds more than {most:,} GiB when unpacked. Deliver it in several files (KONTOR_IMPORT_GIB)."
        raise _refused("FOCUS-LARGE", text)


def _header(head: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(head), delimiter=delimiter), [])
    except csv.Error:
        return []


def _known(header: list[str]) -> set[str]:
    names = {name.strip().lower() for name in header}
    return {column for column in focus_mapping().used if column.lower() in names}


def _positions(header: list[str], name: str) -> dict[str, int]:
    """Where the columns we use stand; order, case and further columns do not matter."""
    places: dict[str, int] = {}
    twice = []
    wanted = {column.lower(): column for column in focus_mapping().used}
    for place, text in enumerate(header):
        column = wanted.get(text.strip().lower())
        if column in places:
            twice.append(column)
        elif column:
            places[column] = place
    if missing := [column for column in focus_mapping().required if column not in places]:
        raise _refused("FOCUS-COLUMNS", f"{name} is no FOCUS file: it lacks {', '.join(missing)}.")
    if twice:
        raise _refused("FOCUS-COLUMNS", f"{name} has the column {twice[0]} twice.")
    return places


def _refused(code: str, text: str) -> Refused:
    return Refused([Problem(code, text, "files")])

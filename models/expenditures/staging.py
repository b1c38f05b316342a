"""From a FOCUS file to sorted Parquet files, one per cycle, with the bad lines named: DuckDB streams, nothing is held.

The file is read once to judge every line and once per cycle to sort and write it: parsing is far cheaper than
keeping what was parsed (benchmarks/import_focus.py).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Table

from models.core.errors import Problem, Refused
from models.core.lake import duck
from models.core.spreadsheets import harmless
from models.expenditures import line_sql
from models.expenditures.facts import expenditure_line
from models.expenditures.mapping import quoted
from models.expenditures.reading import FocusFile
from models.expenditures.rules import Result, Totals

Progress = Callable[[str, float], None]
"""Told the step in words and the part done, from 0 to 1."""

MANY_CYCLES = 3
"""From so many cycles on, the accepted lines are written once unsorted instead of read again for each cycle."""

_MAPPING = pa.schema({"sub_account_id": pa.string(), "customer_id": pa.string()})


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose the sub-accounts of a source are, and to which partner those customers belonged on which days."""

    mapping: pa.Table  # sub_account_id, customer_id
    associations: pa.Table  # as customers.queries.association_intervals gives them

    @classmethod
    def of(cls, mapping: dict[str, str], associations: pa.Table) -> Owners:
        """With sub-accounts as keys and customers as values."""
        columns = [pa.array(list(mapping.keys()), pa.string()), pa.array(list(mapping.values()), pa.string())]
        return cls(pa.table(columns, schema=_MAPPING), associations)

    def register(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let SQL see them as `sub_account_owner` and `association`."""
        connection.register("sub_account_owner", self.mapping)
        connection.register("association", self.associations)


@dataclass(frozen=True, slots=True)
class Staged:
    """What a file came to: its lines by cycle, written and waiting for the commit."""

    result: Result
    cycles: tuple[date, ...]
    files: tuple[Path, ...]
    rejects: Path | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """What reading a file once told."""

    result: Result
    cycles: tuple[date, ...]
    broken: tuple[tuple[int, str, str, str], ...]  # line, column, reason, text of records that are no records


def stage(file: FocusFile, *, source: str, file_id: int, owners: Owners, folder: Path, progress: Progress) -> Staged:
    """Check and type every line and write the good ones, sorted, one Parquet file per cycle.

    Raises:
        Refused: the file breaks off, or has a header and no lines.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with duck(temporary=folder / "tmp") as connection, _in_words(file):
        # Pushed down, the filter would repeat the whole typing of a line once for each of its conditions.
        connection.execute("SET disabled_optimizers = 'filter_pushdown'")
        connection.execute(line_sql.MACROS)
        owners.register(connection)
        progress(f"Checking {file.name}", 0.0)
        judged = _judge(connection, file)
        if not judged.result.read:
            raise Refused(
                [Problem("FOCUS-EMPTY", f"{file.name} has a header but no lines. Deliver it again.", "files")]
            )
        shifts = _shifts([line for line, *_ in judged.broken])
        rejects = _write_rejects(connection, file, judged, shifts, folder) if judged.result.rejected else None
        lines = line_sql.lines(file, source=source, file_id=file_id, shifts=shifts)
        if len(judged.cycles) >= MANY_CYCLES:
            progress(f"Reading {file.name}", 0.2)
            unsorted = folder / "unsorted.parquet"
            _copy(connection, f"SELECT {column_list(expenditure_line)} FROM ({lines}) WHERE good", unsorted, "lz4")
            lines = f"SELECT *, true AS good FROM read_parquet({quoted(str(unsorted))})"
        written = []
        for number, cycle in enumerate(judged.cycles):
            progress(f"Sorting {file.name}, {cycle:%B %Y}", 0.25 + 0.75 * number / len(judged.cycles))
            target = folder / f"{file_id}-{cycle:%Y-%m}.parquet"
            _copy(connection, _sorted(lines, f"good AND cycle = DATE '{cycle}'"), target, "zstd")
            written.append(target)
        if (lines_written := sum(pq.read_metadata(path).num_rows for path in written)) != judged.result.accepted:
            raise RuntimeError(f"{lines_written} lines were written of {judged.result.accepted} accepted")
        return Staged(judged.result, judged.cycles, tuple(written), rejects)


def _sorted(lines: str, where: str) -> str:
    keys = ", ".join(expenditure_line.info["sorted_by"])
    return f"SELECT {column_list(expenditure_line)} FROM ({lines}) WHERE {where} ORDER BY {keys}, line"


def column_list(table: Table) -> str:
    """The columns of a fact table, each with exactly its type, for a SELECT that writes a data file."""
    return ", ".join(f"CAST({c.name} AS {line_sql.duck_type(c)}) AS {c.name}" for c in table.columns)


def _copy(connection: duckdb.DuckDBPyConnection, select: str, target: Path, compression: str) -> None:
    connection.execute(f"COPY ({select}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION {compression})")
    _forget_rejects(connection)


def _judge(connection: duckdb.DuckDBPyConnection, file: FocusFile) -> _Judged:
    """Read the file once: totals of the good lines, number of the bad ones, records that are broken."""
    rows = connection.execute(
        f"""SELECT good, CASE WHEN good THEN cycle END AS cycle, CASE WHEN good THEN currency END AS currency,
                   count(*), count(*) FILTER (customer_id IS NULL), sum(expenditure) FILTER (good)
            FROM ({line_sql.lines(file, source="", file_id=0, shifts=())}) GROUP BY ALL"""
    ).fetchall()
    broken = _broken(connection, file)
    totals: Totals = {}
    for good, _, currency, _, _, amount in rows:
        if good:
            totals[currency] = totals.get(currency, Decimal(0)) + amount
    accepted = sum(count for good, _, _, count, _, _ in rows if good)
    rejected = sum(count for good, _, _, count, _, _ in rows if not good) + len({line for line, *_ in broken})
    unmapped = sum(none for good, _, _, _, none, _ in rows if good)
    cycles = tuple(sorted({cycle for good, cycle, *_ in rows if good}))
    return _Judged(Result(accepted + rejected, accepted, rejected, unmapped, True, totals), cycles, broken)


def _broken(connection: duckdb.DuckDBPyConnection, file: FocusFile) -> tuple[tuple[int, str, str, str], ...]:
    """Records that DuckDB could not split into the columns of the header; their numbers count the header as 1."""
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall():
        return ()
    rows = connection.execute(
        """SELECT line, arg_min(column_name, place), arg_min(kind, place), min(csv_line)
           FROM (SELECT *, CAST(error_type AS VARCHAR) AS kind, coalesce(column_idx, 9999) AS place FROM reject_errors)
           GROUP BY line ORDER BY line"""
    ).fetchall()
    _forget_rejects(connection)
    return tuple(
        (line, _header_name(file, column), _BROKEN.get(kind, kind.capitalize()), (text or "").strip("\r\n"))
        for line, column, kind, text in rows
    )


def _header_name(file: FocusFile, column: str | None) -> str:
    """What the file calls the column that DuckDB knows by its place (`c7`)."""
    place = (column or "").removeprefix("c")
    return file.header[int(place)] if place.isdigit() and int(place) < len(file.header) else ""


_BROKEN = {
    "MISSING COLUMNS": "has fewer values than the header has columns",
    "TOO MANY COLUMNS": "has more values than the header has columns",
    "UNQUOTED VALUE": "has a quotation mark that does not end its value",
    "INVALID ENCODING": "is not in UTF-8",
    "LINE SIZE OVER MAXIMUM": "is longer than 16 MiB",
}


def _forget_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")


def _shifts(broken: Sequence[int]) -> tuple[int, ...]:
    """From which line number on, as counted without broken records, each broken record adds one."""
    return tuple(line - number for number, line in enumerate(sorted(set(broken))))


def _write_rejects(
    connection: duckdb.DuckDBPyConnection, file: FocusFile, judged: _Judged, shifts: Sequence[int], folder: Path
) -> Path:
    """Every problem of every bad line, in the order of the file."""
    target = folder / "rejects.csv"
    found = connection.execute(line_sql.problems(file, shifts=shifts))
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("line", "column", "reason", "value"))
        broken = list(judged.broken)
        while rows := found.fetchmany(10_000):
            for row in rows:
                while broken and broken[0][0] < row[0]:
                    writer.writerow(_told(*broken.pop(0)))
                writer.writerow(_told(*row))
        writer.writerows(_told(*row) for row in broken)
    _forget_rejects(connection)
    return target


def _told(line: int, column: str, reason: str, value: str) -> tuple[int, str, str, str]:
    """A row of the list of rejected lines; people open it in a spreadsheet, and the values are somebody else's."""
    return line, column, reason, harmless(value)


@contextmanager
def _in_words(file: FocusFile) -> Iterator[None]:
    """What DuckDB says of a file that breaks off, in words."""
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as error:
        first = str(error).strip().splitlines()[0]
        raise Refused([Problem("FOCUS-FILE", f"{file.name} cannot be read to its end: {first}", "files")]) from error

"""The lake of facts: Iceberg tables behind `replace`, `scan`, `expire` and `check`; nobody else knows pyiceberg.

A fact table is declared once, as a SQLAlchemy Core table on `lake_metadata`; the Iceberg schema is derived from it.
`Table.info` says how it lies: `partition_by` (identity) and `sorted_by`. Facts come in as whole Parquet files and
leave as whole files: nothing here ever rewrites a row (docs/decisions/0003).
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from pyiceberg.catalog.sql import IcebergTables, SqlCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, TableAlreadyExistsError, ValidationException
from pyiceberg.expressions import (
    AlwaysFalse,
    AlwaysTrue,
    And,
    BooleanExpression,
    EqualTo,
    GreaterThanOrEqual,
    In,
    LessThanOrEqual,
    Or,
)
from pyiceberg.expressions.visitors import ROWS_MUST_MATCH, _InclusiveMetricsEvaluator, _StrictMetricsEvaluator
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile, ManifestContent
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table.snapshots import Snapshot
from sqlalchemy import Table, create_engine
from sqlalchemy import select as sql_select
from sqlalchemy import text as sql_text
from sqlalchemy.exc import DBAPIError

from models.core.clock import now
from models.core.errors import DomainError
from models.core.file_bounds import Bounds, bounds_of
from models.core.lake_tables import iceberg_schema, lake_metadata, partition_spec, table_properties
from models.core.settings import settings

__all__ = [
    "Lake",
    "LakeBusy",
    "RowFilter",
    "Scan",
    "all_of",
    "any_of",
    "between",
    "duck",
    "equals",
    "lake",
    "lake_metadata",
    "one_of",
]

RowFilter = BooleanExpression
"""Which rows, e.g. `all_of(equals("source", "aws"), between("cycle", first, last))`."""

COMMIT_ID = "kontor.commit-id"
NAMESPACE = "kontor"
COMMIT_ATTEMPTS = 30
"""Conflicting commits last milliseconds each, so this many tries outlast any real crowd of writers."""


class LakeBusy(DomainError):
    """Others kept changing the table at the same moment; nothing was changed."""

    code = "LAKE-BUSY"


@dataclass(frozen=True, slots=True)
class Scan:
    """The files that hold the wanted rows in one state of a table; they may hold others too, so filter again."""

    table: Table
    files: tuple[str, ...]
    snapshot_id: int | None
    as_of: datetime | None
    rows: int
    bounds: Bounds

    @property
    def sql(self) -> str:
        """What DuckDB reads after FROM; an empty scan has the same columns and no row."""
        if self.files:
            paths = ", ".join("'" + path.replace("'", "''") + "'" for path in self.files)
            return f"read_parquet([{paths}])"
        columns = ", ".join(
            f'CAST(NULL AS {column.type.compile()}) AS "{column.name}"' for column in self.table.columns
        )
        return f"(SELECT {columns} WHERE false)"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the lake that is not as the catalogue says."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """One state of a table, read once: planning a query is then a loop in memory."""

    location: str
    table: IcebergTable
    snapshot: Snapshot | None
    files: tuple[DataFile, ...]


class Lake:
    """Fact tables at one place. Safe to use from several threads and processes at once."""

    def __init__(self, url: str, catalogue: str) -> None:
        self.url = url.rstrip("/")
        name = self.url if len(self.url) < 200 else sha256(self.url.encode()).hexdigest()
        self._catalogue = SqlCatalog(name, uri=catalogue, warehouse=self.url)
        self._catalogue.create_namespace_if_not_exists(NAMESPACE)
        self._plans: dict[str, _Plan] = {}
        self._lock = threading.Lock()

    @property
    def local(self) -> bool:
        """Whether the lake is a folder of this machine."""
        return "://" not in self.url

    def replace(self, table: Table, *, remove: RowFilter | None, files: Sequence[Path], commit_id: str) -> int:
        """Take the rows of `remove` out and the files in, in one atomic commit; answers the new snapshot's id.

        Every data file that holds a row of `remove` must hold nothing else. The files move into the lake and are
        named after `commit_id`; repeating a commit that is already in changes nothing.

        Raises:
            ValueError: a data file holds rows to remove and rows to keep.
            LakeBusy: others were quicker every time.
        """
        for attempt in range(COMMIT_ATTEMPTS):
            plan = self._plan(table)
            if done := self._snapshot_of(plan, commit_id):
                return done
            doomed = _whole_files(plan, remove) if remove is not None else []
            placed = [self._place(table, path, commit_id) for path in files]
            try:
                # A table of its own for each try: pyiceberg changes it, and other threads read the plan's.
                return self._commit(self._load(table), plan, doomed, placed, commit_id)
            except (CommitFailedException, ValidationException):
                time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))
        raise LakeBusy("Others are writing to the lake without pause; nothing was changed. Try again in a minute.")

    def scan(self, table: Table, rows: RowFilter | None = None, *, bounds: Iterable[str] = ()) -> Scan:
        """The data files that may hold the rows, in the newest state; all files without a filter.

        `bounds` names columns whose least and largest value are asked for, as far as they are certain.

        Raises:
            RuntimeError: another program left delete files in the table, which DuckDB would not apply.
        """
        plan = self._plan(table)
        files: Sequence[DataFile] = plan.files
        if rows is not None and files:
            might_hold = _InclusiveMetricsEvaluator(plan.table.schema(), rows).eval
            files = [file for file in files if might_hold(file)]
        return Scan(
            table,
            tuple(_path(file.file_path) for file in files),
            plan.snapshot.snapshot_id if plan.snapshot else None,
            datetime.fromtimestamp(plan.snapshot.timestamp_ms / 1000, UTC) if plan.snapshot else None,
            sum(file.record_count for file in files),
            bounds_of(plan.table.schema(), files, bounds) if files else {},
        )

    def committed(self, table: Table, commit_id: str) -> bool:
        """Whether the commit is in; also after its snapshot has expired, as long as its files are in use."""
        plan = self._plan(table)
        return self._snapshot_of(plan, commit_id) is not None or any(
            f"/data/{commit_id}/" in file.file_path for file in plan.files
        )

    def discard(self, table: Table, commit_id: str) -> None:
        """Remove the files of a commit that never came in; of one that did, nothing."""
        if self.committed(table, commit_id):
            return
        if self.local:
            shutil.rmtree(Path(self._location(table)) / "data" / commit_id, ignore_errors=True)

    def expire(self, table: Table, grace: timedelta) -> list[str]:
        """Forget states that were replaced longer than `grace` ago and remove files that only they used.

        A reader that planned before a replacement has `grace` to finish. Answers the removed files.
        """
        plan = self._plan(table)
        history = sorted(plan.table.snapshots(), key=lambda snapshot: snapshot.sequence_number or 0)
        oldest = now() - grace
        # A state is left when the next one comes, so the successor's time decides, not its own.
        old = [
            snapshot.snapshot_id
            for snapshot, successor in itertools.pairwise(history)
            if datetime.fromtimestamp(successor.timestamp_ms / 1000, UTC) <= oldest
        ]
        if old:
            try:
                self._load(table).maintenance.expire_snapshots().by_ids(old).commit()
            except CommitFailedException:  # somebody committed meanwhile; the next round does it
                return []
        return self._collect(table, oldest) if self.local else []

    def check(self, table: Table) -> list[Finding]:
        """Whether every file of the newest state is there with its size and number of rows; empty when all is well."""
        findings: list[Finding] = []
        for file in self._plan(table).files:
            path = Path(_path(file.file_path))
            if not path.exists():
                findings.append(Finding(str(path), f"The file with {file.record_count:,} lines is missing."))
            elif path.stat().st_size != file.file_size_in_bytes:
                findings.append(Finding(str(path), "The file does not have the size that the catalogue names."))
            elif (rows := pq.read_metadata(path).num_rows) != file.record_count:
                findings.append(
                    Finding(str(path), f"The file has {rows:,} lines, the catalogue {file.record_count:,}.")
                )
        return findings

    def _commit(
        self, target: IcebergTable, plan: _Plan, doomed: list[DataFile], placed: list[str], commit_id: str
    ) -> int:
        if target.metadata_location != plan.location:
            raise CommitFailedException("the table changed since the files to remove were chosen")
        added = [parquet_file_to_data_file(target.io, target.metadata, path) for path in placed]
        with target.transaction() as transaction:
            update = transaction.update_snapshot(snapshot_properties={COMMIT_ID: commit_id})
            with update.overwrite() if doomed else update.merge_append() as change:
                for file in doomed:
                    change.delete_data_file(file)
                for file in added:
                    change.append_data_file(file)
        return int(change.snapshot_id)

    def _place(self, table: Table, path: Path, commit_id: str) -> str:
        """Move a written file to where the table will refer to it; harmless when it is there already."""
        target = f"{self._location(table)}/data/{commit_id}/{path.name}"
        if self.local:
            if path.exists():
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                os.utime(path)  # `expire` leaves young files alone: they may be waiting for their commit
                shutil.move(path, target)
        else:
            io: FileIO = self._catalogue._load_file_io(location=target)
            if path.exists():
                with path.open("rb") as source, io.new_output(target).create(overwrite=True) as sink:
                    shutil.copyfileobj(source, sink)
                path.unlink()
        return target

    def _location(self, table: Table) -> str:
        return f"{self.url}/{table.name}"

    def _plan(self, table: Table) -> _Plan:
        """The newest state; one small look-up when it has not changed since the last time."""
        location = self._metadata_location(table)
        with self._lock:
            known = self._plans.get(table.name)
        if known and known.location == location:
            return known
        found = self._load(table)
        snapshot = found.current_snapshot()
        files: list[DataFile] = []
        if snapshot:
            for manifest in snapshot.manifests(found.io):
                if manifest.content != ManifestContent.DATA:
                    raise RuntimeError(f"{table.name} has delete files, which are not ours and would not be applied")
                files += [entry.data_file for entry in manifest.fetch_manifest_entry(found.io, discard_deleted=True)]
        plan = _Plan(found.metadata_location, found, snapshot, tuple(files))
        with self._lock:
            self._plans[table.name] = plan
        return plan

    def _metadata_location(self, table: Table) -> str | None:
        row = IcebergTables
        stmt = sql_select(row.metadata_location).where(
            row.catalog_name == self._catalogue.name, row.table_namespace == NAMESPACE, row.table_name == table.name
        )
        with self._catalogue.engine.connect() as connection:
            return connection.execute(stmt).scalar_one_or_none()

    def _load(self, table: Table) -> IcebergTable:
        try:
            return self._catalogue.load_table((NAMESPACE, table.name))
        except NoSuchTableError:
            schema = iceberg_schema(table)
            try:
                return self._catalogue.create_table(
                    (NAMESPACE, table.name),
                    schema,
                    location=self._location(table),
                    partition_spec=partition_spec(table, schema),
                    properties=table_properties(table, schema),
                )
            except TableAlreadyExistsError:
                return self._catalogue.load_table((NAMESPACE, table.name))

    def _snapshot_of(self, plan: _Plan, commit_id: str) -> int | None:
        for snapshot in plan.table.snapshots():
            if snapshot.summary and snapshot.summary.additional_properties.get(COMMIT_ID) == commit_id:
                return int(snapshot.snapshot_id)
        return None

    def _collect(self, table: Table, oldest: datetime) -> list[str]:
        """Remove files that no kept state names and that are old enough not to be waiting for their commit."""
        target = self._load(table)
        used: set[str] = set()
        for snapshot in target.snapshots():
            used.add(_path(snapshot.manifest_list))
            for manifest in snapshot.manifests(target.io):
                used.add(_path(manifest.manifest_path))
                entries = manifest.fetch_manifest_entry(target.io, discard_deleted=True)
                used.update(_path(entry.data_file.file_path) for entry in entries)
        removed = []
        base = Path(self._location(table))
        for path in (*base.glob("data/*/*.parquet"), *base.glob("metadata/*.avro")):
            if str(path) not in used and datetime.fromtimestamp(path.stat().st_mtime, UTC) <= oldest:
                path.unlink(missing_ok=True)
                removed.append(str(path))
        for folder in base.glob("data/*"):
            if not any(folder.iterdir()) and datetime.fromtimestamp(folder.stat().st_mtime, UTC) <= oldest:
                folder.rmdir()
        return removed


def _whole_files(plan: _Plan, remove: RowFilter) -> list[DataFile]:
    """The data files that hold rows to remove, each certain to hold nothing else."""
    schema = plan.table.schema()
    might, must = _InclusiveMetricsEvaluator(schema, remove).eval, _StrictMetricsEvaluator(schema, remove).eval
    touched = [file for file in plan.files if might(file)]
    if mixed := [file.file_path for file in touched if must(file) != ROWS_MUST_MATCH]:
        raise ValueError(f"{mixed[0]} holds rows to remove and rows to keep")
    return touched


def _path(address: str) -> str:
    return address.removeprefix("file://")


def _predicate(kind: Any, column: str, value: Any) -> RowFilter:
    made: RowFilter = kind(column, value)  # by pydantic, which hides from mypy how it is called
    return made


def equals(column: str, value: Any) -> RowFilter:
    """Rows whose column has the value."""
    return _predicate(EqualTo, column, value)


def one_of(column: str, values: Iterable[Any]) -> RowFilter:
    """Rows whose column has one of the values; none when there is no value."""
    return _predicate(In, column, set(values))


def between(column: str, first: Any, last: Any) -> RowFilter:
    """Rows whose column lies from the first to the last value, both included."""
    return And(_predicate(GreaterThanOrEqual, column, first), _predicate(LessThanOrEqual, column, last))


def all_of(*filters: RowFilter) -> RowFilter:
    """Rows that every filter lets through; all rows without a filter."""
    return And(AlwaysTrue(), AlwaysTrue(), *filters)


def any_of(*filters: RowFilter) -> RowFilter:
    """Rows that one of the filters lets through; none without a filter."""
    return Or(AlwaysFalse(), AlwaysFalse(), *filters)


def _catalogue_address() -> str:
    """The catalogue lies in a file of its own, or in a schema of its own where the records are on PostgreSQL."""
    store = settings().record_store
    if store.startswith("postgresql"):
        store = store.replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(store)
        with engine.begin() as connection:
            connection.execute(sql_text("CREATE SCHEMA IF NOT EXISTS lake"))
        engine.dispose()
        return f"{store}{'&' if '?' in store else '?'}options=-csearch_path%3Dlake"
    folder = settings().home / "lake"
    folder.mkdir(parents=True, exist_ok=True)
    address = f"sqlite:///{folder / 'catalog.db'}?timeout=15"
    engine = create_engine(address)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()
    return address


@cache
def _lake(url: str, home: Path, store: str) -> Lake:
    for attempt in range(5):
        try:
            return Lake(url, _catalogue_address())
        except DBAPIError:  # another process makes the catalogue at the same moment
            if attempt == 4:
                raise
            time.sleep(random.uniform(0.1, 0.5))
    raise AssertionError("not reached")


def lake() -> Lake:
    """The lake of this installation."""
    return _lake(settings().lake, settings().home, settings().record_store)


@contextmanager
def duck(*, temporary: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of one's own with the memory and threads that the settings allow; times are UTC.

    What does not fit into memory goes to `temporary`, by default a folder in the home.
    """
    folder = temporary or settings().home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    limits: dict[str, Any] = {
        "memory_limit": f"{settings().lake_memory_mib}MiB",
        "threads": str(settings().lake_threads),
        "temp_directory": str(folder),
    }
    with duckdb.connect(config=limits) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        yield connection

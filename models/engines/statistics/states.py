"""One state of facts: the newest files of the lake, or the records as the actor may see them at this moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import numpy as np
import pyarrow as pa

from models.core.file_bounds import Bounds
from models.core.lake import RowFilter, Scan, lake
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics.cache import Cache
from models.engines.statistics.terms import Facts, Snapshot

MEBIBYTE = 1 << 20
PLACE = "place_among_records"
"""The column that holds the place of a row of records."""


@dataclass(frozen=True, slots=True)
class State:
    """What DuckDB reads facts from, and which state that is: SQL to stand after FROM, or a table in memory."""

    read: str | pa.Table
    empty: bool
    as_of: datetime | None
    number: int | None
    bounds: Bounds = field(default_factory=dict)
    """Between which values its billing months and currencies lie, as far as that is certain."""


def place() -> Hashable:
    """Which installation is asked: its lake and its records."""
    return lake().url, settings().record_store


def state_of(uow: UnitOfWork, facts: Facts, key: Hashable, rows: Callable[[], RowFilter]) -> State:
    """The newest state of facts. A reading unit of work finds it once: a page asks a dozen questions about one period.

    `rows` are those of the lake that can matter; `key` says which.
    """
    found: dict[Hashable, State] = uow.session.info.setdefault(_STATES, {}) if uow.read_only else {}
    known = (facts, uow.actor.scope if facts.snapshot else key)
    if known not in found:
        found[known] = _of_lake(facts, rows()) if facts.snapshot is None else _of_records(uow, facts, facts.snapshot)
    return found[known]


def look_again(uow: UnitOfWork) -> None:
    """Let the next question see the newest state of the facts."""
    uow.session.info.pop(_STATES, None)


def forget() -> None:
    """Drop the records that are kept in memory."""
    _snapshots.clear()


_STATES = "states of facts"
_snapshots = Cache(entries=128, weight=256 * MEBIBYTE, largest=2)
_numbers = count(1)


def _of_lake(facts: Facts, rows: RowFilter) -> State:
    known = [name for name in (facts.cycle, facts.currency) if name]
    scan: Scan = lake().scan(facts.table, rows, bounds=known)
    return State(scan.sql, not scan.files, scan.as_of, scan.snapshot_id, scan.bounds)


def _of_records(uow: UnitOfWork, facts: Facts, snapshot: Snapshot) -> State:
    """Read again only when the records changed; what is kept was read within the very same scope."""
    key = (place(), facts, uow.actor.scope, snapshot.version(uow))
    known: tuple[pa.Table, int] | None = _snapshots.get(key)
    if known is None:
        known = _numbered(snapshot.load(uow)), next(_numbers)
        _snapshots.put(key, known, weight=known[0].nbytes)
    return State(known[0], known[0].num_rows == 0, uow.now, known[1])


def _numbered(table: pa.Table) -> pa.Table:
    """Each row with its place, which tells it apart from any other that says the same."""
    return table.append_column(PLACE, pa.array(np.arange(table.num_rows)))

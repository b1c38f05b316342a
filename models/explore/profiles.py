"""One column looked at: how it is filled, its commonest values, how it lies, where it has gaps, how it drifts.

Counted in the limited process over the same slice that a statement would get, in one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from models.core.errors import NotFound
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.sandbox.process import Cancel, Limits, Sandbox, Statement, table_of
from models.engines.sandbox.reading import Needed
from models.engines.statistics import month_end, shift_month
from models.explore.asking import PERMISSION, Own, own_source
from models.explore.places import place
from models.explore.slices import prepared
from models.explore.sources import Fresh, Source, sources

TOP, BINS, DRIFTING = 12, 24, 8
PERIODS = ("cycle", "day")
"""Columns that say when a row was, the better one first."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Value:
    """A value, as text, and on how many rows it stands; None: empty."""

    text: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Numbers from `low` until `high`, and on how many rows they stand; the hundredth at each end is in the end bins.

    Its ends are for drawing only.
    """

    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Month:
    """The rows of a month, and those of them without a value."""

    start: date
    rows: int
    empty: int


@dataclass(frozen=True, slots=True)
class Drift:
    """A value's share of the rows of the newest period and of the one before, from 0 to 1."""

    text: str | None
    now: Decimal
    before: Decimal

    @property
    def change(self) -> Decimal:
        """How much larger its share is now."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Profile:
    """A column of a table. `low` to `total` are exact texts, empty where the kind has none.

    `now_from`, `before_from` and `through` bound the two periods that drift compares; None where nothing says when.
    """

    table: str
    column: str
    kind: str
    words: str
    rows: int
    filled: int
    distinct: int
    low: str
    high: str
    total: str
    top: tuple[Value, ...]
    bins: tuple[Bin, ...]
    months: tuple[Month, ...]
    missing: tuple[date, ...]
    drift: tuple[Drift, ...]
    before_from: date | None
    now_from: date | None
    through: date | None
    read: Fresh

    @property
    def empty(self) -> int:
        """Rows without a value."""
        return self.rows - self.filled


def profile(
    uow: UnitOfWork, table: str, column: str, *, months: int = 3, own: Own | None = None, cancel: Cancel | None = None
) -> Profile:
    """A column of a table, within the actor's scope; drift compares the newest `months` with as many before.

    Raises:
        NotAllowed: the actor may not explore.
        NotFound: there is no such table or column among those the actor may see.
        Refused, TookTooLong, Cancelled, LakeAway: as for a statement.
    """
    uow.actor.demand(PERMISSION)
    own = own or {}
    known = {each.name: each for each in sources(uow.actor)} | {name: own_source(name, t) for name, t in own.items()}
    source = known.get(table)
    if source is None or column not in source.kinds:
        raise NotFound("There is no such column among those you may see. Choose one of the list.")
    when = _when(source, own=table in own)
    stop = cancel or Cancel()
    with place(stop), ExitStack() as held:
        needed = Needed(tuple(dict.fromkeys(filter(None, (column, when)))), ())
        if table in own:
            made, fresh = (
                table_of(table, own[table].select(list(needed.columns))),
                Fresh(table, own[table].num_rows, None),
            )
        else:
            most = settings().explore_rows
            made, fresh = prepared(uow, source, Needed(needed.columns, ((),)), most=most, masked=False, cancel=stop)
        held.enter_context(made)
        limits = Limits(settings().explore_seconds, settings().explore_memory_mib, settings().lake_threads, 5_000)
        sandbox = Sandbox(limits, stop)
        statements = _statements(table, column, source.kinds[column], when, months)
        found = [
            [row for batch in answer.batches for row in batch.to_pylist()]
            for answer in sandbox.run([Statement(sql) for sql in statements.values()], [made])
        ]
    return _profile(source, column, dict(zip(statements, found, strict=True)), months, fresh)


def _when(source: Source, *, own: bool) -> str | None:
    """The column that says when a row was: of a file, its first day."""
    kinds = source.kinds
    if own:
        return next((name for name, kind in kinds.items() if kind == "date"), None)
    return next((name for name in PERIODS if kinds.get(name) == "date"), None)


def _statements(table: str, column: str, kind: str, when: str | None, months: int) -> dict[str, str]:
    """The statements by name; names come from the schema and are quoted, nothing that was typed stands in them."""
    t, c = _quoted(table), _quoted(column)
    number = kind in ("amount", "number", "float")
    total = f"CAST(sum({c}) AS VARCHAR)" if kind in ("amount", "number") else "NULL"
    ends = f"CAST(min({c}) AS VARCHAR) AS low, CAST(max({c}) AS VARCHAR) AS high, {total} AS total"
    made = {
        "counts": f"SELECT count(*) AS rows, count({c}) AS filled, count(DISTINCT {c}) AS different, {ends} FROM {t}",
        "top": f"SELECT CAST({c} AS VARCHAR) AS text, count(*) AS rows FROM {t} WHERE {c} IS NOT NULL"
        f" GROUP BY {c} ORDER BY 2 DESC, 1 LIMIT {TOP}",
    }
    if number:
        v = f"CAST({c} AS DOUBLE)"
        made[
            "bins"
        ] = f"""WITH e AS (SELECT quantile_cont({v}, 0.01) AS low, quantile_cont({v}, 0.99) AS high FROM {t}),
            n AS (SELECT greatest(0, least(CAST(floor(({v} - low) / nullif(high - low, 0) * {BINS}) AS INTEGER),
            {BINS - 1})) AS bin, low, high FROM {t}, e WHERE {c} IS NOT NULL)
            SELECT coalesce(bin, 0) AS bin, any_value(low) AS low, any_value(high) AS high, count(*) AS rows
            FROM n GROUP BY 1 ORDER BY 1"""
    if when:
        d = _quoted(when)
        made["months"] = f"""SELECT CAST(date_trunc('month', {d}) AS DATE) AS start, count(*) AS rows,
            count(*) - count({c}) AS empty FROM {t} WHERE {d} IS NOT NULL GROUP BY 1 ORDER BY 1"""
        made["drift"] = f"""WITH m AS (SELECT date_trunc('month', max({d})) AS newest FROM {t}),
            p AS (SELECT CAST({c} AS VARCHAR) AS text,
            date_trunc('month', {d}) > newest - INTERVAL '{int(months)} months' AS now FROM {t}, m
            WHERE date_trunc('month', {d}) > newest - INTERVAL '{2 * int(months)} months'),
            s AS (SELECT count(*) FILTER (now) AS now, count(*) FILTER (NOT now) AS before FROM p)
            SELECT text, count(*) FILTER (p.now) AS now, count(*) FILTER (NOT p.now) AS before,
            any_value(s.now) AS all_now, any_value(s.before) AS all_before FROM p, s GROUP BY text
            ORDER BY abs(count(*) FILTER (p.now) / nullif(any_value(s.now), 0)
            - count(*) FILTER (NOT p.now) / nullif(any_value(s.before), 0)) DESC NULLS LAST, 1 LIMIT {DRIFTING}"""
    return made


def _profile(source: Source, column: str, found: Mapping[str, Rows], months: int, fresh: Fresh) -> Profile:
    counts = found["counts"][0]
    words = next(each.words for each in source.columns if each.name == column)
    by_month = tuple(Month(row["start"], row["rows"], row["empty"]) for row in found.get("months", ()))
    newest = by_month[-1].start if by_month else None
    return Profile(
        source.name, column, source.kinds[column], words, counts["rows"], counts["filled"], counts["different"],
        counts["low"] or "", counts["high"] or "", counts["total"] or "",
        tuple(Value(row["text"], row["rows"]) for row in found["top"]), _bins(found.get("bins", ())), by_month,
        _missing(by_month), _drift(found.get("drift", ())),
        shift_month(newest, 1 - 2 * months) if newest else None, shift_month(newest, 1 - months) if newest else None,
        month_end(newest) if newest else None, fresh,
    )  # fmt: skip


def _bins(rows: Rows) -> tuple[Bin, ...]:
    found = list[Bin]()
    for row in rows:
        step = (row["high"] - row["low"]) / BINS
        found.append(Bin(row["low"] + row["bin"] * step, row["low"] + (row["bin"] + 1) * step, row["rows"]))
    return tuple(found)


def _missing(months: Sequence[Month]) -> tuple[date, ...]:
    """Months between the first and the last that have no row at all."""
    if not months:
        return ()
    there, found, month = {each.start for each in months}, list[date](), months[0].start
    while month < months[-1].start and len(found) < 1000:
        month = shift_month(month, 1)
        if month not in there:
            found.append(month)
    return tuple(found)


def _drift(rows: Rows) -> tuple[Drift, ...]:
    """Shares that moved; nothing where one of the periods has no row."""
    return tuple(
        Drift(row["text"], _share(row["now"], row["all_now"]), _share(row["before"], row["all_before"]))
        for row in rows
        if row["all_now"] and row["all_before"] and row["now"] * row["all_before"] != row["before"] * row["all_now"]
    )


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / Decimal(whole)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

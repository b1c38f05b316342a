"""What of a table goes into the limited process: the columns and rows that a statement can need, within the scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import ColumnElement, and_, func, or_, select

from models.core.errors import Problem, Refused
from models.core.lake import all_of, lake
from models.core.unit_of_work import UnitOfWork
from models.engines.sandbox.process import Cancel, Cancelled, Table
from models.engines.sandbox.reading import Condition, Needed
from models.engines.statistics import Facts, Period, Question, fetch, month_end, stream
from models.engines.statistics.compiling import in_scope, one_of_values
from models.engines.statistics.session import bound
from models.engines.statistics.states import state_of
from models.explore.sources import Fresh, Source
from models.exports.rules import masked_name

EVER = Period(date(1990, 1, 1), date(2200, 1, 1))
BATCH = 250_000
WIDTHS = {"text": 6, "date": 4, "time": 8, "amount": 16, "number": 8, "yes or no": 1}
"""Bytes that a value of a kind takes, roughly: texts are written once each."""


def prepared(
    uow: UnitOfWork, source: Source, needed: Needed, *, most: int, masked: bool, cancel: Cancel
) -> tuple[Table, Fresh]:
    """The slice of a table as a memory file.

    Raises:
        Refused: it has more rows than a question may read.
        Cancelled: whoever asked took the question back meanwhile.
        LakeAway: the lake cannot be read.
    """
    batches = _batches(uow, source, needed, masked)
    made: Table | None = None
    try:
        for batch in batches:
            if made is None:
                made = Table(source.name, batch.schema)
            if cancel.asked:
                raise Cancelled("Cancelled. Nothing was changed.")
            if made.rows + batch.num_rows > most:
                raise Refused(Problem("SQL-ROWS", too_many(source, most)))
            made.add(batch)
        assert made, "every table has a schema"
        made.done()
    except BaseException:
        if made is not None:
            made.close()
        raise
    return made, Fresh(source.name, made.rows, _as_of(uow, source))


def too_many(source: Source, most: int) -> str:
    """Why a table is too large to be read as a whole, and what to do."""
    how = " Narrow it in WHERE, such as cycle >= '2026-01-01'." if source.in_lake else " Ask for fewer columns."
    return f"This reads more than {most:,} rows of {source.name}, the most that one question may.{how}"


def guess(uow: UnitOfWork, source: Source, needed: Needed) -> tuple[int, int]:
    """How many rows and about how many bytes a statement would read of a table, counted but not read."""
    kinds = source.kinds
    width = sum(WIDTHS.get(kinds[column], 16) for column in needed.columns)
    if source.in_lake and source.facts:
        rows = _counted(uow, source.facts, needed)
    else:
        rows = _whole(uow, source, masked=False).num_rows
    return rows, rows * width


def _counted(uow: UnitOfWork, facts: Facts, needed: Needed) -> int:
    """Within the scope: how much there is in all is nobody's business."""
    stmt = select(func.count()).select_from(facts.table)
    stmt = stmt.where(_conditions(facts, needed), in_scope(facts, uow.actor.scope))
    found, _ = fetch(uow, Question(facts, (), _period(facts, needed)), stmt, ())
    return int(found[0][0]) if found else 0


def _batches(uow: UnitOfWork, source: Source, needed: Needed, masked: bool) -> Iterator[pa.RecordBatch]:
    if source.in_lake and source.facts:
        for batch in _of_lake(uow, source.facts, needed):
            yield _masked(batch) if masked else batch
        return
    table = _whole(uow, source, masked=masked).select(list(needed.columns))
    yield _empty(table.schema)
    yield from table.to_batches(max_chunksize=BATCH)


def _of_lake(uow: UnitOfWork, facts: Facts, needed: Needed) -> Iterator[pa.RecordBatch]:
    """Read by the statistics engine, which adds the scope; of files that can hold no row that counts, none is read."""
    columns = [facts.table.c[name] for name in needed.columns]
    stmt = select(*columns).where(_conditions(facts, needed), in_scope(facts, uow.actor.scope))
    question = Question(facts, (), _period(facts, needed))
    yield _empty(_schema(facts, needed))
    yield from stream(uow, question, stmt.select_from(facts.table), (), batch=BATCH)


PRIVATE = frozenset({"sub_account_name"})
"""Columns of the lake that hold names of customers: exports mask them (FIN-EXP-03)."""


def _masked(batch: pa.RecordBatch) -> pa.RecordBatch:
    for place, name in enumerate(batch.schema.names):
        if name in PRIVATE:
            hidden = [None if each is None else masked_name(each) for each in batch.column(place).to_pylist()]
            batch = batch.set_column(place, name, pa.array(hidden, pa.string()))
    return batch


def _whole(uow: UnitOfWork, source: Source, *, masked: bool) -> pa.Table:
    if source.load:
        return source.load(uow, masked)
    assert source.facts
    state = state_of(uow, source.facts, None, all_of)
    assert isinstance(state.read, pa.Table)
    return within(source.facts, state.read, uow)


def within(facts: Facts, table: pa.Table, uow: UnitOfWork) -> pa.Table:
    """The rows within the actor's scope, asked once more: what was loaded was read in it already."""
    if uow.actor.scope.everything:
        return table
    stmt = select(*facts.table.columns).where(in_scope(facts, uow.actor.scope))
    sql, values = bound(stmt)
    with duckdb.connect(":memory:") as connection:
        connection.register(facts.table.name, table)
        found: pa.Table = connection.sql(sql, params=values).to_arrow_table()
    return found


def _conditions(facts: Facts, needed: Needed) -> ColumnElement[bool]:
    """The rows that some mention of the table needs; every one where a mention says nothing."""
    if needed.everything:
        return and_(True)
    return or_(*(and_(*(_condition(facts, each) for each in one)) for one in needed.alternatives))


def _condition(facts: Facts, each: Condition) -> ColumnElement[bool]:
    column: ColumnElement[Any] = facts.table.c[each.column]
    first = each.values[0]
    match each.operator:
        case "in":
            return column.in_(each.values) if not isinstance(first, str) else one_of_values(column, _texts(each))
        case "between":
            return column.between(first, each.values[1])
        case "<":
            return column < first
        case "<=":
            return column <= first
        case ">":
            return column > first
        case ">=":
            return column >= first
    return column == first


def _texts(each: Condition) -> list[str]:
    return [str(value) for value in each.values]


def _period(facts: Facts, needed: Needed) -> Period:
    """The cycles that can hold a row that counts."""
    first, last = EVER.first, EVER.last
    if facts.cycle and not needed.everything:
        ends = [_span(one, facts.cycle) for one in needed.alternatives]
        first = max(first, min(begin for begin, _ in ends)).replace(day=1)
        last = min(last, max(end for _, end in ends)).replace(day=1)
    return Period(first, last)


def _span(conditions: Sequence[Condition], name: str) -> tuple[date, date]:
    """From when until when a column can lie, by conditions that all hold."""
    first, last = EVER.first, month_end(EVER.last)
    for each in conditions:
        days = [value for value in each.values if isinstance(value, date)]
        if each.column != name or not days:
            continue
        if each.operator in ("=", "in", "between", ">", ">="):
            first = max(first, min(days))
        if each.operator in ("=", "in", "between", "<", "<="):
            last = min(last, max(days))
    return first, max(first, last)


KINDS = {"text": pa.string(), "date": pa.date32(), "number": pa.int64(), "yes or no": pa.bool_(),
         "time": pa.timestamp("us", "UTC")}  # fmt: skip


def _schema(facts: Facts, needed: Needed) -> pa.Schema:
    """The columns of a slice of the lake, also of an empty one."""
    fields = []
    for name in needed.columns:
        kind = facts.table.c[name].type
        places = getattr(kind, "scale", None)
        fields.append((name, pa.decimal128(38, places) if places is not None else _arrow(str(kind))))
    return pa.schema(fields)


def _arrow(name: str) -> pa.DataType:
    names = {"TEXT": "text", "DATE": "date", "BIGINT": "number", "INTEGER": "number", "BOOLEAN": "yes or no"}
    return KINDS[names.get(name, "time")]


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=schema)


def _as_of(uow: UnitOfWork, source: Source) -> datetime | None:
    if source.in_lake and source.facts:
        return lake().scan(source.facts.table).as_of
    return uow.now

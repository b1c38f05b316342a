"""Random people put random statements: no answer holds a foreign key, name or amount.

Every statement is judged and its tables are cut as for anybody who asks. A process for each would take minutes, so
most are answered by DuckDB in this process over the very tables that the limited process would be given, and one of
each batch by the limited process itself. Answers over those tables cannot widen them.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.core.actor import Actor
from models.core.errors import Refused
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.sandbox.process import Cancel
from models.explore.asking import Asked, answer, judged
from models.explore.slices import prepared
from models.explore.sources import sources

EACH = 20
"""Statements that one person puts in an example; the last is answered by the limited process."""
CHECKED = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
FORBIDDEN = (
    "SELECT * FROM user_account", "SELECT * FROM sqlite_master", "SELECT * FROM information_schema.tables",
    "SELECT * FROM read_parquet('*.parquet')", "WITH a AS (SELECT * FROM partner) SELECT * FROM a, user_session",
    "SELECT (SELECT max(password_hash) FROM user_account)", "SELECT 1 UNION ALL SELECT count(*) FROM duckdb_tables()",
    "ATTACH 'kontor.sqlite'", "COPY expenditure_line TO 'x.csv'", "SELECT * FROM main.audit_event",
)  # fmt: skip
CONDITIONS = (
    "cycle >= '2026-05-01'", "cycle = '2026-06-01'", "spent_on < '2026-06-05'", "service_type = 'CDN'",
    "expenditure > 50", "true", "1 = 1", "cycle > '2099-01-01'", "partner_id IS NULL", "customer_id IS NOT NULL",
    "partner_id = '{key}'", "customer_id = '{key}'", "partner_id <> '{key}'", "customer_id IN ('{key}', '{other}')",
    "partner_id IN (SELECT partner_id FROM expenditure_line WHERE customer_id = '{key}')",
)  # fmt: skip
LINES = "expenditure_line"
FORMS = (
    "SELECT * {mine}",
    "SELECT partner_id, customer_id, expenditure {mine} ORDER BY 3 LIMIT 7",
    "SELECT partner_id, customer_id, min(expenditure), max(expenditure) {mine} GROUP BY ALL",
    "SELECT string_agg(partner_id || ' ' || expenditure, ',') {mine}",
    "SELECT p.*, l.expenditure FROM (SELECT * {mine}) l FULL JOIN partner p USING (partner_id)",
    "SELECT * FROM partner WHERE partner_id NOT IN (SELECT partner_id {mine})",
    "SELECT c.* FROM customer c WHERE EXISTS (SELECT 1 {mine})",
    "WITH a AS (SELECT * {mine}) SELECT a.*, b.expenditure AS more FROM a, {lines} b",
    "SELECT name FROM partner UNION ALL SELECT name FROM customer UNION SELECT customer_id {mine}",
    "SELECT customer_id, sum(expenditure) OVER (PARTITION BY spent_on, customer_id) {mine}",
    "SELECT (SELECT max(name) FROM customer), (SELECT min(name) FROM partner), count(*) {mine}",
)  # fmt: skip


@st.composite
def statements(draw: st.DrawFn, keys: list[str]) -> str:
    form = draw(st.sampled_from(FORMS))
    where = draw(st.sampled_from((" AND ", " OR "))).join(
        draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3))
    )
    where = where.format(key=draw(st.sampled_from(keys)), other=draw(st.sampled_from(keys)))
    return form.format(mine=f"FROM {LINES} WHERE ({where})", lines=LINES)


def told(uow: UnitOfWork, sql: str) -> pa.Table:
    """The answer over the tables that the limited process would be given."""
    found, known = judged(uow, Asked(sql)), {each.name: each for each in sources(uow.actor)}
    with duckdb.connect() as engine:
        for name, needed in found.tables.items():
            table, _ = prepared(uow, known[name], needed, most=10_000, masked=False, cancel=Cancel())
            with table:
                table.file.seek(0)
                engine.register(name, pa.ipc.open_stream(table.file).read_all())
        return engine.sql(found.sql).to_arrow_table()


def foreign(world: Any, actor: Actor) -> tuple[str, ...]:
    """Keys, names and amounts that nobody but others may see: every one of them stands in no line of one's own."""
    scope = actor.scope
    inside = lambda keys, value: keys is None or value in {str(key) for key in keys}  # noqa: E731
    mine = [
        line
        for line in world.lines
        if inside(scope.partners, line["partner_id"]) and inside(scope.customers, line["customer_id"])
    ]
    own = {line[name] for line in mine for name in ("partner_id", "customer_id")}
    own |= {str(key) for key in scope.partners or ()} | {str(key) for key in scope.customers or ()}
    amounts = {line["expenditure"] for line in world.lines} - {line["expenditure"] for line in mine}
    others = [key for key in world.names if key not in own]
    return (*others, *(world.names[key] for key in others), *map(str, amounts))


def holds_nothing_foreign(rows: pa.Table, sql: str, markers: tuple[str, ...]) -> None:
    cells = {str(cell) for column in rows.columns for cell in column.to_pylist()}
    pieces = {piece for cell in cells for piece in (cell, *cell.replace(",", " ").split(" "))}
    assert not [marker for marker in markers if _stands(marker, pieces)], sql


def _stands(marker: str, pieces: set[str]) -> bool:
    return any(piece == marker or (piece.replace(".", "").isdigit() and _same(piece, marker)) for piece in pieces)


def _same(piece: str, marker: str) -> bool:
    return "." in marker and marker.replace(".", "").isdigit() and piece.rstrip("0") == marker.rstrip("0")


@pytest.mark.meets("CUS-COM-01")
@CHECKED
@given(data=st.data())
def test_no_answer_holds_anything_foreign(world, data):
    actor = data.draw(st.sampled_from(world.everybody))
    markers = foreign(world, actor)
    with unit_of_work(read_only=True, actor=actor) as uow:
        for _ in range(EACH - 2):
            sql = data.draw(statements([*world.names]))
            holds_nothing_foreign(told(uow, sql), sql, markers)
        sql = data.draw(statements([*world.names]))
        holds_nothing_foreign(answer(uow, Asked(sql)).rows, sql, markers)
        with pytest.raises(Refused):
            judged(uow, Asked(data.draw(st.sampled_from(FORBIDDEN))))


@pytest.mark.deep
def test_ten_thousand_statements_bring_nothing_foreign(world):
    many = settings(CHECKED, max_examples=10_000 // EACH, database=None)
    many(given(data=st.data())(test_no_answer_holds_anything_foreign.hypothesis.inner_test))(world=world)

"""Whoever asks whatever with SQL never gets a foreign row: what goes into the process is within the scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.core.actor import SYSTEM, Actor
from models.core.errors import NotAllowed, Refused
from models.core.unit_of_work import unit_of_work
from models.engines.sandbox.process import Cancel, Limits
from models.engines.sandbox.reading import read
from models.explore import asking
from models.explore.asking import Asked, answer
from models.explore.slices import prepared
from models.explore.sources import schema_of, sources
from models.identity.roles import role_book
from tests.support.build import Build

CONDITIONS = (
    "cycle >= '2026-05-01'", "cycle = '2026-06-01'", "cycle BETWEEN '2026-04-01' AND '2026-05-01'",
    "spent_on < '2026-06-05'", "service_type = 'CDN'", "service_type IN ('CDN', 'Nothing')", "partner_id = '{partner}'",
    "customer_id IN ('{customer}', '{partner}')", "expenditure > 50", "true", "cycle > '2099-01-01'",
)  # fmt: skip
FORMS = (
    "SELECT * FROM expenditure_line WHERE {where}",
    "SELECT sum(expenditure) FROM expenditure_line WHERE {where}",
    "SELECT name, count(*) FROM expenditure_line JOIN partner USING (partner_id) WHERE {where} GROUP BY 1",
    "SELECT * FROM partner WHERE partner_id NOT IN (SELECT partner_id FROM expenditure_line WHERE {where})",
    "WITH a AS (SELECT * FROM expenditure_line) SELECT a.* FROM a, expenditure_line b WHERE {where} OR true",
    "SELECT (SELECT max(expenditure) FROM expenditure_line), * FROM customer UNION ALL SELECT 1, '1', '2', '3'",
)


def over(actor: Actor, sql: str) -> dict[str, list[dict[str, Any]]]:
    """The rows that a statement of somebody gets into the process."""
    with unit_of_work(read_only=True, actor=actor) as uow:
        known = {each.name: each for each in sources(actor)}
        needed = read(sql, schema_of([*known.values()])).tables
        found = {}
        for name, each in needed.items():
            table, _ = prepared(uow, known[name], each, most=10_000, masked=False, cancel=Cancel())
            with table:
                table.file.seek(0)
                found[name] = pa.ipc.open_stream(table.file).read_all().to_pylist()
        return found


def allowed(actor: Actor, row: dict[str, Any]) -> bool:
    scope = actor.scope
    for column, keys in (("partner_id", scope.partners), ("customer_id", scope.customers)):
        if keys is not None and column in row and row[column] not in {str(key) for key in keys}:
            return False
    return True


def test_random_people_with_random_statements_never_get_a_foreign_row(world):
    keys = {"partner": list(world.names)[1], "customer": list(world.names)[4]}

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.sampled_from(range(5)), st.sampled_from(FORMS), st.sampled_from([" AND ", " OR "]),
        st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3),
    )  # fmt: skip
    def never(who: int, form: str, word: str, conditions: list[str]) -> None:
        actor = world.everybody[who]
        sql = form.format(where=word.join(conditions)).format(**keys)
        for name, rows in over(actor, sql).items():
            assert [row for row in rows if not allowed(actor, row)] == [], name
            if name == "customer":
                of_ours = {str(line["customer_id"]) for line in world.lines if allowed(actor, line)}
                assert {row["customer_id"] for row in rows if "customer_id" in row} <= of_ours

    never()


def test_every_table_is_cut_to_the_scope_and_whole_for_the_vendor(world):
    for actor in (world.distributor, world.account_manager):
        for source in sources(actor):
            rows = over(actor, f"SELECT * FROM {source.name}")[source.name]
            assert [row for row in rows if not allowed(actor, row)] == [], (actor.name, source.name)
    expected = {who: sum(allowed(who, line) for line in world.lines) for who in world.everybody[:4]}
    found = {who: len(over(who, "SELECT * FROM expenditure_line")["expenditure_line"]) for who in expected}
    assert list(found.values()) == list(expected.values()) == [30, 12, 18, 6]
    assert over(world.outsider, "FROM expenditure_line")["expenditure_line"] == []


EVERYBODY, VENDOR, OURS, MANAGERS, NOBODY = "everybody", "vendor", "ours", "managers", "nobody"
NAMES_BY_ROLE = {
    "administrator": ({"partner", "customer", "person"}, EVERYBODY),
    "ecosystem_manager": ({"partner", "customer", "person"}, EVERYBODY),
    "reviewer_program": ({"partner", "customer", "person"}, VENDOR),
    "reviewer_technical": ({"partner", "person"}, VENDOR),
    "reviewer_business": ({"partner", "customer", "person"}, VENDOR),
    "reviewer_finance": ({"partner", "customer", "person"}, VENDOR),
    "reviewer_operations": ({"partner", "customer", "person"}, VENDOR),
    "finance": ({"partner", "customer", "person"}, VENDOR),
    "analyst": ({"partner", "customer", "person"}, MANAGERS),
    "partner_admin": ({"partner", "customer", "person"}, OURS),
    "account_director": ({"partner", "customer", "person"}, OURS),
    "account_manager": ({"partner", "customer", "person"}, NOBODY),  # no customer is assigned to this one
    "finance_specialist": ({"partner"}, ""),
    "": (set(), ""),
}  # fmt: skip


def test_every_role_has_a_say_in_names():
    assert set(NAMES_BY_ROLE) == {*role_book().vendor, *role_book().partner, ""}


@pytest.mark.parametrize("role", NAMES_BY_ROLE)
def test_names_are_there_for_whom_pages_show_them(on_sqlite, role):
    """A right to explore opens no name by itself: `explore.use` alone is added to what the role may do."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        ours = None if role in role_book().vendor else build.partner("Ours")
        made = build.actor(role or "account_manager", partner=ours, name="Asking")
        manager = build.user("account_manager", partner=ours or build.partner("Theirs"), name="Present manager")
        build.user("finance_specialist", partner=build.partner("Others"), name="Stranger")
        customer = build.customer(ours or build.partner("Also theirs"), "Customer of ours")
        build.assignment(customer, manager, date(2026, 1, 1))
    actor = replace(made, permissions=(made.permissions if role else frozenset()) | {"explore.use"})
    tables, people = NAMES_BY_ROLE[role]
    assert {each.name for each in sources(actor)} & {"partner", "customer", "person"} == tables
    for name in {"partner", "customer", "person"} - tables:
        with unit_of_work(read_only=True, actor=actor) as uow, pytest.raises(Refused, match="no table"):
            asking.judged(uow, Asked(f"SELECT * FROM {name}"))
    if people:
        seen = {row["name"] for row in over(actor, "SELECT * FROM person")["person"]}
        kinds = {"vendor": "Asking" in seen and ours is None, "ours": "Asking" in seen and ours is not None,
                 "managers": "Present manager" in seen, "everybody": "Stranger" in seen}  # fmt: skip
        assert {kind for kind, there in kinds.items() if there} == {
            EVERYBODY: {"vendor", "managers", "everybody"},
            VENDOR: {"vendor", "managers"} if actor.may("customers.view") else {"vendor"},
            OURS: {"ours", "managers"}, MANAGERS: {"managers"}, NOBODY: set(),
        }[people]  # fmt: skip


def test_names_of_others_are_not_there(world):
    for actor, strangers in ((world.partner, ("Harbor", "Kudu")), (world.account_manager, ("Harbor", "Bluewing"))):
        shown = str([over(actor, f"SELECT * FROM {name}") for name in ("partner", "customer", "person")])
        assert not [name for name in strangers if name in shown]


def test_an_answer_within_the_scope_is_exact(world):
    sql = (
        "SELECT p.name, sum(expenditure) AS total FROM expenditure_line JOIN partner p USING (partner_id) GROUP BY ALL"
    )
    with unit_of_work(read_only=True, actor=world.distributor) as uow:
        found = answer(uow, Asked(f"{sql} ORDER BY 1"))
    expected: dict[str, Any] = {}
    for line in world.lines:
        if allowed(world.distributor, line):
            name = world.names[line["partner_id"]]
            expected[name] = expected.get(name, 0) + line["expenditure"]
    assert {row["name"]: row["total"] for row in found.rows.to_pylist()} == expected
    assert list(expected) == ["Nordlicht Systems", "Small Reseller"]
    assert [(each.name, each.rows) for each in found.read] == [("expenditure_line", 18), ("partner", 2)]


def test_who_may_not_explore_is_refused_and_what_a_role_does_not_open_is_no_table(world):
    plain = type(world.partner)(user_id=None, name="Nobody", scope=world.partner.scope)
    with unit_of_work(read_only=True, actor=plain) as uow, pytest.raises(NotAllowed):
        asking.judged(uow, Asked("SELECT 1"))
    with unit_of_work(read_only=True, actor=world.analyst) as uow:
        with pytest.raises(Refused, match="no table"):
            asking.judged(uow, Asked("SELECT * FROM decision"))
        with pytest.raises(Refused, match="no table"):
            asking.judged(uow, Asked("SELECT * FROM user_account"))


def test_a_question_that_reads_too_much_is_refused_while_it_reads(world):
    source = next(each for each in sources(world.analyst) if each.in_lake)
    with unit_of_work(read_only=True, actor=world.analyst) as uow:
        needed = read("FROM expenditure_line", schema_of([source])).tables[source.name]
        with pytest.raises(Refused, match="more than 29 rows"):
            prepared(uow, source, needed, most=29, masked=False, cancel=Cancel())
        cost = asking.cost(uow, Asked("SELECT sum(expenditure) FROM expenditure_line WHERE cycle = '2026-06-01'"))
    assert cost.tables == (("expenditure_line", 10, 2),)


def test_exports_get_names_masked_before_sql_can_join_them_together(world):
    sql = "SELECT lower(name) || '!' AS x FROM customer UNION ALL SELECT sub_account_name FROM expenditure_line"
    with (
        unit_of_work(read_only=True, actor=world.analyst) as uow,
        asking.opened(uow, Asked(sql), limits=Limits(rows=1000), masked=True) as found,
    ):
        rows = {row["x"] for batch in found.answer.batches for row in batch.to_pylist()}
    assert rows == {"b****o!", "p****e!", "k****y!", "z****s!", "F****t"}

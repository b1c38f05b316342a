"""The engine on an invented fact: scope, bound values, memory of answers, words when the lake is away."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from models.core.actor import SYSTEM, Actor, Scope
from models.core.errors import Refused
from models.core.lake import lake
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import (
    Against,
    Filter,
    Granularity,
    LakeAway,
    Period,
    Question,
    Row,
    ask,
    ask_together,
    compiling,
    data_through,
    engine,
    forget,
    look_again,
)
from models.engines.statistics.cache import Cache
from models.engines.statistics.session import Cursor, bound
from models.expenditures.dimensions import EXPENDITURES
from models.expenditures.facts import expenditure_line
from models.expenditures.measures import EXPENDITURE, LINES, SPENDING_CUSTOMERS
from tests.support.facts import FactBuilder

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
pytestmark = pytest.mark.usefixtures("sqlite")


@pytest.fixture
def uow(sqlite):
    with unit_of_work(actor=SYSTEM) as work:
        yield work
        work.session.rollback()


@pytest.fixture
def facts(tmp_path) -> FactBuilder:
    return FactBuilder(tmp_path)


def question(period: Period | None = None, **more) -> Question:
    return Question(EXPENDITURES, more.pop("measures", (EXPENDITURE,)), period or Period(JUNE, JUNE), **more)


def amounts(answer) -> dict[tuple[str, ...], Decimal]:
    return {(*row.keys, row.currency): row.amount() for row in answer.rows}


@pytest.mark.parametrize(
    "period, against, until, compared",
    [
        (Period(JUNE, JUNE), Against.PREVIOUS, None, Period(MAY, MAY)),
        (
            Period(date(2026, 1, 1), date(2026, 3, 1)),
            Against.PREVIOUS,
            None,
            Period(date(2025, 10, 1), date(2025, 12, 1)),
        ),
        (Period(date(2026, 1, 1), date(2026, 3, 1)), Against.YEAR, None, Period(date(2025, 1, 1), date(2025, 3, 1))),
        (Period(JUNE, JUNE), Against.PREVIOUS, 9, Period(MAY, MAY, until=9)),
        (Period(JUNE, JUNE), Against.NOTHING, None, None),
        (Period(JUNE, JUNE, day=date(2026, 6, 9)), Against.PREVIOUS, None, Period(MAY, MAY, day=date(2026, 5, 9))),
        (Period(date(2026, 3, 1), date(2026, 3, 1), day=date(2026, 3, 31)), Against.PREVIOUS, None, None),
    ],
)
def test_a_period_is_compared_with_one_of_equal_length(period, against, until, compared):
    assert period.compared(against, until=until) == compared


def test_an_empty_lake_answers_with_nothing(uow):
    answer = ask(uow, question(by=("service_type",)))
    assert (answer.rows, answer.as_of, answer.snapshot_id) == ((), None, None)


def test_sums_are_exact_per_currency_and_period(uow, facts):
    facts.put([
        facts.line(JUNE, "0.000000000001"), facts.line(JUNE, "99999999999.999999999999"),
        facts.line(JUNE, "5", currency="EUR"), facts.line(MAY, "7"),
    ])  # fmt: skip
    answer = ask(uow, question(compared=Period(MAY, MAY)))
    found = {row.currency: (row.amount(), row.amount_before()) for row in answer.rows}
    assert found == {"USD": (Decimal("100000000000"), Decimal(7)), "EUR": (Decimal(5), Decimal(0))}


def test_the_compared_month_is_cut_at_the_elapsed_days(uow, facts):
    facts.put([facts.line(date(2026, 5, day), "1") for day in (1, 9, 10, 31)] + [facts.line(JUNE, "1")])
    answer = ask(uow, question(compared=Period(date(2026, 4, 1), MAY, until=9)))
    assert [row.amount_before() for row in answer.rows] == [Decimal(2)]


def test_steps_are_cycles_or_days(uow, facts):
    facts.put([facts.line(MAY, "1"), facts.line(date(2026, 5, 2), "2"), facts.line(JUNE, "4")])
    by_month = ask(uow, question(Period(MAY, JUNE), granularity=Granularity.MONTH))
    assert {row.start: row.amount() for row in by_month.rows} == {MAY: 3, JUNE: 4}
    by_day = ask(uow, question(Period(MAY, MAY), granularity=Granularity.DAY))
    assert {row.start: row.amount() for row in by_day.rows} == {MAY: 1, date(2026, 5, 2): 2}


def test_folding_keeps_some_keys_and_sums_up_the_rest(uow, facts):
    facts.put(
        [facts.line(JUNE, amount, service_type=name) for name, amount in (("A", 1), ("B", 2), ("C", 4), (None, 8))]
    )
    folded = question(by=("service_type",), folded=("A", "none"))
    assert amounts(ask(uow, folded)) == {("A", "USD"): 1, ("none", "USD"): 8, ("(other)", "USD"): 6}
    assert amounts(ask(uow, replace(folded, folded=("A",)))) == {("A", "USD"): 1, ("(other)", "USD"): 14}


def test_a_measure_counts_only_its_rows(uow, facts, tmp_path):
    one, two = uuid4(), uuid4()
    line = lambda key, amount, **more: facts.line(JUNE, amount) | {"customer_id": str(key)} | more  # noqa: E731
    facts.put(
        [
            line(one, 1),
            line(one, 2),
            line(two, -1, bill_type="credit"),
            line(two, 9, bill_type="tax"),
            facts.line(JUNE, 1),
        ]
    )
    answer = ask(uow, question(measures=(SPENDING_CUSTOMERS, LINES)))
    assert [(row.currency, row.now) for row in answer.rows] == [("", (1, 4))]


@pytest.mark.parametrize("value", ["'; DROP TABLE x; --", '"', "%", "\\", "a' OR '1'='1"])
def test_values_are_bound_never_written_into_the_statement(uow, facts, value):
    facts.put([facts.line(JUNE, 1, service_type=value), facts.line(JUNE, 2)])
    asked = question(where=(Filter("service_type", (value,)),))
    assert amounts(ask(uow, asked)) == {("USD",): 1}
    statement, values = bound(compiling.compiled(asked, Scope.ALL))
    assert value not in statement or value in ('"', "%", "\\")
    assert value in values


def test_many_values_are_one_bound_list(uow, facts):
    facts.put([facts.line(JUNE, 1, service_type=f"S{n}") for n in range(200)])
    names = tuple(f"S{n}" for n in range(150))
    assert amounts(ask(uow, question(where=(Filter("service_type", names),)))) == {("USD",): 150}


def test_an_unknown_dimension_is_refused_in_words(uow):
    with pytest.raises(Refused, match="Nothing can be grouped by shoe size"):
        ask(uow, question(by=("shoe size",)))
    with pytest.raises(Refused, match="STATISTICS-DIMENSION"):
        ask(uow, question(where=(Filter("shoe size", ("44",)),)))


def test_a_limited_scope_never_sees_unmapped_lines(uow, facts):
    mine, foreign = uuid4(), uuid4()
    facts.put([facts.line(JUNE, 1) | {"partner_id": str(mine), "customer_id": str(uuid4())},
               facts.line(JUNE, 2) | {"partner_id": str(foreign), "customer_id": str(uuid4())},
               facts.line(JUNE, 4)])  # fmt: skip
    seen = lambda scope: amounts(ask(replace(uow, actor=Actor(None, "x", scope=scope)), question()))  # noqa: E731
    assert seen(Scope(frozenset({mine}))) == {("USD",): 1}
    assert seen(Scope(frozenset({mine, foreign}))) == {("USD",): 3}
    assert seen(Scope(None, frozenset({uuid4()}))) == {}
    assert seen(Scope.NOTHING) == {}
    assert seen(Scope.ALL) == {("USD",): 7}


def test_an_answer_is_remembered_until_the_lake_changes(uow, facts, monkeypatch):
    facts.put([facts.line(JUNE, 1)])
    forget()
    ran = []
    rows = Cursor.rows
    monkeypatch.setattr(Cursor, "rows", lambda cursor, stmt: ran.append(stmt) or rows(cursor, stmt))
    assert amounts(ask(uow, question())) == amounts(ask(uow, question())) == {("USD",): 1}
    assert len(ran) == 1
    facts.put([facts.line(JUNE, 2)])
    assert amounts(ask(uow, question())) == {("USD",): 3}
    stranger = Actor(None, "x", scope=Scope(None, frozenset({uuid4()})))
    assert amounts(ask(replace(uow, actor=stranger), question())) == {}, "another scope is another question"
    assert len(ran) == 3


def test_a_reading_page_sees_one_state_and_looks_again_when_asked(sqlite, facts):
    facts.put([facts.line(JUNE, 1)])
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert amounts(ask(uow, question())) == {("USD",): 1}
        facts.put([facts.line(JUNE, 2)])
        assert amounts(ask(uow, question(by=("region",)))) == {("eu-west-1", "USD"): 1}
        look_again(uow)
        assert amounts(ask(uow, question())) == {("USD",): 3}


def test_the_memory_is_bounded_and_forgets_the_longest_unused():
    cache = Cache(entries=3, weight=100)
    for name in "abc":
        cache.put(name, name, weight=20)
    cache.get("a")
    cache.put("d", "d", weight=20)
    assert [cache.get(name) for name in "abcd"] == ["a", None, "c", "d"]
    cache.put("too heavy", "x", weight=26)
    assert cache.get("too heavy") is None
    cache.put("e", "e", weight=25)
    cache.put("f", "f", weight=25)
    cache.put("g", "g", weight=25)
    assert len(cache) == 3


def test_files_that_are_gone_are_told_in_words(uow, facts):
    facts.put([facts.line(JUNE, 1)])
    forget()
    for path in lake().scan(expenditure_line).files:
        Path(path).rename(path + ".away")
    with pytest.raises(LakeAway, match="Try again in a minute"):
        ask(uow, question())
    with pytest.raises(LakeAway):
        data_through(uow, EXPENDITURES, JUNE)


def test_users_ask_at_the_same_time_without_seeing_each_other(sqlite, facts):
    partners = [uuid4() for _ in range(4)]
    lines = [
        facts.line(JUNE, n + 1) | {"partner_id": str(p), "customer_id": str(uuid4())} for n, p in enumerate(partners)
    ]
    facts.put(lines)
    forget()
    found: list[set[Decimal]] = [set() for _ in partners]

    def work(place: int) -> None:
        actor = Actor(None, "x", scope=Scope(frozenset({partners[place]})))
        with unit_of_work(actor=actor, read_only=True) as uow:
            for name in ("service_type", "region", "billing_mode", "partner", "account_manager") * 3:
                found[place] |= {row.amount() for row in ask(uow, question(by=(name,))).rows}
                if name == "region":
                    forget()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{Decimal(1)}, {Decimal(2)}, {Decimal(3)}, {Decimal(4)}]


def test_how_far_the_data_reaches(uow, facts):
    assert data_through(uow, EXPENDITURES, JUNE) is None
    facts.put([facts.line(date(2026, 6, 9), 1), facts.line(date(2026, 6, 3), 1), facts.line(date(2026, 7, 1), 1)])
    assert data_through(uow, EXPENDITURES, JUNE) == date(2026, 6, 9)


@pytest.mark.parametrize("commits, agree", [(1, True), (99, False)])
def test_answers_of_two_states_are_asked_again_but_not_for_ever(uow, facts, monkeypatch, commits, agree):
    facts.put([facts.line(JUNE, 1)])
    once, changes = engine.ask, []

    def meanwhile(work, asked):
        answer = once(work, asked)
        if len(changes) < commits:
            changes.append(facts.put([facts.line(JUNE, 1)]))
        return answer

    monkeypatch.setattr(engine, "ask", meanwhile)
    one, other = ask_together(uow, question(), question(by=("region",)))
    assert (one.snapshot_id == other.snapshot_id) is agree
    assert len(changes) < 99, "it gives up in the end"


def test_rows_and_batches_of_a_select_within_scope_and_question(uow, facts):
    mine = uuid4()
    asked = question(where=(Filter("region", ("eu-west-1",)),))
    line = expenditure_line.c
    stmt = compiling.narrowed(select(line.product, line.expenditure), asked, Scope.ALL, also=())
    assert engine.fetch(uow, asked, stmt, ()) == ([], None)
    facts.put([facts.line(JUNE, 1) | {"partner_id": str(mine)}, facts.line(JUNE, 2, region_id="elsewhere")])
    rows, as_of = engine.fetch(uow, asked, stmt, ())
    assert rows == [("EC2-T3", Decimal(1))]
    assert as_of is not None
    batches = list(engine.stream(uow, asked, stmt, (), batch=10))
    assert [row for batch in batches for row in batch.to_pylist()] == [{"product": "EC2-T3", "expenditure": Decimal(1)}]
    for path in lake().scan(expenditure_line).files:
        Path(path).rename(path + ".away")
    with pytest.raises(LakeAway):
        list(engine.stream(uow, asked, stmt, (), batch=10))


def test_what_is_made_of_an_answer_is_made_once_and_only_of_exact_numbers(uow, facts):
    facts.put([facts.line(JUNE, 1)])
    answer = ask(uow, question())
    made = [answer.derived("sum", lambda: [len(answer.rows)]) for _ in range(2)]
    assert made[0] is made[1]
    with pytest.raises(TypeError, match="no exact number"):
        Row((), "", None, (1.5,), (1.5,)).amount()  # type: ignore[arg-type]


def test_a_remembered_value_can_be_replaced():
    cache = Cache(entries=3, weight=100)
    cache.put("a", 1, weight=20)
    cache.put("a", 2, weight=25)
    assert (cache.get("a"), len(cache)) == (2, 1)


def test_partners_of_a_filter_and_one_day_are_found_by_their_stored_keys(uow, facts):
    mine = str(uuid4())
    facts.put([facts.line(JUNE, 1) | {"partner_id": mine, "customer_id": str(uuid4())}, facts.line(JUNE, 2),
               facts.line(date(2026, 6, 2), 4) | {"partner_id": mine, "customer_id": str(uuid4())}])  # fmt: skip
    only = question(where=(Filter("partner", (mine,)),))
    assert amounts(ask(uow, only)) == {("USD",): 5}
    assert amounts(ask(uow, replace(only, period=Period(JUNE, JUNE, day=JUNE)))) == {("USD",): 1}
    both = question(where=(Filter("partner", (mine, "unmapped")),))
    assert amounts(ask(uow, both)) == {("USD",): 7}
    managed = question(by=("account_manager",))
    assert amounts(ask(uow, managed)) == {("none", "USD"): 5, ("unmapped", "USD"): 2}
    assert [row.amount() for row in ask(uow, replace(managed, measures=(LINES,), where=only.where)).rows] == [2]


def test_any_of_several_permissions_opens_facts_and_steps_begin_with_the_calendar():
    several = replace(EXPENDITURES, permission=("a", "b"))
    assert several.open_to(Actor(None, "x", permissions=frozenset({"b"})))
    assert not several.open_to(Actor(None, "x", permissions=frozenset({"statistics.view"})))
    assert [each.step(date(2026, 6, 9)) for each in Granularity] == [
        date(2026, 1, 1), date(2026, 4, 1), JUNE, date(2026, 6, 9),
    ]  # fmt: skip

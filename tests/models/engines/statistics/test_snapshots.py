"""Records asked as facts: read within the scope, kept until they change, states counted at the end of a period."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pyarrow as pa
import pytest
from sqlalchemy import Column, Date, MetaData, Numeric, Table, Text, func

from models.core.actor import SYSTEM, Actor, Scope
from models.core.money import WIDE
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.statistics import (
    MISSING,
    Dimension,
    Facts,
    Filter,
    Granularity,
    Measure,
    Period,
    Question,
    Snapshot,
    Unit,
    ask,
    data_through,
    forget,
    look_again,
)
from models.engines.statistics.records import arrow as records_as_arrow
from models.engines.statistics.records import key_text

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
D = Decimal
order = Table(
    "order_of_test", MetaData(), Column("partner_id", Text), Column("day", Date), Column("ended", Date),
    Column("currency", Text), Column("kind", Text), Column("amount", Numeric(38, 8)),
)  # fmt: skip
SHAPE = pa.schema({
    "partner_id": pa.string(), "day": pa.date32(), "ended": pa.date32(), "currency": pa.string(), "kind": pa.string(),
    "amount": pa.decimal128(38, 8),
})  # fmt: skip
KIND = Dimension("kind", "Kind", order.c.kind, MISSING, "Not stated", lambda _, keys: {key: key for key in keys})
ORDERS = Measure("orders", "Orders", Unit.COUNT, func.count(), None, True, "Number of orders.")
AMOUNT = Measure("amount", "Amount", Unit.MONEY, func.sum(order.c.amount), None, True, "What was ordered.")


@dataclass
class Records:
    """Rows in memory that stand for a table of the record store; counts how often they are read."""

    rows: list[dict[str, object]] = field(default_factory=list)
    reads: int = 0

    def add(self, day: date, amount: str = "1", **given: object) -> None:
        self.rows.append({"day": day, "amount": D(amount), "currency": "USD", "kind": "a", **given})

    def load(self, uow: UnitOfWork) -> pa.Table:
        self.reads += 1
        allowed = uow.actor.scope.partners
        seen = [row for row in self.rows if allowed is None or row.get("partner_id") in {str(key) for key in allowed}]
        return pa.Table.from_pylist(seen, schema=SHAPE)

    def facts(self, **more: object) -> Facts:
        snapshot = Snapshot(self.load, lambda _: len(self.rows))
        plain = Facts(order, "partner_id", None, None, "day", "currency", {"kind": KIND}, snapshot=snapshot)
        return replace(plain, **more)


@pytest.fixture
def uow(sqlite):
    forget()
    with unit_of_work(actor=SYSTEM, read_only=True) as work:
        yield work


def seen_by(uow: UnitOfWork, *partners: UUID) -> UnitOfWork:
    return replace(uow, actor=Actor(None, "x", scope=Scope(frozenset(partners))))


def test_records_are_asked_like_the_lake(uow):
    records = Records()
    records.add(date(2026, 5, 31), "0.00000001")
    records.add(date(2026, 6, 1), "2", kind="b")
    records.add(date(2026, 6, 30), "4", kind=None, currency="EUR")
    records.add(date(2026, 7, 1), "8")
    facts = records.facts()
    answer = ask(uow, Question(facts, (AMOUNT, ORDERS), Period(JUNE, JUNE), Period(MAY, MAY), by=("kind",)))
    found = {(row.keys[0], row.currency): (row.now, row.before) for row in answer.rows}
    assert found == {
        ("a", "USD"): ((None, 0), (D("0.00000001"), 1)),
        ("b", "USD"): ((D(2), 1), (None, 0)),
        ("none", "EUR"): ((D(4), 1), (None, 0)),
    }
    only = Question(facts, (ORDERS,), Period(MAY, JUNE), where=(Filter("kind", ("none", "b")),))
    assert [row.now for row in ask(uow, only).rows] == [(2,)]
    assert answer.as_of == uow.now
    assert answer.snapshot_id is not None
    assert data_through(uow, facts, uow.today.replace(day=1)) == uow.today
    assert data_through(uow, facts, MAY) == date(2026, 5, 31)


def test_quarters_years_and_days_are_steps_too(uow):
    records = Records()
    for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 1)):
        records.add(day)
    asked = Question(records.facts(), (ORDERS,), Period(date(2025, 1, 1), date(2026, 12, 1)))
    steps = {
        each: {row.start: row.now[0] for row in ask(uow, replace(asked, granularity=each)).rows} for each in Granularity
    }
    assert steps[Granularity.YEAR] == {date(2025, 1, 1): 1, date(2026, 1, 1): 4}
    assert steps[Granularity.QUARTER] == {date(2025, 10, 1): 1, date(2026, 1, 1): 2, date(2026, 4, 1): 2}
    assert steps[Granularity.MONTH][date(2026, 4, 1)] == steps[Granularity.DAY][date(2026, 4, 1)] == 2


def test_facts_with_a_billing_month_keep_to_it_by_quarter_too(uow):
    facts = replace(Records().facts(), cycle="day")
    records = Records()
    for day in (date(2026, 5, 1), date(2026, 6, 1)):
        records.add(day)
    asked = Question(replace(facts, snapshot=records.facts().snapshot), (ORDERS,), Period(MAY, JUNE))
    quarters = ask(uow, replace(asked, granularity=Granularity.QUARTER)).rows
    assert [(row.start, row.now) for row in quarters] == [(date(2026, 4, 1), (2,))]
    some = replace(asked, period=Period.of_days(date(2026, 5, 2), date(2026, 6, 2)))
    assert [row.now for row in ask(uow, some).rows] == [(1,)]


def test_keys_of_records_are_written_alike_whatever_the_database_answers():
    shape = pa.schema({"key": pa.string(), "name": pa.string()})
    bare = records_as_arrow(shape, [("6f1c2f0e6a0d5c8f9d531f6f7c1f7a10", "a"), (None, "b")], keys=("key",))
    assert bare["key"].to_pylist() == ["6f1c2f0e-6a0d-5c8f-9d53-1f6f7c1f7a10", None]
    dashed = records_as_arrow(shape, [("6f1c2f0e-6a0d-5c8f-9d53-1f6f7c1f7a10", "a")], keys=("key",))
    assert dashed["key"].to_pylist() == bare["key"].to_pylist()[:1]
    assert records_as_arrow(shape, [], keys=("key",)).num_rows == 0
    assert str(key_text(order.c.kind)) == "CAST(order_of_test.kind AS TEXT)"


def test_several_comparisons_are_one_question(uow):
    records = Records()
    for day, amount in ((date(2026, 6, 2), "1"), (date(2026, 5, 2), "2"), (date(2025, 6, 2), "4")):
        records.add(day, amount)
    year = Period(date(2025, 6, 1), date(2025, 6, 1))
    some = Period.of_days(date(2026, 5, 2), date(2026, 5, 2))
    asked = Question(records.facts(), (AMOUNT,), Period(JUNE, JUNE), Period(MAY, MAY), further=(year, some))
    (row,) = ask(uow, asked).rows
    assert (row.now, row.before, row.further) == ((1,), (2,), ((4,), (2,)))


def test_nobody_reads_beyond_the_scope_even_if_a_snapshot_did(uow):
    mine, foreign = uuid4(), uuid4()
    records = Records()
    records.add(JUNE, partner_id=str(mine))
    records.add(JUNE, partner_id=str(foreign))
    records.add(JUNE)
    careless = replace(records.facts(), snapshot=Snapshot(lambda _: records.load(uow), lambda _: 1))
    for facts in (records.facts(), careless):
        asked = Question(facts, (ORDERS,), Period(JUNE, JUNE))
        count = lambda work, asked=asked: sum(row.now[0] for row in ask(work, asked).rows)  # noqa: E731
        assert count(uow) == 3
        assert count(seen_by(uow, mine)) == 1
        assert count(seen_by(uow, mine, foreign)) == 2
        assert count(seen_by(uow)) == 0


def test_what_one_sees_is_not_what_another_in_the_same_work_sees(uow):
    mine = uuid4()
    records = Records()
    records.add(JUNE, partner_id=str(mine))
    records.add(JUNE)
    asked = Question(records.facts(), (ORDERS,), Period(JUNE, JUNE))
    assert [row.now for row in ask(seen_by(uow, mine), asked).rows] == [(1,)]
    assert [row.now for row in ask(uow, asked).rows] == [(2,)]


def test_records_are_read_once_until_they_change(sqlite):
    forget()
    records = Records()
    records.add(JUNE)
    asked = Question(records.facts(), (ORDERS,), Period(JUNE, JUNE))
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        for by in ((), ("kind",), ()):
            ask(uow, replace(asked, by=by))
        records.add(JUNE)
        assert ask(uow, asked).rows[0].now == (1,), "one page sees one state"
        assert records.reads == 1
        look_again(uow)
        assert ask(uow, asked).rows[0].now == (2,)
    with unit_of_work(actor=SYSTEM) as uow:
        assert ask(uow, asked).rows[0].now == (2,)
    assert records.reads == 2


def test_states_are_counted_as_they_stand_at_the_end(uow):
    records = Records()
    records.add(date(2026, 1, 1))
    records.add(date(2026, 6, 30))
    records.add(date(2026, 2, 1), ended=date(2026, 6, 30))
    records.add(date(2026, 2, 1), ended=date(2026, 7, 1))
    asked = Question(records.facts(ended="ended"), (ORDERS,), Period(JUNE, JUNE), Period(MAY, MAY))
    (row,) = ask(uow, asked).rows
    assert (row.now, row.before) == ((3,), (3,))
    (row,) = ask(uow, replace(asked, period=Period(JUNE, MAY), compared=None)).rows
    assert row.now == (0,), "a period that ends before it begins has nothing"


def test_a_state_counts_in_every_step_that_it_outlasts(uow):
    records = Records()
    records.add(date(2026, 1, 15), ended=date(2026, 4, 30))
    records.add(date(2026, 4, 30))
    asked = Question(
        records.facts(ended="ended"), (ORDERS,), Period(date(2026, 2, 1), date(2026, 5, 1)),
        further=(Period(date(2025, 11, 1), date(2026, 1, 1)),),
    )  # fmt: skip
    months = {row.start: (row.now, row.further) for row in ask(uow, replace(asked, granularity=Granularity.MONTH)).rows}
    assert months == {
        date(2026, 1, 1): ((0,), ((1,),)),
        date(2026, 2, 1): ((1,), ((0,),)),
        date(2026, 3, 1): ((1,), ((0,),)),
        date(2026, 4, 1): ((1,), ((0,),)),
        date(2026, 5, 1): ((1,), ((0,),)),
    }
    quarters = ask(uow, replace(asked, granularity=Granularity.QUARTER, further=()))
    assert {row.start: row.now for row in quarters.rows} == {date(2026, 1, 1): (1,), date(2026, 4, 1): (1,)}
    nothing = replace(asked, period=Period(JUNE, MAY), further=(), granularity=Granularity.MONTH)
    assert ask(uow, nothing).rows == ()


def test_a_quotient_is_divided_exactly_and_is_nothing_over_nothing(uow):
    records = Records()
    for amount, kind, currency in (("1", "a", "USD"), ("2", "b", "USD"), ("5", "b", "EUR"), ("0", "c", "USD")):
        records.add(JUNE, amount, kind=kind, currency=currency)
    of_b = func.sum(order.c.amount).filter(order.c.kind == "b")
    share = Measure(
        "share_of_b", "Share of b", Unit.SHARE, of_b, None, False, "…", divided_by=func.sum(order.c.amount),
        of_amounts=True,
    )  # fmt: skip
    asked = Question(records.facts(), (ORDERS, share), Period(JUNE, JUNE), Period(MAY, MAY))
    found = {row.currency: (row.now, row.before) for row in ask(uow, asked).rows}
    assert found == {"USD": ((3, WIDE.divide(D(2), D(3))), (0, None)), "EUR": ((1, 1), (0, None))}
    price = replace(share, name="price", unit=Unit.MONEY, aggregate=func.sum(order.c.amount), divided_by=func.count())
    assert {row.currency: row.now for row in ask(uow, replace(asked, measures=(price,), compared=None)).rows} == {
        "USD": (1,), "EUR": (5,)
    }  # fmt: skip
    nobody = replace(asked, where=(Filter("kind", ("c",)),), compared=None)
    assert [row.now for row in ask(uow, nobody).rows] == [(1, None)]


def test_some_currencies_only_and_each_on_rows_of_its_own(uow):
    records = Records()
    for currency in ("USD", "USD", "EUR", "CNY"):
        records.add(JUNE, currency=currency)
    asked = Question(records.facts(), (ORDERS,), Period(JUNE, JUNE), currencies=("USD", "EUR"))
    assert [row.now for row in ask(uow, asked).rows] == [(3,)]
    each = ask(uow, replace(asked, per_currency=True))
    assert {row.currency: row.now for row in each.rows} == {"USD": (2,), "EUR": (1,)}

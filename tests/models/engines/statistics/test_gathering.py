"""Sums that several questions share: each is answered from them exactly as from the facts, which are read once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, Text, cast, distinct, func, literal_column, select, text

from models.core.actor import SYSTEM, Scope
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import Granularity, Measure, Period, Question, Unit, ask, engine, forget, gathering
from models.engines.statistics.question import joined_periods
from models.engines.statistics.session import Cursor
from models.expenditures.dimensions import EXPENDITURES
from models.expenditures.measures import (
    EXPENDITURE,
    FIRST_TIME_CUSTOMERS,
    LINES,
    OTHER_SPENDING_CUSTOMERS,
    SPENDING_CUSTOMERS,
    SPENDING_PARTNERS,
    USAGE,
)
from models.partners.measures import MEASURES as OF_PARTNERS
from models.statistics.asking import answer
from models.statistics.asks import Ask
from tests.support.build import Build
from tests.support.lines_world import MONTHS, as_somebody, lines_world

MADE_OF_SUMS = (EXPENDITURE, SPENDING_CUSTOMERS, OTHER_SPENDING_CUSTOMERS, LINES, USAGE, FIRST_TIME_CUSTOMERS)
BY = ("partner", "customer", "account_manager", "service_type", "region")
HALVES = {"period": Period(MONTHS[2], MONTHS[3]), "further": (Period(MONTHS[0], MONTHS[1]),)}


def scopes(world):
    """Everything, what is a partner's, and nothing although there are files."""
    return [Scope.ALL, Scope(frozenset({world.partners[1].id})), Scope(None, frozenset({uuid4()}))]


@pytest.fixture
def world(sqlite, tmp_path):
    with unit_of_work(actor=SYSTEM) as uow:
        yield lines_world(uow.at(date(2026, 7, 20)), Build(uow), tmp_path)
        uow.session.rollback()


@pytest.fixture
def read(monkeypatch):
    """What was read from files."""
    found, rows, batches = [], Cursor.rows, Cursor.batches

    def seen(method):
        return lambda cursor, *more: (found.append(more[0]) if cursor._files else None) or method(cursor, *more)

    monkeypatch.setattr(Cursor, "rows", seen(rows))
    monkeypatch.setattr(Cursor, "batches", seen(batches))
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_question_within_others_has_the_very_same_answer(world, data):
    measures = data.draw(st.lists(st.sampled_from(MADE_OF_SUMS), min_size=1, unique=True))
    by = tuple(data.draw(st.lists(st.sampled_from(BY), max_size=2, unique=True)))
    step = data.draw(st.sampled_from([None, *Granularity]))
    periods = data.draw(st.sampled_from([HALVES, {"period": Period(MONTHS[1], MONTHS[3])}]))
    apart = data.draw(st.booleans())
    whole = Question(EXPENDITURES, tuple(measures), **periods, by=by, granularity=step, per_currency=apart)
    kept = data.draw(st.sampled_from([("none",), (str(world.customers[0].partner_id), "unmapped"), ()]))
    asked = replace(
        whole, measures=tuple(data.draw(st.lists(st.sampled_from(measures), min_size=1, unique=True))),
        by=data.draw(st.sampled_from([by, by[:1], by[1:], ()])), granularity=data.draw(st.sampled_from([None, step])),
        per_currency=apart and data.draw(st.booleans()),
    )  # fmt: skip
    if asked.by and data.draw(st.booleans()):
        asked = replace(asked, folded=kept)
    uow = as_somebody(world, data.draw(st.sampled_from(scopes(world))))
    assert gathering.gathered(whole, uow.actor.scope) is not None
    forget()
    direct = ask(uow, asked)
    forget()
    shared = ask(uow, replace(asked, within=whole))
    assert sorted(map(repr, shared.rows)) == sorted(map(repr, direct.rows)), "also the types of the values"


def test_the_largest_the_others_and_the_whole_read_the_files_once(world, read, monkeypatch):
    asked = Ask.of(
        "expenditure", "spending_customers", by=("partner",), top=1, against=("previous",), currency="USD",
        period={"first": MONTHS[2], "last": MONTHS[3]},
    )  # fmt: skip
    forget()
    found = answer(world.uow, asked)
    assert len(read) == 1
    assert [row.count for row in found.rows] == [1, 4], "four partners, and lines of none"
    monkeypatch.setattr(engine, "LARGEST_SUMS", 0)
    forget()
    read.clear()
    again = answer(world.uow, asked)
    assert (again.rows, again.totals) == (found.rows, found.totals), "what is too large to keep is read each time"
    assert len(read) == 4


def test_an_amount_in_the_usual_currency_is_remembered(world, read):
    asked = Ask.of("expenditure", by=("region",), period={"first": MONTHS[0], "last": MONTHS[3]})
    forget()
    assert answer(world.uow, asked).rows == answer(world.uow, asked).rows != ()
    assert len(read) == 1


def test_what_is_no_sum_and_what_lasts_are_asked_directly():
    table = Table("thing", MetaData(), Column("name", Text), Column("size", Integer))
    part = lambda aggregate: Measure("x", "x", Unit.COUNT, aggregate, None, False, "x")  # noqa: E731
    made = lambda *aggregates: gathering.gathered(  # noqa: E731
        Question(EXPENDITURES, tuple(part(each) for each in aggregates), Period(MONTHS[0], MONTHS[0])), Scope.ALL
    )
    name, size = table.c.name, table.c.size
    assert made(func.sum(size), func.count(distinct(name)), func.max(size), func.count_if(size > 1)) is not None
    assert made(func.count(distinct(name)), func.count(distinct(size))) is None
    for aggregate in (func.quantile_disc(size, 0.5), func.sum(distinct(size)), func.sum(name), func.max_by(name, size)):
        assert made(aggregate) is None
    assert (
        gathering.gathered(Question(EXPENDITURES, (SPENDING_CUSTOMERS, SPENDING_PARTNERS), **HALVES), Scope.ALL) is None
    )
    partners = next(facts for facts in OF_PARTNERS if facts.ended)
    standing = Question(
        partners, OF_PARTNERS[partners][:1], Period(MONTHS[0], MONTHS[1]), granularity=Granularity.MONTH
    )
    assert gathering.gathered(standing, Scope.ALL) is None


def test_months_that_follow_each_other_are_one_condition():
    first, second, later = (Period(month, month) for month in (MONTHS[0], MONTHS[1], MONTHS[3]))
    assert joined_periods((second, first), EXPENDITURES) == [Period(MONTHS[0], MONTHS[1])]
    assert joined_periods((first, later), EXPENDITURES) == [first, later]
    days = Period.of_days(MONTHS[0], date(2026, 3, 5))
    assert joined_periods((days, second), EXPENDITURES) == [days, second]


def test_sums_of_whole_numbers_are_as_large_as_they_are():
    """A sum of sums must not be cut to 64 bits."""
    stmt = select(cast(func.sum(literal_column("n")), gathering.Huge())).select_from(text("(VALUES (?), (?)) v(n)"))
    most = 2**63 - 1
    assert duckdb.execute(str(stmt.compile()), [most, most]).fetchall() == [(2 * most,)]

"""Random people ask random questions in names: one total everywhere, exactly what counting their own lines gives.

Page, drill-down, steps, comparisons, export lines and the expenditure pages are all held to the same independent count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.catalog.tables import ExchangeRate
from models.core.actor import SYSTEM, Scope
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import month_end, shift_month
from models.engines.statistics.explaining import added
from models.expenditures import queries as pages
from models.expenditures.queries import ExpenditureFilter
from models.statistics.asking import answer
from models.statistics.asks import Ask
from models.statistics.explaining import explain
from models.statistics.results import Result
from tests.support.build import Build
from tests.support.lines_world import MONTHS, Line, World, allowed, as_somebody, lines_world, scopes

BY = (
    "partner",
    "customer",
    "account_manager",
    "association_type",
    "service_type",
    "billing_mode",
    "region",
    "bill_type",
)
RATE = Decimal("1.0725")
CHECKED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def world(sqlite, tmp_path):
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.add(
            ExchangeRate(currency="EUR", base="USD", value=RATE, on=date(2026, 1, 1), source="ECB", entered_at=uow.now)
        )
        uow.session.flush()
        yield lines_world(uow.at(date(2026, 7, 20)), Build(uow), tmp_path)
        uow.session.rollback()


@st.composite
def asks(draw: st.DrawFn, world: World) -> Ask:
    where = {}
    for dimension in draw(st.sets(st.sampled_from(BY), max_size=2)):
        known = sorted({world.key(dimension, line) for line in world.lines})
        where[dimension] = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True))
    first, last = sorted((draw(st.sampled_from(MONTHS)), draw(st.sampled_from(MONTHS))))
    period: dict[str, date] = {"first": first, "last": last}
    if draw(st.booleans()):
        begins = first + timedelta(days=draw(st.integers(0, 27)))
        period = {"from_day": begins, "to_day": max(begins, last + timedelta(days=draw(st.integers(0, 27))))}
    money = draw(st.sampled_from([{"currency": "USD"}, {"currency": "EUR"}, {"convert": {"base": "USD"}}]))
    return Ask.of(
        "expenditure", "spending_customers", "lines", where=where, period=period,
        by=draw(st.lists(st.sampled_from(BY), max_size=2, unique=True)),
        against=draw(st.lists(st.sampled_from(("previous", "year")), max_size=2, unique=True)),
        granularity=draw(st.sampled_from((None, None, "day", "month", "quarter", "year"))),
        sort=draw(st.sampled_from(("amount", "change", "name", "time"))),
        top=draw(st.sampled_from((None, 1, 3))), **money,
    )  # fmt: skip


def seen(world: World, scope: Scope, asked: Ask, first: date, last: date) -> list[Line]:
    """The lines that count in some days, found one by one."""
    currencies = {asked.currency} if asked.currency else {"USD", "EUR"}
    return [
        line
        for line in world.lines
        if line["bill_type"] != "tax"
        and first <= line["spent_on"] <= last
        and line["currency"] in currencies
        and allowed(scope, line)
        and all(world.key(each.dimension, line) in each.values for each in asked.where)
    ]


def counted(asked: Ask, lines: Iterable[Line]) -> tuple[Decimal, int, int]:
    """Expenditure, spending customers and lines, counted one by one."""
    lines = list(lines)
    rate: Callable[[Line], Decimal] = lambda line: RATE if asked.convert and line["currency"] == "EUR" else Decimal(1)  # noqa: E731
    spending = {
        line["customer_id"]
        for line in lines
        if line["bill_type"] == "expenditure" and line["expenditure"] > 0 and line["customer_id"]
    }
    return added(line["expenditure"] * rate(line) for line in lines), len(spending), len(lines)


def days_of(found: Result, against: str) -> tuple[date, date]:
    """The compared days, worked out apart from the code."""
    first, last = found.span.first, found.span.last
    if found.span.by_month:
        by = -12 if against == "year" else -found.span.months
        return shift_month(first, by), month_end(shift_month(last.replace(day=1), by))
    if against == "previous":
        length = (last - first).days + 1
        return first - timedelta(days=length), last - timedelta(days=length)
    return first.replace(year=first.year - 1), last.replace(year=last.year - 1)


@pytest.mark.meets("CUS-COM-01")
@CHECKED
@given(data=st.data())
def test_one_question_has_one_total_everywhere(world, data):
    asked, scope = data.draw(asks(world)), data.draw(scopes(world))
    uow = as_somebody(world, scope)
    found = answer(uow, asked)
    mine = seen(world, scope, asked, found.span.first, found.span.last)
    total = found.total
    assert total.now == counted(asked, mine)
    for place, against in enumerate(asked.against):
        assert total.compared[place] == counted(asked, seen(world, scope, asked, *days_of(found, against)))
    for measure in (0, 2):  # what adds up
        assert added(row.value(measure) for row in found.rows) == total.value(measure)
        for place in range(len(asked.against)):
            assert added(row.value(measure, place) for row in found.rows) == total.value(measure, place)
    alone = answer(uow, asked.changed(by=(), granularity=None, top=None))
    assert alone.total.now == total.now
    assert alone.total.compared == total.compared
    if asked.by and not asked.granularity and not asked.top:
        for row in found.rows[:3]:
            inner = asked.changed(by=())
            for dimension, key in zip(asked.by, row.keys, strict=True):
                if asked.values(dimension) == () or key in asked.values(dimension):
                    inner = inner.narrowed(dimension, key)
            assert answer(uow, inner).total.now == row.now, "drilling down keeps the figure"
    frame = found.frame()
    assert added(frame["Expenditure"]) == total.value() if len(frame) else total.value() == 0


@pytest.mark.meets("CUS-COM-01")
@CHECKED
@given(data=st.data())
def test_nobody_sees_a_foreign_group(world, data):
    asked, scope = data.draw(asks(world)), data.draw(scopes(world))
    uow = as_somebody(world, scope)
    own = [line for line in world.lines if allowed(scope, line)]
    found = answer(uow, asked)
    for place, dimension in enumerate(asked.by):
        known = {world.key(dimension, line) for line in own} | {"(other)"}
        assert {row.keys[place] for row in found.rows} <= known
    groups = answer(uow, asked.changed(by=("customer",), granularity=None, top=None))
    expected: dict[str, list[Line]] = {}
    for line in seen(world, scope, asked, found.span.first, found.span.last):
        expected.setdefault(world.key("customer", line), []).append(line)
    assert {row.keys[0]: row.now for row in groups.rows if row.value(2)} == {
        key: counted(asked, lines) for key, lines in expected.items()
    }


@settings(CHECKED, max_examples=15)
@given(data=st.data())
def test_pages_exports_and_explanations_say_the_same(world, data):
    scope = data.draw(scopes(world))
    uow = as_somebody(world, scope)
    plain = data.draw(asks(world)).changed(by=(), granularity=None, top=None, convert=None, currency="USD")
    months = {"first": data.draw(st.sampled_from(MONTHS)), "last": MONTHS[-1]}
    asked = plain.changed(period=months, against=("previous",))
    found = answer(uow, asked).total
    page = ExpenditureFilter.of(
        months["first"], months["last"], currency="USD", filters={each.dimension: each.values for each in asked.where}
    )
    overview = pages.overview(uow, page)
    assert (overview.total.now, overview.total.before) == (found.value(), found.value(against=0))
    chosen = page.values("bill_type")
    only = page.narrowed("bill_type", *(kind for kind in ("expenditure", "refund") if not chosen or kind in chosen))
    if only.values("bill_type"):
        lines = [row for batch in pages.lines_for_export(uow, only, batch=50) for row in batch.to_pylist()]
        assert added(row["expenditure"] for row in lines if row["currency"] == "USD") == found.value()
    split = explain(uow, asked, data.draw(st.sampled_from(BY)))
    assert added(part.change for part in split.split.parts) == found.change()
    assert not split.effects or added(split.effects.values()) == found.change()


@pytest.mark.deep
@pytest.mark.parametrize("check", [test_one_question_has_one_total_everywhere, test_nobody_sees_a_foreign_group])
def test_ten_thousand_questions_in_names_show_nothing_foreign(check, world):
    many = settings(CHECKED, max_examples=5000, database=None)
    many(given(data=st.data())(check.hypothesis.inner_test))(world=world)

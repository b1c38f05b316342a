"""Questions in names: exact values, fair comparisons, currencies apart, and the same total wherever it is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from models.catalog.tables import ExchangeRate
from models.core.actor import SYSTEM, Actor
from models.core.errors import NotAllowed, Refused
from models.core.unit_of_work import unit_of_work
from models.expenditures import queries as expenditures
from models.expenditures.queries import ExpenditureFilter
from models.statistics.asking import answer
from models.statistics.asks import Ask, Compared, parsed
from tests.support.build import Build
from tests.support.facts import FactBuilder

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
D = Decimal
TODAY = date(2026, 7, 20)
IN_JUNE = {"period": {"first": JUNE, "last": JUNE}}


@pytest.fixture
def uow(sqlite):
    with unit_of_work(actor=SYSTEM) as work:
        yield work.at(TODAY)
        work.session.rollback()


@pytest.fixture
def facts(tmp_path) -> FactBuilder:
    return FactBuilder(tmp_path)


@pytest.fixture
def june(uow, facts):
    """Three customers of two partners and an unmapped line, in May and June 2026; some of it in euro."""
    build = Build(uow)
    north, harbor = build.partner("Nordlicht Systems"), build.partner("Harbor & Finch")
    bluewing, polder = build.customer(north, "Bluewing Air Cargo"), build.customer(north, "Polder Energie")
    kudu = build.customer(harbor, "Kudu Mobile Money")
    facts.put([
        facts.line(date(2025, 6, 2), "7", bluewing),
        facts.line(date(2026, 5, 2), "1000.10", bluewing), facts.line(date(2026, 6, 2), "400.05", bluewing),
        facts.line(date(2026, 5, 3), "50", polder, service_type="Object storage"),
        facts.line(date(2026, 6, 3), "80", polder, service_type="Object storage"),
        facts.line(date(2026, 6, 30), "-5.5", polder, service_type="Object storage", bill_type="refund"),
        facts.line(date(2026, 6, 9), "20.000000000001", kudu, service_type="CDN"),
        facts.line(date(2026, 5, 31), "3"), facts.line(date(2026, 6, 4), "2"),
        facts.line(date(2026, 6, 4), "999", bluewing, bill_type="tax"),
        facts.line(date(2026, 6, 5), "10", kudu, service_type="CDN", currency="EUR"),
    ])  # fmt: skip
    return bluewing, polder, kudu


def test_one_question_one_total_everywhere(uow, june):
    asked = Ask.of("expenditure", "spending_customers", "lines", against=("previous", "year"), **IN_JUNE)
    alone = answer(uow, asked)
    page = expenditures.overview(uow, ExpenditureFilter.of(JUNE))
    (row,) = alone.rows
    assert alone.totals == alone.rows
    assert row.now == (page.total.now, page.spending_customers, 5) == (D("496.550000000001"), 3, 5)
    assert answer(uow, Ask.of("lines", **IN_JUNE)).total.now == (page.lines,), "without an amount every currency counts"
    assert row.compared == ((page.total.before, page.spending_customers_before, 3), (D(7), 1, 1))
    assert (alone.currency, alone.other_currencies) == ("USD", ("EUR",))
    assert "EUR" in alone.problems[0]
    for by in ("customer", "service_type", "partner", "region"):
        for more in ({}, {"top": 1}, {"granularity": "month"}, {"granularity": "day", "top": 1}):
            split = answer(uow, asked.changed(by=(by,), **more))
            assert split.total.now == row.now, (by, more)
            assert split.total.compared == row.compared, (by, more)
            assert sum(each.value() for each in split.rows) == row.value()


def test_other_sums_up_what_is_left_and_counts_customers_once(uow, june):
    found = answer(uow, Ask.of("expenditure", "spending_customers", by=("service_type",), top=1, **IN_JUNE))
    assert [(row.labels, row.now, row.count) for row in found.rows] == [
        (("Elastic compute",), (D("402.05"), 1), 1), (("Other",), (D("94.500000000001"), 2), 2),
    ]  # fmt: skip
    plain = answer(uow, Ask.of("expenditure", "lines", by=("service_type",), top=1, **IN_JUNE))
    assert [row.now for row in plain.rows] == [(D("402.05"), 2), (D("94.500000000001"), 3)]
    by_change = answer(
        uow, Ask.of("expenditure", by=("service_type",), against=("previous",), sort="change", **IN_JUNE)
    )
    assert [row.change() for row in by_change.rows] == [D("-601.05"), D("24.5"), D("20.000000000001")]


def test_each_currency_on_its_own_or_all_converted(uow, june):
    uow.session.add(ExchangeRate(currency="EUR", base="USD", value=D("1.5"), on=MAY, source="ECB", entered_at=uow.now))
    uow.session.flush()
    each = answer(uow, Ask.of("expenditure", "spending_customers", currency="each", **IN_JUNE))
    assert {row.currency: row.now for row in each.totals} == {"USD": (D("496.550000000001"), 3), "EUR": (D(10), 1)}
    assert answer(uow, Ask.of("expenditure", currency="EUR", **IN_JUNE)).total.now == (D(10),)
    asked = Ask.of("expenditure", "spending_customers", by=("customer",), convert={"base": "USD"}, **IN_JUNE)
    whole = answer(uow, asked)
    assert whole.total.now == (D("511.550000000001"), 3)
    assert whole.conversion.rates[0].value == D("1.5")
    assert (
        answer(uow, asked.changed(convert={"base": "CNY"}))
        .problems[0]
        .startswith("Amounts in EUR and USD are left out")
    )


def test_a_running_month_is_compared_with_the_same_days(uow, june, facts):
    early = uow.at(date(2026, 6, 9))
    found = answer(early, Ask.of("lines", period="this_month", against=("previous", "to_date", "year")))
    assert found.comparisons[0].words == "1 to 9 May"
    assert found.total.compared == ((2,), (2,), (1,))


def test_steps_stand_beside_those_of_the_compared_period(uow, june):
    asked = Ask.of("expenditure", granularity="day", against=("previous",), **IN_JUNE)
    found = answer(uow, asked)
    assert len(found.steps) == 31
    assert found.steps[30].start is None
    line = found.series()
    assert (line[1].now, line[1].compared[0]) == ((D("400.05"),), (D("1000.10"),))
    assert (line[30].start, line[30].now, line[30].compared[0]) == (None, (D(0),), (D(3),))
    assert line[6] is None


def test_what_nobody_can_ask_is_refused_in_words(uow, june):
    with pytest.raises(Refused) as refused:
        answer(uow, Ask.of("shoes", "expenditure", by=("shoe_size",), where={"foot": ["left"]}))
    assert [each.field for each in refused.value.problems] == ["measures", "by", "where"]
    with pytest.raises(NotAllowed):
        answer(replace(uow, actor=Actor(None, "x")), Ask.of("expenditure"))


@pytest.mark.parametrize(
    "values, field",
    [
        ({"measures": ()}, "measures"),
        ({"measures": ("a", "a")}, "measures"),
        ({"measures": ("a",), "top": 0}, "top"),
        ({"measures": ("a",), "currency": "dollar"}, "currency"),
        ({"measures": ("a",), "period": {"first": "2026-06-01", "last": "2026-05-01"}}, "period"),
        ({"measures": ("a",), "where": ({"dimension": "b", "values": ()},)}, "where.0.values"),
        ({"measures": ("a",), "colour": "red"}, "colour"),
    ],
)
def test_a_damaged_question_says_what_to_mend(values, field):
    with pytest.raises(Refused) as refused:
        parsed(values)
    assert field in [each.field for each in refused.value.problems]


ASKS = [
    Ask.of("a"),
    Ask.of("a", "b", by=("c", "d"), where={"c": ["1", "2"], "d": ["x"]}, period="this_year", sort="name", top=5),
    Ask.of("a", period={"first": "2026-05-01", "last": "2026-06-01"}, against=("previous", "plan"), currency="each"),
    Ask.of("a", period={"from_day": "2026-05-02", "to_day": "2026-06-01"}, granularity="day"),
    Ask.of("a", convert={"base": "EUR", "source": "ECB", "on": "2026-05-02"}),
]


@pytest.mark.parametrize("place", range(len(ASKS)))
def test_a_question_goes_into_an_address_and_json_and_back(place):
    asked = ASKS[place]
    assert Ask.from_address(asked.to_address(), dimensions=("c", "d")) == asked
    assert Ask.model_validate_json(asked.model_dump_json()) == asked
    assert hash(asked)


def test_a_frame_keeps_every_digit(uow, june):
    frame = answer(uow, Ask.of("expenditure", by=("service_type",), against=(Compared.PREVIOUS,), **IN_JUNE)).frame()
    assert list(frame.columns) == ["Service type", "Service type (key)", "Currency", "Expenditure", "Expenditure, May"]
    assert frame["Expenditure"].sum() == D("496.550000000001")

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
from models.revenue import service as revenue
from models.statistics import asking, periods
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
    assert row.now == (page.total.now, page.spending_customers, page.lines) == (D("496.550000000001"), 3, 6)
    assert row.compared == ((page.total.before, page.spending_customers_before, 3), (D(7), 1, 1))
    assert (alone.currency, alone.other_currencies) == ("USD", ("EUR",))
    assert "EUR" in alone.problems[0]
    for by in ("customer", "service_type", "partner", "region"):
        for more in ({}, {"top": 1}, {"granularity": "month"}, {"granularity": "day", "top": 1}):
            split = answer(uow, asked.changed(by=(by,), **more))
            assert split.total.now == row.now, (by, more)
            assert split.total.compared == row.compared, (by, more)
            assert sum(each.value() for each in split.rows) == row.value()


def test_a_number_does_not_depend_on_what_is_asked_beside_it(uow, june):
    alone = answer(uow, Ask.of("lines", by=("service_type",), **IN_JUNE))
    for more in ({}, {"top": 1}, {"granularity": "month"}):
        first = answer(uow, Ask.of("lines", "expenditure", by=("service_type",), **IN_JUNE, **more))
        beside = answer(uow, Ask.of("expenditure", "lines", by=("service_type",), **IN_JUNE, **more))
        assert (first.total.now[0], beside.total.now[1]) == (6, 6)
        assert first.currency == beside.currency == "USD"
        assert first.problems == beside.problems != ()
    assert {row.keys: row.now[0] for row in alone.rows} == {
        row.keys: row.now[1]
        for row in answer(uow, Ask.of("expenditure", "lines", by=("service_type",), **IN_JUNE)).rows
    }
    assert answer(uow, Ask.of("expenditure", "lines", currency="USD", **IN_JUNE)).total.now[1] == 5


def test_other_sums_up_what_is_left_and_counts_customers_once(uow, june):
    found = answer(uow, Ask.of("expenditure", "spending_customers", by=("service_type",), top=1, **IN_JUNE))
    assert [(row.labels, row.now, row.count) for row in found.rows] == [
        (("Elastic compute",), (D("402.05"), 1), 1), (("Other",), (D("94.500000000001"), 2), 2),
    ]  # fmt: skip
    plain = answer(uow, Ask.of("expenditure", "lines", by=("service_type",), top=1, **IN_JUNE))
    assert [row.now for row in plain.rows] == [(D("402.05"), 2), (D("94.500000000001"), 4)]
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


@pytest.fixture
def goals(uow, facts):
    """A partner with a goal of this year, and one without."""
    build = Build(uow)
    north, _ = build.partner("Nordlicht Systems"), build.partner("Harbor & Finch")
    revenue.set_goal(uow, north.id, 2026, D("1200.05"), expected=None)
    return north


def test_a_measure_stands_beside_its_plan(uow, goals):
    north = goals
    asked = Ask.of("eligible_revenue", "revenue_records", against=("plan", "previous"), **IN_JUNE)
    found = answer(uow, asked)
    assert [each.words for each in found.comparisons] == ["plan", "May"]
    assert found.total.compared[0] == (D("100.01"), None)
    assert found.problems == ("There is no plan for Revenue records as asked.",)
    year = answer(uow, asked.changed(measures=("eligible_revenue",), period="this_year", by=("partner",)))
    assert {row.keys: row.compared[0] for row in year.rows} == {(str(north.id),): (D("1200.05"),)}
    months = answer(uow, asked.changed(measures=("eligible_revenue",), period="this_year", granularity="month"))
    planned = [row.compared[0][0] for row in months.rows]
    assert len(planned) == 12
    assert sum(planned) == D("1200.05") == months.total.value(against=0)
    for more in ({"by": ("product",)}, {"granularity": "day"}, {"period": "last_7_days"}):
        without = answer(uow, asked.changed(measures=("eligible_revenue",), **more))
        assert "There is no plan for Revenue eligible for incentives as asked." in without.problems
    share = answer(uow, Ask.of("incentive_rate", against=("plan",), **IN_JUNE))
    assert share.total.now == (None,)
    assert share.problems


def test_measures_of_several_facts_lie_over_each_other_by_their_keys(uow, june):
    bluewing, polder, _ = june
    found = answer(uow, Ask.of("customers", "expenditure", "partners", by=("partner",), **IN_JUNE))
    north, harbor = str(bluewing.partner_id), found.rows
    row = found.of(north)
    assert row is not None
    assert (row.labels, row.now[1]) == (("Nordlicht Systems",), D("474.55"))
    assert found.total.now[1] == D("496.550000000001")
    assert {each.currency for each in harbor} == {"USD"}
    assert found.measures[0].unit != found.measures[1].unit
    assert polder.partner_id == bluewing.partner_id


def test_an_answer_that_nobody_could_read_is_refused(uow, june, monkeypatch):
    monkeypatch.setattr(asking, "MOST_ROWS", 2)
    with pytest.raises(Refused, match="would have 5 rows"):
        answer(uow, Ask.of("expenditure", by=("customer",), granularity="day", **IN_JUNE).narrowed("currency", "USD"))


def test_a_running_month_without_data_says_so(uow, june):
    found = answer(uow, Ask.of("lines", period="this_month", against=("previous",)))
    assert found.problems == ("There is no data of this month yet.",)
    assert found.total.now == (0,)
    assert answer(uow.at(date(2026, 6, 10)), Ask.of("lines", period="this_quarter", against=("year",))).span.words(
        date(2026, 6, 10)
    ) == ("April to June")


def test_a_step_can_be_asked_by_two_dimensions_and_sorted_by_time(uow, june):
    asked = Ask.of("expenditure", by=("service_type", "bill_type"), granularity="month", top=1, sort="time", **IN_JUNE)
    found = answer(uow, asked)
    assert [row.keys for row in found.rows] == [
        ("Elastic compute", "expenditure"), ("(other)", "expenditure"), ("(other)", "refund"),
    ]  # fmt: skip
    assert found.groups() == tuple(row.keys for row in found.rows)
    assert found.rows[1].is_other
    assert found.rows[1].count == 2
    assert found.of("nobody") is None
    named = answer(uow, asked.changed(sort="name", granularity=None, top=None))
    assert [row.labels[0] for row in named.rows] == sorted(row.labels[0] for row in named.rows)


@pytest.mark.parametrize(
    "period, today, first, last, words",
    [
        ("last_month", date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31), "December 2025"),
        ("last_3_months", date(2026, 7, 20), date(2026, 4, 1), date(2026, 6, 30), "April to June"),
        ("this_quarter", date(2026, 7, 20), date(2026, 7, 1), date(2026, 9, 30), "July to September"),
        ("last_quarter", date(2026, 2, 3), date(2025, 10, 1), date(2025, 12, 31), "October to December 2025"),
        ("this_year", date(2026, 2, 3), date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("last_year", date(2026, 2, 3), date(2025, 1, 1), date(2025, 12, 31), "2025"),
        ("last_7_days", date(2026, 3, 3), date(2026, 2, 24), date(2026, 3, 2), "24 February to 2 March"),
        ("last_30_days", date(2026, 1, 3), date(2025, 12, 4), date(2026, 1, 2), "4 December 2025 to 2 January"),
    ],
)
def test_periods_move_with_the_calendar(period, today, first, last, words):
    found = periods.span(Ask.of("a", period=period).period, today)
    assert (found.first, found.last, found.words(today)) == (first, last, words)


@pytest.mark.parametrize(
    "period, against, through, begins, ends",
    [
        ("this_quarter", "previous", date(2026, 8, 9), date(2026, 4, 1), date(2026, 5, 9)),
        ("this_quarter", "year", date(2026, 8, 9), date(2025, 7, 1), date(2025, 8, 9)),
        ("this_month", "previous", None, date(2026, 7, 1), date(2026, 6, 30)),
        ("last_month", "previous", None, date(2026, 6, 1), date(2026, 6, 30)),
        ("last_7_days", "previous", date(2026, 8, 9), date(2026, 7, 27), date(2026, 8, 2)),
        ("last_7_days", "year", date(2026, 8, 9), date(2025, 8, 3), date(2025, 8, 9)),
        ({"from_day": "2024-02-29", "to_day": "2024-02-29"}, "year", None, date(2023, 2, 28), date(2023, 2, 28)),
        (
            {"from_day": "2026-08-08", "to_day": "2026-08-20"},
            "previous",
            date(2026, 8, 9),
            date(2026, 7, 26),
            date(2026, 7, 27),
        ),
    ],
)
def test_a_period_is_compared_with_as_many_days(period, against, through, begins, ends):
    today = date(2026, 8, 10)
    found = periods.compared(
        periods.span(Ask.of("a", period=period).period, today), Compared(against), today=today, through=through
    )
    assert found is not None
    assert (found.begins, found.ends) == (begins, ends)


@pytest.mark.parametrize(
    "address, field",
    [
        ({"measure": "a", "from": "2026-13"}, "period.first"),
        ({"measure": "a", "from": "2026-06-02", "to": "yesterday"}, "period.to_day"),
        ({"measure": "a", "from": "2026-06-02", "to": "2026-06-01"}, "period"),
        ({"measure": "a", "from": "1990-01", "to": "2026-01"}, "period"),
        ({"measure": "a", "from": "1990-01-01", "to": "2026-01-01"}, "period"),
        ({"measure": "a", "top": "many"}, "top"),
        ({}, "measures"),
    ],
)
def test_a_damaged_address_says_what_to_mend(address, field):
    with pytest.raises(Refused) as refused:
        Ask.from_address(address, dimensions=())
    assert field in [each.field for each in refused.value.problems]


def test_without_the_base_currency_the_one_of_most_facts_is_shown(uow, facts):
    facts.put([
        facts.line(date(2026, 6, 2), "900", currency="EUR"), facts.line(date(2026, 6, 3), "1", currency="GBP"),
        facts.line(date(2026, 6, 3), "2", currency="GBP"), facts.line(date(2026, 6, 3), "2", currency="JPY"),
        facts.line(date(2026, 6, 3), "5", currency="EUR", bill_type="tax"),
    ])  # fmt: skip
    for more in ({}, {"by": ("service_type",), "granularity": "month"}):
        found = answer(uow, Ask.of("expenditure", "spending_customers", **IN_JUNE, **more))
        assert (found.currency, found.other_currencies, found.total.now) == ("GBP", ("EUR", "JPY"), (D(3), 0))

"""The questions of the expenditure pages: exact figures, fair comparisons, honest groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.catalog.tables import ExchangeRate
from models.core.actor import SYSTEM, Actor, acting_as
from models.core.errors import NotAllowed, Refused
from models.core.paging import PageRequest
from models.expenditures import queries as q
from models.expenditures import service
from models.expenditures.queries import Against, Conversion, ExpenditureFilter, Granularity, Sort
from tests.support.facts import FactBuilder
from tests.support.focus import SAMPLE

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
ASKED = ExpenditureFilter.of(JUNE)
D = Decimal


@pytest.fixture
def facts(tmp_path) -> FactBuilder:
    return FactBuilder(tmp_path)


@pytest.fixture
def june(uow, build, facts):
    """Two partners with customers, one unmapped line, in May and June 2026."""
    north, harbor = build.partner("Nordlicht Systems"), build.partner("Harbor & Finch")
    bluewing = build.customer(north, "Bluewing Air Cargo")
    polder = build.customer(north, "Polder Energie")
    kudu = build.customer(harbor, "Kudu Mobile Money")
    facts.put([
        facts.line(date(2026, 5, 2), "1000.10", bluewing), facts.line(date(2026, 6, 2), "400.05", bluewing),
        facts.line(date(2026, 5, 3), "50", polder, service_type="Object storage"),
        facts.line(date(2026, 6, 3), "80", polder, service_type="Object storage"),
        facts.line(date(2026, 6, 30), "-5.5", polder, service_type="Object storage", bill_type="refund"),
        facts.line(date(2026, 6, 9), "20.000000000001", kudu, service_type="CDN"),
        facts.line(date(2026, 5, 31), "3"), facts.line(date(2026, 6, 4), "2"),
        facts.line(date(2026, 6, 4), "999", bluewing, bill_type="tax"),
    ])  # fmt: skip
    return bluewing, polder, kudu


def named(answer) -> dict[str, Decimal]:
    return {group.label: group.now for group in answer.groups}


@pytest.mark.meets("FIN-SEXP-01")
def test_the_overview_is_exact_and_without_tax(uow, june):
    answer = q.overview(uow, ASKED)
    assert (answer.total.now, answer.total.before) == (D("496.550000000001"), D("1053.10"))
    assert answer.total.change == D("-556.549999999999")
    assert (answer.spending_customers, answer.spending_customers_before, answer.lines) == (3, 2, 5)
    assert answer.unmapped and (answer.unmapped.now, answer.unmapped.before) == (2, 3)
    assert answer.context.as_of and answer.context.snapshot_id


@pytest.mark.meets("FIN-SEXP-01")
def test_the_real_sample_has_exactly_its_totals(uow):
    uow.session.commit()
    with acting_as(SYSTEM):
        service.import_files([SAMPLE], source="aws")
    assert q.cycles(uow).cycles == (date(2024, 10, 1), date(2024, 9, 1))
    september = q.overview(uow, ExpenditureFilter.of(date(2024, 9, 1)))
    assert (september.total.now, september.total.currency) == (D("20.28022672899"), "USD")
    assert q.overview(uow, ExpenditureFilter.of(date(2024, 10, 1))).total.now == D("0.24")
    both = ExpenditureFilter.of(date(2024, 9, 1), date(2024, 10, 1))
    assert q.overview(uow, both).total.now == D("20.52022672899")
    assert q.lines(uow, both).count == 1000
    for by in q.GROUPINGS:
        assert sum(group.now for group in q.distribution(uow, both, by, top=3).groups) == D("20.52022672899")


@pytest.mark.meets("FIN-SEXP-03", "FIN-SEXP-04")
def test_groups_add_up_with_change_and_share(uow, june):
    answer = q.distribution(uow, ASKED, "service_type", top=1)
    elastic, other = answer.groups
    assert (elastic.label, elastic.now, elastic.before, elastic.change) == (
        "Elastic compute",
        D("402.05"),
        D("1003.10"),
        D("-601.05"),
    )
    assert (other.key, other.label, other.count, other.now) == (None, "Other", 2, D("94.500000000001"))
    assert sum(group.share for group in answer.groups) == pytest.approx(1)
    assert answer.total.now == sum(group.now for group in answer.groups)


@pytest.mark.meets("FIN-OP-17")
@pytest.mark.parametrize(
    "sort, order",
    [
        (Sort.AMOUNT, ["Bluewing Air Cargo", "Polder Energie", "Kudu Mobile Money", "Unmapped"]),
        (Sort.CHANGE, ["Bluewing Air Cargo", "Polder Energie", "Kudu Mobile Money", "Unmapped"]),
        (Sort.NAME, ["Bluewing Air Cargo", "Kudu Mobile Money", "Polder Energie", "Unmapped"]),
    ],
)
def test_groups_stand_in_the_wanted_order(uow, june, sort, order):
    assert [group.label for group in q.distribution(uow, ASKED, "customer", sort=sort).groups] == order


def test_by_name_the_largest_are_kept_and_a_single_rest_keeps_its_name(uow, june):
    labels = [group.label for group in q.distribution(uow, ASKED, "customer", top=2, sort=Sort.NAME).groups]
    assert labels == ["Bluewing Air Cargo", "Polder Energie", "Other"]
    assert [group.label for group in q.distribution(uow, ASKED, "customer", top=3).groups][-1] == "Unmapped"


@pytest.mark.meets("FIN-SEXP-01", "FIN-SEXP-02")
def test_a_cycle_is_shown_day_by_day_beside_the_same_days_before(uow, june):
    trend = q.trend(uow, ASKED)
    assert (trend.granularity, len(trend.points)) == (Granularity.DAY, 31)
    second, last = trend.points[1], trend.points[30]
    assert (second.start, second.now, second.before_start, second.before) == (
        date(2026, 6, 2),
        D("400.05"),
        date(2026, 5, 2),
        D("1000.10"),
    )
    assert (last.start, last.now, last.before_start, last.before) == (None, None, date(2026, 5, 31), D(3))
    overview = q.overview(uow, ASKED).total
    assert sum(point.now or 0 for point in trend.points) == overview.now
    assert sum(point.before or 0 for point in trend.points) == overview.before


def test_several_cycles_are_shown_month_by_month(uow, june):
    trend = q.trend(uow, ExpenditureFilter.of(MAY, JUNE, against=Against.YEAR))
    assert trend.granularity is Granularity.MONTH
    assert [(point.start, point.now, point.before_start, point.before) for point in trend.points] == [
        (MAY, D("1053.10"), date(2025, 5, 1), 0), (JUNE, D("496.550000000001"), date(2025, 6, 1), 0),
    ]  # fmt: skip


@pytest.mark.meets("FIN-SEXP-02")
@pytest.mark.parametrize("by", [*q.GROUPINGS, "partner", "region", "product"])
def test_a_grouped_trend_adds_up_at_every_step(uow, june, by):
    asked = ExpenditureFilter.of(MAY, JUNE)
    answer = q.grouped_trend(uow, asked, by, top=1)
    plain = [point.now for point in q.trend(uow, asked).points]
    assert [sum(step) for step in zip(*(series.amounts for series in answer.series), strict=True)] == plain
    assert sum(series.group.now for series in answer.series) == answer.total.now == D("1549.650000000001")


def test_a_running_month_is_compared_with_the_same_elapsed_days(uow, build, facts):
    customer = build.customer(build.partner())
    facts.put([facts.line(date(2026, 5, day), "1", customer) for day in range(1, 32)])
    facts.put([facts.line(date(2026, 6, day), "2", customer) for day in range(1, 10)])
    on_the_tenth = uow.at(datetime(2026, 6, 10, 4, tzinfo=UTC))
    answer = q.overview(on_the_tenth, ASKED)
    assert (answer.context.elapsed, answer.context.through) == (9, date(2026, 6, 9))
    assert (answer.total.now, answer.total.before) == (18, 9)
    points = q.trend(on_the_tenth, ASKED).points
    assert [point.position for point in points if point.now is not None] == list(range(1, 10))
    assert sum(point.before for point in points if point.before is not None) == 9
    assert q.overview(uow.at(datetime(2026, 7, 1, 4, tzinfo=UTC)), ASKED).total.before == 31


def test_a_month_ends_at_midnight_of_the_business_zone(uow, build, facts):
    """31 May 15:59 UTC is still May in GMT+08:00, 16:00 is June; the import cuts so, the questions follow it."""
    facts.put([facts.line(JUNE, "1")])
    early = uow.at(datetime(2026, 6, 30, 15, 59, tzinfo=UTC))
    assert q.overview(early, ASKED).context.elapsed == 1
    assert q.overview(uow.at(datetime(2026, 6, 30, 16, 0, tzinfo=UTC)), ASKED).context.elapsed is None


def test_one_day_is_compared_with_the_same_day_of_the_cycle_before(uow, june):
    asked = ExpenditureFilter.of(JUNE, day=date(2026, 6, 2))
    total = q.overview(uow, asked).total
    assert (total.now, total.before) == (D("400.05"), D("1000.10"))
    assert [point.now for point in q.trend(uow, asked).points] == [D("400.05")]
    assert [row.expenditure for row in q.lines(uow, asked).rows] == [D("400.05")]


@pytest.mark.meets("FIN-MONEY-11")
def test_currencies_are_never_added_unless_converted_at_a_named_rate(uow, build, facts):
    customer = build.customer(build.partner())
    facts.put([
        facts.line(JUNE, "10", customer), facts.line(JUNE, "3", customer, currency="EUR"),
        facts.line(MAY, "1", customer, currency="EUR"), facts.line(JUNE, "100", customer, currency="JPY"),
    ])  # fmt: skip
    for value, on in (("1.10", date(2026, 6, 29)), ("1.25", date(2026, 7, 2))):
        uow.session.add(
            ExchangeRate(source="ECB", on=on, currency="EUR", base="USD", value=D(value), entered_at=uow.now)
        )
    uow.session.flush()

    answer = q.overview(uow, ASKED)
    assert [(figure.currency, figure.now) for figure in answer.figures] == [("EUR", 3), ("JPY", 100), ("USD", 10)]
    assert (answer.total.currency, answer.total.now, answer.other_currencies) == ("USD", 10, ("EUR", "JPY"))
    assert q.overview(uow, ExpenditureFilter.of(JUNE, currency="EUR")).total.now == 3

    converted = ExpenditureFilter.of(JUNE, conversion=Conversion("USD"))
    answer = q.overview(uow, converted)
    assert (answer.total.now, answer.total.before) == (D("13.30"), D("1.10")), "both periods at the rate of June"
    used = answer.context.conversion
    assert used and [(rate.currency, rate.value, rate.on, rate.source) for rate in used.rates] == [
        ("EUR", D("1.10"), date(2026, 6, 29), "ECB")
    ]
    assert used.missing == answer.other_currencies == ("JPY",)
    for by in q.GROUPINGS:
        assert sum(group.now for group in q.distribution(uow, converted, by).groups) == D("13.30")
    later = ExpenditureFilter.of(JUNE, conversion=Conversion("USD", "ECB", date(2026, 7, 3)))
    assert q.overview(uow, later).total.now == D("13.75")


@pytest.mark.meets("CUS-ASG-05", "CUS-ASG-06", "FIN-OP-18")
def test_expenditure_counts_for_the_manager_of_its_day(uow, build, facts):
    partner = build.partner()
    customer = build.customer(partner)
    marta, jonas = (build.user("account_manager", partner=partner, name=name) for name in ("Marta Kask", "Jonas Weber"))
    build.assignment(customer, marta, date(2026, 5, 10), date(2026, 6, 9))
    build.assignment(customer, jonas, date(2026, 6, 9))
    days = [date(2026, 5, 9), date(2026, 5, 10), date(2026, 6, 8), date(2026, 6, 9), date(2026, 6, 30)]
    facts.put([facts.line(day, 10**place, customer) for place, day in enumerate(days)] + [facts.line(JUNE, "0.5")])
    asked = ExpenditureFilter.of(MAY, JUNE)
    assert named(q.distribution(uow, asked, "account_manager")) == {
        "No account manager": 1, "Marta Kask": 110, "Jonas Weber": 11000, "Unmapped": D("0.5"),
    }  # fmt: skip
    for values, total in (
        ((str(marta.id),), 110),
        (("none",), 1),
        (("unmapped",), D("0.5")),
        (("none", str(jonas.id)), 11001),
    ):
        narrowed = asked.narrowed("account_manager", *values)
        assert q.overview(uow, narrowed).total.now == total
        assert sum(row.expenditure for row in q.lines(uow, narrowed).rows) == total


def test_a_change_of_manager_shows_at_once(uow, build, facts):
    partner = build.partner()
    customer, user = build.customer(partner), build.user("account_manager", partner=partner, name="Wei Lin Goh")
    facts.put([facts.line(JUNE, 1, customer)])
    assert named(q.distribution(uow, ASKED, "account_manager")) == {"No account manager": 1}
    build.assignment(customer, user, MAY)
    assert named(q.distribution(uow, ASKED, "account_manager")) == {"Wei Lin Goh": 1}


def test_overlapping_assignments_count_a_line_once(uow, build, facts):
    partner = build.partner()
    customer = build.customer(partner)
    one, two = (build.user("account_manager", partner=partner, name=name) for name in ("One", "Two"))
    build.assignment(customer, one, date(2026, 5, 1))
    build.assignment(customer, two, date(2026, 6, 2))
    facts.put([facts.line(JUNE, 1, customer), facts.line(date(2026, 6, 2), 10, customer)])
    assert named(q.distribution(uow, ASKED, "account_manager")) == {"One": 1, "Two": 10}


def test_a_customer_that_moved_takes_no_manager_along(uow, build, facts):
    old, new = build.partner(), build.partner()
    customer, user = build.customer(old), build.user("account_manager", partner=old, name="Marta Kask")
    build.assignment(customer, user, MAY)
    facts.put([facts.line(date(2026, 5, 2), 1, customer), facts.line(JUNE, 2, customer, partner_id=str(new.id))])
    answer = q.distribution(uow, ExpenditureFilter.of(MAY, JUNE), "account_manager")
    assert named(answer) == {"Marta Kask": 1, "No account manager": 2}


@pytest.mark.meets("FIN-SEXP-01")
def test_customers_are_listed_by_change_with_twelve_months(uow, june):
    bluewing = june[0]
    page = q.customers_by_change(uow, ASKED)
    assert [row.name for row in page.rows] == ["Bluewing Air Cargo", "Polder Energie", "Kudu Mobile Money", "Unmapped"]
    row = page.rows[0]
    assert (row.customer_id, row.account_name, row.partner) == (bluewing.id, bluewing.account_name, "Nordlicht Systems")
    assert (row.association_type, row.account_manager) == ("Reseller", "No account manager")
    assert (row.now, row.before, row.change) == (D("400.05"), D("1000.10"), D("-600.05"))
    assert page.months[0] == date(2025, 7, 1) and page.months[-1] == JUNE
    assert row.series == (0,) * 10 + (D("1000.10"), D("400.05"))
    assert sum(each.now for each in page.rows) == q.overview(uow, ASKED).total.now


def test_customers_are_searched_and_paged(uow, june):
    assert [row.name for row in q.customers_by_change(uow, ASKED, search="mobile KUDU").rows] == ["Kudu Mobile Money"]
    assert [row.name for row in q.customers_by_change(uow, ASKED, search=june[1].account_name).rows] == [
        "Polder Energie"
    ]
    first = q.customers_by_change(uow, ASKED, PageRequest(size=3), sort=Sort.NAME)
    assert (first.count, len(first.rows), first.previous) == (4, 3, None)
    second = q.customers_by_change(uow, ASKED, PageRequest(first.next, size=3), sort=Sort.NAME)
    assert ([row.name for row in second.rows], second.next, second.previous) == (["Unmapped"], None, "0")
    with pytest.raises(Refused, match="damaged"):
        q.customers_by_change(uow, ASKED, PageRequest("x"))


def test_the_change_is_split_exactly_by_what_customers_did(uow, june, build, facts):
    gone = build.customer(build.partner(), "Orchid Freight")
    facts.put([facts.line(MAY, "30", gone)])
    answer = q.drivers(uow, ASKED)
    parts = {part.kind: (part.amount, part.count) for part in answer.parts}
    assert parts == {"new": (D("20.000000000001"), 1), "grown": (D("24.5"), 1), "shrunk": (D("-600.05"), 1),
                     "lost": (-30, 1), "unmapped": (-1, 1)}  # fmt: skip
    assert sum(amount for amount, _ in parts.values()) == answer.total.change
    assert answer.largest and answer.largest.label == "Bluewing Air Cargo"
    assert answer.without_largest and (answer.without_largest.now, answer.without_largest.before) == (
        D("96.500000000001"),
        D("83.00"),
    )


@pytest.mark.meets("CUS-EXD-02")
def test_lines_page_by_key_and_add_up_to_the_figure(uow, june):
    seen, cursor = [], None
    while True:
        page = q.lines(uow, ASKED, PageRequest(cursor, size=2))
        seen += page.rows
        if page.next is None:
            break
        cursor = page.next
    assert [row.expenditure for row in seen] == [D("400.05"), 80, D("20.000000000001"), D("-5.5"), 2]
    assert page.count == len(seen) == len({(row.file_id, row.line) for row in seen}) == 5
    assert [(total.currency, total.now) for total in page.totals] == [("USD", D("496.550000000001"))]
    back = q.lines(uow, ASKED, PageRequest(page.previous, size=2, backwards=True))
    assert [row.expenditure for row in back.rows] == [D("20.000000000001"), D("-5.5")]
    newest = q.lines(uow, ASKED, sort=Sort.TIME).rows[0]
    assert (newest.spent_on, newest.bill_type, newest.customer) == (date(2026, 6, 30), "Refund", "Polder Energie")
    assert newest.charge_start == datetime(2026, 6, 29, 16, tzinfo=UTC)


def test_lines_of_a_question_in_one_currency_are_in_that_currency(uow, facts):
    facts.put([facts.line(JUNE, 1), facts.line(JUNE, 2, currency="EUR")])
    assert {row.currency for row in q.lines(uow, ASKED).rows} == {"USD", "EUR"}
    assert [row.expenditure for row in q.lines(uow, ExpenditureFilter.of(JUNE, currency="EUR")).rows] == [2]


@pytest.mark.meets("FIN-SEXP-05")
def test_the_export_streams_exactly_the_lines(uow, june):
    rows = [row for batch in q.lines_for_export(uow, ASKED, batch=2) for row in batch.to_pylist()]
    shown = q.lines(uow, ASKED).rows
    assert sorted(row["expenditure"] for row in rows) == sorted(row.expenditure for row in shown)
    assert {row["customer"] for row in rows} == {row.customer for row in shown}
    assert [row["line"] for row in rows] == sorted(row["line"] for row in rows)
    assert {row["account_name"] for row in rows} == {row.account_name for row in shown}


def test_options_are_what_occurs_apart_from_the_filter_on_them(uow, june):
    asked = ASKED.narrowed("service_type", "CDN")
    assert [option.label for option in q.options(uow, asked, "service_type")] == [
        "CDN",
        "Elastic compute",
        "Object storage",
    ]
    assert [option.label for option in q.options(uow, asked, "customer")] == ["Kudu Mobile Money"]
    assert [option.key for option in q.options(uow, ASKED, "partner") if option.label == "Unmapped"] == ["unmapped"]


def test_an_empty_lake_is_answered_too(uow):
    overview = q.overview(uow, ASKED)
    assert (overview.empty, overview.total.now, overview.context.snapshot_id) == (True, 0, None)
    assert q.cycles(uow).latest is None
    assert q.customers_by_change(uow, ASKED).rows == q.lines(uow, ASKED).rows == q.drivers(uow, ASKED).parts == ()
    assert q.distribution(uow, ASKED, "customer").groups == q.grouped_trend(uow, ASKED, "customer").series == ()
    assert list(q.lines_for_export(uow, ASKED)) == []
    assert all(point.now == 0 for point in q.trend(uow, ASKED).points if point.start)


def test_a_filter_comes_back_from_its_address():
    asked = ExpenditureFilter.of(
        MAY, JUNE, against=Against.YEAR, conversion=Conversion("EUR", "ECB", date(2026, 6, 30)),
        filters={"customer": ["a", "b"], "region": ["eu-west-1"], "partner": []}, day=date(2026, 6, 9),
    )  # fmt: skip
    assert ExpenditureFilter.from_address(asked.to_address(), latest=MAY) == asked
    plain = ExpenditureFilter.of(JUNE, currency="CNY")
    assert ExpenditureFilter.from_address(plain.to_address(), latest=MAY) == plain
    assert ExpenditureFilter.from_address(
        {"from": "x", "against": "?", "day": "1"}, latest=MAY
    ) == ExpenditureFilter.of(MAY)


def test_statistics_need_the_permission(uow):
    stranger = Actor(None, "Nobody")
    uow.session.info["scope"] = stranger.scope
    for question in (q.overview, q.trend, q.customers_by_change, q.drivers, q.lines):
        with pytest.raises(NotAllowed):
            question(replace(uow, actor=stranger), ASKED)

"""The sentence that answers, and the titles of the charts: a table of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.core.money import Rate
from models.engines.statistics import Filter, Granularity
from models.expenditures.answers import (
    Context,
    ConversionUsed,
    Distribution,
    DriverPart,
    Drivers,
    Figure,
    Overview,
    Trend,
    TrendPoint,
)
from models.expenditures.frame import group
from models.expenditures.story import plain, story
from models.expenditures.titles import groups_title, trend_title
from models.expenditures.words import amount_text, months_words, ordinal, percent_text

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
TODAY = date(2026, 7, 16)
D = Decimal
CONTEXT = Context(JUNE, JUNE, MAY, MAY, None, None, "USD", None, datetime(2026, 7, 16, tzinfo=UTC), 1)


def overview(now: str, before: str | None, *, context: Context = CONTEXT, **more) -> Overview:
    figure = Figure("USD", D(now), None if before is None else D(before))
    fields = {
        "context": context, "total": figure, "figures": (figure,), "unmapped": None, "spending_customers": 9,
        "spending_customers_before": 9, "lines": 10,
    }  # fmt: skip
    return Overview(**fields | more)


def largest(shown: Overview, label: str, now: str, before: str) -> Drivers:
    one = group("key-1", label, D(now), D(before), shown.total.now)
    without = Figure("USD", shown.total.now - D(now), (shown.total.before or 0) - D(before))
    return Drivers(shown.context, shown.total, (DriverPart("shrunk", one.change or D(0), 1, (one,)),), one, without)


def told(shown: Overview, drivers: Drivers | None = None) -> str:
    return plain(story(shown, drivers or Drivers(shown.context, shown.total), today=TODAY)).replace("\u202f", " ")


def test_a_fall_by_one_customer_names_it_and_what_is_left():
    shown = overview("4311906.44", "4900110.54")
    drivers = largest(shown, "Bluewing Air Cargo", "673104.22", "1085984.32")
    assert told(shown, drivers) == (
        "Expenditure fell 12.0 % in June to 4,311,906.44 USD. One customer, Bluewing Air Cargo, makes 70 % of the fall;"
        " without it: −4.6 %."
    )
    parts = story(shown, drivers, today=TODAY)
    assert [part.text for part in parts if part.link] == ["Bluewing Air Cargo"]
    assert next(part.link for part in parts if part.link) == Filter("customer", ("key-1",))
    assert [part.strong for part in parts[:2]] == [False, True]


@pytest.mark.parametrize(
    "shown, words",
    [
        (overview("110", "100"), "Expenditure rose 10.0 % in June to 110.00 USD."),
        (overview("100", "100"), "Expenditure did not change in June: 100.00 USD."),
        (overview("100.04", "100"), "Expenditure stayed level in June at 100.04 USD."),
        (overview("5", "0"), "Expenditure was 5.00 USD in June; May has none to compare."),
        (overview("5", None), "Expenditure was 5.00 USD in June."),
        (overview("5", "-10"), "Expenditure rose by 15.00 USD in June to 5.00 USD."),
        (overview("-3.005", "10"), "Expenditure fell 130.1 % in June to −3.01 USD."),
        (overview("0", "0", figures=(), lines=0), "No expenditure in June, and none in the period before."),
        (overview("0", "0", figures=(), lines=0, context=replace(CONTEXT, snapshot_id=None)),
         "There is no expenditure data yet."),
        (overview("20.28", None, unmapped=Figure("USD", D("20.28"), None), spending_customers=0),
         "Expenditure was 20.28 USD in June. All of it is unmapped: no line belongs to a known customer yet."),
    ],
)  # fmt: skip
def test_every_situation_has_its_sentence(shown, words):
    assert told(shown) == words


def test_a_running_month_is_told_as_such():
    running = replace(CONTEXT, elapsed=15, through=date(2026, 6, 15))
    assert told(overview("12", "10", context=running)) == (
        "Expenditure rose 20.0 % in June so far (15 days) to 12.00 USD, compared with the same days of May."
    )
    nothing = overview("0", "0", lines=0, figures=(), context=replace(CONTEXT, elapsed=0))
    assert told(nothing) == "There is no data for June yet."


def test_longer_periods_and_other_years_are_named():
    long = replace(CONTEXT, first=date(2025, 11, 1), compared_first=date(2025, 3, 1), compared_last=date(2025, 10, 1))
    assert (
        told(overview("12", "10", context=long))
        == "Expenditure rose 20.0 % from November 2025 to June 2026 to 12.00 USD."
    )
    assert months_words(date(2024, 9, 1), date(2024, 9, 1), today=TODAY) == "September 2024"
    assert months_words(date(2026, 4, 1), JUNE, today=TODAY) == "April to June"


def test_one_customer_may_outweigh_all_others():
    shown = overview("90", "100")
    assert told(shown, largest(shown, "Kudu", "0", "40")).endswith(
        "One customer, Kudu, alone makes more than the whole fall; without it: +50.0 %."
    )


def test_without_a_dominant_customer_it_says_what_most_did():
    shown = overview("90", "100")
    small = group("k", "Kudu", D(9), D(10), D(90))
    parts = (DriverPart("new", D(2), 1, ()), DriverPart("shrunk", D(-12), 40, (small,)))
    drivers = Drivers(CONTEXT, shown.total, parts, small, Figure("USD", D(81), D(90)))
    assert told(shown, drivers).endswith(
        "No single customer stands out: most comes from 40 customers that spend less (−12.00 USD)."
    )


def test_other_currencies_are_named_never_added():
    figures = tuple(Figure(currency, D(1), None) for currency in ("CNY", "EUR", "USD"))
    assert told(overview("1", None, figures=figures)).endswith(" CNY and EUR stand on their own.")
    used = ConversionUsed("USD", (Rate("EUR", "USD", D("1.1000"), date(2026, 6, 29), "ECB"),), ("JPY",))
    converted = overview("1", None, context=replace(CONTEXT, conversion=used))
    assert told(converted).endswith(" Converted: EUR at 1.1 (ECB, 2026-06-29). JPY has no rate and is left out.")


def trend(now: list[int], before: list[int], **context) -> Trend:
    points = [
        TrendPoint(day, date(2026, 6, day), D(value), date(2026, 5, day), D(other))
        for day, (value, other) in enumerate(zip(now, before, strict=True), start=1)
    ]
    return Trend(replace(CONTEXT, **context), Granularity.DAY, tuple(points))


@pytest.mark.parametrize(
    "now, before, title",
    [
        ([100] * 9 + [87] * 21, [100] * 30, "June ran level with May until the 9th, then 13 % below"),
        ([100] * 2 + [150] * 28, [100] * 30, "June ran 47 % above May"),
        ([100] * 30, [101] * 30, "June ran level with May"),
        ([0] * 30, [0] * 30, "No expenditure in June"),
        ([1] * 29 + [7], [0] * 30, "June was highest on the 30th with 7.00 USD"),
    ],
)
def test_a_trend_says_what_it_shows(now, before, title):
    assert trend_title(trend(now, before), today=TODAY).replace("\u202f", " ") == title


def test_a_monthly_trend_names_its_highest_month():
    points = tuple(TrendPoint(n, month, D(n), None, None) for n, month in enumerate((MAY, JUNE), start=1))
    shown = Trend(replace(CONTEXT, first=MAY), Granularity.MONTH, points)
    assert trend_title(shown, today=TODAY) == "Highest in June with 2.00 USD"


def test_groups_say_who_carried_it():
    total = Figure("USD", D(85), D(100))
    groups = (group("a", "Elastic compute", D(40), D(60), D(85)), group("b", "Object storage", D(45), D(40), D(85)))
    assert groups_title(Distribution(CONTEXT, "service_type", groups, total)) == (
        "Elastic compute carried the fall; Object storage grew"
    )
    first = Distribution(CONTEXT, "service_type", groups, Figure("USD", D(85), None))
    assert groups_title(first).replace("\u202f", " ") == "Object storage makes 52.9 % of 85.00 USD"
    assert groups_title(replace(first, groups=())) == "Nothing was spent"
    assert groups_title(replace(first, groups=groups[:1])) == "All of it is Elastic compute"


def test_small_words():
    assert [ordinal(day) for day in (1, 2, 3, 11, 12, 13, 21, 22, 23, 30)] == [
        "1st", "2nd", "3rd", "11th", "12th", "13th", "21st", "22nd", "23rd", "30th",
    ]  # fmt: skip
    assert (percent_text(D("-4.65"), signed=True), percent_text(D("0.04"), signed=True)) == (
        "−4.7\u202f%",
        "0.0\u202f%",
    )
    assert amount_text(D("-1234.005")) == "−1,234.01"

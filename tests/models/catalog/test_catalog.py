"""Exchange rates: the newest of each currency on a date, never guessed, corrected by its source; both databases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.catalog import queries, service
from models.catalog.rules import rate_problems
from models.core.errors import NotAllowed
from tests.support.acting import acting, codes


def enter(uow, currency, on, value, source="Central bank"):
    service.enter_rate(uow, source=source, on=on, currency=currency, base="USD", value=Decimal(value))
    uow.session.flush()


@pytest.mark.meets("FIN-MONEY-11")
def test_the_newest_rate_on_a_date_counts(uow):
    enter(uow, "EUR", date(2024, 6, 1), "1.08420")
    enter(uow, "EUR", date(2024, 7, 1), "1.07310")
    enter(uow, "ZAR", date(2024, 7, 1), "0.05467")
    found = queries.rates(uow, date(2024, 7, 15))
    assert {key: (rate.value, rate.on) for key, rate in found.items()} == {
        "EUR": (Decimal("1.07310"), date(2024, 7, 1)),
        "ZAR": (Decimal("0.05467"), date(2024, 7, 1)),
    }
    assert queries.rates(uow, date(2024, 6, 30))["EUR"].value == Decimal("1.08420")
    assert queries.rates(uow, date(2024, 5, 31)) == {}
    assert queries.rates(uow, date(2024, 7, 15), base="EUR") == {}


def test_a_source_can_be_chosen_and_the_first_by_name_counts_otherwise(uow):
    enter(uow, "EUR", date(2024, 7, 1), "1.07", "Central bank")
    enter(uow, "EUR", date(2024, 7, 1), "1.09", "Bank of trade")
    enter(uow, "EUR", date(2024, 6, 1), "1.05", "Central bank")
    assert queries.rates(uow, date(2024, 7, 2))["EUR"].source == "Bank of trade"
    assert queries.rates(uow, date(2024, 7, 2), source="Central bank")["EUR"].value == Decimal("1.07")
    assert queries.rates(uow, date(2024, 6, 2), source="Bank of trade") == {}


def test_the_same_source_and_date_corrects(uow):
    enter(uow, "EUR", date(2024, 7, 1), "10.7")
    enter(uow, "EUR", date(2024, 7, 1), "1.07")
    assert queries.rates(uow, date(2024, 7, 1))["EUR"].value == Decimal("1.07")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"source": " "}, ["RATE-SOURCE"]),
        ({"currency": "euro"}, ["RATE-CURRENCY"]),
        ({"currency": "USD"}, ["RATE-SAME"]),
        ({"value": Decimal(0)}, ["RATE-VALUE"]),
        ({"on": date(2024, 7, 27)}, ["RATE-FUTURE"]),
    ],
)
def test_what_a_rate_must_be(changed, expected):
    given = {"source": "Bank", "on": date(2024, 7, 26), "currency": "EUR", "base": "USD", "value": Decimal("1.07")}
    problems = rate_problems(**given | changed, today=date(2024, 7, 26))
    assert [problem.code for problem in problems] == expected


def test_who_may_enter_rates(uow, build):
    with pytest.raises(NotAllowed):
        enter(acting(uow, build.actor("analyst")), "EUR", date(2024, 7, 1), "1.07")
    enter(acting(uow, build.actor("finance")), "EUR", date(2024, 7, 1), "1.07")
    assert codes(lambda: enter(uow, "EUR", date(2999, 1, 1), "-1")) == ["RATE-VALUE", "RATE-FUTURE"]


def test_an_import_brings_services_it_meets_once(uow):
    met = [("Compute", "Elastic compute"), ("Storage", "Object storage"), ("Compute", "Elastic compute"), ("X", "")]
    assert service.meet_services(uow, met) == 2
    uow.session.flush()
    assert service.meet_services(uow, met) == 0
    assert [(row.family, row.name) for row in queries.services(uow)] == [
        ("Compute", "Elastic compute"),
        ("Storage", "Object storage"),
    ]
    assert service.meet_regions(uow, [("eu-1", "Europe"), ("us-1", "")]) == 2
    assert service.meet_products(uow, [("ec-1", "", "Elastic compute")]) == 1
    uow.session.flush()
    assert [(row.code, row.name) for row in queries.regions(uow)] == [("eu-1", "Europe"), ("us-1", "us-1")]
    assert queries.products(uow, service_type="Elastic compute")[0].name == "ec-1"

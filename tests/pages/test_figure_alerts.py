"""The page of alerts: what one watches, how a rule reads, and the view that an alert opens."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.parts.figure_alerts import _currency, _given, _typed, of_expenditures, rule_words
from models.core.actor import SYSTEM, acting_as
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import Unit
from models.expenditures.queries import Conversion, ExpenditureFilter
from models.identity import access
from models.statistics import queries, service
from models.statistics.asks import Ask
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.pages import page, texts

PAGE = "statistics/alerts.py"
TODAY = date(2026, 7, 20)
FALLS = {"kind": "change", "percent": "30", "direction": "down"}


@pytest.fixture
def currency():
    return "USD"


@pytest.fixture
def seller(on_sqlite, tmp_path, currency):
    facts = FactBuilder(tmp_path)
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        partner = build.partner("Nordlicht Systems")
        customer = build.customer(partner, "Bluewing Air Cargo")
        user = build.user("partner_admin", partner=partner)
    lines = ((date(2026, 5, 4), "100"), (date(2026, 6, 4), "10"))
    facts.put([facts.line(day, amount, customer, currency=currency) for day, amount in lines])
    with unit_of_work(actor=SYSTEM) as uow:
        return access.actor_of(uow, user.id)


def test_an_alert_is_listed_opens_its_view_sleeps_and_wakes(seller):
    with clock_at(TODAY):
        empty = page(PAGE, seller).run()
        assert not empty.exception and "You watch no figure yet" in texts(empty)
        with unit_of_work(actor=seller) as uow:
            key, _ = service.set_alert(uow, "Falls", Ask.of("expenditure", by=("customer",)), FALLS)
        listed = page(PAGE, seller).run()
        assert not listed.exception
        for words in ("Falls", "Deserves attention", "changes by more than 30 %, less only", "90.0\u202f% less"):
            assert words in texts(listed)
        with unit_of_work(actor=seller, read_only=True) as uow:
            (told,) = queries.told(uow)
        view = page(PAGE, seller, told=str(told.id)).run()
        assert not view.exception and "Bluewing Air Cargo" in texts(view)
        with unit_of_work(actor=seller) as uow:
            service.snooze(uow, key, TODAY)
        asleep = page(PAGE, seller).run()
        next(each for each in asleep.button if each.label == "Wake").click().run()
        assert not asleep.exception and "awake again" in texts(asleep)
        next(each for each in asleep.button if each.label == "Look now").click().run()
        assert "looked at in the background" in texts(asleep)


def test_an_alert_is_set_from_the_figure_of_a_page(seller):
    with clock_at(TODAY):
        test = page(
            "statistics/expenditures.py", seller, **{"from": "2026-06", "service_type": "Elastic compute"}
        ).run()
        next(each for each in test.button if each.label == "Alert me").click().run()
        assert not test.exception
        assert {"Name", "Above (in USD)", "Below (in USD)"} <= {each.label for each in test.text_input}
        assert "Expenditure, last month, within 1 filter" in texts(test)
    converted = ExpenditureFilter.of(date(2026, 6, 1), conversion=Conversion("EUR", "ECB"))
    asked = of_expenditures(converted)
    assert (asked.convert.base, asked.convert.source, asked.currency) == ("EUR", "ECB", "")


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_the_limits_of_an_alert_are_in_the_currency_of_its_figure(seller, currency):
    ask = Ask.of("expenditure", period={"first": date(2026, 5, 1), "last": date(2026, 6, 1)})
    with clock_at(TODAY), acting_as(seller):
        assert _currency(ask) == currency
        assert _currency(ask.changed(currency="GBP")) == "GBP"
        assert _currency(ask.changed(currency="each")) == ""
        assert _currency(ask.changed(convert={"base": "CNY"})) == "CNY"


@pytest.mark.parametrize(
    "rule, unit, words",
    [
        ({"kind": "threshold", "above": "100.5"}, Unit.MONEY, "above 100.50"),
        ({"kind": "threshold", "above": "9", "below": "3"}, Unit.COUNT, "above 9 or below 3"),
        ({"kind": "threshold", "below": "0.25"}, Unit.SHARE, "below 25 %"),
        ({"kind": "threshold", "above": "7200"}, Unit.DURATION, "above 2 hours"),
        ({"kind": "change", "percent": "20", "direction": "either", "least": "5"}, Unit.COUNT,
         "changes by more than 20 % and at least 5"),
        ({"kind": "anomaly", "percent": "10", "direction": "up"}, Unit.COUNT,
         "is unusual for its weekday or month by 10 % or more, more only"),
    ],
)  # fmt: skip
def test_a_rule_reads_as_a_sentence(rule, unit, words):
    assert rule_words(rule, unit) == words


@pytest.mark.parametrize(
    "text, unit, value, again",
    [
        ("1,250.50", Unit.MONEY, "1250.50", "1250.5"),
        ("1,250", Unit.MONEY, "1250", "1250"),
        ("12,5", Unit.MONEY, "12.5", "12.5"),
        ("25 %", Unit.SHARE, "0.25", "25"),
        ("2", Unit.DURATION, "7200", "2"),
        ("−3", Unit.COUNT, "-3", "-3"),
        ("", Unit.COUNT, None, ""),
    ],
)
def test_what_is_typed_is_held_exactly(text, unit, value, again):
    assert _given(text, unit) == value
    assert _typed(value, unit) == again

"""Pages of statistics as data: every question of every page exists and can be asked; who gets which tab and tile."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from pydantic import ValidationError

from models.core.actor import Actor, Scope
from models.statistics import pages
from models.statistics.asks import Ask, Months
from models.statistics.pages import StatisticsPage
from models.statistics.tiles import Tile

TODAY = date(2026, 7, 20)
SEES = frozenset({"statistics.view", "reviews.view", "benefits.view", "customers.view"})
MINE = Scope(frozenset({uuid4()}))


def somebody(scope: Scope = Scope.ALL, *, permissions: frozenset[str] = SEES) -> Actor:
    partner = None if scope.partners is None else next(iter(scope.partners))
    return Actor(uuid4(), "Somebody", permissions=permissions, scope=scope, partner_id=partner)


KEYS = ("benefits", "customers", "incentives", "overview", "revenue", "reviews")


def test_every_page_is_made_of_questions_that_exist():
    assert sorted(path.name for path in pages.DEFINITIONS.glob("*.page.yaml")) == [f"{key}.page.yaml" for key in KEYS]
    for key in KEYS:
        assert pages.page(key).key == key


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"measures": ["nothing"]}, "no measure nothing"),
        ({"measures": ["partners"], "by": ["customer"]}, "cannot be shown by customer"),
    ],
)
def test_a_page_with_a_question_that_does_not_exist_is_refused(change, said):
    tab = {"key": "t", "title": "T", "answer": "", "figures": [{"measure": "partners"}]}
    tile = {"key": "one", "ask": change}
    with pytest.raises((ValidationError, Exception), match=said):
        StatisticsPage.model_validate(
            {"key": "p", "title": "P", "address": "p", "filters": [], "tabs": [{**tab, "tiles": [tile]}]}
        )


@pytest.mark.meets("DST-STA-04", "RSL-STA-02")
@pytest.mark.parametrize(
    ("kind", "tabs", "types"),
    [
        (None, ["overview", "records", "repeat"], True),
        ("cloud_solution_provider", ["overview", "records"], True),
        ("distributor", ["overview", "records", "repeat"], True),
        ("reseller", ["overview", "records"], False),
    ],
)
def test_tabs_and_charts_of_customer_statistics_are_those_of_the_kind_of_partner(kind, tabs, types):
    found = pages.page("customers").tabs_for(somebody(Scope.ALL if kind is None else MINE), kind)
    assert [tab.key for tab in found] == tabs
    assert ("types" in [tile.key for tile in found[0].tiles_for(somebody(MINE), kind)]) is types


def test_resellers_have_neither_revenue_nor_incentives():
    for key in ("revenue", "incentives"):
        assert pages.page(key).tabs_for(somebody(MINE), "reseller") == ()
        assert pages.page(key).tabs_for(somebody(MINE), "distributor")


def test_what_tells_partners_apart_is_for_whoever_sees_several():
    made = pages.page("revenue")
    assert "partners" in [tile.key for tile in made.tabs[0].tiles_for(somebody(), None)]
    assert "partners" not in [tile.key for tile in made.tabs[0].tiles_for(somebody(MINE), "cloud_solution_provider")]
    assert not {"partner", "tier"} & {*made.filters_for(somebody(MINE))}
    assert {"partner", "tier"} <= {*made.filters_for(somebody())}


def test_whoever_may_see_no_statistics_gets_no_tab():
    for key in KEYS:
        assert pages.page(key).tabs_for(somebody(permissions=frozenset()), None) == (), key


def test_a_tile_takes_what_its_page_filters_and_names_what_it_does_not_know():
    page = Ask.of("expenditure", where={"tier": ["advanced"], "service_type": ["CDN"]}, against=("previous",))
    tile = Tile(key="one", ask=Ask.of("partners", by=("partner_kind",), where={"country": ["EE"]}))
    asked = tile.within(page, today=TODAY)
    assert {each.dimension: each.values for each in asked.where} == {"country": ("EE",), "tier": ("advanced",)}
    assert asked.against == page.against
    assert asked.by == ("partner_kind",)
    assert tile.unheeded(page) == ("service_type",)


def test_a_trend_reaches_back_from_the_end_of_the_period_but_not_into_the_future():
    tile = Tile(key="one", ask=Ask.of("partners", granularity="month"), months=3)
    year = Ask.of("partners", period="this_year")
    assert tile.within(year, today=TODAY).period == Months(first=date(2026, 5, 1), last=date(2026, 7, 1))
    month = Ask.of("partners", period={"first": "2026-02-01", "last": "2026-02-01"})
    assert tile.within(month, today=TODAY).period == Months(first=date(2025, 12, 1), last=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("where", "by"),
    [
        ({}, "sales_region"),
        ({"sales_region": ["Europe", "Asia"]}, "sales_region"),
        ({"sales_region": ["Europe"]}, "country"),
        ({"sales_region": ["Europe"], "country": ["EE"]}, "partner"),
        ({"sales_region": ["Europe"], "country": ["EE"], "partner": ["p"]}, "customer"),
    ],
    ids=["all", "two", "region", "country", "partner"],
)
def test_one_group_is_drilled_down_to_what_it_is_made_of(where, by):
    tile = Tile(key="one", ask=Ask.of("expenditure", by=("sales_region",)))
    assert tile.within(Ask.of("expenditure", where=where), today=TODAY).by == (by,)

"""From every figure of every page of statistics to its lines: they add up to it exactly, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import ceil
from typing import Any
from urllib.parse import parse_qs

import pytest

from dashboard.navigation import ENTRIES
from dashboard.parts.lines_link import lines_link
from models.core.actor import SYSTEM, Actor, Scope, acting_as
from models.core.clock import clock_at
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.demo import service
from models.demo.people import COMPANY_A
from models.demo.terms import DEMO, key
from models.engines.statistics import Facts, Measure, Sort, Unit
from models.identity import access
from models.identity.roles import role_book
from models.statistics import catalogue, lines, pages
from models.statistics.asking import answer
from models.statistics.asks import Ask, Months, Relative
from models.statistics.results import as_number
from models.statistics.tiles import Tile
from tests.models.demo.conftest import NOON, TODAY

EVERYTHING = Actor(SYSTEM.user_id, "Everybody", permissions=frozenset(role_book().permissions), scope=Scope.ALL)
KEYS = {"partner_id": "partner", "customer_id": "customer", "case_id": "case"}
QUARTER = Months(first=TODAY.replace(month=5, day=1), last=TODAY.replace(day=1))


def reckoned(measure: Measure, columns: dict[str, list[Any]], missing: str) -> Decimal | None:
    """What the lines of a figure come to, counted one by one; None for what is no sum of them."""
    if measure.unit in (Unit.MONEY, Unit.QUANTITY):
        return sum((value for value in columns["value"] if value is not None), Decimal(0))
    if measure.unit is Unit.DURATION:
        found = sorted(value for value in columns["value"])
        share = Decimal("0.9") if measure.name.endswith("p90") else Decimal("0.5")
        return Decimal(found[max(ceil(share * len(found)) - 1, 0)]) if found else None
    if measure.unit is not Unit.COUNT:
        return None
    counted = str(measure.aggregate)
    for column, name in KEYS.items():
        if f".{column}" in counted:
            return Decimal(len(set(columns[name]) - {missing}))
    return Decimal(len(next(iter(columns.values()))))


def together(batches: Iterator[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for batch in batches:
        for name, values in batch.items():
            found.setdefault(name, []).extend(values)
    return found


def somebody(uow: UnitOfWork, who: str) -> Actor:
    """A person of the demo who sees everything, one partner, or the customers of one account manager."""
    if who == "vendor":
        return EVERYTHING
    demo = {"partner": "Kristjan Saar", "account manager": "Marta Kask"}[who]
    user_id = key(DEMO, COMPANY_A, demo)
    found = access.actor_of(uow, user_id)
    assert found
    return found


@pytest.mark.meets("CUS-COM-05")
@pytest.mark.parametrize("who", ["vendor", "partner", "account manager"])
@pytest.mark.parametrize("facts", catalogue.all_facts(), ids=lambda facts: facts.table.name)
def test_the_lines_of_every_figure_add_up_to_it(built: service.Built, who: str, facts: Facts) -> None:
    with clock_at(NOON), unit_of_work(read_only=True, actor=SYSTEM) as system:
        actor = somebody(system, who)
    if not facts.open_to(actor):
        return
    with clock_at(NOON), acting_as(actor), unit_of_work(read_only=True) as uow:
        for name in (name for name in catalogue.measures() if catalogue.facts_of(name) is facts):
            figure, columns, batches = lines.all_lines(uow, Ask.of(name, period=QUARTER))
            found = together(batches) or {column.name: [] for column in columns}
            expected = reckoned(catalogue.measure(name), found, "Unmapped")
            if expected is not None:
                assert (as_number(figure.total.now[0]) or Decimal(0)) == (expected or Decimal(0)), name
            page = lines.lines(uow, Ask.of(name, period=QUARTER), PageRequest(size=7))
            assert page.count == len(next(iter(found.values()))), name
            assert page.figure.total.now == figure.total.now


def test_pages_of_lines_follow_each_other_without_gaps(built: service.Built) -> None:
    ask = Ask.of("eligible_revenue", period=Relative.LAST_MONTH)
    with clock_at(NOON), acting_as(EVERYTHING), unit_of_work(read_only=True) as uow:
        for sort in (Sort.AMOUNT, Sort.TIME):
            seen, request = [], PageRequest(size=200)
            while True:
                page = lines.lines(uow, ask, request, sort=sort)
                seen += page.keys
                if page.next is None:
                    break
                request = PageRequest(page.next, 200)
            assert len(seen) == page.count == len({row["revenue_id"] for row in seen}) > 400
            assert sum(row["value"] for row in seen) == page.figure.total.value()
            order = [row["generated_on"] if sort is Sort.TIME else abs(row["value"]) for row in seen]
            assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("key_", pages.all_keys())
def test_every_figure_and_tile_of_every_page_leads_to_lines_with_the_same_total(
    built: service.Built, key_: str
) -> None:
    page = Ask.of("partners", period=Relative.LAST_MONTH, where={"partner_kind": ["cloud_solution_provider"]})
    with clock_at(NOON), acting_as(EVERYTHING), unit_of_work(read_only=True) as uow:
        for tab in pages.page(key_).tabs:
            tiles = [*tab.tiles, *(Tile(key="one", ask=Ask.of(each.measure)) for each in tab.figures)]
            for tile in tiles:
                found = answer(uow, tile.within(page, today=uow.today))
                for place, measure in enumerate(found.measures):
                    path, _, query = lines_link(found, place, of=key_).partition("?")
                    assert path in {entry.address for entry in ENTRIES}
                    known = catalogue.facts_of(measure.name).dimensions
                    led = lines.lines(uow, Ask.from_address(parse_qs(query), dimensions=known), PageRequest(size=1))
                    assert led.figure.total.now[0] == found.total.now[place], (tab.key, tile.key, measure.name)


def test_a_click_on_a_group_leads_to_the_lines_of_that_group(built: service.Built) -> None:
    with clock_at(NOON), acting_as(EVERYTHING), unit_of_work(read_only=True) as uow:
        found = answer(uow, Ask.of("applications_submitted", by=("application_type",), period=QUARTER))
        assert found.rows
        for row in found.rows:
            _, _, query = lines_link(found, only={"application_type": row.keys[0]}).partition("?")
            known = catalogue.facts_of("applications_submitted").dimensions
            led = lines.lines(uow, Ask.from_address(parse_qs(query), dimensions=known))
            assert led.count == row.now[0]
            assert {key_["application_type"] for key_ in led.keys} == {row.keys[0]}
            assert all(len(key_["case"]) == 36 and line["case"].startswith("MDF") for key_, line in
                       zip(led.keys, led.rows, strict=True))  # fmt: skip

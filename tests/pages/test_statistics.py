"""Pages of statistics: the answer in words, exact figures, one state in the address, each person's own scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import streamlit as st
from sqlalchemy import select

from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import engine
from models.exports.rules import ExportFormat
from models.exports.tables import ExportTask
from models.partners.rules import PartnerKind
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.pages import page, words

OVERVIEW, CUSTOMERS, REVENUE = "statistics/overview.py", "statistics/customers.py", "statistics/revenue.py"
JULY = datetime(2026, 7, 16, 6, 5, tzinfo=UTC)
JUNE = {"from": "2026-06", "to": "2026-06"}


@dataclass(frozen=True, slots=True)
class World:
    """Who is there, and a customer of the distributor's reseller."""

    manager: Actor
    analyst: Actor
    provider: Actor
    distributor: Actor
    reseller: Actor
    account_manager: Actor
    bluewing: str


@pytest.fixture(autouse=True)
def _in_july():
    with clock_at(JULY):
        engine.forget()
        yield


@pytest.fixture
def world(on_sqlite, tmp_path) -> World:
    """A provider with two customers, a distributor with one of its own, a reseller below it with one."""
    facts = FactBuilder(tmp_path)
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        north = build.partner("Nordlicht Systems", country="EE")
        depot = build.partner("Depot Distribution", kind=PartnerKind.DISTRIBUTOR, country="DE")
        shop = build.partner("Corner Shop", kind=PartnerKind.RESELLER, parent_id=depot.id, country="DE")
        bluewing, polder = build.customer(north, "Bluewing Air Cargo"), build.customer(north, "Polder <b>Energie")
        own, below = build.customer(depot, "Own Customer"), build.customer(shop, "Kudu Mobile Money")
        jonas = build.user("account_manager", partner=north, name="Jonas Weber")
        build.assignment(polder, jonas, date(2026, 1, 1))
        facts.put([
            facts.line(date(2026, 5, 2), "1000.10", bluewing), facts.line(date(2026, 6, 2), "400.05", bluewing),
            facts.line(date(2026, 6, 3), "70.00000001", polder), facts.line(date(2026, 5, 9), "5", below),
            facts.line(date(2026, 6, 4), "5", below), facts.line(date(2026, 6, 4), "9", own),
            facts.line(date(2026, 6, 6), "30", bluewing, currency="EUR"),
        ])  # fmt: skip
        return World(
            build.actor("ecosystem_manager"), build.actor("analyst"), build.actor("partner_admin", partner=north),
            build.actor("partner_admin", partner=depot), build.actor("partner_admin", partner=shop),
            build.actor_of(jonas, ("account_manager",)), str(bluewing.id),
        )  # fmt: skip


def test_the_overview_answers_its_questions_in_words(world):
    shown = words(page(OVERVIEW, world.manager, **JUNE).run())
    assert "3 partners (3 active) with 4 customers." in shown
    assert "Expenditure fell 51.8 % against May to 484.05 USD." in shown
    assert "Who are our partners?" in shown
    assert "Do we depend on a few?" in shown
    assert "Amounts in EUR are not in these figures" in shown


def test_a_filter_of_the_address_narrows_every_figure_and_can_be_taken_off(world):
    test = page(OVERVIEW, world.manager, tab="partners", country="DE", **JUNE).run()
    assert "2 partners: 2 are active, 0 dormant." in words(test)
    test.button(key="statistics:country:DE").click().run()
    assert "3 partners: 3 are active, 0 dormant." in words(test)


def test_a_damaged_address_is_said_and_the_rest_is_shown(world):
    shown = words(page(OVERVIEW, world.manager, **{"from": "2026-13", "to": "2026-13"}).run())
    assert "This is no question yet" in shown
    assert "3 partners" in shown


@pytest.mark.meets("FIN-SCUS-01", "FIN-SCUS-03", "DST-STA-01", "DST-STA-02", "RSL-STA-01")
@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("manager", "4 customers:"),
        ("provider", "2 customers:"),
        ("distributor", "1 customer:"),
        ("reseller", "1 customer:"),
        ("account_manager", "1 customer:"),
    ],
)
def test_customers_count_for_whom_they_count(world, who, said):
    shown = words(page(CUSTOMERS, getattr(world, who), **JUNE).run())
    assert said in shown


@pytest.mark.meets("FIN-SCUS-02")
def test_customers_of_one_account_manager(world):
    chosen = str(world.account_manager.user_id)
    shown = words(page(CUSTOMERS, world.provider, account_manager=chosen, **JUNE).run())
    assert "1 customer:" in shown


@pytest.mark.meets("FIN-SCUS-08", "FIN-SCUS-09", "DST-STA-03", "RSL-STA-05")
def test_records_say_who_came_and_who_looked_after_it(world):
    test = page(CUSTOMERS, world.manager, tab="records", **JUNE).run()
    assert "Newly associated and disassociated customers 4 records" in words(test)
    (grid,) = [each.value for each in test.dataframe if "operation" in each.value]
    found = {row["customer"]: row for _, row in grid.iterrows()}
    assert found["Bluewing Air Cargo"]["operation"] == "Association"
    assert found["Kudu Mobile Money"]["partner"] == "Corner Shop"
    test = page(CUSTOMERS, world.manager, tab="records", operation="disassociation", **JUNE).run()
    assert "No record matches" in words(test)


@pytest.mark.meets("FIN-SREV-01")
def test_resellers_have_no_revenue_and_where_there_is_none_nothing_is_said_of_demo_figures(world):
    assert "not for your kind of partner" in words(page(REVENUE, world.reseller).run())
    shown = words(page(REVENUE, world.provider, **JUNE).run())
    assert "Nothing counts in June yet" in shown
    assert "Demo figures" not in shown


def test_an_empty_installation_says_that_nothing_counts(on_sqlite):
    with unit_of_work(actor=SYSTEM) as uow:
        manager = Build(uow).actor("ecosystem_manager")
    for script in (OVERVIEW, CUSTOMERS, REVENUE):
        assert "GMT+08:00" in words(page(script, manager).run())


@pytest.mark.meets("FIN-EXP-01")
def test_what_is_shown_is_exported_with_its_filters_and_days(world, monkeypatch):
    monkeypatch.setattr(st, "menu_button", lambda *_, **__: ExportFormat.PDF)
    monkeypatch.setattr(st, "rerun", lambda: None)
    page(OVERVIEW, world.manager, tab="business", tier="registered", **JUNE).run()
    with unit_of_work(read_only=True, actor=world.manager) as uow:
        task = uow.session.scalars(select(ExportTask)).first()
        assert (task.kind, task.format) == ("statistics.page", ExportFormat.PDF)
        assert task.title == "Ecosystem overview, Customers and expenditure, June"
        asked = [each["ask"] for each in task.question["asks"]]
        assert all({"dimension": "tier", "values": ["registered"]} in each["where"] for each in asked)
        assert {each["period"]["last"] for each in asked} == {"2026-06-01"}


@pytest.mark.meets("CUS-STA-01", "CUS-STA-02")
def test_a_customer_shows_what_it_buys_and_the_summary_of_its_expenditure(world):
    shown = words(page("customers/customer.py", world.provider, id=world.bluewing).run(), gap=" ")
    assert "Expenditure summary July 2025 to June 2026, USD Expenditure 1,400.15 All 1,400.15" in shown
    assert "EC2-T3 makes all of expenditure What does it buy? Expenditure, USD; July 2025 to June 2026." in shown


def test_a_view_of_a_page_is_saved_shared_and_opened_by_another_role(world: World) -> None:
    test = page(OVERVIEW, world.manager, **JUNE, country="EE").run()
    next(each for each in test.text_input if each.label == "Save what you see as a view").set_value("June in Estonia")
    next(each for each in test.button if each.label == "Save view").click().run()
    assert "The view June in Estonia is saved." in words(test)
    next(each for each in test.button if each.label == "Rename, share or delete").click().run()
    next(each for each in test.multiselect if each.label == "Share with").set_value(["analyst"])
    next(each for each in test.button if each.label == "Rename, share or delete").click()
    next(each for each in test.button if each.label == "Share").click().run()
    assert "The view June in Estonia is shared with Analyst." in words(test)

    theirs = page(OVERVIEW, world.analyst).run()
    next(each for each in theirs.button if each.label.startswith("June in Estonia · ")).click().run()
    assert theirs.query_params["country"] in ("EE", ["EE"])
    assert theirs.query_params["from"] in ("2026-06", ["2026-06"])
    assert "1 partner (1 active) with 2 customers." in words(theirs)
    labels = [each.label for each in theirs.button]
    assert "Rename, share or delete" not in labels
    next(each for each in theirs.button if each.label == "The page as it opens").click().run()
    assert "country" not in theirs.query_params


@pytest.mark.meets("RSL-STA-08", "RSL-STA-09")
@pytest.mark.parametrize("group", ["service_type", "billing_mode", "association_type", "account_manager", "customer"])
@pytest.mark.parametrize("tab", ["trend", "distribution"])
def test_a_resellers_trend_and_distribution_by_each_basis_add_up(world, tab, group):
    test = page("statistics/expenditures.py", world.reseller, tab=tab, group=group, sort="name", **JUNE).run()
    shown = words(test)
    assert "5.00 USD" in shown
    assert "409" not in shown and "Own Customer" not in shown + str(test.dataframe[0].value)
    assert list(test.dataframe[0].value["now"]) == [5.0]
    assert test.selectbox(key="group").value == group


@pytest.mark.meets("RSL-STA-10")
@pytest.mark.parametrize("tab", ["", "trend", "distribution"])
def test_a_reseller_exports_each_and_finds_it_in_the_history(world, monkeypatch, tab):
    """With the one message that all exports have (decision 0034)."""
    monkeypatch.setattr(st, "menu_button", lambda _, choices, **__: choices[0])
    monkeypatch.setattr(st, "rerun", lambda: None)
    page("statistics/expenditures.py", world.reseller, tab=tab, **JUNE).run()
    shown = words(page("statistics/exports.py", world.reseller).run())
    assert "0 files ready to download, 1 export under way." in shown

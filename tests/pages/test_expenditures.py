"""The expenditure pages: exact answers in words, within what one may see, for the state that the address names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import streamlit as st

from models.catalog.tables import ExchangeRate
from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.lake import Lake
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import engine
from models.exports.queries import history
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.pages import page, texts, words

PAGE, LINES, HISTORY = "statistics/expenditures.py", "statistics/lines.py", "statistics/exports.py"
JULY = datetime(2026, 7, 16, 6, 5, tzinfo=UTC)
JUNE = {"from": "2026-06", "to": "2026-06"}


@dataclass(frozen=True, slots=True)
class World:
    """Who is there, and whose the customers are."""

    manager: Actor
    analyst: Actor
    partner: Actor
    account_manager: Actor
    bluewing: str


@pytest.fixture(autouse=True)
def _in_july():
    with clock_at(JULY):
        engine.forget()
        yield


@pytest.fixture
def world(on_sqlite, tmp_path) -> World:
    """May and June 2026: Bluewing falls by 600.05, Polder grows by 20.00, Kudu of another partner is level."""
    facts = FactBuilder(tmp_path)
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        north, harbor = build.partner("Nordlicht Systems"), build.partner("Harbor & Finch")
        bluewing, polder = build.customer(north, "Bluewing Air Cargo"), build.customer(north, "Polder <b>Energie")
        kudu = build.customer(harbor, "Kudu Mobile Money")
        jonas = build.user("account_manager", partner=north, name="Jonas Weber")
        build.assignment(polder, jonas, date(2026, 1, 1))
        facts.put([
            facts.line(date(2026, 5, 2), "1000.10", bluewing), facts.line(date(2026, 6, 2), "400.05", bluewing),
            facts.line(date(2026, 5, 3), "50", polder, service_type="Object storage"),
            facts.line(date(2026, 6, 3), "70.00000001", polder, service_type="Object storage"),
            facts.line(date(2026, 5, 4), "5", kudu), facts.line(date(2026, 6, 4), "5", kudu),
            facts.line(date(2026, 6, 5), "9.99"), facts.line(date(2026, 6, 6), "30", kudu, currency="EUR"),
        ])  # fmt: skip
        return World(
            build.actor("ecosystem_manager"), build.actor("analyst"), build.actor("partner_admin", partner=north),
            build.actor_of(jonas, ("account_manager",)), str(bluewing.id),
        )  # fmt: skip


@pytest.mark.meets("FIN-SEXP-01", "FIN-MONEY-13", "FIN-OP-19")
def test_overview_answers_with_the_exact_amount_and_who_drove_it(world):
    shown = words(page(PAGE, world.manager, **JUNE).run())
    assert "Expenditure fell 54.0 % in June to 485.04 USD." in shown
    assert "One customer, Bluewing Air Cargo, alone makes more than the whole fall; without it: +54.5 %." in shown
    assert "\u2212570.06 (\u221254.0 %)" in shown
    assert shown.count("waits for bills") == 2
    assert "All partners · GMT+08:00 · data as of" in shown


@pytest.mark.meets("FIN-SEXP-01")
def test_the_customer_list_stands_in_order_of_change(world):
    test = page(PAGE, world.manager, **JUNE).run()
    table = test.dataframe[0].value
    assert list(table["name"])[:2] == ["Bluewing Air Cargo", "Polder <b>Energie"]
    assert list(table["change"])[:2] == [-600.05, 20.00000001]


def test_names_of_customers_are_text_and_nothing_else(world):
    assert "Polder <b>" not in texts(page(PAGE, world.account_manager, **JUNE).run())


@pytest.mark.meets("FIN-V-29")
def test_lines_of_nobody_count_for_the_vendor_and_are_named(world):
    shown = words(page(PAGE, world.manager, **JUNE).run())
    assert "9.99 USD of it is Unmapped" in shown
    assert "Map sub-accounts" in shown
    assert "Map sub-accounts" not in words(page(PAGE, world.analyst, **JUNE).run())


def test_other_currencies_are_named_and_never_added(world):
    assert "EUR stands on its own." in words(page(PAGE, world.manager, **JUNE).run())
    assert "to 30.00 EUR" not in words(page(PAGE, world.manager, currency="USD", **JUNE).run())
    assert "Expenditure was 30.00 EUR in June;" in words(page(PAGE, world.manager, currency="EUR", **JUNE).run())


def test_conversion_names_its_rate_and_date(world):
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.add(
            ExchangeRate(
                source="ECB", on=date(2026, 6, 30), currency="EUR", base="USD", value=Decimal("1.1"), entered_at=uow.now
            )
        )
    shown = words(page(PAGE, world.manager, currency="converted", **JUNE).run())
    assert "518.04 USD" in shown
    assert "Converted: 1 EUR = 1.1 USD (ECB, Jun 30)." in shown


def test_a_partner_sees_its_own_customers_and_no_unmapped_lines(world):
    test = page(PAGE, world.partner, **JUNE).run()
    shown = words(test)
    assert "to 470.05 USD" in shown
    assert "Nordlicht Systems · GMT+08:00" in shown
    assert "Unmapped" not in shown
    assert "partner" not in test.dataframe[0].value
    assert "Kudu" not in shown + str(test.dataframe[0].value)


@pytest.mark.meets("CUS-COM-01")
def test_an_account_manager_sees_the_customers_assigned(world):
    shown = words(page(PAGE, world.account_manager, **JUNE).run())
    assert "Expenditure rose 40.0 % in June to 70.00 USD." in shown
    assert "Customers assigned to you" in shown
    assert "Bluewing" not in shown


@pytest.mark.meets("FIN-SEXP-02", "FIN-SEXP-04", "FIN-OP-17")
@pytest.mark.parametrize("group", ["service_type", "billing_mode", "association_type", "account_manager", "customer"])
@pytest.mark.parametrize("tab", ["trend", "distribution"])
def test_trend_and_distribution_by_each_basis_add_up(world, tab, group):
    test = page(PAGE, world.manager, tab=tab, group=group, sort="name", **JUNE).run()
    assert "485.04 USD" in words(test)
    fees = test.dataframe[0].value
    assert sum(fees["now"]) == pytest.approx(485.04, abs=1e-6)
    assert test.selectbox(key="group").value == group


@pytest.mark.meets("FIN-SEXP-03")
def test_distribution_shows_amounts_and_shares(world):
    fees = page(PAGE, world.manager, tab="distribution", **JUNE).run().dataframe[0].value
    rows = {
        name: (round(now, 2), round(share, 1))
        for name, now, share in zip(fees["name"], fees["now"], fees["share"], strict=True)
    }
    assert rows == {"Elastic compute": (415.04, 85.6), "Object storage": (70.0, 14.4)}


def test_filters_of_the_address_narrow_the_answer_and_stand_as_chips(world):
    test = page(PAGE, world.manager, service_type="Object storage", **JUNE).run()
    assert "to 70.00 USD" in words(test)
    chip = test.button(key="chip:service_type:Object storage")
    assert chip.label == "Service type: Object storage"
    assert "to 485.04 USD" in words(chip.click().run())


def test_a_period_without_a_complete_one_before_is_not_compared(world):
    shown = words(page(PAGE, world.manager, **{"from": "2026-05", "to": "2026-06"}).run())
    assert "Expenditure was 1,540.14 USD from May to June." in shown
    assert "Not compared: the period before has months without lines." in shown
    assert "vs" not in shown


def test_search_narrows_the_list_only(world):
    test = page(PAGE, world.manager, q="energie", **JUNE).run()
    assert list(test.dataframe[0].value["name"]) == ["Polder <b>Energie"]
    assert "to 485.04 USD" in words(test)


def test_a_period_without_lines_says_so_and_leads_back(world):
    shown = words(page(PAGE, world.manager, **{"from": "2020-01", "to": "2020-01"}).run())
    assert "No expenditure in January 2020 with these filters" in shown
    assert "Show June 2026" in shown


def test_an_empty_lake_says_what_to_do(on_sqlite):
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        manager, analyst = build.actor("ecosystem_manager"), build.actor("analyst")
    assert "Import FOCUS files" in words(page(PAGE, manager).run())
    assert "No expenditure yet" in words(page(PAGE, analyst).run())


def test_a_lake_that_is_away_is_told_in_words(world, monkeypatch):
    def away(*_, **__):
        raise OSError("connection refused by 10.0.0.7")

    monkeypatch.setattr(Lake, "scan", away)
    for script in (PAGE, LINES):
        shown = words(page(script, world.manager, **JUNE).run())
        assert "<h1>" in texts(page(script, world.manager, **JUNE).run())
        assert "Expenditure lines cannot be read right now" in shown
        assert "10.0.0.7" not in shown


@pytest.mark.meets("FIN-SEXP-05", "FIN-EXP-01")
def test_export_creates_a_task_that_the_history_shows(world, monkeypatch):
    monkeypatch.setattr(st, "menu_button", lambda _, choices, **__: choices[-3])
    monkeypatch.setattr(st, "rerun", lambda: None)
    page(PAGE, world.manager, tab="distribution", service_type="Object storage", **JUNE).run()
    with unit_of_work(read_only=True, actor=world.manager) as uow:
        (task,) = history(uow).rows
    assert (task.kind, task.format, task.title) == ("expenditures.lines", "csv", "Expenditure lines, June 2026")
    assert task.rows_total == 1
    shown = words(page(HISTORY, world.manager).run())
    assert "0 files ready to download, 1 export under way." in shown
    assert "Expenditure lines, June 2026" in shown
    assert "Waiting" in shown
    assert "Nothing was exported yet" in words(page(HISTORY, world.analyst).run())


@pytest.mark.meets("CUS-COM-06")
def test_the_success_message_says_that_a_task_was_created(world, monkeypatch):
    choices = []
    monkeypatch.setattr(
        st, "menu_button", lambda _, offered, **__: offered[0] if not choices and not choices.append(1) else None
    )
    shown = words(page(PAGE, world.manager, **JUNE).run())
    assert "Export task created." in shown
    assert "Export history" in shown


def test_lines_add_up_to_the_figure_and_keep_eight_decimals(world):
    test = page(LINES, world.manager, currency="USD", **JUNE).run()
    assert "4 lines of June 2026 make 485.04 USD." in words(test)
    assert list(test.dataframe[0].value["expenditure"]) == ["400.05000000", "70.00000001", "9.99000000", "5.00000000"]


def test_newest_lines_come_first_when_asked(world):
    test = page(LINES, world.manager, currency="USD", sort="time", **JUNE).run()
    assert list(test.dataframe[0].value["spent_on"]) == ["Jun 5", "Jun 4", "Jun 3", "Jun 2"]


def test_lines_of_others_stay_hidden(world):
    test = page(LINES, world.account_manager, customer=world.bluewing, **JUNE).run()
    assert "No lines in June 2026 with these filters" in words(test)
    assert not test.dataframe

"""The address holds the whole state of the expenditure pages, and widgets write nothing else."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.parts import address
from dashboard.parts.expenditures_view import Tab, View, presets
from models.engines.statistics import Against, Sort
from models.expenditures.queries import GROUPINGS, ExpenditureFilter

JUNE, MAY = date(2026, 6, 1), date(2026, 5, 1)


def controls_page():
    from datetime import date

    import streamlit as st

    from dashboard.parts import expenditures_controls as controls
    from dashboard.parts.expenditures_view import view_from_address

    view = view_from_address(date(2026, 6, 1))
    controls.period_chip(view, latest=date(2026, 6, 1), today=date(2026, 7, 16))
    controls.against_chip(view, "Compared with May")
    controls.currency_chip(view.asked.currency, ["USD", "EUR"], "USD", "Rates of ECB")
    known = {"association_type": [("reseller", "Reseller"), ("referral", "Referral")]}
    controls.filter_chips(view, lambda dimension: known.get(dimension, []))
    controls.tabs(view)
    controls.group_choice(view)
    controls.sorting_choice(view)
    controls.search_box(view, "Customer")
    st.session_state["seen"] = view


@pytest.fixture
def page():
    def at(**params):
        test = AppTest.from_function(controls_page)
        test.query_params.update(params)
        return test.run()

    return at


def test_without_an_address_the_newest_cycle_is_shown(page):
    view = page().session_state["seen"]
    assert (view.asked, view.tab, view.group) == (ExpenditureFilter.of(JUNE), Tab.OVERVIEW, "service_type")


def test_the_address_says_everything_and_survives_the_way_through_a_link():
    filters = {"association_type": ["reseller", "referral"], "partner": ["17"]}
    asked = ExpenditureFilter.of(MAY, JUNE, against=Against.YEAR, currency="EUR", filters=filters)
    view = View(asked, Tab.TREND, "customer", Sort.NAME, 20, "müller & co")
    query = parse_qs(address.link("lines", view.params()).partition("?")[2])
    assert query == {
        "tab": ["trend"], "from": ["2026-05"], "to": ["2026-06"], "against": ["year"], "group": ["customer"],
        "currency": ["EUR"], "sort": ["name"], "top": ["20"], "q": ["müller & co"],
        "association_type": ["reseller", "referral"], "partner": ["17"],
    }  # fmt: skip


def test_what_is_not_understood_is_left_out(page):
    test = page(**{"from": "2026-13", "to": "yesterday", "tab": "x", "group": "secret", "top": "9999", "sort": "<b>"})
    assert not test.exception
    view = test.session_state["seen"]
    assert (view.asked, view.tab, view.group, view.top) == (
        ExpenditureFilter.of(JUNE),
        Tab.OVERVIEW,
        "service_type",
        10,
    )


def test_a_range_the_wrong_way_round_is_turned(page):
    view = page(**{"from": "2026-06", "to": "2026-05"}).session_state["seen"]
    assert (view.asked.first, view.asked.last) == (MAY, JUNE)


@pytest.mark.meets("FIN-SEXP-04")
def test_the_grouping_basis_is_exactly_these_five(page):
    test = page()
    assert test.selectbox(key="group").options == [
        "Service type", "Billing mode", "Association type", "Account manager", "Customer account",
    ]  # fmt: skip
    for group in GROUPINGS:
        test.selectbox(key="group").select(group).run()
        assert test.session_state["seen"].group == group


def test_a_filter_becomes_a_chip_that_takes_it_off_again(page):
    test = page(association_type="reseller")
    assert test.session_state["seen"].asked.values("association_type") == ("reseller",)
    chip = test.button(key="chip:association_type:reseller")
    assert chip.label == "Association type: Reseller"
    chip.click().run()
    assert test.session_state["seen"].asked.filters == ()


def test_the_open_menu_offers_what_occurs_and_writes_the_address(page):
    test = page()
    assert not test.multiselect
    test.session_state["chip_filter"] = True
    test.run()
    menu = test.multiselect(key="filter:association_type")
    assert menu.options == ["Reseller", "Referral"]
    menu.set_value(["referral"]).run()
    assert test.query_params["association_type"] == "referral"


def test_clear_all_keeps_the_period(page):
    test = page(**{"from": "2026-05", "to": "2026-05", "association_type": "reseller", "partner": "17"})
    test.button(key="chip_clear").click().run()
    view = test.session_state["seen"]
    assert (view.asked.filters, view.asked.first) == ((), MAY)


def test_widgets_show_what_the_address_says(page):
    test = page(tab="trend", against="nothing", currency="EUR", sort="change", q="blue")
    assert test.radio(key="against").value is Against.NOTHING
    assert test.radio(key="currency").value == "EUR"
    assert test.radio(key="sort").value is Sort.CHANGE
    assert test.text_input(key="q").value == "blue"


def test_lines_of_a_group_replace_an_earlier_filter_on_it():
    view = View(ExpenditureFilter.of(JUNE, currency="USD", filters={"customer": ["1"], "region": ["eu"]}))
    assert view.lines("customer", "2") == {
        "from": "2026-06", "to": "2026-06", "currency": "USD", "customer": ["2"], "region": ["eu"],
    }  # fmt: skip
    assert view.lines(day=date(2026, 6, 9))["day"] == "2026-06-09"


def test_a_preset_sets_the_period_and_leads_back_to_the_first_page(page):
    test = page(after="cursor")
    test.button(key="preset:Last 3 months").click().run()
    view = test.session_state["seen"]
    assert (view.asked.first, view.asked.last) == (date(2026, 4, 1), JUNE)
    assert "after" not in test.query_params


def test_presets_end_with_the_data_or_with_today():
    words = {words: (first, last) for words, first, last in presets(JUNE, date(2026, 7, 16))}
    assert words["This month"] == (date(2026, 7, 1), date(2026, 7, 1))
    assert words["Last 12 months"] == (date(2025, 7, 1), JUNE)

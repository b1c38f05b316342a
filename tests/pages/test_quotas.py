"""Quotas of partners: how each stands, changed with a reason, by managers only."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from models.benefits import queries
from models.core.unit_of_work import unit_of_work
from tests.support import pages
from tests.support.mdf import Fund, usd
from tests.support.pages import texts

QUOTAS = "partners/quotas.py"
opened = partial(pages.opened, QUOTAS)
words = partial(pages.words, gap=" ")


def change(test: AppTest, way: str, amount: str, reason: str) -> AppTest:
    test.button_group[0].set_value(way)
    test.text_input[0].set_value(amount)
    test.text_area[0].set_value(reason)
    found = test.run().button(key="quota:do").click().run()
    assert not found.exception, found.exception
    return found


@pytest.mark.meets("BEN-VND-14")
def test_a_manager_raises_and_lowers_with_a_reason_that_stays(fund: Fund) -> None:
    fund.applied()
    test = opened(fund, fund.ines, partner=str(fund.partner.id))
    assert "41,360.00 USD is left of 50,000.00; 8,640.00 is reserved for running cases." in words(test)
    test = change(test, "Raise", "5,000.00", "Two fairs in autumn")
    assert "Nordlicht Systems: quota of MDF raised by 5,000.00 USD." in words(test)
    assert "46,360.00 USD is left of 55,000.00" in words(test)
    test = change(test, "Lower", "1000", "One fair was called off")
    shown = words(test)
    for said in ("Two fairs in autumn Inês Duarte", "+5,000.00", "One fair was called off", "\u22121,000.00"):
        assert said in shown
    with unit_of_work(actor=fund.ines, read_only=True) as uow:
        assert queries.pools(uow, fund.partner.id)[0].granted == usd("54000.00")


@pytest.mark.parametrize(
    ("way", "amount", "reason", "said"),
    [
        ("Raise", "plenty", "x", "Write an amount such as 5000.00."),
        ("Raise", "5000", " ", "Say why: the reason stays in the history of the quota."),
        ("Lower", "50000.01", "x", "50,000.00 USD is neither used nor reserved."),
    ],
)
def test_a_refusal_says_why_keeps_what_was_typed_and_changes_nothing(
    fund: Fund, way: str, amount: str, reason: str, said: str
) -> None:
    test = change(opened(fund, fund.ines, partner=str(fund.partner.id)), way, amount, reason)
    assert said in words(test)
    assert (test.text_input[0].value, test.text_area[0].value) == (amount, reason)
    with unit_of_work(actor=fund.ines, read_only=True) as uow:
        assert queries.pools(uow, fund.partner.id)[0].granted == usd("50000.00")


def test_all_partners_are_listed_and_found_and_what_payment_hangs_on_is_said(fund: Fund) -> None:
    fund.partner_named("Harbor & Finch", business_authenticated=False, growth_plan=True)
    assert "2 partners have a quota of Market Development Fund" in words(opened(fund, fund.ines))
    assert "1 partner has a quota" in words(opened(fund, fund.ines, q="Harbor"))
    assert "No partner matches" in words(opened(fund, fund.ines, q="nobody"))
    test = opened(fund, fund.ines, partner=str(fund.partner.id))
    assert "What payment hangs on: authenticated, not tied to bills." in words(test)
    assert f"partner?id={fund.partner.id}" in texts(test)


def test_only_managers_open_it_and_an_unknown_partner_is_said(fund: Fund) -> None:
    for actor in (fund.joris, fund.mei, fund.liis):
        shown = words(opened(fund, actor, partner=str(fund.partner.id)))
        assert "41,360" not in shown
        assert "left" not in shown
    assert "There is no such partner among those you may see." in words(opened(fund, fund.ines, partner=str(uuid4())))

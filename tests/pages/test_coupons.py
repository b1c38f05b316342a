"""Coupons as the partner and the vendor see them: listed with what is left, issued, used and cancelled by managers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from streamlit.testing.v1 import AppTest

from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.unit_of_work import unit_of_work
from models.coupons import queries, service
from models.coupons.tables import Coupon
from tests.support import pages
from tests.support.build import Build
from tests.support.coupons import Counter, new_coupon
from tests.support.pages import texts, words

TODAY = date(2026, 6, 1)


@pytest.fixture
def open_(on_sqlite: str) -> Counter:
    """The counter, with everybody committed."""
    with clock_at(TODAY), unit_of_work(actor=SYSTEM) as uow:
        counter = Counter(Build(uow))
        counter.publish()
    return counter


def opened(actor: Actor, **query: str) -> AppTest:
    with clock_at(TODAY):
        test = pages.page("money/coupons.py", actor, **query).run()
    assert not test.exception, test.exception
    return test


def issued(counter: Counter) -> UUID:
    with clock_at(TODAY), unit_of_work(actor=counter.kofi) as uow:
        return service.issue_by_hand(uow, counter.partner.id, new_coupon(), key="k")


def press(test: AppTest, opens: str, key: str = "") -> AppTest:
    """Open a dialog, or press its button. The runner draws whole pages: what opened the dialog must stay pressed."""
    next(each for each in test.button if each.label == opens).click()
    if key:
        test.button(key=key).click()
    done = test.run()
    assert not done.exception, done.exception
    return done


def said(test: AppTest) -> str:
    return words(test, gap=" ")


def test_a_partner_reads_what_is_left_and_where_it_comes_from(open_: Counter) -> None:
    with clock_at(TODAY), unit_of_work(actor=SYSTEM) as uow:
        open_.build = Build(uow)
        case_id = open_.applied()
        number = open_.approve(case_id).facts["coupon_no"]
    assert "2,500.00 USD can still be used, of 1 coupon ." in said(opened(open_.liis))
    with unit_of_work(actor=open_.liis, read_only=True) as uow:
        (row,) = uow.session.query(Coupon).all()
    test = opened(open_.liis, coupon=str(row.id))
    assert f"{number} · Nordlicht Systems" in said(test)
    assert "2,500.00 USD is left of 2,500.00 USD, until Jun 1, 2027." in said(test)
    assert f"case?case={case_id}" in texts(test) and "TC-2026-0001" in said(test)
    assert "Issued by" not in said(test)
    assert [each.label for each in test.button if each.label in ("Cancel the coupon", "Record a use")] == []


def test_a_manager_issues_one_and_what_is_refused_stays_typed(open_: Counter) -> None:
    test = opened(open_.kofi)
    test = press(test, "Issue a coupon")
    next(each for each in test.selectbox if each.label == "Partner").set_value(open_.partner.id)
    for label, value in (("Name of the coupon", "Proof of concept"), ("Amount", "plenty")):
        next(each for each in test.text_input if each.label == label).set_value(value)
    test = press(test, "Issue a coupon", "coupon:do")
    assert "Write an amount such as 3000.00." in said(test)
    next(each for each in test.text_input if each.label == "Amount").set_value("3,000.00")
    test.text_area[0].set_value("Agreed by mail.")
    test = press(test, "Issue a coupon", "coupon:do")
    assert "Nordlicht Systems has a coupon of 3,000.00 USD." in said(test)
    assert "3,000.00 USD can still be used, of 1 coupon ." in said(test)


@pytest.mark.meets("FIN-COUP-07")
def test_a_use_is_recorded_and_the_rest_is_cancelled(open_: Counter) -> None:
    key = issued(open_)
    test = opened(open_.kofi, coupon=str(key))
    test = press(test, "Record a use")
    test.text_input[0].set_value("250.00")
    test.text_input[1].set_value("BILL-2026-06-0042")
    test = press(test, "Record a use", "coupon:use")
    assert "2,750.00 USD is left of 3,000.00 USD" in said(test) and "BILL-2026-06-0042" in said(test)
    test = press(test, "Cancel the coupon")
    test.text_area[0].set_value("Issued twice.")
    test = press(test, "Cancel the coupon", "coupon:cancel")
    assert "CP-2026-00001 is cancelled; 2,750.00 USD went back." in said(test)
    with unit_of_work(actor=open_.liis, read_only=True) as uow:
        assert (queries.coupon(uow, key).used, queries.coupon(uow, key).left) == (Decimal(250), Decimal(0))


def test_who_may_not_see_it_is_told_so(open_: Counter) -> None:
    key = issued(open_)
    assert "3,000.00" not in said(opened(open_.anton))
    assert "There is no such coupon among those you may see." in said(opened(open_.liis, coupon=str(uuid4())))
    assert "3,000.00 USD is left" in said(opened(open_.liis, coupon=str(key)))

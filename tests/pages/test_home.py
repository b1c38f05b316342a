"""Home: what waits, what is at risk, what changed; only what is there and what one may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from models.applications import followup, queries
from models.applications.access import find
from models.applications.types import application_type
from models.benefits.service import lower_quota, raise_quota
from models.core.actor import SYSTEM
from models.core.clock import clock_at
from models.core.lake import Lake
from models.core.unit_of_work import unit_of_work
from models.engines.statistics import engine
from models.notices import service as notices
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.mdf import BEGAN
from tests.support.pages import page, words

HOME = "home.py"


@pytest.fixture(autouse=True)
def _in_july():
    with clock_at(datetime(2026, 7, 1, 6, 5, tzinfo=UTC)):
        engine.forget()
        yield


@pytest.fixture
def people(on_sqlite, tmp_path):
    """Polder fell from 100.00 in May to 40.00 in June; another partner's Kudu from 50.00 to 10.00."""
    facts = FactBuilder(tmp_path)
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        north, harbor = build.partner("Nordlicht Systems"), build.partner("Harbor & Finch")
        polder, kudu = build.customer(north, "Polder Energie"), build.customer(harbor, "Kudu Mobile Money")
        lines = [(date(2026, 5, 2), "100", polder), (date(2026, 6, 30), "40", polder)]
        lines += [(date(2026, 5, 2), "50", kudu), (date(2026, 6, 30), "10", kudu)]
        facts.put([facts.line(*line) for line in lines])
        everybody = {role: build.actor(role) for role in ("ecosystem_manager", "reviewer_technical")}
        return everybody | {"partner_admin": build.actor("partner_admin", partner=north)}


def rows_of(test) -> str:
    """The rows of the lists, as the data that their component got."""
    return " ".join(str(element.proto) for element in test.get("bidi_component"))


def test_a_manager_reads_how_the_month_runs_and_what_waits(people):
    test = page(HOME, people["ecosystem_manager"]).run()
    shown = words(test)
    assert "Expenditure fell 66.7 % in June to 50.00 USD." in shown
    assert "2 things wait for you." in shown
    listed = rows_of(test)
    assert "2 partners without an ecosystem manager" in listed
    assert "2 customers without an account manager" in listed
    assert "Polder Energie fell 60" in listed


def test_a_partner_reads_only_about_its_own(people):
    test = page(HOME, people["partner_admin"]).run()
    shown = words(test)
    assert "Expenditure fell 60.0 % in June to 40.00 USD." in shown
    assert "Kudu" not in shown + rows_of(test)
    assert "ecosystem manager" not in rows_of(test)


def test_without_statistics_there_is_no_figure_of_them(people):
    shown = words(page(HOME, people["reviewer_technical"]).run())
    assert "Nothing waits for you." in shown
    assert "Expenditure" not in shown


def test_what_one_was_told_and_has_not_read_waits(people):
    reviewer = people["reviewer_technical"]
    with unit_of_work(actor=SYSTEM) as uow:
        notices.tell(uow, reviewer.user_id, key="k", title="Export ready", text="Lines of June", link="/exports")
    test = page(HOME, reviewer).run()
    assert "1 thing waits for you." in words(test)
    assert "Export ready" in rows_of(test)


def test_everything_one_was_told_is_marked_read_at_once(people):
    reviewer = people["reviewer_technical"]
    with unit_of_work(actor=SYSTEM) as uow:
        for key in ("k1", "k2"):
            notices.tell(uow, reviewer.user_id, key=key, title="Export ready", text="Lines of June", link="/exports")
    test = page(HOME, reviewer).run()
    assert "2 things wait for you." in words(test)
    next(button for button in test.button if button.label == "Mark all notices read").click().run()
    shown = words(test)
    assert "Nothing waits for you." in shown
    assert "All your notices are read" in shown + str([each.value for each in test.toast])
    assert "Mark all notices read" not in [button.label for button in test.button]


def test_home_stands_while_the_lake_is_away(people, monkeypatch):
    def away(*_, **__):
        raise OSError("gone")

    monkeypatch.setattr(Lake, "scan", away)
    test = page(HOME, people["ecosystem_manager"]).run()
    assert "Expenditure lines cannot be read right now" in words(test)
    assert "2 partners without an ecosystem manager" in rows_of(test)


def home_of(fund, actor):
    fund.build.uow.session.commit()
    with clock_at(fund.now):
        return page(HOME, actor).run()


def test_a_reviewers_cases_wait_at_the_desk_where_they_are_decided(fund):
    case_id = fund.applied()
    test = home_of(fund, fund.joris)
    assert "1 thing waits for you." in words(test)
    assert f"/queue?case={case_id}%2Fapplication_review%231" in rows_of(test)
    assert "Open my queue" in [button.label for button in test.button]
    fund.later(days=30)
    assert "1 thing waits for you, 1 of them overdue." in words(home_of(fund, fund.joris))
    assert "Nothing waits for you." in words(home_of(fund, fund.sipho))


def test_work_that_waits_is_counted_once_although_it_was_told(fund):
    case_id = fund.applied()
    with fund.as_(SYSTEM) as uow:
        followup.follow(uow, case_id, 0, find(uow, case_id).state.seq)
    test = home_of(fund, fund.joris)
    assert "1 thing waits for you." in words(test)
    assert "waits for your decision" not in rows_of(test)
    fund.decide(fund.joris, case_id, "reject", reason="R-02 Plan or agenda incomplete", comment="No afternoon.")
    with fund.as_(SYSTEM) as uow:
        followup.follow(uow, case_id, 0, find(uow, case_id).state.seq)
    assert "Nothing waits for you." in words(home_of(fund, fund.joris))
    liis = home_of(fund, fund.liis)
    assert "2 things wait for you." in words(liis)  # the form, and why it came back
    assert "was rejected" in rows_of(liis)


@pytest.mark.parametrize(("change", "said"), [(raise_quota, "+5,000.00"), (lower_quota, "−5,000.00")])
def test_a_change_of_a_quota_is_told_in_words(fund, change, said):
    with fund.as_(fund.ines) as uow:
        made = application_type(uow, "mdf")
        change(uow, made, fund.partner.id, Decimal(5000), reason="A second_fair in Q3", key="more")
    shown = words(home_of(fund, fund.ines))
    assert f"· Nordlicht SystemsMDF: {said} USD. A second_fair in Q3Inês Duarte" in shown


def test_a_partner_counts_everything_that_waits_and_a_case_once(fund, monkeypatch):
    fund.approved()
    with fund.as_(fund.liis) as uow:
        (row,) = queries.forms_waiting(uow)
    many = [replace(row, id=uuid4()) for _ in range(230)]
    monkeypatch.setattr(queries, "forms_waiting", lambda _: [*many, many[0]])
    assert "230 things wait for you" in words(home_of(fund, fund.liis))


def test_payments_wait_at_the_payment_desk_and_forms_at_the_partner(fund):
    case_id = fund.invoiced()
    assert f"/payment-desk?case={case_id}" in rows_of(home_of(fund, fund.mei))
    assert "/apply" not in rows_of(home_of(fund, fund.liis))
    fund.now = BEGAN
    other = fund.approved(activity_name="Baltic FinOps Week")
    liis = rows_of(home_of(fund, fund.liis))
    assert f"/apply?case={other}" in liis
    assert "Request reimbursement" in liis
    stranger = fund.build.actor("partner_admin", partner=fund.partner_named("Harbor & Finch"), name="Ada Finch")
    for actor in (fund.anna, stranger):
        assert "Baltic FinOps" not in rows_of(home_of(fund, actor))

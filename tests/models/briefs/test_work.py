"""Work in a brief: all of it is counted, however much it is, and the most urgent of it is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from decimal import Decimal

import pytest

from models.briefs import composing, work
from models.briefs.composing import Wanted, compose
from models.briefs.content import Content
from models.briefs.rules import Every
from models.briefs.terms import BriefTerms, brief_terms
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.statistics.queries import AlertRow
from models.statistics.rules import AlertState
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.mdf import Fund


@pytest.fixture
def fund(on_sqlite, monkeypatch):
    """A partner's fund; reviews are read two at a time, as if there were thousands."""
    monkeypatch.setattr(work, "AT_ONCE", 2)
    with unit_of_work(actor=SYSTEM) as uow:
        yield Fund(Build(uow))
        uow.session.rollback()


def terms(**most: int) -> BriefTerms:
    """The brief's terms, naming as many of each kind as given."""
    known = brief_terms()
    return known.model_copy(update={"most": known.most.model_copy(update=most)})


def small(fund: Fund) -> None:
    """An application for little money and a day far ahead: a quota has room for many."""
    budget = [{"item": "Venue", "mdf_used": True, "amount": "100.00"}]
    fund.applied(budget=budget, starts_on="2026-09-21", ends_on="2026-09-22")


def brief(fund: Fund, actor: Actor, given: BriefTerms, *partners: str) -> Content:
    with fund.as_(actor) as uow:
        return compose(uow, Wanted(Every.MONTH, partners, UTC, "UTC"), given)


def titles(content: Content, key: str) -> list[str]:
    return [item.title for section in content.sections if section.key == key for item in section.items]


def test_everything_that_waits_is_counted_and_the_first_of_it_named(fund):
    for _ in range(7):
        small(fund)
    content = brief(fund, fund.joris, terms(waits=3))
    assert "7 waiting" in content.headline
    assert len(titles(content, "waits")) == 4
    assert titles(content, "waits")[3] == "4 more wait for you"


def test_all_that_is_late_is_counted_and_named_as_often_as_its_own_term_says(fund):
    for _ in range(5):
        small(fund)
    fund.later(days=21)
    for _ in range(3):
        small(fund)
    content = brief(fund, fund.joris, terms(late=2, falls=1, waits=1).model_copy(update={"due_within_days": 30}))
    overdue = titles(content, "risk")
    assert [title.startswith("Overdue: ") for title in overdue] == [True, True, False, False]
    assert overdue[2:] == ["3 more are overdue", "3 due within 30 days"]
    assert content.headline.endswith("8 waiting, 5 late or alarming")


def test_a_partner_reads_of_every_form_of_its_own_once(fund):
    for _ in range(3):
        fund.begun()
    content = brief(fund, fund.liis, terms(waits=2))
    assert "3 waiting" in content.headline
    assert titles(content, "waits")[2:] == ["1 more waits for you"]
    assert "nothing waits" in brief(fund, fund.liis, terms(), "00000000-0000-0000-0000-000000000001").headline


def test_only_work_of_chosen_partners_is_counted(fund):
    other = Fund(fund.build)
    for each in (fund, fund, other):
        each.applied()
    content = brief(fund, fund.joris, terms(), str(other.partner.id))
    assert "1 waiting" in content.headline


def test_alerts_beyond_those_named_are_counted(fund, monkeypatch):
    raised = [
        AlertRow(fund.partner.id, f"Alert {n}", {}, {}, None, AlertState.RAISED, "", None, 1) for n in range(5)
    ]  # fmt: skip
    sleeping = replace(raised[0], snoozed_until=date(2099, 1, 1))
    monkeypatch.setattr(composing.figures, "alerts", lambda _: (*raised, sleeping))
    content = brief(fund, fund.ines, terms(alerts=2))
    assert titles(content, "risk") == ["Alert: Alert 0", "Alert: Alert 1", "3 more alerts are raised"]
    assert "5 late or alarming" in content.headline


def test_falls_are_found_also_where_many_more_rose(fund, tmp_path):
    """Forty groups by the size of their change would be rises alone."""
    facts, lines = FactBuilder(tmp_path), []
    for number in range(45):
        customer = fund.build.customer(fund.partner)
        lines += [facts.line(date(2026, 5, 2), 1, customer), facts.line(date(2026, 6, 2), 1000 + number, customer)]
    fallen = fund.build.customer(fund.partner, "Polder Energie")
    lines += [facts.line(date(2026, 5, 2), Decimal(9), fallen), facts.line(date(2026, 6, 2), Decimal(8), fallen)]
    facts.put(lines)
    fund.now = fund.now.replace(month=7) + timedelta(days=1)
    assert [title.split(" fell")[0] for title in titles(brief(fund, fund.ines, terms()), "risk")] == ["Polder Energie"]

"""Alerts on figures: told once, as the owner sees it, and never silent when a look fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.core.actor import SYSTEM
from models.core.clock import clock_at
from models.core.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from models.core.outbox import OutboxRow
from models.core.unit_of_work import unit_of_work
from models.identity import access
from models.identity.rules import UserStatus
from models.notices.tables import Notice
from models.statistics import queries, service
from models.statistics.asks import Ask
from models.statistics.rules import AlertState
from models.statistics.tables import FigureAlert
from tests.support.build import Build
from tests.support.facts import FactBuilder

D = Decimal
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
LAST_MONTH = Ask.of("expenditure", period="last_month")


class Watch:
    """A manager, a partner's manager, and lines of two partners; days go by at will."""

    def __init__(self, facts: FactBuilder) -> None:
        self.facts, self.today = facts, date(2026, 7, 20)
        with unit_of_work(actor=SYSTEM) as uow:
            build = Build(uow)
            self.partner = build.partner("Nordlicht Systems")
            self.ours = build.customer(self.partner, "Bluewing Air Cargo")
            self.other = build.customer(build.partner("Harbor & Finch"), "Kudu Mobile Money")
            self.manager = build.user("ecosystem_manager")
            self.seller = build.user("partner_admin", partner=self.partner)

    def uow(self, user, **more):
        with unit_of_work(actor=SYSTEM) as uow:
            actor = access.actor_of(uow, user.id)
        return unit_of_work(actor=actor, **more)

    def set(self, user, ask: Ask, rule: dict, name: str = "Watched"):
        with clock_at(self.today), self.uow(user) as uow:
            return service.set_alert(uow, name, ask, rule)

    def look(self, alert_id, on: date | None = None):
        self.today = on or self.today
        with clock_at(self.today):
            return service.look(alert_id)


@pytest.fixture
def watch(sqlite, tmp_path) -> Watch:
    return Watch(FactBuilder(tmp_path))


def texts(watch: Watch, user) -> list[tuple[str, str]]:
    with unit_of_work(actor=SYSTEM) as uow:
        stmt = select(Notice.title, Notice.text).where(Notice.user_id == user.id).order_by(Notice.at, Notice.id)
        return [tuple(row) for row in uow.session.execute(stmt)]


def test_a_limit_is_told_once_for_the_same_days_and_again_for_others(watch):
    watch.facts.put([watch.facts.line(JUNE, "90", watch.ours)])
    key, found = watch.set(watch.manager, LAST_MONTH, {"kind": "threshold", "above": "100"})
    assert not found.raised
    assert found.words == "Expenditure, June: 90.00 USD, 10.0\u202f% less than 100.00 USD."
    assert watch.look(key) is AlertState.QUIET
    watch.facts.put([watch.facts.line(JUNE, "20", watch.other)])
    assert watch.look(key) is AlertState.RAISED
    assert watch.look(key, watch.today + timedelta(days=1)) is AlertState.RAISED
    assert texts(watch, watch.manager) == [
        ("Watched deserves attention", "Expenditure, June: 110.00 USD, 10.0\u202f% more than 100.00 USD."),
    ]  # fmt: skip
    watch.facts.put([watch.facts.line(JULY, "400", watch.ours)])
    assert watch.look(key, date(2026, 8, 3)) is AlertState.RAISED
    assert len(texts(watch, watch.manager)) == 2
    with watch.uow(watch.manager, read_only=True) as uow:
        newest, older = queries.told(uow)
        assert older.ask.to_address() == {"measure": ["expenditure"], "from": "2026-06", "to": "2026-06"}
        assert newest.ask.period.first == JULY
        assert queries.raised(uow) == 1


def test_a_partner_is_told_of_its_own_figures_only(watch):
    may = date(2026, 5, 4)
    watch.facts.put([
        watch.facts.line(may, "100", watch.ours), watch.facts.line(JUNE, "10", watch.ours),
        watch.facts.line(may, "100", watch.other), watch.facts.line(JUNE, "1000", watch.other),
    ])  # fmt: skip
    asked = LAST_MONTH.changed(by=("customer",))
    falls = {"kind": "change", "percent": "30", "direction": "down"}
    key, found = watch.set(watch.seller, asked, falls)
    assert found.words == "Expenditure of Bluewing Air Cargo, June: 10.00 USD, 90.0\u202f% less than 100.00 USD."
    _, all_ = watch.set(watch.manager, asked, falls | {"direction": "either"})
    assert [each.label for each in all_.findings] == ["Kudu Mobile Money", "Bluewing Air Cargo"]
    with watch.uow(watch.seller, read_only=True) as uow:
        (alert,) = queries.alerts(uow)
        assert (alert.state, alert.id) == (AlertState.RAISED, key)
        (told,) = queries.told(uow, key)
        assert told.ask.values("customer") == (str(watch.ours.id),), "it opens the filtered view"
    assert watch.look(key) is AlertState.RAISED
    assert texts(watch, watch.seller) == [], "what was said when it was set is no news"


def test_what_a_person_may_no_longer_see_fails_the_alert_in_words(watch):
    key, _ = watch.set(watch.manager, LAST_MONTH, {"kind": "threshold", "above": "1"})
    with unit_of_work(actor=SYSTEM) as uow:
        alert = uow.session.get(FigureAlert, key)
        alert.question = {**alert.question, "where": [{"dimension": "shoe_size", "values": ["44"]}]}
    assert watch.look(key) is AlertState.FAILED
    assert watch.look(key) is AlertState.FAILED
    ((title, words),) = texts(watch, watch.manager)
    assert title == "Watched could not be looked at"
    assert "cannot be shown by shoe_size" in words
    service.give_up(key)
    assert len(texts(watch, watch.manager)) == 1, "one failure is told once"
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.get(type(watch.manager), watch.manager.id).status = UserStatus.LOCKED
    assert watch.look(key) is AlertState.FAILED


def test_an_alert_that_sleeps_is_not_looked_at(watch):
    key, _ = watch.set(watch.manager, LAST_MONTH, {"kind": "threshold", "below": "5"})
    with clock_at(watch.today), watch.uow(watch.manager) as uow:
        service.snooze(uow, key, watch.today)
        with pytest.raises(Refused, match="today or a later day"):
            service.snooze(uow, key, watch.today - timedelta(days=1))
        assert queries.raised(uow) == 0
    with unit_of_work(actor=SYSTEM) as uow:
        assert service.due(uow, watch.today) == 0
        assert service.due(uow, watch.today + timedelta(days=1)) == 1
        assert service.due(uow, watch.today + timedelta(days=1)) == 1
        rows = uow.session.query(OutboxRow).filter(OutboxRow.topic == service.TOPIC).all()
        assert len(rows) == 1, "once a day"


def test_nobody_touches_an_alert_of_another(watch):
    key, _ = watch.set(watch.manager, LAST_MONTH, {"kind": "threshold", "above": "1"})
    with watch.uow(watch.seller) as uow:
        for act in (
            lambda: service.remove(uow, key),
            lambda: service.snooze(uow, key, None),
            lambda: service.ask_for_look(uow, key),
            lambda: service.change_alert(uow, key, "x", LAST_MONTH, {"kind": "threshold", "above": "1"}, expected=1),
        ):
            with pytest.raises(NotFound):
                act()
        assert queries.alerts(uow) == () == queries.told(uow)
    nobody = replace(SYSTEM, is_system=False, user_id=watch.manager.id)
    with unit_of_work(actor=nobody) as uow, pytest.raises(NotAllowed):
        service.set_alert(uow, "x", LAST_MONTH, {"kind": "threshold", "above": "1"})


def test_an_alert_is_changed_looked_at_by_hand_and_removed(watch):
    watch.facts.put([watch.facts.line(JUNE, "90", watch.ours)])
    key, _ = watch.set(watch.manager, LAST_MONTH, {"kind": "threshold", "above": "100"})
    with clock_at(watch.today), watch.uow(watch.manager) as uow:
        found = service.change_alert(uow, key, "", LAST_MONTH, {"kind": "threshold", "above": "80"}, expected=1)
        assert found.raised
    with clock_at(watch.today), watch.uow(watch.manager) as uow:
        with pytest.raises(ChangedMeanwhile):
            service.change_alert(uow, key, "", LAST_MONTH, {"kind": "threshold", "above": "80"}, expected=1)
        service.ask_for_look(uow, key)
        assert queries.alerts(uow)[0].name == "Expenditure"
    with watch.uow(watch.manager) as uow:
        service.remove(uow, key)
    assert watch.look(key) is None
    service.give_up(key)


@pytest.mark.parametrize(
    "more, rule, field",
    [
        ({"measures": ("expenditure", "lines")}, {"kind": "threshold", "above": 1}, "measures"),
        ({"by": ("customer", "region")}, {"kind": "threshold", "above": 1}, "by"),
        ({"currency": "each"}, {"kind": "threshold", "above": 1}, "currency"),
        ({}, {"kind": "threshold"}, "threshold"),
        ({}, {"kind": "change", "percent": "-1"}, "percent"),
    ],
)
def test_what_no_alert_can_watch_is_refused(watch, more, rule, field):
    with pytest.raises(Refused) as refused:
        watch.set(watch.manager, LAST_MONTH.changed(**more), rule)
    assert field in [each.field for each in refused.value.problems]


def test_a_day_that_is_unusual_for_its_weekday(watch):
    watch.today = date(2026, 7, 1)  # the newest day with data is a Tuesday, the one before it is judged
    days = [date(2026, 6, 30) - timedelta(days=back) for back in range(60)]
    spent = {day: "10" if day.weekday() > 4 else "100" for day in days} | {date(2026, 6, 29): "10"}
    watch.facts.put([watch.facts.line(day, amount, watch.ours) for day, amount in spent.items()])
    asked = LAST_MONTH.changed(granularity="day")
    _, found = watch.set(watch.manager, asked, {"kind": "anomaly"})
    assert found.words == "Expenditure, 29 June 2026: 10.00 USD, 90.0\u202f% less than 100.00 USD."
    _, usual = watch.set(watch.manager, asked.changed(by=("region",)), {"kind": "anomaly", "direction": "up"})
    assert not usual.raised
    _, young = watch.set(watch.manager, asked.narrowed("customer", str(watch.other.id)), {"kind": "anomaly"})
    assert (young.known, young.raised) == (False, False)


def test_what_slides_with_the_days_is_no_news_every_day(watch):
    watch.today = date(2026, 6, 20)
    watch.facts.put([watch.facts.line(date(2026, 6, day), "10", watch.ours) for day in range(1, 29)])
    key, _ = watch.set(
        watch.manager, Ask.of("expenditure", period="last_7_days"), {"kind": "threshold", "above": "200"}
    )
    with clock_at(watch.today), watch.uow(watch.manager) as uow:
        service.change_alert(
            uow, key, "", Ask.of("expenditure", period="last_7_days"), {"kind": "threshold", "above": "60"}, expected=1
        )
    for later in (1, 2, 3):
        assert watch.look(key, date(2026, 6, 20) + timedelta(days=later)) is AlertState.RAISED
    assert texts(watch, watch.manager) == []

"""Briefs: made once a period, as their reader, within what they may see then; failures are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from models.briefs import queries, service
from models.briefs.content import Content
from models.briefs.rules import EditionStatus, Every, Schedule
from models.briefs.service import Setting
from models.briefs.tables import Brief, BriefEdition
from models.core.actor import SYSTEM, Actor
from models.core.clock import clock_at
from models.core.errors import ChangedMeanwhile, Refused, WrongState
from models.core.outbox import OutboxRow
from models.core.unit_of_work import unit_of_work
from models.identity.rules import UserStatus
from models.identity.tables import UserAccount, UserRole
from models.notices import queries as notices
from tests.support.build import Build
from tests.support.facts import FactBuilder
from tests.support.mdf import Fund

MONDAY = datetime.fromisoformat("2026-07-06T12:00+08:00")
DAILY = Setting(Schedule(Every.DAY, 1, "07:30"))


class House:
    """Two partners with customers, lines and cases; `actor` makes somebody and remembers who they are."""

    def __init__(self, folder: Path) -> None:
        with clock_at(MONDAY), unit_of_work(actor=SYSTEM) as uow:
            build = Build(uow)
            self.fund, self.other = Fund(build), Fund(build)
            own, foreign = (
                build.customer(self.fund.partner, "Polder Energie"),
                build.customer(self.other.partner, "Zeta"),
            )
            self.fund.applied(activity_name="Riga Cloud Day")
            self.other.applied(activity_name="Secret Summit")
            self.people = {
                role: build.actor(role, preferences={"zone": "Europe/Tallinn"})
                for role in ("ecosystem_manager", "reviewer_business", "reviewer_program")
            }
            self.people |= {
                role: build.actor(role, partner=self.fund.partner) for role in ("partner_admin", "account_manager")
            }
        facts = FactBuilder(folder)
        facts.put([
            facts.line(date(2026, 6, 3), "100", own), facts.line(date(2026, 7, 3), "70", own),
            facts.line(date(2026, 6, 3), "900", foreign), facts.line(date(2026, 7, 3), "1000", foreign),
        ])  # fmt: skip

    def set(self, role: str, setting: Setting = DAILY, at: datetime = MONDAY) -> UUID:
        with clock_at(at), unit_of_work(actor=self.people[role]) as uow:
            known = queries.own_brief(uow)
            return service.set_brief(uow, setting, expected=known.version if known else None)

    def due(self, brief_id: UUID) -> tuple[str, datetime]:
        """The period of the next edition, and when it is due."""
        with unit_of_work(actor=SYSTEM, read_only=True) as uow:
            next_at = uow.session.get_one(Brief, brief_id).next_at
        assert next_at is not None
        return next_at.strftime("%Y-%m-%dT%H:%MZ"), next_at

    def make(self, role: str) -> Content | None:
        """The next edition of somebody's brief, made when it is due."""
        key = self.set(role)
        period, next_at = self.due(key)
        with clock_at(next_at):
            service.make(key, period)
        return self.latest(role)

    def latest(self, role: str) -> Content | None:
        with unit_of_work(actor=self.people[role], read_only=True) as uow:
            found = queries.own_editions(uow)
            return queries.own_edition(uow, found[0].id).content if found else None

    def told(self, role: str) -> list[notices.NoticeRow]:
        with unit_of_work(actor=self.people[role], read_only=True) as uow:
            return [row for row in notices.notices(uow).rows if "rief" in row.title]

    def user(self, role: str, change: Callable[[UserAccount], Any]) -> None:
        with unit_of_work(actor=SYSTEM) as uow:
            user = uow.session.get_one(UserAccount, self.people[role].user_id)
            uow.session.refresh(user, ["roles"])
            change(user)


@pytest.fixture
def house(on_sqlite: str, tmp_path: Path) -> House:
    return House(tmp_path)


def said(content: Content | None) -> str:
    assert content is not None
    return "\n".join(content.words().values())


def test_a_manager_reads_what_changed_why_what_is_at_risk_and_what_waits(house: House) -> None:
    content = house.make("ecosystem_manager")
    assert content is not None
    words = content.words()
    assert "Expenditure: 1,070.00 USD, rose 7.0\u202f% against" in words["changed"]
    assert "Polder Energie fell 30.0\u202f%" in words["risk"]
    assert "Zeta" in words["why"]
    assert "07:30 Europe/Tallinn" in content.about
    (notice,) = house.told("ecosystem_manager")
    assert notice.title.startswith("Your brief: Expenditure rose 7.0\u202f%")
    assert notice.link.startswith("/briefs?edition=")
    reviewer = said(house.make("reviewer_business"))
    assert "Riga Cloud Day" in reviewer
    assert "Secret Summit" in reviewer


def test_a_partner_reads_of_its_own_rows_alone(house: House) -> None:
    for role in ("partner_admin", "account_manager"):
        words = said(house.make(role))
        assert "Zeta" not in words
        assert "Secret" not in words
    assert "Expenditure: 70.00 USD, fell 30.0\u202f% against" in said(house.latest("partner_admin"))
    assert "70.00" not in said(house.latest("account_manager"))  # no customer is assigned to them


def test_who_lost_a_permission_reads_less_and_who_is_blocked_nothing(house: House) -> None:
    key = house.set("ecosystem_manager")
    house.user(
        "ecosystem_manager", lambda user: user.roles.__setitem__(slice(None), [UserRole(role="reviewer_program")])
    )
    period, at = house.due(key)
    with clock_at(at):
        service.make(key, period)
    less = said(house.latest("ecosystem_manager"))
    assert "Applications submitted: 2" in less  # what a program reviewer may see
    assert "Expenditure" not in less
    assert "Zeta" not in less
    house.user("ecosystem_manager", lambda user: setattr(user, "status", UserStatus.LOCKED))
    period, at = house.due(key)
    with clock_at(at):
        service.make(key, period)
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert uow.session.scalar(select(func.count()).select_from(BriefEdition)) == 1
    assert house.due(key)[1] > at  # goes on when they are back


def test_an_edition_is_made_once_however_often_it_is_asked_for(house: House) -> None:
    house.make("ecosystem_manager")
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        brief, edition = uow.session.scalars(select(Brief)).one(), uow.session.scalars(select(BriefEdition)).one()
        keys = list(uow.session.scalars(select(OutboxRow.key).where(OutboxRow.topic == service.TOPIC)))
    service.make(brief.id, edition.period)
    assert len(house.told("ecosystem_manager")) == 1
    assert len(keys) == 2  # the one that was made, and the next
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        assert uow.session.scalar(select(func.count()).select_from(BriefEdition)) == 1


def test_a_changed_schedule_counts_and_the_old_one_does_not(house: House) -> None:
    key = house.set("ecosystem_manager")
    old, at = house.due(key)
    house.set("ecosystem_manager", Setting(Schedule(Every.WEEK, 3, "18:00"), by_mail=False))
    with clock_at(at):
        service.make(key, old)
    assert house.latest("ecosystem_manager") is None
    new, later = house.due(key)
    with clock_at(later):
        service.make(key, new)
    assert house.latest("ecosystem_manager") is not None
    assert house.told("ecosystem_manager") == []  # it is on the page only
    house.set("ecosystem_manager", Setting(Schedule(Every.DAY, 1, "07:30"), active=False))
    with unit_of_work(actor=house.people["ecosystem_manager"], read_only=True) as uow:
        brief = queries.own_brief(uow)
        assert brief is not None
        assert brief.next_at is None


def test_a_failure_is_told_and_can_be_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> Content:
        raise Refused("The figures contradict each other.")

    with monkeypatch.context() as patch:
        patch.setattr(service, "compose", away)
        assert house.make("ecosystem_manager") is None
    (notice,) = house.told("ecosystem_manager")
    assert (notice.title, notice.text) == ("Your brief failed", "The figures contradict each other.")
    manager = house.people["ecosystem_manager"]
    with unit_of_work(actor=manager) as uow:
        (failed,) = queries.own_editions(uow)
        assert (failed.status, failed.error) == (EditionStatus.FAILED, "The figures contradict each other.")
        service.try_again(uow, failed.id)
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        edition = uow.session.scalars(select(BriefEdition)).one()
    with clock_at(MONDAY + timedelta(days=1)):
        service.make(edition.brief_id, edition.period)
    assert house.latest("ecosystem_manager") is not None
    with unit_of_work(actor=manager) as uow, pytest.raises(WrongState):
        service.try_again(uow, failed.id)


def test_a_fault_is_seen_while_the_worker_tries_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Content:
        raise RuntimeError("no such column")

    key = house.set("ecosystem_manager")
    period, at = house.due(key)
    with monkeypatch.context() as patch, clock_at(at):
        patch.setattr(service, "compose", broken)
        with pytest.raises(RuntimeError):
            service.make(key, period)
    with unit_of_work(actor=house.people["ecosystem_manager"], read_only=True) as uow:
        (row,) = queries.own_editions(uow)
    assert (row.status, row.error) == (EditionStatus.WAITING, "A first try failed; it is tried again by itself.")
    with clock_at(at):
        service.make(key, period)
    assert house.latest("ecosystem_manager") is not None


def test_one_is_made_at_once_about_chosen_partners(house: House) -> None:
    manager: Actor = house.people["ecosystem_manager"]
    house.set("ecosystem_manager", Setting(DAILY.schedule, (str(house.fund.partner.id),)))
    with clock_at(MONDAY), unit_of_work(actor=manager) as uow:
        edition_id = service.ask_now(uow)
        with pytest.raises(WrongState):
            service.ask_now(uow)
        edition = uow.session.get_one(BriefEdition, edition_id)
        made = edition.brief_id, edition.period
    with clock_at(MONDAY):
        service.make(*made)
    words = said(house.latest("ecosystem_manager"))
    assert "Expenditure: 70.00 USD" in words
    reviewer = house.set("reviewer_business", Setting(DAILY.schedule, (str(house.fund.partner.id),)))
    period, at = house.due(reviewer)
    with clock_at(at):
        service.make(reviewer, period)
    assert "Riga Cloud Day" in said(house.latest("reviewer_business"))
    assert "Secret Summit" not in said(house.latest("reviewer_business"))
    assert "Zeta" not in words


def test_nobody_sets_or_reads_what_is_not_theirs(house: House) -> None:
    foreign = str(house.other.partner.id)
    with pytest.raises(Refused), unit_of_work(actor=house.people["partner_admin"]) as uow:
        service.set_brief(uow, Setting(DAILY.schedule, (foreign,)), expected=None)
    house.set("partner_admin")
    with pytest.raises(ChangedMeanwhile), unit_of_work(actor=house.people["partner_admin"]) as uow:
        service.set_brief(uow, DAILY, expected=None)
    with unit_of_work(actor=house.people["account_manager"], read_only=True) as uow:
        assert queries.own_brief(uow) is None

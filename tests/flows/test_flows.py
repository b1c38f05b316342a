"""What each topic's flow does, awaited in this process against a real server."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import update

import tests.support.exporting
from flows import calendar
from flows.topics import SCHEDULES, TOPICS
from flows.work import CLAIMS, MOST_ATTEMPTS, may_heal
from models.core import outbox
from models.core.actor import SYSTEM, Actor, acting_as
from models.core.clock import clock_at, now
from models.core.errors import NotFound, Refused
from models.core.unit_of_work import Busy, unit_of_work
from models.expenditures import service as expenditures
from models.exports import queries as exports
from models.exports import service as export_service
from models.exports.rules import ExportFormat, ExportStatus
from models.identity import queries as identity
from models.identity import service as identity_service
from models.notices import service as notice_service
from tests.support.build import PASSWORD, Build
from tests.support.carrying import do
from tests.support.mails import mails

assert tests.support.exporting


def states() -> list[outbox.TopicState]:
    with unit_of_work(read_only=True) as uow:
        return outbox.topics(uow)


def person(role: str = "analyst") -> Actor:
    with unit_of_work() as uow:
        build = Build(uow)
        build.customer(build.partner(), "Polder Energie")
        return build.actor(role)


def ask(actor: Actor, **question: object) -> None:
    with unit_of_work(actor=actor) as uow:
        export_service.request(uow, "test.customers", question, ExportFormat.CSV, "Customer list")


def export_of(actor: Actor) -> exports.ExportRow:
    with unit_of_work(read_only=True, actor=actor) as uow:
        (row,) = exports.history(uow).rows
        return row


def test_every_topic_that_is_written_has_a_flow():
    written = {
        expenditures.IMPORT_TOPIC,
        expenditures.REMAP_TOPIC,
        export_service.TOPIC,
        notice_service.TOPIC,
        calendar.TOPIC,
        "reviews.check",
        "reviews.follow",
        "reviews.timer",
        "payments.step",
        "reviews.outgoing",
    }
    assert written <= set(TOPICS)
    assert len({topic.flow.name for topic in TOPICS.values()}) == len(TOPICS)
    assert {(item.flow.name, item.name, item.cron) for item in SCHEDULES} >= {
        ("calendar-jobs", "daily", "10 0 * * *"), ("statistics-alerts-due", "figures", "30 6 * * *"),
    }  # fmt: skip


@pytest.mark.meets("FIN-EXP-01")
@pytest.mark.usefixtures("carried")
def test_an_export_is_made_and_its_requester_told_by_mail():
    actor = person()
    ask(actor)
    assert (do("exports.run"), export_of(actor).status) == (1, ExportStatus.COMPLETED)
    assert do("notices.mail") == 1
    (mail,) = mails()
    assert "Export ready" in mail.subject
    assert states() == []


@pytest.mark.usefixtures("carried")
def test_an_export_that_never_heals_ends_in_words():
    actor = person()
    ask(actor, breaks=True)
    assert do("exports.run") == 1
    assert [(state.topic, state.waiting) for state in states()] == [("exports.run", 1)]
    _make_last_try_due()
    assert do("exports.run") == 1
    assert [(state.topic, state.failed) for state in states()] == [("exports.run", 1), ("notices.mail", 0)]
    failed = export_of(actor)
    assert failed.status is ExportStatus.FAILED
    assert failed.error == "It could not be made. Your administrator finds the reason in Operations."


def _make_last_try_due() -> None:
    """Let all the pauses between tries be over."""
    with unit_of_work() as uow:
        attempts = len(outbox.PATIENCE.pauses)
        uow.session.execute(update(outbox.OutboxRow).values(due_at=uow.now, attempts=attempts))


@pytest.mark.usefixtures("carried")
def test_a_day_is_done_once_however_often_the_schedule_fires():
    actor = person()
    with clock_at(now() - timedelta(days=2)), unit_of_work() as uow:
        identity_service.sign_in(uow, "user3@kontor.example", PASSWORD)
    for _ in range(3):
        assert asyncio.run(calendar.calendar_jobs(date(2026, 6, 30))) == "2026-06-30"
    assert [(state.topic, state.waiting) for state in states()] == [("calendar.daily", 1)]
    assert (do("calendar.daily"), do("calendar.daily")) == (1, 0)
    assert asyncio.run(calendar.calendar_jobs(date(2026, 6, 30))) == "2026-06-30"
    assert do("calendar.daily") == 0
    with unit_of_work(read_only=True, actor=actor) as uow:
        assert identity.own_sessions(uow) == []


@pytest.mark.usefixtures("on_sqlite")
def test_work_that_takes_its_workers_down_is_given_up():
    assert TOPICS["exports.run"].flow  # a lane imports its flow before it takes work
    with acting_as(SYSTEM):
        actor = person()
        ask(actor)
        with unit_of_work() as uow:
            uow.session.execute(update(outbox.OutboxRow).values(attempts=MOST_ATTEMPTS))
        assert CLAIMS.take("exports.run", 9) == []
        with unit_of_work() as uow:
            ((_, topic, _, _, why),) = outbox.failures(uow)
        assert (topic, "ended 6 times while it did this" in why) == ("exports.run", True)
        assert export_of(actor).status is ExportStatus.FAILED


@pytest.mark.parametrize(
    ("error", "again"),
    [(Refused("no"), False), (NotFound("no"), False), (Busy("later"), True), (OSError("disk"), True)],
)
def test_only_what_may_heal_is_tried_again(error: Exception, again: bool):
    assert may_heal(error) is again

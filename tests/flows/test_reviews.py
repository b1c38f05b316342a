"""The worker's part of a case: automated stages, promised times, whoever is told, payment steps; each once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from sqlalchemy import select

from models.applications import applying
from models.applications.access import find
from models.core import outbox
from models.core.actor import SYSTEM
from models.core.clock import clock_at
from models.core.outbox import OutboxRow
from models.core.unit_of_work import unit_of_work
from models.notices.tables import Notice
from models.payments.tables import PaymentAttempt
from tests.support.build import Build
from tests.support.carrying import do
from tests.support.mails import mails
from tests.support.mdf import APPLICATION, BEGAN, Fund

TOPICS = ("reviews.check", "reviews.timer", "payments.step", "reviews.follow", "notices.mail")


def sent() -> tuple[Fund, UUID]:
    """An application that waits for the worker's search."""
    with clock_at(BEGAN), unit_of_work(actor=SYSTEM) as uow:
        fund = Fund(Build(uow))
        case_id = fund.begun()
        with fund.as_(fund.liis) as mine:
            applying.submit(mine, case_id, "application", APPLICATION, key="send")
    return fund, case_id


def everything() -> dict[str, int]:
    """Carry whatever is due, until nothing is."""
    done = dict.fromkeys(TOPICS, 0)
    while any(carried := {topic: do(topic) for topic in TOPICS}.values()):
        for topic, number in zip(TOPICS, carried, strict=True):
            done[topic] += number
    return done


def mailed() -> list[tuple[str, str]]:
    return sorted((mail.address, mail.subject) for mail in mails())


def visits(case_id: UUID) -> list[str]:
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        return [visit.id for visit in find(uow, case_id).state.visits]


@pytest.mark.meets("BEN-NTF-06")
@pytest.mark.usefixtures("carried")
def test_a_case_is_carried_to_its_reviewer_who_is_told_once():
    _, case_id = sent()
    with clock_at(BEGAN + timedelta(minutes=1)):
        assert everything()["reviews.check"] == 1
        assert visits(case_id) == ["application_review#1"]
        told = mailed()
        assert [subject for _, subject in told] == ["MDF-2026-0001 Riga Cloud Day waits for your decision"]
        with unit_of_work() as uow:  # the worker died before it could say that it was done
            for row in uow.session.scalars(select(OutboxRow).where(OutboxRow.topic != "reviews.timer")):
                row.done_at = None
        everything()
        assert (visits(case_id), mailed()) == (["application_review#1"], told)


@pytest.mark.usefixtures("carried")
def test_runs_are_found_by_the_number_of_the_case():
    sent()
    with clock_at(BEGAN + timedelta(minutes=1)):
        everything()

    async def tagged() -> set[str]:
        async with get_client() as client:
            wanted = FlowRunFilter(tags=FlowRunFilterTags(all_=["MDF-2026-0001"]))
            runs = await client.read_flow_runs(flow_run_filter=wanted)
            return {run.name.split()[0] for run in runs}

    assert {"reviews.check", "reviews.follow"} <= asyncio.run(tagged())


@pytest.mark.meets("BEN-TMR-11")
@pytest.mark.usefixtures("carried")
def test_a_worker_that_was_away_for_weeks_does_everything_due_once():
    fund, case_id = sent()
    with clock_at(BEGAN + timedelta(minutes=1)):
        everything()
    with clock_at(BEGAN + timedelta(days=30)):
        assert everything()["reviews.timer"] == 3  # reminder, due, escalation
        again = everything()
        assert not any(again.values())
    subjects = [subject for _, subject in mailed()]
    assert sorted(subjects) == [
        "MDF-2026-0001 Riga Cloud Day is due soon", "MDF-2026-0001 Riga Cloud Day is overdue",
        "MDF-2026-0001 Riga Cloud Day is overdue and was escalated to you",
        "MDF-2026-0001 Riga Cloud Day waits for your decision",
    ]  # fmt: skip
    with unit_of_work(read_only=True, actor=SYSTEM) as uow:
        assert find(uow, case_id).state.visits[0].overdue
    assert fund.now == BEGAN


@pytest.mark.usefixtures("carried")
def test_people_go_on_deciding_while_the_worker_is_away_and_a_payment_is_prepared_once():
    with clock_at(BEGAN), unit_of_work(actor=SYSTEM) as uow:
        fund = Fund(Build(uow))
        case_id = fund.paying()
    with clock_at(fund.now):
        assert everything()["payments.step"] == 1
        with unit_of_work(read_only=True, actor=SYSTEM) as uow:
            attempt = uow.session.scalars(select(PaymentAttempt)).one()
        assert attempt.prepared_at == fund.now
    assert visits(case_id) == ["payment.paying#1"]


@pytest.mark.usefixtures("carried")
def test_what_a_case_asks_for_outside_of_it_is_done_and_a_call_that_may_not_be_made_ends_in_words():
    fund, case_id = sent()
    own = {"case_id": str(case_id)}
    with clock_at(BEGAN), unit_of_work(actor=SYSTEM) as uow:
        uow.emit(
            "reviews.outgoing", "a", own | {"kind": "message", "to": ["finance"], "title": "Look", "text": "Here."}
        )
        uow.emit("reviews.outgoing", "b", own | {"kind": "webhook", "url": "https://hooks.example.com/", "body": {}})
    with clock_at(BEGAN + timedelta(minutes=1)):
        assert do("reviews.outgoing") == 2
        with unit_of_work(read_only=True, actor=SYSTEM) as uow:
            told = uow.session.execute(select(Notice.user_id, Notice.title, Notice.text)).all()
            failed = [(key, why) for _, _, key, _, why in outbox.failures(uow)]
    assert sorted(told) == sorted((who.user_id, "Look", "Here.") for who in (fund.mei, fund.henrik))
    ((key, why),) = failed
    assert key == "b"
    assert why.startswith("hooks.example.com is not among the hosts that may be called")

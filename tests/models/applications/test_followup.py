"""Whoever was told of work has nothing left to read once the work is done, whoever did it."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from models.applications import applying, followup, reviewing
from models.core.actor import SYSTEM, Actor
from models.core.outbox import OutboxRow
from models.notices import queries as notices
from tests.support.build import Build
from tests.support.mdf import Fund


@pytest.fixture
def fund(build: Build) -> Fund:
    return Fund(build)


def followed(fund: Fund) -> None:
    """The worker has told whoever has to know; what was followed before is followed again."""
    rows = select(OutboxRow.payload).where(OutboxRow.topic == "reviews.follow").order_by(OutboxRow.id)
    for payload in fund.build.uow.session.scalars(rows).all():
        with fund.as_(SYSTEM) as uow:
            followup.follow(uow, UUID(payload["case_id"]), payload["after"], payload["seq"])


def unread(fund: Fund, actor: Actor) -> list[str]:
    with fund.as_(actor) as uow:
        return [row.title.removeprefix("MDF-2026-0001 Riga Cloud Day") for row in notices.waiting(uow, limit=99)]


def test_a_decided_review_is_nothing_to_read_any_more(fund: Fund) -> None:
    case_id = fund.applied()
    followed(fund)
    assert unread(fund, fund.joris) == [" waits for your decision"]
    fund.decide(fund.joris, case_id, "approve")
    followed(fund)
    assert unread(fund, fund.joris) == []
    assert unread(fund, fund.liis) == [": MDF application approved"]


def test_what_came_back_is_told_until_it_is_sent_again(fund: Fund) -> None:
    case_id = fund.claimed()
    fund.decide(fund.joris, case_id, "reject", reason="R-07 Invoices missing", comment="Two invoices are missing.")
    followed(fund)
    assert sorted(unread(fund, fund.liis)) == [" was rejected", ": MDF reimbursement rejected"]
    fund.submit(case_id, "reimbursement", fund.claim_data(case_id))
    followed(fund)
    assert unread(fund, fund.liis) == []
    assert unread(fund, fund.joris) == [" waits for your decision"]


def test_an_answered_question_is_nothing_to_read_any_more(fund: Fund) -> None:
    case_id = fund.applied()
    visit = fund.visit(case_id)
    with fund.as_(fund.joris) as uow:
        reviewing.ask(uow, case_id, visit, "Which hall?", key="ask")
    followed(fund)
    assert unread(fund, fund.liis) == [": Joris de Wit asks you"]
    with fund.as_(fund.liis) as uow:
        applying.answer(uow, case_id, visit, "The large one.", key="answer")
    followed(fund)
    assert unread(fund, fund.liis) == []
    assert unread(fund, fund.joris) == [": Liis Tamm answered", " waits for your decision"]


def test_who_has_agreed_waits_no_longer_while_somebody_else_still_has_to(fund: Fund) -> None:
    case_id = fund.received()
    fund.decide(fund.mei, case_id, "approve")
    followed(fund)
    assert unread(fund, fund.mei) == unread(fund, fund.henrik) == [" waits for your decision"]
    fund.decide(fund.mei, case_id, "approve")
    followed(fund)
    assert unread(fund, fund.mei) == []
    assert unread(fund, fund.henrik) == [" waits for your decision"]
    fund.decide(fund.henrik, case_id, "approve")
    followed(fund)
    assert len(unread(fund, fund.mei)) == len(unread(fund, fund.henrik)) == 1  # the payment itself


def test_how_a_case_ended_is_news_until_it_is_read(fund: Fund) -> None:
    fund.paid()
    followed(fund)
    assert unread(fund, fund.liis) == [": Completed"]
    for actor in (fund.mei, fund.henrik, fund.joris, fund.sipho, fund.anna):
        assert unread(fund, actor) == [], actor.name

"""What is stored of cases is what happened: replayed, compared, anchored; and a changed byte is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Connection, null, select, text, update
from sqlalchemy.exc import DatabaseError

from models.applications import integrity
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import verifying
from models.engines.cases.tables import AnchoredHead, Case, CaseEvent, CaseFact, CaseTask
from tests.support.requests import Office


@pytest.fixture
def cases(office: Office) -> list[UUID]:
    """A paid request, a rejected one, one under review, a draft."""
    paid, rejected = office.reviewed(asked="60000"), office.reviewed()
    office.decide(office.joris, paid, "approve")
    office.decide(office.sipho, paid, "approve")
    office.decide(office.mei, paid, "paid", fields={"paid_on": "2026-08-10"})
    office.decide(office.joris, rejected, "reject", comment="No.")
    return [paid, rejected, office.reviewed(), office.begun()]


def faults(uow: UnitOfWork) -> list[str]:
    uow.session.expire_all()
    return [fault.text for fault in verifying.verify(uow).faults]


def test_what_happened_is_what_is_stored(cases: list[UUID], uow: UnitOfWork) -> None:
    found, ledger = integrity.verify(uow)
    assert (found.cases, found.faults, ledger) == (4, (), [])
    assert found.events > 30


def test_events_cannot_be_changed_or_removed(cases: list[UUID], uow: UnitOfWork) -> None:
    connection = uow.session.connection()
    for statement in (
        "UPDATE case_event SET actor_name = 'Nobody'", "DELETE FROM case_event", "UPDATE case_event SET payload = '{}'",
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match="append-only"), connection.begin_nested():
            connection.execute(text(statement))
    assert faults(uow) == []


def test_what_was_erased_leaves_the_chain_whole(cases: list[UUID], uow: UnitOfWork) -> None:
    erased = update(CaseEvent).where(CaseEvent.case_id == cases[1], CaseEvent.kind == "Decided")
    uow.session.connection().execute(erased.values(payload=null(), salt=None))
    assert faults(uow) == []


def _unguarded(connection: Connection) -> None:
    """What somebody with the whole database in hand would do first."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE case_event DISABLE TRIGGER ALL"))
    else:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER case_event_no_{verb}"))


def _another_amount(connection: Connection, case_id: UUID) -> None:
    stmt = select(CaseEvent.seq, CaseEvent.payload).where(CaseEvent.case_id == case_id, CaseEvent.kind == "Submitted")
    seq, payload = connection.execute(stmt).one()
    changed = json.loads(json.dumps(payload).replace("60000", "60001"))
    event = update(CaseEvent).where(CaseEvent.case_id == case_id, CaseEvent.seq == seq)
    connection.execute(event.values(payload=changed))


def _another_state(connection: Connection, case_id: UUID) -> None:
    state = connection.execute(select(Case.state).where(Case.id == case_id)).scalar_one()
    changed = json.loads(json.dumps(state).replace("60000", "60001"))
    connection.execute(update(Case).where(Case.id == case_id).values(state=changed))


TAMPERED: dict[str, tuple[Callable[[Connection, UUID], object], str]] = {
    "a byte of what was typed": (_another_amount, "its content was changed"),
    "who did it": (
        lambda connection, case: connection.execute(
            update(CaseEvent).where(CaseEvent.case_id == case, CaseEvent.seq == 3).values(kind="Left")
        ),
        "who, when or what was changed",
    ),
    "an event in between": (
        lambda connection, case: connection.execute(
            CaseEvent.__table__.delete().where(CaseEvent.case_id == case, CaseEvent.seq == 4)  # type: ignore[attr-defined]
        ),
        "event 4 is missing",
    ),
    "the last event": (
        lambda connection, case: connection.execute(
            CaseEvent.__table__.delete().where(  # type: ignore[attr-defined]
                CaseEvent.case_id == case,
                CaseEvent.seq == select(Case.seq).where(Case.id == case).scalar_subquery(),
            )
        ),
        "its last event is not the one that the case ends with",
    ),
    "the status": (
        lambda connection, case: connection.execute(update(Case).where(Case.id == case).values(status="Draft")),
        "its row does not say what its events say",
    ),
    "the state": (_another_state, "its events lead to another state than the one that is kept"),
    "a fact": (
        lambda connection, case: connection.execute(update(CaseFact).where(CaseFact.case_id == case).values(text="x")),
        "its facts are not those that its events lead to",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_found(what: str, cases: list[UUID], uow: UnitOfWork) -> None:
    tamper, words = TAMPERED[what]
    connection = uow.session.connection()
    _unguarded(connection)
    tamper(connection, cases[0])
    assert faults(uow) == [words]


def test_a_task_that_nothing_led_to_is_found(cases: list[UUID], uow: UnitOfWork) -> None:
    reopened = update(CaseTask).where(CaseTask.case_id == cases[0]).values(closed_at=None)
    uow.session.connection().execute(reopened)
    assert faults(uow) == ["its open tasks are not those that its events lead to"]


def test_an_anchor_finds_a_chain_that_was_rewritten_as_a_whole(
    cases: list[UUID], office: Office, uow: UnitOfWork
) -> None:
    first = verifying.anchor(uow)
    assert first is not None
    assert verifying.anchor(uow) is None
    office.decide(office.joris, cases[2], "approve")
    assert verifying.anchor(uow) not in (None, first)
    assert (faults(uow), verifying.verify(uow).anchors) == ([], 2)
    rewritten = update(AnchoredHead).where(AnchoredHead.case_id == cases[0]).values(hash="0" * 64)
    uow.session.connection().execute(rewritten)
    assert faults(uow) == ["it was changed, or one before it is missing", "it is not what was anchored"]

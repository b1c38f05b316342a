"""Stored cases are told once more from their events: the same commands lead to the same events, for MDF too."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from models.applications.access import find
from models.core.actor import SYSTEM
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import CaseEvent
from models.engines.cases.world import definition_of
from models.engines.definitions.registry import calendar_for
from models.engines.workflow.comparing import compared
from models.engines.workflow.events import Event, unpack
from models.engines.workflow.replaying import recorded, replayed
from tests.support.build import Build
from tests.support.mdf import Fund
from tests.support.requests import Office


def events_of(uow: UnitOfWork, case_id: UUID) -> list[Event]:
    row = CaseEvent
    stmt = select(row.kind, row.schema, row.payload).where(row.case_id == case_id).order_by(row.seq)
    return [unpack(kind, schema, payload or {}) for kind, schema, payload in uow.session.execute(stmt)]


def told_again(office: Office | Fund, case_id: UUID) -> None:
    """The case comes out as it is stored, and goes the same way through its own definition."""
    with office.as_(SYSTEM) as uow:
        found, events = find(uow, case_id), events_of(uow, case_id)
        definition = definition_of(found.type, calendar_for(uow, found.type))
        again = replayed(definition, events)
        assert again.first is None
        assert again.state.facts == found.state.facts
        assert (again.state.outcome, again.state.status) == (found.state.outcome, found.state.status)
        result = compared(definition, events)
        assert (result.first, result.assumed, result.lost) == (None, (), ())
        assert result.would.outcome == found.state.outcome


def test_a_request_with_everything_that_people_do(office: Office) -> None:
    case_id = office.reviewed(asked="60000")
    office.decide(office.joris, case_id, "reject", comment="Smaller.")
    office.submit(case_id, asked="55000")
    office.search(case_id)
    office.decide(office.joris, case_id, "approve")
    office.decide(office.sipho, case_id, "send_back", comment="Look again.")
    told_again(office, case_id)
    office.decide(office.joris, case_id, "approve")
    office.decide(office.sipho, case_id, "approve")
    office.decide(office.mei, case_id, "paid", fields={"paid_on": "2026-08-10"})
    told_again(office, case_id)


def test_mdf_from_the_application_to_the_money(build: Build) -> None:
    fund = Fund(build)
    case_id = fund.paid()
    told_again(fund, case_id)
    with fund.as_(SYSTEM) as uow:
        noted = recorded(events_of(uow, case_id)).noted["payments.open"]
    assert noted[0]["requisition_no"].startswith("PR-MDF-")  # what an action answered is answered again

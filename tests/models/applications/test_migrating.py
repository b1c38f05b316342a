"""Running cases move to another version through the services: dry run, carried out, on the timeline, undone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from models.applications import integrity, stages
from models.applications.access import find
from models.applications.case_view import case_view
from models.core.actor import SYSTEM
from models.core.errors import Refused, WrongState
from models.core.outbox import OutboxRow
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import migrating
from models.engines.cases.tables import Case, CaseTask
from models.engines.definitions import versions
from models.engines.definitions.loading import contents
from tests.support.requests import Office


def second(office: Office, change: Any) -> None:
    """Keep a version 2 of the request."""
    content = deepcopy(contents()["request"])
    content["type"]["version"] = 2
    change(content["type"]["workflow"])
    versions.add(office.build.uow, content)


def renamed(flow: dict[str, Any]) -> None:
    flow["nodes"]["business_look"] = flow["nodes"].pop("business") | {"label": "First look", "due": "9 working days"}
    flow["nodes"]["finance"]["not_same_person_as"] = ["business_look"]
    flow["edges"] = [[begin.replace("business", "business_look"), end.replace("business", "business_look")]
                     for begin, end in flow["edges"]]  # fmt: skip


def open_tasks(uow: UnitOfWork, case_id: UUID) -> list[tuple[str, str]]:
    stmt = select(CaseTask.visit, CaseTask.label).where(CaseTask.case_id == case_id, CaseTask.closed_at.is_(None))
    return [(visit, label) for visit, label in uow.session.execute(stmt)]


def test_a_case_moves_as_its_dry_run_said_and_comes_back(office: Office, uow: UnitOfWork) -> None:
    case_id = office.reviewed()
    second(office, renamed)
    with office.as_(SYSTEM) as system:
        dry = migrating.dry_run(system, case_id, 2)
        assert [(move.node, move.to) for move in dry.moves] == [("business", "business_look")]
        assert open_tasks(uow, case_id) == [("business#1", "Business review")]
        state = migrating.migrate(system, case_id, 2, key="m1")
        assert state == dry.after
        assert migrating.migrate(system, case_id, 2, key="m1") == state  # the same click
        assert open_tasks(uow, case_id) == [("business_look#2", "First look")]
        found = find(system, case_id)
        assert (found.type.version, found.state.version) == (2, 2)
        assert integrity.verify(system)[0].faults == ()
        assert stages.fire_timer(system, case_id, "business#1", "due") is False  # the old one is over
        back = migrating.undo(system, case_id, key="u1")
        assert (back.version, back.visits[0].id) == (1, "business#1")
        assert migrating.undo(system, case_id, key="u1") == back
        assert open_tasks(uow, case_id) == [("business#1", "Business review")]
        assert uow.session.scalar(select(Case.version).where(Case.id == case_id)) == 1
        with pytest.raises(WrongState):
            migrating.undo(system, case_id, key="u2")
        assert integrity.verify(system)[0].faults == ()
        titles = [row.title for row in case_view(system, case_id).timeline]
    assert titles[-3:] == ["Goes on under version 2", "Back under version 1", "Business review"]
    timers = select(OutboxRow.key).where(OutboxRow.topic == "reviews.timer", OutboxRow.key.contains("business#1:due"))
    assert len(uow.session.scalars(timers).all()) == 2  # asked for again, though the first was there
    office.decide(office.joris, case_id, "approve")


def test_a_moved_case_is_worked_on_and_then_not_brought_back(office: Office) -> None:
    case_id = office.reviewed(asked="60000")
    second(office, renamed)
    with office.as_(SYSTEM) as system:
        migrating.migrate(system, case_id, 2, key="m1")
    office.decide(office.niamh, case_id, "approve")
    with office.as_(SYSTEM) as system, pytest.raises(Refused, match="Somebody has worked on it"):
        migrating.undo(system, case_id, key="u1")
    office.decide(office.sipho, case_id, "approve")


def test_a_case_without_a_place_stays_where_it_is(office: Office, uow: UnitOfWork) -> None:
    case_id = office.reviewed()

    def without(flow: dict[str, Any]) -> None:
        flow["nodes"].pop("business")
        flow["edges"] = [edge for edge in flow["edges"] if not edge[0].startswith("business")]
        flow["edges"] = [[begin, "large" if end == "business" else end] for begin, end in flow["edges"]]
        flow["nodes"]["finance"].pop("not_same_person_as")

    second(office, without)
    with office.as_(SYSTEM) as system:
        with pytest.raises(Refused, match="Say what becomes of Business review"):
            migrating.migrate(system, case_id, 2, key="m1", mapping={})
        assert find(system, case_id).type.version == 1
    assert open_tasks(uow, case_id) == [("business#1", "Business review")]

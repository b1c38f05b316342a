"""What a decision costs the record store: counted statements, so that nothing creeps in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from models.applications import reviewing
from models.applications.access import find
from models.core.unit_of_work import UnitOfWork
from tests.support.build import Build
from tests.support.mdf import Fund
from tests.support.requests import Office


@contextmanager
def counted(uow: UnitOfWork) -> Iterator[list[str]]:
    """The statements of the block."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    connection = uow.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield said
    event.remove(connection, "before_cursor_execute", note)


def test_a_decision_reads_once_and_writes_four_times(office: Office, uow: UnitOfWork) -> None:
    """The case, locked, for permission and decision; its row, its events, the old and the new task at once, later
    work."""
    case_id = office.reviewed()
    office.build.uow.session.flush()
    with office.as_(office.joris) as his:
        visit = find(his, case_id).state.visits[0].id
        with counted(uow) as said:
            reviewing.decide(his, case_id, visit, "approve", key="k")
    assert [statement.split()[0] for statement in said] == ["SELECT", "UPDATE", "INSERT", "INSERT", "INSERT"]


def test_giving_money_back_costs_three_more(build: Build, uow: UnitOfWork) -> None:
    fund = Fund(build)
    case_id = fund.applied()
    visit = fund.visit(case_id)
    with fund.as_(fund.joris) as his, counted(uow) as said:
        reviewing.decide(
            his, case_id, visit, "reject", key="k", reason="R-03 Budget not plausible", comment="Too dear."
        )
    assert len(said) == 8, said

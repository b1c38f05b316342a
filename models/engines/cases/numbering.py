"""Numbers of cases: a serial per type and year, drawn in the transaction that opens the case, so that none is lost."""

from __future__ import annotations

from sqlalchemy import select, update

from models.core.database import insert_once
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import CaseCounter


def queue_up(uow: UnitOfWork, type_key: str, year: int) -> None:
    """Wait until nobody else opens a case of the type; from then on until the transaction ends, others wait."""
    insert_once(uow.session, CaseCounter, {"type": type_key, "year": year, "last": 0}, unique=("type", "year"))
    own = (CaseCounter.type == type_key) & (CaseCounter.year == year)
    uow.session.connection().execute(select(CaseCounter.last).where(own).with_for_update())


def draw(uow: UnitOfWork, type_key: str, year: int) -> int:
    """The next serial of a type in a year, from 1; for whoever has queued up."""
    connection = uow.session.connection()
    own = (CaseCounter.type == type_key) & (CaseCounter.year == year)
    connection.execute(update(CaseCounter).where(own).values(last=CaseCounter.last + 1))
    return int(connection.scalar(select(CaseCounter.last).where(own)) or 0)

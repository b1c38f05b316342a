"""The alerts on figures that a person keeps, and what they told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from models.core.unit_of_work import UnitOfWork
from models.statistics.asks import Ask, parsed
from models.statistics.rules import AlertState, Happening, sleeps
from models.statistics.tables import FigureAlert, FigureAlertEvent


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert of the actor's: what it watches, by which rule, and what the last look found.

    `question` and `rule` are as they were stored; `ask` makes a question of it again.
    """

    id: UUID
    name: str
    question: Mapping[str, Any]
    rule: Mapping[str, Any]
    snoozed_until: date | None
    state: AlertState
    words: str
    looked_at: datetime | None
    version: int

    @property
    def ask(self) -> Ask:
        """What it asks."""
        return parsed(self.question)

    def sleeps(self, today: date) -> bool:
        """Whether it keeps still today."""
        return sleeps(self.snoozed_until, today)


@dataclass(frozen=True, slots=True)
class ToldRow:
    """Something an alert told, and the question that shows it as it was."""

    id: UUID
    alert_id: UUID
    name: str
    at: datetime
    kind: Happening
    words: str
    question: Mapping[str, Any]

    @property
    def ask(self) -> Ask:
        """The question of the filtered view."""
        return parsed(self.question)


def alerts(uow: UnitOfWork) -> tuple[AlertRow, ...]:
    """The actor's alerts: those that deserve attention first, then those that failed, then by name."""
    row = FigureAlert
    stmt = select(
        row.id, row.name, row.question, row.rule, row.snoozed_until, row.state, row.words, row.looked_at, row.version
    ).where(row.user_id == uow.actor.user_id)
    urgency = {AlertState.RAISED: 0, AlertState.FAILED: 1}
    found = [AlertRow(*each) for each in uow.session.execute(stmt)]
    found.sort(key=lambda each: (each.sleeps(uow.today), urgency.get(each.state, 2), each.name.casefold(), each.id))
    return tuple(found)


def told(uow: UnitOfWork, alert_id: UUID | None = None, *, most: int = 50) -> tuple[ToldRow, ...]:
    """What the actor's alerts told (one of them, or all), the newest first."""
    event, alert = FigureAlertEvent, FigureAlert
    stmt = (
        select(event.id, event.alert_id, alert.name, event.at, event.kind, event.words, event.question)
        .join(alert, alert.id == event.alert_id)
        .where(alert.user_id == uow.actor.user_id)
        .order_by(event.at.desc(), event.id.desc())
        .limit(most)
    )
    if alert_id is not None:
        stmt = stmt.where(event.alert_id == alert_id)
    return tuple(ToldRow(*each) for each in uow.session.execute(stmt))


def raised(uow: UnitOfWork) -> int:
    """How many of the actor's alerts deserve attention or failed, apart from those that sleep."""
    stmt = select(func.count(FigureAlert.id)).where(
        FigureAlert.user_id == uow.actor.user_id,
        FigureAlert.state.in_([AlertState.RAISED, AlertState.FAILED]),
        FigureAlert.snoozed_until.is_(None) | (FigureAlert.snoozed_until < uow.today),
    )
    return uow.session.scalar(stmt) or 0

"""What pages and other areas read of revenue goals, always within the actor's scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from models.core.money import WIDE
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Filter, Granularity, Period, Question, ask
from models.revenue.measures import ELIGIBLE_REVENUE, REVENUE
from models.revenue.tables import RevenueGoal


class GoalTerms(BaseModel):
    """What goals are set by; a manager's setting."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    currency: str
    most: Decimal


@cache
def terms() -> GoalTerms:
    """The terms of this version of the application."""
    path = Path(__file__).parent / "definitions" / "goals.yaml"
    return GoalTerms.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


NOTE = REVENUE.note
"""What a page must say about revenue."""


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal of a year, in force until another one was set (`ended_at`)."""

    id: UUID
    partner_id: UUID
    year: int
    amount: Decimal
    currency: str
    note: str
    set_at: datetime
    set_by_name: str
    ended_at: datetime | None


def goals(uow: UnitOfWork, partner_id: UUID) -> list[GoalRow]:
    """Every goal that a partner was set, of the latest year and the newest first."""
    row = RevenueGoal
    stmt = select(
        row.id, row.partner_id, row.year, row.amount, row.currency, row.note, row.set_at, row.set_by_name, row.ended_at
    ).where(row.partner_id == partner_id)  # fmt: skip
    stmt = stmt.order_by(row.year.desc(), row.ended_at.is_not(None), row.set_at.desc(), row.id)
    return [GoalRow(*found) for found in uow.session.execute(stmt)]


def completion(goal: GoalRow, earned: Decimal | None) -> Decimal | None:
    """What was earned as a share of a goal (ONB-GOAL-06); below zero when more was given back. None: not known."""
    return None if earned is None else WIDE.divide(earned, goal.amount)


def goal(uow: UnitOfWork, partner_id: UUID, year: int) -> GoalRow | None:
    """The goal of a year that is in force."""
    found = (each for each in goals(uow, partner_id) if each.year == year and each.ended_at is None)
    return next(found, None)


def earned(uow: UnitOfWork, partner_id: UUID, years: Sequence[int], currency: str) -> Mapping[int, Decimal]:
    """A partner's eligible revenue of some years so far, in one currency; years without any are missing.

    Raises:
        NotAllowed: the actor may not see statistics.
        LakeAway: the lake cannot be read.
    """
    uow.actor.demand("statistics.view")
    if not years:
        return {}
    question = Question(
        REVENUE, (ELIGIBLE_REVENUE,), Period(date(min(years), 1, 1), date(max(years), 12, 1)),
        where=(Filter("partner", (str(partner_id),)),), granularity=Granularity.YEAR,
    )  # fmt: skip
    rows = ask(uow, question).rows
    return {row.start.year: row.amount() for row in rows if row.start and row.currency == currency}

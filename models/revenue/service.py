"""Goals: what ecosystem managers agree with a partner for a year (ONB-GOAL)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.core.errors import ChangedMeanwhile, NotFound, Refused
from models.core.money import money_text
from models.core.unit_of_work import UnitOfWork
from models.partners import queries as partners
from models.revenue import rules
from models.revenue.queries import terms
from models.revenue.tables import RevenueGoal

MEANWHILE = "Somebody set this goal meanwhile. Look at it again, then repeat your change."


def set_goal(
    uow: UnitOfWork, partner_id: UUID, year: int, amount: Decimal, *, note: str = "", expected: UUID | None
) -> UUID:
    """Set a partner's revenue goal of a year in USD; the one before ends and stays in the history.

    `expected` is the goal of that year that the person saw (None: there was none).

    Raises:
        NotAllowed: the actor may not change partners.
        NotFound: no such partner among those the actor may see.
        Refused: the year is over or far away, or the amount is none.
        ChangedMeanwhile: somebody else set the goal since.
    """
    uow.actor.demand("partners.manage")
    name = partners.partner_name(uow, partner_id)
    if not name:
        raise NotFound("There is no such partner among those you may see.")
    if problems := rules.goal_problems(year, amount, most=terms().most, today=uow.today):
        raise Refused(problems)
    row = RevenueGoal
    stmt = select(row).where(row.partner_id == partner_id, row.year == year, row.ended_at.is_(None))
    before = uow.session.scalar(stmt.with_for_update())
    if (before.id if before else None) != expected:
        raise ChangedMeanwhile(MEANWHILE)
    if before:
        before.ended_at, before.ended_by_name = uow.now, uow.actor.name
        uow.session.flush()
    goal = RevenueGoal(
        partner_id=partner_id, year=year, amount=amount, currency=terms().currency, note=note.strip(), set_at=uow.now,
        set_by_name=uow.actor.name,
    )  # fmt: skip
    uow.session.add(goal)
    try:
        uow.session.flush()
    except IntegrityError as error:
        raise ChangedMeanwhile(
            "Somebody set this goal meanwhile. Look at it again, then repeat your change."
        ) from error
    changes = {"year": year, "goal": [money_text(before.amount) if before else None, money_text(amount)]}
    uow.record("partner.goal_set", "partner", partner_id, partner_id=partner_id, changes=changes)
    return goal.id

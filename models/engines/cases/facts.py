"""Facts of other cases, found by SQL: what searches of areas compare a case with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, select

from models.core.money import sum_amount
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.tables import Case, CaseFact

MANY = 500
"""Keys that are asked for at once."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another case with some of its facts by name (typed values)."""

    case_id: UUID
    number: str
    partner_id: UUID
    status: str
    facts: dict[str, Any]


def cases_near(
    uow: UnitOfWork, type_key: str, fact: str, first: date, last: date, *, wanted: Collection[str], most: int = 500
) -> list[Other]:
    """Cases of a type that were sent and not given up, with a date fact between two days, and the facts wanted of them.

    Two statements, the first by the index on facts; the nearest `most` by number.
    """
    near = (
        select(Case.id, Case.number, Case.partner_id, Case.status)
        .join(CaseFact, CaseFact.case_id == Case.id)
        .where(
            CaseFact.name == fact, CaseFact.day.between(first, last), Case.type == type_key,
            Case.submitted_at.is_not(None), func.coalesce(Case.outcome, "") != "deleted",
        )
        .order_by(Case.number.desc())
        .limit(most)
    )  # fmt: skip
    found = {
        key: Other(key, number, partner_id, status, {}) for key, number, partner_id, status in uow.session.execute(near)
    }
    row = CaseFact
    stmt = select(row.case_id, row.name, row.text, row.amount, row.day, row.count, row.yes)
    for case_id, name, *values in uow.session.execute(
        stmt.where(row.case_id.in_(list(found)), row.name.in_(list(wanted)))
    ):
        found[case_id].facts[name] = next((value for value in values if value is not None), None)
    return list(found.values())


def numbers(uow: UnitOfWork, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of cases that the actor may see."""
    found: dict[UUID, str] = {}
    keys = list(case_ids)
    for start in range(0, len(keys), MANY):
        stmt = select(Case.id, Case.number).where(Case.id.in_(keys[start : start + MANY]))
        found |= dict(uow.session.execute(stmt).tuples().all())
    return found


def changes(uow: UnitOfWork) -> tuple[int, tuple[object, ...]]:
    """Another value whenever a case that the actor may see changed: how many there are, and how far the newest came."""
    newest = select(Case.id, Case.seq).order_by(Case.changed_at.desc(), Case.id.desc()).limit(20)
    found = tuple(tuple(row) for row in uow.session.execute(newest))
    return uow.session.scalar(select(func.count(Case.id))) or 0, found


def amounts(uow: UnitOfWork, names: Collection[str]) -> dict[tuple[str, str], Decimal]:
    """What amounts by name come to, of every case the actor may see; its key as the database writes it."""
    row = CaseFact
    stmt = select(cast(row.case_id, Text), row.name, row.amount).where(row.name.in_(sorted(names)))
    return {(key, name): amount for key, name, amount in uow.session.execute(stmt) if amount is not None}


def total(uow: UnitOfWork, type_key: str, fact: str, *, partner_id: UUID, without: Collection[str]) -> Decimal:
    """What an amount comes to over a partner's cases of a type that were sent and not given up, those with some
    statuses left out. In the type's currency."""
    stmt = (
        select(sum_amount(CaseFact.amount))  # type: ignore[arg-type]  # an empty amount adds nothing
        .join(Case, Case.id == CaseFact.case_id)
        .where(
            CaseFact.name == fact, CaseFact.partner_id == partner_id, Case.type == type_key,
            Case.submitted_at.is_not(None), func.coalesce(Case.outcome, "") != "deleted",
            Case.status.not_in(list(without)),
        )
    )  # fmt: skip
    return uow.session.scalar(stmt) or Decimal(0)

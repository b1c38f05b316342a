"""What people see of sub-accounts: what nobody's cost, whose the others are, and what a mapping would move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import duckdb
from sqlalchemy import select

from models.core.lake import duck, equals, lake
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics.engine import LakeAway
from models.expenditures.facts import expenditure_line
from models.expenditures.mapping import quoted
from models.expenditures.rules import ImportKind, ImportStatus, Totals, totals_of
from models.expenditures.tables import DeliveryImport, SubAccountMapping


@dataclass(frozen=True, slots=True)
class SubAccountRow:
    """A sub-account of a source with what it cost by currency, taxes included, and on which days."""

    source: str
    sub_account_id: str
    name: str | None
    provider: str | None
    lines: int
    amounts: Totals
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A mapping that was made, and how far its lines are moved: `done` goes from 0 to 1."""

    id: UUID
    source: str
    sub_account_ids: tuple[str, ...]
    status: ImportStatus
    asked_by: str
    asked_at: datetime
    step: str
    done: float
    lines: int
    amounts: Totals
    message: str


def unmapped(uow: UnitOfWork, *, source: str | None = None, search: str = "", limit: int = 200) -> list[SubAccountRow]:
    """Sub-accounts that are nobody's, the costliest first (by the largest of their currencies).

    Raises:
        NotAllowed: the actor may not map sub-accounts.
    """
    uow.actor.demand("expenditures.map")
    words = quoted(f"%{search.lower()}%")
    found = f"(lower(sub_account_id) LIKE {words} OR lower(sub_account_name) LIKE {words})" if search else "true"
    return _sub_accounts("customer_id IS NULL AND " + found, source, limit)


def unmapped_total(uow: UnitOfWork) -> tuple[int, int, Totals]:
    """How many sub-accounts are nobody's, with how many lines and which amounts, taxes included.

    Raises:
        NotAllowed: the actor may not map sub-accounts.
    """
    uow.actor.demand("expenditures.map")
    nobodys = f"FROM {lake().scan(expenditure_line).sql} WHERE customer_id IS NULL"
    rows = _ask(f"SELECT currency, count(*), sum(expenditure) {nobodys} GROUP BY currency ORDER BY currency")
    accounts = _ask(f"SELECT count(*) FROM (SELECT DISTINCT source, sub_account_id {nobodys})")
    return accounts[0][0], sum(row[1] for row in rows), {currency: amount for currency, _, amount in rows}


def is_any_mapped(uow: UnitOfWork) -> bool:
    """Whether any sub-account is somebody's.

    Raises:
        NotAllowed: the actor may not map sub-accounts.
    """
    uow.actor.demand("expenditures.map")
    return uow.session.scalar(select(SubAccountMapping.id).limit(1)) is not None


def _sub_accounts(where: str, source: str | None, limit: int) -> list[SubAccountRow]:
    scan = lake().scan(expenditure_line, equals("source", source) if source else None)
    of_source = f"AND source = {quoted(source)}" if source else ""
    found = _ask(
        f"""WITH by_currency AS (
              SELECT source, sub_account_id, currency, max(sub_account_name) AS name, max(provider) AS provider,
                     count(*) AS lines, sum(expenditure) AS amount, min(spent_on) AS first, max(spent_on) AS last
              FROM {scan.sql} WHERE {where} {of_source} GROUP BY ALL)
            SELECT source, sub_account_id, max(name), max(provider), sum(lines),
                   list((currency, amount) ORDER BY currency), min(first), max(last)
            FROM by_currency GROUP BY source, sub_account_id
            ORDER BY max(amount) DESC, source, sub_account_id LIMIT {limit}"""
    )
    return [
        SubAccountRow(source, key, name, provider, int(lines), dict(amounts), first, last)
        for source, key, name, provider, lines, amounts, first, last in found
    ]


def _ask(sql: str) -> list[tuple[Any, ...]]:
    try:
        with duck() as connection:
            return connection.execute(sql).fetchall()
    except (duckdb.IOException, OSError) as error:
        raise LakeAway("The expenditure lines cannot be read right now. Try again in a minute.") from error


def moves(uow: UnitOfWork, *, limit: int = 5) -> list[MoveRow]:
    """The newest mappings and how far their lines are moved.

    Raises:
        NotAllowed: the actor may not map sub-accounts.
    """
    uow.actor.demand("expenditures.map")
    run = DeliveryImport
    stmt = select(run).where(run.kind == ImportKind.REMAP).order_by(run.created_at.desc(), run.id.desc()).limit(limit)
    return [
        MoveRow(
            row.id, row.source, tuple(row.details.get("sub_accounts", ())), row.status, row.actor_name, row.created_at,
            row.step, row.permille / 1000, row.read, totals_of(row.billed_cost), row.message or "",
        )
        for row in uow.session.scalars(stmt)
    ]  # fmt: skip

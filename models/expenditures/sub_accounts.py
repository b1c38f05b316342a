"""What people see of sub-accounts: what nobody's cost, whose the others are, and what a mapping would move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from models.core.lake import duck, equals, lake
from models.core.paging import FIRST_PAGE, Asc, Page, PageRequest, fetch_page
from models.core.unit_of_work import UnitOfWork
from models.customers.queries import names_of
from models.expenditures.facts import expenditure_line
from models.expenditures.mapping import quoted
from models.expenditures.rules import Totals
from models.expenditures.tables import SubAccountMapping


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
class MappedRow:
    """A sub-account that is somebody's."""

    source: str
    sub_account_id: str
    customer_id: UUID
    customer: str
    mapped_at: datetime


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
    with duck() as connection:
        rows = connection.execute(
            f"""SELECT currency, count(*), sum(expenditure) FROM {lake().scan(expenditure_line).sql}
                WHERE customer_id IS NULL GROUP BY currency ORDER BY currency"""
        ).fetchall()
        accounts = connection.execute(
            f"""SELECT count(*) FROM (SELECT DISTINCT source, sub_account_id
                FROM {lake().scan(expenditure_line).sql} WHERE customer_id IS NULL)"""
        ).fetchall()
    return accounts[0][0], sum(row[1] for row in rows), {currency: amount for currency, _, amount in rows}


def preview(uow: UnitOfWork, source: str, sub_account_ids: Sequence[str]) -> list[SubAccountRow]:
    """What mapping these sub-accounts would move: every line of theirs, whosever it is now.

    Raises:
        NotAllowed: the actor may not map sub-accounts.
    """
    uow.actor.demand("expenditures.map")
    if not sub_account_ids:
        return []
    wanted = ", ".join(quoted(key) for key in sub_account_ids)
    return _sub_accounts(f"sub_account_id IN ({wanted})", source, len(sub_account_ids))


def mapped(uow: UnitOfWork, page: PageRequest = FIRST_PAGE) -> Page[MappedRow]:
    """Sub-accounts that are somebody's, by source and key. Two statements.

    Raises:
        NotAllowed: the actor may not map sub-accounts.
    """
    uow.actor.demand("expenditures.map")
    row = SubAccountMapping
    found = fetch_page(
        uow,
        select(row.source, row.sub_account_id, row.customer_id, row.mapped_at),
        lambda *values: values,
        page,
        order=(Asc(row.source), Asc(row.sub_account_id), Asc(row.id)),
    )
    names = names_of(uow, {customer for _, _, customer, _ in found.rows})
    return Page(
        tuple(
            MappedRow(source, key, customer, names.get(customer, "—"), at) for source, key, customer, at in found.rows
        ),
        found.next,
        found.previous,
    )


def _sub_accounts(where: str, source: str | None, limit: int) -> list[SubAccountRow]:
    scan = lake().scan(expenditure_line, equals("source", source) if source else None)
    of_source = f"AND source = {quoted(source)}" if source else ""
    with duck() as connection:
        found = connection.execute(
            f"""WITH by_currency AS (
                  SELECT source, sub_account_id, currency, max(sub_account_name) AS name, max(provider) AS provider,
                         count(*) AS lines, sum(expenditure) AS amount, min(spent_on) AS first, max(spent_on) AS last
                  FROM {scan.sql} WHERE {where} {of_source} GROUP BY ALL)
                SELECT source, sub_account_id, max(name), max(provider), sum(lines),
                       list((currency, amount) ORDER BY currency), min(first), max(last)
                FROM by_currency GROUP BY source, sub_account_id
                ORDER BY max(amount) DESC, source, sub_account_id LIMIT {limit}"""
        ).fetchall()
    return [
        SubAccountRow(source, key, name, provider, int(lines), dict(amounts), first, last)
        for source, key, name, provider, lines, amounts, first, last in found
    ]

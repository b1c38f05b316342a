"""How pools stand and what made them so, within the actor's scope; and whether the whole ledger adds up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, select, true, type_coerce
from sqlalchemy.orm import aliased

from models.core.money import sum_amount
from models.core.paging import FIRST_PAGE, Desc, Page, PageRequest, fetch_page
from models.core.types import AmountType
from models.core.unit_of_work import UnitOfWork
from models.engines.ledger.rules import EMPTY, ENDING, OF_ONE_THING, AccountKind, Balance, Pool, TransferKind
from models.engines.ledger.tables import LedgerAccount, LedgerEntry, LedgerTransfer


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer of a statement."""

    id: UUID
    at: datetime
    kind: TransferKind
    amount: Decimal
    currency: str
    case_id: UUID | None
    reason: str
    actor_name: str


def balance(uow: UnitOfWork, pool: Pool) -> Balance:
    """How a pool stands; nothing at all when it was never filled or is not among those the actor may see."""
    return balances(uow, pool.name, [pool.partner_id], pool.currency).get(pool.partner_id, EMPTY)


def balances(uow: UnitOfWork, name: str, partner_ids: list[UUID], currency: str) -> dict[UUID, Balance]:
    """How the pools of a name stand, by partner, among those the actor may see."""
    row = LedgerAccount
    stmt = select(row.partner_id, row.kind, row.posted, row.reserved).where(
        row.pool == name, row.currency == currency, row.partner_id.in_(partner_ids)
    )
    found: dict[UUID, dict[AccountKind, tuple[Decimal, Decimal]]] = {}
    for partner, kind, posted, reserved in uow.session.execute(stmt):
        assert partner is not None  # it is one of those asked for
        found.setdefault(partner, {})[kind] = (posted, reserved)
    return {partner: _balance(accounts) for partner, accounts in found.items()}


def _balance(accounts: dict[AccountKind, tuple[Decimal, Decimal]]) -> Balance:
    nothing = (Decimal(0), Decimal(0))
    left, reserved = accounts.get(AccountKind.LEFT, nothing)
    spent, _ = accounts.get(AccountKind.SPENT, nothing)
    return Balance(granted=left + spent, used=spent, reserved=reserved)


Whole = BigInteger
"""An amount as the database counts it: in units of 10^-8."""


@dataclass(frozen=True, slots=True)
class BalanceColumns:
    """How a pool stands, as expressions: granted = used + reserved + left."""

    granted: ColumnElement[Decimal]
    used: ColumnElement[Decimal]
    reserved: ColumnElement[Decimal]
    left: ColumnElement[Decimal]


def balance_columns(partner_id: Any, name: Any, currency: Any) -> BalanceColumns:
    """How pools stand, for a select over partners or whatever else has pools; nothing for one that was never filled.

    Each part of a pool's name is a value or a column of that select.
    """
    nothing = literal(Decimal(0), AmountType())

    def read(kind: AccountKind, column: Any) -> ColumnElement[Decimal]:
        row = LedgerAccount
        own = (row.partner_id == partner_id, row.pool == name, row.currency == currency, row.kind == kind)
        found = select(column).where(*own).correlate_except(row).scalar_subquery()
        return func.coalesce(found, nothing, type_=AmountType())

    left, spent = read(AccountKind.LEFT, LedgerAccount.posted), read(AccountKind.SPENT, LedgerAccount.posted)
    reserved = read(AccountKind.LEFT, LedgerAccount.reserved)
    return BalanceColumns(
        type_coerce(left + spent, AmountType()), spent, reserved, type_coerce(left - reserved, AmountType())
    )


def statement(
    uow: UnitOfWork,
    *,
    pool: Pool | None = None,
    case_id: UUID | None = None,
    kinds: Collection[TransferKind] = (),
    page: PageRequest = FIRST_PAGE,
) -> Page[TransferRow]:
    """The transfers of a pool or a case, newest first; of some kinds alone when named."""
    transfer, account = LedgerTransfer, LedgerAccount
    stmt = select(
        transfer.id, transfer.at, transfer.kind, transfer.amount, account.currency, transfer.case_id, transfer.reason,
        transfer.actor_name,
    ).join(account, account.id == transfer.account_id)  # fmt: skip
    if pool is not None:
        stmt = stmt.where(
            account.partner_id == pool.partner_id, account.pool == pool.name, account.currency == pool.currency
        )
    if case_id is not None:
        stmt = stmt.where(transfer.case_id == case_id)
    if kinds:
        # What a payment corrected away is part of the pool's story, not of its quota's.
        stmt = stmt.where(transfer.kind.in_(list(kinds)), transfer.case_id.is_(None) if case_id is None else true())
    return fetch_page(uow, stmt, TransferRow, page, order=(Desc(transfer.at), Desc(transfer.id)))


@dataclass(frozen=True, slots=True)
class Movement:
    """By how much a step of money changed what a pool was granted, has used and has reserved."""

    partner_id: UUID
    pool: str
    currency: str
    at: datetime
    granted: Decimal = Decimal(0)
    used: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)


def movements(uow: UnitOfWork) -> list[Movement]:
    """Everything that ever moved in the pools of benefits the actor may see, in no particular order. Two statements."""
    transfer, account, entry, end = LedgerTransfer, LedgerAccount, LedgerEntry, aliased(LedgerTransfer)
    whose = (account.partner_id, account.pool, account.currency)
    entries = (
        select(*whose, transfer.at, account.kind, entry.amount)
        .select_from(entry)
        .join(account, account.id == entry.account_id)
        .join(transfer, transfer.id == entry.transfer_id)
        .where(account.kind.in_((AccountKind.LEFT, AccountKind.SPENT)), account.pool.not_like(OF_ONE_THING))
    )
    promised = (
        select(*whose, transfer.at, transfer.amount, end.at)
        .select_from(transfer)
        .join(account, account.id == transfer.account_id)
        .outerjoin(end, end.ends == transfer.id)
        .where(transfer.kind == TransferKind.RESERVE, account.pool.not_like(OF_ONE_THING))
    )
    found = [
        Movement(partner, pool, currency, at, amount, amount if kind is AccountKind.SPENT else Decimal(0))
        for partner, pool, currency, at, kind, amount in uow.session.execute(entries)
        if partner is not None
    ]
    for partner, pool, currency, at, amount, ended in uow.session.execute(promised):
        assert partner is not None  # what is promised is a partner's
        found.append(Movement(partner, pool, currency, at, reserved=amount))
        found += [Movement(partner, pool, currency, ended, reserved=-amount)] if ended else []
    return found


def movements_version(uow: UnitOfWork) -> tuple[object, ...]:
    """Another value whenever `movements` would answer otherwise: transfers are only ever added."""
    return tuple(uow.session.execute(select(func.count(LedgerTransfer.id), func.max(LedgerTransfer.at))).one())


def open_reservations(uow: UnitOfWork, *, case_id: UUID | None = None) -> dict[UUID, Decimal]:
    """Reservations that have not ended, with their amounts; of one case when named."""
    stmt = _open(select(LedgerTransfer.id, LedgerTransfer.amount))
    if case_id is not None:
        stmt = stmt.where(LedgerTransfer.case_id == case_id)
    return dict(uow.session.execute(stmt).tuples().all())


def knows(uow: UnitOfWork, key: str) -> bool:
    """Whether a step of money was asked for by this key before."""
    return uow.session.scalar(select(LedgerTransfer.id).where(LedgerTransfer.key == key)) is not None


def correctable(uow: UnitOfWork, pool: Pool) -> list[tuple[UUID, Decimal]]:
    """Grants of a pool that are not corrected away whole, with what is left of each, newest first."""
    transfer, account, correction = LedgerTransfer, LedgerAccount, aliased(LedgerTransfer)
    stmt = (
        select(transfer.id, transfer.amount, sum_amount(correction.amount))
        .join(account, account.id == transfer.account_id)
        .outerjoin(correction, correction.corrects == transfer.id)
        .where(
            account.partner_id == pool.partner_id, account.pool == pool.name, account.currency == pool.currency,
            transfer.kind == TransferKind.GRANT,
        )
        .group_by(transfer.id, transfer.amount, transfer.at)
        .order_by(transfer.at.desc(), transfer.id.desc())
    )  # fmt: skip
    return [(key, amount - back) for key, amount, back in uow.session.execute(stmt) if amount > back]


def _open(stmt: Select[Any]) -> Select[Any]:
    end = aliased(LedgerTransfer)
    return stmt.outerjoin(end, end.ends == LedgerTransfer.id).where(
        LedgerTransfer.kind == TransferKind.RESERVE, end.id.is_(None)
    )


def faults(uow: UnitOfWork) -> list[str]:
    """Everything that does not add up, in words; empty when the ledger is sound. Asked by the system over all rows."""
    entry, account, transfer = LedgerEntry, LedgerAccount, LedgerTransfer
    found = []
    crooked = select(entry.transfer_id).group_by(entry.transfer_id).having(func.sum(entry.amount) != 0)
    found += [f"transfer {key}: its entries do not add up to nothing" for key in uow.session.scalars(crooked)]
    posted = select(account.id, account.posted, sum_amount(entry.amount)).outerjoin(
        entry, entry.account_id == account.id
    )
    for key, kept, counted in uow.session.execute(posted.group_by(account.id, account.posted)):
        if kept != counted:
            found.append(f"account {key}: {kept} posted, {counted} by its entries")
    promised = _open(select(transfer.account_id, sum_amount(transfer.amount))).group_by(transfer.account_id)
    open_ = dict(uow.session.execute(promised).tuples().all())
    for key, reserved in uow.session.execute(select(account.id, account.reserved)):
        if reserved != open_.get(key, Decimal(0)):
            found.append(f"account {key}: {reserved} reserved, {open_.get(key, Decimal(0))} by open reservations")
    started, end = aliased(transfer), aliased(transfer)
    stray = (
        select(end.id)
        .outerjoin(started, started.id == end.ends)
        .where(end.kind.in_(ENDING), (started.id.is_(None)) | (started.kind != TransferKind.RESERVE))
    )
    return found + [f"transfer {key}: it ends no reservation" for key in uow.session.scalars(stray)]

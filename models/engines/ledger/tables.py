"""Accounts with their balances, and the transfers and entries that made them. Transfers and entries are never changed
(triggers in their migration); the bounds of an account are checks of the database."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.core.database import Base, PartnerScoped
from models.core.types import Amount, Currency, Id, Instant
from models.engines.ledger.rules import AccountKind, TransferKind


class LedgerAccount(PartnerScoped, Base):
    """One account. What is reserved is still posted here, but cannot be promised again."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("owner", "pool", "kind", "currency"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("NOT bounded OR posted - reserved >= 0", name="bound"),
        Index(None, "partner_id", "pool"),
    )

    id: Mapped[Id]
    owner: Mapped[str]  # a partner's key, or the vendor: a unique constraint would not hold over NULLs
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    pool: Mapped[str]
    kind: Mapped[AccountKind]
    currency: Mapped[Currency]
    bounded: Mapped[bool]  # only the vendor's fund may go below zero: it shows what was handed out
    posted: Mapped[Amount] = mapped_column(default=0)
    reserved: Mapped[Amount] = mapped_column(default=0)


class LedgerTransfer(PartnerScoped, Base):
    """One step of money, asked for once by its key. `ends` is the reservation that a post, void or expiry ends."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        UniqueConstraint("ends"),
        CheckConstraint("amount >= 0", name="amount"),
        Index(None, "account_id", "at"),
        Index(None, "case_id", "at"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[TransferKind]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    amount: Mapped[Amount]
    ends: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfer.id"))
    corrects: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfer.id"), index=True)
    case_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[Instant]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]


class LedgerEntry(PartnerScoped, Base):
    """One side of a transfer: the entries of a transfer add up to nothing."""

    __tablename__ = "ledger_entry"
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfer.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"), primary_key=True, index=True)
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    amount: Mapped[Amount]

"""Words of the ledger: pools, kinds of accounts and transfers, and what a balance is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

VENDOR = "vendor"
"""Owner of the funds that all pools are filled from."""


class AccountKind(StrEnum):
    """What an account of a pool holds."""

    FUND = "fund"
    LEFT = "left"
    SPENT = "spent"


class TransferKind(StrEnum):
    """The five verbs, and the filling of a pool that comes before them."""

    GRANT = "grant"
    RESERVE = "reserve"
    POST = "post"
    VOID = "void"
    EXPIRE = "expire"
    CORRECT = "correct"


WAYS = {
    TransferKind.GRANT: "Fund → quota", TransferKind.RESERVE: "Quota → reserved", TransferKind.POST: "Reserved → spent",
    TransferKind.VOID: "Reserved → quota", TransferKind.EXPIRE: "Reserved → quota, expired",
    TransferKind.CORRECT: "Corrected",
}  # fmt: skip
"""From where to where a transfer leads, as pages say it."""

ENDING = (TransferKind.POST, TransferKind.VOID, TransferKind.EXPIRE)


@dataclass(frozen=True, slots=True)
class Pool:
    """Money of one partner for one purpose, in one currency.

    The pool of a benefit is called like its type; that of one thing (`coupon:CP-2026-00001`) has a colon in its name.
    """

    partner_id: UUID
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Balance:
    """How a pool stands: granted = used + reserved + left, always."""

    granted: Decimal
    used: Decimal
    reserved: Decimal

    @property
    def left(self) -> Decimal:
        """What can still be promised."""
        return self.granted - self.used - self.reserved


OF_ONE_THING = "%:%"
"""What names of pools are like that hold the money of one thing, and are no benefit's."""
EMPTY = Balance(Decimal(0), Decimal(0), Decimal(0))

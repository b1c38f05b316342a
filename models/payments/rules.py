"""Words of payments."""

from __future__ import annotations

from enum import StrEnum


class PayableStatus(StrEnum):
    """How a payable stands; the words a partner reads are the case's status."""

    OPEN = "open"
    INVOICED = "invoiced"
    PAYING = "paying"
    FAILED = "failed"
    PAID = "paid"

    @property
    def words(self) -> str:
        """How a person calls it."""
        return _WORDS[self]


_WORDS = {
    PayableStatus.OPEN: "Invoice awaited", PayableStatus.INVOICED: "Invoice received",
    PayableStatus.PAYING: "Being paid", PayableStatus.FAILED: "Payment failed", PayableStatus.PAID: "Paid",
}  # fmt: skip


class AttemptOutcome(StrEnum):
    """How an attempt to pay ended."""

    PAID = "paid"
    FAILED = "failed"

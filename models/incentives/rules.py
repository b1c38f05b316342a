"""The words of incentive earnings: how far they are, and what they come from."""

from __future__ import annotations

from enum import StrEnum


class EarningsStatus(StrEnum):
    """How far earnings are (FIN-ICONF-02, FIN-OP-09)."""

    ESTIMATED = "estimated"
    PENDING_CONFIRMATION = "pending_confirmation"
    ISSUING = "issuing"
    RECONCILED = "reconciled"
    ISSUED = "issued"

    @property
    def words(self) -> str:
        """As pages say it."""
        return "Reconciliation completed" if self is self.RECONCILED else self.value.replace("_", " ").capitalize()


class EarningsKind(StrEnum):
    """Whether earnings come from what customers spent, or are taken back for what was refunded (FIN-SINC-05)."""

    EXPENDITURE = "expenditure"
    REFUND = "refund"

    @property
    def words(self) -> str:
        """As pages say it."""
        return self.value.capitalize()

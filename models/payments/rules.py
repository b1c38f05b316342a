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


class AttemptOutcome(StrEnum):
    """How an attempt to pay ended."""

    PAID = "paid"
    FAILED = "failed"

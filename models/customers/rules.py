"""When a customer counts for whom: association types, and the days on which an account manager's work counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class AssociationType(StrEnum):
    """On which terms a customer belongs to a partner."""

    RESELLER = "reseller"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class AssignmentTerms:
    """When an assignment counts; a manager's setting (CUS OP-20)."""

    counts_after_days: int = 1


def counts_from(assigned_on: date, terms: AssignmentTerms) -> date:
    """First business date (GMT+08:00) on which a customer counts for a new account manager (CUS-ASG-06, OP-20)."""
    return assigned_on + timedelta(days=terms.counts_after_days)


def counts_until(unassigned_on: date) -> date:
    """First business date (GMT+08:00) that no longer counts: the 1st of the next month (CUS-ASG-05)."""
    return (unassigned_on.replace(day=1) + timedelta(days=32)).replace(day=1)

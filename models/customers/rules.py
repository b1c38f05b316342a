"""When a customer counts for whom, and how much of a customer lists show: association types, assignments, masking."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from models.core.errors import Problem


class AssociationType(StrEnum):
    """On which terms a customer belongs to a partner."""

    RESELLER = "reseller"
    REFERRAL = "referral"

    @property
    def words(self) -> str:
        """As pages say it."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class AssignmentTerms:
    """When an assignment counts; a manager's setting (CUS OP-20)."""

    counts_after_days: int = 1


def counts_from(assigned_on: date, terms: AssignmentTerms) -> date:
    """First business date (GMT+08:00) on which a customer counts for a new account manager (CUS-ASG-06, OP-20)."""
    return assigned_on + timedelta(days=terms.counts_after_days)


def counts_from_month(assigned_on: date) -> date:
    """First business date (GMT+08:00) on which a reseller's customer counts for its account manager: that of the month
    of the assignment, so that a month belongs to whoever it was given to last. Source: RSL-STA-11."""
    return assigned_on.replace(day=1)


def counts_until(unassigned_on: date) -> date:
    """First business date (GMT+08:00) that no longer counts: the 1st of the next month (CUS-ASG-05)."""
    return (unassigned_on.replace(day=1) + timedelta(days=32)).replace(day=1)


def replaced_until(begins: date, ends: date | None, *, successor_begins: date) -> date:
    """First business date that no longer counts for an account manager whom another follows.

    The successor takes effect like a new assignment and the old one ends the day before (OP-20); one that ends sooner
    keeps its end, and one that has not begun yet never counts.
    """
    return max(begins, min(successor_begins, ends or successor_begins))


@dataclass(frozen=True, slots=True)
class Assignable:
    """A customer that somebody chose to assign."""

    name: str
    partner_id: UUID | None
    account_manager_id: UUID | None


def assignment_problems(
    chosen: Collection[Assignable], manager_id: UUID, managers: Collection[UUID], manager_partner: UUID | None
) -> list[Problem]:
    """Everything that keeps customers from being assigned to an account manager. Source: CUS-AM-01, CUS-AM-02.

    `managers` are the account managers of the partner `manager_partner`, to whom the customers must belong.
    """
    problems: list[Problem] = []
    if not chosen:
        problems.append(Problem("ASSIGN-NONE", "Choose at least one customer.", "customers"))
    if manager_id not in managers:
        problems.append(Problem("ASSIGN-MANAGER", "Choose one of the partner's account managers.", "manager"))
    for customer in chosen:
        if customer.partner_id is None or customer.partner_id != manager_partner:
            text = f"{customer.name} does not belong to the account manager's partner."
            problems.append(Problem("ASSIGN-PARTNER", text, "customers"))
        elif customer.account_manager_id == manager_id:
            text = f"{customer.name} is assigned to this account manager already."
            problems.append(Problem("ASSIGN-SAME", text, "customers"))
    return problems


# ---- masking (CUS-COM-03) ----

STARS = "****"


def masked_name(name: str) -> str:
    """A name as lists show it: `C****4`. Source: CUS-COM-03."""
    return f"{name[:1]}{STARS}{name[-1:]}" if len(name) > 2 else STARS


def masked_email(email: str) -> str:
    """An address as lists show it: `q2024**@163.com`; at least two characters are hidden. Source: CUS-COM-03."""
    local, _, domain = email.partition("@")
    return f"{local[:-2] if len(local) > 2 else ''}**@{domain}"


def masked_mobile(mobile: str | None) -> str | None:
    """A number as lists show it: `193****0003`. Source: CUS-COM-03."""
    if mobile is None:
        return None
    return f"{mobile[:3]}{STARS}{mobile[-4:]}" if len(mobile) > 7 else STARS

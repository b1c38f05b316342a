"""The words of partnership: kinds, programs, development paths, tiers and states; and what may follow what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.core.errors import Problem


class PartnerKind(StrEnum):
    """How a partner does business with the vendor."""

    CLOUD_SOLUTION_PROVIDER = "cloud_solution_provider"
    DISTRIBUTOR = "distributor"
    RESELLER = "reseller"
    SERVICE = "service"
    SOFTWARE = "software"
    LEARNING = "learning"

    @property
    def words(self) -> str:
        """As pages say it."""
        return self.value.replace("_", " ").capitalize()


class Tier(StrEnum):
    """Standing of a partner on its path, the lowest first."""

    REGISTERED = "registered"
    BASIC = "basic"
    DIFFERENTIATION = "differentiation"
    ADVANCED = "advanced"

    @property
    def words(self) -> str:
        """As pages say it."""
        return self.value.capitalize()


class PartnerStatus(StrEnum):
    """Whether a partner works with the vendor at present."""

    ACTIVE = "active"
    DORMANT = "dormant"
    SUSPENDED = "suspended"
    LEFT = "left"

    @property
    def words(self) -> str:
        """As pages say it."""
        return self.value.capitalize()


class MembershipKind(StrEnum):
    """What a partner has joined."""

    PROGRAM = "program"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a partner stands with the vendor: what an ecosystem manager decides."""

    tier: Tier
    status: PartnerStatus
    business_authenticated: bool
    growth_plan: bool
    bills_paid: bool = False


def standing_problems(wanted: Standing, *, customers: int) -> list[Problem]:
    """Everything that keeps a partner from getting this standing; `customers` belong to it now.

    Source: ORG-ROLE (data follows the partner); a customer must not be left with a partner that is gone.
    """
    problems: list[Problem] = []
    if wanted.status is PartnerStatus.LEFT and customers:
        text = f"{customers:,} customers still belong to this partner. Move or release them first."
        problems.append(Problem("PARTNER-CUSTOMERS", text, "status"))
    if wanted.tier is not Tier.REGISTERED and not wanted.business_authenticated:
        text = "Business authentication comes before any tier above Registered."
        problems.append(Problem("PARTNER-AUTHENTICATION", text, "tier"))
    return problems


def joining_problems(
    kind: PartnerKind, allowed: Collection[PartnerKind], *, joined: bool, since: date, partner_since: date, today: date
) -> list[Problem]:
    """Everything that keeps a partner from joining a program or path on a business date (GMT+08:00).

    `allowed` are the kinds that it is for, all when there is none; `joined`: it is a member already.
    """
    problems: list[Problem] = []
    if joined:
        problems.append(Problem("PROGRAM-JOINED", "The partner has joined it already.", "name"))
    if allowed and kind not in allowed:
        words = ", ".join(sorted(other.words for other in allowed))
        problems.append(Problem("PROGRAM-KIND", f"It is for partners of the kind {words}.", "name"))
    if not partner_since <= since <= today:
        text = f"Choose a day from {partner_since.isoformat()}, when the partner came, until today."
        problems.append(Problem("PROGRAM-SINCE", text, "since"))
    return problems

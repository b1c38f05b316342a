"""The words of partnership: kinds, programs, development paths, tiers and states."""

from __future__ import annotations

from enum import StrEnum


class PartnerKind(StrEnum):
    """How a partner does business with the vendor."""

    CLOUD_SOLUTION_PROVIDER = "cloud_solution_provider"
    DISTRIBUTOR = "distributor"
    RESELLER = "reseller"
    SERVICE = "service"
    SOFTWARE = "software"
    LEARNING = "learning"


class Tier(StrEnum):
    """Standing of a partner on its path."""

    REGISTERED = "registered"
    BASIC = "basic"
    DIFFERENTIATION = "differentiation"
    ADVANCED = "advanced"


class PartnerStatus(StrEnum):
    """Whether a partner works with the vendor at present."""

    ACTIVE = "active"
    DORMANT = "dormant"
    SUSPENDED = "suspended"
    LEFT = "left"

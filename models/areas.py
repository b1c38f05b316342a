"""Every area that lends checks, actions or definitions to application types, or lists to pages; loaded at need."""

from __future__ import annotations

from functools import cache
from importlib import import_module

LENDERS = (
    "models.benefits.lends", "models.payments.lends", "models.coupons.lends", "models.reviewers.lends",
    "models.reference.lends", "models.applications.actions",
)  # fmt: skip
"""Modules that register what their area lends, by importing it."""


@cache
def load() -> None:
    """Let every area register what it lends."""
    for name in LENDERS:
        import_module(name)


LISTS: tuple[str, ...] = (
    "models.identity.lists", "models.notices.lists", "models.exports.lists", "models.partners.lists",
    "models.customers.lists", "models.customers.event_list", "models.applications.lists",
    "models.applications.deliveries", "models.reviewers.lists", "models.benefits.lists", "models.payments.lists",
    "models.catalog.lists", "models.operations.lists", "models.expenditures.record_lists", "models.coupons.lists",
)  # fmt: skip
"""Modules that register the lists of their area, by importing them."""


@cache
def load_lists() -> None:
    """Let every area register its lists."""
    for name in LISTS:
        import_module(name)


LAKE: tuple[str, ...] = ("models.expenditures.facts", "models.revenue.facts", "models.incentives.facts")
"""Modules that declare tables of the lake, by importing them."""


@cache
def load_lake() -> None:
    """Let every area declare its tables of the lake."""
    for name in LAKE:
        import_module(name)

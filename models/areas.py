"""Every area that lends checks, actions or definitions to application types: loaded before one is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module

LENDERS = ("models.benefits.lends", "models.payments.lends", "models.reviewers.lends")
"""Modules that register what their area lends, by importing it."""


@cache
def load() -> None:
    """Let every area register what it lends."""
    for name in LENDERS:
        import_module(name)

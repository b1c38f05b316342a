"""What the calendar does to the lake: states of the facts that nobody reads any more leave, with their files."""

from __future__ import annotations

from datetime import timedelta

from models.core.lake import lake
from models.core.settings import settings
from models.expenditures.facts import expenditure_line


def forget_old_states() -> int:
    """Remove files that were replaced longer ago than the grace period; how many. Safe to repeat."""
    return len(lake().expire(expenditure_line, timedelta(minutes=settings().lake_grace_minutes)))

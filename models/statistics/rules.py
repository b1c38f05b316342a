"""Alerts on figures: in which state one is, when it is looked at, and how many a person keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class AlertState(StrEnum):
    """What the last look at an alert's figure found."""

    NEW = "new"
    QUIET = "quiet"
    RAISED = "raised"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Happening(StrEnum):
    """What an alert's owner was told."""

    RAISED = "raised"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AlertTerms:
    """A manager's settings for alerts on figures."""

    most: int = 100
    """Alerts that a person keeps at once: each is asked every day."""
    named: int = 5
    """Groups that an alert names; the others are counted."""


ALERT_TERMS = AlertTerms()


def sleeps(snoozed_until: date | None, today: date) -> bool:
    """Whether an alert keeps still today: until the end of the day that its owner chose (GMT+08:00)."""
    return snoozed_until is not None and today <= snoozed_until

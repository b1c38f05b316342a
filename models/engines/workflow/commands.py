"""What somebody, the worker or time wants of a case. `decide.py` answers with the events that follow, or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.engines.workflow.findings import Finding


@dataclass(frozen=True, slots=True)
class Command:
    """Something that is wanted."""


@dataclass(frozen=True, slots=True)
class Open(Command):
    """Begin a case of a type for a partner."""

    type: str
    version: int
    partner_id: UUID


@dataclass(frozen=True, slots=True)
class Submit(Command):
    """Send the form that the case waits for: its new revision's number, facts, and what the node's checks found."""

    visit: str
    revision: int
    facts: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancel(Command):
    """Take the case back before it is decided."""


@dataclass(frozen=True, slots=True)
class Delete(Command):
    """Give up a draft for good."""


@dataclass(frozen=True, slots=True)
class Claim(Command):
    """Take a review as one's own."""

    visit: str


@dataclass(frozen=True, slots=True)
class Release(Command):
    """Give a review back."""

    visit: str


@dataclass(frozen=True, slots=True)
class Decide(Command):
    """Decide a review; `facts` are the decision's fields, already checked."""

    visit: str
    decision: str
    reason: str = ""
    comment: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask(Command):
    """Put a question to the applicant."""

    visit: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer(Command):
    """Answer a reviewer's question."""

    visit: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckDone(Command):
    """The worker ran a check."""

    visit: str
    passed: bool
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimerFired(Command):
    """A timer's time has come."""

    visit: str
    timer: str


@dataclass(frozen=True, slots=True)
class NoteFacts(Command):
    """Note facts on the case from outside its forms."""

    facts: Mapping[str, Any]

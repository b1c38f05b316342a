"""What checks answer for a case that is only tried: of the records, by hand, or taken as passed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from models.core.errors import Problem
from models.engines.workflow.findings import Finding, Verdict
from models.engines.workflow.state import State


class By(StrEnum):
    """Who said that a check passes: the check itself over records, the person who tries, or nobody."""

    RECORDS = "records"
    HAND = "hand"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one check answered: `looked` names what it read and `lacking` what it asked for in vain, in words; `failed`
    says why it could not answer at all."""

    check: str
    passed: bool = True
    by: By = By.NOBODY
    findings: tuple[Finding, ...] = ()
    looked: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    failed: str = ""

    def problems(self) -> list[Problem]:
        """What keeps a form from being sent."""
        if self.passed:
            return []
        if self.by is By.HAND:
            return [Problem("TRY-CHECK", "A rule of this form is not kept: you said so.", self.check)]
        return [
            Problem(finding.code, finding.text or finding.label, finding.field or None)
            for finding in self.findings
            if finding.verdict is Verdict.FIX
        ]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form was sent with, and when."""

    data: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class AtHand:
    """A tried case at the moment a check is asked: `form` is the one being sent, with its `data`."""

    partner_id: UUID
    state: State
    facts: Mapping[str, Any]
    now: datetime
    sent: Mapping[str, Sent] = field(default_factory=dict)
    form: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


class Records(Protocol):
    """The records that a tried case is carried through; it is only read from."""

    def filled(self, form: str, facts: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """What a form holds when the facts are typed into it, and the facts that this makes."""

    def ask(self, check: str, case: AtHand) -> Answer:
        """What a check answers."""


def answered(check: str, found: Answer | None, by_hand: bool | None) -> Answer:
    """What counts: what was said by hand, else what the records say, else that it passes."""
    found = found or Answer(check)
    return found if by_hand is None else replace(found, passed=by_hand, by=By.HAND)

"""What a check found, in words: shown alike to the applicant while typing and to the reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a finding counts: all is well, somebody should look, it stands in the way, or it cannot be said yet."""

    PASSED = "passed"
    LOOK = "look"
    FIX = "fix"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's result: a stable code, the rule in words, what was found; `link` leads to where it is mended."""

    code: str
    label: str
    verdict: Verdict
    text: str = ""
    link: str = ""
    field: str = ""

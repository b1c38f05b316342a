"""What a personal token may open and how long it lives: pure; the numbers come in as terms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from models.core.errors import Problem


class TokenArea(StrEnum):
    """A part of the API that a token opens. What the person may do there is asked at every request."""

    STATISTICS = "statistics"
    CASES = "cases"
    EXPORTS = "exports"

    @property
    def words(self) -> str:
        """What it opens, in words."""
        return {
            TokenArea.STATISTICS: "Statistics: measures, dimensions and questions",
            TokenArea.CASES: "Cases: lists, status and timeline",
            TokenArea.EXPORTS: "Exports: ask for files and download them",
        }[self]


LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class TokenTerms:
    """What the vendor set for tokens: the longest life in days, and how many a person may have at a time."""

    longest_days: int
    most: int


def token_problems(name: str, areas: Collection[str], days: int, *, held: int, terms: TokenTerms) -> list[Problem]:
    """Everything wrong with a token that is asked for; empty when nothing is. `held`: those the person has."""
    problems = []
    if not name.strip():
        problems.append(Problem("TOKEN-NAME", "Name the program that will use it.", "name"))
    elif len(name.strip()) > LONGEST_NAME:
        problems.append(Problem("TOKEN-NAME", f"A name has at most {LONGEST_NAME} characters.", "name"))
    if not areas:
        problems.append(Problem("TOKEN-AREAS", "Select at least one area that it opens.", "areas"))
    elif unknown := sorted(set(areas) - set(TokenArea)):
        problems.append(Problem("TOKEN-AREAS", f"There is no area {unknown[0]}.", "areas"))
    if not 1 <= days <= terms.longest_days:
        problems.append(Problem("TOKEN-DAYS", f"A token lives 1 to {terms.longest_days} days.", "days"))
    if held >= terms.most:
        text = f"You have {held} tokens, as many as one may have. Revoke one that is not used any more."
        problems.append(Problem("TOKEN-MANY", text))
    return problems

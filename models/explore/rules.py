"""Words of exploration: kinds of questions, who sees a kept one, and what may be kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from models.core.errors import Problem

LONGEST_TITLE = 120
LONGEST_DESCRIPTION = 1_000
KEPT_RUNS = 200
"""Statements of one person that the history holds; older ones fall out."""


class QuestionKind(StrEnum):
    """How a question is asked."""

    SQL = "sql"
    FIELDS = "fields"


class RunStatus(StrEnum):
    """How a statement ended."""

    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody wants to keep of a question."""

    title: str
    description: str
    shared_with: Collection[str]


def keeping_problems(kept: Kept, *, roles: Collection[str]) -> list[Problem]:
    """Everything that stands in the way of keeping a question; `roles` are those it may be shared with."""
    problems: list[Problem] = []
    if not kept.title.strip():
        problems.append(Problem("QUESTION-TITLE", "Give the question a title, so that it is found again.", "title"))
    if len(kept.title) > LONGEST_TITLE:
        problems.append(Problem("QUESTION-TITLE", f"A title has at most {LONGEST_TITLE} characters.", "title"))
    if len(kept.description) > LONGEST_DESCRIPTION:
        text = f"A description has at most {LONGEST_DESCRIPTION:,} characters."
        problems.append(Problem("QUESTION-DESCRIPTION", text, "description"))
    if unknown := sorted(set(kept.shared_with) - set(roles)):
        text = f"There is no role {', '.join(unknown)} to share with in your organisation."
        problems.append(Problem("QUESTION-ROLE", text, "shared_with"))
    return problems


def sees(roles: Collection[str], user: object, *, owner: object, shared_with: Collection[str]) -> bool:
    """Whether a person of the same organisation finds a kept question: its owner, and whom it is shared with."""
    return user == owner or bool(set(roles) & set(shared_with))

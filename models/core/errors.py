"""What a user can act on: typed errors that carry every problem at once, in words, with stable codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands in the way: a stable code, words that name the remedy, and the field it is about."""

    code: str
    text: str
    field: str | None = None


class DomainError(Exception):
    """Something the person (not the program) can put right. Anything else that is raised is a bug and surfaces."""

    code = "ERROR"

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(self.code, problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(f"{problem.text} ({problem.code})" for problem in self.problems))

    def __reduce__(self) -> tuple[type[DomainError], tuple[tuple[Problem, ...]]]:
        """Survive the way between processes (Prefect pickles what a task raises)."""
        return type(self), (self.problems,)


class Refused(DomainError):
    """The input breaks rules; nothing was changed."""

    code = "REFUSED"


class NotFound(DomainError):
    """No such thing among those the actor may see."""

    code = "NOT-FOUND"


class WrongState(DomainError):
    """The thing is no longer, or not yet, in a state that allows the action."""

    code = "WRONG-STATE"


class ChangedMeanwhile(DomainError):
    """Somebody else was quicker; the text says who and when."""

    code = "CHANGED"


class NotAllowed(DomainError):
    """The actor's roles do not permit the action."""

    code = "NOT-ALLOWED"


class NotSignedIn(DomainError):
    """Nobody is acting: no session, or it ended."""

    code = "NOT-SIGNED-IN"

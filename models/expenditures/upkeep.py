"""Looking after the lake: old states leave with their files, and an administrator sees whether all is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from models.core.lake import lake
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.expenditures.facts import expenditure_line


def forget_old_states() -> int:
    """Remove files that were replaced longer ago than the grace period; how many. Safe to repeat."""
    return len(lake().expire(expenditure_line, timedelta(minutes=settings().lake_grace_minutes)))


@dataclass(frozen=True, slots=True)
class LakeState:
    """Whether the facts are all there: lines, files, since when; and what is wrong, in words."""

    lines: int
    files: int
    as_of: datetime | None
    problems: tuple[str, ...]


def lake_state(uow: UnitOfWork) -> LakeState:
    """How the store of the expenditure lines stands; every file is looked at.

    Raises:
        NotAllowed: the actor may not see how the installation runs.
    """
    uow.actor.demand("operations.view")
    try:
        scan = lake().scan(expenditure_line)
        findings = lake().check(expenditure_line)
    except (OSError, SQLAlchemyError) as error:
        return LakeState(0, 0, None, (f"It does not answer: {type(error).__name__}.",))
    return LakeState(scan.rows, len(scan.files), scan.as_of, tuple(f"{f.problem} {f.path}" for f in findings))

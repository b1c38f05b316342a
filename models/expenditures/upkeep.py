"""Looking after the lake: old states leave with their files, and an administrator sees whether all is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Table
from sqlalchemy.exc import SQLAlchemyError

from models import areas
from models.core.lake import lake, lake_metadata
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.expenditures.facts import expenditure_line


def forget_old_states() -> int:
    """Remove files of all tables that were replaced longer ago than the grace period; how many. Safe to repeat."""
    grace = timedelta(minutes=settings().lake_grace_minutes)
    return sum(len(lake().expire(table, grace)) for table in _tables())


def _tables() -> Collection[Table]:
    areas.load_lake()
    return lake_metadata.tables.values()


@dataclass(frozen=True, slots=True)
class LakeState:
    """Whether the facts are all there: lines, files, since when; and what is wrong, in words."""

    lines: int
    files: int
    as_of: datetime | None
    problems: tuple[str, ...]


def lake_state(uow: UnitOfWork) -> LakeState:
    """How the store of the expenditure lines stands; every file of every table in it is looked at.

    Raises:
        NotAllowed: the actor may not see how the installation runs.
    """
    uow.actor.demand("operations.view")
    try:
        scan = lake().scan(expenditure_line)
        findings = [finding for table in _tables() for finding in lake().check(table)]
    except (OSError, SQLAlchemyError) as error:
        return LakeState(0, 0, None, (f"It does not answer: {type(error).__name__}.",))
    return LakeState(scan.rows, len(scan.files), scan.as_of, tuple(f"{f.problem} {f.path}" for f in findings))

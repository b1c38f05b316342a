"""The running numbers of a type, stage by stage: what waits now, how long it takes, how much of it comes back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Float, case, cast, func, select

from models.core.unit_of_work import UnitOfWork
from models.design.drafting import EDIT
from models.engines.cases.tables import Case, CaseTask

LOOKED_AT = timedelta(days=365)
"""How far back times and shares are taken from."""
T, C = CaseTask, Case


@dataclass(frozen=True, slots=True)
class StageNumbers:
    """A stage: cases that stand there now; of visits that ended in the last twelve months how many there were, the
    median and the 90th percentile of their time, and how many ended otherwise than with a yes."""

    cases: int = 0
    ended: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    back: int = 0


def live_numbers(uow: UnitOfWork, key: str) -> dict[str, StageNumbers]:
    """By node, over the partners the actor may see and every version of the type.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    waiting = (
        select(T.node, func.count()).join(C, C.id == T.case_id)
        .where(C.type == key, T.closed_at.is_(None), C.ended_at.is_(None)).group_by(T.node)
    )  # fmt: skip
    open_ = dict(uow.session.execute(waiting).tuples().all())
    ended = _ended(uow, key, uow.now - LOOKED_AT)
    found = {
        node: StageNumbers(open_.get(node, 0), *ended.get(node, (0, None, None, 0)))
        for node in sorted({*open_, *ended})
    }
    # What stands inside a process stands at the node that the process was put in for.
    for node in [name for name in found if "." in name]:
        outer = node.partition(".")[0]
        found[outer] = replace(found.get(outer, StageNumbers()), cases=_cases(found, outer) + found[node].cases)
    return found


def _cases(found: dict[str, StageNumbers], node: str) -> int:
    return found[node].cases if node in found else 0


Ended = tuple[int, timedelta | None, timedelta | None, int]


def _ended(uow: UnitOfWork, key: str, since: datetime) -> dict[str, Ended]:
    """Counted and ranked by the database, so that a million visits cost no memory here."""
    seconds = _seconds(uow)
    ranked = (
        select(
            T.node.label("node"), seconds.label("seconds"), T.outcome.label("outcome"),
            func.row_number().over(partition_by=T.node, order_by=seconds).label("place"),
            func.count().over(partition_by=T.node).label("of"),
        )
        .join(C, C.id == T.case_id).where(C.type == key, T.closed_at >= since, T.kind.in_(["form", "review"]))
        .subquery()
    )  # fmt: skip
    r = ranked.c
    at = {share: (r.of * share + 99) // 100 for share in (50, 90)}  # the nearest rank
    stmt = select(
        r.node, func.count(), func.max(case((r.place == at[50], r.seconds))),
        func.max(case((r.place == at[90], r.seconds))),
        func.sum(case((r.outcome.in_(["reject", "send_back", "fail", "cancel", "expire"]), 1), else_=0)),
    ).group_by(r.node)  # fmt: skip
    return {
        node: (count, _span(median), _span(p90), int(back))
        for node, count, median, p90, back in uow.session.execute(stmt)
    }


def _seconds(uow: UnitOfWork) -> ColumnElement[float]:
    if uow.session.connection().dialect.name == "sqlite":
        return (func.julianday(T.closed_at) - func.julianday(T.opened_at)) * 86400.0
    return cast(func.extract("epoch", T.closed_at - T.opened_at), Float)


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=round(seconds))

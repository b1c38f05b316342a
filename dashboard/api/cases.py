"""Cases: which there are, how they stand, and what happened to them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dashboard.api.access import ForCases, reading
from dashboard.api.problems import answers
from models.applications import queries
from models.applications.case_view import case_view
from models.applications.rows import CaseFilter, CaseRow, Standing
from models.applications.timeline import TimelineRow
from models.core.paging import PageRequest

router = APIRouter(tags=["Cases"])
MOST = 200
Several = Annotated[list[str], Query(max_length=50)]
Text = Annotated[str, Query(max_length=200)]


class StandingOut(BaseModel):
    """Whom a case waits for, at which stage, since when and until when."""

    stage: str
    who: str
    since: datetime
    due_at: datetime | None
    overdue: bool
    paused: bool = Field(description="Whether the partner is asked something; the time for the review stands still.")


class CaseOut(BaseModel):
    """A case, with whoever it waits for. `status` and `phase` are the words that pages show."""

    id: UUID
    number: str
    type: str
    type_name: str
    title: str
    partner_id: UUID
    partner: str
    status: str
    phase: str
    amount: Decimal | None
    currency: str
    opened_at: datetime
    submitted_at: datetime | None
    changed_at: datetime
    ended_at: datetime | None
    waits_for: list[StandingOut]


class CasePage(BaseModel):
    """Cases, the latest change first; `next` is the cursor of the following page, null on the last one."""

    rows: list[CaseOut]
    next: str | None


class EventOut(BaseModel):
    """A thing that happened, or (`current`) whom the case waits for: then `at` is since when, `due_at` until when."""

    at: datetime
    title: str
    by: str
    phase: str
    comment: str
    reason: str
    status: str = Field(description="The case's status afterwards, when it changed.")
    current: bool
    due_at: datetime | None
    overdue: bool


@router.get("/cases", responses=answers(403, 422), operation_id="cases")
def cases(
    who: ForCases,
    search: Text = "",
    type: Several = [],  # noqa: B006  (FastAPI copies it)
    status: Several = [],  # noqa: B006
    phase: Several = [],  # noqa: B006
    partner: Annotated[list[UUID], Query(max_length=50)] = [],  # noqa: B006
    open: Annotated[bool | None, Query(description="true: going on; false: over; without: both.")] = None,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")] = None,
    size: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> CasePage:
    """Cases that the person may see, the latest change first; several values of one filter mean any of them."""
    wanted = CaseFilter(
        search=_plain(search), types=[_plain(each) for each in type], statuses=[_plain(each) for each in status],
        phases=[_plain(each) for each in phase], partners=partner, open=open,
    )  # fmt: skip
    with reading(who) as uow:
        found = queries.cases(uow, wanted, PageRequest(cursor or None, size))
    return CasePage(rows=[_case(row) for row in found.rows], next=found.next)


@router.get("/cases/{case_id}", responses=answers(403, 404, 422), operation_id="case")
def case(who: ForCases, case_id: UUID) -> CaseOut:
    """One case and how it stands."""
    with reading(who) as uow:
        return _case(case_view(uow, case_id).row)


@router.get("/cases/{case_id}/timeline", responses=answers(403, 404, 422), operation_id="timeline")
def timeline(who: ForCases, case_id: UUID) -> list[EventOut]:
    """What happened to a case, oldest first, then whom it waits for: the same that its page shows this person."""
    with reading(who) as uow:
        return [_event(row) for row in case_view(uow, case_id).timeline]


def _plain(text: str) -> str:
    return text.replace("\x00", "")  # PostgreSQL takes no NUL


def _case(row: CaseRow) -> CaseOut:
    return CaseOut(
        id=row.id, number=row.number, type=row.type, type_name=row.type_name, title=row.title,
        partner_id=row.partner_id, partner=row.partner, status=row.status, phase=row.phase, amount=row.amount,
        currency=row.currency, opened_at=row.opened_at, submitted_at=row.submitted_at, changed_at=row.changed_at,
        ended_at=row.ended_at, waits_for=[_standing(each) for each in row.standing],
    )  # fmt: skip


def _standing(each: Standing) -> StandingOut:
    return StandingOut(
        stage=each.label, who=each.who, since=each.since, due_at=each.due_at, overdue=each.overdue, paused=each.paused
    )


def _event(row: TimelineRow) -> EventOut:
    return EventOut(
        at=row.at, title=row.title, by=row.by, phase=row.phase, comment=row.comment, reason=row.reason,
        status=row.status, current=row.current, due_at=row.due_at, overdue=row.overdue,
    )  # fmt: skip

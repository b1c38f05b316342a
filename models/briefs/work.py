"""The work in a brief: everything that waits for the reader is counted, the most urgent of it is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from urllib.parse import quote
from uuid import UUID

from models.applications import queries as applications
from models.applications.rows import CaseRow, QueueFilter, TaskRow
from models.applications.turns import desks_of
from models.applications.types import application_types
from models.briefs.content import Item
from models.briefs.terms import BriefTerms
from models.core.paging import PageRequest
from models.core.unit_of_work import UnitOfWork

AT_ONCE = 500
"""Reviews that are read at once; what is due is read to its end."""


class Waiting(Item):
    """Something that waits for the reader, until when."""

    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """How much waits, the first of it, and everything that is late or due soon; each the earliest due first."""

    count: int
    first: tuple[Waiting, ...]
    late: tuple[Waiting, ...]
    soon: tuple[Waiting, ...]


def work_of(uow: UnitOfWork, partners: tuple[str, ...], zone: tzinfo, terms: BriefTerms) -> Work:
    """The reviews that are the actor's turn, or the forms of its organisation; of chosen partners, where some are."""
    until = uow.now + timedelta(days=terms.due_within_days)
    if uow.actor.is_vendor:
        chosen = [UUID(each) for each in partners]
        asked = [QueueFilter(desk=desk, partners=chosen) for desk in desks_of(uow)]
        count = sum(applications.queue_counts(uow, each).open for each in asked)
        rows = [_task(row, zone, uow.now) for each in asked for row in _reviews(uow, each, until, terms.most.waits)]
    else:
        rows = [_case(row, zone) for row in _forms(uow, partners)]
        count = len(rows)
    rows.sort(key=lambda each: (each.due_at is None, each.due_at.timestamp() if each.due_at else 0))
    return Work(
        count,
        tuple(rows[: terms.most.waits]),
        late=tuple(each for each in rows if each.due_at and each.due_at <= uow.now),
        soon=tuple(each for each in rows if each.due_at and uow.now < each.due_at <= until),
    )


def late_items(work: Work, terms: BriefTerms) -> Iterator[Item]:
    """What is overdue, then what is due soon, summed up where it is much."""
    for each in work.late[: terms.most.late]:
        yield Item(title=f"Overdue: {each.title}", text=each.text, link=each.link, tone="red")
    if (more := len(work.late) - terms.most.late) > 0:
        yield Item(title=f"{more} more {'are' if more > 1 else 'is'} overdue", link="/", tone="red")
    if soon := work.soon:
        words = f"{len(soon)} due within {terms.due_within_days} days"
        yield Item(title=words, text=f"The next: {soon[0].title}, {soon[0].text}", link=soon[0].link, tone="orange")


def _reviews(uow: UnitOfWork, asked: QueueFilter, until: datetime, least: int) -> Iterator[TaskRow]:
    """The reviews of a desk that are due by then, and as many more as are named; a paused one is not due."""
    page, named = PageRequest(size=AT_ONCE), 0
    while True:
        found = applications.queue(uow, asked, page)
        yield from found.rows
        named += sum(not row.paused for row in found.rows)
        beyond = bool(found.rows) and (found.rows[-1].due_at is None or found.rows[-1].due_at > until)
        if found.next is None or (beyond and named >= least):
            return
        page = PageRequest(found.next, AT_ONCE)


def _forms(uow: UnitOfWork, partners: tuple[str, ...]) -> Iterable[CaseRow]:
    """The forms and questions that wait for the actor's organisation, as far as the actor may answer them."""
    types, found = application_types(uow), dict[UUID, CaseRow]()
    for row in applications.forms_waiting(uow):
        mine = not partners or str(row.partner_id) in partners
        if mine and row.type in types and uow.actor.may(types[row.type].permissions.apply):
            found.setdefault(row.id, row)  # a case may wait for two things at once
    return found.values()


def _task(row: TaskRow, zone: tzinfo, now: datetime) -> Waiting:
    page = "/payment-desk" if row.desk == "payments" else "/queue"
    late = row.due_at is not None and row.due_at <= now and not row.paused
    text = " · ".join(filter(None, (row.partner, row.label, _until(row.due_at, zone))))
    return Waiting(
        title=f"{row.number} {row.title}".strip(), text=text, link=f"{page}?case={row.case_id}%2F{quote(row.visit)}",
        tone="red" if late else "gray", due_at=None if row.paused else row.due_at,
    )  # fmt: skip


def _case(row: CaseRow, zone: tzinfo) -> Waiting:
    due = min((each.due_at for each in row.standing if each.due_at), default=None)
    late = any(each.overdue for each in row.standing)
    text = " · ".join(filter(None, (row.status, _until(due, zone))))
    return Waiting(
        title=f"{row.number} {row.title}".strip(), text=text, link=f"/case?case={row.id}",
        tone="red" if late else "gray", due_at=due,
    )  # fmt: skip


def _until(due: datetime | None, zone: tzinfo) -> str:
    if due is None:
        return ""
    local = due.astimezone(zone)
    return f"due {local:%b} {local.day}, {local:%H:%M}"

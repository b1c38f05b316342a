"""Ask for an export; make its file in the background within the scope of who asked; remove old files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from models.core.actor import SYSTEM, Actor
from models.core.clock import BUSINESS_ZONE, business_date
from models.core.errors import DomainError, Problem, Refused
from models.core.files import StoredFile, files
from models.core.settings import settings
from models.core.types import new_id
from models.core.unit_of_work import Busy, UnitOfWork, unit_of_work
from models.exports import rules, writing
from models.exports.producers import Produced, Question, producer_of
from models.exports.rules import EXPORT_TERMS, ExportFormat, ExportStatus, ExportTerms
from models.exports.tables import ExportTask
from models.identity import access
from models.notices import service as notices

TOPIC = "exports.run"
HISTORY = "/exports"
"""The page that lists a person's exports."""
TELL_EVERY = 1.0
"""Seconds between two looks at the progress of a running export."""


def request(
    uow: UnitOfWork,
    kind: str,
    question: Question,
    format: ExportFormat,
    title: str,
    *,
    terms: ExportTerms = EXPORT_TERMS,
) -> UUID:
    """Ask for an export of what a page shows; its file is made in the background (FIN-EXP-01, CUS-COM-06).

    Raises:
        NotAllowed: no role of the actor exports.
        Refused: there is no such kind, the question makes no sense, or there are too many records (CUS-EXD-04).
    """
    uow.actor.demand("exports.create")
    assert uow.actor.user_id is not None
    rows = producer_of(kind).count(uow, question)
    _demand_few(rows, terms)
    task = ExportTask(
        id=new_id(), partner_id=uow.actor.partner_id, requested_by=uow.actor.user_id, requested_at=uow.now, kind=kind,
        title=title.strip()[:200] or "Export", format=format, question=dict(question), rows_total=rows or None,
        started_at=None, finished_at=None, data_as_of=None, sha256=None, size=None, file_name=None, error=None,
    )  # fmt: skip
    uow.session.add(task)
    uow.session.flush()
    uow.emit(TOPIC, str(task.id), {"task_id": str(task.id)})
    changes = {"kind": kind, "format": format.value, "title": task.title}
    uow.record("export.requested", "export", task.id, partner_id=task.partner_id, changes=changes)
    return task.id


def write_now(uow: UnitOfWork, kind: str, question: Question, format: ExportFormat, title: str, target: Path) -> int:
    """Write the file of a small export at once, for whoever waits for it; answers how many records it has.

    Raises:
        NotAllowed: no role of the actor exports.
        Refused: there is no such kind, or the question makes no sense or has too many rows.
    """
    uow.actor.demand("exports.create")
    produced = producer_of(kind).open(uow, question)
    cover = _cover(title.strip()[:200] or "Export", uow.actor, produced, uow.now)
    return writing.write(format, target, produced, cover, lambda written: None)


def _demand_few(rows: int, terms: ExportTerms) -> None:
    if rows > terms.largest:
        text = (
            f"{rows:,} records are more than the {terms.largest:,} that one export may have. "
            "Choose a shorter period or narrow the filters."
        )
        raise Refused(Problem("EXPORT-LARGE", text))


def run(task_id: UUID, *, show: Callable[[float], None] = lambda part: None, terms: ExportTerms = EXPORT_TERMS) -> None:
    """Make the file of an export, within what its requester may see now. Safe to repeat; ends in words.

    Whatever the person can act on (locked meanwhile, too many records) fails the export with those words; anything
    else is raised, for the worker to try again.
    """
    begun = _begin(task_id)
    if begun is None:
        return
    actor, task = begun
    folder = settings().home / "exports-under-way" / str(task_id)
    try:
        if actor is None or not actor.may("exports.create"):
            raise Refused("Your user may not export any more. Ask your administrator.")
        shutil.rmtree(folder, ignore_errors=True)  # what a killed worker left
        folder.mkdir(parents=True)
        made, stored, rows = _make(task, actor, folder / "file", show, terms)
        _complete(task_id, made, stored, rows)
    except Busy:
        raise
    except DomainError as error:
        give_up(task_id, " ".join(problem.text for problem in error.problems))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _begin(task_id: UUID) -> tuple[Actor | None, ExportTask] | None:
    """Mark the export as running and find out who asked; None when it is over already."""
    with unit_of_work(actor=SYSTEM) as uow:
        task = uow.session.get(ExportTask, task_id)
        if task is None or task.status.over:
            return None
        task.status, task.started_at, task.rows_done, task.error = ExportStatus.RUNNING, uow.now, 0, None
        return access.actor_of(uow, task.requested_by), task


def _make(
    task: ExportTask, actor: Actor, target: Path, show: Callable[[float], None], terms: ExportTerms
) -> tuple[Produced, StoredFile, int]:
    producer = producer_of(task.kind)
    with unit_of_work(read_only=True, actor=actor) as uow:
        expected = producer.count(uow, task.question)
        _demand_few(expected, terms)  # more may have come since it was asked for
        produced = producer.open(uow, task.question)
        told = _progress(task.id, max(expected, 1), show)
        rows = writing.write(task.format, target, produced, _cover(task.title, actor, produced, uow.now), told)
    with target.open("rb") as content:
        stored = files().put(content, rules.file_name(task.title, business_date(task.requested_at), task.format))
    return produced, stored, rows


def _progress(task_id: UUID, total: int, show: Callable[[float], None]) -> Callable[[int], None]:
    last = time.monotonic()

    def told(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last < TELL_EVERY:
            return
        last = time.monotonic()
        show(rows / total)
        with unit_of_work(actor=SYSTEM) as uow:
            if task := uow.session.get(ExportTask, task_id):
                task.rows_done, task.rows_total = rows, max(total, rows)

    return told


def _cover(title: str, actor: Actor, produced: Produced, at: datetime) -> writing.Cover:
    facts = [
        *produced.facts,
        ("Data as of", _moment(produced.as_of) if produced.as_of else "no data yet"),
        ("Exported", f"{_moment(at)} by {actor.name}"),
        ("Time zone", "GMT+08:00 (business dates and billing cycles)"),
        ("Amounts", "Eight decimals, rounded half up; columns named exact keep every decimal"),
        ("Privacy", "Customer names, e-mail addresses and mobile numbers are anonymised"),
        ("Vendor", settings().vendor_name),
    ]
    return writing.Cover(title, tuple(facts))


def _moment(at: datetime) -> str:
    return at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M GMT+08:00")


def _complete(task_id: UUID, produced: Produced, stored: StoredFile, rows: int) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        task = uow.session.get_one(ExportTask, task_id)
        if task.status.over:
            return
        task.status, task.finished_at, task.data_as_of = ExportStatus.COMPLETED, uow.now, produced.as_of
        task.rows_done = task.rows_total = rows
        task.sha256, task.size, task.file_name = stored.sha256, stored.size, stored.name
        _tell(uow, task, "Export ready", f"{task.title}: {rows:,} records.", icon="download", tone="green")


def give_up(task_id: UUID, why: str) -> None:
    """End an export that cannot be made, with the reason in words; one that is over stays as it is."""
    with unit_of_work(actor=SYSTEM) as uow:
        task = uow.session.get(ExportTask, task_id)
        if task is None or task.status.over:
            return
        task.status, task.finished_at, task.error = ExportStatus.FAILED, uow.now, why
        _tell(uow, task, "Export failed", f"{task.title}: {why}", icon="error", tone="red")


def _tell(uow: UnitOfWork, task: ExportTask, title: str, text: str, *, icon: str, tone: str) -> None:
    key = f"export:{task.id}:{task.status.value}"
    notices.tell(uow, task.requested_by, key=key, title=title, text=text, link=HISTORY, icon=icon, tone=tone)


def remove_expired_files(terms: ExportTerms = EXPORT_TERMS) -> int:
    """Remove the files of exports that were made long ago; their history stays. How many exports lost theirs."""
    task = ExportTask
    with unit_of_work(actor=SYSTEM) as uow:
        over = uow.now - terms.keep
        old = uow.session.scalars(select(task).where(task.sha256.is_not(None), task.finished_at <= over)).all()
        digests = {found.sha256 for found in old if found.sha256}
        for found in old:
            found.sha256 = None
        uow.session.flush()
        # Equal content is kept once: a file that a younger export has too stays.
        kept = set(uow.session.scalars(select(task.sha256).where(task.sha256.in_(digests))))
    for sha256 in digests - kept:
        files().remove(sha256)
    return len(old)

"""A person's own exports, and the file of one that is ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from models.core.errors import NotAllowed, NotFound, WrongState
from models.core.files import files
from models.core.paging import FIRST_PAGE, Desc, Page, PageRequest, fetch_page
from models.core.unit_of_work import UnitOfWork
from models.exports.rules import ExportFormat, ExportStatus
from models.exports.tables import ExportTask

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export in the history. `sha256` is None until it is completed and again when its file was removed."""

    id: UUID
    requested_at: datetime
    title: str
    kind: str
    format: ExportFormat
    status: ExportStatus
    rows_done: int
    rows_total: int | None
    finished_at: datetime | None
    data_as_of: datetime | None
    sha256: str | None
    size: int | None
    file_name: str | None
    error: str | None

    @property
    def downloadable(self) -> bool:
        """Whether Download is offered (CUS-COM-06)."""
        return self.status is ExportStatus.COMPLETED and self.sha256 is not None

    @property
    def address(self) -> str:
        """Where the file is downloaded from."""
        return f"/exports/{self.id}"


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is ready to be sent."""

    name: str
    content_type: str
    size: int
    sha256: str

    def chunks(self) -> Iterator[bytes]:
        """The content, piece by piece."""
        return files().chunks(self.sha256)


def history(uow: UnitOfWork, page: PageRequest = FIRST_PAGE) -> Page[ExportRow]:
    """The actor's own exports, newest first (FIN-EXP-01, CUS-COM-06)."""
    order = (Desc(ExportTask.requested_at), Desc(ExportTask.id))
    return fetch_page(uow, _own(uow), ExportRow, page, order=order)


def exports(uow: UnitOfWork, task_ids: Sequence[UUID]) -> list[ExportRow]:
    """Some of the actor's own exports, in the order of their keys."""
    found = {row[0]: ExportRow(*row) for row in uow.session.execute(_own(uow).where(ExportTask.id.in_(list(task_ids))))}
    return [found[key] for key in task_ids if key in found]


def _own(uow: UnitOfWork) -> Select[Any]:
    task = ExportTask
    return select(
        task.id, task.requested_at, task.title, task.kind, task.format, task.status, task.rows_done, task.rows_total,
        task.finished_at, task.data_as_of, task.sha256, task.size, task.file_name, task.error,
    ).where(task.requested_by == uow.actor.user_id)  # fmt: skip


def download(uow: UnitOfWork, task_id: UUID) -> Download:
    """The file of a completed export, for who asked for it or the vendor's administrator.

    Raises:
        NotFound: no such export among those the actor may see, or its file was removed after its time.
        NotAllowed: somebody else asked for it.
        WrongState: it is not completed.
    """
    task = uow.session.scalar(select(ExportTask).where(ExportTask.id == task_id))
    if task is None:
        raise NotFound("There is no such export. Open your export history for those there are.")
    if task.requested_by != uow.actor.user_id and ADMINISTRATOR not in uow.actor.roles:
        raise NotAllowed("Only the person who asked for this export may download it. Make one of your own.")
    if task.status is not ExportStatus.COMPLETED:
        raise WrongState(f"This export is not ready: it is {task.status}. Your export history shows how far it is.")
    if task.sha256 is None:
        raise NotFound("The file of this export was removed after its time. Export again.")
    name = task.file_name or f"export.{task.format}"
    return Download(name, task.format.content_type, files().size(task.sha256), task.sha256)

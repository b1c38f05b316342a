"""What people see of deliveries: imports and how far they are, delivered files, the inbox folder, rejected lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from models.core.errors import NotFound, Problem, Refused
from models.core.files import FileTerms, StoredFile, check_upload
from models.core.files import files as file_store
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.expenditures import importing
from models.expenditures.importing import Given
from models.expenditures.rules import ImportKind, ImportStatus, totals_of
from models.expenditures.service import IMPORT_TOPIC
from models.expenditures.tables import DeliveryImport, DeliveryImportFile, DeliverySource

ENDINGS = frozenset({"csv", "gz", "parquet"})
"""Kinds of file that a FOCUS delivery may consist of."""


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file of an import; `rejects` says whether bad lines of it can be downloaded."""

    name: str
    read: int
    accepted: int
    rejected: int
    changed: bool
    cycles: tuple[date, ...]
    rejects: bool


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import as the page shows it; `done` is the part that is through, from 0 to 1."""

    id: UUID
    kind: ImportKind
    source: str
    status: ImportStatus
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    step: str
    done: float
    read: int
    accepted: int
    rejected: int
    unmapped: int
    changed: bool
    billed_cost: dict[str, Decimal]
    message: str
    files: tuple[ImportedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file that waits in the inbox folder."""

    name: str
    size: int
    changed_at: datetime


def upload_terms() -> FileTerms:
    """What may be uploaded here; the size is a setting."""
    return FileTerms(ENDINGS, settings().upload_mib * 1024 * 1024)


def keep_upload(stream: BinaryIO, name: str) -> StoredFile:
    """Keep one uploaded file for its import.

    Raises:
        Refused: everything wrong with its name, ending, size or content.
    """
    check_upload(stream, name, upload_terms())
    return file_store().put(stream, name)


def import_rows(uow: UnitOfWork, run_ids: Sequence[UUID]) -> list[ImportRow]:
    """Some imports, in the order they are asked for."""
    uow.actor.demand("expenditures.import")
    found = {run.id: run for run in uow.session.scalars(select(DeliveryImport).where(DeliveryImport.id.in_(run_ids)))}
    files = _files_of(uow, list(found))
    return [_row(found[key], files.get(key, ())) for key in run_ids if key in found]


def latest(uow: UnitOfWork) -> ImportRow | None:
    """The newest import; None: there was none."""
    uow.actor.demand("expenditures.import")
    stmt = select(DeliveryImport.id).order_by(DeliveryImport.created_at.desc(), DeliveryImport.id.desc()).limit(1)
    return next(iter(import_rows(uow, list(uow.session.scalars(stmt)))), None)


def sources(uow: UnitOfWork) -> list[str]:
    """Names of sources that delivered before."""
    uow.actor.demand("expenditures.import")
    return list(uow.session.scalars(select(DeliverySource.name).order_by(DeliverySource.name)))


def rejects(uow: UnitOfWork, run_id: UUID, name: str) -> Iterator[bytes]:
    """The rejected lines of one file of an import, as CSV with line, column, reason and value.

    Raises:
        NotFound: the file has none.
    """
    uow.actor.demand("expenditures.import")
    part = DeliveryImportFile
    sha256 = uow.session.scalar(select(part.rejects_sha256).where(part.import_id == run_id, part.name == name))
    if not sha256:
        raise NotFound("No line of this file was rejected.")
    return file_store().chunks(sha256)


def inbox_folder() -> Path:
    """Where files too large to upload are laid."""
    return settings().home / "inbox"


def inbox(uow: UnitOfWork) -> list[InboxFile]:
    """Files that wait in the inbox folder, by name; others than FOCUS kinds are left out."""
    uow.actor.demand("expenditures.import")
    folder = inbox_folder()
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink() and path.suffix.lstrip(".").lower() in ENDINGS:
            status = path.stat()
            found.append(InboxFile(path.name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC)))
    return found


def request_from_inbox(uow: UnitOfWork, source: str, names: Sequence[str]) -> UUID:
    """Ask the worker to import files of the inbox folder; answers the import's key.

    Raises:
        NotAllowed: the actor may not import.
        Refused: a file is no longer there, or the source has no proper name.
    """
    waiting = {file.name for file in inbox(uow)}
    if gone := [name for name in names if name not in waiting]:
        raise Refused(
            Problem("INBOX-GONE", f"{', '.join(gone)} is not in the inbox any more. Reload the page.", "files")
        )
    run_id = importing.plan(uow, source, [Given(name, inbox_folder() / name) for name in names])
    uow.emit(IMPORT_TOPIC, str(run_id), {"import_id": str(run_id)})
    return run_id


def _files_of(uow: UnitOfWork, runs: Sequence[UUID]) -> dict[UUID, tuple[ImportedFile, ...]]:
    part = DeliveryImportFile
    stmt = select(part).where(part.import_id.in_(list(runs))).order_by(part.import_id, part.position, part.id)
    found: dict[UUID, tuple[ImportedFile, ...]] = {}
    for file in uow.session.scalars(stmt):
        cycles = tuple(date.fromisoformat(cycle) for cycle in file.cycles)
        one = ImportedFile(
            file.name, file.read, file.accepted, file.rejected, file.changed, cycles, bool(file.rejects_sha256)
        )
        found[file.import_id] = (*found.get(file.import_id, ()), one)
    return found


def _row(run: DeliveryImport, files: tuple[ImportedFile, ...]) -> ImportRow:
    return ImportRow(
        run.id, run.kind, run.source, run.status, run.actor_name, run.created_at, run.finished_at, run.step,
        run.permille / 1000, run.read, run.accepted, run.rejected, run.unmapped, run.changed,
        totals_of(run.billed_cost), run.message or "", files,
    )  # fmt: skip

"""What people and the worker do with deliveries: import files, say whose a sub-account is, recover after a crash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from models.core.files import StoredFile
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.expenditures import importing, remapping, runs
from models.expenditures.importing import Given
from models.expenditures.lease import SourceBusy
from models.expenditures.remapping import Owner
from models.expenditures.rules import Result
from models.expenditures.runs import Progress

__all__ = [
    "Owner",
    "Result",
    "SourceBusy",
    "import_files",
    "map_sub_accounts",
    "recover",
    "rejected_lines",
    "request_import",
    "run_remap",
    "run_requested",
]

IMPORT_TOPIC = "expenditures.import"
REMAP_TOPIC = "expenditures.remap"


def import_files(
    paths: Sequence[Path], *, source: str, progress: Progress | None = None, wait: timedelta | None = None
) -> Result:
    """Bring a delivery of FOCUS files in, now and in this process; runs transactions of its own.

    A file of a known name replaces what that file brought before, or changes nothing when its content is the same;
    a new name adds. Either the whole delivery comes in or nothing of it.

    Raises:
        NotAllowed: the actor may not import.
        Refused: the source has no proper name, or a file cannot be read or is no FOCUS file.
        SourceBusy: another import of the source ran longer than the wait.
    """
    with unit_of_work() as uow:
        run_id = importing.plan(uow, source, [Given(path.name, path.resolve()) for path in paths])
    return importing.carry_out(run_id, progress=progress, wait=wait)


def rejected_lines(uow: UnitOfWork, source: str, names: Sequence[str]) -> dict[str, StoredFile]:
    """The lists of rejected lines of delivered files, by the file's name; files without any are left out.

    Raises:
        NotAllowed: the actor may not import.
    """
    uow.actor.demand("expenditures.import")
    return importing.rejected_lines(uow, source, names)


def request_import(uow: UnitOfWork, source: str, stored: Sequence[StoredFile]) -> UUID:
    """Ask the worker to import files that were uploaded to the file store; answers the import's key.

    Raises:
        NotAllowed: the actor may not import.
        Refused: the source has no proper name, a file is given twice, or none is given.
    """
    run_id = importing.plan(uow, source, [Given(file.name, None, file.sha256, file.size) for file in stored])
    uow.emit(IMPORT_TOPIC, str(run_id), {"import_id": str(run_id)})
    return run_id


def run_requested(import_id: UUID, *, progress: Progress | None = None, wait: timedelta | None = None) -> Result:
    """Carry out an import that was asked for; the worker calls it, and may call it again.

    Raises:
        Refused: a file is no FOCUS file; the import's row says so too.
        SourceBusy: another import of the source is running; call again later.
    """
    return importing.carry_out(import_id, progress=progress, wait=wait)


def map_sub_accounts(uow: UnitOfWork, owners: Sequence[Owner]) -> list[UUID]:
    """Say whose sub-accounts are, now and for every later delivery; the worker moves the lines that are there.

    Each line goes to the partner that the customer belonged to on its day. Answers the key of the run of each source.

    Raises:
        NotAllowed: the actor may not map sub-accounts.
        Refused: a customer is not among those the actor may see, or nothing is given.
    """
    runs_of = remapping.plan(uow, owners)
    for run_id in runs_of:
        uow.emit(REMAP_TOPIC, str(run_id), {"import_id": str(run_id)})
    return runs_of


def run_remap(import_id: UUID, *, progress: Progress | None = None, wait: timedelta | None = None) -> Result:
    """Move the lines of newly mapped sub-accounts; the worker calls it, and may call it again.

    Raises:
        SourceBusy: an import of the source is running; call again later.
    """
    return remapping.carry_out(import_id, progress=progress, wait=wait)


def recover() -> list[UUID]:
    """Finish or undo the imports whose process is gone; each process calls it when it starts."""
    return runs.recover()

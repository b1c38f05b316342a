"""The protocol that keeps records and lake in step: intent row, one lake commit that carries its id, done row.

A run that dies is settled by the next one of its source or at the next start: when its commit is in the lake it is
finished, otherwise undone. Readers see the lake before or after the commit, never between.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select

from models.core.actor import SYSTEM
from models.core.errors import DomainError, NotFound, Refused
from models.core.lake import RowFilter, lake
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.expenditures.facts import expenditure_line
from models.expenditures.lease import Lease, LeaseLost, SourceBusy, is_held, lease
from models.expenditures.meeting import meet
from models.expenditures.rules import ImportKind, ImportStatus, Result, totals_of, totals_text
from models.expenditures.tables import DeliveryFile, DeliveryImport, DeliveryImportFile

log = logging.getLogger(__name__)

Progress = Callable[[str, float], None]


def reached(step: str) -> None:
    """Named points of a run; tests put something that kills the process in the place of this."""


class Meter:
    """How far a run is: told by the work, written to the run's row with the lease's heartbeat."""

    def __init__(self, run_id: UUID, progress: Progress | None) -> None:
        self._run_id, self._progress = run_id, progress
        self.step, self.done = "", 0.0

    def __call__(self, step: str, done: float) -> None:
        self.step, self.done = step, done
        if self._progress:
            self._progress(step, done)

    def part(self, begin: float, end: float) -> Progress:
        """The same for a part of the run, which counts from 0 to 1 itself."""
        return lambda step, done: self(step, begin + (end - begin) * done)

    def beat(self, uow: UnitOfWork) -> None:
        """Write it down, for the people who watch."""
        run = uow.session.get(DeliveryImport, self._run_id)
        if run is not None:
            run.step, run.permille = self.step, int(self.done * 1000)


@contextmanager
def running(
    run_id: UUID, source: str, *, progress: Progress | None, wait: timedelta | None
) -> Iterator[tuple[Lease, Meter, Path]]:
    """Hold the source for one run and say in its row how it ended; gives a folder for the work.

    Raises:
        SourceBusy: another run of the source took longer than the wait; the run can be repeated.
    """
    meter = Meter(run_id, progress)
    folder = _folder(run_id)
    try:
        with lease(source, run_id, wait=wait, beat=meter.beat) as held:
            settle(source, but=run_id)
            with unit_of_work(actor=SYSTEM) as uow:
                run = get_run(uow, run_id)
                run.status, run.started_at, run.message = ImportStatus.READING, uow.now, None
                run.attempts += 1
            reached("reading")
            try:
                yield held, meter, folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except BaseException as error:
        _ended(run_id, error)
        raise


def commit(
    run_id: UUID, held: Lease, *, remove: RowFilter | None, files: Sequence[Path], note: Callable[[UnitOfWork], None]
) -> None:
    """The middle of the protocol: write down what will be true, change the lake, and say done.

    Raises:
        LeaseLost: another process holds the source by now; nothing was changed.
    """
    with unit_of_work(actor=SYSTEM) as uow:
        held.confirm(uow)
        note(uow)
        get_run(uow, run_id).status = ImportStatus.COMMITTING
    reached("committing")
    if remove is not None or files:
        lake().replace(expenditure_line, remove=remove, files=files, commit_id=str(run_id))
    reached("committed")
    finish(run_id)
    reached("done")


def finish(run_id: UUID) -> None:
    """Say done: from here on the delivered files are what the lake holds. Harmless when it is said already."""
    with unit_of_work(actor=SYSTEM) as uow:
        run = get_run(uow, run_id)
        if run.status is ImportStatus.DONE:
            return
        for part in parts_of(uow, run_id):
            file = uow.session.get(DeliveryFile, part.file_id)
            if file is None:
                continue
            file.unmapped = part.unmapped
            if part.changed and run.kind is ImportKind.IMPORT:
                file.sha256, file.size, file.cycles, file.imported_at = part.sha256, part.size, part.cycles, uow.now
                file.read, file.accepted, file.rejected = part.read, part.accepted, part.rejected
                file.billed_cost, file.rejects_sha256 = part.billed_cost, part.rejects_sha256
        run.status, run.finished_at, run.step, run.permille = ImportStatus.DONE, uow.now, "", 1000
        changes = {"source": run.source, "by": run.actor_name, "changed": run.changed, **result_of(run).as_json()}
        uow.record(f"expenditures.{run.kind}_done", "delivery_import", run_id, changes=changes)
        met = [part.file_id for part in parts_of(uow, run_id) if part.changed and part.file_id is not None]
        source = run.source if run.kind is ImportKind.IMPORT else None
    if source and met:
        meet(source, met)


def settle(source: str, *, but: UUID | None = None) -> list[UUID]:
    """Finish or undo the runs of a source that died; the caller holds the source. Answers the settled ones."""
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        stmt = select(DeliveryImport.id, DeliveryImport.status).where(
            DeliveryImport.source == source,
            DeliveryImport.status.in_([ImportStatus.READING, ImportStatus.COMMITTING]),
        )
        dead = [(run_id, status) for run_id, status in uow.session.execute(stmt) if run_id != but]
    for run_id, status in dead:
        if status is ImportStatus.COMMITTING and lake().committed(expenditure_line, str(run_id)):
            finish(run_id)
            shutil.rmtree(_folder(run_id), ignore_errors=True)
        else:
            _undo(run_id, ImportStatus.INTERRUPTED, None)
        log.warning("expenditures.run.settled", extra={"run": str(run_id), "source": source, "was": status})
    return [run_id for run_id, _ in dead]


def recover() -> list[UUID]:
    """Settle every run whose process is gone; called when a process starts. Answers the settled runs."""
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        stmt = (
            select(DeliveryImport.source)
            .where(DeliveryImport.status.in_([ImportStatus.READING, ImportStatus.COMMITTING]))
            .distinct()
        )
        sources = [source for source in uow.session.scalars(stmt) if not is_held(uow, source)]
    settled: list[UUID] = []
    for source in sources:
        try:
            with lease(source, uuid4(), wait=timedelta(0)):
                settled += settle(source)
        except SourceBusy:  # an import began meanwhile: it settles its source itself
            continue
    _sweep()
    return settled


def _sweep() -> None:
    """Remove working folders of runs that ended; one that died right after saying done leaves its own."""
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        for folder in (settings().home / "staging").glob("*"):
            run = uow.session.get(DeliveryImport, UUID(folder.name))
            if run is None or not run.status.running:
                shutil.rmtree(folder, ignore_errors=True)


def get_run(uow: UnitOfWork, run_id: UUID) -> DeliveryImport:
    """The row of a run.

    Raises:
        NotFound: there is none.
    """
    run = uow.session.get(DeliveryImport, run_id)
    if run is None:
        raise NotFound("There is no such import.")
    return run


def parts_of(uow: UnitOfWork, run_id: UUID) -> list[DeliveryImportFile]:
    """The files of a run, in the order they were given."""
    stmt = (
        select(DeliveryImportFile)
        .where(DeliveryImportFile.import_id == run_id)
        .order_by(DeliveryImportFile.position, DeliveryImportFile.id)
    )
    return list(uow.session.scalars(stmt))


def result_of(row: DeliveryImport | DeliveryImportFile | DeliveryFile, *, changed: bool | None = None) -> Result:
    """The counts of a row as a value."""
    if changed is None:
        changed = not isinstance(row, DeliveryFile) and row.changed
    return Result(row.read, row.accepted, row.rejected, row.unmapped, changed, totals_of(row.billed_cost))


def write_result(row: DeliveryImport | DeliveryImportFile, result: Result) -> None:
    """Write the counts of a run or of one of its files."""
    row.read, row.accepted, row.rejected, row.unmapped = result.read, result.accepted, result.rejected, result.unmapped
    row.changed, row.billed_cost = result.changed, dict(totals_text(result.billed_cost))


def _folder(run_id: UUID) -> Path:
    return settings().home / "staging" / str(run_id)


def _ended(run_id: UUID, error: BaseException) -> None:
    """Say how a run ended that did not get through. One that may have committed is left for `settle`."""
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        status = get_run(uow, run_id).status
    if status is ImportStatus.COMMITTING and lake().committed(expenditure_line, str(run_id)):
        return
    if isinstance(error, Refused):
        _undo(run_id, ImportStatus.REFUSED, " ".join(problem.text for problem in error.problems))
    elif isinstance(error, SourceBusy | LeaseLost):
        _undo(run_id, ImportStatus.INTERRUPTED, error.problems[0].text)
    elif isinstance(error, DomainError):
        _undo(run_id, ImportStatus.FAILED, error.problems[0].text)
    elif isinstance(error, Exception):
        log.exception("expenditures.run.failed", extra={"run": str(run_id)})
        _undo(
            run_id, ImportStatus.FAILED, f"It failed and changed nothing ({type(error).__name__}). Tell your operator."
        )
    else:
        _undo(run_id, ImportStatus.INTERRUPTED, None)


def _undo(run_id: UUID, status: ImportStatus, message: str | None) -> None:
    """Take back what the run prepared; without a message the row says how it goes on."""
    lake().discard(expenditure_line, str(run_id))
    shutil.rmtree(_folder(run_id), ignore_errors=True)
    with unit_of_work(actor=SYSTEM) as uow:
        run = get_run(uow, run_id)
        run.status, run.finished_at, run.step = status, uow.now, ""
        run.message = message or _how_it_goes_on(uow, run)


def _how_it_goes_on(uow: UnitOfWork, run: DeliveryImport) -> str:
    asked = run.kind is ImportKind.REMAP or any(part.origin is None for part in parts_of(uow, run.id))
    again = "The worker repeats it." if asked else "Import the files again."
    return f"It was interrupted before anything changed. {again}"

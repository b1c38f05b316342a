"""Importing a delivery of FOCUS files: which of them are new, what they hold, and one commit for all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from models.core.actor import SYSTEM
from models.core.errors import Problem, Refused
from models.core.files import StoredFile
from models.core.files import files as file_store
from models.core.lake import all_of, equals, lake, one_of
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.customers.queries import association_intervals
from models.expenditures import runs
from models.expenditures.facts import expenditure_line
from models.expenditures.reading import FocusFile, open_focus
from models.expenditures.rules import (
    ImportKind,
    ImportStatus,
    Result,
    repeated_names,
    source_problems,
)
from models.expenditures.runs import Meter, Progress
from models.expenditures.staging import Owners, Staged, stage
from models.expenditures.tables import DeliveryFile, DeliveryImport, DeliveryImportFile, SubAccountMapping


@dataclass(frozen=True, slots=True)
class Given:
    """A file of a delivery: its name counts, not where it lies."""

    name: str
    path: Path | None = None
    sha256: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What is in the lake of a file of this name."""

    file_id: int
    sha256: str | None
    result: Result


def plan(uow: UnitOfWork, source: str, given: Sequence[Given]) -> UUID:
    """Write the intent of an import.

    Raises:
        NotAllowed: the actor may not import.
        Refused: the source's name is none, or a file is given twice, or none is given.
    """
    uow.actor.demand("expenditures.import")
    problems = source_problems(source) + repeated_names(file.name for file in given)
    if not given:
        problems.append(Problem("IMPORT-NONE", "Choose at least one file.", "files"))
    if problems:
        raise Refused(problems)
    run = DeliveryImport(
        kind=ImportKind.IMPORT, source=source, status=ImportStatus.PLANNED, created_at=uow.now,
        actor_id=uow.actor.user_id, actor_name=uow.actor.name,
    )  # fmt: skip
    uow.session.add(run)
    uow.session.flush()
    for position, file in enumerate(given):
        uow.session.add(
            DeliveryImportFile(
                import_id=run.id, position=position, name=file.name, sha256=file.sha256, size=file.size,
                origin=str(file.path) if file.path else None,
            )
        )  # fmt: skip
    names = [file.name for file in given]
    uow.record("expenditures.import_asked", "delivery_import", run.id, changes={"source": source, "files": names})
    return run.id


def carry_out(run_id: UUID, *, progress: Progress | None = None, wait: timedelta | None = None) -> Result:
    """Do a planned import. One that is done already answers its result again.

    Raises:
        Refused: a file is no FOCUS file; nothing of the whole delivery was changed.
        SourceBusy: another import of the source is running.
    """
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        run = runs.get_run(uow, run_id)
        source, status, result = run.source, run.status, runs.result_of(run)
        given = [
            Given(part.name, Path(part.origin) if part.origin else None, part.sha256, part.size)
            for part in runs.parts_of(uow, run_id)
        ]
    if status is ImportStatus.DONE:
        return result
    with runs.running(run_id, source, progress=progress, wait=wait) as (held, meter, folder), ExitStack() as stack:
        local = [_fingerprinted(file, stack, meter) for file in given]
        known = _known(source, [file.name for file in local])
        fresh = [file for file in local if not _is_here(file, known.get(file.name))]
        opened = [open_focus(_plainly(file, folder, place), file.name) for place, file in enumerate(fresh)]
        file_ids = _file_ids(source, fresh)
        owners = owners_of(source)
        staged: dict[str, Staged] = {}
        for number, (file, focus) in enumerate(zip(fresh, opened, strict=True)):
            part = meter.part(0.05 + 0.85 * number / len(fresh), 0.05 + 0.85 * (number + 1) / len(fresh))
            staged[file.name] = _staged(file, focus, source, file_ids[file.name], owners, folder, part)
            _refuse_to_lose_all(file.name, staged[file.name], known.get(file.name))
        runs.reached("staged")
        parts = {
            file.name: staged[file.name].result if file.name in staged else known[file.name].result for file in local
        }
        total = sum(parts.values(), Result())
        ids = {**{name: row.file_id for name, row in known.items()}, **file_ids}
        meter("Committing", 0.95)
        runs.commit(
            run_id,
            held,
            remove=all_of(equals("source", source), one_of("file_id", file_ids.values())) if fresh else None,
            files=[path for one in staged.values() for path in one.files],
            note=lambda uow: _note(uow, run_id, local, ids, staged, parts, total),
        )
        meter("Done", 1.0)
        return total


def owners_of(source: str) -> Owners:
    """Whose the sub-accounts of a source are, as mapped now."""
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        stmt = select(SubAccountMapping.sub_account_id, SubAccountMapping.customer_id).where(
            SubAccountMapping.source == source
        )
        mapping = {sub_account: str(customer) for sub_account, customer in uow.session.execute(stmt)}
        return Owners.of(mapping, association_intervals(uow))


def _is_here(file: Given, known: _Known | None) -> bool:
    """Whether the lake holds this very content; a delivery whose data files were lost comes in again."""
    if known is None or known.sha256 != file.sha256:
        return False
    scan = lake().scan(expenditure_line, equals("file_id", known.file_id))
    there = all(Path(path).exists() for path in scan.files) if lake().local else True
    return there and scan.rows == known.result.accepted


def rejected_lines(uow: UnitOfWork, source: str, names: Sequence[str]) -> dict[str, StoredFile]:
    """The lists of rejected lines that belong to what is in the lake of these files now."""
    stmt = select(DeliveryFile.name, DeliveryFile.rejects_sha256).where(
        DeliveryFile.source == source, DeliveryFile.name.in_(names), DeliveryFile.rejects_sha256.is_not(None)
    )
    found = uow.session.execute(stmt).tuples().all()
    return {
        name: StoredFile(sha256, file_store().size(sha256), f"{name}.rejects.csv") for name, sha256 in found if sha256
    }


def _plainly(file: Given, folder: Path, place: int) -> Path:
    """The file under a name that DuckDB does not take for a pattern, as it would `bill[1].csv`."""
    if file.path is None:
        raise ValueError(f"{file.name} has not been fetched")
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / f"delivered-{place}"
    link.symlink_to(file.path.resolve())
    return link


def _fingerprinted(file: Given, stack: ExitStack, meter: Meter) -> Given:
    """The file with its content on this machine and its fingerprint."""
    if file.path is None:
        return replace(file, path=stack.enter_context(file_store().local(file.sha256 or "")))
    meter(f"Reading {file.name}", 0.0)
    try:
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return replace(file, sha256=digest, size=file.path.stat().st_size)
    except OSError as error:
        text = f"{file.name} cannot be read: {error.strerror or error}."
        raise Refused([Problem("FOCUS-FILE", text, "files")]) from error


def _known(source: str, names: Sequence[str]) -> dict[str, _Known]:
    with unit_of_work(actor=SYSTEM, read_only=True) as uow:
        stmt = select(DeliveryFile).where(DeliveryFile.source == source, DeliveryFile.name.in_(names))
        return {
            row.name: _Known(row.id, row.sha256, runs.result_of(row, changed=False))
            for row in uow.session.scalars(stmt)
        }


def _file_ids(source: str, fresh: Sequence[Given]) -> dict[str, int]:
    """The number of each file, which its lines carry; a new name gets a new one."""
    with unit_of_work(actor=SYSTEM) as uow:
        stmt = select(DeliveryFile.name, DeliveryFile.id).where(DeliveryFile.source == source)
        ids: dict[str, int] = dict(uow.session.execute(stmt).tuples().all())
        for file in fresh:
            if file.name not in ids:
                row = DeliveryFile(source=source, name=file.name)
                uow.session.add(row)
                uow.session.flush()
                ids[file.name] = row.id
    return {file.name: ids[file.name] for file in fresh}


def _staged(
    file: Given, focus: FocusFile, source: str, file_id: int, owners: Owners, folder: Path, progress: Progress
) -> Staged:
    before = focus.path.stat()
    result = stage(
        focus, source=source, file_id=file_id, owners=owners, folder=folder / str(file_id), progress=progress
    )
    after = focus.path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        text = f"{file.name} changed while it was read. Import it again when it is complete."
        raise Refused([Problem("IMPORT-CHANGED", text, "files")])
    return result


def _refuse_to_lose_all(name: str, staged: Staged, known: _Known | None) -> None:
    """A replacement without one good line is a mistake: it would silently take the good lines away."""
    if staged.result.accepted or known is None or not known.result.accepted:
        return
    text = (
        f"None of the {staged.result.read:,} lines of {name} is good, so the"
        f" {known.result.accepted:,} lines of the earlier delivery stay. First: {_first_reject(staged)}"
    )
    raise Refused([Problem("IMPORT-NO-GOOD-LINE", text, "files")])


def _first_reject(staged: Staged) -> str:
    if staged.rejects is None:
        return "no line at all."
    with staged.rejects.open(encoding="utf-8") as stream:
        stream.readline()
        line, column, reason, *_ = stream.readline().split(",")
    return f"line {line}: {column} {reason}."


def _note(
    uow: UnitOfWork, run_id: UUID, given: Sequence[Given], ids: dict[str, int], staged: dict[str, Staged],
    parts: dict[str, Result], total: Result,
) -> None:  # fmt: skip
    """Write down what will be true once the commit is in, so that whoever settles the run can say done."""
    runs.write_result(runs.get_run(uow, run_id), total)
    rows = {part.name: part for part in runs.parts_of(uow, run_id)}
    for file in given:
        row, one = rows[file.name], staged.get(file.name)
        row.file_id, row.sha256, row.size = ids[file.name], file.sha256, file.size
        runs.write_result(row, parts[file.name])
        if one is not None:
            row.cycles = [cycle.isoformat() for cycle in one.cycles]
            row.rejects_sha256 = _keep(one.rejects, file.name) if one.rejects else None
        else:
            known = uow.session.get(DeliveryFile, row.file_id)
            row.rejects_sha256 = known.rejects_sha256 if known else None


def _keep(rejects: Path, name: str) -> str:
    with rejects.open("rb") as stream:
        return file_store().put(stream, f"{name}.rejects.csv").sha256

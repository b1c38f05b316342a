"""Work over many cases of a type: replaying them through a draft, moving those under way to a version, and back again.

It is done in the background, a few cases in each transaction, each followed by the next: it can be left and found
again, a killed worker goes on where it stood, and nothing is done twice. A case that cannot be moved is named with its
reason and left as it is; so is one that Kontor fails at, with a reference to the log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import SQLAlchemyError

from models.core.errors import DomainError, NotFound, Refused, WrongState
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.design import drafting, steps
from models.design.drafting import EDIT, PUBLISH
from models.design.judging import judged
from models.design.rules import RunKind, RunStatus
from models.design.tables import DesignRun, DesignRunCase
from models.engines.cases.tables import Case
from models.engines.definitions import versions
from models.notices import service as notices

log = logging.getLogger(__name__)

TOPIC = "design.run"
CHUNK = 25
"""Cases in one transaction: short enough that a decision meanwhile hardly waits."""
Places = Mapping[str, str]


def replay(uow: UnitOfWork, draft_id: UUID, *, months: int) -> UUID:
    """Carry the cases that changed in the last months, and those under way, through a draft; the run.

    Raises:
        NotAllowed: the actor may not change definitions.
        Refused: the draft has faults.
    """
    draft = drafting.find(uow, draft_id)
    _, found = judged(draft.content)
    if found:
        raise Refused(found)
    since = uow.now - timedelta(days=31 * max(months, 0))
    return _begun(uow, RunKind.REPLAY, draft.key, draft_id=draft_id, since=since)


def dry_run(uow: UnitOfWork, key: str, mapping: Places) -> UUID:
    """Look what moving every case under way to the version in force would do; the run. Nothing is changed.

    Raises:
        NotAllowed: the actor may not publish.
    """
    uow.actor.demand(PUBLISH)
    return _begun(uow, RunKind.DRY_RUN, key, version=versions.current(uow, key).version, mapping=mapping)


def migrate(uow: UnitOfWork, run_id: UUID) -> UUID:
    """Do what a dry run said; the new run.

    Raises:
        NotAllowed: the actor may not publish.
        WrongState: the dry run is not done, or another version is in force by now.
    """
    uow.actor.demand(PUBLISH)
    dry = run(uow, run_id)
    if dry.kind is not RunKind.DRY_RUN or dry.status is not RunStatus.DONE:
        raise WrongState("Look first what would happen: the dry run is not done yet.")
    if versions.current(uow, dry.key).version != dry.version:
        raise WrongState("Another version came into force since this dry run. Make a new one.")
    return _begun(uow, RunKind.MIGRATE, dry.key, version=dry.version, mapping=dry.mapping, of_run=dry.id)


def undo(uow: UnitOfWork, run_id: UUID) -> UUID:
    """Bring the cases that a migration moved back to where they were; the new run. What was worked on since stays.

    Raises:
        NotAllowed: the actor may not publish.
        WrongState: it is no migration that is over.
    """
    uow.actor.demand(PUBLISH)
    done = run(uow, run_id)
    if done.kind is not RunKind.MIGRATE or done.status not in (RunStatus.DONE, RunStatus.CANCELLED):
        raise WrongState("Only a migration that is over can be undone.")
    return _begun(uow, RunKind.UNDO, done.key, version=done.version, of_run=done.id)


def cancel(uow: UnitOfWork, run_id: UUID) -> None:
    """Do no more of it. What is done stays done; a migration can be undone.

    Raises:
        NotAllowed: the actor may not change definitions; or may not publish, and it moves cases.
    """
    uow.actor.demand(EDIT)
    found = uow.session.scalar(select(DesignRun).where(DesignRun.id == run_id).with_for_update())
    if found is not None and found.kind in (RunKind.MIGRATE, RunKind.UNDO):
        uow.actor.demand(PUBLISH)
    if found is not None and found.status in (RunStatus.WAITING, RunStatus.RUNNING):
        found.status, found.finished_at = RunStatus.CANCELLED, uow.now


def step(uow: UnitOfWork, run_id: UUID) -> bool:
    """The next few cases of a run; whether there are more. The worker calls it, in the system's name."""
    found = uow.session.scalar(select(DesignRun).where(DesignRun.id == run_id).with_for_update())
    if found is None or found.status in (RunStatus.DONE, RunStatus.CANCELLED):
        return False
    found.status = RunStatus.RUNNING
    cases = _next(uow, found)
    for case_id, number, partner_id, title in cases:
        said = _carried(uow, found, case_id)
        found.looked_at += 1
        found.cursor = case_id
        if said is not None:
            found.told += 1
            found.refused += said.refused
            uow.session.add(
                DesignRunCase(
                    run_id=run_id, case_id=case_id, partner_id=partner_id, number=number, title=title, went=said.went,
                    would=said.would, text=said.text, refused=said.refused,
                )
            )  # fmt: skip
    uow.session.flush()
    if len(cases) == CHUNK:
        uow.emit(TOPIC, f"{run_id}:{found.looked_at}", {"run_id": str(run_id)})
        return True
    found.status, found.finished_at = RunStatus.DONE, uow.now
    _tell(uow, found)
    return False


def _carried(uow: UnitOfWork, found: DesignRun, case_id: UUID) -> steps.Said | None:
    """One case; what is refused is said of it, and so is a fault of ours, and the others go on.

    What the database says (it is busy, it is gone) concerns them all: the work is done again.
    """
    try:
        with uow.session.begin_nested():
            return steps.STEPS[found.kind](uow, found, case_id)
    except DomainError as error:
        return steps.Said(refused=True, text=" ".join(problem.text for problem in error.problems))
    except SQLAlchemyError:
        raise
    except Exception:
        reference = str(new_id())[-8:]
        log.exception("design.run.case_failed", extra={"run": str(found.id), "case": str(case_id), "ref": reference})
        text = f"Kontor failed at this case and left it as it is. Tell an administrator: reference {reference}."
        return steps.Said(refused=True, text=text)


def _next(uow: UnitOfWork, found: DesignRun) -> Sequence[tuple[UUID, str, UUID, str]]:
    stmt = select(Case.id, Case.number, Case.partner_id, Case.title).where(*_concerned(found)).order_by(Case.id)
    if found.cursor is not None:
        stmt = stmt.where(Case.id > found.cursor)
    return uow.session.execute(stmt.limit(CHUNK)).tuples().all()


def _concerned(found: DesignRun) -> list[ColumnElement[bool]]:
    """Which cases a run looks at."""
    own = Case.type == found.key
    match found.kind:
        case RunKind.REPLAY:
            return [own, (Case.ended_at.is_(None)) | (Case.changed_at >= found.since)]
        case RunKind.UNDO:
            moved = select(DesignRunCase.case_id).where(
                DesignRunCase.run_id == found.of_run, DesignRunCase.refused.is_(False)
            )
            return [own, Case.id.in_(moved)]
    return [own, Case.ended_at.is_(None), Case.version != found.version]


def _begun(uow: UnitOfWork, kind: RunKind, key: str, **given: object) -> UUID:
    values: dict[str, Any] = {"draft_id": None, "version": None, "mapping": {}, "since": None, "of_run": None, **given}
    values["mapping"] = dict(values["mapping"])
    made = DesignRun(
        id=new_id(), kind=kind, status=RunStatus.WAITING, key=key, asked_at=uow.now, asked_by=uow.actor.user_id,
        asked_by_name=uow.actor.name, finished_at=None, total=0, looked_at=0, told=0, refused=0, cursor=None, **values,
    )  # fmt: skip
    uow.session.add(made)
    uow.session.flush()
    made.total = int(uow.session.scalar(select(func.count()).select_from(Case).where(*_concerned(made))) or 0)
    uow.emit(TOPIC, f"{made.id}:0", {"run_id": str(made.id)})
    uow.record(f"design.{kind.value}", "application_type", None, changes={"key": key, "cases": made.total})
    return made.id


def _tell(uow: UnitOfWork, found: DesignRun) -> None:
    if found.asked_by is None:
        return
    place = f"draft={found.draft_id}" if found.draft_id else f"type={found.key}"
    notices.tell(
        uow, found.asked_by, key=f"design:run:{found.id}", title=f"{WORDS[found.kind]} is done: {summary(found)}",
        link=f"/designer?{place}&view={'replay' if found.kind is RunKind.REPLAY else 'migrate'}", icon="task_alt",
    )  # fmt: skip


WORDS = {
    RunKind.REPLAY: "Replay", RunKind.DRY_RUN: "Dry run", RunKind.MIGRATE: "Migration", RunKind.UNDO: "Undoing",
}  # fmt: skip
"""What each kind of work is called."""


def summary(found: DesignRun | RunRow) -> str:
    """What came of it, in words."""
    match found.kind:
        case RunKind.REPLAY:
            return f"{found.told:,} of {found.looked_at:,} cases would have gone differently"
        case RunKind.DRY_RUN:
            return f"{found.told - found.refused:,} of {found.looked_at:,} cases can be moved"
        case RunKind.MIGRATE:
            return f"{found.told - found.refused:,} of {found.looked_at:,} cases were moved"
    return f"{found.told - found.refused:,} of {found.looked_at:,} cases were brought back"


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as pages show it."""

    id: UUID
    kind: RunKind
    status: RunStatus
    key: str
    draft_id: UUID | None
    version: int | None
    mapping: Places
    asked_at: datetime
    asked_by_name: str
    total: int
    looked_at: int
    told: int
    refused: int


@dataclass(frozen=True, slots=True)
class RunCaseRow:
    """What a run says of one case."""

    case_id: UUID
    number: str
    title: str
    went: str
    would: str
    text: str
    refused: bool


def run(uow: UnitOfWork, run_id: UUID) -> RunRow:
    """One run.

    Raises:
        NotAllowed: the actor may not change definitions.
        NotFound: there is none.
    """
    uow.actor.demand(EDIT)
    found = uow.session.get(DesignRun, run_id)
    if found is None:
        raise NotFound("There is no such run.")
    return _row(found)


def _row(found: DesignRun) -> RunRow:
    return RunRow(*(getattr(found, each.name) for each in fields(RunRow)))


def runs(uow: UnitOfWork, key: str, kinds: Sequence[RunKind], *, most: int = 5) -> list[RunRow]:
    """The latest runs of some kinds over a type's cases, the newest first.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    stmt = select(DesignRun).where(DesignRun.key == key, DesignRun.kind.in_(kinds))
    found = uow.session.scalars(stmt.order_by(DesignRun.asked_at.desc(), DesignRun.id.desc()).limit(most))
    return [_row(each) for each in found]


def told(uow: UnitOfWork, run_id: UUID, *, refused: bool | None = None, most: int = 200) -> list[RunCaseRow]:
    """What a run says of single cases of the partners the actor may see, by number.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    row = DesignRunCase
    stmt = select(row).where(row.run_id == run_id).order_by(row.number).limit(most)
    if refused is not None:
        stmt = stmt.where(row.refused.is_(refused))
    return [
        RunCaseRow(*(getattr(each, name.name) for name in fields(RunCaseRow))) for each in uow.session.scalars(stmt)
    ]

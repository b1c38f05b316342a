"""What each kind of work does with one case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from models.core.unit_of_work import UnitOfWork
from models.design.rules import RunKind
from models.design.tables import DesignDraft, DesignRun
from models.engines.cases import migrating
from models.engines.cases.tables import Case, CaseEvent
from models.engines.cases.world import definition_of
from models.engines.definitions import versions
from models.engines.definitions.loading import build, digest
from models.engines.definitions.registry import calendar_for
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.comparing import Compared, compared
from models.engines.workflow.events import unpack


@dataclass(frozen=True, slots=True)
class Said:
    """What is told of a case: where it went or stands, where it would have gone or comes to, and why."""

    went: str = ""
    would: str = ""
    text: str = ""
    refused: bool = False


_DRAFTS: dict[str, ApplicationType] = {}
"""The draft of the latest replay, built once for its many cases."""


def _replayed(uow: UnitOfWork, run: DesignRun, case_id: UUID) -> Said | None:
    row = CaseEvent
    stmt = select(row.kind, row.schema, row.payload).where(row.case_id == case_id).order_by(row.seq)
    found = uow.session.execute(stmt).all()
    if any(payload is None for _, _, payload in found):
        return None  # what was erased cannot be told once more
    events = [unpack(kind, schema, payload) for kind, schema, payload in found]
    made = _draft(uow, run)
    result = compared(definition_of(made, calendar_for(uow, made)), events, mapping=run.mapping)
    return None if result.is_same else Said(_end(made, result.was), _end(made, result.would), _why(made, result))


def _draft(uow: UnitOfWork, run: DesignRun) -> ApplicationType:
    draft = uow.session.get_one(DesignDraft, run.draft_id)
    mark = digest(draft.content)  # after an undo another change stands at the same place
    if mark not in _DRAFTS:
        _DRAFTS.clear()
        _DRAFTS[mark] = build(draft.content)
    return _DRAFTS[mark]


def _end(made: ApplicationType, path: object) -> str:
    outcome, steps = getattr(path, "outcome", None), getattr(path, "steps", ())
    if outcome:
        return f"Ended: {outcome.replace('_', ' ')}"
    return made.label(steps[-1].node) if steps else ""


def _why(made: ApplicationType, result: Compared) -> str:
    text = result.first.text if result.first is not None else "It ends otherwise."
    if result.assumed:
        text += f" Taken as approved or passed, as the case never met it: {', '.join(result.assumed)}."
    return " ".join([text, *result.lost])


def _looked(uow: UnitOfWork, run: DesignRun, case_id: UUID) -> Said:
    plan = migrating.dry_run(uow, case_id, _version(run), _places(run))
    if plan.problems:
        return Said(text=" ".join(problem.text for problem in plan.problems), refused=True)
    moves = [move for move in plan.moves if move.to]
    old, new = _type_of_case(uow, case_id), versions.type_of(uow, run.key, _version(run))
    went = ", ".join(old.label(move.node) for move in moves)
    would = ", ".join(new.label(move.to) for move in moves)
    due = [f"due {move.new_due_at:%Y-%m-%d} instead of {move.due_at:%Y-%m-%d}" for move in moves
           if move.due_at and move.new_due_at and move.due_at != move.new_due_at]  # fmt: skip
    votes = sum(move.votes - move.kept_votes for move in moves)
    lost = [f"{votes} votes have to be given again"] if votes else []
    return Said(went, would, "; ".join(due + lost))


def _moved(uow: UnitOfWork, run: DesignRun, case_id: UUID) -> Said:
    said = _looked(uow, run, case_id)
    if not said.refused:
        migrating.migrate(uow, case_id, _version(run), key=f"design:{run.id}", mapping=_places(run))
    return said


def _brought_back(uow: UnitOfWork, run: DesignRun, case_id: UUID) -> Said:
    state = migrating.undo(uow, case_id, key=f"design:{run.id}")
    made = _type_of_case(uow, case_id)
    here = ", ".join(made.label(visit.node) for visit in state.visits)
    return Said(here, here)


def _type_of_case(uow: UnitOfWork, case_id: UUID) -> ApplicationType:
    """The version that a case runs on, for what its stages are called."""
    key, version = uow.session.execute(select(Case.type, Case.version).where(Case.id == case_id)).one()
    return versions.type_of(uow, key, version)


def _version(run: DesignRun) -> int:
    if run.version is None:
        raise RuntimeError("a migration names the version that cases are brought to")
    return run.version


def _places(run: DesignRun) -> Mapping[str, str] | None:
    return {str(old): str(new) for old, new in run.mapping.items()} or None


STEPS: Mapping[RunKind, Callable[[UnitOfWork, DesignRun, UUID], Said | None]] = {
    RunKind.REPLAY: _replayed, RunKind.DRY_RUN: _looked, RunKind.MIGRATE: _moved, RunKind.UNDO: _brought_back,
}  # fmt: skip
"""By kind of work."""

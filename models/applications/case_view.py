"""One application as its page shows it: the same for partner, reviewer and manager; what differs is who may do what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.applications import checking, queries
from models.applications.access import find, to_decide
from models.applications.rows import CaseRow, TaskRow
from models.applications.timeline import TimelineRow, timeline_of
from models.core.calendars import WorkingCalendar
from models.core.errors import NotFound
from models.core.files import files
from models.core.unit_of_work import UnitOfWork
from models.engines.cases.store import StoredCase
from models.engines.cases.tables import CaseDraft, CaseEvent, CaseRevision
from models.engines.cases.world import person_of
from models.engines.definitions.registry import calendar_for
from models.engines.definitions.schema import ApplicationType
from models.engines.forms.changes import Change, changes
from models.engines.workflow import events as e
from models.engines.workflow.decide import may_cancel, may_delete
from models.engines.workflow.findings import Finding
from models.engines.workflow.people import right_of
from models.engines.workflow.road import Stop, road_ahead
from models.engines.workflow.schema import ReviewNode
from models.engines.workflow.state import State, Visit
from models.reviewers.people import StoredPeople


@dataclass(frozen=True, slots=True)
class Revision:
    """A form as it was sent."""

    form: str
    number: int
    data: dict[str, Any]
    submitted_at: datetime
    submitted_by_name: str


@dataclass(frozen=True, slots=True)
class May:
    """What the actor may do now. `decide`: visits they may decide; `hindered`: others at desks of theirs, with why not;
    `fill`: the form they may fill in; `answer`: the visit whose question they may answer; `stead` by visit for whom
    they would decide."""

    fill: str | None
    decide: tuple[str, ...]
    hindered: dict[str, str]
    answer: str | None
    cancel: bool
    delete: bool
    stead: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything about an application. `findings` by node are the latest; `seq` is what an action expects."""

    row: CaseRow
    seq: int
    type: ApplicationType
    state: State
    tasks: tuple[TaskRow, ...]
    revisions: tuple[Revision, ...]
    findings: dict[str, tuple[Finding, ...]]
    timeline: tuple[TimelineRow, ...]
    road: tuple[Stop, ...]
    may: May
    calendar: WorkingCalendar

    def latest(self, form: str) -> Revision | None:
        """A form as it was last sent."""
        return next((each for each in reversed(self.revisions) if each.form == form), None)


def case_view(uow: UnitOfWork, case_id: UUID) -> CaseView:
    """An application among those the actor may see.

    Raises:
        NotFound: there is none.
        NotAllowed: the actor may not see applications of this type.
    """
    found = find(uow, case_id)
    row = queries.case_row(uow, case_id)
    assert row is not None
    events = tuple(_events(uow, case_id))
    visits, calendar = found.state.visits, calendar_for(uow, found.type)
    return CaseView(
        row=row, seq=found.state.seq, type=found.type, state=found.state, tasks=tuple(queries.tasks_of(uow, case_id)),
        revisions=tuple(_revisions(uow, case_id)), findings=_findings(uow, found, events),
        timeline=timeline_of(found.type, events, row.standing),
        road=road_ahead(found.type.workflow, found.state, uow.now, calendar) if visits else (),
        may=may(uow, found), calendar=calendar,
    )  # fmt: skip


def _events(uow: UnitOfWork, case_id: UUID) -> Iterator[e.Event]:
    row = CaseEvent
    stmt = select(row.kind, row.schema, row.payload).where(row.case_id == case_id).order_by(row.seq)
    return (e.unpack(*found) for found in uow.session.execute(stmt).all() if found[2] is not None)


def _revisions(uow: UnitOfWork, case_id: UUID) -> Iterator[Revision]:
    row = CaseRevision
    stmt = select(row.form, row.number, row.data, row.submitted_at, row.submitted_by_name)
    stmt = stmt.where(row.case_id == case_id).order_by(row.submitted_at, row.number)
    return (Revision(*found) for found in uow.session.execute(stmt).all())


def _findings(uow: UnitOfWork, found: StoredCase, events: tuple[e.Event, ...]) -> dict[str, tuple[Finding, ...]]:
    """By node: what submissions and searches found last, and what the checks of open reviews find now.

    Searches look at all partners' cases, so what they found is the vendor's alone.
    """
    shown = (e.Submitted, e.Checked) if uow.actor.is_vendor else (e.Submitted,)
    latest: dict[str, tuple[Finding, ...]] = {}
    for event in events:
        if isinstance(event, shown):
            latest[event.visit.partition("#")[0]] = event.findings
    for visit in found.state.visits:
        if visit.kind == "review":
            latest[visit.node] = (*checking.of_review(uow, found, visit.node), *_searched(found, visit, latest))
    return latest


def _searched(found: StoredCase, visit: Visit, latest: dict[str, tuple[Finding, ...]]) -> Iterator[Finding]:
    """What the worker's searches found that the reviewers of a stage shall see."""
    wanted = found.type.review_node(visit.node).checks
    for name, node in found.type.workflow.nodes.items():
        if getattr(node, "check", None) in wanted:
            yield from latest.get(name, ())


def may(uow: UnitOfWork, found: StoredCase) -> May:
    """What the actor may do with a case now."""
    own = uow.actor.partner_id is not None and uow.actor.partner_id == found.partner_id
    applies = own and uow.actor.may(found.type.permissions.apply)
    decide, hindered, stead = _reviews(uow, found)
    fill = next((form for form in _forms(uow, found) if own), None)
    asked = next((visit.id for visit in found.state.visits if visit.question is not None), None)
    return May(
        fill=fill, decide=decide, hindered=hindered, answer=asked if applies else None,
        cancel=applies and any(may_cancel(found.type.workflow, found.state, visit) for visit in found.state.visits),
        delete=applies and may_delete(found.type.workflow, found.state), stead=stead,
    )  # fmt: skip


def _forms(uow: UnitOfWork, found: StoredCase) -> Iterator[str]:
    for visit in found.state.visits:
        if visit.kind == "form":
            node = found.type.form_node(visit.node)
            if uow.actor.may(node.permission or found.type.permissions.apply):
                yield node.form


def _reviews(uow: UnitOfWork, found: StoredCase) -> tuple[tuple[str, ...], dict[str, str], dict[str, str]]:
    decide, hindered, stead = [], {}, {}
    person, people = person_of(uow.actor), StoredPeople(uow, found.data())
    for visit in found.state.visits:
        node = found.type.workflow.nodes[visit.node]
        if not isinstance(node, ReviewNode) or not uow.actor.may(to_decide(node)):
            continue
        right = right_of(node, found.state, visit, person, people)
        if right.problems:
            hindered[visit.id] = " ".join(problem.text for problem in right.problems)
            continue
        decide.append(visit.id)
        if right.stead:
            stead[visit.id] = right.stead.name
    return tuple(decide), hindered, stead


def changed_since_last_time(view: CaseView, form: str) -> tuple[Change, ...]:
    """What is different in a form between its last two revisions; nothing when it was sent once."""
    sent = [revision for revision in view.revisions if revision.form == form]
    if len(sent) < 2:
        return ()
    return tuple(changes(view.type.forms[form], sent[-2].data, sent[-1].data))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case, to be downloaded."""

    name: str
    size: int
    sha256: str

    def chunks(self) -> Iterator[bytes]:
        """Its content, piece by piece."""
        return files().chunks(self.sha256)


def attachment(uow: UnitOfWork, case_id: UUID, sha256: str) -> Attachment:
    """A file that belongs to an application the actor may see; files of drafts are the partner's own.

    Raises:
        NotFound: no such case, or no such file in it.
        NotAllowed: the actor may not see applications of this type.
    """
    found = find(uow, case_id)
    sources = list(uow.session.scalars(select(CaseRevision.data).where(CaseRevision.case_id == case_id)))
    if uow.actor.partner_id == found.partner_id:
        sources += uow.session.scalars(select(CaseDraft.data).where(CaseDraft.case_id == case_id))
    for file in _files(sources):
        if file.get("sha256") == sha256:
            return Attachment(str(file.get("name") or "file"), files().size(sha256), sha256)
    raise NotFound("There is no such file in this case.")


def _files(value: Any) -> Iterator[dict[str, Any]]:
    """Every file within form data, however deep."""
    if isinstance(value, dict):
        if "sha256" in value:
            yield value
        for each in value.values():
            yield from _files(each)
    elif isinstance(value, list):
        for each in value:
            yield from _files(each)

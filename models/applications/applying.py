"""What the partner does with an application: begin, fill in, send, answer, cancel, give up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, select, update

from models.applications import access, checking
from models.applications.offers import demand_offer
from models.applications.remarks import remark
from models.applications.types import application_type
from models.core.clock import BUSINESS_ZONE
from models.core.database import insert_once
from models.core.errors import ChangedMeanwhile, NotAllowed, Problem, Refused, WrongState
from models.core.files import FileTerms, check_upload, files
from models.core.unit_of_work import UnitOfWork
from models.engines.cases import store
from models.engines.cases.projections import title_of
from models.engines.cases.store import StoredCase
from models.engines.cases.tables import Case, CaseDraft, CaseRevision
from models.engines.definitions.schema import ApplicationType
from models.engines.forms import validation
from models.engines.forms.schema import Form
from models.engines.forms.values import storable, submitted
from models.engines.workflow import commands as c
from models.engines.workflow.findings import Finding
from models.engines.workflow.state import State, Visit

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it is being filled in: `version` 0 was never saved; it then holds what was sent last, if anything."""

    form: str
    data: dict[str, Any]
    step: int
    version: int
    saved_at: datetime | None
    saved_by_name: str


def begin(uow: UnitOfWork, type_key: str, *, key: str) -> UUID:
    """Begin an application for the actor's own partner; the case. The same key begins it once.

    Raises:
        NotAllowed: no role of the actor applies for this, or the actor belongs to no partner.
        NotFound: there is no such kind of application.
    """
    made = application_type(uow, type_key)
    uow.actor.demand(made.permissions.apply)
    if uow.actor.partner_id is None:
        raise NotAllowed("Only people of a partner apply. Sign in with a partner's account.")
    demand_offer(uow, made, uow.actor.partner_id)
    # Each partner's keys are their own: what somebody else used says nothing to anybody.
    return store.open_case(uow, type_key, uow.actor.partner_id, key=f"{uow.actor.partner_id}:{key}")


def draft(uow: UnitOfWork, case_id: UUID, form: str) -> Draft:
    """The form as the partner's people left it; as it was last sent when nobody began to change it.

    Raises:
        NotFound: there is no such case among those the actor may see.
        NotAllowed: the actor is not one of the partner's people; what is not sent yet is theirs alone.
    """
    found = access.find(uow, case_id)
    _demand_own(uow, found)
    return _draft(uow, found, form)


def _draft(uow: UnitOfWork, found: StoredCase, form: str) -> Draft:
    row = CaseDraft
    stmt = select(row.form, row.data, row.step, row.version, row.saved_at, row.saved_by_name)
    kept = uow.session.execute(stmt.where(row.case_id == found.id, row.form == form)).first()
    if kept is not None:
        return Draft(*kept)
    sent = access.earlier(uow, found).get(form, {})
    return Draft(form, sent, 0, 0, None, "")


def save_draft(
    uow: UnitOfWork, case_id: UUID, form: str, data: Mapping[str, Any], *, step: int = 0, expected: int
) -> int:
    """Keep what was typed so far, right or wrong; the draft's new version. `expected` is the one that was shown.

    Raises:
        ChangedMeanwhile: somebody else saved it since; says who and when.
        WrongState: the form is not being filled in now.
        NotAllowed: no role of the actor fills it in.
    """
    found = access.find(uow, case_id)
    _demand_form(uow, found, _visit_of(found, form))
    data = storable(data)
    row = {
        "case_id": case_id, "form": form, "partner_id": found.partner_id, "data": dict(data), "step": step,
        "saved_at": uow.now, "saved_by_name": uow.actor.name, "version": expected + 1,
    }  # fmt: skip
    own = (CaseDraft.case_id == case_id) & (CaseDraft.form == form)
    connection = uow.session.connection()
    if expected:
        newer = update(CaseDraft).where(own, CaseDraft.version == expected).values(row)
        kept = connection.execute(newer).rowcount == 1
    else:
        kept = insert_once(uow.session, CaseDraft, row, unique=("case_id", "form"))
    if not kept:
        raise _saved_meanwhile(_draft(uow, found, form))
    if found.type.title in {field.name for field in found.type.forms[form].fields()} and not found.sent:
        connection.execute(update(Case).where(Case.id == case_id).values(title=title_of(found.type, dict(data))))
    return expected + 1


def _saved_meanwhile(kept: Draft) -> ChangedMeanwhile:
    if kept.saved_at is None:
        return ChangedMeanwhile("This form was sent or given up meanwhile. Open the case again.")
    at = kept.saved_at.astimezone(BUSINESS_ZONE)
    return ChangedMeanwhile(
        f"{kept.saved_by_name} saved this form at {at:%H:%M} (GMT+08:00) since you opened it. "
        "Open it again to see what they typed."
    )


def findings(uow: UnitOfWork, case_id: UUID, form: str, data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What a reviewer would find in the data at hand, while it is typed.

    Raises:
        WrongState: the form is not being filled in now.
    """
    found = access.find(uow, case_id)
    return checking.of_form(uow, found, _visit_of(found, form).node, data)


def attach(
    uow: UnitOfWork, case_id: UUID, form: str, field: str, source: BinaryIO | IO[bytes], name: str
) -> dict[str, Any]:
    """Keep a file for a field (`late_approval`, or `materials.attachment` in rows); what the form's data holds of it.

    Raises:
        Refused: everything wrong with the file at once.
        NotAllowed: no role of the actor fills in the form.
    """
    found = access.find(uow, case_id)
    _demand_form(uow, found, _visit_of(found, form))
    terms = _file_terms(found.type.forms[form], field)
    check_upload(source, name, terms)
    stored = files().put(source, name)
    return {"sha256": stored.sha256, "name": name, "size": stored.size}


def _file_terms(form: Form, field: str) -> FileTerms:
    name, _, column = field.partition(".")
    found = form.field(name)
    if found is not None and column:
        found = next((each for each in found.of if each.name == column), None)
    if found is None or found.type != "files":
        raise Refused(Problem("FORM-FIELD", "This form takes no file there. Open the case again.", field))
    return FileTerms(frozenset(found.files.endings), found.files.mib * MIB)


def submit(
    uow: UnitOfWork, case_id: UUID, form: str, data: Mapping[str, Any], *, key: str, expected: int | None = None,
    draft_seen: int | None = None,
) -> State:  # fmt: skip
    """Send a form: everything wrong with it is said at once; otherwise it becomes a revision for good.

    ``draft_seen`` is the version of the draft that the data came from: the draft goes with the submission, so what a
    colleague typed since must not be lost unread.

    Source: BEN-MDA, BEN-MDR, BEN-MDI (submit); the checks are those that the reviewer reads.

    Raises:
        Refused: fields are missing or wrong, or a check has to be put right first; carries every problem.
        WrongState: the form is not being filled in now.
        NotAllowed: no role of the actor sends it.
        ChangedMeanwhile: the case is past `expected`, or somebody saved the draft past `draft_seen`.
    """
    found = access.find(uow, case_id)
    visit = next((visit for visit in found.state.visits if visit.kind == "form"), None)
    if visit is None or found.type.form_node(visit.node).form != form:
        return _sent_before(uow, found, key)
    _demand_form(uow, found, visit)
    if draft_seen is not None:
        _demand_draft(uow, found, form, draft_seen)
    shape, data = found.type.forms[form], storable(data)
    judged = checking.of_form(uow, found, visit.node, data)
    if wrong := _problems(found.type, shape, data, judged):
        raise Refused(wrong)
    number = found.state.submitted.get(form, 0) + 1
    command = c.Submit(visit.id, number, checking.facts_at_hand(found, shape, data), judged)
    state = store.handle(uow, case_id, command, key=key, expected=expected)
    if state.submitted.get(form) == number and state.seq != found.state.seq:
        _keep_revision(uow, found, form, number, submitted(shape, data))
    return state


def _demand_draft(uow: UnitOfWork, found: StoredCase, form: str, seen: int) -> None:
    """The draft is still the one that was seen, and stays so until the transaction ends."""
    own = select(CaseDraft.version).where(CaseDraft.case_id == found.id, CaseDraft.form == form)
    if (uow.session.scalar(own.with_for_update()) or 0) != seen:
        raise _saved_meanwhile(_draft(uow, found, form))


def _sent_before(uow: UnitOfWork, found: StoredCase, key: str) -> State:
    """The same click sent twice counts once: a known key answers what it led to."""
    if store.knows(uow, found.id, key):
        return found.state
    raise WrongState(f"This form is not being filled in now. The case is: {found.state.status}. Open it again.")


def _problems(made: ApplicationType, form: Form, data: Mapping[str, Any], judged: Sequence[Finding]) -> list[Problem]:
    versions = {name: agreement.version for name, agreement in made.agreements.items()}
    wrong = list(validation.problems(form, data, versions=versions))
    fields = {problem.field for problem in wrong}
    standing = [finding for finding in judged if finding.verdict == "fix" and finding.field not in fields - {""}]
    return wrong + [Problem(each.code, each.text or each.label, each.field or None) for each in standing]


def _keep_revision(uow: UnitOfWork, found: StoredCase, form: str, number: int, data: Mapping[str, Any]) -> None:
    row = {
        "case_id": found.id, "form": form, "number": number, "partner_id": found.partner_id, "data": dict(data),
        "submitted_at": uow.now, "submitted_by_name": uow.actor.name,
    }  # fmt: skip
    # Once, though the same click may have come twice at once.
    insert_once(uow.session, CaseRevision, row, unique=("case_id", "form", "number"))
    uow.session.connection().execute(delete(CaseDraft).where(CaseDraft.case_id == found.id, CaseDraft.form == form))


def cancel(uow: UnitOfWork, case_id: UUID, *, key: str, expected: int | None = None) -> State:
    """Take an application back before it is decided; the case can be changed and sent again.

    Raises:
        WrongState: what follows has begun.
        NotAllowed: no role of the actor applies for this.
    """
    found = access.find_to_change(uow, case_id, key)
    uow.actor.demand(found.type.permissions.apply)
    return store.change(uow, found, c.Cancel(), key=key, expected=expected)


def give_up(uow: UnitOfWork, case_id: UUID, *, key: str) -> State:
    """Delete a draft, a rejected or a cancelled application; its history stays.

    Raises:
        WrongState: it is under review.
        NotAllowed: no role of the actor applies for this.
    """
    found = access.find_to_change(uow, case_id, key)
    uow.actor.demand(found.type.permissions.apply)
    return store.change(uow, found, c.Delete(), key=key)


def answer(uow: UnitOfWork, case_id: UUID, visit: str, text: str, *, key: str) -> State:
    """Answer a reviewer's question; the reviewer's clock goes on.

    Raises:
        WrongState: there is no open question.
        NotAllowed: no role of the actor applies for this.
    """
    found = access.find_to_change(uow, case_id, key)
    uow.actor.demand(found.type.permissions.apply)
    return store.change(uow, found, c.Answer(visit, remark(text, "text")), key=key)


def _visit_of(found: StoredCase, form: str) -> Visit:
    for visit in found.state.visits:
        if visit.kind == "form" and found.type.form_node(visit.node).form == form:
            return visit
    raise WrongState(f"This form is not being filled in now. The case is: {found.state.status}. Open it again.")


def _demand_form(uow: UnitOfWork, found: StoredCase, visit: Visit) -> None:
    """Only people of the case's partner, with the permission of the form's node."""
    _demand_own(uow, found)
    uow.actor.demand(found.type.form_node(visit.node).permission or found.type.permissions.apply)


def _demand_own(uow: UnitOfWork, found: StoredCase) -> None:
    """Only people of the case's partner."""
    if not uow.actor.is_system and uow.actor.partner_id != found.partner_id:
        raise NotAllowed("Only people of the partner whose case this is can do that.")

"""How a draft comes into force: proposed by one person, agreed to by another; and how it is taken back.

A version that came into force concerns cases that begin from then on; those under way keep theirs.
"""

from __future__ import annotations

import copy
from uuid import UUID

from sqlalchemy import select

from models.applications.types import application_type, application_types
from models.core.errors import NotAllowed, NotFound, Problem, Refused, WrongState
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.design import drafting
from models.design.drafting import PUBLISH
from models.design.judging import problems
from models.design.rules import DraftStatus
from models.design.tables import DesignDraft
from models.engines.definitions import versions
from models.engines.definitions.tables import DefinitionPublication, DefinitionVersion
from models.identity import queries as identity
from models.identity.roles import role_book
from models.notices import service as notices


def propose(uow: UnitOfWork, draft_id: UUID, *, note: str) -> None:
    """Ask for somebody's agreement to a draft as it is. `note` says what changes, and why.

    Raises:
        NotAllowed: the actor may not change definitions.
        Refused: the draft has faults, or the note is missing; everything at once.
        WrongState: it is proposed or published already.
    """
    draft = drafting.open_draft(uow, draft_id)
    found = problems(draft.content)
    if not note.strip():
        found = [Problem("DESIGN-NOTE", "Write what changes, and why: whoever agrees reads it.", "note"), *found]
    if found:
        raise Refused(found)
    _demand_up_to_date(uow, draft)
    draft.status, draft.note, draft.answer = DraftStatus.PROPOSED, note.strip(), ""
    draft.proposed_by, draft.proposed_by_name = uow.actor.user_id, uow.actor.name
    uow.record("design.proposed", "design_draft", draft_id, changes={"name": draft.name, "note": draft.note})
    for person in identity.with_roles(uow, [role for role in role_book().vendor if PUBLISH in role_book().of(role)]):
        if person != uow.actor.user_id:
            notices.tell(
                uow, person, key=f"design:{draft_id}:{draft.place}", title=f"Agree to a change of {draft.name}",
                text=f"{uow.actor.name}: {draft.note}", link=f"/designer?draft={draft_id}", icon="design_services",
                tone="blue",
            )  # fmt: skip


def withdraw(uow: UnitOfWork, draft_id: UUID) -> None:
    """Take a proposal back, so that the draft can be changed again.

    Raises:
        NotAllowed: the actor may not change definitions.
        WrongState: it is not proposed.
    """
    draft = _proposed(uow, draft_id)
    draft.status, draft.proposed_by, draft.proposed_by_name = DraftStatus.OPEN, None, ""
    uow.record("design.withdrawn", "design_draft", draft_id, changes={"name": draft.name})


def decline(uow: UnitOfWork, draft_id: UUID, *, reason: str) -> None:
    """Say no to a proposal, and why; the draft can be changed again.

    Raises:
        NotAllowed: the actor may not publish.
        Refused: there is no reason.
        WrongState: it is not proposed.
    """
    uow.actor.demand(PUBLISH)
    draft = _proposed(uow, draft_id)
    if not reason.strip():
        raise Refused(Problem("DESIGN-REASON", "Write what is missing: whoever proposed it works by it.", "reason"))
    proposer = draft.proposed_by
    draft.status, draft.proposed_by, draft.proposed_by_name = DraftStatus.OPEN, None, ""
    draft.answer = f"{uow.actor.name}: {reason.strip()}"
    uow.record("design.declined", "design_draft", draft_id, changes={"name": draft.name, "reason": reason.strip()})
    if proposer is not None and proposer != uow.actor.user_id:
        notices.tell(
            uow, proposer, key=f"design:{draft_id}:{draft.place}:{uow.now.isoformat()}",
            title=f"Your change of {draft.name} was not agreed to", text=draft.answer,
            link=f"/designer?draft={draft_id}", icon="undo", tone="orange",
        )  # fmt: skip


def publish(uow: UnitOfWork, draft_id: UUID) -> int:
    """Agree to somebody else's proposal: from now on cases begin under it; its version.

    Raises:
        NotAllowed: the actor may not publish, or proposed it themselves.
        WrongState: it is not proposed, or another version came into force since the draft was begun.
        Refused: it has faults by now, e.g. because a role is gone.
    """
    uow.actor.demand(PUBLISH)
    draft = _proposed(uow, draft_id)
    if draft.proposed_by == uow.actor.user_id:
        raise NotAllowed(Problem("DESIGN-OWN", "You proposed this yourself. Somebody else has to agree."))
    if found := problems(draft.content):
        raise Refused(found)
    _demand_up_to_date(uow, draft)
    before = application_types(uow).get(draft.key)
    content = copy.deepcopy(draft.content)
    content["type"]["version"] = versions.next_version(uow, draft.key, _made_of(draft))
    if before is not None:
        versions.add(uow, versions.content_of(uow, draft.key, before.version))
    versions.add(uow, content)
    draft.status, draft.version = DraftStatus.PUBLISHED, content["type"]["version"]
    _choose(uow, draft.key, draft.version, wanted=(draft.proposed_by, draft.proposed_by_name), note=draft.note)
    return draft.version


def _made_of(draft: DesignDraft) -> int:
    """The version that its number follows: the one it was begun with, or a newer built-in one taken in since."""
    based, own = draft.based_on or 0, int(draft.content["type"]["version"])
    return own if draft.based_on and versions.base_of(own) > versions.base_of(based) else based


def _demand_up_to_date(uow: UnitOfWork, draft: DesignDraft) -> None:
    before = application_types(uow).get(draft.key)
    if draft.based_on is not None and (before is None or before.version != draft.based_on):
        text = "Another version came into force since this draft was begun. Open the draft, look at what it would "
        raise WrongState(text + "change now, say so there, and propose it (again).")
    if draft.based_on is None and before is not None:
        raise WrongState(f"There is an application type {draft.key} by now. Begin a draft of it instead.")


def roll_back(uow: UnitOfWork, key: str, version: int, *, note: str) -> None:
    """Let new cases begin under an earlier version again. Cases under way keep theirs.

    Raises:
        NotAllowed: the actor may not publish.
        NotFound: there is no such version.
        Refused: there is no reason, or the version has faults by now.
        WrongState: it is in force.
    """
    uow.actor.demand(PUBLISH)
    if not note.strip():
        raise Refused(Problem("DESIGN-NOTE", "Write why: it stays in the history.", "note"))
    if application_type(uow, key).version == version:
        raise WrongState("This version is in force.")
    content = versions.content_of(uow, key, version)
    if found := problems(content):
        raise Refused(found)
    versions.add(uow, content)
    _choose(uow, key, version, wanted=(uow.actor.user_id, uow.actor.name), note=note.strip())


def bring_up_to_date(uow: UnitOfWork, draft_id: UUID) -> None:
    """Let a draft count as made of the version in force, when another one came between: its content stays.

    Raises:
        WrongState: the draft is proposed or published.
    """
    draft = drafting.open_draft(uow, draft_id)
    made = application_types(uow).get(draft.key)
    draft.based_on = made.version if made else None


def history(uow: UnitOfWork, key: str) -> list[DefinitionPublication]:
    """Every publication of a type, the newest first.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(drafting.EDIT)
    row = DefinitionPublication
    return list(uow.session.scalars(select(row).where(row.key == key).order_by(row.at.desc(), row.id.desc())))


def kept_versions(uow: UnitOfWork, key: str) -> list[int]:
    """Versions of a type that were ever in use, the newest first.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(drafting.EDIT)
    row = DefinitionVersion
    found = set(uow.session.scalars(select(row.version).where(row.key == key)))
    now = application_types(uow).get(key)
    return sorted(found | ({now.version} if now else set()), reverse=True)


def _proposed(uow: UnitOfWork, draft_id: UUID) -> DesignDraft:
    uow.actor.demand(drafting.EDIT)
    draft = uow.session.scalar(select(DesignDraft).where(DesignDraft.id == draft_id).with_for_update())
    if draft is None:
        raise NotFound("There is no such draft.")
    if draft.status is not DraftStatus.PROPOSED:
        raise WrongState("Nobody proposes this draft at the moment. Look at it again.")
    return draft


def _choose(uow: UnitOfWork, key: str, version: int, *, wanted: tuple[UUID | None, str], note: str) -> None:
    before = application_types(uow).get(key)
    versions.choose(
        uow,
        DefinitionPublication(
            id=new_id(), key=key, version=version, before=before.version if before else None, at=uow.now,
            wanted_by=wanted[0], wanted_by_name=wanted[1], agreed_by=uow.actor.user_id,
            agreed_by_name=uow.actor.name, note=note,
        ),
    )  # fmt: skip
    old = versions.words(before.version) if before else ""
    changes = {"key": key, "version": versions.words(version), "before": old, "note": note}
    uow.record("design.published", "application_type", None, changes=changes)

"""Drafts of definitions: begun, changed step by step, undone and redone; several people may work on one at once."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from models.applications.types import application_type, application_types
from models.core.errors import NotFound, Problem, Refused, WrongState
from models.core.types import new_id
from models.core.unit_of_work import UnitOfWork
from models.design.editing import edited, slug
from models.design.edits import Edit
from models.design.rules import DraftStatus
from models.design.tables import DesignDraft, DesignStep
from models.engines.definitions import versions
from models.engines.definitions.loading import Content, with_processes
from models.identity.roles import role_book

EDIT, PUBLISH = "design.edit", "design.publish"
SHORT = 32
"""A name of at most so many characters is its own short name."""
KEPT_STEPS = 200
"""So many steps of a draft can be undone."""


def begin(uow: UnitOfWork, key: str) -> UUID:
    """A draft of the version in force; the open draft of the type when there is one, so that two people meet in it.

    Raises:
        NotAllowed: the actor may not change definitions.
        NotFound: there is no such type.
    """
    uow.actor.demand(EDIT)
    open_ = select(DesignDraft.id).where(
        DesignDraft.key == key, DesignDraft.status.in_([DraftStatus.OPEN, DraftStatus.PROPOSED])
    )
    if (known := uow.session.scalars(open_.order_by(DesignDraft.begun_at)).first()) is not None:
        return known
    made = application_type(uow, key)
    return _begun(uow, versions.content_of(uow, key, made.version), made.version, "Began with the version in force")


def begin_with(uow: UnitOfWork, content: Content, words: str) -> UUID:
    """A draft of a content that came from elsewhere: a file, a diagram, an earlier version.

    Raises:
        NotAllowed: the actor may not change definitions.
    """
    uow.actor.demand(EDIT)
    key = content["type"]["key"]
    types = application_types(uow)
    return _begun(uow, content, types[key].version if key in types else None, words)


def begin_new(uow: UnitOfWork, name: str, template: Content) -> UUID:
    """A draft of a new type, made after a template.

    Raises:
        NotAllowed: the actor may not change definitions.
        Refused: it has no name, or there is a type of that name.
    """
    uow.actor.demand(EDIT)
    types, name = application_types(uow), name.strip()
    if not name:
        raise Refused(Problem("DESIGN-NAME", "Write what partners shall call it.", "name"))
    if any(made.name.casefold() == name.casefold() for made in types.values()):
        raise Refused(Problem("DESIGN-NAME", f"There is an application type {name} already.", "name"))
    drafts = uow.session.scalars(select(DesignDraft.key).where(DesignDraft.status != DraftStatus.DISCARDED))
    content = copy.deepcopy(template)
    short = "".join(word[0] for word in name.split() if word[0].isalnum()).upper()[:6] or "APP"
    key = slug(name, [*types, *drafts])
    content["type"] |= {"key": key, "version": 1, "name": name, "short": name if len(name) <= SHORT else short}
    content["type"]["number"] = short + "-{year}-{serial:04d}"
    return _begun(uow, content, None, "Began a new application type")


def change(uow: UnitOfWork, draft_id: UUID, edit: Edit) -> int:
    """Carry out a change on a draft as it is now, whoever changed it last; the step it stands at afterwards.

    Raises:
        NotAllowed: the actor may not change definitions.
        WrongState: the draft is proposed or published.
        Refused: the change does not fit what others did meanwhile; says what.
    """
    draft = open_draft(uow, draft_id)
    content, words = edited(draft.content, edit)
    return _went_on(uow, draft, with_processes(content), words)


def put(uow: UnitOfWork, draft_id: UUID, content: Content, words: str) -> int:
    """Give a draft another content, in one step; the step it stands at afterwards.

    Raises:
        NotAllowed: the actor may not change definitions.
        WrongState: the draft is proposed or published.
    """
    return _went_on(uow, open_draft(uow, draft_id), content, words)


def _went_on(uow: UnitOfWork, draft: DesignDraft, content: Content, words: str) -> int:
    draft_id = draft.id
    if content == draft.content:
        return draft.place
    later = delete(DesignStep).where(DesignStep.draft_id == draft_id, DesignStep.number > draft.place)
    uow.session.execute(later)
    draft.place = draft.last = draft.place + 1
    _step(uow, draft, content, words)
    old = delete(DesignStep).where(DesignStep.draft_id == draft_id, DesignStep.number < draft.place - KEPT_STEPS)
    uow.session.execute(old)
    return draft.place


def undo(uow: UnitOfWork, draft_id: UUID) -> str:
    """Go back by a step; what was undone, in words.

    Raises:
        WrongState: there is nothing to undo, or the draft is proposed or published.
    """
    draft = open_draft(uow, draft_id)
    undone, before = (uow.session.get(DesignStep, (draft_id, draft.place - back)) for back in (0, 1))
    if before is None or undone is None:
        raise WrongState("There is nothing to undo.")
    _stand(uow, draft, before)
    return undone.words


def redo(uow: UnitOfWork, draft_id: UUID) -> str:
    """Go forward by a step that was undone; what was done again, in words.

    Raises:
        WrongState: there is nothing to do again, or the draft is proposed or published.
    """
    draft = open_draft(uow, draft_id)
    after = uow.session.get(DesignStep, (draft_id, draft.place + 1))
    if after is None or draft.place >= draft.last:
        raise WrongState("There is nothing to do again.")
    _stand(uow, draft, after)
    return after.words


def discard(uow: UnitOfWork, draft_id: UUID) -> None:
    """Give a draft up. Its steps stay, so that it can be looked up.

    Raises:
        WrongState: it is proposed or published.
    """
    draft = open_draft(uow, draft_id)
    draft.status = DraftStatus.DISCARDED
    _touched(uow, draft)
    uow.record("design.discarded", "design_draft", draft_id, changes={"name": draft.name})


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands; `place` is the step of `last` that it stands at."""

    id: UUID
    key: str
    name: str
    status: DraftStatus
    based_on: int | None
    content: Content
    place: int
    last: int
    changed_at: datetime
    changed_by_name: str
    note: str
    proposed_by: UUID | None
    proposed_by_name: str
    answer: str
    version: int | None


def find(uow: UnitOfWork, draft_id: UUID) -> Draft:
    """A draft, to look at.

    Raises:
        NotAllowed: the actor may not change definitions.
        NotFound: there is none.
    """
    uow.actor.demand(EDIT)
    draft = uow.session.get(DesignDraft, draft_id)
    if draft is None:
        raise NotFound("There is no such draft.")
    return Draft(*(getattr(draft, each.name) for each in fields(Draft)))


def roles() -> Mapping[str, str]:
    """The vendor's roles by key, as a stage can ask for them."""
    return {key: role_book().name(key) for key in role_book().vendor}


def open_draft(uow: UnitOfWork, draft_id: UUID) -> DesignDraft:
    uow.actor.demand(EDIT)
    draft = uow.session.scalar(select(DesignDraft).where(DesignDraft.id == draft_id).with_for_update())
    if draft is None:
        raise NotFound("There is no such draft.")
    if draft.status is DraftStatus.PROPOSED:
        raise WrongState(f"{draft.proposed_by_name} proposed this draft. Take the proposal back to change it.")
    if draft.status is not DraftStatus.OPEN:
        raise WrongState("This draft is closed. Begin a new one.")
    return draft


def _begun(uow: UnitOfWork, content: Content, based_on: int | None, words: str) -> UUID:
    draft = DesignDraft(
        id=new_id(), key=content["type"]["key"], name=content["type"]["name"], based_on=based_on, content={}, place=0,
        last=0, status=DraftStatus.OPEN, begun_at=uow.now, begun_by_name=uow.actor.name, changed_at=uow.now,
        changed_by=uow.actor.user_id, changed_by_name=uow.actor.name, note="", proposed_by=None, proposed_by_name="",
        answer="", version=None,
    )  # fmt: skip
    uow.session.add(draft)
    uow.session.flush()
    _step(uow, draft, content, words)
    uow.record("design.begun", "design_draft", draft.id, changes={"name": draft.name})
    return draft.id


def _step(uow: UnitOfWork, draft: DesignDraft, content: Content, words: str) -> None:
    step = DesignStep(
        draft_id=draft.id, number=draft.place, words=words, content=content, at=uow.now, by=uow.actor.user_id,
        by_name=uow.actor.name,
    )  # fmt: skip
    uow.session.add(step)
    _stand(uow, draft, step)


def _stand(uow: UnitOfWork, draft: DesignDraft, step: DesignStep) -> None:
    draft.place = step.number
    draft.content = step.content
    draft.name = str(step.content["type"].get("name", draft.name))
    _touched(uow, draft)
    uow.session.flush()


def _touched(uow: UnitOfWork, draft: DesignDraft) -> None:
    draft.changed_at, draft.changed_by, draft.changed_by_name = uow.now, uow.actor.user_id, uow.actor.name

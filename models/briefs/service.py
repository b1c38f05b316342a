"""Set a brief, make its editions once a period as their reader, tell of them, and say when one could not be made.

Each edition is a row of the outbox that is due when the brief is; making one asks for the next. A worker that was away
makes one edition, not all that it missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models.briefs.composing import Wanted, compose
from models.briefs.content import Content
from models.briefs.rules import EditionStatus, Schedule, narrowed, next_due, schedule_problems
from models.briefs.tables import Brief, BriefEdition
from models.core.actor import SYSTEM, Actor, acting_as
from models.core.clock import BUSINESS_ZONE
from models.core.database import insert_once
from models.core.errors import ChangedMeanwhile, DomainError, NotFound, Refused, WrongState
from models.core.types import new_id
from models.core.unit_of_work import Busy, UnitOfWork, unit_of_work
from models.engines.statistics import LakeAway
from models.identity import access
from models.identity import queries as identity
from models.notices import service as notices
from models.partners import queries as partners
from models.reference.wording import told

TOPIC = "briefs.make"
PAGE = "/briefs"
MESSAGE = "brief"


class Later(Exception):
    """The facts are away for the moment: the worker tries again."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a person wants: when, about which partners (none: all they see), and whether it is sent to them."""

    schedule: Schedule
    partners: tuple[str, ...] = ()
    by_mail: bool = True
    active: bool = True


def set_brief(uow: UnitOfWork, wanted: Setting, *, expected: int | None) -> UUID:
    """Set the actor's own brief; `expected` is the version they saw (None: there was none).

    Raises:
        Refused: everything wrong with the schedule at once, or a partner that the actor does not see.
        ChangedMeanwhile: it was changed in another window.
    """
    uow.actor.demand("home.view")
    if uow.actor.user_id is None:
        raise Refused("Only a person can have a brief.")
    problems = schedule_problems(wanted.schedule)
    if problems:
        raise Refused(problems)
    if set(wanted.partners) - {str(key) for key in partners.options(uow)}:
        raise Refused("One of the partners is not among those you see any more. Choose again.")
    brief = uow.session.scalar(select(Brief).where(Brief.user_id == uow.actor.user_id))
    if (brief.version if brief else None) != expected:
        raise ChangedMeanwhile("Your brief was changed in another window. Look at it again, then repeat your change.")
    if brief is None:
        brief = Brief(id=new_id(), user_id=uow.actor.user_id, created_at=uow.now, next_at=None)
        uow.session.add(brief)
    brief.every, brief.on_day, brief.at = wanted.schedule.every, wanted.schedule.on_day, wanted.schedule.at
    brief.filters = {"partner": list(wanted.partners)} if wanted.partners else {}
    brief.by_mail, brief.active = wanted.by_mail, wanted.active
    brief.next_at = None
    if brief.active:
        _ask_next(uow, brief, zone_of(identity.me(uow).preferences)[0])
    uow.session.flush()
    return brief.id


def ask_now(uow: UnitOfWork) -> UUID:
    """Ask for an edition at once, beside the schedule; its key.

    Raises:
        NotFound: the actor has no brief.
        WrongState: one is being made.
    """
    brief = uow.session.scalar(select(Brief).where(Brief.user_id == uow.actor.user_id))
    if brief is None:
        raise NotFound("Set up your brief first.")
    row = BriefEdition
    waiting = (row.brief_id == brief.id, row.status == EditionStatus.WAITING)
    if uow.session.scalar(select(row.id).where(*waiting).limit(1)):
        raise WrongState("An edition is being made already. It appears here in a moment.")
    edition = _edition(uow, brief, f"by hand {uow.now.isoformat()}")
    _emit(uow, edition)
    return edition.id


def try_again(uow: UnitOfWork, edition_id: UUID) -> None:
    """Make one of the actor's editions once more, after it failed.

    Raises:
        NotFound: there is none of theirs.
        WrongState: it did not fail.
    """
    edition = uow.session.scalar(
        select(BriefEdition).where(BriefEdition.id == edition_id, BriefEdition.user_id == uow.actor.user_id)
    )
    if edition is None:
        raise NotFound("There is no such edition among yours.")
    if edition.status is not EditionStatus.FAILED:
        raise WrongState("This edition did not fail.")
    edition.status, edition.error = EditionStatus.WAITING, None
    edition.tries += 1
    _emit(uow, edition)


def make(brief_id: UUID, period: str) -> None:
    """Make the edition of a period as its reader, once; safe to repeat. Asks for the next one.

    Raises:
        Later: the facts cannot be read at the moment.
        Busy: others are writing.
    """
    begun = _begin(brief_id, period)
    if begun is None:
        return
    actor, edition_id, wanted, by_mail = begun
    try:
        with acting_as(actor), unit_of_work(read_only=True) as uow:
            content = compose(uow, wanted)
    except Busy:
        raise
    except LakeAway as error:
        _note(edition_id, f"{_said(error)} It is tried again by itself.")
        raise Later(_said(error)) from error
    except DomainError as error:
        give_up(brief_id, period, _said(error))
        return
    except Exception:
        _note(edition_id, "A first try failed; it is tried again by itself.")
        raise
    _complete(edition_id, content, actor, by_mail=by_mail)


def _said(error: DomainError) -> str:
    return " ".join(problem.text for problem in error.problems)


def _begin(brief_id: UUID, period: str) -> tuple[Actor, UUID, Wanted, bool] | None:
    """Whose edition it is, as they are now; None when there is nothing to make: blocked, ended, or made already."""
    with unit_of_work(actor=SYSTEM) as uow:
        brief = uow.session.get(Brief, brief_id)
        if brief is None:
            return None
        scheduled = brief.active and brief.next_at is not None and _key(brief.next_at) == period
        row = BriefEdition
        edition = uow.session.scalar(select(row).where(row.brief_id == brief_id, row.period == period))
        if edition is None and not scheduled:  # the schedule was changed since
            return None
        actor = access.actor_of(uow, brief.user_id)
        preferences = identity.me(replace(uow, actor=actor)).preferences if actor else {}
        zone, zone_name = zone_of(preferences)
        if scheduled:
            _ask_next(uow, brief, zone)
        if actor is None:
            if edition is not None and edition.status is EditionStatus.WAITING:
                edition.status, edition.error = EditionStatus.FAILED, "Your account was locked at that time."
            return None
        edition = edition or _edition(uow, brief, period)
        if edition.status is EditionStatus.READY:
            return None
        chosen = narrowed(brief.filters).get("partner", ())
        return actor, edition.id, Wanted(brief.every, chosen, zone, zone_name), brief.by_mail


def _note(edition_id: UUID, why: str) -> None:
    """Let the owner see that an edition has trouble while the worker still tries."""
    with unit_of_work(actor=SYSTEM) as uow:
        edition = uow.session.get_one(BriefEdition, edition_id)
        if edition.status is EditionStatus.WAITING:
            edition.error = why[:500]


def _complete(edition_id: UUID, content: Content, actor: Actor, *, by_mail: bool) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        edition = uow.session.get_one(BriefEdition, edition_id)
        if edition.status is EditionStatus.READY:
            return
        facts = content.words() | {"headline": content.headline, "about": content.about}
        subject, text = told(uow, MESSAGE, facts)
        edition.status, edition.made_at, edition.error = EditionStatus.READY, uow.now, None
        edition.subject, edition.content = subject, content.model_dump(mode="json")
        if by_mail:
            # Who may not open the page any more still has the mail.
            link = f"{PAGE}?edition={edition.id}" if actor.may("statistics.view") else "/"
            notices.tell(
                uow, edition.user_id, key=f"brief:{edition.id}", title=subject, text=text, link=link, icon="newspaper",
                tone="blue",
            )  # fmt: skip


def give_up(brief_id: UUID, period: str, why: str) -> None:
    """An edition cannot be made: its owner is told why, and may try again. One that is made stays as it is."""
    with unit_of_work(actor=SYSTEM) as uow:
        row = BriefEdition
        edition = uow.session.scalar(select(row).where(row.brief_id == brief_id, row.period == period))
        if edition is None or edition.status is EditionStatus.READY:
            return
        edition.status, edition.error = EditionStatus.FAILED, why[:500]
        notices.tell(
            uow, edition.user_id, key=f"brief-failed:{edition.id}:{edition.tries}", title="Your brief failed",
            text=why[:500], link=f"{PAGE}?edition={edition.id}", icon="error", tone="red",
        )  # fmt: skip


def zone_of(preferences: Mapping[str, str]) -> tuple[tzinfo, str]:
    """The time zone that a person chose, and its name; the business zone when they chose none."""
    name = preferences.get("zone", "")
    try:
        return (ZoneInfo(name), name) if "/" in name or name == "UTC" else (BUSINESS_ZONE, str(BUSINESS_ZONE))
    except (ValueError, LookupError, OSError):  # a zone that this machine does not know
        return BUSINESS_ZONE, str(BUSINESS_ZONE)


def _ask_next(uow: UnitOfWork, brief: Brief, zone: tzinfo) -> None:
    """Let the worker make the next edition when it is due."""
    brief.next_at = next_due(Schedule(brief.every, brief.on_day, brief.at), uow.now, zone)
    uow.session.flush()
    period = _key(brief.next_at)
    payload = {"brief_id": str(brief.id), "period": period}
    uow.emit(TOPIC, f"{brief.id}:{period}", payload, due=brief.next_at)


def _edition(uow: UnitOfWork, brief: Brief, period: str) -> BriefEdition:
    values = {
        "id": new_id(), "brief_id": brief.id, "user_id": brief.user_id, "period": period, "asked_at": uow.now,
        "status": EditionStatus.WAITING, "subject": "", "content": {}, "tries": 0,
    }  # fmt: skip
    insert_once(uow.session, BriefEdition, values, unique=("brief_id", "period"))
    row = BriefEdition
    return uow.session.scalars(select(row).where(row.brief_id == brief.id, row.period == period)).one()


def _emit(uow: UnitOfWork, edition: BriefEdition) -> None:
    payload = {"brief_id": str(edition.brief_id), "period": edition.period}
    uow.emit(TOPIC, f"{edition.brief_id}:{edition.period}:{edition.tries}", payload)


def _key(due: datetime) -> str:
    return due.strftime("%Y-%m-%dT%H:%MZ")

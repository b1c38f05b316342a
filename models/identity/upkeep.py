"""What the calendar does to sign-ins: sessions that are over end, and leave after a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, update

from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.identity.tables import SignInFailure, UserSession


@dataclass(frozen=True, slots=True)
class UpkeepTerms:
    """How long sessions that are over, and failed sign-ins, are remembered."""

    keep: timedelta = timedelta(days=30)


UPKEEP_TERMS = UpkeepTerms()


def tidy_sessions(uow: UnitOfWork, terms: UpkeepTerms = UPKEEP_TERMS) -> int:
    """End sessions whose time is over and forget those that ended long ago; how many ended. Safe to repeat.

    Run by the system only: its statements reach everybody's rows.
    """
    idle = uow.now - timedelta(minutes=settings().session_idle_minutes)
    oldest = uow.now - timedelta(hours=settings().session_hours)
    session = UserSession
    over = or_(session.last_seen_at <= idle, session.created_at <= oldest)
    ended = uow.session.execute(update(session).where(session.ended_at.is_(None), over).values(ended_at=uow.now))
    uow.session.execute(delete(session).where(session.ended_at <= uow.now - terms.keep))
    uow.session.execute(delete(SignInFailure).where(SignInFailure.last_at <= uow.now - terms.keep))
    return int(ended.rowcount)  # type: ignore[attr-defined]  # the result of an UPDATE counts its rows

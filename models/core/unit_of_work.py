"""One action, one transaction: the session, the actor, the time, the history and the outbox travel together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.exc import StaleDataError

from models.core import clock
from models.core.actor import SYSTEM, Actor, Scope, current_actor
from models.core.database import CustomerScoped, PartnerScoped, RecordSession, sessions
from models.core.errors import ChangedMeanwhile, DomainError


class Busy(DomainError):
    """Somebody else kept the database writing for too long; nothing was changed."""

    code = "BUSY"


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """What an action needs: pass it on, never commit it; leaving `unit_of_work()` does that."""

    session: Session
    actor: Actor
    now: datetime
    read_only: bool = False

    @property
    def today(self) -> date:
        """The business date (GMT+08:00)."""
        return clock.business_date(self.now)

    def at(self, moment: date | datetime) -> UnitOfWork:
        """The same work at another time."""
        return replace(self, now=clock.as_instant(moment))

    def record(
        self,
        action: str,
        subject: str,
        subject_id: UUID | None,
        *,
        partner_id: UUID | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an entry to the history, in this transaction: who did what to whom, and what changed."""
        from models.core.history import HistoryEntry

        self.session.add(
            HistoryEntry(
                at=self.now,
                actor_id=self.actor.user_id,
                actor_name=self.actor.name,
                action=action,
                subject=subject,
                subject_id=subject_id,
                partner_id=partner_id,
                changes=dict(changes or {}),
            )
        )

    def emit(self, topic: str, key: str, payload: Mapping[str, Any], *, due: datetime | None = None) -> None:
        """Ask the worker for something that happens after the commit; the same topic and key is asked once."""
        from models.core.outbox import write

        write(self.session, topic, key, payload, due=due or self.now, now=self.now)


@contextmanager
def unit_of_work(*, read_only: bool = False, actor: Actor | None = None) -> Iterator[UnitOfWork]:
    """A transaction in the name of the current actor: committed on leaving, undone by any exception.

    Raises:
        NotSignedIn: nobody is acting.
        ChangedMeanwhile: a row was changed by somebody else since it was read.
        Busy: another writer held the database too long.
    """
    actor = actor or current_actor()
    with sessions()() as session:
        session.info["scope"] = actor.scope
        session.info["read_only"] = read_only
        try:
            session.connection(execution_options={"postgresql_readonly": True} if read_only else {"writes": True})
            yield UnitOfWork(session, actor, clock.now(), read_only)
            session.commit()
        except StaleDataError as error:
            raise ChangedMeanwhile(
                "Somebody changed this meanwhile. Look at it again, then repeat your change."
            ) from error
        except OperationalError as error:
            if "locked" in str(error.orig):
                raise Busy(
                    "Others are saving at this moment; nothing was changed. Try again in a few seconds."
                ) from error
            raise


@contextmanager
def unscoped(uow: UnitOfWork, *, reason: str) -> Iterator[None]:
    """Let the selects inside see every row; `reason` says why that shows the actor nothing foreign.

    tests/models/core/test_scope.py lists every use.
    """
    before = uow.session.info["scope"]
    uow.session.info["scope"] = Scope.ALL
    try:
        yield
    finally:
        uow.session.info["scope"] = before


@contextmanager
def as_system(uow: UnitOfWork) -> Iterator[UnitOfWork]:
    """The same transaction in the system's name, for what follows from a person's action but is not theirs."""
    with unscoped(uow, reason="the system acts on rows that follow from the action"):
        yield replace(uow, actor=SYSTEM)


@event.listens_for(RecordSession, "do_orm_execute")
def _within_scope(state: ORMExecuteState) -> None:
    """Add the actor's scope to every select; refuse what cannot carry it."""
    scope: Scope | None = state.session.info.get("scope")
    if scope is None:
        raise RuntimeError("a session outside unit_of_work() reads nothing")
    if scope.everything or state.is_column_load:
        return
    if not (state.is_select and state.is_orm_statement):
        raise RuntimeError("only selects of mapped classes carry the scope; use the ORM, or unscoped(reason=…)")
    # The values must be plain locals and the lambdas must not branch: SQLAlchemy caches them (docs: platform traps).
    if scope.partners is not None:
        partners = list(scope.partners)
        state.statement = state.statement.options(
            with_loader_criteria(PartnerScoped, lambda cls: cls.partner_id.in_(partners), include_aliases=True)
        )
    if scope.customers is not None:
        customers = list(scope.customers)
        state.statement = state.statement.options(
            with_loader_criteria(CustomerScoped, lambda cls: cls.customer_id.in_(customers), include_aliases=True)
        )


@event.listens_for(RecordSession, "before_flush")
def _keep_promises(session: Session, *_: object) -> None:
    """A reading transaction writes nothing, and history is only ever added to."""
    from models.core.history import HistoryEntry

    if session.info.get("read_only"):
        raise RuntimeError("unit_of_work(read_only=True) does not write")
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, HistoryEntry) and (row in session.deleted or session.is_modified(row)):
            raise RuntimeError("history is append-only")

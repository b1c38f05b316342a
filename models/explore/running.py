"""Answers that somebody waits for: each in a thread of its own, few at a time, to be looked at and cancelled.

They live in this process for a while and in no store: a page that comes back to one that is gone asks again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID, uuid4

from models.core.actor import Actor
from models.core.errors import DomainError, Problem, Refused
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.engines.sandbox.process import Cancel, Cancelled, TookTooLong
from models.explore import service
from models.explore.asking import Answered, Asked, Own, answer
from models.explore.holding import Held, hold
from models.explore.places import place
from models.explore.rules import RunStatus

log = logging.getLogger(__name__)

MOST = 40
"""Answers that are kept in this process, the latest; and of one person `EACH`."""
EACH = 4


class Stage(StrEnum):
    """How far an answer is."""

    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"


@dataclass
class Run:
    """One statement on its way. When it is over, `held` or `error` is there."""

    asked: Asked
    user_id: UUID | None
    id: UUID = field(default_factory=uuid4)
    stage: Stage = Stage.WAITING
    held: Held[Answered] | None = None
    error: DomainError | None = None
    cancel: Cancel = field(default_factory=Cancel)
    began: float = field(default_factory=time.monotonic)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def answered(self) -> Answered | None:
        """The answer, once it is there and as long as it is held."""
        return self.held.value if self.held else None

    @property
    def left(self) -> bool:
        """Whether the answer was there and had to make room."""
        return self.held is not None and self.held.left

    @property
    def seconds(self) -> float:
        """How long it has been asked for."""
        return time.monotonic() - self.began


_runs: OrderedDict[UUID, Run] = OrderedDict()
_lock = threading.Lock()


def start(actor: Actor, asked: Asked, own: Own | None = None) -> Run:
    """Begin to answer a statement in the actor's name; an earlier one of the same person goes on by itself."""
    run = Run(asked, actor.user_id)
    with _lock:
        _runs[run.id] = run
        mine = [each for each in _runs.values() if each.user_id == actor.user_id]
        for old in (*mine[:-EACH], *[*_runs.values()][:-MOST]):
            old.cancel()
            _runs.pop(old.id, None)
    context = copy_context()
    threading.Thread(target=context.run, args=(_carry, run, actor, dict(own or {})), daemon=True).start()
    return run


def find(actor: Actor, run_id: UUID | None) -> Run | None:
    """A run of the same person; None when it is gone."""
    found = _runs.get(run_id) if run_id else None
    return found if found and found.user_id == actor.user_id else None


def _carry(run: Run, actor: Actor, own: Own) -> None:
    try:
        with place(run.cancel):
            run.stage = Stage.RUNNING
            with unit_of_work(read_only=True, actor=actor) as uow:
                found = answer(uow, run.asked, own=own, cancel=run.cancel)
            run.held = hold(actor.user_id, found, found.rows.nbytes, words="the answer")
    except DomainError as error:
        run.error = error
    except Exception:
        log.exception("explore.failed")
        text = "The question could not be answered. Ask again; when it happens again, tell your administrator the time."
        run.error = Refused(Problem("SQL-FAILED", text))
    finally:
        run.stage = Stage.OVER
        _remember(run, actor)
        run.over.set()


def _remember(run: Run, actor: Actor) -> None:
    """Into the history of the person; never in the way of the answer."""

    def write(uow: UnitOfWork) -> None:
        found, error = run.answered, run.error
        said = "; ".join(problem.text for problem in error.problems) if error else ""
        service.remember(
            uow, run.asked, status=_status(error), rows=found.rows.num_rows if found else None,
            milliseconds=int(run.seconds * 1000), tables=[each.name for each in found.read] if found else [], said=said,
        )  # fmt: skip

    _quietly(lambda: _in_unit(actor, write))


def _in_unit(actor: Actor, write: Callable[[UnitOfWork], None]) -> None:
    with unit_of_work(actor=actor) as uow:
        write(uow)


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except Exception:
        log.exception("explore.history.failed")


def _status(error: DomainError | None) -> RunStatus:
    if error is None:
        return RunStatus.DONE
    if isinstance(error, Cancelled):
        return RunStatus.CANCELLED
    return RunStatus.TIMED_OUT if isinstance(error, TookTooLong) else RunStatus.REFUSED

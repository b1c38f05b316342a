"""One change of a source's lines at a time: a lease row with a heartbeat, which a dead holder loses at once or soon."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.core.actor import SYSTEM
from models.core.errors import DomainError
from models.core.unit_of_work import UnitOfWork, unit_of_work
from models.expenditures.rules import IMPORT_TERMS, ImportTerms
from models.expenditures.tables import DeliveryImport, DeliverySource

log = logging.getLogger(__name__)


class SourceBusy(DomainError):
    """Another import changes the lines of the source; nothing was changed."""

    code = "IMPORT-BUSY"


class LeaseLost(DomainError):
    """The process was away for so long that another took its place; nothing was changed."""

    code = "IMPORT-LEASE"


@dataclass(frozen=True, slots=True)
class Lease:
    """Held while a source's lines are changed."""

    source: str
    holder: str

    def confirm(self, uow: UnitOfWork) -> None:
        """Be sure that the lease is still ours, in the transaction that says the change is about to happen.

        Raises:
            LeaseLost: it is not.
        """
        row = _row(uow, self.source)
        if row is None or row.holder != self.holder:
            raise LeaseLost("Another process took this import over, since this one did not answer. Look at its result.")


@contextmanager
def lease(
    source: str,
    run: UUID,
    *,
    terms: ImportTerms = IMPORT_TERMS,
    wait: timedelta | None = None,
    beat: Callable[[UnitOfWork], None] = lambda uow: None,
) -> Iterator[Lease]:
    """Hold the source, waiting for another holder; `beat` is called with each heartbeat, to write progress.

    Raises:
        SourceBusy: the other one took longer than the wait.
    """
    holder = f"{socket.gethostname()}/{os.getpid()}/{_started(os.getpid())}/{run}"
    held = Lease(source, holder)
    _take(held, terms, terms.wait if wait is None else wait)
    stop = threading.Event()

    def keep() -> None:
        while not stop.wait(terms.heartbeat.total_seconds()):
            try:
                with unit_of_work(actor=SYSTEM) as uow:
                    row = _row(uow, source)
                    if row is None or row.holder != holder:
                        return
                    row.held_until = uow.now + terms.lease
                    beat(uow)
            except Exception:  # the next beat tries again; the lease outlives several
                log.exception("expenditures.lease.beat_failed", extra={"source": source})

    thread = threading.Thread(target=keep, name=f"lease-{source}", daemon=True)
    thread.start()
    try:
        yield held
    finally:
        stop.set()
        thread.join()
        with unit_of_work(actor=SYSTEM) as uow:
            row = _row(uow, source)
            if row is not None and row.holder == holder:
                row.holder = row.held_until = None


def _take(held: Lease, terms: ImportTerms, wait: timedelta) -> None:
    deadline = time.monotonic() + wait.total_seconds()
    while True:
        busy = _try(held, terms)
        if busy is None:
            return
        if time.monotonic() >= deadline:
            raise SourceBusy(busy)
        time.sleep(0.2)


def _try(held: Lease, terms: ImportTerms) -> str | None:
    """Take the lease when it is free; otherwise who has it, in words."""
    try:
        with unit_of_work(actor=SYSTEM) as uow:
            row = _row(uow, held.source)
            if row is None:
                row = DeliverySource(name=held.source)
                uow.session.add(row)
            if _alive(row, uow):
                return _busy_words(uow, row)
            row.holder, row.held_until = held.holder, uow.now + terms.lease
            return None
    except IntegrityError:  # another process added the same new source at the same moment
        return f"Another import of {held.source} has just begun. Try again when it is done."


def is_held(uow: UnitOfWork, source: str) -> bool:
    """Whether a living process holds the source."""
    row = uow.session.scalar(select(DeliverySource).where(DeliverySource.name == source))
    return row is not None and _alive(row, uow)


def _row(uow: UnitOfWork, source: str) -> DeliverySource | None:
    return uow.session.scalar(select(DeliverySource).where(DeliverySource.name == source).with_for_update())


def _alive(row: DeliverySource, uow: UnitOfWork) -> bool:
    """Held by a living process. One of this machine is looked for; another's is trusted until its lease ends."""
    if row.holder is None or row.held_until is None or row.held_until <= uow.now:
        return False
    host, process, started, _ = row.holder.rsplit("/", 3)
    return host != socket.gethostname() or _started(int(process)) == started


def _busy_words(uow: UnitOfWork, row: DeliverySource) -> str:
    run = uow.session.get(DeliveryImport, UUID((row.holder or "").rpartition("/")[2]))
    where = f" It is at {run.permille // 10} %." if run else ""
    return f"Another import of {row.name} is running.{where} Try again when it is done."


def _started(process: int) -> str:
    """When a process of this machine started (a number may be used again); empty when it is gone."""
    stat = Path(f"/proc/{process}/stat")
    if stat.exists():
        return stat.read_text().rpartition(")")[2].split()[19]
    if Path("/proc/self").exists():
        return ""
    return _running(process)


def _running(process: int) -> str:
    """The same where there is no /proc: only whether the process lives."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "running"

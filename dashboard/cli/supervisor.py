"""Keeps the processes of one installation running together, and ends them together.

honcho reads the Procfile and carries each process's output; unlike honcho's own manager, a process that dies is
started again a bounded number of times, because pages should keep working while the worker or Prefect is away.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType

from honcho.environ import parse_procfile
from honcho.printer import Message, Printer
from honcho.process import Process

_TIED = Path(__file__).with_name("tied.py")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a process may die before everything ends, and how long an orderly end may take (seconds)."""

    restarts: int = 5
    within: float = 300.0
    pause: float = 1.0
    to_end: float = 10.0


@dataclass(slots=True)
class _Child:
    name: str
    command: str
    deaths: list[float] = field(default_factory=list)
    pid: int | None = None
    start_at: float | None = 0.0


class Supervisor:
    """Runs the commands of a Procfile until it is told to end, or one of them cannot be kept running."""

    def __init__(
        self,
        commands: Mapping[str, str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        patience: Patience = Patience(),
        each_second: Callable[[], None] = lambda: None,
    ) -> None:
        self._children = {name: _Child(name, command) for name, command in commands.items()}
        self._folder = folder
        self._environment = dict(environment)
        self._patience = patience
        self._each_second = each_second
        self._events: queue.Queue[Message] = queue.Queue()
        self._printer = Printer(sys.stdout, width=max(map(len, [*commands, "kontor"])))
        self._status: int | None = None
        self._asked_to_end_at: float | None = None

    def run(self) -> int:
        """Start everything and stay until it has ended: 0 when asked to end, 1 when a process kept dying."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        last_second = 0.0
        while not self._all_ended():
            self._start_what_is_due()
            with contextlib.suppress(queue.Empty):
                self._handle(self._events.get(timeout=0.1))
            self._hurry_the_end()
            if self._status is None and time.monotonic() - last_second >= 1:
                last_second = time.monotonic()
                self._each_second()
        while not self._events.empty():
            self._handle(self._events.get())
        return self._status or 0

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._status is None:
            self._say(f"{signal.Signals(number).name}: ending")
            self._end(0)
        else:  # asked twice
            self._signal_all(signal.SIGKILL)

    def _start_what_is_due(self) -> None:
        for child in self._children.values():
            if self._status is None and child.start_at is not None and child.start_at <= time.monotonic():
                child.start_at = None
                command = shlex.join([sys.executable, "-I", str(_TIED), str(os.getpid()), child.command])
                process = Process(f"exec {command}", name=child.name, env=self._environment, cwd=str(self._folder))
                # The thread reads the process's output and lives as long as it; ends it, should we be killed.
                threading.Thread(target=process.run, args=(self._events,), daemon=True, name=child.name).start()
                started = self._wait_for_start(child.name)
                child.pid = started.data["pid"]

    def _wait_for_start(self, name: str) -> Message:
        waiting: list[Message] = []
        while (event := self._events.get()).type != "start" or event.name != name:
            waiting.append(event)
        for earlier in waiting:
            self._events.put(earlier)
        return event

    def _handle(self, event: Message) -> None:
        if event.type == "line":
            self._printer.write(event)
        elif event.type == "stop":
            self._died(self._children[event.name], event.data["returncode"])

    def _died(self, child: _Child, status: int) -> None:
        child.pid = None
        if self._status is not None:
            return
        now = time.monotonic()
        child.deaths = [moment for moment in child.deaths if now - moment < self._patience.within] + [now]
        if len(child.deaths) > self._patience.restarts:
            self._say(
                f"{child.name} ended {len(child.deaths)} times within {self._patience.within:g} s "
                f"(last with status {status}); ending everything. Its last words stand above."
            )
            self._end(1)
        else:
            self._say(
                f"{child.name} ended unasked with status {status}; "
                f"starting it again ({len(child.deaths)} of {self._patience.restarts})"
            )
            child.start_at = now + self._patience.pause * len(child.deaths)

    def _end(self, status: int) -> None:
        self._status = status
        self._asked_to_end_at = time.monotonic()
        self._signal_all(signal.SIGTERM)

    def _hurry_the_end(self) -> None:
        if self._asked_to_end_at is not None and time.monotonic() - self._asked_to_end_at > self._patience.to_end:
            self._asked_to_end_at = None
            self._say("some did not end in time; killing them")
            self._signal_all(signal.SIGKILL)

    def _signal_all(self, number: int) -> None:
        """Each child leads a process group of its own, so what it started ends with it; nothing else does."""
        for child in self._children.values():
            if child.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, number)

    def _all_ended(self) -> bool:
        return self._status is not None and all(child.pid is None for child in self._children.values())

    def _say(self, text: str) -> None:
        moment = datetime.now().astimezone()
        self._printer.write(Message(type="line", data=text + "\n", time=moment, name="kontor", colour=None))


def commands_of(procfile: Path) -> dict[str, str]:
    """Name to shell command, in the Procfile's order."""
    return dict(parse_procfile(procfile.read_text(encoding="utf-8")).processes)

"""Starts the limited process for one request, streams what it answers, and ends it in time.

The parent prepares the tables as memory files (Arrow streams without a name in any folder), hands their numbers and the
request over, and reads frames. It trusts nothing that comes back: every frame has a largest size, every batch is
validated, and time and rows are watched from here as well.
"""

from __future__ import annotations

import io
import json
import os
import select
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.core.errors import DomainError, Problem, Refused

ROOT = Path(__file__).resolve().parents[3]
BOOT = (
    f"import sys; root = {str(ROOT)!r}; sys.path.append(root); from models.engines.sandbox import locks; "
    "locks.only_code(root); from models.engines.sandbox.child import main; main()"
)
"""Files are locked before the first library is loaded, so that every thread which it begins is locked, too."""
HEAD = struct.Struct(">cI")
FRAME = 16 * 1024 * 1024
"""Largest frame that is read, in bytes."""
BATCH = 20_000


class TookTooLong(DomainError):
    """The question was ended because its time was over."""

    code = "SQL-TIME"


class Cancelled(DomainError):
    """Whoever asked took the question back."""

    code = "SQL-CANCELLED"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may use. `rows` is the most that is answered; of more, only the fact is told."""

    seconds: float = 60
    memory_mib: int = 1024
    threads: int = 2
    rows: int = 10_000
    answer_mib: int = 64


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value that is bound, never pasted. `kind` is `text`, `number` or `date`; None stands for nothing."""

    name: str
    kind: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A SELECT and the values of its `$name` parameters."""

    sql: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a statement ended: rows answered, and whether there were more than the limit."""

    rows: int
    more: bool


class Cancel:
    """Lets somebody else end a request: safe from any thread, also before it began."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.asked = False

    def __call__(self) -> None:
        """End it now."""
        with self._lock:
            self.asked = True
            if self._process is not None:
                self._process.kill()

    def watch(self, process: subprocess.Popen[bytes] | None) -> None:
        """Say which process it is; one that was cancelled before it began ends at once."""
        with self._lock:
            self._process = process
            if process is not None and self.asked:
                process.kill()


class Table:
    """A table as a memory file: written batch after batch, handed to one process, gone when closed."""

    def __init__(self, name: str, schema: pa.Schema) -> None:
        self.name, self.schema, self.rows = name, _encoded_schema(schema), 0
        self.file = _memory_file(name)
        self._writer = pa.ipc.new_stream(self.file, self.schema)

    def add(self, batch: pa.RecordBatch) -> None:
        """Write rows; texts are written once each (dictionaries), which makes facts several times smaller."""
        self._writer.write_batch(_encoded(batch, self.schema))
        self.rows += batch.num_rows

    def done(self) -> Table:
        """Nothing more comes."""
        self._writer.close()
        self.file.flush()
        return self

    @property
    def size(self) -> int:
        """Bytes of the memory file."""
        return os.fstat(self.file.fileno()).st_size

    def close(self) -> None:
        """Give the memory back."""
        self.file.close()

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def table_of(name: str, found: pa.Table) -> Table:
    """A table that is in memory already."""
    made = Table(name, found.schema)
    for batch in found.to_batches(max_chunksize=200_000):
        made.add(batch)
    return made.done()


@dataclass
class Answer:
    """A statement's columns and its rows, batch after batch; `ended` is known when all of them were read."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    ended: Ended | None = None


@dataclass
class Sandbox:
    """One limited process for one request."""

    limits: Limits
    cancel: Cancel = field(default_factory=Cancel)
    locks: tuple[str, ...] = ()

    def run(self, statements: Sequence[Statement], tables: Iterable[Table]) -> Generator[Answer]:
        """The answers, one after the other; each must be read to its end before the next.

        Raises:
            Refused: the statement holds what it may not, is faulty, or needs more memory than it may use.
            TookTooLong: its time was over.
            Cancelled: somebody asked for its end.
        """
        request = {
            "statements": [
                {"sql": each.sql, "parameters": [[p.name, p.kind, p.text] for p in each.parameters]}
                for each in statements
            ]
        }
        yield from self._answers(request, list(tables), None)

    def parse(self, content: bytes, kind: str) -> pa.Table:
        """The table in a file of a kind (`csv`, `xlsx`, `parquet`), read in the limited process.

        Raises:
            Refused: it is damaged, too large once unpacked, or has too many rows or columns.
            TookTooLong: reading it took longer than it may.
        """
        with _memory_file("brought") as file:
            file.write(content)
            file.flush()
            named = {"fd": file.fileno(), "size": len(content), "kind": kind}
            try:
                for answer in self._answers({"statements": []}, [], named):
                    batches = list(answer.batches)
                    return pa.Table.from_batches(batches, answer.schema)
            except Refused as error:
                if error.problems[0].code in ("SQL-MEMORY", "SQL-DIED"):
                    raise Refused(Problem("FILE-LARGE", TOO_LARGE)) from error
                raise
        raise Refused(Problem("FILE-UNREADABLE", "The file holds nothing that could be read."))

    def _answers(
        self, request: dict[str, Any], tables: Sequence[Table], brought: Mapping[str, Any] | None
    ) -> Iterator[Answer]:
        limits = self.limits
        request |= {
            "tables": [{"name": each.name, "fd": each.file.fileno(), "size": each.size} for each in tables],
            "file": brought, "memory_mib": limits.memory_mib, "threads": limits.threads, "rows": limits.rows,
            "cpu_seconds": int(limits.seconds * limits.threads) + 5, "batch": BATCH, "frame": FRAME // 2,
        }  # fmt: skip
        passed = [each.file.fileno() for each in tables] + ([brought["fd"]] if brought else [])
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", BOOT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=ENVIRONMENT, cwd="/", pass_fds=passed, close_fds=True,
        )  # fmt: skip
        requests, answers = process.stdin, process.stdout
        assert requests and answers
        self.cancel.watch(process)
        try:
            try:
                with requests:
                    requests.write(json.dumps(request).encode())
            except BrokenPipeError:
                pass
            yield from self._read(_Frames(process, time.monotonic() + limits.seconds, limits.answer_mib, self.cancel))
        finally:
            self.cancel.watch(None)
            process.kill()
            process.wait()
            answers.close()

    def _read(self, frames: _Frames) -> Iterator[Answer]:
        while True:
            kind, payload = frames.next()
            if kind == b"D":
                with _understood():
                    self.locks = tuple(json.loads(payload)["locks"])
                return
            if kind != b"S":
                raise _died()
            with _understood():
                schema = pa.ipc.read_schema(pa.py_buffer(payload))
            answer = Answer(schema, iter(()))
            answer.batches = _batches(frames, answer)
            yield answer
            for _ in answer.batches:  # what was not looked at is in the way of the next one
                pass


ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8",
    "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip
"""All that the limited process learns of this one's environment: no secret, no address."""
TOO_LARGE = "The file is too large once it is unpacked. Bring fewer rows or columns, or save it as CSV."


class _Frames:
    """Frames of a process, until its time is over."""

    def __init__(self, process: subprocess.Popen[bytes], deadline: float, answer_mib: int, cancel: Cancel) -> None:
        assert process.stdout
        self._fd, self._process, self._deadline, self._cancel = process.stdout.fileno(), process, deadline, cancel
        self._left = answer_mib * 1024 * 1024
        os.set_blocking(self._fd, False)

    def next(self) -> tuple[bytes, bytes]:
        """The next frame; what ended the process, as an error."""
        kind, length = HEAD.unpack(self._exactly(HEAD.size))
        if length > FRAME:
            raise _died()
        self._left -= length
        if self._left < 0:
            raise Refused(Problem("SQL-LARGE", "The answer is too large to be shown. Ask for fewer rows or columns."))
        payload = self._exactly(length)
        if kind == b"E":
            with _understood():
                told = json.loads(payload)
                problem = Problem(str(told["code"])[:40], str(told["text"])[:2_000])
            raise Refused(problem)
        return kind, payload

    def _exactly(self, size: int) -> bytes:
        parts, missing = [], size
        while missing:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TookTooLong("The question took longer than it may. Narrow its period, or sum up earlier.")
            if not select.select([self._fd], [], [], min(left, 1.0))[0]:
                continue
            part = os.read(self._fd, min(missing, 1 << 20))
            if not part:
                raise self._over()
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _over(self) -> DomainError:
        if self._cancel.asked:
            return Cancelled("Cancelled. Nothing was changed.")
        code = self._process.wait()
        if code == -24 or code == 152:  # SIGXCPU
            return TookTooLong("The question took more computing time than it may. Narrow its period.")
        return _died()


@contextmanager
def _understood() -> Iterator[None]:
    """What cannot be read as what it says it is comes from a process that did not end as it should."""
    try:
        yield
    except (pa.ArrowException, ValueError, LookupError, TypeError, OSError) as error:
        raise _died() from error


def _died() -> Refused:
    text = "The question ended without an answer: most likely it needed more memory than it may use. Narrow it."
    return Refused(Problem("SQL-DIED", text))


def _batches(frames: _Frames, answer: Answer) -> Iterator[pa.RecordBatch]:
    while True:
        kind, payload = frames.next()
        if kind == b"N":
            with _understood():
                told = json.loads(payload)
                answer.ended = Ended(int(told["rows"]), bool(told["more"]))
            return
        if kind != b"B":
            raise _died()
        with _understood():
            batch = pa.ipc.read_record_batch(pa.py_buffer(payload), answer.schema)
            batch.validate(full=True)
        yield batch


def _memory_file(name: str) -> io.BufferedRandom:
    """A file in memory alone; where the system has none, one without a name."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create(name, os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile("w+b")


def _encoded_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([
        pa.field(each.name, pa.dictionary(pa.int32(), pa.string()) if pa.types.is_string(each.type) else each.type)
        for each in schema
    ])  # fmt: skip


def _encoded(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        column.dictionary_encode() if pa.types.is_string(column.type) else column.cast(wanted.type)
        for column, wanted in zip(batch.columns, schema, strict=True)
    ]
    return pa.record_batch(columns, schema=schema)

"""A file that somebody brought: checked by its content and size, read in the limited process, for this session only."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

import pyarrow as pa

from models.core.errors import Problem, Refused
from models.core.settings import settings
from models.core.unit_of_work import UnitOfWork
from models.engines.sandbox.process import Cancel, Limits, Sandbox
from models.explore.asking import PERMISSION
from models.explore.holding import Held, hold
from models.explore.places import place
from models.explore.sources import sources

KINDS = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet"}
UNPACKED = 20
"""A workbook that unpacks to more than so many times the largest file is refused unread."""
MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class Brought:
    """A table that somebody brought. `table` is the name that statements call it by."""

    table: str
    file: str
    kind: str
    size: int
    schema: pa.Schema
    held: Held[pa.Table]

    @property
    def rows(self) -> pa.Table:
        """Its rows; none any more when it had to make room."""
        rows = self.held.value
        return self.schema.empty_table() if rows is None else rows


def bring(
    uow: UnitOfWork, file: str, content: bytes, *, there: Collection[str] = (), cancel: Cancel | None = None
) -> Brought:
    """Read a file into a table of this session; `there` are the names of those brought before.

    Raises:
        NotAllowed: the actor may not explore.
        Refused: it is too large, of another kind than its content says, damaged, or one too many; or its rows are more
            than one person may hold.
        TookTooLong: reading it took longer than it may.
    """
    uow.actor.demand(PERMISSION)
    if len(there) >= MOST_FILES:
        raise Refused(Problem("FILE-MANY", f"At most {MOST_FILES} files can be brought at a time. Take one away."))
    kind = kind_of_content(file, content)
    limits = Limits(
        seconds=settings().explore_seconds, memory_mib=settings().explore_memory_mib, threads=1, answer_mib=512
    )
    cancel = cancel or Cancel()
    with place(cancel):
        rows = Sandbox(limits, cancel).parse(content, kind)
    taken = {each.name for each in sources(uow.actor)} | set(there)
    held = hold(uow.actor.user_id, rows, rows.nbytes, words="the file")
    return Brought(table_name(file, taken), PurePath(file).name[:120], KINDS[kind], len(content), rows.schema, held)


def kind_of_content(file: str, content: bytes) -> str:
    """What a file is by its content: `csv`, `xlsx` or `parquet`.

    Raises:
        Refused: it is empty, too large, none of these, or not what its name says.
    """
    most = settings().explore_file_mib
    if not content:
        raise Refused(Problem("FILE-EMPTY", f"{PurePath(file).name} is empty."))
    if len(content) > most * 1024 * 1024:
        text = f"The file has {len(content) / 1024 / 1024:,.0f} MiB; at most {most:,} MiB can be brought."
        raise Refused(Problem("FILE-LARGE", text))
    named = PurePath(file).suffix.lower().removeprefix(".")
    found = _kind(content)
    if found is None or named not in (found, "txt", "tsv", ""):
        says = f" Its content is {KINDS[found]}." if found else ""
        text = (
            f"{PurePath(file).name} is not read: bring a CSV, XLSX or Parquet file with the ending of its kind.{says}"
        )
        raise Refused(Problem("FILE-KIND", text))
    if found == "xlsx":
        _demand_no_bomb(content, most * 1024 * 1024 * UNPACKED)
    return found


def _kind(content: bytes) -> str | None:
    if content.startswith(b"PAR1"):
        return "parquet"
    if content.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/" in content else None
    head = content[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    return None if b"\x00" in head or head.startswith((b"%PDF", b"<", b"{\\rtf")) else "csv"


def _demand_no_bomb(content: bytes, most: int) -> None:
    """What the archive itself says of its size; what it hides is met by the limits of the process that reads it."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Refused(Problem("FILE-UNREADABLE", "The workbook is damaged. Save it again, or as CSV.")) from error
    if unpacked > most:
        text = "The workbook is too large once it is unpacked. Bring fewer rows or columns, or save it as CSV."
        raise Refused(Problem("FILE-LARGE", text))


def table_name(file: str, taken: Collection[str]) -> str:
    """The name that statements call a file by: `Partner targets.xlsx` becomes `my_partner_targets`."""
    plain = re.sub(r"\W+", "_", PurePath(file).stem.lower(), flags=re.ASCII).strip("_")[:40] or "file"
    name, again = f"my_{plain}", 2
    while name in taken:
        name, again = f"my_{plain}_{again}", again + 1
    return name

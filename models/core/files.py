"""The file store: content-addressed, checked on the way in by size, name, ending and the bytes themselves."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, BinaryIO

import filetype
from pyarrow import fs

from models.core.errors import NotFound, Problem, Refused
from models.core.settings import settings

# Marks that turn the writing direction make a name end in what it does not end in.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069<>:"/\\|?*]|^\.|[. ]$')
_CHUNK = 1 << 20
_TEXT_ENDINGS = frozenset({"csv", "txt", "json", "yaml", "yml"})
_BYTES_OF = {
    "gz": "gz", "png": "png", "jpg": "jpg", "jpeg": "jpg", "pdf": "pdf", "xlsx": "xlsx", "docx": "docx", "zip": "zip",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileTerms:
    """What may be uploaded somewhere; the values come from a definition or a setting."""

    endings: frozenset[str]
    largest: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store: its content's SHA-256 (hex) is its address."""

    sha256: str
    size: int
    name: str


def name_problems(name: str) -> list[Problem]:
    """What is wrong with a file's name; empty when nothing is."""
    if not name or len(name) > 200 or _FORBIDDEN.search(name):
        rule = 'at most 200 characters, none of < > : " / \\ | ? * or control characters, no dot first or last'
        text = f'Rename the file "{name[:60]}": {rule}.'
        return [Problem("FILE-NAME", text, "file")]
    return []


def content_problems(name: str, head: bytes, size: int, terms: FileTerms) -> list[Problem]:
    """What is wrong with a file by its ending, its size and its first bytes (at least 4 KiB of them)."""
    problems = []
    ending = name.rpartition(".")[2].lower()
    if ending not in terms.endings:
        problems.append(
            Problem("FILE-ENDING", f"Choose a file that ends in {', '.join(sorted(terms.endings))}.", "file")
        )
    elif not _bytes_match(ending, head):
        problems.append(Problem("FILE-CONTENT", f'The content of "{name}" is not that of a {ending} file.', "file"))
    if size == 0:
        problems.append(Problem("FILE-EMPTY", f'"{name}" is empty.', "file"))
    if size > terms.largest:
        mib = terms.largest / 1024 / 1024
        problems.append(Problem("FILE-SIZE", f'"{name}" is larger than {mib:,.0f} MiB.', "file"))
    return problems


def _bytes_match(ending: str, head: bytes) -> bool:
    if ending == "parquet":
        return head.startswith(b"PAR1")
    if ending in _TEXT_ENDINGS:
        return b"\x00" not in head and filetype.guess(head) is None
    expected = _BYTES_OF.get(ending)
    kind = filetype.guess(head)
    # An office file is a zip whose first entries may not yet tell which: the ending decides among those.
    return expected is None or (
        kind is not None and kind.extension in {expected, "zip" if expected in ("xlsx", "docx") else expected}
    )


class FileStore:
    """Files by the SHA-256 of their content; the same content is kept once."""

    def __init__(self, url: str) -> None:
        if "://" in url:
            self._fs, self._root = fs.FileSystem.from_uri(url)
        else:
            Path(url).mkdir(parents=True, exist_ok=True)
            self._fs, self._root = fs.LocalFileSystem(), str(Path(url).resolve())

    def _path(self, sha256: str) -> str:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise NotFound("There is no such file.")
        return f"{self._root}/{sha256[:2]}/{sha256}"

    def put(self, source: BinaryIO | IO[bytes], name: str) -> StoredFile:
        """Keep a stream's content; never more than a chunk of it is in memory."""
        digest, size = hashlib.sha256(), 0
        with tempfile.TemporaryFile() as spool:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                spool.write(chunk)
            sha256 = digest.hexdigest()
            if not self.exists(sha256):
                spool.seek(0)
                self._write(sha256, spool)
        return StoredFile(sha256, size, name)

    def _write(self, sha256: str, spool: IO[bytes]) -> None:
        path = self._path(sha256)
        local = isinstance(self._fs, fs.LocalFileSystem)
        # Written beside and renamed, so that a killed process leaves no half file under a full name; in an object
        # store nothing is seen under a name before it is whole.
        target = f"{path}.{os.getpid()}.part" if local else path
        if local:
            self._fs.create_dir(path.rpartition("/")[0], recursive=True)
        with self._fs.open_output_stream(target) as out:
            while chunk := spool.read(_CHUNK):
                out.write(chunk)
        if local:
            self._fs.move(target, path)

    def exists(self, sha256: str) -> bool:
        """Whether the content is there."""
        return bool(self._fs.get_file_info(self._path(sha256)).type == fs.FileType.File)

    def size(self, sha256: str) -> int:
        """The size in bytes.

        Raises:
            NotFound: the content is not there.
        """
        info = self._fs.get_file_info(self._path(sha256))
        if info.type != fs.FileType.File:
            raise NotFound("There is no such file. It may have been removed after its time was over.")
        return int(info.size)

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The content, piece by piece.

        Raises:
            NotFound: the content is not there.
        """
        self.size(sha256)
        with self._fs.open_input_stream(self._path(sha256)) as stream:
            while chunk := stream.read(_CHUNK):
                yield bytes(chunk)

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """The content as a file on this machine, for libraries that need a path.

        Raises:
            NotFound: the content is not there.
        """
        self.size(sha256)
        if isinstance(self._fs, fs.LocalFileSystem):
            yield Path(self._path(sha256))
            return
        with tempfile.NamedTemporaryFile() as copy:
            for chunk in self.chunks(sha256):
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)

    def remove(self, sha256: str) -> None:
        """Forget the content; nothing happens when it is not there."""
        if self.exists(sha256):
            self._fs.delete_file(self._path(sha256))


def check_upload(source: BinaryIO | IO[bytes], name: str, terms: FileTerms) -> None:
    """Let only a file in that its place allows; leaves the stream at its beginning.

    Raises:
        Refused: everything wrong with the file at once.
    """
    source.seek(0, os.SEEK_END)
    size = source.tell()
    source.seek(0)
    head = source.read(8192)
    source.seek(0)
    if problems := name_problems(name) + content_problems(name, head, size, terms):
        raise Refused(problems)


@cache
def files() -> FileStore:
    """The file store of this installation (`files.cache_clear()` after the settings changed)."""
    return FileStore(settings().file_store)

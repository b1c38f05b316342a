"""Prefect makes its database anew in ten seconds; the first server of a run keeps a copy that later ones begin with."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support import session_folder


def begin(folder: Path) -> None:
    """Let the server of this folder find a finished database, unless it has one or none was kept yet."""
    kept = _kept()
    if kept.exists() and not (folder / "prefect.db").exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept, folder / "prefect.db")


def keep(folder: Path) -> None:
    """Keep the database of a server that answers and did nothing yet, unless one was kept already."""
    kept = _kept()
    if kept.exists():
        return
    copy = kept.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(folder / "prefect.db")) as of, closing(sqlite3.connect(copy)) as to:
        of.backup(to)
    copy.rename(kept)


def _kept() -> Path:
    return session_folder.folder() / "prefect-template.db"

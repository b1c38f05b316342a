"""What SQLAlchemy compiled for one test serves the next: a fresh database need not mean fresh statements."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Dialect, Engine

from models.core import database

_first: dict[str, tuple[Dialect, Any]] = {}


def keep_what_is_compiled() -> pytest.MonkeyPatch:
    """Let all engines of this process that are for one kind of database share what they compiled; undone by `undo`.

    A key of the cache holds the dialect itself, so later engines also get the first one's.
    """
    make = database.make_engine

    def make_engine(url: str) -> Engine:
        made = make(url)
        made.dialect, made._compiled_cache = _first.setdefault(made.dialect.name, (made.dialect, made._compiled_cache))
        return made

    patch = pytest.MonkeyPatch()
    patch.setattr(database, "make_engine", make_engine)
    return patch

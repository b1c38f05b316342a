"""What exploring holds in this process: files that people brought and their answers, together at most so large.

The oldest leave first, those of the person who holds more than one may, then anybody's; whoever comes back is told.
What no session refers to any more is gone by itself.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID
from weakref import ref

from models.core.errors import Problem, Refused
from models.core.settings import settings

T = TypeVar("T")
MEBIBYTE = 1 << 20


@dataclass(eq=False)
class Held(Generic[T]):
    """Something that is held for a person until it leaves; whoever reads `value` then finds None."""

    owner: UUID | None
    size: int
    value: T | None

    @property
    def left(self) -> bool:
        """Whether it had to make room."""
        return self.value is None


_held: list[ref[Held[Any]]] = []
_lock = threading.Lock()


def hold(owner: UUID | None, value: T, size: int, *, words: str) -> Held[T]:
    """Hold something of so many bytes for a person; `words` say what it is: `the file`.

    Raises:
        Refused: it alone is larger than all that one person may hold.
    """
    each, most = settings().explore_held_each_mib * MEBIBYTE, settings().explore_held_mib * MEBIBYTE
    if size > min(each, most):
        text = (
            f"{words.capitalize()} takes {size / MEBIBYTE:,.0f} MiB of memory; one person may hold "
            f"{min(each, most) // MEBIBYTE:,}. Keep fewer rows or columns."
        )
        raise Refused(Problem("EXPLORE-HELD", text))
    made = Held(owner, size, value)
    with _lock:
        there = [found for one in _held if (found := one()) is not None and not found.left]
        _make_room([found for found in there if found.owner == owner], each - size)
        _make_room([found for found in there if not found.left], most - size)
        _held[:] = [ref(found) for found in (*there, made) if not found.left]
    return made


def _make_room(there: list[Held[Any]], most: int) -> None:
    """Let the oldest leave until the others are no larger than `most`."""
    size = sum(found.size for found in there)
    for found in there:
        if size <= most:
            return
        size -= found.size
        found.value = None

"""How many requests a token may make, a minute and at a time; each process counts for itself alone."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from uuid import UUID

MOST_BUCKETS = 10_000
"""Tokens that are remembered; the one used longest ago is forgotten first."""


@dataclass
class Limits:
    """Whether a token may make one more request now."""

    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[UUID, tuple[float, float]] = field(default_factory=OrderedDict)
    _gate: threading.Lock = field(default_factory=threading.Lock)

    def taken(self, token_id: UUID, per_minute: int) -> int:
        """Take one request; 0 when it may be made, else the whole seconds until the next one may."""
        with self._gate:
            now = self.clock()
            left, seen = self._buckets.pop(token_id, (float(per_minute), now))
            left = min(float(per_minute), left + (now - seen) * per_minute / 60)
            allowed = left >= 1
            self._buckets[token_id] = (left - 1 if allowed else left, now)
            while len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return 0 if allowed else max(1, ceil((1 - left) * 60 / per_minute))


LIMITS = Limits()


@dataclass
class AtOnce:
    """How many requests are being answered. One program may hold half of the places, so that none keeps out others.

    Programs are told apart by the header they sent: whose token it is needs a look at the database first.
    """

    _held: Counter[bytes] = field(default_factory=Counter)

    def enter(self, program: bytes, most: int) -> bool:
        """Take a place; whether there was one."""
        if self._held.total() >= most or self._held[program] >= max(1, most // 2):
            return False
        self._held[program] += 1
        return True

    def leave(self, program: bytes) -> None:
        """Give the place back."""
        self._held[program] -= 1
        if not self._held[program]:
            del self._held[program]


AT_ONCE = AtOnce()

"""Answers that are still true: bounded, the longest unused go first, safe between threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class Cache:
    """Remembers values by key, at most so many and together at most so heavy, none heavier than a part of that."""

    def __init__(self, *, entries: int, weight: int, largest: int = 4) -> None:
        self._entries, self._weight, self._largest = entries, weight, weight // largest
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """What was remembered, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Any, *, weight: int) -> None:
        """Remember a value, unless it alone would push out most others."""
        if weight > self._largest:
            return
        with self._lock:
            if key in self._kept:
                self._total -= self._kept.pop(key)[1]
            self._kept[key] = (value, weight)
            self._total += weight
            while len(self._kept) > self._entries or self._total > self._weight:
                self._total -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._total = 0

    def __len__(self) -> int:
        return len(self._kept)

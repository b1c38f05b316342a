"""Few at a time: whatever starts a limited process takes a place first, so that their memory together has an end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from models.core.settings import settings
from models.engines.sandbox.process import Cancel, Cancelled

_free = threading.Condition()
_taken = 0
LOOKS_EVERY = 0.2
"""Seconds between two looks at whether the wait was cancelled."""


@contextmanager
def place(cancel: Cancel) -> Iterator[None]:
    """Wait until one of the process's places is free, as many as the settings say, and hold it.

    Raises:
        Cancelled: whoever waits took the question back.
    """
    global _taken
    with _free:
        while _taken >= settings().explore_at_once:
            if cancel.asked:
                raise Cancelled("Cancelled. Nothing was changed.")
            _free.wait(LOOKS_EVERY)
        _taken += 1
    try:
        yield
    finally:
        with _free:
            _taken -= 1
            _free.notify()

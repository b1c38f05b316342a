"""A process that has loaded what it works with for good."""

from __future__ import annotations

import gc


def settle() -> None:
    """Leave everything that is loaded now out of later garbage collections.

    It stays as long as the process does. Looking through it again finds nothing and takes a tenth of a second each
    time, in which every page of the process stands still; an answer of some thousand rows is enough to set it off.
    """
    gc.collect()
    gc.freeze()

"""Countries in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale


@cache
def _countries() -> Mapping[str, str]:
    return Locale("en").territories


def country(code: str) -> str:
    """A country in words: `EE` is Estonia."""
    return _countries().get(code, code)

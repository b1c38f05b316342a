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


@cache
def country_codes() -> frozenset[str]:
    """Every country by its two letters (ISO 3166 alpha-2)."""
    none = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # groups and placeholders
    return frozenset(code for code in _countries() if len(code) == 2 and code.isalpha()) - none

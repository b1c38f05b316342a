"""Two people changed the same thing: what both of them wanted, and where only one of them can have it. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class _Missing:
    """Not there; copied it stays the same."""

    def __deepcopy__(self, _: Any) -> _Missing:
        return self


_MISSING = _Missing()


@dataclass(slots=True)
class Merged:
    """The value with both changes; `kept` are the places that both changed: there it is as it is here."""

    value: Any
    kept: list[tuple[str, ...]] = field(default_factory=list)


def merged(base: Any, ours: Any, theirs: Any) -> Merged:
    """What comes of `base` when both what we and what they made of it counts; edges are a set."""
    found = Merged(None)
    found.value = _merge(base, ours, theirs, (), found.kept)
    return found


def _merge(base: Any, ours: Any, theirs: Any, place: tuple[str, ...], kept: list[tuple[str, ...]]) -> Any:
    if ours == theirs or theirs == base:
        return copy.deepcopy(ours)
    if ours == base:
        return copy.deepcopy(theirs)
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        before = base if isinstance(base, Mapping) else {}
        return _merge_mappings(before, ours, theirs, place, kept)
    if place[-1:] == ("edges",) and all(isinstance(side, list) for side in (base, ours, theirs)):
        return [list(pair) for pair in (*ours, *(each for each in theirs if each not in base and each not in ours))
                if pair in theirs or pair not in base]  # fmt: skip
    kept.append(place)
    return copy.deepcopy(ours)


def _merge_mappings(
    base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], place: tuple[str, ...],
    kept: list[tuple[str, ...]],
) -> dict[str, Any]:  # fmt: skip
    made = {}
    for name in dict.fromkeys([*ours, *theirs]):
        sides = [side.get(name, _MISSING) for side in (base, ours, theirs)]
        value = _merge(sides[0], sides[1], sides[2], (*place, name), kept)
        if value is not _MISSING:
            made[name] = value
    return made

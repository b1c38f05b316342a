"""What there is to ask: every area's facts, measures and dimensions by name, and what a person's permissions open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType

from models.core.actor import Actor
from models.core.errors import Problem, Refused
from models.engines.statistics import Dimension, Facts, Measure

SOURCES: tuple[str, ...] = (
    "models.expenditures.measures", "models.customers.measures", "models.partners.measures",
    "models.applications.measures", "models.benefits.measures", "models.payments.measures",
    "models.revenue.measures", "models.incentives.measures",
)  # fmt: skip
"""Modules of areas that declare FACTS and MEASURES (by facts); in the order in which people are offered them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A measure that somebody may ask for, and by what it can be grouped and filtered."""

    measure: Measure
    facts: Facts
    dimensions: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True)
class _Catalogue:
    measures: Mapping[str, tuple[Facts, Measure]]
    dimensions: Mapping[str, Dimension]


@cache
def _catalogue() -> _Catalogue:
    measures: dict[str, tuple[Facts, Measure]] = {}
    dimensions: dict[str, Dimension] = {}
    for name in SOURCES:
        declared: Mapping[Facts, tuple[Measure, ...]] = import_module(name).MEASURES
        for facts, own in declared.items():
            for measure in own:
                if measure.name in measures:
                    raise ValueError(f"{name}: there is a measure {measure.name} already")
                measures[measure.name] = facts, measure
            for dimension in facts.dimensions.values():
                dimensions.setdefault(dimension.name, dimension)
    return _Catalogue(MappingProxyType(measures), MappingProxyType(dimensions))


def measures() -> Mapping[str, Measure]:
    """Every measure by its name."""
    return {name: measure for name, (_, measure) in _catalogue().measures.items()}


def dimensions() -> Mapping[str, Dimension]:
    """Every dimension by its name; the same name has the same keys in all facts."""
    return _catalogue().dimensions


def all_facts() -> tuple[Facts, ...]:
    """Everything that is counted in."""
    return tuple(dict.fromkeys(facts for facts, _ in _catalogue().measures.values()))


def measure(name: str) -> Measure:
    """A measure by name.

    Raises:
        Refused: there is no such measure.
    """
    return _found(name)[1]


def facts_of(name: str) -> Facts:
    """What a measure counts in.

    Raises:
        Refused: there is no such measure.
    """
    return _found(name)[0]


def offered(actor: Actor) -> tuple[Offer, ...]:
    """What this person's permissions open, in the order in which it is offered."""
    return tuple(
        Offer(measure, facts, tuple(facts.dimensions.values()))
        for facts, measure in _catalogue().measures.values()
        if facts.open_to(actor)
    )


def shared_dimensions(names: Iterable[str]) -> tuple[str, ...]:
    """By what several measures can be shown side by side.

    Raises:
        Refused: there is no such measure.
    """
    several = [facts_of(name).dimensions for name in names]
    first = several[0] if several else dimensions()
    return tuple(name for name in first if all(name in each for each in several))


def finer(dimension: str, facts: Facts) -> str | None:
    """The dimension that a click on a group of this one drills down to; None at the end of its hierarchy."""
    return next((each.name for each in facts.dimensions.values() if each.parent == dimension), None)


def _found(name: str) -> tuple[Facts, Measure]:
    known = _catalogue().measures
    if name not in known:
        raise Refused(Problem("STATISTICS-MEASURE", f"There is no measure {name}. Choose one of {', '.join(known)}."))
    return known[name]

"""What a question in names means to the engine: whose facts, which parts of measures, which periods of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from models.core.errors import NotAllowed, Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Facts, Filter, Granularity, Measure, Period, Question, Unit, data_through
from models.statistics import catalogue, periods
from models.statistics.asks import Ask, Compared, Days
from models.statistics.periods import SOME_DAYS, Span, Step


@dataclass(frozen=True, slots=True)
class Slot:
    """One part of a measure (a quotient has two) and where its measure stands in the question."""

    measure: int
    part: Measure
    facts: Facts


@dataclass(frozen=True, slots=True)
class Frame:
    """The periods of some facts: the one asked for, then the compared ones, each with its place in the comparisons."""

    facts: Facts
    periods: tuple[Period, ...]
    places: tuple[int, ...]
    through: date | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made sense of. `plans` has the slots of the goals that measures are compared with, `bounds` says from
    which to before which slot the parts of each measure lie."""

    ask: Ask
    today: date
    span: Span
    measures: tuple[Measure, ...]
    slots: tuple[Slot, ...]
    frames: Mapping[Facts, Frame]
    plans: tuple[Slot, ...]
    bounds: tuple[tuple[int, int], ...]

    @property
    def facts(self) -> tuple[Facts, ...]:
        """Everything that it counts in."""
        return tuple(self.frames)

    @property
    def through(self) -> date | None:
        """The last day with data of a running period: of the facts that reach least far."""
        return min((each.through for each in self.frames.values() if each.through), default=None)

    @property
    def plan_place(self) -> int:
        """At which place the goals stand among the periods of the answer."""
        return 1 + self.ask.against.index(Compared.PLAN)

    def adds_up(self, slot: int) -> bool:
        """Whether the values of a slot may be added over groups and steps; states never add up over time."""
        found = self.slots[slot]
        over_time = found.facts.ended is not None and self.ask.granularity is not None
        return self.measures[found.measure].additive and not over_time

    @property
    def several(self) -> bool:
        """Whether facts are asked more than once: for the largest groups and the others, or a whole that is no sum.

        Sums by groups and days can be as many as the facts, so that groups are ranked without days first.
        """
        ask, apart = self.ask, not all(self.adds_up(slot) for slot in range(len(self.slots)))
        steps = ask.granularity not in (None, Granularity.DAY)
        return bool(ask.by and ask.top and (steps or len(ask.by) > 1)) or (apart and bool(ask.by or ask.granularity))

    def question(self, facts: Facts, parts: Sequence[Measure], by: Sequence[str], **more: object) -> Question:
        """Some parts of measures by dimensions, over the periods of their facts."""
        frame = self.frames[facts]
        plain: dict[str, Any] = {
            "facts": facts,
            "measures": tuple(parts),
            "period": frame.periods[0],
            "further": frame.periods[1:],
            "by": tuple(by),
            "where": tuple(Filter(each.dimension, each.values) for each in self.ask.where),
            "granularity": self.ask.granularity,
        }
        return Question(**{**plain, **more})


def resolved(uow: UnitOfWork, ask: Ask) -> Asked:
    """A question made sense of.

    Raises:
        NotAllowed: the actor may not see one of the measures.
        Refused: a measure or dimension does not exist, or does not go with the others; every problem at once.
    """
    _check(ask)
    span = periods.span(ask.period, uow.today)
    measures = tuple(catalogue.measure(name) for name in ask.measures)
    slots = tuple(
        Slot(place, part, catalogue.facts_of(measure.name))
        for place, measure in enumerate(measures)
        for part in measure.parts
    )
    plans = _plans(ask, measures) if Compared.PLAN in ask.against else ()
    for facts in dict.fromkeys(slot.facts for slot in (*slots, *plans)):
        if not facts.open_to(uow.actor):
            raise NotAllowed("Your roles do not allow this. Ask your administrator for a role that does.")
    own = dict.fromkeys(slot.facts for slot in slots)
    frames = {facts: _frame(uow, facts, span, ask) for facts in own}
    goals = {slot.facts: _frame(uow, slot.facts, span, ask, compare=False) for slot in plans}
    ends = list(accumulate(len(measure.parts) for measure in measures))
    bounds = tuple(zip((0, *ends), ends, strict=False))
    return Asked(ask, uow.today, span, measures, slots, {**goals, **frames}, plans, bounds)


def _check(ask: Ask) -> None:
    problems: list[Problem] = []
    for name in ask.measures:
        if name not in catalogue.measures():
            problems.append(Problem("STATISTICS-MEASURE", f"There is no measure {name}.", "measures"))
            continue
        facts, words = catalogue.facts_of(name), catalogue.measure(name).words
        named = [("by", each) for each in ask.by] + [("where", each.dimension) for each in ask.where]
        for place, dimension in named:
            if dimension not in facts.dimensions:
                known = ", ".join(sorted(facts.dimensions))
                text = f"{words} cannot be shown by {dimension}. Choose one of {known}."
                problems.append(Problem("STATISTICS-DIMENSION", text, place))
        if ask.convert and catalogue.measure(name).unit is Unit.MONEY and not catalogue.measure(name).additive:
            if catalogue.measure(name).divided_by is None:
                text = f"{words} cannot be converted: it is no sum. Choose one currency."
                problems.append(Problem("STATISTICS-CURRENCY", text, "convert"))
    if problems:
        raise Refused(dict.fromkeys(problems))


def _plans(ask: Ask, measures: Sequence[Measure]) -> tuple[Slot, ...]:
    """The goals of measures that have some, where they are kept by the months and dimensions asked for."""
    found: list[Slot] = []
    if isinstance(ask.period, Days) or ask.period in SOME_DAYS or ask.granularity is Granularity.DAY:
        return ()
    for place, measure in enumerate(measures):
        if not measure.plan or measure.divided_by is not None:
            continue
        facts, goal = catalogue.facts_of(measure.plan), catalogue.measure(measure.plan)
        if all(name in facts.dimensions for name in (*ask.by, *(each.dimension for each in ask.where))):
            found.append(Slot(place, goal, facts))
    return tuple(found)


def _frame(uow: UnitOfWork, facts: Facts, span: Span, ask: Ask, *, compare: bool = True) -> Frame:
    running = periods.running(span, uow.today)
    through = data_through(uow, facts, uow.today.replace(day=1)) if running else None
    against = ask.against if compare else ()
    others = [periods.compared(span, each, today=uow.today, through=through) for each in against]
    places = tuple(place for place, other in enumerate(others) if other is not None)
    every = (span.period, *(other for other in others if other is not None))
    steps = periods.steps(every[0], every[1:], ask.granularity) if ask.granularity else ()
    return Frame(facts, every, places, through, steps)

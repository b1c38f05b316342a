"""Asks the parts of measures of their facts and lays the answers over each other by keys, currency and step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Answer, Facts, Granularity, Measure, Question, ask_together
from models.statistics import currencies
from models.statistics.asks import EACH
from models.statistics.currencies import NO_AMOUNTS, Shown
from models.statistics.framing import Asked, Slot
from models.statistics.grid import Grid


@dataclass(frozen=True, slots=True)
class Way:
    """By what is asked: dimensions, the groups that the first one keeps (None: all), and steps."""

    by: tuple[str, ...] = ()
    kept: tuple[str, ...] | None = None
    granularity: Granularity | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """Answers laid over each other, the currency they are shown in, and since when the oldest is true."""

    grid: Grid
    shown: Shown
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A question about one kind of facts, and the slots that its measures fill (None: another question does)."""

    question: Question
    slots: tuple[int | None, ...]
    plan: bool = False


def laid(uow: UnitOfWork, asked: Asked, way: Way, slots: Sequence[int], shown: Shown | None = None) -> Laid:
    """Some slots of a question, asked and laid over each other; `shown` when the currency is known already."""
    grid = Grid([slot.part for slot in asked.slots], 1 + len(asked.ask.against))
    parts = _parts(asked, way, slots)
    answers = ask_together(uow, *(each.question for each in parts))
    if shown is None:
        asked_and_found = zip(parts, answers, strict=True)
        amounts = [(each.question, found) for each, found in asked_and_found if each.question.per_currency]
        shown = currencies.shown(uow, asked, amounts)
    if shown.others and not asked.ask.convert:
        parts, answers = _counted_anyway(uow, asked, way, parts, answers)
    for each, found in zip(parts, answers, strict=True):
        _lay(grid, asked, each, found, shown)
    return Laid(grid, shown, min((each.as_of for each in answers if each.as_of), default=None))


def _counted_anyway(
    uow: UnitOfWork, asked: Asked, way: Way, parts: list[_Part], answers: list[Answer]
) -> tuple[list[_Part], list[Answer]]:
    """Numbers of facts in every currency, whichever the amounts beside them are shown in.

    How many customers spend does not depend on what else is asked: only a currency that was chosen narrows it.
    """
    more: list[_Part] = []
    kept: list[_Part] = []
    for part in parts:
        own = [slot for slot in part.slots if slot is not None]
        counts = tuple(slot for slot in own if not part.plan and not asked.slots[slot].part.per_currency)
        if counts and part.question.per_currency:
            more.append(_part(asked, part.question.facts, way, counts))
            part = replace(part, slots=tuple(None if slot in counts else slot for slot in part.slots))
        kept.append(part)
    return [*kept, *more], [*answers, *ask_together(uow, *(each.question for each in more))]


def _parts(asked: Asked, way: Way, slots: Sequence[int]) -> list[_Part]:
    """The questions: one for each kind of facts; what is converted stands apart from what is counted."""
    found: list[_Part] = []
    for facts in dict.fromkeys(asked.slots[slot].facts for slot in slots):
        own = tuple(slot for slot in slots if asked.slots[slot].facts is facts)
        amounts = tuple(slot for slot in own if asked.slots[slot].part.per_currency)
        counts = tuple(slot for slot in own if slot not in amounts)
        groups = (amounts, counts) if asked.ask.convert and amounts and counts else (own,)
        found += [_part(asked, facts, way, group) for group in groups]
    for goal in dict.fromkeys(slot.facts for slot in asked.plans):
        own = tuple(
            place for place in slots for slot in asked.plans
            if slot.facts is goal and slot.measure == asked.slots[place].measure
        )  # fmt: skip
        if own:
            found.append(_part(asked, goal, way, own, plan=True))
    return found


def _part(asked: Asked, facts: Facts, way: Way, slots: tuple[int, ...], *, plan: bool = False) -> _Part:
    if plan:
        goals = {slot.measure: slot for slot in asked.plans if slot.facts is facts}
        found: list[Slot] = [goals[asked.slots[place].measure] for place in slots]
    else:
        found = [asked.slots[place] for place in slots]
    question = _question(asked, facts, [slot.part for slot in found], way)
    if asked.several and not plan:
        every = [slot.part for slot in asked.slots if slot.facts is facts]
        finest = _question(asked, facts, every, Way(asked.ask.by, None, asked.ask.granularity))
        question = replace(question, within=finest)
    return _Part(question, slots, plan)


def _question(asked: Asked, facts: Facts, measures: Sequence[Measure], way: Way) -> Question:
    named = asked.ask.currency
    each = facts.currency is not None and bool(named or any(measure.per_currency for measure in measures))
    return asked.question(
        facts, measures, way.by, granularity=way.granularity, folded=way.kept, per_currency=each,
        currencies=(named,) if each and named not in ("", EACH) else None,
    )  # fmt: skip


def _lay(grid: Grid, asked: Asked, part: _Part, answer: Answer, shown: Shown) -> None:
    frame = asked.frames[part.question.facts]
    periods = [asked.plan_place] if part.plan else [0, *(1 + place for place in frame.places)]
    positions: list[dict[date, int]] | None = None
    if part.question.granularity:
        positions = [{step.start: step.position for step in frame.steps if step.start}]
        positions += [
            {start: step.position for step in frame.steps if (start := step.compared[place])}
            for place in range(len(frame.places))
        ]
    of_amounts = part.question.per_currency and shown is not NO_AMOUNTS
    grid.lay(
        answer,
        part.slots,
        periods,
        factors=shown.factors if of_amounts else None,
        currency=None if shown is NO_AMOUNTS else shown.currency,
        positions=positions,
    )

"""What an answer says, in one sentence: the title of a chart, the words of a tile, a line of a mail; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models.core.money import WIDE
from models.engines.statistics import Granularity, Unit, month_end
from models.expenditures.words import amount_text, listed, percent_text
from models.statistics import catalogue
from models.statistics.asks import Compared
from models.statistics.results import Measured, Result, ResultRow, Value, as_number

HOUR, DAY = Decimal(3600), Decimal(86400)
LEVEL = Decimal("0.5")
"""Percent below which something is called level."""
HALF = Decimal("0.5")
NAMED = 3
"""Groups that a sentence names when none of them alone makes half."""


def value_text(value: Value, unit: Unit, currency: str = "") -> str:
    """A value in words: `4,311.44 USD`, `154`, `12.0 %`, `3.1 days`, `5.0 hours`; `--` for nothing."""
    number = as_number(value)
    if number is None:
        return str(value) if isinstance(value, str) else "--"
    match unit:
        case Unit.MONEY:
            return f"{amount_text(number)} {currency}".strip()
        case Unit.SHARE:
            return percent_text(number * 100)
        case Unit.DURATION:
            return duration_text(number)
        case Unit.COUNT:
            return f"{number:,.0f}".replace("-", "−")
    return f"{number:,f}".rstrip("0").rstrip(".") if "." in f"{number:,f}" else f"{number:,f}"


def duration_text(seconds: Decimal) -> str:
    """Whole seconds as `40 minutes`, `5.0 hours` or `3.1 days`."""
    for size, word in ((DAY, "days"), (HOUR, "hours")):
        if seconds >= size * (2 if word == "days" else 1):
            return f"{(seconds / size).quantize(Decimal('0.1'), ROUND_HALF_UP):,} {word}"
    return f"{(seconds / 60).quantize(Decimal(1), ROUND_HALF_UP)} minutes"


def moved(now: Value, before: Value, words: str) -> str:
    """`rose 4.1 % against May`, `fell …`, `is level with May`; empty where nothing can be said."""
    left, right = as_number(now), as_number(before)
    if left is None or right is None or right <= 0:
        return ""
    percent = WIDE.divide(WIDE.multiply(left - right, Decimal(100)), right)
    if abs(percent) < LEVEL:
        return f"is level with {words}"
    return f"{'rose' if percent > 0 else 'fell'} {percent_text(abs(percent))} against {words}"


def finding(result: Result) -> str:
    """The answer as a sentence without its full stop, for the title of its chart."""
    if not says_something(result):
        return f"No {_inner(result.measures[0].words)} {_within(result)}"
    if result.ask.granularity:
        return _trend(result)
    return _groups(result) if result.ask.by else _alone(result)


def says_something(result: Result) -> bool:
    """Whether anything counts in the answer."""
    return any(as_number(value) for row in result.rows for value in row.now)


def _alone(result: Result) -> str:
    """The values without groups, and how the first moved."""
    total, first = result.total, result.measures[0]
    said = [_valued(each, total.now[place], total.currency) for place, each in enumerate(result.measures)]
    words = listed([each if place == 0 else _inner(each) for place, each in enumerate(said)])
    if not result.comparisons:
        return words
    if result.comparisons[0].against is Compared.PLAN:
        return words + _of_plan(total)
    change = moved(total.now[0], total.compared[0][0], result.comparisons[0].words)
    if not change or change.startswith("is level"):
        return words
    return f"{words}; {_inner(first.words)} {change}" if len(said) > 1 else f"{words}: {change}"


def _valued(measure: Measured, value: Value, currency: str) -> str:
    """`142 active partners`, `Expenditure 4,311.44 USD`, `Time to decision (median) 3.2 days`."""
    if measure.unit is Unit.COUNT:
        return f"{value_text(value, measure.unit)} {_counted(measure.words, value)}"
    return f"{measure.words} {value_text(value, measure.unit, currency)}"


def _of_plan(total: ResultRow) -> str:
    now, plan = as_number(total.now[0]), as_number(total.compared[0][0])
    if now is None or not plan or plan <= 0:
        return ", without a goal to hold it against"
    percent = WIDE.divide(WIDE.multiply(now, Decimal(100)), plan)
    return f": {percent_text(percent)} of the goal of {value_text(plan, Unit.MONEY, total.currency)}"


def _trend(result: Result) -> str:
    first = result.measures[0]
    if result.ask.by:
        return _groups(result)
    rows = [row for row in result.series() if row is not None]
    if len(result.measures) > 1 and first.unit is Unit.COUNT and first.additive:
        said = [_valued(each, result.total.now[place], "") for place, each in enumerate(result.measures)]
        return f"{listed(said)} {_within(result)}"
    if _is_state(first) or first.unit is not Unit.MONEY:
        return _from_first_to_last(result, first, rows)
    full = [row for row in rows if row.start and _over(row.start, result)]
    if len(full) < 2:
        return f"{first.words} {_within(result)}"
    last, before = full[-1], full[-2]
    change = moved(last.now[0], before.now[0], _step(result, before.start))
    named = _step(result, last.start)
    if change and len(result.measures) > 1:
        return f"{first.words}: {named} {change}"
    return f"{named[0].upper()}{named[1:]} {change}" if change else f"{first.words} {_within(result)}"


def _from_first_to_last(result: Result, measure: Measured, rows: Sequence[ResultRow]) -> str:
    known = [row for row in rows if row.now[0] is not None]
    if len(known) < 2:
        return f"{measure.words}: {value_text(known[-1].now[0], measure.unit, known[-1].currency)}" if known else ""
    begin, end = known[0], known[-1]
    before, now = as_number(begin.now[0]) or Decimal(0), as_number(end.now[0]) or Decimal(0)
    last = value_text(end.now[0], measure.unit, end.currency)
    since = _step(result, begin.start)
    if now == before:
        return f"{measure.words}: {last}, as in {since}"
    direction = "up" if now > before else "down"
    return (
        f"{measure.words}: {last}, {direction} from {value_text(begin.now[0], measure.unit, begin.currency)} in {since}"
    )


def _groups(result: Result) -> str:
    first, total = result.measures[0], as_number(result.total.now[0]) or Decimal(0)
    groups = _added(result)
    named = [(label, value) for label, value, other in groups if not other and value > 0]
    if not named:
        return f"No {_inner(first.words)} {_within(result)}"
    if not first.additive and first.unit in (Unit.SHARE, Unit.DURATION):
        label, value = max(named, key=lambda each: each[1])
        whole = value_text(result.total.now[0], first.unit)
        most = "has the highest share" if first.unit is Unit.SHARE else "takes longest"
        return f"{label} {most}: {value_text(value, first.unit)}, against {whole} in all"
    if len(named) == 1 and len(groups) == 1:
        return f"{named[0][0]} makes all of {_inner(first.words)}"
    if total <= 0 or any(value < 0 for _, value, _ in groups):
        return f"{named[0][0]} is the largest: {value_text(named[0][1], first.unit, result.currency)}"
    if any(other for _, _, other in groups):
        part = sum((value for _, value in named), Decimal(0))
        words = _many(_inner(result.dimensions[0].words))
        return f"The {len(named)} largest {words} make {_share(part, total)} of {_inner(first.words)}"
    if first.unit is Unit.COUNT:
        few = listed([f"{label} {value_text(value, first.unit)}" for label, value in named[:NAMED]])
        return f"{few} of {value_text(total, first.unit)} {_inner(first.words)}"
    if named[0][1] >= total * HALF:
        return f"{named[0][0]} makes {_share(named[0][1], total)} of {_inner(first.words)}"
    some = named[: min(NAMED, max(len(named) - 1, 1))]
    part = sum((value for _, value in some), Decimal(0))
    if first.additive and len(some) > 1:
        return f"{listed([label for label, _ in some])} make {_share(part, total)} of {_inner(first.words)}"
    return f"{named[0][0]} is the largest: {value_text(named[0][1], first.unit, result.currency)}"


def _added(result: Result) -> list[tuple[str, Decimal, bool]]:
    """Each group of the first dimension with its value (over the steps: the last of a state, else the sum)."""
    found: dict[str, tuple[str, Decimal, bool]] = {}
    state = _is_state(result.measures[0])
    for row in result.rows:
        value = as_number(row.now[0]) or Decimal(0)
        key = row.keys[0]
        label, before, other = found.get(key, (row.labels[0], Decimal(0), row.is_other))
        found[key] = label, value if state and result.ask.granularity else before + value, other
    return sorted(found.values(), key=lambda each: (each[2], -each[1]))


def _share(part: Decimal, whole: Decimal) -> str:
    percent = WIDE.divide(WIDE.multiply(part, Decimal(100)), whole).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{percent}\u202f%"


def _is_state(measure: Measured) -> bool:
    return catalogue.facts_of(measure.name).ended is not None


def _over(start: date, result: Result) -> bool:
    """Whether a step is complete: nothing of it is still to come."""
    step = result.ask.granularity
    if result.through is None or step is None:
        return True
    if step is Granularity.DAY:
        return start <= result.through
    last = start
    for _ in range(step.months - 1):
        last = month_end(last).replace(day=1)
        last = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return month_end(last) <= result.through


def _step(result: Result, start: date | None) -> str:
    if start is None:
        return "before"
    match result.ask.granularity:
        case Granularity.YEAR:
            return str(start.year)
        case Granularity.QUARTER:
            return f"Q{(start.month + 2) // 3} {start.year}"
        case Granularity.DAY:
            return f"{start.day} {start:%B}"
    return f"{start:%B}" if start.year == result.span.last.year else f"{start:%B %Y}"


def _within(result: Result) -> str:
    """`in June`, `from December 2025 to November 2026`."""
    return f"from {result.words}" if " to " in result.words else f"in {result.words}"


def _counted(words: str, value: Value) -> str:
    """`associations`, but `association` of one: `reviews waiting` begin with what is counted."""
    first, _, rest = _inner(words).partition(" ")
    if value != 1 or rest.endswith("s"):
        return _inner(words) if value != 1 else _inner(words).removesuffix("s")
    return f"{first.removesuffix('s')} {rest}".strip()


def _many(words: str) -> str:
    thing, of, rest = words.partition(" of ")
    return (f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s") + of + rest


def _inner(words: str) -> str:
    """Words of a measure within a sentence: `expenditure`, but `MDF`."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]

"""The titles of the charts: each says what its chart shows, so that one need not read it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from models.core.money import WIDE
from models.engines.statistics import Granularity
from models.expenditures.answers import Distribution, Figure, Group, Trend
from models.expenditures.frame import added
from models.expenditures.words import amount_text, month_words, months_words, ordinal, percent_text

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class TitleTerms:
    """From where on a difference is called one; a manager's setting."""

    level: Decimal = Decimal("0.03")
    """Within this share of the compared amounts a trend runs level."""
    broken: Decimal = Decimal("0.05")
    """From this share on the later part of a cycle is told apart from its level beginning."""
    shortest: int = 3
    """A part of a cycle has at least so many days."""
    opposite: Decimal = Decimal("0.1")
    """Share of the change from which a group that moved the other way is named."""


TERMS = TitleTerms()


def trend_title(trend: Trend, *, today: date, terms: TitleTerms = TERMS) -> str:
    """What the trend shows: "June ran level with May until the 9th, then 13 % below"."""
    told = trend.context
    name = months_words(told.first, told.last, today=today)
    if trend.granularity is Granularity.DAY and told.first == told.last and told.compared_first:
        compared = month_words(told.compared_first, today=today)
        days = [(p.position, p.now, p.before) for p in trend.points if p.now is not None and p.before is not None]
        if ratio := _ratio(days):
            return f"{name} ran {_split(days, terms, compared) or _against(ratio, compared, terms)}"
    known = [point for point in trend.points if point.now is not None and point.start]
    if not known or not any(point.now for point in known):
        return f"No expenditure in {name}"
    top = max(known, key=lambda point: point.now or ZERO)
    assert top.start and top.now is not None
    peak = f"{amount_text(top.now)} {told.currency}"
    if trend.granularity is Granularity.DAY:
        return f"{name} was highest on the {ordinal(top.start.day)} with {peak}"
    return f"Highest in {month_words(top.start, today=today)} with {peak}"


def groups_title(answer: Distribution, *, terms: TitleTerms = TERMS) -> str:
    """What the distribution shows: "Elastic compute carried the fall; Object storage grew"."""
    change = answer.total.change
    groups = [each for each in answer.groups if each.key is not None]
    if not groups:
        return "Nothing was spent"
    if not change or not answer.total.before:
        return _largest_share(groups, answer.total)
    sign = 1 if change > 0 else -1
    moved = sorted(groups, key=lambda each: (each.change or ZERO) * sign, reverse=True)
    if (moved[0].change or ZERO) * sign <= 0:
        return _largest_share(groups, answer.total)
    title = f"{moved[0].label} carried the {'rise' if sign > 0 else 'fall'}"
    if (moved[-1].change or ZERO) * -sign >= abs(change) * terms.opposite:
        title += f"; {moved[-1].label} {'fell' if sign > 0 else 'grew'}"
    return title


def _largest_share(groups: Sequence[Group], total: Figure) -> str:
    largest = max(groups, key=lambda each: each.now)
    if len(groups) == 1:
        return f"All of it is {largest.label}"
    if largest.share is None:
        return f"{largest.label} is the largest"
    return f"{largest.label} makes {percent_text(largest.share * HUNDRED)} of {amount_text(total.now)} {total.currency}"


Day = tuple[int, Decimal, Decimal]


def _ratio(days: Sequence[Day]) -> Decimal | None:
    """How much more it is than in the compared days, as a share of them plus one; None where those say nothing."""
    before = added(each[2] for each in days)
    return WIDE.divide(added(each[1] for each in days), before) if before > 0 else None


def _against(ratio: Decimal, compared: str, terms: TitleTerms) -> str:
    if abs(ratio - 1) < terms.level:
        return f"level with {compared}"
    return f"{_whole(ratio)} {'above' if ratio > 1 else 'below'} {compared}"


def _split(days: Sequence[Day], terms: TitleTerms, compared: str) -> str | None:
    """The day after which the cycle left the other one, when it ran level with it before."""
    differences = [now - before for _, now, before in days]
    places = range(terms.shortest, len(days) - terms.shortest + 1)
    if not places:
        return None
    place = min(places, key=lambda at: _spread(differences[:at]) + _spread(differences[at:]))
    early, late = _ratio(days[:place]), _ratio(days[place:])
    if early is None or late is None or abs(early - 1) >= terms.level or abs(late - 1) < terms.broken:
        return None
    side = "above" if late > 1 else "below"
    return f"level with {compared} until the {ordinal(days[place - 1][0])}, then {_whole(late)} {side}"


def _spread(values: Sequence[Decimal]) -> Decimal:
    mean = WIDE.divide(added(values), Decimal(len(values)))
    return sum((WIDE.power(value - mean, 2) for value in values), ZERO)


def _whole(ratio: Decimal) -> str:
    return f"{(abs(ratio - 1) * HUNDRED).quantize(Decimal(1), ROUND_HALF_UP)}\u202f%"

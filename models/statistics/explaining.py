"""Explains a change: who made it, split exactly, as parts, a waterfall and a sentence; price, volume and mix beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from models.core.errors import Problem, Refused
from models.core.money import WIDE
from models.core.unit_of_work import UnitOfWork
from models.engines.statistics import Unit
from models.engines.statistics.explaining import (
    Bar,
    Bought,
    Effect,
    Explanation,
    Move,
    added,
    effects,
    explained,
    waterfall,
)
from models.expenditures.words import amount_text, percent_text
from models.statistics import catalogue
from models.statistics.asking import answer
from models.statistics.asks import EACH, Ask, Compared
from models.statistics.results import Result

Keys = tuple[str, ...]
DOMINANT = Decimal("0.25")
MOVES = {Move.NEW: "new", Move.GROWN: "with more", Move.SHRUNK: "with less", Move.LOST: "with none any more"}


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a measure changed, by the groups of one dimension: `split` adds up to the change to the last decimal.

    `labels` are the words of the keys. `effects` sums up price, volume and mix where quantities are known, over what is
    new and lost too; they add up to the same change. `sentence` says it in words.
    """

    result: Result
    by: str
    split: Explanation[str]
    labels: Mapping[str, str]
    bars: tuple[Bar[str], ...]
    effects: Mapping[Effect, Decimal]
    sentence: str


def explain(uow: UnitOfWork, ask: Ask, by: str, *, against: Compared | None = None, most: int = 8) -> Explained:
    """Why the first measure of a question changed against what it is compared with, split by a dimension.

    `against` is the comparison to explain, by default the first of the question, or the period before.

    Raises:
        NotAllowed: the actor may not see the measure.
        Refused: the measure does not add up over groups (a share, a number of different customers), the dimension does
            not exist, or amounts of several currencies would be added.
    """
    measure = catalogue.measure(ask.measures[0])
    if not measure.additive or measure.unit is Unit.WORD:
        text = (
            f"{measure.words} cannot be split: its groups do not add up. Choose a sum, such as an amount or a number."
        )
        raise Refused(Problem("STATISTICS-EXPLAIN", text, "measures"))
    if ask.currency == EACH:
        raise Refused(Problem("STATISTICS-EXPLAIN", "Choose one currency, or convert.", "currency"))
    chosen = against or next(iter(ask.against), Compared.PREVIOUS)
    asked = ask.changed(measures=(measure.name,), by=(by,), against=(chosen,), granularity=None, top=None)
    result = answer(uow, asked)
    split = _split(result)
    labels = {row.keys[0]: row.labels[0] for row in result.rows}
    return Explained(
        result,
        by,
        split,
        labels,
        waterfall(split, most=most),
        _effects(uow, asked, result.currency),
        sentence(result, split, labels),
    )


def _split(result: Result) -> Explanation[str]:
    return explained(
        {row.keys[0]: row.value(against=0) for row in result.rows}, {row.keys[0]: row.value() for row in result.rows}
    )


def _effects(uow: UnitOfWork, ask: Ask, currency: str) -> Mapping[Effect, Decimal]:
    """Price, volume, new and lost in sum, where the quantities behind the amounts are known; else nothing."""
    measure = catalogue.measure(ask.measures[0])
    if measure.bought is None or ask.against == (Compared.PLAN,):
        return {}
    more = {} if ask.convert else {"currency": currency}
    names = (measure.name, measure.bought.measure)
    found = answer(uow, ask.changed(measures=names, by=measure.bought.by, **more))
    before = {row.keys: Bought(row.value(0, 0), row.value(1, 0)) for row in found.rows}
    now = {row.keys: Bought(row.value(0), row.value(1)) for row in found.rows}
    moved = effects(before, now)
    return {effect: added(amounts.values()) for effect, amounts in moved.items() if amounts}


def sentence(result: Result, split: Explanation[str], labels: Mapping[str, str]) -> str:
    """What the measure did and who made it: `Expenditure fell 52.8 % (−556.55 USD) against May, mostly …`."""
    what, against = result.measures[0].words, result.comparisons[0].words
    if split.change == 0:
        return f"{what} did not change against {against}{_although(split)}."
    verb = "rose" if split.change > 0 else "fell"
    by = _amount(abs(split.change), result)
    if split.before > 0:
        share = WIDE.divide(WIDE.multiply(abs(split.change), Decimal(100)), split.before)
        by = f"{percent_text(share)} ({'+' if split.change > 0 else '−'}{by})"
    else:
        by = f"by {by}"
    return f"{what} {verb} {by} against {against}{_who(result, split, labels)}."


def _who(result: Result, split: Explanation[str], labels: Mapping[str, str]) -> str:
    """One group when it stands out, else what most of them did."""
    along = [part for part in split.parts if (part.change > 0) == (split.change > 0)]
    if along and len(split.parts) > 1:
        share = WIDE.divide(along[0].change, split.change)
        if share >= DOMINANT:
            signed = _signed(along[0].change, result)
            name = labels[along[0].key]
            if share > 1:
                return f"; {name} alone makes more than that ({signed})"
            whole = WIDE.multiply(share, Decimal(100)).quantize(Decimal(1), ROUND_HALF_UP)
            return f"; {name} makes {whole}\u202f% of it ({signed})"
    if len(split.parts) == 1:
        return f", all of it {labels[split.parts[0].key]}"
    moves = split.by_move()
    with_ = {move: found for move, found in moves.items() if (found[0] > 0) == (split.change > 0)}
    move = max(with_, key=lambda each: abs(with_[each][0]))
    amount, count = with_[move]
    words = result.dimensions[0].words.casefold()
    return f"; no single {words} stands out, most comes from {count:,} {MOVES[move]} ({_signed(amount, result)})"


def _although(split: Explanation[str]) -> str:
    return f", although {len(split.parts):,} of its groups did" if split.parts else ""


def _signed(amount: Decimal, result: Result) -> str:
    return f"{'+' if amount > 0 else '−'}{_amount(abs(amount), result)}"


def _amount(amount: Decimal, result: Result) -> str:
    if result.measures[0].unit is Unit.MONEY:
        return f"{amount_text(amount)} {result.currency}"
    return f"{amount:,f}"

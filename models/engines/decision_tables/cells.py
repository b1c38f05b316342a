"""Cells of a decision table. Every value is a whole number inside, so that all types are compared and searched alike.

Amounts are counted in units of 10^-8, dates in days, yes and no are 1 and 0; texts and choices are numbered by the
column. An input cell is written as `-` (whatever), `empty`, a value, several (`a, b`), `not a, b`, a comparison
(`>= 50000`), a range (`100..200`, both included; `[100..200)` without its end), or several of those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from models.core.types import AMOUNT_PLACES
from models.engines.conditions.facts import units

CellType = Literal["text", "choice", "count", "usd", "date", "yes_no"]
ORDERED = frozenset({"count", "usd", "date"})
FAR = 10**19
"""Beyond every value."""

_PARTS = re.compile(r'\s*("(?:[^"]|"")*"|[^,"]+?)\s*(?:,|$)')
_COMPARED = re.compile(r"(<=|>=|<|>|=)\s*(.+)")
_RANGE = re.compile(r"([\[(]?)\s*(.+?)\s*\.\.\s*(.+?)\s*([\])]?)")
_COUNT = re.compile(r"[+-]?\d{1,18}")
_AMOUNT = re.compile(r"[+-]?\d{1,10}(\.\d{1,8})?")
_DAY = re.compile(r"[1-9]\d{3}-\d{2}-\d{2}")
_YES = {"yes": 1, "true": 1, "no": 0, "false": 0}
_EXAMPLES: dict[CellType, str] = {
    "text": "a text", "choice": "one of its options", "count": "a whole number such as 12",
    "usd": "an amount such as 8640.50, without separators", "date": "a day such as 2026-05-21", "yes_no": "yes or no",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from `first` to `last`, both included; None: without an end."""

    first: int | None = None
    last: int | None = None

    def holds(self, number: int) -> bool:
        """Whether a number lies in it."""
        return (self.first is None or self.first <= number) and (self.last is None or number <= self.last)


@dataclass(frozen=True, slots=True)
class Test:
    """What an input cell asks: any of the spans (`inside`), or none of them; with `empty`, whether nothing is there."""

    __test__ = False
    spans: tuple[Span, ...] = ()
    inside: bool = False
    empty: bool = False

    @property
    def is_any(self) -> bool:
        """Whether it fits whatever is there, and nothing as well."""
        return not self.spans and not self.inside and not self.empty

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest value that could fit."""
        if not self.inside:
            return -FAR, FAR
        firsts = [-FAR if span.first is None else span.first for span in self.spans]
        return min(firsts), max(FAR if span.last is None else span.last for span in self.spans)

    def fits(self, number: int | None) -> bool:
        """Whether a value fits; None: nothing is there."""
        if self.is_any:
            return True
        if number is None or self.empty:
            return number is None and self.empty
        return any(span.holds(number) for span in self.spans) == self.inside


ANY = Test()
EMPTY = Test(empty=True)


class Numbers:
    """Texts of a column as numbers: the options of a choice in their order, other texts as they come."""

    def __init__(self, options: tuple[str, ...] = ()) -> None:
        self.by_text = {option: number for number, option in enumerate(options)}
        self.is_closed = bool(options)

    def add(self, text: str) -> int:
        """The number of a text; a new one unless only options are allowed.

        Raises:
            ValueError: it is no option.
        """
        if text not in self.by_text and self.is_closed:
            raise ValueError(f"{text!r} is no option; there are: {', '.join(self.by_text)}")
        return self.by_text.setdefault(text, len(self.by_text))


def number_of(kind: CellType, value: Any, texts: Mapping[str, int]) -> int | None:
    """A fact's JSON value as the number that cells compare; None: nothing is there.

    Raises:
        ValueError: it is not of this type.
    """
    if value is None or value == "":
        return None
    if kind in ("text", "choice"):
        return texts.get(str(value), -1)
    if kind == "yes_no" and isinstance(value, bool):
        return int(value)
    return _number(kind, str(value))


def _number(kind: CellType, text: str) -> int:
    """A written value as a number."""
    wrong = ValueError(f"{text!r} is not {_EXAMPLES[kind]}")
    if kind == "yes_no":
        if text.lower() not in _YES:
            raise wrong
        return _YES[text.lower()]
    if kind == "count":
        if not _COUNT.fullmatch(text):
            raise wrong
        return int(text)
    if kind == "usd":
        if not _AMOUNT.fullmatch(text):
            raise wrong
        return units(text)
    try:
        return date.fromisoformat(text).toordinal() if _DAY.fullmatch(text) else _raise(wrong)
    except ValueError:
        raise wrong from None


def _raise(error: ValueError) -> int:
    raise error


def input_test(kind: CellType, cell: str, texts: Numbers) -> Test:
    """What an input cell asks.

    Raises:
        ValueError: it cannot be read; says why.
    """
    words = cell.strip()
    if words in ("", "-"):
        return ANY
    if words == "empty":
        return EMPTY
    inside = not words.startswith("not ")
    spans = tuple(_span(kind, part, texts) for part in _parts(words if inside else words[4:]))
    return Test(spans, inside)


def _parts(words: str) -> Iterator[str]:
    place = 0
    while place < len(words):
        found = _PARTS.match(words, place)
        if found is None:
            raise ValueError(f"{words!r} cannot be read; put a text with commas or quotes into double quotes")
        yield found[1]
        place = found.end()


def _span(kind: CellType, part: str, texts: Numbers) -> Span:
    if kind in ("text", "choice"):
        number = texts.add(part[1:-1].replace('""', '"') if part.startswith('"') else part)
        return Span(number, number)
    if kind in ORDERED:
        if found := _COMPARED.fullmatch(part):
            return _compared(found[1], _number(kind, found[2]))
        if found := _RANGE.fullmatch(part):
            first = _number(kind, found[2]) + (found[1] == "(")
            last = _number(kind, found[3]) - (found[4] == ")")
            if first > last:
                raise ValueError(f"{part!r} holds nothing: the first is after the last")
            return Span(first, last)
    number = _number(kind, part)
    return Span(number, number)


def _compared(sign: str, number: int) -> Span:
    spans = {
        "<": Span(None, number - 1), "<=": Span(None, number), ">": Span(number + 1, None), ">=": Span(number, None),
    }  # fmt: skip
    return spans.get(sign, Span(number, number))


def output_value(kind: CellType, cell: str, options: tuple[str, ...]) -> Any:
    """An output cell as the JSON value of a fact; None: it says nothing.

    Raises:
        ValueError: it is not of this type.
    """
    words = cell.strip()
    if words in ("", "-"):
        return None
    if kind == "text":
        return words
    if kind == "choice":
        Numbers(options).add(words)
        return words
    number = _number(kind, words)
    if kind == "yes_no":
        return bool(number)
    return number if kind == "count" else words


def written(kind: CellType, number: int) -> str:
    """A number as people read the value."""
    if kind == "usd":
        amount = Decimal(number).scaleb(-AMOUNT_PLACES)
        return f"{amount:,.2f}" if amount == round(amount, 2) else f"{amount:,f}"
    if kind == "date":
        return date.fromordinal(min(max(number, 1), date.max.toordinal())).isoformat()
    return ("no", "yes")[number] if kind == "yes_no" else str(number)

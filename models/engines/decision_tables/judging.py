"""What is wrong with a decision table: cells, gaps, rows that overlap or never count, examples that come out otherwise.

Each column is cut into the pieces that its cells tell apart; each piece has the set of rows that fit there (bits of a
whole number). Walking the columns, sets of rows that were met before are not walked again, so that a table with many
rows is judged by what it tells apart, not by its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce

from models.core.errors import Problem, Refused
from models.engines.decision_tables.answering import answer
from models.engines.decision_tables.cells import FAR, ORDERED, Span, Test, written
from models.engines.decision_tables.schema import Column, DecisionTable

MOST_STEPS = 1_000_000
"""Pieces that are looked at before the judgement is left open, and says so."""
MOST_WORK = 1_000_000_000
"""The same of large tables: pieces times rows, so that a table of ten thousand rows is judged in seconds or not."""
CENT = 10**6


@dataclass(frozen=True, slots=True)
class Piece:
    """Values of a column between which no cell tells, and the rows that fit them."""

    first: int
    last: int
    rows: int


@dataclass(slots=True)
class _Walk:
    """What was found on the way through the columns."""

    pieces: list[list[Piece]]
    any_from: list[int]
    """By column: the rows that take whatever comes in it and behind."""
    hit: str
    seen: set[tuple[int, int]] = field(default_factory=set)
    gap: tuple[Piece, ...] | None = None
    overlaps: set[tuple[int, int]] = field(default_factory=set)
    reached: int = 0
    steps: int = 0
    most: int = MOST_STEPS

    @property
    def is_open(self) -> bool:
        """Whether it was given up: it tells too many cases apart."""
        return self.steps > self.most


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything wrong with a table, and a case that no row fits, which counts only where nothing else is said."""

    problems: list[Problem]
    gaps: list[Problem]


def judged(table: DecisionTable) -> Judgement:
    """Everything that can be said of a table, looked at once."""
    try:
        rules = table.read.rules
    except Refused as error:
        return Judgement(list(error.problems), [])
    if not rules:
        return Judgement([Problem("TABLE-EMPTY", "The table has no rows.", "rows")], [])
    walk = _walked(table)
    return Judgement([*_overlap_problems(table, walk), *_example_problems(table)], list(_gaps(table, walk)))


def problems(table: DecisionTable) -> list[Problem]:
    """Everything wrong with a table but its gaps; those count only where nothing else is said for them (`gaps`)."""
    return judged(table).problems


def gaps(table: DecisionTable) -> list[Problem]:
    """A case that no row fits, in words; empty when every case has a row, or the table cannot be read."""
    return judged(table).gaps


def _gaps(table: DecisionTable, walk: _Walk) -> Iterator[Problem]:
    if walk.is_open or walk.gap is None:
        return  # when it was given up, `_overlap_problems` says so
    parts = [
        _words(column, piece, texts.by_text)
        for column, piece, texts in zip(table.inputs, walk.gap, table.read.texts, strict=False)
    ]
    where = ", ".join(part for part in parts if part) or "anything"
    yield Problem("TABLE-GAP", f"No row fits {where}.", "rows")


def _overlap_problems(table: DecisionTable, walk: _Walk) -> Iterator[Problem]:
    if walk.is_open:
        text = (
            f"The table has {len(table.rows):,} rows and tells too many cases apart to be judged for gaps and overlaps:"
            " use fewer columns with ranges, or several tables one after the other."
        )
        yield Problem("TABLE-LARGE", text, "rows")
        return
    for first, second in sorted(walk.overlaps)[:20]:
        yield Problem("TABLE-OVERLAP", f"Rows {first} and {second} can both fit.", f"rows.{second}")
    if table.hit == "first":
        never = [number for number in range(1, len(table.rows) + 1) if not walk.reached >> (number - 1) & 1]
        for number in never[:20]:
            yield Problem("TABLE-NEVER", f"Row {number} never counts: rows above it fit first.", f"rows.{number}")


def _example_problems(table: DecisionTable) -> Iterator[Problem]:
    for number, example in enumerate(table.examples, 1):
        try:
            found = answer(table, example.given)
        except Refused as error:
            yield Problem("TABLE-EXAMPLE", f"Example {number}: {error.problems[0].text}", f"examples.{number}")
            continue
        values = found.values if found else {}
        wrong = {name: values.get(name) for name, value in example.expect.items() if values.get(name) != value}
        if wrong or bool(found) != bool(example.expect):
            said = ", ".join(f"{name} {value}" for name, value in (wrong or values).items()) or "nothing"
            yield Problem("TABLE-EXAMPLE", f"Example {number} comes out otherwise: {said}.", f"examples.{number}")


# ---- walking the columns ----


def _walked(table: DecisionTable) -> _Walk:
    rules = table.read.rules
    columns = [[rule.tests[place] for rule in rules] for place in range(len(table.inputs))]
    everything = (1 << len(rules)) - 1
    any_from = [everything]
    for tests in reversed(columns):
        any_from.insert(0, any_from[0] & _rows(number for number, test in enumerate(tests) if test.is_any))
    pieces = [
        _pieces(column, tests, len(texts.by_text))
        for column, tests, texts in zip(table.inputs, columns, table.read.texts, strict=True)
    ]
    walk = _Walk(pieces, any_from, table.hit, most=min(MOST_STEPS, max(MOST_WORK // max(len(rules), 1), 1)))
    _walk(walk, 0, everything, ())
    return walk


def _rows(numbers: Iterator[int]) -> int:
    return reduce(lambda rows, number: rows | 1 << number, numbers, 0)


def _walk(walk: _Walk, column: int, rows: int, way: tuple[Piece, ...]) -> None:
    walk.steps += 1
    if walk.is_open or (column, rows) in walk.seen:
        return
    walk.seen.add((column, rows))
    if rows == 0:
        walk.gap = walk.gap or way
        return
    first = rows & -rows
    if walk.hit == "first" and first & walk.any_from[column]:
        walk.reached |= first
        return
    if column == len(walk.pieces):
        walk.reached |= first
        if walk.hit == "unique" and rows != first:
            rest = rows ^ first
            walk.overlaps.add((first.bit_length(), (rest & -rest).bit_length()))
        return
    if walk.hit != "first" and rows == first and rows & walk.any_from[column]:
        return  # one row alone, for whatever follows
    for piece in walk.pieces[column]:
        _walk(walk, column + 1, rows & piece.rows, (*way, piece))


def _pieces(column: Column, tests: list[Test], texts: int) -> list[Piece]:
    """The pieces of a column, swept from its least value to its greatest."""
    least, most = _range(column, texts)
    turns: dict[int, int] = {least: 0}
    for number, test in enumerate(tests):
        for first, last in _held(test, least, most):
            turns[first] = turns.get(first, 0) ^ 1 << number
            if last < most:
                turns[last + 1] = turns.get(last + 1, 0) ^ 1 << number
    starts = sorted(turns)
    found, rows = [], 0
    for start, after in zip(starts, [*starts[1:], most + 1], strict=True):
        rows ^= turns[start]
        found.append(Piece(start, after - 1, rows))
    return found


def _range(column: Column, texts: int) -> tuple[int, int]:
    if column.type == "yes_no":
        return 0, 1
    if column.type in ORDERED:
        return -FAR, FAR
    return (0, texts - 1) if column.options else (-1, texts - 1)  # -1: any other text


def _held(test: Test, least: int, most: int) -> Iterator[tuple[int, int]]:
    """The values that fit a cell, as spans that do not touch."""
    if test.empty:
        return
    spans = sorted((_first(span, least), _last(span, most)) for span in test.spans)
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    if test.inside:
        yield from joined
        return
    start = least
    for first, last in joined:
        if start < first:
            yield start, first - 1
        start = last + 1
    if start <= most:
        yield start, most


def _first(span: Span, least: int) -> int:
    return least if span.first is None else span.first


def _last(span: Span, most: int) -> int:
    return most if span.last is None else span.last


def _words(column: Column, piece: Piece, texts: dict[str, int]) -> str:
    """A piece of a column in words; empty: the whole column."""
    if column.type not in ORDERED and column.type != "yes_no":
        named = next((text for text, number in texts.items() if number == piece.first), None)
        return f"{column.words} {named or 'anything else'}" if texts else ""
    first, last = piece.first > -FAR, piece.last < FAR
    if not first and not last:
        return ""
    if piece.first == piece.last or column.type == "yes_no":
        return f"{column.words} {written(column.type, piece.first)}"
    low = _edge(column, piece.first, "from", "over", 1) if first else ""
    high = _edge(column, piece.last, "up to", "under", -1) if last else ""
    return f"{column.words} {' '.join(filter(None, (low, high)))}"


def _edge(column: Column, number: int, whole: str, beside: str, sign: int) -> str:
    """An end of a piece; of amounts the bound beside it is named: nobody reads 50,000.00000001."""
    if column.type == "usd" and number % CENT:
        return f"{beside} {written('usd', number - sign)}"
    return f"{whole} {written(column.type, number)}"

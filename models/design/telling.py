"""What decisions, tables and candidates say, in words, for whoever reads what a draft changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from models.design.conditions import Fact, facts_of, in_words
from models.design.people import candidate_words
from models.design.table_editing import HITS, cells
from models.engines.definitions.loading import Content
from models.identity.roles import role_book

Raw = Mapping[str, Any]
MOST_ROWS = 20
"""Rows that are told one by one."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing of a part that is otherwise, from what to what; empty: not there."""

    about: str
    before: str
    after: str


def decision_told(before: Any, after: Any, contents: tuple[Content, Content]) -> Iterator[Told]:
    """What is otherwise in how a decision is made."""
    facts = facts_of(contents[0]), facts_of(contents[1])
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _table_told(before, after)
    else:
        yield Told("How it decides", decision_words(before, facts[0]), decision_words(after, facts[1]))


def decision_words(decision: Any, facts: Mapping[str, Fact]) -> str:
    """How a decision is made, as people read it."""
    if isinstance(decision, Mapping):
        return f"by a table of {len(decision.get('rows', ()))} rows"
    if isinstance(decision, list | tuple):
        return "; ".join(
            f"{str(each.get('then', '')).replace('_', ' ')} when {in_words(str(each.get('when', '')), facts)}"
            for each in decision
        )
    return f"yes when {in_words(str(decision), facts)}" if decision else ""


def _table_told(before: Raw, after: Raw) -> Iterator[Told]:
    for side, words in (("inputs", "Asked"), ("outputs", "Answered"), ("hit", "When several rows fit")):
        old, new = before.get(side), after.get(side)
        if old != new:
            yield Told(words, _columns(old), _columns(new))
    old_rows, new_rows = ([tuple(row) for row in cells(table)] for table in (before, after))
    found = list(_rows_told(old_rows, new_rows))
    yield from found[:MOST_ROWS]
    if len(found) > MOST_ROWS:
        yield Told(f"and {len(found) - MOST_ROWS} more rows", "", "")
    if before.get("examples", []) != after.get("examples", []):
        yield Told("Examples", str(len(before.get("examples", ()))), str(len(after.get("examples", ()))))


def _columns(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(each.get("label") or each["name"]) for each in value)
    return HITS.get(str(value or "first"), str(value))


def _rows_told(before: Sequence[tuple[str, ...]], after: Sequence[tuple[str, ...]]) -> Iterator[Told]:
    """Rows one by one; those that only moved up or down are the same."""
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        for place in range(max(b - a, d - c)):
            old = " | ".join(before[a + place]) if a + place < b else ""
            new = " | ".join(after[c + place]) if c + place < d else ""
            yield Told(f"Row {(c if new else a) + place + 1}", old, new)


def candidates_told(candidates: Any, content: Content) -> str:
    """Whose turn it is first, in words."""
    facts, roles = facts_of(content), {key: role_book().name(key) for key in role_book().vendor}
    return "; ".join(candidate_words(each, roles, {}, facts) for each in candidates or ())

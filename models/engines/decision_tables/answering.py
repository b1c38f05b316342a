"""What a decision table answers for some facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.core.errors import Problem, Refused
from models.engines.decision_tables.cells import number_of
from models.engines.decision_tables.schema import Column, DecisionTable, Rule


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that fit, by number from 1, and what they say: JSON values by output."""

    rows: tuple[int, ...]
    values: dict[str, Any]


def answer(table: DecisionTable, facts: Mapping[str, Any]) -> Answer | None:
    """What the table says for facts; None: no row fits.

    A fact that is not there fits only cells that say so (`empty`) or take whatever comes (`-`).

    Raises:
        Refused: a fact is not of its column's type (TABLE-FACT), two rows of a `unique` table fit (TABLE-UNIQUE), or
            the table itself cannot be read.
    """
    rules, texts = table.read.rules, table.read.texts
    numbers = []
    for column, own in zip(table.inputs, texts, strict=True):
        try:
            numbers.append(number_of(column.type, facts.get(column.name), own.by_text))
        except ValueError as error:
            raise Refused(Problem("TABLE-FACT", f"{column.words}: {error}.", column.name)) from None
    places = table.read.fitting(numbers)
    if not places:
        return None
    rows = tuple(place + 1 for place in places)
    if table.hit == "collect":
        return Answer(rows, _gathered(table, [rules[place] for place in places]))
    if table.hit == "unique" and len(rows) > 1:
        raise Refused(Problem("TABLE-UNIQUE", f"Rows {rows[0]} and {rows[1]} both fit, and only one may."))
    return Answer(rows[:1], dict(_named(table, rules[places[0]])))


def _named(table: DecisionTable, rule: Rule) -> Iterator[tuple[str, Any]]:
    return zip((column.name for column in table.outputs), rule.values, strict=True)


def _gathered(table: DecisionTable, rules: list[Rule]) -> dict[str, Any]:
    columns = zip(table.outputs, zip(*(rule.values for rule in rules), strict=True), strict=True)
    return {column.name: _one(column, [value for value in values if value is not None]) for column, values in columns}


def _one(column: Column, values: list[Any]) -> Any:
    """Several answers as one; None where no row says anything."""
    if not values:
        return None
    if column.type in ("text", "choice"):
        return ", ".join(dict.fromkeys(values))
    if column.type == "yes_no":
        return any(values)
    amounts = [Decimal(value) for value in values] if column.type == "usd" else values
    if column.gather == "sum" and column.type != "date":
        made = sum(amounts)
    else:
        made = min(amounts) if column.gather == "least" else max(amounts)
    return str(made) if column.type == "usd" else made

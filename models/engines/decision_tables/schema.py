"""The shape of a decision table: columns with types, rows of cells, examples that have to come out as written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from models.core.errors import Problem, Refused
from models.engines.decision_tables.cells import CellType, Numbers, Test, input_test, output_value

MOST_PROBLEMS = 20
"""Bad cells that are named at once; whoever pasted a wrong column needs no ten thousand lines."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Part):
    """A fact that a table reads or answers with."""

    name: str
    type: CellType
    label: str = ""
    options: tuple[str, ...] = ()
    """What a choice may be."""
    gather: Literal["sum", "least", "most"] = "sum"
    """How several answers become one where rows are collected: numbers and amounts are added, of dates the last counts
    unless it says `least`; texts are listed, yes and no are yes when one is."""

    @property
    def words(self) -> str:
        """What people call it."""
        return self.label or self.name.replace("_", " ").capitalize()


class Example(_Part):
    """What has to come out for some facts; `expect` is empty where no row may fit."""

    given: dict[str, Any]
    expect: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row, read."""

    tests: tuple[Test, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """A table, read: its rules in order, and each input's texts by number.

    `bounds` are, by input, the least and the greatest that each rule takes: most rules are passed over by them alone.
    """

    rules: tuple[Rule, ...]
    texts: tuple[Numbers, ...]
    bounds: tuple[tuple[list[int], list[int]], ...]

    def fitting(self, numbers: list[int | None]) -> list[int]:
        """The places of the rules that fit the inputs' values, in order."""
        found: Sequence[int] = range(len(self.rules))
        for place, (number, (lows, highs)) in enumerate(zip(numbers, self.bounds, strict=True)):
            if number is not None:
                found = [at for at in found if lows[at] <= number <= highs[at]]
            found = [at for at in found if self.rules[at].tests[place].fits(number)]
        return list(found)


class DecisionTable(_Part):
    """Rows of cells: one for each input, then one for each output.

    `hit`: at most one row may fit (`unique`), the first that fits counts (`first`), or all that fit (`collect`).
    """

    inputs: tuple[Column, ...] = Field(min_length=1)
    outputs: tuple[Column, ...] = Field(min_length=1)
    rows: tuple[tuple[str, ...], ...]
    hit: Literal["unique", "first", "collect"] = "first"
    examples: tuple[Example, ...] = ()

    @field_validator("rows", mode="before")
    @classmethod
    def _as_text(cls, rows: Any) -> Any:
        if not isinstance(rows, list | tuple):
            return rows
        return [[_text(cell) for cell in row] if isinstance(row, list | tuple) else row for row in rows]

    @property
    def columns(self) -> tuple[Column, ...]:
        """Inputs, then outputs."""
        return self.inputs + self.outputs

    @cached_property
    def read(self) -> Rules:
        """The table with every cell understood.

        Raises:
            Refused: cells cannot be read (TABLE-CELL), rows are too short or too long (TABLE-ROW), or two columns have
                one name (TABLE-COLUMN); names at most twenty of them, by row and column.
        """
        texts = tuple(Numbers(column.options) for column in self.inputs)
        wrong: list[Problem] = list(self._column_problems())
        rules: list[Rule] = []
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                text = f"Row {number} has {len(row)} cells; the table has {len(self.columns)} columns."
                wrong.append(Problem("TABLE-ROW", text, f"rows.{number}"))
            else:
                tests, values = [], []
                for place, (column, cell) in enumerate(zip(self.columns, row, strict=True)):
                    try:
                        if place < len(self.inputs):
                            tests.append(input_test(column.type, cell, texts[place]))
                        else:
                            values.append(output_value(column.type, cell, column.options))
                    except ValueError as error:
                        text = f"Row {number}, {column.words}: {error}."
                        wrong.append(Problem("TABLE-CELL", text, f"rows.{number}.{column.name}"))
                rules.append(Rule(tuple(tests), tuple(values)))
            if len(wrong) >= MOST_PROBLEMS:
                break
        if wrong:
            raise Refused(wrong)
        columns = [[rule.tests[place].bounds for rule in rules] for place in range(len(self.inputs))]
        bounds = tuple(([low for low, _ in column], [high for _, high in column]) for column in columns)
        return Rules(tuple(rules), texts, bounds)

    def _column_problems(self) -> Iterator[Problem]:
        for columns in (self.inputs, self.outputs):
            names = [column.name for column in columns]
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield Problem("TABLE-COLUMN", f"Two columns are called {name}.", name)


def _text(cell: Any) -> str:
    """A cell as YAML gives it: yes and no are read as truth values, numbers as numbers."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)

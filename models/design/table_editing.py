"""A decision table as a manager changes it: columns of fields, rows of cells, examples; and as CSV, away and back.

Everything here is pure: what a node says goes in, the change to it comes out.
"""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from models.core.errors import Problem, Refused
from models.design.conditions import SIGNS, Fact
from models.design.decisions import WAY, changed
from models.design.editing import flow, slug
from models.design.edits import ChangeNode
from models.engines.decision_tables import DecisionTable, judged
from models.engines.decision_tables.cells import output_value
from models.engines.definitions.loading import Content, filled

Raw = Mapping[str, Any]
MOST_IN_GRID = 1_000
"""Rows that are changed in the page; a larger table is taken away as CSV and brought in again."""
MOST_ROWS = 20_000
HITS: Mapping[str, str] = {
    "first": "The first row that fits counts", "unique": "Exactly one row fits", "collect": "All rows that fit count",
}  # fmt: skip
GATHERS: Mapping[str, str] = {"sum": "added up", "least": "the least", "most": "the most"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A column as it is shown: its key in grids, its heading, whether it is asked, and what a cell may be."""

    key: str
    name: str
    label: str
    kind: str
    is_input: bool
    is_way: bool
    options: tuple[str, ...] = ()


def table_of(content: Content, name: str) -> dict[str, Any]:
    """The table of a node as it was written.

    Raises:
        Refused: it decides otherwise by now, or is gone.
    """
    decision = flow(content)["nodes"].get(name, {}).get("decision")
    if not isinstance(decision, dict):
        raise Refused(Problem("DESIGN-GONE", "This table is not there any more. Somebody changed the decision.", name))
    return decision


def shown(content: Content, name: str, facts: Mapping[str, Fact]) -> list[Shown]:
    """Its columns: what is asked, then what it answers."""
    table, outcome = table_of(content, name), flow(content)["nodes"][name].get("outcome", "")
    found = []
    for side in ("inputs", "outputs"):
        for column in table.get(side, ()):
            way = side == "outputs" and column["name"] == outcome
            label = column.get("label") or ("Way on" if way else _label(column["name"], facts))
            found.append(Shown(f"{side}:{column['name']}", column["name"], label, column.get("type", "text"),
                               side == "inputs", way, tuple(column.get("options", ()))))  # fmt: skip
    return found


def _label(name: str, facts: Mapping[str, Fact]) -> str:
    return facts[name].label if name in facts else name.replace("_", " ").capitalize()


def cells(table: Raw) -> list[list[str]]:
    """Its rows as people read and type them, each as long as there are columns."""
    width = len(table.get("inputs", ())) + len(table.get("outputs", ()))
    return [([_text(cell) for cell in row] + [""] * width)[:width] for row in table.get("rows", ())]


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else str(cell)


def tidied(rows: Iterable[Sequence[Any]], columns: Sequence[Shown]) -> list[list[str]]:
    """Rows as they are kept: without lines that say nothing, and with ways as edges can name them."""
    kept = []
    for row in rows:
        words = [_text(cell).strip() for cell in row]
        if any(words):
            pairs = zip(words, columns, strict=True)
            kept.append([slug(word, ()) if column.is_way and word else word for word, column in pairs])
    return kept


def with_rows(content: Content, name: str, kept: Sequence[Sequence[str]]) -> ChangeNode:
    """The table with other rows.

    Raises:
        Refused: there are too many.
    """
    if len(kept) > MOST_ROWS:
        text = f"A table has at most {MOST_ROWS:,} rows; these are {len(kept):,}. Use ranges, or several tables."
        raise Refused(Problem("TABLE-LARGE", text, name))
    return _with(content, name, lambda table: table.__setitem__("rows", [list(row) for row in kept]))


def with_row_moved(content: Content, name: str, row: int, to: int) -> ChangeNode:
    """A row (from 1) at another place."""

    def change(table: dict[str, Any]) -> None:
        rows = table["rows"]
        rows.insert(min(max(to, 1), len(rows)) - 1, rows.pop(row - 1))

    return _with(content, name, change)


def with_hit(content: Content, name: str, hit: str) -> ChangeNode:
    """The table with another rule for rows that fit together."""
    return _with(content, name, lambda table: table.__setitem__("hit", hit))


def with_column(content: Content, name: str, fact: Fact, *, asked: bool) -> ChangeNode:
    """One more column, for what is asked or what is answered, behind the others; its cells are empty."""

    def change(table: dict[str, Any]) -> None:
        made: dict[str, Any] = {"name": fact.name, "label": fact.label}
        made["type"] = "choice" if fact.options else fact.kind
        if fact.options:
            made["options"] = list(fact.options)
        place = len(table["inputs"])
        table["inputs" if asked else "outputs"].append(made)
        for row in table["rows"]:
            row.insert(place if asked else len(row), "-" if asked else "")

    return _with(content, name, change)


def with_way_column(content: Content, name: str) -> ChangeNode:
    """A column that names the way on, where the table only answered fields."""

    def change(table: dict[str, Any]) -> None:
        table["outputs"].append({"name": WAY, "type": "text", "label": "Way on"})
        for row in table["rows"]:
            row.append("yes")

    return _with(content, name, change, outcome=WAY)


def without_column(content: Content, name: str, column: Shown) -> ChangeNode:
    """A column taken away with its cells.

    Raises:
        Refused: it is the last one that is asked, or answered.
    """
    table = table_of(content, name)
    side = "inputs" if column.is_input else "outputs"
    if len(table[side]) < 2:
        what = "asks" if column.is_input else "answers"
        raise Refused(Problem("TABLE-COLUMN", f"A table {what} at least one thing. Add another column first.", name))
    place = [each["name"] for each in table[side]].index(column.name)

    def change(table: dict[str, Any]) -> None:
        at = place if column.is_input else len(table["inputs"]) + place
        del table[side][place]
        for row in table["rows"]:
            del row[at : at + 1]

    return _with(content, name, change, **({"outcome": ""} if column.is_way else {}))


def with_gather(content: Content, name: str, column: str, gather: str) -> ChangeNode:
    """Several answers of a column become one in another way."""

    def change(table: dict[str, Any]) -> None:
        for each in table["outputs"]:
            if each["name"] == column:
                each["gather"] = gather

    return _with(content, name, change)


def addable(content: Content, name: str, facts: Mapping[str, Fact], *, asked: bool) -> dict[str, Fact]:
    """Fields that could be a further column."""
    taken = {each["name"] for each in table_of(content, name)["inputs" if asked else "outputs"]}
    return {key: fact for key, fact in facts.items() if key not in taken and fact.kind in SIGNS}


def _with(content: Content, name: str, change: Callable[[dict[str, Any]], None], **values: Any) -> ChangeNode:
    table = copy.deepcopy(table_of(content, name))
    table["rows"] = cells(table)
    change(table)
    return changed(name, flow(content)["nodes"][name], decision=table, **values)


# ---- what is wrong with it, and what comes out ----


def looked_at(content: Content, name: str) -> tuple[list[Problem], list[Problem]]:
    """What is wrong with the table, and a case that no row fits; `field` says which row (`rows.3`) or example."""
    try:
        found = judged(_read(content, name))
    except Refused as error:
        return list(error.problems), []
    return found.problems, found.gaps


def _read(content: Content, name: str) -> DecisionTable:
    raw = {**table_of(content, name), "rows": cells(table_of(content, name))}
    try:
        return DecisionTable.model_validate(filled(raw, content["type"].get("parameters", {})))
    except ValidationError as error:
        raise Refused([Problem("TABLE-SHAPE", each["msg"], ".".join(map(str, each["loc"])))
                       for each in error.errors()]) from None  # fmt: skip


def examples(content: Content, name: str, columns: Sequence[Shown]) -> list[list[str]]:
    """Its examples as rows: by column, the value given or expected."""
    found = []
    for example in table_of(content, name).get("examples", ()):
        given, expect = example.get("given", {}), example.get("expect", {})
        found.append([_text((given if each.is_input else expect).get(each.name)) for each in columns])
    return found


def with_examples(content: Content, name: str, columns: Sequence[Shown], rows: Sequence[Sequence[str]]) -> ChangeNode:
    """The table with other examples.

    Raises:
        Refused: values are not of their columns' kinds; all of them, by example.
    """
    made, wrong = [], list[Problem]()
    for number, row in enumerate(rows, 1):
        sides: dict[bool, dict[str, Any]] = {True: {}, False: {}}
        for column, cell in zip(columns, row, strict=True):
            try:
                value = output_value(column.kind, _text(cell), column.options)  # type: ignore[arg-type]
            except ValueError as error:
                wrong.append(Problem("TABLE-EXAMPLE", f"Example {number}, {column.label}: {error}.", name))
                continue
            if value is not None:
                sides[column.is_input][column.name] = value
        if sides[True] or sides[False]:
            made.append({"given": sides[True], "expect": sides[False]})
    if wrong:
        raise Refused(wrong)
    return _with(content, name, lambda table: table.__setitem__("examples", made))


# ---- as a file ----


def to_csv(content: Content, name: str, columns: Sequence[Shown]) -> str:
    """Its rows as CSV, with a heading."""
    file = io.StringIO()
    made = csv.writer(file)
    made.writerow([each.name for each in columns])
    made.writerows(cells(table_of(content, name)))
    return file.getvalue()


def from_csv(data: bytes, columns: Sequence[Shown]) -> list[list[str]]:
    """Rows of a CSV file with the same heading, in any order of columns.

    Raises:
        Refused: it is no CSV in UTF-8, or its heading or a line does not fit; says which.
    """
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(Problem("TABLE-CSV", f"This is no CSV file in UTF-8: {error}.", None)) from None
    wanted = [each.name for each in columns]
    heading = [name.strip() for name in lines[0]] if lines else []
    if heading != wanted and (sorted(heading) != sorted(wanted) or len(set(wanted)) < len(wanted)):
        text = f"The first line has to name the columns: {', '.join(wanted)}. It is: {', '.join(heading) or 'empty'}."
        raise Refused(Problem("TABLE-CSV", text, None))
    wrong = [number for number, line in enumerate(lines[1:], 2) if line and len(line) != len(wanted)]
    if wrong:
        where = ", ".join(map(str, wrong[:5])) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        raise Refused(
            Problem("TABLE-CSV", f"Each line needs {len(wanted)} cells; these do not have them: {where}.", None)
        )
    order = list(range(len(wanted))) if heading == wanted else [heading.index(name) for name in wanted]
    return [[line[place] for place in order] for line in lines[1:] if line]

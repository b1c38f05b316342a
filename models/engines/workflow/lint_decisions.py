"""What is wrong with decisions: cases that no branch is for, branches that never count, tables that do not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.core.errors import Problem, Refused
from models.engines.conditions import FactTypes
from models.engines.decision_tables import DecisionTable, judged
from models.engines.decision_tables.schema import Column
from models.engines.workflow.schema import Branch, DecisionNode

_VALUE = r"usd\('?(?P<usd>[\d.]+)'?\)|day\('(?P<date>[\d-]+)'\)|(?P<count>\d+)|'(?P<text>[^']*)'|(?P<yes_no>true|false)"
_COMPARED = re.compile(rf"\(?\s*(?P<fact>\w+)\s*(?P<sign><=|>=|<|>|==|!=)\s*(?:{_VALUE})\s*\)?")
_BARE = re.compile(r"(!?)\s*(\w+)")


def decision_faults(name: str, node: DecisionNode, facts: FactTypes | None) -> Iterator[Problem]:
    """What is wrong with one decision; types of columns are compared with those of `facts`."""
    if isinstance(node.decision, DecisionTable):
        yield from _table_faults(name, node, node.decision, facts)
    elif not isinstance(node.decision, str):
        yield from _branch_faults(name, node, node.decision, facts or {})


def _table_faults(name: str, node: DecisionNode, table: DecisionTable, facts: FactTypes | None) -> Iterator[Problem]:
    found = judged(table)
    yield from (Problem(problem.code, problem.text, name) for problem in found.problems)
    outputs = {column.name for column in table.outputs}
    if node.outcome and node.outcome not in outputs:
        yield Problem("FLOW-TABLE", f"The table says nothing that is called {node.outcome}.", name)
    elif node.outcome:
        yield from (
            Problem("FLOW-TABLE", f"Row {number} does not say where the case goes on.", name)
            for number in _wayless(table, node.outcome)[:5]
        )
    if node.outcome and table.hit == "collect":
        yield Problem("FLOW-TABLE", "Several rows may fit, so that no single one says the way.", name)
    for column in table.columns if facts is not None else ():
        yield from _column_faults(name, column, facts or {}, is_way=column.name == node.outcome)
    if not node.otherwise:
        yield from (Problem(problem.code, problem.text, name) for problem in found.gaps)


def _wayless(table: DecisionTable, outcome: str) -> list[int]:
    """The rows, from 1, whose cell for the way is empty; of a table that has such a column."""
    place = len(table.inputs) + [column.name for column in table.outputs].index(outcome)
    return [number for number, row in enumerate(table.rows, 1) if len(row) > place and row[place].strip() in ("", "-")]


def _column_faults(name: str, column: Column, facts: FactTypes, *, is_way: bool) -> Iterator[Problem]:
    wanted = "text" if column.type == "choice" else column.type
    if is_way or facts.get(column.name) == wanted:
        return
    if column.name not in facts:
        yield Problem("FLOW-TABLE", f"There is no fact {column.name}.", name)
    else:
        text = (
            f"{column.words} is {column.type.replace('_', ' or ')} in the table, but {facts[column.name]} in the case."
        )
        yield Problem("FLOW-TABLE", text, name)


def _branch_faults(name: str, node: DecisionNode, branches: Sequence[Branch], facts: FactTypes) -> Iterator[Problem]:
    seen: set[str] = set()
    for branch in branches:
        words = " ".join(branch.when.split())
        if words in seen:
            yield Problem("FLOW-BRANCH-TWICE", f"{branch.then}: the same condition stands above already.", name)
        seen.add(words)
    table = as_table(branches, facts)
    found = judged(table) if table is not None else None
    if found is not None and len(seen) == len(branches):
        for problem in (each for each in found.problems if each.code == "TABLE-NEVER"):
            never = branches[int((problem.field or "rows.1").rpartition(".")[2]) - 1]
            text = f"{never.then} is never taken: branches above it take every case."
            yield Problem("FLOW-BRANCH-NEVER", text, name)
    if not node.otherwise and not any(branch.when.strip() == "true" for branch in branches):
        gap = found.gaps if found is not None else [Problem("", "")]
        if gap:
            what = gap[0].text.replace("No row fits ", "").rstrip(".")
            case = f" for {what}" if what else " when none of its conditions holds"
            yield Problem("FLOW-BRANCH-GAP", f"Nothing is said{case}.", name)


# ---- conditions as a table ----


def as_table(branches: Sequence[Branch], facts: FactTypes) -> DecisionTable | None:
    """Branches that only compare facts with fixed values, as a table; None: they say more than that."""
    read = [_tests(branch.when, facts) for branch in branches]
    if any(tests is None for tests in read):
        return None
    names = list(dict.fromkeys(name for tests in read if tests for name in tests))
    if not names:
        return None
    columns = [{"name": name, "type": facts[name]} for name in names]
    rows = [[*((tests or {}).get(name, "-") for name in names), "x"] for tests in read]
    raw = {"inputs": columns, "outputs": [{"name": "to", "type": "text"}], "rows": rows}
    table = DecisionTable.model_validate(raw)
    try:
        _ = table.read
    except Refused:
        return None
    return table


def _tests(condition: str, facts: FactTypes) -> Mapping[str, str] | None:
    """The cells that a condition means, by fact; None: it cannot be written as cells."""
    if condition.strip() == "true":
        return {}
    found: dict[str, str] = {}
    for part in condition.split("&&"):
        one = _test(part.strip(), facts)
        if one is None or one[0] in found:
            return None
        found[one[0]] = one[1]
    return found


def _test(part: str, facts: FactTypes) -> tuple[str, str] | None:
    made = compared(part, facts)
    if made is None:
        return None
    kind, value = facts[made.fact], made.value
    if kind == "yes_no" and made.sign in ("==", "!="):
        return made.fact, "yes" if (value == "true") == (made.sign == "==") else "no"
    if kind == "text":
        value = '"' + value.replace('"', '""') + '"'
    if made.sign in ("==", "!="):
        return made.fact, value if made.sign == "==" else f"not {value}"
    return (made.fact, f"{made.sign} {value}") if kind in ("usd", "date", "count") else None


@dataclass(frozen=True, slots=True)
class Compared:
    """A fact compared with a fixed value, as it was written."""

    fact: str
    sign: str
    value: str


def compared(part: str, facts: FactTypes) -> Compared | None:
    """What a condition compares, when it compares one fact with one value of its type; None: it says something else."""
    if (bare := _BARE.fullmatch(part)) and facts.get(bare[2]) == "yes_no":
        return Compared(bare[2], "!=" if bare[1] else "==", "true")
    made = _COMPARED.fullmatch(part)
    kind: Any = facts.get(made["fact"]) if made else None
    if made is None or kind not in ("usd", "date", "count", "text", "yes_no") or made[kind] is None:
        return None
    return Compared(made["fact"], made["sign"], made[kind])

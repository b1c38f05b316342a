"""Decision tables: how cells are written, what is answered, and what is found wrong with a table."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.core.errors import Refused
from models.engines.decision_tables import DecisionTable, answer, gaps, judging, problems

REGION = {"name": "region", "type": "choice", "options": ["EMEA", "APAC"]}
ASKED = {"name": "asked", "type": "usd", "label": "Amount"}
WAY = {"name": "way", "type": "choice", "options": ["small", "large"]}


def table(inputs: list[Any], rows: list[list[Any]], outputs: Any = (WAY,), **more: Any) -> DecisionTable:
    return DecisionTable.model_validate({"inputs": inputs, "outputs": list(outputs), "rows": rows, **more})


def codes(made: DecisionTable) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in problems(made)]


def fits(kind: str, cell: str, value: Any, **column: Any) -> bool:
    """Whether a cell fits a value."""
    return answer(table([{"name": "x", "type": kind, **column}], [[cell, "small"]]), {"x": value}) is not None


@pytest.mark.parametrize(
    ("kind", "cell", "yes", "no"),
    [
        ("count", "12", [12], [11, None]),
        ("count", "1, 3", [1, 3], [2]),
        ("count", "not 1, 3..5", [2, 6], [1, 4, None]),
        ("count", "< 0", [-1], [0]),
        ("count", "<= 0, >= 10", [0, 10], [5]),
        ("count", "= 5", [5], [6]),
        ("usd", "> 50000", ["50000.01"], ["50000.00", "1"]),
        ("usd", "100..200", ["100", "200.00"], ["200.01", "99.99"]),
        ("usd", "(100..200)", ["100.01", "199.99"], ["100", "200"]),
        ("usd", "[100..200)", ["100"], ["200"]),
        ("date", ">= 2026-05-21", ["2026-05-21"], ["2026-05-20"]),
        ("date", "2026-01-01..2026-12-31", ["2026-06-01"], ["2027-01-01"]),
        ("yes_no", "yes", [True], [False, None]),
        ("yes_no", "false", [False], [True]),
        ("text", 'Berlin, "a, ""b"""', ["Berlin", 'a, "b"'], ["Paris", ""]),
        ("text", "not Berlin", ["Paris"], ["Berlin", None]),
        ("text", "-", ["x", None, ""], []),
        ("text", "", ["x", None], []),
        ("text", "empty", [None, ""], ["x"]),
    ],
)
def test_how_cells_are_written(kind: str, cell: str, yes: list[Any], no: list[Any]):
    assert [fits(kind, cell, value) for value in yes] == [True] * len(yes)
    assert [fits(kind, cell, value) for value in no] == [False] * len(no)


@pytest.mark.parametrize(
    ("kind", "cell", "said"),
    [
        ("count", "1.5", "'1.5' is not a whole number such as 12"),
        ("usd", "50k", "'50k' is not an amount such as 8640.50, without separators"),
        ("usd", "5..1", "'5..1' holds nothing: the first is after the last"),
        ("date", "21.05.2026", "is not a day such as 2026-05-21"),
        ("date", "2026-02-30", "is not a day such as 2026-05-21"),
        ("yes_no", "maybe", "'maybe' is not yes or no"),
        ("choice", "MARS", "'MARS' is no option; there are: EMEA, APAC"),
        ("text", 'a, "b', "put a text with commas or quotes into double quotes"),
    ],
)
def test_a_bad_cell_is_named_with_its_row_and_column(kind: str, cell: str, said: str):
    column = {"name": "x", "type": kind, "options": REGION["options"] if kind == "choice" else []}
    made = table([column], [["-", "small"], [cell, "small"]])
    (problem,) = problems(made)
    assert (problem.code, problem.field) == ("TABLE-CELL", "rows.2.x")
    assert problem.text.startswith("Row 2, X: ")
    assert said in problem.text
    with pytest.raises(Refused):
        answer(made, {})


def test_the_first_row_that_fits_answers_and_nothing_when_none_does():
    made = table([ASKED, REGION], [["> 50000", "-", "large"], ["-", "EMEA", "small"]])
    found = answer(made, {"asked": "60000", "region": "EMEA"})
    assert found
    assert (found.rows, found.values) == ((1,), {"way": "large"})
    assert answer(made, {"asked": "10", "region": "APAC"}) is None
    assert answer(made, {}) is None
    with pytest.raises(Refused, match="Amount: 'much' is not an amount"):
        answer(made, {"asked": "much"})
    with pytest.raises(Refused, match="X: 'si' is not yes or no"):
        answer(table([{"name": "x", "type": "yes_no"}], [["yes", "small"]]), {"x": "si"})


def test_two_rows_of_a_unique_table_must_not_both_fit():
    made = table([ASKED], [["> 10", "large"], ["> 20", "small"]], hit="unique")
    with pytest.raises(Refused, match="Rows 1 and 2 both fit, and only one may"):
        answer(made, {"asked": "30"})
    assert codes(made) == [("TABLE-OVERLAP", "rows.2")]
    assert [problem.text for problem in problems(made)] == ["Rows 1 and 2 can both fit."]


def test_collected_rows_become_one_answer():
    outputs = [
        {"name": "n", "type": "count"}, {"name": "most", "type": "usd", "gather": "most"},
        {"name": "least", "type": "usd", "gather": "least"}, {"name": "sum", "type": "usd"},
        {"name": "who", "type": "text"}, {"name": "day", "type": "date"}, {"name": "ask", "type": "yes_no"},
        {"name": "none", "type": "text"},
    ]  # fmt: skip
    rows = [
        ["-", 1, "10.10", "10.10", "10.10", "Legal", "2026-01-01", "no", "-"],
        ["> 5", 2, "0.20", "0.20", "0.20", "Money", "2026-02-01", True, "-"],
        ["> 5", 4, "3", "3", "3", "Legal", "", False, ""],
    ]
    made = table([ASKED], rows, outputs, hit="collect")
    found = answer(made, {"asked": "6"})
    assert found
    assert found.rows == (1, 2, 3)
    assert found.values == {
        "n": 7, "most": "10.10", "least": "0.20", "sum": "13.30", "who": "Legal, Money", "day": "2026-02-01",
        "ask": True, "none": None,
    }  # fmt: skip
    one = answer(made, {"asked": "5"})
    assert one
    assert one.values["n"] == 1
    none = table([ASKED], [["> 5", "small"]], hit="collect")
    assert answer(none, {"asked": "1"}) is None
    assert problems(none) == []


@pytest.mark.parametrize(
    ("inputs", "cells", "gap"),
    [
        ([ASKED], [["< 1000"], ["> 5000"]], "Amount from 1,000.00 up to 5,000.00"),
        ([ASKED], [["<= 1000"], [">= 5000"]], "Amount over 1,000.00 under 5,000.00"),
        ([ASKED], [["<= 1000.00000001"], ["> 1000.00000003"]], "Amount over 1,000.00000001 under 1,000.00000004"),
        ([{"name": "n", "type": "count"}], [["<= 1"], [">= 3"]], "N 2"),
        ([{"name": "n", "type": "count"}], [["<= 1"]], "N from 2"),
        ([{"name": "d", "type": "date"}], [["< 2026-01-01"], [">= 2026-02-01"]], "D from 2026-01-01 up to 2026-01-31"),
        ([{"name": "ok", "type": "yes_no"}], [["yes"]], "Ok no"),
        ([REGION], [["EMEA"]], "Region APAC"),
        ([REGION], [["not APAC"]], "Region APAC"),
        ([{"name": "t", "type": "text"}], [["Berlin"]], "T anything else"),
        ([{"name": "t", "type": "text"}], [["not Berlin"]], "T Berlin"),
        ([{"name": "t", "type": "text"}], [["empty"]], "anything"),
        ([ASKED, REGION], [["-", "EMEA"], ["> 5", "-"]], "Amount up to 5.00, Region APAC"),
        ([REGION, ASKED], [["EMEA", "-"], ["APAC", "> 5"]], "Region APAC, Amount up to 5.00"),
        ([ASKED], [["-"]], None),
        ([REGION], [["not EMEA"], ["EMEA"]], None),
        ([ASKED], [["1..5, 3..10, < 1"], ["> 10"]], None),
    ],
)
@pytest.mark.parametrize("hit", ["first", "unique", "collect"])
def test_a_case_that_no_row_fits_is_named(inputs: list[Any], cells: list[list[str]], gap: str | None, hit: str):
    made = table(inputs, [[*row, "small"] for row in cells], hit=hit)
    assert [problem.text for problem in gaps(made)] == ([f"No row fits {gap}."] if gap else [])


def test_a_row_that_rows_above_it_take_everything_from_is_named():
    made = table([ASKED, REGION], [["< 10", "-", "small"], [">= 10", "EMEA", "large"], ["-", "EMEA", "small"],
                                   ["-", "-", "small"], ["5", "APAC", "small"]])  # fmt: skip
    assert codes(made) == [("TABLE-NEVER", "rows.3"), ("TABLE-NEVER", "rows.5")]


def test_examples_run_as_tests():
    examples = [
        {"given": {"asked": "60000"}, "expect": {"way": "large"}},
        {"given": {"asked": "60000"}, "expect": {"way": "small"}},
        {"given": {"asked": "1"}},
        {"given": {"asked": "60000"}},
        {"given": {"asked": "1"}, "expect": {"way": "small"}},
        {"given": {"asked": "x"}, "expect": {"way": "small"}},
    ]
    made = table([ASKED], [["> 50000", "large"]], examples=examples)
    assert [(problem.field, problem.text) for problem in problems(made)] == [
        ("examples.2", "Example 2 comes out otherwise: way large."),
        ("examples.4", "Example 4 comes out otherwise: way large."),
        ("examples.5", "Example 5 comes out otherwise: way None."),
        ("examples.6", "Example 6: Amount: 'x' is not an amount such as 8640.50, without separators."),
    ]


def test_a_table_without_shape():
    assert codes(table([ASKED], [])) == [("TABLE-EMPTY", "rows")]
    assert codes(table([ASKED], [["1"]])) == [("TABLE-ROW", "rows.1")]
    assert codes(table([ASKED, ASKED], [["1", "2", "small"]])) == [("TABLE-COLUMN", "asked")]
    assert len(codes(table([ASKED], [["x", "huge"]] * 1000))) == 20  # nobody reads two thousand lines
    for rows in ("much", ["much"]):
        with pytest.raises(ValidationError):
            table([ASKED], rows)  # type: ignore[arg-type]


def test_ten_thousand_rows_are_read_answered_and_judged_quickly():
    rows = [[f"[{n * 10}..{n * 10 + 10})", "-" if n % 3 else "EMEA", "small"] for n in range(9_999)]
    made = table([ASKED, REGION], [*rows, ["99990", "APAC", "large"]])
    began = perf_counter()
    found = answer(made, {"asked": "99990", "region": "APAC"})
    assert found
    assert found.rows == (10_000,)
    read = perf_counter()
    for _ in range(10):
        answer(made, {"asked": "50000", "region": "EMEA"})
    assert perf_counter() - read < 1
    assert [problem.text for problem in gaps(made)] == ["No row fits Amount under 0.00."]
    assert problems(made) == []
    assert perf_counter() - began < 30


def test_what_tells_too_much_apart_is_left_open_and_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(judging, "MOST_STEPS", 3)
    made = table([ASKED], [[str(n), "small"] for n in range(10)])
    assert codes(made) == [("TABLE-LARGE", "rows")]
    assert gaps(made) == []


CELLS = st.sampled_from(["-", "< 3", ">= 3", "2..4", "not 3", "1, 5", "empty"])


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.sampled_from(["first", "unique"]))
@settings(max_examples=60, deadline=None)
def test_what_is_judged_is_what_is_answered(cells: list[tuple[str, str]], hit: str):
    """Every pair of small numbers is asked: a gap, an overlap or a row that never counts shows there or nowhere."""
    inputs = [{"name": "a", "type": "count"}, {"name": "b", "type": "count"}]
    made = table(inputs, [[*row, "small"] for row in cells], hit=hit)
    said = {problem.code for problem in problems(made)}
    rows: set[int] = set()
    gap = overlap = False
    for a in range(8):
        for b in range(8):
            try:
                found = answer(made, {"a": a, "b": b})
            except Refused:
                overlap = True
                continue
            gap |= found is None
            rows |= set(found.rows) if found else set()
    assert bool(gaps(made)) == gap
    assert ("TABLE-OVERLAP" in said) == overlap
    if hit == "first":
        assert ("TABLE-NEVER" in said) == (rows != set(range(1, len(cells) + 1)))

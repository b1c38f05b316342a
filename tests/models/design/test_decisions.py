"""How a decision is made: one condition, branches, a table; ways follow what became of their outcomes."""

from __future__ import annotations

from typing import Any

import pytest

from models.design import decisions, table_editing
from models.design.conditions import facts_of
from models.design.editing import edited
from models.design.edits import ChangeNode, Edit
from models.engines.definitions.loading import Content
from tests.support.acting import codes

FIELDS = [
    {"name": "asked", "label": "Amount", "type": "usd"},
    {"name": "region", "label": "Region", "type": "choice", "options": ["EMEA", "APAC"]},
]


def content(decision: Any, **more: Any) -> Content:
    edges = [["choice.yes", "large"], ["choice.no", "small"]]
    nodes = {"choice": {"decision": decision, "label": "Choice", **more}, "large": {"end": "a"}, "small": {"end": "b"}}
    return {
        "type": {
            "key": "k", "facts": {"asked": "usd", "region": "text", "owner": "text"}, "parameters": {"limit": 5},
            "forms": {"f": {"steps": [{"fields": FIELDS}]}},
            "workflow": {"start": "choice", "nodes": nodes, "edges": edges,
                         "clocks": {"c": {"start": ["leave choice.yes"], "due": "1 day"}}},
        },
        "processes": {},
    }  # fmt: skip


def after(before: Content, edit: Edit) -> tuple[dict[str, Any], list[list[str]]]:
    made = edited(before, edit)[0]["type"]["workflow"]
    return made["nodes"]["choice"], made["edges"]


ONE = content("asked > usd(5000)")
BRANCHES = content(
    [{"when": "asked > usd(5000)", "then": "yes"}, {"when": "region == 'EMEA'", "then": "near"}], otherwise="no"
)


def table(rows: list[list[str]], **more: Any) -> Content:
    made = {
        "inputs": [{"name": "asked", "type": "usd"}, {"name": "region", "type": "choice", "options": ["EMEA", "APAC"]}],
        "outputs": [{"name": "way", "type": "text"}], "rows": rows, "hit": "first", **more,
    }  # fmt: skip
    return content(made, outcome="way")


TABLE = table([["> 5000", "-", "yes"], ["<= 5000", "EMEA", "no"], ["<= 5000", "APAC", "no"]])


def test_a_condition_becomes_branches_and_a_table_and_keeps_its_ways() -> None:
    """Yes and no lead where they led."""
    edges = ONE["type"]["workflow"]["edges"]
    node, ways = after(ONE, decisions.decided_by(ONE, "choice", "branches"))
    assert (node["decision"], node["otherwise"]) == ([{"when": "asked > usd(5000)", "then": "yes"}], "no")
    assert ways == edges
    node, ways = after(ONE, decisions.decided_by(ONE, "choice", "table"))
    assert (node["decision"]["rows"], node["outcome"], node["otherwise"]) == ([["> 5000", "yes"]], "way", "no")
    assert ways == edges


def test_branches_become_a_table_of_what_they_compare() -> None:
    node, ways = after(BRANCHES, decisions.decided_by(BRANCHES, "choice", "table"))
    assert node["decision"]["rows"] == [["> 5000", "-", "yes"], ["-", '"EMEA"', "near"]]
    assert [each["name"] for each in node["decision"]["inputs"]] == ["asked", "region"]
    assert ways == BRANCHES["type"]["workflow"]["edges"]


def test_branches_become_a_condition() -> None:
    """The first is yes, otherwise no; the others go with their ways."""
    named = content([{"when": "asked > usd(1)", "then": "first"}, {"when": "true", "then": "second"}], otherwise="rest")
    named["type"]["workflow"]["edges"] = [
        ["choice.first", "large"],
        ["choice.second", "large"],
        ["choice.rest", "small"],
    ]
    node, ways = after(named, decisions.decided_by(named, "choice", "condition"))
    assert node == {"decision": "asked > usd(1)", "label": "Choice"}
    assert ways == [["choice.yes", "large"], ["choice.no", "small"]]


def test_a_table_becomes_branches_by_its_ways() -> None:
    node, _ = after(TABLE, decisions.decided_by(TABLE, "choice", "branches"))
    assert [each["then"] for each in node["decision"]] == ["yes", "no"]
    assert "outcome" not in node


def test_a_branch_is_renamed_with_its_way_and_what_listens_to_it() -> None:
    edit = decisions.with_branch_said(BRANCHES, "choice", 0, then="Very large")
    made, _ = edited(BRANCHES, edit)
    flow = made["type"]["workflow"]
    assert flow["nodes"]["choice"]["decision"][0]["then"] == "very_large"
    assert flow["edges"][0] == ["choice.very_large", "large"]
    assert flow["clocks"]["c"]["start"] == ["leave choice.very_large"]


def test_a_branch_is_moved_changed_added_and_taken_away() -> None:
    names = lambda edit: [each["then"] for each in after(BRANCHES, edit)[0]["decision"]]  # noqa: E731
    assert names(decisions.with_branch_moved(BRANCHES, "choice", 0, 1)) == ["near", "yes"]
    assert names(decisions.with_branch_moved(BRANCHES, "choice", 0, -1)) == ["yes", "near"]
    assert names(decisions.with_branch(BRANCHES, "choice")) == ["yes", "near", "branch"]
    node, ways = after(BRANCHES, decisions.without_branch(BRANCHES, "choice", 0))
    assert ([each["then"] for each in node["decision"]], ways) == (["near"], [["choice.no", "small"]])
    node, _ = after(BRANCHES, decisions.with_branch_said(BRANCHES, "choice", 1, when="asked > usd(9)"))
    assert node["decision"][1] == {"when": "asked > usd(9)", "then": "near"}
    node, ways = after(BRANCHES, decisions.with_otherwise(BRANCHES, "choice", " "))
    assert ("otherwise" in node, ways) == (False, [["choice.yes", "large"]])
    assert decisions.leads_to(BRANCHES, "choice", "yes") == "large"
    assert decisions.leads_to(BRANCHES, "choice", "near") == ""


def test_what_cannot_be_changed_says_why() -> None:
    one = content([{"when": "true", "then": "yes"}])
    assert codes(lambda: decisions.without_branch(one, "choice", 0)) == ["DESIGN-BRANCH"]
    assert codes(lambda: decisions.with_branch_said(one, "choice", 3, when="true")) == ["DESIGN-GONE"]
    bare = content("")
    bare["type"]["facts"] = {}
    assert codes(lambda: decisions.decided_by(bare, "choice", "table")) == ["DESIGN-FACT"]
    assert codes(lambda: table_editing.table_of(one, "choice")) == ["DESIGN-GONE"]


# ---- tables ----


def columns(of: Content) -> list[table_editing.Shown]:
    return table_editing.shown(of, "choice", facts_of(of))


def test_a_table_is_shown_by_what_people_call_its_columns() -> None:
    assert [(each.label, each.is_input, each.is_way) for each in columns(TABLE)] == [
        ("Amount", True, False), ("Region", True, False), ("Way on", False, True)
    ]  # fmt: skip
    short = table([["> 5", "EMEA"], [True, None, 5]])  # type: ignore[list-item]
    assert table_editing.cells(table_editing.table_of(short, "choice")) == [["> 5", "EMEA", ""], ["yes", "", "5"]]


def test_rows_are_kept_as_they_were_typed() -> None:
    """Blank lines are left out, a way gets a name that ways can have, and another name of a way keeps its edge."""
    typed = [[" > 5000", "-", "Legal Team"], ["", None, " "], ["<= 5000", "-", "no"]]
    rows = table_editing.tidied(typed, columns(TABLE))
    assert rows == [["> 5000", "-", "legal_team"], ["<= 5000", "-", "no"]]
    node, ways = after(TABLE, table_editing.with_rows(TABLE, "choice", rows))
    assert node["decision"]["rows"] == rows
    assert ways == [["choice.legal_team", "large"], ["choice.no", "small"]]


def test_columns_come_and_go_with_their_cells() -> None:
    facts = facts_of(TABLE)
    node, _ = after(TABLE, table_editing.with_column(TABLE, "choice", facts["owner"], asked=True))
    assert node["decision"]["rows"][0] == ["> 5000", "-", "-", "yes"]
    node, _ = after(TABLE, table_editing.with_column(TABLE, "choice", facts["region"], asked=False))
    assert node["decision"]["rows"][0] == ["> 5000", "-", "yes", ""]
    assert node["decision"]["outputs"][-1] == {
        "name": "region", "label": "Region", "type": "choice", "options": ["EMEA", "APAC"],
    }  # fmt: skip
    asked, region, way = columns(TABLE)
    node, _ = after(TABLE, table_editing.without_column(TABLE, "choice", region))
    assert node["decision"]["rows"][0] == ["> 5000", "yes"]
    assert codes(lambda: table_editing.without_column(TABLE, "choice", way)) == ["TABLE-COLUMN"]
    assert list(table_editing.addable(TABLE, "choice", facts, asked=True)) == ["owner"]
    del asked


def test_a_way_column_comes_and_goes() -> None:
    bare = content({"inputs": [{"name": "asked", "type": "usd"}], "rows": [["-", "Ann"]],
                    "outputs": [{"name": "owner", "type": "text"}]})  # fmt: skip
    made, _ = edited(bare, table_editing.with_way_column(bare, "choice"))
    assert made["type"]["workflow"]["nodes"]["choice"]["outcome"] == "way"
    way = columns(made)[-1]
    node, _ = after(made, table_editing.without_column(made, "choice", way))
    assert "outcome" not in node
    assert node["decision"]["rows"] == [["-", "Ann"]]


def test_rows_are_moved_and_the_rule_for_several_is_chosen() -> None:
    node, _ = after(TABLE, table_editing.with_row_moved(TABLE, "choice", 3, 1))
    assert [row[0] for row in node["decision"]["rows"]] == ["<= 5000", "> 5000", "<= 5000"]
    assert after(TABLE, table_editing.with_hit(TABLE, "choice", "unique"))[0]["decision"]["hit"] == "unique"
    node, _ = after(TABLE, table_editing.with_gather(TABLE, "choice", "way", "least"))
    assert node["decision"]["outputs"][0]["gather"] == "least"


def test_gaps_overlaps_and_examples_are_said_with_their_rows() -> None:
    """A number of the type may stand in a cell."""
    assert table_editing.looked_at(TABLE, "choice") == ([], [])
    open_ = table([["> $limit", "EMEA", "yes"], ["> 100", "EMEA", "no"]])
    wrong, gaps = table_editing.looked_at(open_, "choice")
    assert [each.text for each in wrong] == ["Row 2 never counts: rows above it fit first."]
    assert [each.text for each in gaps] == ["No row fits Asked up to 5.00."]
    broken = table([["much", "-", "yes"]])
    assert [each.field for each in table_editing.looked_at(broken, "choice")[0]] == ["rows.1.asked"]
    misshapen = table([["-", "-", "yes"]], hit="last")
    assert [each.code for each in table_editing.looked_at(misshapen, "choice")[0]] == ["TABLE-SHAPE"]


def test_examples_are_tests() -> None:
    made, _ = edited(TABLE, table_editing.with_examples(
        TABLE, "choice", columns(TABLE), [["6000", "EMEA", "yes"], ["10", "APAC", "yes"], ["", "", ""]]))  # fmt: skip
    assert table_editing.examples(made, "choice", columns(made)) == [["6000", "EMEA", "yes"], ["10", "APAC", "yes"]]
    assert [each.text for each in table_editing.looked_at(made, "choice")[0]] == [
        "Example 2 comes out otherwise: way no."
    ]
    wrong = [["much", "EMEA", "yes"], ["1", "Mars", "yes"]]
    assert codes(lambda: table_editing.with_examples(TABLE, "choice", columns(TABLE), wrong)) == ["TABLE-EXAMPLE"] * 2


def test_a_table_goes_away_as_csv_and_comes_back() -> None:
    """Columns may come in another order."""
    text = table_editing.to_csv(TABLE, "choice", columns(TABLE))
    assert text.splitlines()[0] == "asked,region,way"
    rows = table_editing.cells(table_editing.table_of(TABLE, "choice"))
    assert table_editing.from_csv(text.encode("utf-8-sig"), columns(TABLE)) == rows
    assert table_editing.from_csv(b"way,asked,region\r\nyes,> 1,-\r\n\r\n", columns(TABLE)) == [["> 1", "-", "yes"]]


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"asked,region,way\n1,2\n", b"\xff\xfe", b'asked,region,way\n"1'])
def test_a_file_that_is_no_such_table_is_refused(data: bytes) -> None:
    assert codes(lambda: table_editing.from_csv(data, columns(TABLE))) == ["TABLE-CSV"]


def test_a_table_has_an_end() -> None:
    rows = [["-", "-", "yes"]] * (table_editing.MOST_ROWS + 1)
    assert codes(lambda: table_editing.with_rows(TABLE, "choice", rows)) == ["TABLE-LARGE"]


def test_a_change_that_somebody_else_made_first_is_refused() -> None:
    """Nobody overwrites rows that they have not seen."""
    mine = table_editing.with_hit(TABLE, "choice", "unique")
    theirs, _ = edited(TABLE, table_editing.with_rows(TABLE, "choice", [["-", "-", "yes"]]))
    assert isinstance(mine, ChangeNode)
    assert codes(lambda: edited(theirs, mine)) == ["DESIGN-CHANGED"]

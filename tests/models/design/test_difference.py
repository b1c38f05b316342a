"""What a second person reads before they agree: decisions, tables, candidates and clocks in words."""

from __future__ import annotations

from typing import Any

import pytest

from models.design import clocks
from models.design.difference import differences
from models.design.editing import edited
from models.design.edits import AddNode, ChangeNode, ChangeType, Edit
from models.design.templates import template
from models.engines.definitions.loading import Content


def after(content: Content, *edits: Edit) -> Content:
    for edit in edits:
        content, _ = edited(content, edit)
    return content


BASE = after(template("funding"), AddNode("decision", label="Large", after=("business", "approve")),
             ChangeNode("large", {"decision": "asked > usd(5000)"}))  # fmt: skip


def table(*rows: list[str], **more: Any) -> dict[str, Any]:
    return {"inputs": [{"name": "asked", "type": "usd", "label": "Amount"}], "rows": list(rows),
            "outputs": [{"name": "way", "type": "text", "label": "Way on"}]} | more  # fmt: skip


TABLE = after(BASE, ChangeNode("large", {"decision": table(["> 5", "yes"], ["<= 5", "no"]), "outcome": "way"}))
CLOCK = after(BASE, clocks.with_clock(BASE, "Time to decide"))
Line = tuple[str, str, str, str]

CASES: list[tuple[str, Content, Edit, list[Line]]] = [
    (
        "condition", BASE, ChangeNode("large", {"decision": "asked > usd(9000)"}),
        [("Large", "How it decides", "yes when Amount is more than 5,000.00", "yes when Amount is more than 9,000.00")],
    ),
    (
        "branches", BASE, ChangeNode("large", {"decision": [{"when": "asked > usd(1)", "then": "very_large"}]}),
        [("Large", "How it decides", "yes when Amount is more than 5,000.00",
          "very large when Amount is more than 1.00")],
    ),
    (
        "table", BASE, ChangeNode("large", {"decision": table(["-", "yes"])}),
        [("Large", "How it decides", "yes when Amount is more than 5,000.00", "by a table of 1 rows")],
    ),
    (
        "rows", TABLE, ChangeNode("large", {"decision": table(["> 7", "yes"], ["<= 5", "no"], ["-", "no"])}),
        [("Large", "Row 1", "> 5 | yes", "> 7 | yes"), ("Large", "Row 3: - | no", "", "")],
    ),
    (
        "row gone", TABLE, ChangeNode("large", {"decision": table(["> 5", "yes"])}),
        [("Large", "Row 2: <= 5 | no", "", "")],
    ),
    (
        "hit", TABLE, ChangeNode("large", {"decision": table(["> 5", "yes"], ["<= 5", "no"], hit="unique",
                                                             examples=[{"given": {}, "expect": {}}])}),
        [("Large", "When several rows fit", "The first row that fits counts", "Exactly one row fits"),
         ("Large", "Examples", "0", "1")],
    ),
    (
        "candidates", BASE, ChangeNode("finance", {"candidates": [{"partner_manager": True}]}),
        [("Finance review", "Whose turn it is first", "--", "The partner's ecosystem manager")],
    ),
    (
        "new clock", BASE, clocks.with_clock(BASE, "Time to decide"),
        [("Clock Time to decide", "Runs 5 working days; Starts when Application is sent; Stands from when The "
          "applicant is asked something; Goes on when The applicant answers; Is over when The case ends", "", "")],
    ),
    (
        "clock gone", CLOCK, clocks.without_clock(CLOCK, "time_to_decide"),
        [("Clock Time to decide", "The clock is taken away", "", "")],
    ),
    (
        "clock", CLOCK, clocks.with_values(CLOCK, "time_to_decide", due="8 days", stop=["leave finance.approve"],
                                           escalate={"finance": "1 day"}),
        [("Clock Time to decide", "Runs", "5 working days", "8 days"),
         ("Clock Time to decide", "Is over when", "The case ends", "Finance review is over: approve"),
         ("Clock Time to decide", "When it is late", "--", "finance: 1 day")],
    ),
    (
        "promise", BASE, ChangeType(("workflow", "promised"), "10 working days"),
        [("Promised in all", "", "--", "10 working days")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "edit", "lines"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_change_is_told_in_words(before: Content, edit: Edit, lines: list[Line]) -> None:
    found = differences(before, after(before, edit))
    assert [(each.about, each.text, each.before, each.after) for each in found] == lines


def test_many_rows_are_counted() -> None:
    """Twenty are told one by one."""
    rows = [[f"{number}", "yes"] for number in range(50)]
    found = differences(TABLE, after(TABLE, ChangeNode("large", {"decision": table(*rows)})))
    assert len(found) == 21
    assert found[-1].text == "and 30 more rows"

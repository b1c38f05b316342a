"""Bad input in a draft: what somebody drew, wrote or chose is named with its place, in words; nothing of it is lost."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest

from models.core.unit_of_work import UnitOfWork
from models.design.editing import edited
from models.design.edits import AddNode, ChangeNode, ChangeType, Connect, Edit
from models.design.judging import judged, warnings
from models.design.templates import template
from models.engines.definitions.loading import build
from tests.support.build import Build


def problems_after(*edits: Edit) -> list[tuple[str | None, str]]:
    content = template("funding")
    for edit in edits:
        content, _ = edited(content, edit)
    return [(each.field, each.text) for each in judged(content)[1]]


CHOICE = AddNode("decision", label="Large", after=("business", "approve"))
BRANCH = (CHOICE, Connect("large", "yes", "finance"), Connect("large", "no", "payment"))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("asked >", "It ends too early, at character 8 of: asked >"),
        ("asked > 'much'", "A number or amount and a text do not go together in >"),
        ("askd > usd(1)", "There is no fact 'askd'"),
        ("", "There is no condition yet: choose or write one."),
        ("asked", "It is no condition: write something that is true or false."),
    ],
)
def test_a_condition_that_does_not_hold_is_named_at_its_decision(condition: str, said: str) -> None:
    found = problems_after(*BRANCH, ChangeNode("large", {"decision": condition}))
    assert [field for field, _ in found] == ["large"]
    assert said in found[0][1]


def test_a_fact_that_nobody_gave_yet_is_named() -> None:
    """The supplier's name is asked for by the payment, behind the decision."""
    found = problems_after(*BRANCH, ChangeNode("large", {"decision": "supplier_name == 'x'"}))
    assert found == [("large", "Supplier name is used here, but on a way that leads here nobody has given it yet.")]


def test_a_circle_without_a_person_is_named() -> None:
    found = problems_after(
        CHOICE, ChangeNode("large", {"decision": "asked > usd(1)"}), Connect("large", "yes", "finance"),
        Connect("large", "no", "large"),
    )  # fmt: skip
    assert ("large", "It leads back to itself without anybody's doing.") in found


def test_a_role_that_does_not_exist_is_named() -> None:
    assert problems_after(ChangeNode("business", {"review": ["reviewer_legal"]})) == [
        ("business", "There is no role reviewer_legal.")
    ]


def table(rows: list[list[str]]) -> dict[str, Any]:
    return {"inputs": [{"name": "asked", "type": "usd", "label": "Amount"}], "hit": "first",
            "outputs": [{"name": "way", "type": "text"}], "rows": rows}  # fmt: skip


def test_ten_thousand_rows_are_judged_in_seconds_and_only_once() -> None:
    """A gap is named; the second look costs next to nothing."""
    rows = [[f"[{n * 10}..{n * 10 + 10})", "yes" if n % 2 else "no"] for n in range(10_000)]
    content = template("funding")
    for edit in (*BRANCH, ChangeNode("large", {"decision": table(rows), "outcome": "way"})):
        content, _ = edited(content, edit)
    began = perf_counter()
    assert [each.text for each in judged(content)[1]] == ["No row fits Amount under 0.00."]
    once = perf_counter() - began
    assert once < 20
    began = perf_counter()
    judged(content)
    assert perf_counter() - began < max(once / 3, 0.2)


def test_a_row_without_a_way_is_named() -> None:
    found = problems_after(*BRANCH, ChangeNode("large", {"decision": table([["-", ""]]), "outcome": "way"}))
    assert ("large", "Row 1 does not say where the case goes on.") in found


def test_a_term_that_is_none_is_named_at_its_clock() -> None:
    clock = {"start": ["enter business"], "stop": ["end"], "due": "soon"}
    (found,) = problems_after(ChangeType(("workflow", "clocks"), {"decide": clock}))
    assert found[0] == "workflow.clocks.decide.due"
    assert "is no span of time; write for example 3 working days" in found[1]


# ---- nobody there ----


def said(uow: UnitOfWork, *edits: Edit) -> list[tuple[str | None, str]]:
    content = template("funding")
    for edit in edits:
        content, _ = edited(content, edit)
    return [(each.field, each.text) for each in warnings(uow, build(content))]


def test_a_role_that_nobody_has_is_said_with_its_stage(build: Build) -> None:
    """It keeps nothing from being published; when somebody has the role, nothing is said any more."""
    build.actor("reviewer_business", name="Joris de Wit")
    build.actor("reviewer_payment", name="Mei Tan")
    assert said(build.uow)[0] == ("finance", "Nobody who can sign in is Finance reviewer.")


def test_four_eyes_that_leave_nobody_over_are_said(build: Build) -> None:
    """One person has both roles: whoever agrees first bars themselves from the second stage."""
    build.actor("reviewer_business", "reviewer_finance", name="Joris de Wit")
    assert (
        "finance",
        "Whoever could decide here has to decide an earlier stage: four eyes leave nobody over.",
    ) in said(build.uow)


def test_more_people_than_there_are_are_said(build: Build) -> None:
    build.actor("reviewer_business", name="Joris de Wit")
    build.actor("reviewer_finance", name="Sipho Dlamini")
    found = said(build.uow, ChangeNode("finance", {"quorum": 3}))
    assert ("finance", "3 people have to agree here, but there are only 1.") in found

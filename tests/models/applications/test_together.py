"""Several reviews decided at once: as the preview said, each like a single decision, four eyes and limits in force."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest

from models.applications import queries, reviewing, together
from models.applications.access import find
from models.applications.rows import QueueFilter
from models.core.actor import Actor
from models.core.errors import NotAllowed, Refused
from models.core.paging import FIRST_PAGE
from models.engines.lists import Asked, Preview
from models.lists import acting
from models.lists.acting import Done
from models.lists.queries import open_list, read
from tests.support.build import Build
from tests.support.mdf import Fund, usd

COMMENT = {"comment": "Thank you."}
REASON = "R-03 Budget not plausible"


@pytest.fixture
def fund(build: Build) -> Fund:
    return Fund(build)


def applied(fund: Fund, number: int) -> list[UUID]:
    """Applications that no check finds anything about: other names, places and months."""
    return [
        fund.applied(
            activity_name=f"{word} day", address=f"{word} street {n}", starts_on=f"2026-{8 + n:02}-03",
            ends_on=f"2026-{8 + n:02}-04",
        )
        for n, word in enumerate(["Amber", "Boreal", "Cedar", "Dune"][:number])
    ]  # fmt: skip


def look(fund: Fund, actor: Actor, name: str, keys: list[UUID], given: dict[str, str] | None = None) -> Preview:
    with fund.as_(actor) as uow:
        return acting.preview(uow, "reviews", name, keys, given or {})


def do(fund: Fund, actor: Actor, name: str, shown: Preview, given: dict[str, str] | None = None) -> Done:
    return acting.run_each(partial(fund.as_, actor), "reviews", name, shown, given or {})


def test_a_list_names_each_case_once_and_only_what_one_may_decide(fund: Fund) -> None:
    first, second = applied(fund, 2)
    with fund.as_(fund.joris) as uow:
        opened = open_list(uow, "reviews")
        found = read(uow, opened, Asked(sort="number"), FIRST_PAGE).page.rows
    assert [row.key for row in found] == [first, second]
    assert found[0].values["amount"] == usd("8640.00")
    with fund.as_(fund.sipho) as uow:
        assert read(uow, open_list(uow, "reviews"), Asked(), FIRST_PAGE).page.rows == ()


def test_clean_ones_are_approved_with_their_amounts_and_others_say_why_not(fund: Fund) -> None:
    clean = applied(fund, 2)
    doubtful = fund.applied(activity_name="Amber day", address="Amber street 0")  # like the first one
    held = fund.applied(activity_name="Quartz fair", address="Pier 9", starts_on="2026-12-03", ends_on="2026-12-04")
    rita = fund.build.actor("reviewer_business", name="Rita Moss")
    with fund.as_(rita) as uow:
        reviewing.claim(uow, held, "application_review#1")
    shown = look(fund, fund.joris, "approve", [*clean, doubtful, held, fund.partner.id])
    assert set(shown.able) == set(clean)
    assert shown.amounts == {"USD": usd("17280.00")}
    assert shown.refused == {
        "a check found something: look at it": 1, "somebody else holds it": 1, acting.UNSEEN: 1
    }  # fmt: skip
    assert shown.names["somebody else holds it"] == ["MDF-2026-0004"]
    assert do(fund, fund.joris, "approve", shown) == Done(2)
    assert [fund.status(key) for key in clean] == ["MDF application approved"] * 2
    assert fund.status(doubtful) == "MDF application being reviewed"
    again = do(fund, fund.joris, "approve", shown)  # the same press once more
    assert again == Done(2)


def test_who_was_quicker_is_named_and_the_others_are_done(fund: Fund) -> None:
    first, second = applied(fund, 2)
    shown = look(fund, fund.joris, "approve", [first, second])
    rita = fund.build.actor("reviewer_business", name="Rita Moss")
    fund.decide(rita, first, "reject", reason=REASON, comment="Not now.")
    done = do(fund, fund.joris, "approve", shown)
    assert done.rows == 1
    assert list(done.refused) == ["MDF-2026-0001"]
    assert "Rita Moss changed this case" in done.refused["MDF-2026-0001"]
    assert fund.status(second) == "MDF application approved"


def test_a_rejection_needs_a_reason_of_the_stage_and_a_comment(fund: Fund) -> None:
    (first,) = applied(fund, 1)
    with fund.as_(fund.joris) as uow:
        assert REASON in acting.choices(uow, "reviews", "reject", [first])["reason"]
    with pytest.raises(Refused, match="Give this first: Comment"):
        look(fund, fund.joris, "reject", [first], {"reason": REASON})
    assert look(fund, fund.joris, "reject", [first], COMMENT).refused == {"it needs a reason of its own stage": 1}
    given = COMMENT | {"reason": REASON}
    shown = look(fund, fund.joris, "reject", [first], given)
    assert do(fund, fund.joris, "reject", shown, given) == Done(1)
    assert fund.status(first) == "MDF application rejected"


def test_four_eyes_hold_for_several_as_for_one(fund: Fund) -> None:
    wim = fund.build.actor("reviewer_business", "reviewer_finance", name="Wim de Boer")
    case_id = fund.claimed()
    shown = look(fund, wim, "approve", [case_id])
    assert do(fund, wim, "approve", shown) == Done(1)
    assert look(fund, wim, "approve", [case_id]).able == ()
    stale = Preview((case_id,), words={case_id: "it"}, marks={case_id: f"finance_review#1 {seq(fund, case_id)}"})
    done = do(fund, wim, "approve", stale)
    assert done.rows == 0
    assert "four eyes: you, or whoever you stand in for, decided an earlier stage" in done.refused["it"]
    assert do(fund, fund.sipho, "approve", look(fund, fund.sipho, "approve", [case_id])) == Done(1)


def seq(fund: Fund, case_id: UUID) -> int:
    with fund.as_(fund.sipho) as uow:
        return find(uow, case_id).state.seq


def test_partners_have_no_such_list(fund: Fund) -> None:
    with pytest.raises(NotAllowed), fund.as_(fund.liis) as uow:
        acting.preview(uow, "reviews", "approve", [])


def test_a_type_may_say_that_a_stage_is_decided_one_by_one(fund: Fund) -> None:
    (first,) = applied(fund, 1)
    with fund.as_(fund.joris) as uow:
        case = find(uow, first)
        visit, node = case.state.visits[0], case.type.review_node("application_review")
        assert together.hindrance(uow, together.Waiting(case, visit, node), "positive", {}) == ""
        parameters = {**case.type.parameters, together.ONE_BY_ONE: ["application_review"]}
        strict = replace(case, type=case.type.model_copy(update={"parameters": parameters}))
        why = together.hindrance(uow, together.Waiting(strict, visit, node), "positive", {})
    assert why == "Market Development Fund decides Application review one by one"
    with fund.as_(fund.joris) as uow:
        reviewing.ask(uow, first, visit.id, "Which hall?", key="q")
    assert look(fund, fund.joris, "approve", [first]).refused == {"the partner owes an answer": 1}


def test_four_eyes_of_the_list_are_those_of_the_queue(fund: Fund) -> None:
    """Whatever the queue shows a person, the list has, and nothing else."""
    wim = fund.build.actor("reviewer_business", "reviewer_finance", name="Wim de Boer")
    others, case_id = applied(fund, 2), fund.claimed()
    fund.decide(wim, case_id, "approve")
    for actor in (wim, fund.joris, fund.sipho, fund.ines, fund.mei):
        with fund.as_(actor) as uow:
            rows = read(uow, open_list(uow, "reviews"), Asked(), FIRST_PAGE).page.rows
            assert {row.key for row in rows} == {row.case_id for row in queries.queue(uow, QueueFilter()).rows}
    assert len(others) == 2


def test_what_a_check_finds_after_the_preview_keeps_a_case_out(fund: Fund) -> None:
    """The case is as it was read; a record that its check looks at is not. A press repeated is not asked again."""
    first, second = applied(fund, 2)
    shown, other = look(fund, fund.joris, "approve", [first]), look(fund, fund.joris, "approve", [second])
    assert do(fund, fund.joris, "approve", other) == Done(1)
    fund.partner.business_authenticated = False
    fund.build.uow.session.flush()
    done = do(fund, fund.joris, "approve", shown)
    assert done == Done(0, {"MDF-2026-0001": "It was left as it is: a check found something: look at it."})
    assert fund.status(first) == "MDF application being reviewed"
    assert do(fund, fund.joris, "approve", other) == Done(1)

"""What would have become of a stored case under a draft: where the ways part, how it ends, and when."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow.comparing import Compared, compared
from models.engines.workflow.compose import expand
from models.engines.workflow.dry import Definition
from models.engines.workflow.schema import Workflow
from tests.support import workflows as w
from tests.support.workflows import HENRIK, JORIS, LIIS, MEI, NIAMH, SIPHO, Story


def draft(change: Any = None, paying: Any = None) -> Definition:
    """The request after a change."""
    flow, inner = deepcopy(w.REQUEST), deepcopy(w.PAYING)
    if change:
        change(flow)
    if paying:
        paying(inner)
    made = expand(Workflow.model_validate(flow), {"paying": Workflow.model_validate(inner)})
    return Definition(made, {"asked": "usd"})


def paid(asked: str = "60000") -> Story:
    """A case that went through both reviews, a day between each."""
    story = Story().submitted(asked)
    story.later(days=1).give(c.Decide("business#1", "approve"), JORIS)
    if story.here == "finance#1":
        story.later(days=1).give(c.Decide("finance#1", "approve"), SIPHO)
    story.later(days=1).give(c.Submit("payment.invoice#1", 1, {}), LIIS)
    story.give(c.Decide("payment.check#1", "approve"), MEI)
    story.give(c.Decide("payment.check#1", "approve"), HENRIK)
    return story


def against(story: Story, definition: Definition, **more: Any) -> Compared:
    return compared(definition, story.events, **more)


def said(found: Compared) -> tuple[str, str]:
    assert found.first
    return found.first.node, found.first.text


def test_a_case_goes_the_same_way_through_the_same_definition():
    found = against(paid(), draft())
    assert (found.first, found.is_same, found.assumed, found.lost) == (None, True, (), ())
    assert found.was == found.would
    assert (found.would.outcome, found.would.status) == ("paid", "Completed")


def test_another_threshold_leaves_a_stage_out():
    found = against(paid(), draft(lambda flow: flow["nodes"]["large"].update(decision="asked > usd(70000)")))
    assert said(found) == ("large", "Large ended with yes; it would end with no.")
    assert found.lost == (
        "What Sipho Dlamini did (approve, at finance,) has no place: the case would be at Invoice.",
    )  # fmt: skip
    assert (found.would.outcome, found.is_same) == ("paid", False)


def with_board(flow: dict[str, Any]) -> None:
    flow["nodes"]["board"] = {"review": "board", "due": "4 days", "label": "Board review"}
    flow["edges"] = [edge if edge[0] != "finance.approve" else ["finance.approve", "board"] for edge in flow["edges"]]
    flow["edges"] += [["board.approve", "payment"], ["board.reject", "void"]]


def test_a_stage_that_the_case_never_met_is_taken_as_approved_when_it_is_due():
    story = paid()
    found = against(story, draft(with_board))
    assert said(found) == ("finance", "After Finance it came to Invoice; it would come to Board review.")
    assert (found.assumed, found.lost, found.would.outcome) == (("Board review",), (), "paid")
    assert found.would.ended_at
    assert found.was.ended_at
    # Approved on Sunday evening instead of at once; the invoice comes a day later again.
    assert found.would.ended_at - found.was.ended_at > timedelta(days=3)


def test_a_case_that_would_still_wait():
    story = paid()
    two = draft(lambda flow: flow["nodes"]["business"].update(quorum=2))
    found = against(story, two)
    assert said(found) == ("business", "Business ended with approve; it would still wait.")
    assert found.would.outcome is None
    assert found.lost[0] == "What Sipho Dlamini did (approve, at finance,) has no place: the case would be at Business."
    shorter = against(Story(events=story.events[:14]), draft())  # a case that was still under way
    assert shorter.first is None


def test_a_stage_that_is_called_otherwise_is_the_same_by_the_mapping():
    def renamed(flow: dict[str, Any]) -> None:
        flow["nodes"]["money"] = flow["nodes"].pop("finance")
        flow["edges"] = [
            [begin.replace("finance", "money"), end.replace("finance", "money")] for begin, end in flow["edges"]
        ]

    assert against(paid(), draft(renamed), mapping={"finance": "money"}).is_same
    found = against(paid(), draft(renamed))
    assert said(found) == ("large", "After Large it came to Finance; it would come to Money.")
    assert found.assumed == ("Money",)


def test_somebody_who_could_not_decide_any_more_is_named():
    found = against(paid(), draft(), known={JORIS.id: replace(JORIS, roles=frozenset())})  # type: ignore[dict-item]
    assert found.lost[0].startswith("What Joris de Wit did (approve, at business,): Your roles do not decide")
    story = Story().submitted("60000")
    story.give(c.Decide("business#1", "approve"), NIAMH)
    story.give(c.Decide("finance#1", "send_back"), SIPHO)
    story.give(c.Decide("business#2", "approve"), JORIS)
    events = [replace(each, by=NIAMH.id) if isinstance(each, e.Decided) and each.visit == "finance#1" else each
              for each in story.events]  # fmt: skip
    found = compared(draft(), events)  # four eyes were not kept then
    assert "You decided an earlier stage of this case." in found.lost[0]


def test_the_drafts_own_times_come_when_they_come():
    story = Story().submitted()
    story.later(days=30).give(c.Decide("business#1", "approve"), JORIS)

    def expiring(flow: dict[str, Any]) -> None:
        flow["nodes"]["business"]["expires"] = "10 days"
        flow["nodes"]["late"] = {"end": "late"}
        flow["edges"].append(["business.expire", "late"])

    found = against(story, draft(expiring))
    assert said(found) == ("business", "Business ended with approve; it would end with expire.")
    assert (found.would.outcome, found.lost) == (
        "late", ("What Joris de Wit did (approve, at business,) has no place: the case would be at its end.",)
    )  # fmt: skip

    def waiting(flow: dict[str, Any]) -> None:
        flow["nodes"]["pause"] = {"wait": "2 days"}
        flow["edges"] = [edge if edge[1] != "business" else [edge[0], "pause"] for edge in flow["edges"]]
        flow["edges"].append(["pause", "business"])

    found = against(story, draft(waiting))
    assert said(found) == ("similar", "After Similar it came to Business; it would come to Pause.")
    assert found.would.steps[-2].node == "large"
    still = Story().submitted()
    found = compared(draft(waiting), still.events, until=still.world.now + timedelta(days=5))
    assert [step.node for step in found.would.steps][-2:] == ["pause", "business"]


def test_checks_that_the_record_has_no_answer_for_are_passed():
    def checking(flow: dict[str, Any]) -> None:
        flow["nodes"] |= {"worker": {"check": "credit", "label": "Credit"}, "rule": {"check": "rule", "by": "now"}}
        flow["edges"] = [
            edge if edge[0] != "business.approve" else ["business.approve", "worker"] for edge in flow["edges"]
        ]
        flow["edges"] += [
            ["worker.pass", "rule"],
            ["worker.fail", "void"],
            ["rule.pass", "large"],
            ["rule.fail", "void"],
        ]

    found = against(paid(), draft(checking))
    assert (found.assumed, found.would.outcome) == (("Credit", "rule"), "paid")


def test_a_longer_and_a_shorter_way_are_told_apart():
    def shorter(flow: dict[str, Any]) -> None:
        flow["nodes"]["stop"] = {"end": "stopped"}
        flow["edges"] = [
            edge if edge[0] != "finance.approve" else ["finance.approve", "stop"] for edge in flow["edges"]
        ]

    found = against(paid(), draft(shorter))
    assert said(found) == ("finance", "After Finance it came to Invoice; it would come to Stop.")
    assert found.would.outcome == "stopped"
    once = draft(paying=lambda flow: flow["nodes"]["check"].update(quorum=1))
    found = against(paid(), once)
    assert (found.first, found.would.outcome) == (None, "paid")
    assert found.lost == (
        "What Henrik Lindner did (approve, at payment.check,) has no place: the case would be at its end.",
    )
    story = Story().submitted()
    story.give(c.Decide("business#1", "reject", comment="No."), JORIS)
    assert against(story, draft()).first is None
    story.give(c.Delete(), LIIS)
    assert against(story, draft()).would.outcome == "deleted"

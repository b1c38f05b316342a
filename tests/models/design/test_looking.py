"""How a definition is shown: in words, by its running numbers, by what a draft changes, as files, as cases to try."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from models.applications.types import application_type, shipped
from models.core.actor import Actor
from models.core.errors import Refused
from models.design import drafting, scenarios
from models.design.difference import differences
from models.design.editing import edited, flow
from models.design.edits import AddNode, ChangeNode, ChangeType, MoveNodes, RemoveNodes
from models.design.exchange import from_bpmn, from_yaml, to_bpmn, to_yaml
from models.design.live import live_numbers
from models.design.picture import drawn
from models.design.properties import PROPERTIES, said, set_to, shown
from models.design.queries import running, types
from models.design.templates import template
from models.engines.definitions.loading import build, contents
from models.engines.workflow.scenario import Expected, Move
from tests.support.acting import codes
from tests.support.mdf import Fund

shipped("mdf")  # what the areas lend is there


def test_nodes_are_drawn_in_words_with_every_outcome() -> None:
    """The payment's outcomes are those of its process; a node that cannot be read is drawn all the same."""
    shipped("mdf")
    nodes, ways = drawn(contents()["mdf"])
    by_name = {node.name: node for node in nodes}
    assert by_name["finance_review"].lines == ("Finance reviewer",)
    assert by_name["finance_review"].outcomes == (
        ("approve", "approve"),
        ("reject", "reject"),
        ("send_back", "send back"),
    )
    assert by_name["payment"].outcomes == (("paid", "paid"),)
    assert (by_name["application"].start, by_name["paid"].outcomes) == (True, ())
    assert len(ways) == len(contents()["mdf"]["type"]["workflow"]["edges"])
    broken, _ = edited(contents()["mdf"], ChangeNode("finance_review", {"due": "soon"}))
    assert {node.name: node.outcomes for node in drawn(broken)[0]}["finance_review"] == by_name[
        "finance_review"
    ].outcomes


def test_a_property_that_is_a_number_of_the_type_changes_the_number() -> None:
    """Another one changes the node, and what is usual is not written down."""
    content = contents()["mdf"]
    node = flow(content)["nodes"]["application_review"]
    by_name = {each.name: each for each in PROPERTIES["review"]}
    assert shown(content, node, by_name["due"]) == "5 working days"
    assert set_to(content, "application_review", node, by_name["due"], "8 working days") == ChangeType(
        ("parameters", "review_application"), "8 working days", "Changed review application to 8 working days",
        "5 working days", looked_at=True,
    )  # fmt: skip
    assert set_to(content, "application_review", node, by_name["quorum"], "1") == ChangeNode(
        "application_review", {"quorum": None}, was={"quorum": None}
    )
    assert (said([1, 2]), said({"a": True}), said("")) == ("1, 2", "a: yes", "--")


def test_a_draft_says_what_it_changes_and_nothing_else() -> None:
    """Where a node is drawn changes no case."""
    before = contents()["mdf"]
    after = before
    for edit in (
        MoveNodes({"reserve": (10, 10)}),
        ChangeType(("parameters", "claim_within_days"), 60),
        AddNode("review", label="Legal", after=("application_review", "approve")),
        RemoveNodes(("lapse",)),
    ):
        after, _ = edited(after, edit)
    assert [(each.kind, each.about, each.text, each.before, each.after) for each in differences(before, after)] == [
        ("new", "Legal", "New review", "", ""),
        ("gone", "Lapse", "The action is taken away", "", ""),
        ("new", "Application review", "leads to Legal after approve", "", ""),
        ("new", "Legal", "leads to Activity and reimbursement after approve", "", ""),
        ("gone", "Application review", "no longer leads to Activity and reimbursement after approve", "", ""),
        ("changed", "Numbers", "Claim within days", "90", "60"),
    ]
    assert differences(before, edited(before, MoveNodes({"reserve": (10, 10)}))[0]) == []
    assert [each.kind for each in differences(None, before)] == ["new"]


def test_numbers_lie_over_the_stages(fund: Fund, kofi: Actor) -> None:
    """One case waits, two were decided (after one and three days), one of them came back."""
    for days, decision in ((1, "approve"), (3, "reject")):
        case_id = fund.applied(activity_name=f"Fair {days}", address=f"Hall {days}")
        fund.later(days=days)
        given = {"reason": "R-03 Budget not plausible", "comment": "Too much."} if decision == "reject" else {}
        fund.decide(fund.joris, case_id, decision, **given)
    fund.applied(activity_name="A third fair", address="Hall 9")
    with fund.as_(kofi) as uow:
        review = live_numbers(uow, "mdf")["application_review"]
        (row,) = [each for each in types(uow) if each.key == "mdf"]
        assert running(uow, "mdf") == [application_type(uow, "mdf").version]
    assert (review.cases, review.ended, review.back) == (1, 2, 1)
    assert (review.median, review.p90) == (timedelta(days=1), timedelta(days=3))
    assert (row.running, row.draft, row.since) == (3, None, None)


def test_a_type_goes_out_as_a_file_and_comes_back(fund: Fund, kofi: Actor) -> None:
    """BPMN brings the workflow back as it was, YAML everything; a file of another type is refused."""
    content = template("funding")
    workflow, notices = from_bpmn(to_bpmn(content))
    assert (workflow, notices) == (flow(content), [])
    assert from_yaml(to_yaml(content).encode(), content) == {
        name: value for name, value in content["type"].items() if name not in ("key", "version")
    }
    with fund.as_(kofi) as uow:
        draft = drafting.find(uow, drafting.begin(uow, "mdf"))
    assert codes(lambda: from_yaml(to_yaml(content).encode(), draft.content), error=Refused) == ["YAML-OTHER"]


def test_a_case_is_tried_step_by_step_and_kept(fund: Fund, kofi: Actor) -> None:
    """Every step is one of those offered; the scenario is tried again on a changed draft and says what is otherwise."""
    with fund.as_(kofi) as uow:
        made = application_type(uow, "mdf")
    scenario = scenarios.beginning(made, "Approved at once")
    for words in (
        "Send Application",
        "Search for similar activities passes",
        "Application review: Ann chooses Approve",
    ):
        play = scenarios.play(made, scenario)
        (option,) = [each for each in scenarios.options(made, scenario, play) if each.words == words]
        scenario = scenario.model_copy(update={"moves": (*scenario.moves, option.move)})
    scenario = scenario.model_copy(update={"expect": Expected(at="reimbursement")})
    assert scenarios.play(made, scenario).problems == ()
    with fund.as_(kofi) as uow:
        scenarios.keep(uow, "mdf", scenario)
        scenarios.keep(uow, "mdf", scenario)
        (kept,) = scenarios.kept(uow, "mdf")
        assert (kept.scenario, kept.by) == (scenario, "Kofi Mensah")
        assert codes(lambda: scenarios.keep(uow, "mdf", scenario.model_copy(update={"name": " "}))) == ["DESIGN-NAME"]
        scenarios.forget(uow, kept.id)
        assert scenarios.kept(uow, "mdf") == []
    covered = scenarios.covered(made, [scenarios.play(made, scenario)])
    assert {"application", "application_review", "reimbursement"} <= covered.nodes
    assert "paid" in covered.missing_nodes
    assert 0 < covered.percent < 100
    other = scenario.model_copy(update={"moves": (*scenario.moves, Move(do="cancel"))})
    assert [problem.code for problem in scenarios.play(made, other).problems] == ["TRY-PLACE"]


def test_a_long_text_is_cut_to_where_it_differs() -> None:
    """Whoever agrees to a changed agreement reads the changed words, not two pages twice."""
    before = contents()["mdf"]
    text = before["type"]["agreements"]["mdf_payment"]["text"]
    path = ("agreements", "mdf_payment", "text")
    after, _ = edited(before, ChangeType(path, text.replace("for five years", "for seven years", 1)))
    (only,) = differences(before, after)
    assert (only.about, only.text) == ("Market Development Fund: Agreements: Mdf payment", "Text")
    assert "five" in only.before
    assert "seven" in only.after
    assert max(len(only.before), len(only.after)) < 80


def test_a_case_that_is_tried_says_what_its_checks_answer() -> None:
    """A check that is asked at once passes unless the scenario says otherwise; people have what candidates ask for."""
    content = template("plain")
    content, _ = edited(content, AddNode("check", label="Known", after=("application", "submit")))
    content, _ = edited(content, ChangeNode("known", {"check": "mdf.similar", "by": "now"}))
    content, _ = edited(content, ChangeNode("review", {"candidates": [{"group": "legal", "skill": "German"}]}))
    content["type"]["workflow"]["edges"].append(["known.fail", "application"])
    made = build(content)
    assert list(scenarios.asked_checks(made)) == ["mdf.similar"]
    begun = scenarios.beginning(made, "A case")
    assert ("group:legal", "skill:German") in begun.people.values()
    sent = begun.model_copy(update={"moves": (Move(do="submit"),)})
    passed, failed = (scenarios.play(made, sent.model_copy(update={"checks": {"mdf.similar": answer}}))
                      for answer in (True, False))  # fmt: skip
    assert [visit.node for visit in passed.state.visits] == ["review"]
    assert [visit.node for visit in failed.state.visits] == ["application"]
    words = [each.words for each in scenarios.options(made, sent, passed)]
    lawyer = next(name for name, has in begun.people.items() if "skill:German" in has)
    assert f"Review: {lawyer} chooses Approve" in words
    assert not any(f"{name} chooses" in each for name in begun.people if name != lawyer for each in words)


def test_a_case_is_tried_by_the_days_that_the_vendor_works() -> None:
    """Monday the 12th is a day off: five working days from the 5th end a day later."""
    made = build(template("plain"))
    sent = scenarios.beginning(made, "A case").model_copy(update={"moves": (Move(do="submit"),)})
    plain = scenarios.play(made, sent).state.visits[0].due_at
    days = replace(made.calendar, extra_holidays=frozenset({date(2026, 1, 12)}))
    later = scenarios.play(made, sent, days).state.visits[0].due_at
    assert plain is not None
    assert later == plain + timedelta(days=1)

"""What a workflow says that no case could live by: branches, decisions, facts, times, people. Each with its node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from models.engines.conditions import FactTypes
from models.engines.workflow import commands as c
from models.engines.workflow import events as e
from models.engines.workflow import soundness
from models.engines.workflow.lint import Names, faults
from models.engines.workflow.lint_decisions import as_table
from models.engines.workflow.regions import regions
from models.engines.workflow.schema import Branch, Workflow
from tests.support import workflows as w
from tests.support.workflows import JORIS, LIIS, SIPHO, Story

FACTS: FactTypes = {
    "asked": "usd",
    "region": "text",
    "urgent": "yes_no",
    "day": "date",
    "pieces": "count",
    "noted": "usd",
    "who": "text",
    "left": "usd",
}
FIELDS = {"ask": ["asked", "region", "urgent", "day", "pieces", "remarks"], "more": ["left"]}
NAMES = Names(facts=FACTS, fields=FIELDS)


def flow(nodes: dict[str, Any], edges: list[list[str]], **more: Any) -> Workflow:
    """A workflow that begins with a form and may end."""
    base = {"ask": {"form": "ask"}, "end": {"end": "done"}}
    return Workflow.model_validate({"start": "ask", "nodes": base | nodes, "edges": edges, **more})


def found(made: Workflow, names: Names = NAMES) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in faults(made, names)]


def texts(made: Workflow, names: Names = NAMES) -> list[str]:
    return [problem.text for problem in faults(made, names)]


REVIEW = {"review": "a"}
BACK = ["reject", "ask"]


# ---- branches beside each other ----


def parallel(*extra: list[str], **nodes: Any) -> Workflow:
    base = {"split": {"parallel": "split"}, "one": REVIEW, "two": REVIEW, "join": {"parallel": "join"}}
    edges = [
        ["ask.submit", "split"],
        ["split", "one"],
        ["split", "two"],
        ["one.approve", "join"],
        ["two.approve", "join"],
        ["one.reject", "ask"],
        ["two.reject", "ask"],
        ["join", "end"],
    ]
    return flow(base | nodes, [edge for edge in edges if edge[0] not in {each[0] for each in extra}] + list(extra))


def test_branches_that_come_together_and_ways_out_of_them_are_sound():
    assert found(parallel()) == []
    assert [(r.split, sorted(r.nodes), sorted(r.joins)) for r in regions(parallel())] == [
        ("split", ["one", "two"], ["join"])
    ]


def test_a_join_that_only_one_of_two_ways_reaches_can_wait_for_ever():
    made = parallel(
        ["one.approve", "which"],
        ["which.yes", "join"],
        ["which.no", "three"],
        ["three.approve", "join"],
        ["three.reject", "ask"],
        which={"decision": "urgent"},
        three=REVIEW,
    )
    assert found(made) == [("FLOW-JOIN-STUCK", "join")]


def test_branches_that_meet_without_a_join_stand_at_one_node_twice():
    made = parallel(
        ["one.approve", "three"],
        ["two.approve", "three"],
        ["three.approve", "end"],
        ["three.reject", "ask"],
        three=REVIEW,
    )
    assert sorted(found(made)) == [("FLOW-FAKE-JOIN", "join"), ("FLOW-TWICE", "three"), ("FLOW-UNREACHABLE", "join")]


def test_a_split_within_a_split_has_its_own_join():
    made = parallel(
        ["one.approve", "s2"],
        ["s2", "three"],
        ["s2", "four"],
        ["three", "j2"],
        ["four", "j2"],
        ["j2", "join"],
        s2={"parallel": "split"},
        j2={"parallel": "join"},
        three={"wait": "1 day"},
        four={"wait": "2 days"},
    )
    assert found(made) == []
    assert [(r.split, sorted(r.nodes), sorted(r.joins)) for r in regions(made)] == [
        ("split", ["four", "j2", "one", "s2", "three", "two"], ["join"]),
        ("s2", ["four", "three"], ["j2"]),
    ]


def test_what_is_too_wide_is_left_open(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(soundness, "MOST_PLACES", 2)
    assert found(parallel()) == []


def test_the_other_branch_is_over_when_one_leads_back():
    story = Story(Workflow.model_validate(w.BESIDE))
    story.give(c.Open("beside", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, {}), LIIS)
    story.give(c.Decide("money#1", "approve"), SIPHO)
    events = story.give(c.Decide("legal#1", "reject", comment="Mend it."), JORIS)
    (gone,) = [event for event in events if isinstance(event, e.Withdrawn)]
    assert (gone.visits, gone.joins) == ((), ("both",))
    assert (story.here, story.state.arrived) == ("ask#2", {})
    story.give(c.Submit("ask#2", 2, {}), LIIS)
    events = story.give(c.Decide("legal#2", "reject", comment="Mend it."), JORIS)
    (gone,) = [event for event in events if isinstance(event, e.Withdrawn)]
    assert (gone.visits, gone.joins, story.here) == (("money#2",), (), "ask#3")


# ---- decisions ----


def branches(*pairs: tuple[str, str], otherwise: str = "", facts: FactTypes = FACTS) -> list[str]:
    """What is said of a decision with branches, each to a node of its own."""
    wanted = dict.fromkeys([then for _, then in pairs] + ([otherwise] if otherwise else []))
    made = flow(
        {"which": {"decision": [{"when": when, "then": then} for when, then in pairs], "otherwise": otherwise}}
        | {then: {"end": then} for then in wanted},
        [["ask.submit", "which"], *([f"which.{then}", then] for then in wanted)],
    )
    return [text for text in texts(made, Names(facts=facts, fields=FIELDS)) if text != "No way leads here."]


def test_a_case_that_no_branch_is_for_is_named():
    assert branches(("asked > usd(5)", "a"), otherwise="b") == []
    assert branches(("asked > usd(5)", "a"), ("asked <= usd('5.00')", "b")) == []
    assert branches(("asked > usd(5)", "a"), ("asked < usd(5)", "b")) == ["Nothing is said for Asked 5.00."]
    assert branches(("urgent && region == 'EMEA'", "a"), ("!urgent", "b"), ("region != 'EMEA'", "c")) == []
    assert branches(("day >= day('2026-01-01')", "a")) == ["Nothing is said for Day up to 2025-12-31."]
    assert branches(("asked * 2 > usd(5)", "a")) == ["Nothing is said when none of its conditions holds."]
    assert branches(("asked * 2 > usd(5)", "a"), ("true", "b")) == []


def test_a_branch_that_is_never_taken_is_named():
    assert branches(("asked > usd(5)", "a"), ("asked > usd(10)", "b"), otherwise="c") == [
        "b is never taken: branches above it take every case."
    ]
    assert branches(("pieces > 5", "a"), ("pieces  > 5", "b"), otherwise="c") == [
        "b: the same condition stands above already."
    ]


@pytest.mark.parametrize(
    "when",
    [
        "asked > 5",
        "asked > usd(5) && asked < usd(9)",
        "region > 'a'",
        "nothing == 5",
        "asked > usd(5) || urgent",
        "day > day('2026-99-99')",
        "true",
    ],
)
def test_conditions_that_say_more_than_a_table_are_left_alone(when: str):
    assert as_table([Branch(when=when, then="x")], FACTS) is None


def decision_table(**changed: Any) -> list[str]:
    """What is said of a decision that asks a table."""
    table = {
        "inputs": [{"name": "asked", "type": "usd"}, {"name": "region", "type": "choice", "options": ["EMEA", "APAC"]}],
        "outputs": [{"name": "to", "type": "choice", "options": ["x"]}, {"name": "pieces", "type": "count"}],
        "rows": [["-", "-", "x", 1]],
    } | changed
    node = {"decision": table, "outcome": "to"} | {
        key: table.pop(key) for key in ("otherwise", "outcome") if key in table
    }
    made = flow({"which": node}, [["ask.submit", "which"], ["which", "end"]])
    return texts(made)


def test_a_table_is_judged_with_its_decision():
    assert decision_table() == []
    assert decision_table(rows=[["> 5", "EMEA", "x", 1]]) == ["No row fits Asked up to 5.00."]
    assert decision_table(rows=[["> 5", "EMEA", "x", 1]], otherwise="y") == []
    assert decision_table(rows=[["many", "EMEA", "x", 1]]) == [
        "Row 1, Asked: 'many' is not an amount such as 8640.50, without separators."
    ]
    assert decision_table(outcome="way")[:1] == ["The table says nothing that is called way."]
    assert decision_table(rows=[["-", "-", "x", 1], ["-", "-", "-", 1], ["-"]])[-2:] == [
        "Row 3 has 1 cells; the table has 4 columns.",
        "Row 2 does not say where the case goes on.",
    ]
    assert decision_table(hit="collect") == ["Several rows may fit, so that no single one says the way."]
    assert decision_table(inputs=[{"name": "asked", "type": "count"}, {"name": "country", "type": "text"}]) == [
        "Asked is count in the table, but usd in the case.",
        "There is no fact country.",
    ]


# ---- facts ----


def test_a_fact_that_is_used_before_anybody_gave_it_is_named():
    made = flow(
        {"more": {"form": "more"}, "which": {"decision": "left > usd(5)"}, "skip": {"decision": "urgent"}},
        [
            ["ask.submit", "skip"],
            ["skip.yes", "more"],
            ["skip.no", "which"],
            ["more.submit", "which"],
            ["which", "end"],
        ],
    )
    assert faults(made, NAMES)[-1].text == "Left is used here, but on a way that leads here nobody has given it yet."
    assert found(made) == [("FLOW-TOO-EARLY", "which")]
    assert found(made, Names()) == []


def test_what_actions_take_reviews_are_limited_by_and_tables_read_counts_too():
    table = {
        "inputs": [{"name": "left", "type": "usd"}],
        "outputs": [{"name": "pieces", "type": "count"}],
        "rows": [["-", 1]],
    }
    made = flow(
        {
            "act": {"action": "x", "given": {"amount": "left", "pool": "mdf", "n": 1}},
            "ask_table": {"decision": table},
            "see": {
                "review": "a",
                "limit": "left",
                "candidates": [{"person": "who"}, {"role": "a", "when": "pieces > 1"}],
            },
            "more": {"form": "more"},
        },
        [
            ["ask.submit", "act"],
            ["act", "ask_table"],
            ["ask_table", "see"],
            ["see.approve", "more"],
            ["see.reject", "ask"],
            ["more.submit", "end"],
        ],
    )
    assert found(made) == [("FLOW-TOO-EARLY", "act"), ("FLOW-TOO-EARLY", "ask_table"), ("FLOW-TOO-EARLY", "see")]


def test_what_a_reviewer_fills_in_is_known_after_that_decision_alone():
    fields = [{"name": "left", "label": "Left", "type": "usd"}]
    decisions = {
        "approve": {"label": "Approve", "tone": "positive", "fields": fields},
        "skip": {"label": "Skip", "tone": "positive"},
        "reject": {"label": "Reject", "tone": "negative"},
    }
    nodes = {"see": {"review": "a", "decisions": decisions}, "which": {"decision": "left > usd(1)"}}
    edges = [["ask.submit", "see"], ["see.approve", "which"], ["see.reject", "ask"], ["which", "end"]]
    assert found(flow(nodes, [*edges, ["see.skip", "end"]])) == []
    assert found(flow(nodes, [*edges, ["see.skip", "which"]])) == [("FLOW-TOO-EARLY", "which")]


def test_fields_that_reviewers_read_are_there_and_sent():
    made = flow(
        {
            "see": {"review": "a", "reads": ["ask.remarks", "ask.nothing", "nowhere.x", "more.left"]},
            "more": {"form": "more"},
        },
        [["ask.submit", "see"], ["see.approve", "more"], ["see.reject", "ask"], ["more.submit", "end"]],
    )
    assert texts(made) == [
        "There is no field ask.nothing.",
        "There is no field nowhere.x.",
        "Left is shown here before the form can be sent.",
    ]
    island = flow(
        {"lost": REVIEW | {"reads": ["more.left"]}},
        [["ask.submit", "end"], ["lost.approve", "end"], ["lost.reject", "ask"]],
    )
    assert found(island) == [("FLOW-UNREACHABLE", "lost")]


# ---- ways back, times ----


def test_what_sends_back_leads_back():
    decisions = {"approve": {"label": "Approve", "tone": "positive"}, "again": {"label": "Again", "back": True}}
    nodes = {"see": {"review": "a", "decisions": decisions}}
    assert found(flow(nodes, [["ask.submit", "see"], ["see.approve", "end"], ["see.again", "ask"]])) == []
    assert texts(flow(nodes, [["ask.submit", "see"], ["see.approve", "end"], ["see.again", "end"]])) == [
        "Again leads on, not back to where the case has been."
    ]


def test_stages_that_take_longer_together_than_was_promised():
    nodes = {
        "first": REVIEW | {"due": "3 working days"},
        "rest": {"wait": "1 day"},
        "which": {"decision": "urgent"},
        "second": REVIEW | {"due": "4 working days", "label": "Finance"},
        "quick": REVIEW | {"due": "2 hours"},
    }
    edges = [
        ["ask.submit", "first"],
        ["first.approve", "rest"],
        ["first.reject", "ask"],
        ["rest", "which"],
        ["which.yes", "quick"],
        ["which.no", "second"],
        ["quick.approve", "end"],
        ["quick.reject", "first"],
        ["second.approve", "end"],
        ["second.reject", "ask"],
    ]
    assert found(flow(nodes, edges)) == []
    assert found(flow(nodes, edges, promised="8 working days")) == []
    (problem,) = faults(flow(nodes, edges, promised="7 working days"), NAMES)
    assert (problem.code, problem.field) == ("FLOW-PROMISE", "second")
    assert problem.text == (
        "Promised are 7 working days in all, but the stages may take longer together: First 3 working days, Rest 1 "
        "day, Finance 4 working days."
    )
    assert (
        found(
            flow(
                {"see": REVIEW},
                [["ask.submit", "see"], ["see.approve", "end"], ["see.reject", "ask"]],
                promised="1 day",
            )
        )
        == []
    )


# ---- people ----


def staffed(
    people: dict[str, set[str]], first: Any = "a", second: Any = "b", **more: Any
) -> list[tuple[str, str | None]]:
    def members(entries: Sequence[str]) -> set[str]:
        return set().union(*(people.get(entry, set()) for entry in entries))

    nodes = {"first": {"review": first}, "second": {"review": second, "not_same_person_as": ["first"]} | more}
    edges = [
        ["ask.submit", "first"],
        ["first.approve", "second"],
        ["first.reject", "ask"],
        ["second.approve", "end"],
        ["second.reject", "ask"],
    ]
    return found(flow(nodes, edges), Names(members=members))


def test_a_stage_that_nobody_can_ever_decide():
    assert staffed({"a": {"Joris"}, "b": {"Sipho"}}) == []
    assert staffed({"a": {"Joris"}}) == [("FLOW-NOBODY", "second")]
    assert staffed({"a": {"Niamh"}, "b": {"Niamh"}}) == [("FLOW-FOUR-EYES", "second")]
    assert staffed({"a": {"Niamh", "Joris"}, "b": {"Niamh"}}) == []
    assert staffed({"a": {"Joris"}, "b": {"Sipho"}}, quorum=2) == [("FLOW-NOBODY", "second")]
    assert staffed({"a": {"Joris", "Sipho"}, "b": {"Joris", "Sipho"}}, quorum=2) == [("FLOW-FOUR-EYES", "second")]
    assert staffed({"a": {"Joris"}, "b": {"Sipho", "Joris"}}, quorum="all") == []
    assert staffed({"a": {"Joris"}, "b": set()}, second=[], candidates=[{"partner_manager": True}]) == []


def test_a_stage_that_bars_itself():
    made = flow(
        {"see": REVIEW | {"not_same_person_as": ["see"]}},
        [["ask.submit", "see"], ["see.approve", "end"], ["see.reject", "ask"]],
    )
    assert found(made, Names()) == [("FLOW-FOUR-EYES", "see")]


def test_roles_and_facts_of_candidates_and_quorums_are_known():
    see = {
        "review": "a",
        "quorum": {"a": 1, "z": 1, "group:Legal": 1},
        "limit": "nothing",
        "candidates": [{"role": "y"}, {"person": "nobody"}, {"group": "Legal"}],
    }
    made = flow({"see": see}, [["ask.submit", "see"], ["see.approve", "end"], ["see.reject", "ask"]])
    assert texts(made, Names(roles=["a"], facts=FACTS, fields=FIELDS)) == [
        "There is no role z.",
        "There is no role y.",
        "There is no fact nobody.",
        "There is no fact nothing.",
    ]


def test_branches_are_not_begun_when_the_first_leads_out_at_once():
    nodes = {"split": {"parallel": "split"}, "one": {"check": "rule", "by": "now"}, "two": REVIEW,
             "join": {"parallel": "join"}}  # fmt: skip
    made = flow(nodes, [["ask.submit", "split"], ["split", "one"], ["split", "two"], ["one.pass", "join"],
                        ["one.fail", "ask"], ["two.approve", "join"], ["two.reject", "ask"], ["join", "end"]],
                )  # fmt: skip
    assert found(made) == []
    story = Story(made)
    story.world.answers = lambda name: False
    story.give(c.Open("x", 1, w.PARTNER), LIIS)
    story.give(c.Submit("ask#1", 1, {}), LIIS)
    assert [visit.id for visit in story.state.visits] == ["ask#2"]

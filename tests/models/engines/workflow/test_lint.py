"""Faults of a workflow are found with their place; a whole one has none."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from models.engines.workflow.compose import expand
from models.engines.workflow.lint import Names, faults
from models.engines.workflow.schema import ReviewNode, Workflow
from tests.support import workflows as w


def test_the_samples_are_whole():
    assert faults(w.request_flow()) == []
    assert faults(Workflow.model_validate(w.BESIDE)) == []


def changed(change: Any) -> list[tuple[str, str | None]]:
    """The faults of the request after a change, without its payment."""
    flow = deepcopy(w.REQUEST)
    flow["nodes"]["payment"] = {"action": "pay"}
    flow["edges"] = [edge if edge[0] != "payment.paid" else ["payment", "done"] for edge in flow["edges"]]
    change(flow)
    return [(problem.code, problem.field) for problem in faults(Workflow.model_validate(flow))]


def without(*edge: str) -> Any:
    return lambda flow: flow["edges"].remove(list(edge))


def with_edge(begin: str, end: str) -> Any:
    return lambda flow: flow["edges"].append([begin, end])


def with_node(name: str, **node: Any) -> Any:
    return lambda flow: flow["nodes"].update({name: node})


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda flow: None, []),
        (lambda flow: flow.update(start="nowhere"), [("FLOW-START", "nowhere")]),
        (with_edge("request", "nowhere"), [("FLOW-EDGE", "request")]),
        (with_edge("nowhere", "done"), [("FLOW-EDGE", "nowhere")]),
        (without("large.yes", "finance"), [("FLOW-NO-WAY", "large"), ("FLOW-UNREACHABLE", "finance")]),
        (without("finance.send_back", "business"), [("FLOW-NO-WAY", "finance")]),
        (with_edge("business.approve", "done"), [("FLOW-SPLIT", "business")]),
        (with_edge("business.maybe", "done"), [("FLOW-OUTCOME", "business")]),
        (with_edge("done", "request"), [("FLOW-AFTER-END", "done")]),
        (with_node("island", end="never"), [("FLOW-UNREACHABLE", "island")]),
        (
            lambda flow: flow["edges"].__setitem__(flow["edges"].index(["void", "request"]), ["void", "done"]),
            [("FLOW-NO-WAY-BACK", "business"), ("FLOW-NO-WAY-BACK", "finance")],
        ),
        (
            lambda flow: flow["nodes"]["finance"].update(not_same_person_as=["boardroom"]),
            [("FLOW-UNKNOWN", "finance")],
        ),
        (
            lambda flow: flow["nodes"]["finance"]["decisions"].pop("approve"),
            [("FLOW-NO-APPROVAL", "finance"), ("FLOW-OUTCOME", "finance")],
        ),
    ],
)
def test_each_fault_is_named_with_its_node(change: Any, found: list[tuple[str, str]]):
    assert sorted(changed(change)) == sorted(found)


def test_a_join_of_one_branch_and_a_circle_of_machines():
    flow = Workflow.model_validate({
        "start": "ask",
        "nodes": {"ask": {"form": "ask"}, "join": {"parallel": "join"}, "a": {"action": "x"},
                  "b": {"decision": "true"}, "end": {"end": "over"}},
        "edges": [["ask.submit", "join"], ["join", "a"], ["a", "b"], ["b.yes", "a"], ["b.no", "end"]],
    })  # fmt: skip
    assert [(p.code, p.field) for p in faults(flow)] == [
        ("FLOW-FAKE-JOIN", "join"), ("FLOW-CIRCLE", "a"), ("FLOW-CIRCLE", "b"),
    ]  # fmt: skip


def test_names_that_nobody_registered():
    names = Names(forms=["request"], checks=[], actions=["ledger.reserve"], roles=["reviewer_business"])
    found = {problem.text for problem in faults(w.request_flow(), names)}
    assert found == {
        "There is no check similar.", "There is no role ecosystem_manager.", "There is no role reviewer_finance.",
        "There is no action ledger.void.", "There is no form invoice.", "There is no role finance.",
    }  # fmt: skip


def test_a_process_is_put_in_its_place():
    flow = w.request_flow()
    assert {name for name in flow.nodes if name.startswith("payment")} == {"payment.invoice", "payment.check"}
    assert flow.next("large", "no") == flow.next("finance", "approve") == ("payment.invoice",)
    assert flow.next("payment.check", "approve") == ("done",)
    assert flow.next("payment.check", "reject") == ("payment.invoice",)


def test_a_process_within_a_process():
    inner = {
        "start": "a",
        "nodes": {
            "a": {"review": "finance"},
            "b": {"review": "finance", "not_same_person_as": ["a"]},
            "ok": {"end": "ok"},
        },
        "edges": [["a.approve", "b"], ["b.approve", "ok"], ["a.reject", "ok"], ["b.reject", "a"]],
    }
    middle = {"start": "p", "nodes": {"p": {"payment": "inner"}, "out": {"end": "out"}}, "edges": [["p.ok", "out"]]}
    outer = {"start": "m", "nodes": {"m": {"payment": "middle"}, "done": {"end": "done"}}, "edges": [["m.out", "done"]]}
    processes = {"inner": Workflow.model_validate(inner), "middle": Workflow.model_validate(middle)}
    flow = expand(Workflow.model_validate(outer), processes)
    assert (flow.start, set(flow.nodes)) == ("m.p.a", {"m.p.a", "m.p.b", "done"})
    assert flow.next("m.p.b", "approve") == ("done",)
    second = flow.nodes["m.p.b"]
    assert isinstance(second, ReviewNode)
    assert second.not_same_person_as == ("m.p.a",)
    with pytest.raises(KeyError):
        expand(Workflow.model_validate(outer), {})
    assert "FLOW-PAYMENT" in {problem.code for problem in faults(Workflow.model_validate(outer))}

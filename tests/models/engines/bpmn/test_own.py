"""Our own diagrams come back as they were, with what somebody changed in another modeller, and others can read them."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from bpmn_io import BpmnModdle
from hypothesis import HealthCheck, given, settings

from models.core.errors import Refused
from models.engines.bpmn import read, write
from models.engines.bpmn.drawing import Bounds, route
from models.engines.bpmn.markup import Element, parse
from models.engines.bpmn.vocabulary import BPMNDI, FLOW_NODES
from tests.support import ROOT
from tests.support.diagrams import workflows

DEFINITIONS = ["benefits/definitions/mdf.yaml", "payments/definitions/partner_payment.yaml"]


def written(name: str) -> dict[str, Any]:
    text = (ROOT / "models" / Path(name)).read_text(encoding="utf-8")
    made: dict[str, Any] = json.loads(json.dumps(yaml.safe_load(text), default=str))
    return made


def tree(xml: bytes) -> Element:
    return parse(xml, most_bytes=10**7)


def element(xml: bytes, id_: str) -> Element:
    return next(each for each in tree(xml).all() if each.id == id_)


def places(workflow: dict[str, Any]) -> dict[str, list[float]]:
    return {name: [number * 224, number % 3 * 128] for number, name in enumerate(workflow["nodes"])}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_definitions_come_back_as_they_were(name: str):
    workflow = written(name)["workflow"]
    found = read(write(workflow, name=name))
    assert found.workflow == workflow
    assert (found.layout, found.findings) == ({}, ())
    assert list(found.workflow["nodes"]) == list(workflow["nodes"])
    placed = read(write(workflow, places(workflow), parameters=written(name)["parameters"]))
    assert placed.workflow == workflow
    assert {node: list(place) for node, place in placed.layout.items()} == places(workflow)


@given(workflows())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_workflow_and_its_layout_come_back(made: tuple[dict[str, Any], dict[str, list[float]]]):
    workflow, layout = made
    found = read(write(workflow, layout))
    assert found.workflow == workflow
    assert {name: list(place) for name, place in found.layout.items()} == layout
    assert found.findings == ()


@given(workflows())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_diagram_is_sound(made: tuple[dict[str, Any], dict[str, list[float]]]):
    assert faults_of(tree(write(*made))) == []


@pytest.mark.parametrize("name", DEFINITIONS)
def test_other_modellers_read_it_without_a_warning(name: str):
    """`bpmn-io` reads as bpmn.io and the Camunda Modeler do."""
    workflow = written(name)["workflow"]
    found = BpmnModdle().from_xml(write(workflow, places(workflow)).decode())
    assert [warning.message for warning in found.warnings] == []
    assert {f"node_{node}" for node in workflow["nodes"]} <= set(found.elements_by_id)


def faults_of(root: Element) -> list[str]:
    """What a modeller would stumble over: ids, references, the order of children, shapes and edges."""
    ids = [each.id for each in root.all() if each.id]
    found = [f"twice: {each}" for each in ids if ids.count(each) > 1]
    process = next(root.of("process"))
    steps = {each.id: each for each in process.of(*FLOW_NODES)}
    flows = {each.id: each for each in process.of("sequenceFlow")}
    for flow in flows.values():
        if not {flow.get("sourceRef"), flow.get("targetRef")} <= set(steps):
            found.append(f"dangling: {flow.id}")
        if flow.get("targetRef") in steps and steps[flow.get("targetRef")].name in ("startEvent", "boundaryEvent"):
            found.append(f"leads to a start: {flow.id}")
    for step in steps.values():
        for word, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            if [each.words() for each in step.of(word)] != [
                each.id for each in flows.values() if each.get(end) == step.id
            ]:
                found.append(f"{word}: {step.id}")
        order = ["documentation", "extensionElements", "incoming", "outgoing", "potentialOwner", "timerEventDefinition"]
        order.append("conditionalEventDefinition")
        at = [order.index(each.name) for each in step.children]
        if at != sorted(at):
            found.append(f"order: {step.id}")
        if step.get("default") and flows[step.get("default")].get("sourceRef") != step.id:
            found.append(f"default: {step.id}")
    shapes = {each.get("bpmnElement") for each in root.all() if each.space == BPMNDI and each.name == "BPMNShape"}
    edges = [each for each in root.all() if each.space == BPMNDI and each.name == "BPMNEdge"]
    if shapes != set(steps) or {each.get("bpmnElement") for each in edges} != set(flows):
        found.append("not all is drawn")
    return found + [f"waypoints: {each.id}" for each in edges if len(each.children) < 2]


REQUEST: dict[str, Any] = {
    "start": "ask",
    "nodes": {
        "ask": {"form": "request", "status": "Draft", "expires": "30 days"},
        "look": {"review": ["desk", "chief"], "label": "Look at it", "due": "$soon",
                 "decisions": {"approve": {"label": "Yes, please", "tone": "positive"},
                               "reject": {"label": "No", "tone": "negative"}}},
        "large": {"decision": "amount > usd(5)"},
        "rest": {"wait": "2 days"},
        "which": {"decision": [{"when": "a > 1", "then": "high"}, {"when": "b", "then": "high"},
                               {"when": "a > 0", "then": "low"}], "otherwise": "other"},
        "table": {"decision": {"inputs": [], "rows": []}, "outcome": "way"},
        "until": {"wait": "facts", "until": "arrived"},
        "some_time": {"wait": "facts", "until": "paid", "expires": "9 days"},
        "both": {"parallel": "split"},
        "test": {"check": "test", "by": "now"},
        "find": {"check": "find", "by": "worker"},
        "tell": {"action": "tell"},
        "pay": {"payment": "pay", "given": {"amount": 5}},
        "met": {"parallel": "join"},
        "done": {"end": "done"},
        "gone": {"end": "gone", "tone": "neutral"},
    },
    "edges": [
        ["ask.submit", "look"], ["ask.expire", "gone"], ["look.approve", "large"], ["look.reject", "ask"],
        ["large.no", "rest"], ["large.yes", "both"], ["rest", "tell"], ["both", "test"], ["both", "find"],
        ["test.pass", "met"], ["test.fail", "ask"], ["find", "met"], ["met", "pay"], ["pay.paid", "tell"],
        ["pay", "gone"], ["tell", "which"], ["which.high", "table"], ["which.low", "until"], ["which.other", "done"],
        ["table.much", "until"], ["table.little", "some_time"], ["until", "some_time"], ["some_time", "done"],
        ["some_time.expire", "gone"],
    ],
}  # fmt: skip


def test_every_kind_of_node_has_its_element():
    xml = write(REQUEST, name="Request", key="request", parameters={"soon": "3 days"})
    kinds = {each.id: each.name for each in tree(xml).all() if each.name in FLOW_NODES}
    assert kinds == {
        "start": "startEvent", "node_ask": "userTask", "node_look": "userTask", "node_large": "exclusiveGateway",
        "node_rest": "intermediateCatchEvent", "node_both": "parallelGateway", "node_test": "businessRuleTask",
        "node_find": "serviceTask", "node_tell": "serviceTask", "node_pay": "callActivity",
        "node_met": "parallelGateway", "node_done": "endEvent", "node_gone": "endEvent",
        "node_which": "exclusiveGateway", "node_table": "businessRuleTask", "node_until": "intermediateCatchEvent",
        "node_some_time": "receiveTask", "expiry_node_some_time": "boundaryEvent",
        "outcomes_node_table": "exclusiveGateway",
        "expiry_node_ask": "boundaryEvent", "outcomes_node_look": "exclusiveGateway",
        "outcomes_node_test": "exclusiveGateway", "outcomes_node_pay": "exclusiveGateway",
    }  # fmt: skip
    assert element(xml, "process_request").get("name") == "Request"
    assert element(xml, "node_pay").get("calledElement") == "process_pay"
    assert [each.get("name") for each in element(xml, "node_look").of("potentialOwner")] == ["desk", "chief"]
    assert [each.get("name") for each in element(xml, "node_ask").of("potentialOwner")] == ["applicant"]
    assert "Due after: 3 days." in next(element(xml, "node_look").of("documentation")).text
    assert [each.words() for each in element(xml, "node_rest").all() if each.name == "timeDuration"] == ["P2D"]
    assert [each.words() for each in element(xml, "expiry_node_ask").all() if each.name == "timeDuration"] == ["P30D"]


def test_conditions_stand_at_the_ways():
    root = tree(write(REQUEST))
    said = {
        (each.get("sourceRef"), each.get("name")): next((one.words() for one in each.of("conditionExpression")), "")
        for each in root.all()
        if each.name == "sequenceFlow"
    }
    assert said["outcomes_node_look", "Yes, please"] == 'outcome == "approve"'
    assert said["node_large", "Yes"] == "amount > usd(5)"
    assert said["node_large", "No"] == said["node_both", ""] == said["node_ask", "Submit"] == ""
    assert said["node_which", "High"] == "(a > 1) || (b)"
    assert said["node_which", "Low"] == "a > 0"
    assert said["node_which", "Other"] == ""
    assert said["outcomes_node_table", "Much"] == 'outcome == "much"'
    assert (
        next(each.words() for each in element(write(REQUEST), "node_until").all() if each.name == "condition")
        == "arrived"
    )
    default = element(write(REQUEST), "node_large").get("default")
    assert element(write(REQUEST), default).get("targetRef") == "node_rest"
    other = element(write(REQUEST), "outcomes_node_pay").get("default")
    assert element(write(REQUEST), other).get("targetRef") == "node_gone"


def test_the_layout_of_the_workflow_itself_counts_unless_another_is_given():
    own = {**REQUEST, "layout": {"ask": [16, 32.5]}}
    assert read(write(own)).layout == {"ask": (16, 32.5)}
    assert read(write(own)).workflow == REQUEST
    assert read(write(own, {"look": [1, 2]})).layout == {"look": (1, 2)}


def test_shapes_have_the_centre_of_the_boxes():
    root = tree(write(REQUEST, {"ask": [0, 0], "done": [100, 200]}))
    bounds = {
        each.get("bpmnElement"): [each.children[0].get(word) for word in ("x", "y", "width", "height")]
        for each in root.all()
        if each.name == "BPMNShape"
    }
    assert bounds["node_ask"] == ["30", "-8", "100", "80"]
    assert bounds["start"] == ["-50", "14", "36", "36"]
    assert bounds["node_done"] == ["98", "198", "36", "36"]


def changed(pattern: str, by: str, *, count: int = 1) -> bytes:
    text = write(REQUEST, places(REQUEST)).decode()
    made, number = re.subn(pattern, by, text)
    assert number == count
    return made.encode()


def test_a_name_given_elsewhere_becomes_the_label():
    found = read(changed('name="Look at it"', 'name="Look twice"'))
    assert found.workflow["nodes"]["look"]["label"] == "Look twice"
    assert found.findings == ()


def test_a_shape_moved_elsewhere_is_drawn_there():
    found = read(
        changed(
            '<dc:Bounds x="254" y="120" width="100" height="80" />',
            '<dc:Bounds x="300" y="7" width="100" height="80" />',
        )
    )
    assert found.layout["look"] == (270, 15)
    assert found.layout["ask"] == (0, 0)


def test_spans_roles_and_conditions_changed_elsewhere_are_taken_over():
    assert read(changed(">P2D<", ">PT5H<")).workflow["nodes"]["rest"]["wait"] == "5 hours"
    assert read(changed(">P30D<", ">P1W<")).workflow["nodes"]["ask"]["expires"] == "7 days"
    assert read(changed(">P30D<", ">soon<")).workflow["nodes"]["ask"]["expires"] == "30 days"
    assert read(changed('Owner name="chief"', 'Owner name="Finance"')).workflow["nodes"]["look"]["review"] == [
        "desk",
        "finance",
    ]
    assert (
        read(changed(r">amount &gt; usd\(5\)<", ">amount &gt; usd(9)<")).workflow["nodes"]["large"]["decision"]
        == "amount > usd(9)"
    )


def test_what_is_waited_for_and_branches_changed_elsewhere_are_taken_over():
    assert (
        read(changed(">arrived<", ">arrived &amp;&amp; paid<")).workflow["nodes"]["until"]["until"] == "arrived && paid"
    )
    branches = read(changed(">a &gt; 0<", ">a &gt; 2<")).workflow["nodes"]["which"]["decision"]
    assert [branch["when"] for branch in branches] == ["a > 1", "b", "a > 2"]
    found = read(changed(r">\(a &gt; 1\) \|\| \(b\)<", ">c<"))
    assert found.workflow == REQUEST
    assert [(each.kind, each.text, each.severity) for each in found.findings] == [
        ("condition", "Left out: high has several conditions here. Change them in the designer (c).", "warning")
    ]


def test_a_text_written_elsewhere_is_named():
    found = read(changed("Action: tell.", "Ring them up."))
    assert [(each.element_id, each.kind, each.text) for each in found.findings] == [
        ("node_tell", "documentation", "Left out, as steps have no notes here: Ring them up.")
    ]


def test_a_way_drawn_elsewhere_is_taken_by_its_name():
    flow = '<bpmn:sequenceFlow id="new" sourceRef="outcomes_node_look" targetRef="node_gone" name="No" />'
    found = read(changed("</bpmn:process>", flow + "</bpmn:process>"))
    assert found.workflow["edges"][-1] == ["look.reject", "gone"]
    flow = '<bpmn:sequenceFlow id="new" sourceRef="node_find" targetRef="node_gone" name="Fail" />'
    assert read(changed("</bpmn:process>", flow + "</bpmn:process>")).workflow["edges"][-1] == ["find.fail", "gone"]
    flow = flow.replace(' name="Fail"', "")
    assert read(changed("</bpmn:process>", flow + "</bpmn:process>")).workflow["edges"][-1] == ["find", "gone"]


def test_a_way_bent_elsewhere_leads_there():
    found = read(changed('sourceRef="node_rest" targetRef="node_tell"', 'sourceRef="node_rest" targetRef="node_done"'))
    assert ["rest", "done"] in found.workflow["edges"]
    begun = read(changed('sourceRef="node_rest" targetRef="node_tell"', 'sourceRef="node_find" targetRef="node_tell"'))
    assert ["find", "tell"] in begun.workflow["edges"]


def test_a_step_drawn_between_two_of_ours_becomes_a_node():
    new = (
        '<bpmn:userTask id="new" name="Ask back"><bpmn:potentialOwner name="Desk" /></bpmn:userTask>'
        '<bpmn:sequenceFlow id="to_tell" sourceRef="new" targetRef="node_tell" /></bpmn:process>'
    )
    xml = changed('sourceRef="node_rest" targetRef="node_tell"', 'sourceRef="node_rest" targetRef="new"').decode()
    found = read(xml.replace("</bpmn:process>", new).encode())
    assert found.workflow["nodes"]["ask_back"] == {
        "review": ["desk"], "decisions": {"done": {"label": "Done", "tone": "positive", "past": "done"}},
        "label": "Ask back",
    }  # fmt: skip
    assert ["rest", "ask_back"] in found.workflow["edges"]
    assert ["ask_back.done", "tell"] in found.workflow["edges"]


def test_an_event_put_at_the_border_of_our_step_becomes_an_outcome():
    new = (
        '<bpmn:boundaryEvent id="new" attachedToRef="node_find"><bpmn:errorEventDefinition /></bpmn:boundaryEvent>'
        '<bpmn:boundaryEvent id="no" attachedToRef="node_tell"><bpmn:errorEventDefinition /></bpmn:boundaryEvent>'
        '<bpmn:sequenceFlow id="to_gone" sourceRef="new" targetRef="node_gone" /></bpmn:process>'
    )
    found = read(changed("</bpmn:process>", new))
    assert ["find.fail", "gone"] in found.workflow["edges"]
    assert [(each.element_id, each.text) for each in found.findings] == [
        ("no", "Left out: nothing here interrupts such a step.")
    ]


def test_a_gateway_of_ours_that_others_lead_to_is_an_ordinary_one():
    flow = '<bpmn:sequenceFlow id="new" sourceRef="node_find" targetRef="outcomes_node_test" /></bpmn:process>'
    found = read(changed("</bpmn:process>", flow))
    assert [(each.element_id, each.text) for each in found.findings] == [
        ("outcomes_node_test", "Taken as any other gateway: not only the step that it was drawn for leads here."),
        ("outcomes_node_test", "Made a review: its ways have no condition that can be run here, so a person chooses."),
    ]


def test_a_timer_of_ours_without_its_expiry_is_an_ordinary_one():
    found = read(changed(',"expires":"30 days"', ""))
    assert found.workflow["nodes"]["ask"] == {"form": "request", "status": "Draft", "expires": "30 days"}
    assert ["ask.expire", "gone"] in found.workflow["edges"]


def test_a_copied_step_has_another_name():
    text = write(REQUEST).decode()
    copied = re.search(r'<bpmn:serviceTask id="node_tell".*?</bpmn:serviceTask>', text, re.DOTALL)
    assert copied is not None
    found = read(text.replace("</bpmn:process>", copied[0].replace("node_tell", "copy") + "</bpmn:process>").encode())
    assert found.workflow["nodes"]["tell_2"] == {"action": "tell", "label": "Tell"}
    assert "Called tell_2: it is a copy of another step." in {each.text for each in found.findings}


@pytest.mark.parametrize(
    "by", ["{", "[]", '"tell"', "{}", '{"name": 1}', '{"name":"tell"}', '{"name":"tell","node":{"x":1}}', "[" * 10**5]
)
def test_a_broken_mark_makes_a_step_like_any_other(by: str):
    found = read(changed(r'(<kontor:node>)\{"name":"tell".*?(</kontor:node>)', rf"\g<1>{by}\g<2>"))
    assert found.workflow["nodes"]["tell"] == {"action": "tell", "given": {}, "label": "Tell"}
    broken = by.startswith(("{}", '{"'))
    assert any("Our mark in it cannot be read" in each.text for each in found.findings) is not broken


@pytest.mark.parametrize("by", ['"drawn":0', '"drawn":[1]', '"drawn":["a","b"]', '"drawn":[true,false]'])
def test_a_broken_place_in_a_mark_is_read_from_the_drawing(by: str):
    found = read(changed(r'("name":"tell".*?)"drawn":\[[^]]*\]', rf"\1{by}"))
    assert list(found.layout["tell"]) == places(REQUEST)["tell"]


def test_nowhere_to_begin_and_ways_to_nothing_are_refused():
    with pytest.raises(Refused) as refused:
        write({"start": "x", "nodes": {"a": {"end": "a"}}, "edges": [["b.c", "a"], ["a", "b"]]})
    assert [(each.code, each.text, each.field) for each in refused.value.problems] == [
        ("BPMN-START", "It begins at no node. Choose where cases begin.", "x"),
        ("BPMN-EDGE", "The way from b.c to a begins or ends at no node. Draw it to a node.", "b.c"),
        ("BPMN-EDGE", "The way from a to b begins or ends at no node. Draw it to a node.", "a"),
    ]


@pytest.mark.parametrize(
    "target, corners",
    [
        (Bounds(200, 0, 100, 80), [(100, 40), (200, 40)]),
        (Bounds(200, 100, 100, 80), [(100, 40), (150, 40), (150, 140), (200, 140)]),
        (Bounds(0, 200, 100, 80), [(50, 80), (50, 200)]),
        (Bounds(0, -200, 100, 80), [(50, 0), (50, -120)]),
        (Bounds(-200, 0, 100, 80), [(50, 80), (50, 100), (-150, 100), (-150, 80)]),
        (Bounds(0, 0, 100, 80), [(50, 80), (50, 100), (50, 100), (50, 80)]),
    ],
)
def test_ways_run_along_right_angles(target: Bounds, corners: list[tuple[float, float]]):
    found = route(Bounds(0, 0, 100, 80), target)
    assert found == corners
    lower = route(Bounds(0, 0, 100, 80), target, lower=12)
    assert max(y for _, y in lower) - max(y for _, y in found) in (0, 12)
    assert all(one[0] == other[0] or one[1] == other[1] for one, other in pairwise(found))


def test_words_of_ways_along_the_same_line_stand_apart():
    """Approve and refer both lead to the end: the second has a place of its own, a row lower."""
    decisions = {each: {"label": each, "tone": "positive"} for each in ("approve", "refer", "waive")}
    nodes = {"look": {"review": "r", "decisions": decisions}, "end": {"end": "done"}}
    edges = [[f"look.{each}", "end"] for each in decisions]
    xml = write({"start": "look", "nodes": nodes, "edges": edges}, {"look": (0, 0), "end": (400, 0)})
    labels = [each for each in tree(xml).all() if (each.space, each.name) == (BPMNDI, "BPMNLabel")]
    ys = [float(bounds.get("y")) for each in labels for bounds in each.children]
    assert len(ys) == 2
    assert ys[1] - ys[0] == 16

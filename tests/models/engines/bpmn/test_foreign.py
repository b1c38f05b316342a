"""Diagrams as other modellers write them: each becomes exactly what stands beside it, and nothing is dropped."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from models.core.errors import Refused
from models.engines.bpmn import Imported, read, write
from models.engines.bpmn.markup import Element, parse
from models.engines.workflow import lint
from models.engines.workflow.schema import Workflow
from tests.support import ROOT
from tests.support.diagrams import foreign, process

DIAGRAMS = sorted((ROOT / "tests" / "data" / "bpmn").glob("*.bpmn"), key=lambda path: path.name)
NEVER_A_STEP = {"definitions", "process", "laneSet", "lane", "childLaneSet", "collaboration", "participant"}


def imported(path: Path) -> Imported:
    return read(path.read_bytes())


def expected(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return made


def test_there_are_diagrams():
    assert len(DIAGRAMS) >= 12


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_diagram_becomes_the_workflow_beside_it(path: Path):
    found, wanted = imported(path), expected(path)
    assert found.workflow["start"] == wanted["start"]
    assert found.workflow["nodes"] == wanted["nodes"]
    assert found.workflow["edges"] == wanted["edges"]
    assert {name: list(place) for name, place in found.layout.items()} == wanted["layout"]


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_what_cannot_run_is_named_element_by_element(path: Path):
    said = [[each.severity, each.element_id, each.name, each.kind, each.text] for each in imported(path).findings]
    assert said == expected(path)["findings"]


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_the_designer_can_work_with_it_at_once(path: Path):
    made = Workflow.model_validate(imported(path).workflow)
    assert [[problem.code, problem.field] for problem in lint.faults(made)] == expected(path)["faults"]


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_no_element_is_dropped_silently(path: Path):
    assert silent_in(path.read_bytes(), imported(path)) == []


def silent_in(xml: bytes, found: Imported) -> list[str]:
    """Elements that neither live on nor have a notice."""
    spoken = {notice.element_id for notice in found.findings} | set(found.became)
    return [
        each.id
        for each in parse(xml, most_bytes=10**6).all()
        if each.is_model() and each.id and each.name not in NEVER_A_STEP and not is_part(each) and each.id not in spoken
    ]


@given(foreign())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_diagram_becomes_a_workflow_or_is_refused_in_words(xml: bytes):
    try:
        found = read(xml)
    except Refused as refused:
        code = refused.problems[0].code
    else:
        Workflow.model_validate(found.workflow)
        assert silent_in(xml, found) == []
        again = read(write(found.workflow, found.layout))
        assert (again.workflow, again.layout, again.findings) == (found.workflow, found.layout, ())
        return
    assert code in ("BPMN-START", "BPMN-EMPTY", "BPMN-CIRCLE")


def test_several_conditions_are_asked_one_after_another():
    ways = "".join(
        f'<sequenceFlow id="f{number}" sourceRef="g" targetRef="e{number}">'
        f"<conditionExpression>amount &gt; {number}</conditionExpression></sequenceFlow>"
        for number in range(3)
    )
    ends = "".join(f'<endEvent id="e{number}" name="End {number}"/>' for number in range(4))
    asked = "<conditionExpression>true</conditionExpression>"
    last = f'<sequenceFlow id="f3" sourceRef="g" targetRef="e3">{asked}</sequenceFlow>'
    found = read(process(
        '<startEvent id="s"/><exclusiveGateway id="g" name="How much?"/>', ends, ways, last,
        '<sequenceFlow id="f" sourceRef="s" targetRef="g"/>',
    ))  # fmt: skip
    assert found.workflow["nodes"]["how_much"] == {
        "decision": [
            {"when": "amount > 0", "then": "to_end_0"}, {"when": "amount > 1", "then": "to_end_1"},
            {"when": "amount > 2", "then": "to_end_2"},
        ],
        "otherwise": "to_end_3", "label": "How much?",
    }  # fmt: skip
    assert found.workflow["edges"] == [
        ["application.submit", "how_much"], *([f"how_much.to_end_{number}", f"end_{number}"] for number in range(4)),
    ]  # fmt: skip


def test_a_gateway_with_one_condition_that_cannot_run_is_chosen_by_people():
    """Though the default way has a condition that could."""
    asked = "<conditionExpression>x {} 1</conditionExpression></sequenceFlow>"
    found = read(process(
        '<startEvent id="s"/><task id="t"/><exclusiveGateway id="g" name="Which?" default="f1"/>',
        '<endEvent id="a" name="A"/><endEvent id="b" name="B"/><sequenceFlow id="f" sourceRef="s" targetRef="g"/>',
        '<sequenceFlow id="f0" sourceRef="t" targetRef="g"/>',
        '<sequenceFlow id="f1" sourceRef="g" targetRef="a">' + asked.format("&gt;"),
        '<sequenceFlow id="f2" sourceRef="g" targetRef="b">' + asked.format("eq"),
    ))  # fmt: skip
    assert set(found.workflow["nodes"]["which"]["decisions"]) == {"to_a", "to_b"}


def test_ways_of_an_inclusive_gateway_need_no_condition():
    found = read(process(
        '<startEvent id="s"/><inclusiveGateway id="g"/><task id="a" name="A"/><task id="b" name="B"/>',
        '<sequenceFlow id="f" sourceRef="s" targetRef="g"/><sequenceFlow sourceRef="g" targetRef="a"/>',
        '<sequenceFlow id="f2" sourceRef="g" targetRef="b"/>',
    ))  # fmt: skip
    assert [each.text for each in found.findings if each.element_id == "g"] == [
        "Made a parallel split: all its ways are taken, whatever their conditions say. Check that.",
        "Its branches end apart, and the first end ends the case. Put a join where they meet."
    ]  # fmt: skip
    assert found.became["f2"] == "parallel"


def test_flows_without_an_id_are_taken_too():
    """The standard wants none; nobody can refer to them, so nobody misses them."""
    found = read(process(
        '<startEvent id="s"/><task id="a" name="A"/><endEvent id="e"/>',
        '<sequenceFlow sourceRef="s" targetRef="a"/><sequenceFlow sourceRef="a" targetRef="e"/>',
    ))  # fmt: skip
    assert found.workflow["edges"] == [["application.submit", "a"], ["a.done", "end"]]


def test_what_follows_a_left_out_event_stays_in_the_drawing():
    found = read(process(
        '<startEvent id="s"/><serviceTask id="a" name="Book"/><boundaryEvent id="b" name="Late" attachedToRef="a">',
        "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>",
        '<task id="c" name="Call"/><task id="w" name="Write"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>',
        '<sequenceFlow id="g" sourceRef="b" targetRef="c"/><sequenceFlow id="h" sourceRef="b" targetRef="w"/>',
    ))  # fmt: skip
    assert {"call", "write"} <= set(found.workflow["nodes"])
    assert [each.text for each in found.findings if each.element_id == "b"] == [
        "Put a gateway behind it: all ways that leave it begin at once.",
        "Left out: nothing here interrupts such a step. No way leads from here to Call, Write any more.",
        "Its branches end apart, and the first end ends the case. Put a join where they meet.",
    ]


def test_two_splits_that_meet_at_one_step_have_a_join_each():
    branches = "".join(
        f'<task id="{one}{other}" name="{one}{other}"/><sequenceFlow id="f{one}{other}" sourceRef="{one}" '
        f'targetRef="{one}{other}"/><sequenceFlow id="t{one}{other}" sourceRef="{one}{other}" targetRef="m"/>'
        for one in "xy" for other in "12"
    )  # fmt: skip
    found = read(process(
        '<startEvent id="s"/><task id="c" name="Choose"/><exclusiveGateway id="g"/><parallelGateway id="x"/>',
        '<parallelGateway id="y"/><task id="m" name="Meet"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/>',
        '<sequenceFlow id="f2" sourceRef="c" targetRef="g"/><sequenceFlow id="f3" sourceRef="g" targetRef="x"/>',
        '<sequenceFlow id="f4" sourceRef="g" targetRef="y"/>', branches,
    ))  # fmt: skip
    joins = [edge for edge in found.workflow["edges"] if edge[1].startswith("meet") and edge[1] != "meet_end"]
    assert joins == [
        ["x1.done", "meet_join"], ["x2.done", "meet_join"], ["y1.done", "meet_join_2"], ["y2.done", "meet_join_2"],
        ["meet_join", "meet"], ["meet_join_2", "meet"],
    ]  # fmt: skip


def test_an_event_at_a_step_for_compensation_goes_with_it():
    found = read(process(
        '<startEvent id="s"/><task id="a" name="Undo" isForCompensation="true"/>',
        '<boundaryEvent id="b" attachedToRef="a"/><sequenceFlow id="f" sourceRef="b" targetRef="e"/><endEvent id="e"/>',
        '<sequenceFlow id="g" sourceRef="s" targetRef="e"/>',
    ))  # fmt: skip
    said = [(each.element_id, each.text) for each in found.findings if each.element_id in ("b", "f")]
    assert said == [("b", "Left out with Undo."), ("f", "Left out with b.")]


def test_splits_that_meet_at_one_step_are_joined_one_after_another():
    found = read(process(
        '<startEvent id="s"/><parallelGateway id="g"/><task id="a" name="A"/><task id="b" name="B"/>',
        '<task id="m" name="Meet"/><sequenceFlow id="f1" sourceRef="s" targetRef="g"/>',
        '<sequenceFlow id="f2" sourceRef="g" targetRef="a"/><sequenceFlow id="f3" sourceRef="g" targetRef="b"/>',
        '<sequenceFlow id="f4" sourceRef="a" targetRef="m"/><sequenceFlow id="f5" sourceRef="b" targetRef="m"/>',
        '<sequenceFlow id="f6" sourceRef="m" targetRef="t"/><task id="t" name="Then"/>',
        '<sequenceFlow id="f7" sourceRef="t" targetRef="e"/><endEvent id="e"/>',
    ))  # fmt: skip
    assert ["meet_join", "meet"] in found.workflow["edges"]
    assert [edge for edge in found.workflow["edges"] if edge[1] == "meet_join"] == [
        ["a.done", "meet_join"], ["b.done", "meet_join"]
    ]  # fmt: skip


def is_part(element: Element) -> bool:
    """Whether it only says more about the event that it stands in."""
    return element.name.endswith("EventDefinition")


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_what_was_imported_is_exported_and_comes_back_the_same(path: Path):
    found = imported(path)
    again = read(write(found.workflow, found.layout))
    assert (again.workflow, again.layout, again.findings) == (found.workflow, found.layout, ())

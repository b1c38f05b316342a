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
from tests.support.diagrams import foreign

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


def is_part(element: Element) -> bool:
    """Whether it only says more about the event that it stands in."""
    return element.name.endswith("EventDefinition")


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_what_was_imported_is_exported_and_comes_back_the_same(path: Path):
    found = imported(path)
    again = read(write(found.workflow, found.layout))
    assert (again.workflow, again.layout, again.findings) == (found.workflow, found.layout, ())

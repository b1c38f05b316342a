"""A BPMN 2.0 diagram as a workflow: ours exactly as it was, a foreign one as far as it can run, the rest by name.

The diagram becomes a graph (`loading.py`) that is changed step by step until every box is a node: our marks first, then
events, tasks and gateways. `read` lists the steps in their order.
"""

from __future__ import annotations

from typing import Any

from models.engines.bpmn import drawing, marks
from models.engines.bpmn.events import settle_borders, settle_events
from models.engines.bpmn.findings import Findings, Imported
from models.engines.bpmn.gateways import (
    dissolve,
    dissolve_start,
    draw_joins,
    draw_splits,
    settle_choices,
    settle_first_events,
    settle_kinds,
)
from models.engines.bpmn.graph import Graph, Way
from models.engines.bpmn.leftovers import name_leftovers
from models.engines.bpmn.loading import load
from models.engines.bpmn.markup import Element, parse
from models.engines.bpmn.own import take_back
from models.engines.bpmn.tasks import settle_tasks
from models.engines.bpmn.vocabulary import named, says
from models.engines.workflow.schema import kind_of

MOST_BYTES = 5_000_000
MOST_NODES = 500


def read(xml: bytes, *, most_bytes: int = MOST_BYTES, most_nodes: int = MOST_NODES) -> Imported:
    """The workflow of a BPMN 2.0 file, as it is written in a definition, ready for the designer.

    It may lack what only a person can choose (which check, which role); the notices say so, and the designer finds it.

    Raises:
        Refused: it is no BPMN 2.0, broken, too big, contradicts itself or begins nowhere; says at which line and
            element, and what to do about it.
    """
    root = parse(xml, most_bytes=most_bytes)
    findings = Findings()
    graph, process = load(root, findings, most_nodes=most_nodes)
    for step in (
        take_back, settle_events, draw_splits, settle_kinds, dissolve, settle_first_events, dissolve, settle_tasks,
        settle_choices, settle_borders, _end_what_ends, dissolve, draw_joins, dissolve_start, _begin_with_a_form, _name,
        _judge,
    ):  # fmt: skip
        step(graph)
    name_leftovers(root, findings)
    return Imported(_workflow(graph, process), _layout(graph), findings.sorted(), _became(graph))


def _end_what_ends(graph: Graph) -> None:
    """Put an end behind every step that nothing follows."""
    begins = {way.begin for way in graph.ways}
    for box in list(graph.boxes.values()):
        if box.key in begins or box.is_ours or box.node is None or "end" in box.node:
            continue
        end = graph.beside(box, "end", "endEvent", "", 130)
        end.node = {"end": "done", "tone": "positive"}
        outcome = "submit" if "form" in box.node else next(iter(box.node.get("decisions", ())), None)
        graph.ways.append(Way(box.key, end.key, outcome=outcome))
        graph.findings.say(box.element, "Put an end behind it: nothing follows.", severity="info")


def _begin_with_a_form(graph: Graph) -> None:
    """A case begins with what the applicant fills in, even when the diagram begins with the first review."""
    first, beginning = graph.lives_on(graph.start), graph.beginning
    assert beginning is not None
    graph.start = first.key
    if first.is_ours or (first.node is not None and "form" in first.node):
        return
    name = beginning.get("name") if beginning.name == "startEvent" else ""
    form = graph.beside(first, "form", "userTask", name or "Application", -130)
    form.hint = form.name
    form.node = {"form": "application"}
    graph.ways.insert(0, Way(form.key, first.key, outcome="submit"))
    graph.start = form.key
    graph.boxes = {form.key: form, **graph.boxes}
    graph.findings.say(beginning, "Put a form before the first step: every case begins with one.", severity="info")


def _name(graph: Graph) -> None:
    """Give every node a name of its own, and the label that people know it by."""
    taken = {box.slug for box in graph.boxes.values()}
    for box in graph.boxes.values():
        if not box.slug:
            kind = str(kind_of(box.node))
            box.slug = named(box.name or box.hint, kind, taken)
            taken.add(box.slug)
            if box.name:
                box.node = {**(box.node or {}), "label": box.name}


def _judge(graph: Graph) -> None:
    """Say of the decisions of new reviews which let a case go on, and which send it back to a form."""
    forms = {box.key for box in graph.boxes.values() if "form" in (box.node or {})}
    for box in graph.boxes.values():
        if not box.is_review:
            continue
        decisions: dict[str, dict[str, Any]] = (box.node or {})["decisions"]
        for way in graph.out_of(box):
            decision = decisions.get(way.outcome or "")
            if decision is None or "tone" in decision:
                continue
            said = says(decision["label"])
            if said == "negative":
                decision["comment"] = True
                if not graph.reachable(way.end) & forms:
                    continue  # what is negative always goes back
            if said != "neutral":
                decision["tone"] = said
        if decisions and not any(each.get("tone") == "positive" for each in decisions.values()):
            good = [each for each in decisions.values() if not each.get("comment")] or list(decisions.values())
            good[0]["tone"] = "positive"


def _workflow(graph: Graph, process: Element) -> dict[str, Any]:
    rest = marks.mark_of(process, marks.WORKFLOW) or {}
    edges = [
        [f"{graph.boxes[way.begin].slug}.{way.outcome}" if way.outcome else graph.boxes[way.begin].slug,
         graph.boxes[way.end].slug]
        for way in graph.ways
    ]  # fmt: skip
    return {
        **{key: value for key, value in rest.items() if key != "layout"},
        "start": graph.boxes[graph.start].slug,
        "nodes": {box.slug: box.node for box in graph.boxes.values()},
        "edges": edges,
    }


def _layout(graph: Graph) -> dict[str, tuple[float, float]]:
    """Where nodes are drawn. Foreign shapes are smaller than ours, so all is drawn wider unless some of it is ours."""
    wider = 1.0 if any(box.is_ours for box in graph.boxes.values()) else drawing.WIDER
    found: dict[str, tuple[float, float]] = {}
    for box in graph.boxes.values():
        if box.at is not None:
            found[box.slug] = box.at
        elif box.bounds is not None:
            x, y = box.bounds.centre
            found[box.slug] = drawing.box_at((x * wider, y), box.node or {})
    return found


def _became(graph: Graph) -> dict[str, str]:
    found: dict[str, str] = {}
    for box in graph.boxes.values():
        if not box.hint:
            found.setdefault(box.element.id, box.slug)
    for way in graph.ways:
        if way.element is not None and way.element.id:
            begin = graph.boxes[way.begin].slug
            found.setdefault(way.element.id, f"{begin}.{way.outcome}" if way.outcome else begin)
    for id_, key in graph.merged.items():
        found.setdefault(id_, graph.lives_on(key).slug)
    return found

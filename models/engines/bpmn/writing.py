"""A workflow as a BPMN 2.0 diagram.

A form or a review is a user task, a check a service or business rule task, an action a service task, a decision and a
parallel node are gateways, a wait is a timer event, a payment a call activity. Several outcomes of a node become an
exclusive gateway behind it, because that is what other modellers show best; an expiry becomes a timer at its border.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

from models.core.errors import Problem, Refused
from models.engines.bpmn import drawing, marks
from models.engines.bpmn.drawing import Bounds
from models.engines.bpmn.telling import Telling, condition_of, outcome_words
from models.engines.bpmn.vocabulary import BPMNDI, CEL, DC, DI, MODEL, XSI, duration
from models.engines.workflow.schema import kind_of

for _prefix, _space in (("bpmn", MODEL), ("bpmndi", BPMNDI), ("dc", DC), ("di", DI), ("kontor", marks.OURS)):
    ET.register_namespace(_prefix, _space)
_ELEMENTS = {
    "form": "userTask", "review": "userTask", "check": "serviceTask", "decision": "exclusiveGateway",
    "parallel": "parallelGateway", "wait": "intermediateCatchEvent", "action": "serviceTask", "payment": "callActivity",
    "end": "endEvent",
}  # fmt: skip
_SIZES = {
    "exclusiveGateway": drawing.GATEWAY, "parallelGateway": drawing.GATEWAY, "intermediateCatchEvent": drawing.EVENT,
    "endEvent": drawing.EVENT,
}  # fmt: skip
_GATEWAY_BEHIND, _START_BEFORE = 62, 112  # pixels from centre to centre
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(
    workflow: Mapping[str, Any],
    layout: Mapping[str, Sequence[float]] | None = None,
    *,
    name: str = "Workflow",
    key: str = "workflow",
    parameters: Mapping[str, Any] | None = None,
) -> bytes:
    """A BPMN 2.0 file of a workflow as it is written in a definition (`$names` of parameters stay names).

    `layout` says where nodes are drawn, else the workflow itself does; a node without a place is drawn somewhere and
    comes back without one. `parameters` only make texts and timers readable. `read` gives back what went in.

    Raises:
        Refused: it has no node to start at, or an edge that leads from or to no node.
    """
    nodes, places = workflow["nodes"], workflow.get("layout", {}) if layout is None else layout
    problems = [
        Problem("BPMN-EDGE", f"The way from {begin} to {end} begins or ends at no node. Draw it to a node.", begin)
        for begin, end in workflow["edges"]
        if drawing.node_of(nodes, begin) is None or end not in nodes
    ]
    if workflow["start"] not in nodes:
        problems.insert(0, Problem("BPMN-START", "It begins at no node. Choose where cases begin.", workflow["start"]))
    if problems:
        raise Refused(problems)
    drawn = _Diagram(workflow, places, Telling(parameters or {}))
    root = drawn.whole(clean(name), _identifier(key))
    ET.indent(root)
    made: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made + b"\n"


def clean(text: str) -> str:
    """A text without the signs that XML has no place for."""
    return _NO_XML.sub("\ufffd", text)


def shown_name(name: str, node: Mapping[str, Any]) -> str:
    """What a node is called in a diagram: its label, else its name in words, in a single line."""
    shown = str(node.get("label") or name.rpartition(".")[2].replace("_", " ").capitalize())
    return " ".join(clean(shown).split())


def _identifier(text: str) -> str:
    made = re.sub(r"[^A-Za-z0-9_.-]", "_", text)
    return made if re.match("[A-Za-z_]", made) else f"_{made}"


class _Diagram:
    """The elements of a process and their shapes, while they are made."""

    def __init__(self, workflow: Mapping[str, Any], layout: Mapping[str, Sequence[float]], telling: Telling) -> None:
        self.workflow, self.layout, self.telling = workflow, layout, telling
        self.nodes: Mapping[str, Mapping[str, Any]] = workflow["nodes"]
        self.centres = drawing.centres(workflow, layout)
        self.elements: dict[str, ET.Element] = {}
        self.bounds: dict[str, Bounds] = {}
        self.flows: list[ET.Element] = []
        self.ids: dict[str, str] = {}

    def whole(self, name: str, key: str) -> ET.Element:
        """The file's root element."""
        root = ET.Element(f"{{{MODEL}}}definitions", {
            "id": "definitions", "targetNamespace": marks.OURS, "expressionLanguage": CEL, "exporter": "Kontor",
        })  # fmt: skip
        process = ET.SubElement(root, _tag("process"), {"id": f"process_{key}", "name": name, "isExecutable": "false"})
        rest = {each: value for each, value in self.workflow.items() if each not in ("nodes", "edges", "layout")}
        _mark(process, marks.WORKFLOW, rest)
        self._nodes()
        self._start()
        self._edges()
        process.extend(self.elements.values())
        process.extend(self.flows)
        self._picture(root, key)
        return root

    def _nodes(self) -> None:
        for name in self.nodes:
            self.ids[name] = self._free(f"node_{_identifier(name)}")
        for name, node in self.nodes.items():
            kind, tag = str(kind_of(node)), _element_of(node)
            made = self._add(self.ids[name], tag, self.centres[name], shown_name(name, node))
            mark: dict[str, Any] = {"name": name, "node": node, "drawn": self.bounds[self.ids[name]][:2]}
            if told := self.telling.of(node):
                ET.SubElement(made, _tag("documentation")).text = clean(told)
                mark["told"] = marks.sum_of(clean(told))
            if name in self.layout:
                mark["at"] = list(self.layout[name])
            _mark(made, marks.NODE, mark)
            if kind == "payment":
                made.set("calledElement", f"process_{_identifier(str(node['payment']))}")

    def _start(self) -> None:
        start = self.ids[self.workflow["start"]]
        x, y = self.centres[self.workflow["start"]]
        made = self._free("start")
        self._add(made, "startEvent", (x - _START_BEFORE, y), "Start", drawing.EVENT)
        self._flow(made, start)

    def _edges(self) -> None:
        leaving: dict[str, list[str]] = {name: [] for name in self.nodes}
        for begin, _ in self.workflow["edges"]:
            owner = self._owner(begin)
            if begin not in leaving[owner]:
                leaving[owner].append(begin)
        exits = {begin: self._exit(name, begin, begins) for name, begins in leaving.items() for begin in begins}
        for begin, end in self.workflow["edges"]:
            name = self._owner(begin)
            outcome = begin[len(name) + 1 :]
            flow = self._flow(exits[begin], self.ids[end], outcome_words(self.nodes[name], outcome))
            _mark(flow, marks.EDGE, {"from": begin})
            splits = len([each for each in leaving[name] if exits[each] == exits[begin]]) > 1
            self._condition(flow, exits[begin], self.nodes[name], outcome, splits)
        for name, element in self.elements.items():
            self._finish(name, element)

    def _owner(self, begin: str) -> str:
        return str(drawing.node_of(self.nodes, begin))

    def _exit(self, name: str, begin: str, begins: Sequence[str]) -> str:
        """The element that an edge leaves: the node's own, the gateway behind it, or the timer at its border."""
        node, own = self.nodes[name], self.ids[name]
        x, y = self.centres[name]
        if begin == f"{name}.expire" and node.get("expires"):
            timer = self._free(f"expiry_{own}")
            span = clean(self.telling.words(node["expires"]))
            made = self._add(timer, "boundaryEvent", (x + 20, y + 40), span, drawing.EVENT)
            made.set("attachedToRef", own)
            _mark(made, marks.EXPIRY, {"of": name})
            return timer
        others = [each for each in begins if each != f"{name}.expire" or not node.get("expires")]
        if len(others) < 2 or self.elements[own].tag.endswith("Gateway"):
            return own
        gateway = f"outcomes_{own}"
        if gateway not in self.elements:
            width = self.bounds[own].width / 2
            shown = self._add(gateway, "exclusiveGateway", (x + width + _GATEWAY_BEHIND, y), "Outcome?")
            _mark(shown, marks.OUTCOMES, {"of": name})
            self._flow(own, gateway)
        return gateway

    def _condition(self, flow: ET.Element, source: str, node: Mapping[str, Any], outcome: str, splits: bool) -> None:
        """Say when a way is taken, where several leave the same element."""
        if not splits or kind_of(node) == "parallel":
            return
        text = condition_of(node, outcome)
        if not text:
            self.elements[source].attrib.setdefault("default", flow.attrib["id"])
            return
        kind = {f"{{{XSI}}}type": "bpmn:tFormalExpression", "language": CEL}
        ET.SubElement(flow, _tag("conditionExpression"), kind).text = clean(text)

    def _finish(self, name: str, element: ET.Element) -> None:
        """What the schema wants after the extensions: the flows, then roles or the timer."""
        for word, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            for flow in self.flows:
                if flow.get(end) == name:
                    ET.SubElement(element, _tag(word)).text = flow.get("id")
        node = next((node for each, node in self.nodes.items() if self.ids[each] == name), {})
        for role in self.telling.roles(node):
            owner = ET.SubElement(element, _tag("potentialOwner"), {"name": clean(role)})
            chosen = ET.SubElement(owner, _tag("resourceAssignmentExpression"))
            ET.SubElement(chosen, _tag("formalExpression")).text = clean(role)
        term = node.get("wait") if element.tag != _tag("receiveTask") else None
        if term == "facts":
            waited = ET.SubElement(element, _tag("conditionalEventDefinition"))
            kind = {f"{{{XSI}}}type": "bpmn:tFormalExpression", "language": CEL}
            ET.SubElement(waited, _tag("condition"), kind).text = clean(str(node.get("until", "")))
            return
        if element.tag == _tag("boundaryEvent"):
            term = next(each.get("expires") for key, each in self.nodes.items() if name == f"expiry_{self.ids[key]}")
        if term is not None:
            timer = ET.SubElement(element, _tag("timerEventDefinition"))
            kind = {f"{{{XSI}}}type": "bpmn:tFormalExpression"}
            ET.SubElement(timer, _tag("timeDuration"), kind).text = clean(duration(self.telling.words(term)))

    def _add(
        self, id_: str, tag: str, centre: drawing.Place, name: str, size: drawing.Place | None = None
    ) -> ET.Element:
        made = self.elements[id_] = ET.Element(_tag(tag), {"id": id_})
        if name:
            made.set("name", name)
        self.bounds[id_] = drawing.around(centre, size or _SIZES.get(tag, drawing.ACTIVITY))
        return made

    def _flow(self, source: str, target: str, name: str = "") -> ET.Element:
        made = ET.Element(_tag("sequenceFlow"), {
            "id": f"flow_{len(self.flows) + 1}", "sourceRef": source, "targetRef": target,
        })  # fmt: skip
        if name:
            made.set("name", clean(name))
        self.flows.append(made)
        return made

    def _free(self, wanted: str) -> str:
        taken = {*self.ids.values(), *self.elements}
        made, number = wanted, 2
        while made in taken:
            made, number = f"{wanted}_{number}", number + 1
        return made

    def _picture(self, root: ET.Element, key: str) -> None:
        diagram = ET.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", {"id": "diagram"})
        plane = ET.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", {"id": "plane", "bpmnElement": f"process_{key}"})
        for name, bounds in self.bounds.items():
            shape = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", {"id": f"shape_{name}", "bpmnElement": name})
            if self.elements[name].tag == _tag("exclusiveGateway"):
                shape.set("isMarkerVisible", "true")
            numbers = {word: _number(value) for word, value in bounds._asdict().items()}
            ET.SubElement(shape, f"{{{DC}}}Bounds", numbers)
        before: list[str] = []
        pairs: list[tuple[str, str]] = []
        for flow in self.flows:
            id_, source, target = (flow.attrib[word] for word in ("id", "sourceRef", "targetRef"))
            edge = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"edge_{id_}", "bpmnElement": id_})
            lower = 12 * before.count(source)  # ways back from one shape do not lie on each other
            before.append(source)
            corners = drawing.route(self.bounds[source], self.bounds[target], lower=lower)
            for x, y in corners:
                ET.SubElement(edge, f"{{{DI}}}waypoint", {"x": _number(x), "y": _number(y)})
            if (same := pairs.count((source, target))) and flow.get("name"):
                _words_at(edge, drawing.label_at(corners, same))  # ways along the same line keep their words apart
            pairs.append((source, target))


def _words_at(edge: ET.Element, bounds: Bounds) -> None:
    """Where the words of a way stand."""
    label = ET.SubElement(edge, f"{{{BPMNDI}}}BPMNLabel")
    ET.SubElement(label, f"{{{DC}}}Bounds", {word: _number(value) for word, value in bounds._asdict().items()})


def _element_of(node: Mapping[str, Any]) -> str:
    """The element of BPMN that a node is drawn as."""
    kind = str(kind_of(node))
    if kind == "check" and node.get("by") == "now":
        return "businessRuleTask"
    if kind == "decision" and isinstance(node["decision"], Mapping):
        return "businessRuleTask"  # a decision table
    if kind == "wait" and node.get("expires"):
        return "receiveTask"  # a timer at the border of an event is no BPMN
    return _ELEMENTS.get(kind, "task")


def _tag(name: str) -> str:
    return f"{{{MODEL}}}{name}"


def _mark(element: ET.Element, kind: str, value: Mapping[str, Any]) -> None:
    extensions = ET.SubElement(element, _tag("extensionElements"))
    ET.SubElement(extensions, f"{{{marks.OURS}}}{kind}").text = marks.text_of(value)


def _number(value: float) -> str:
    return f"{value:.10g}"

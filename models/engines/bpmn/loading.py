"""From the elements of a file to a graph: the process that is read, with its subprocesses put in their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from models.core.errors import Problem, Refused
from models.engines.bpmn import marks
from models.engines.bpmn.drawing import Bounds
from models.engines.bpmn.findings import Findings, Severity
from models.engines.bpmn.graph import PASS, Box, Graph, Way
from models.engines.bpmn.markup import Element
from models.engines.bpmn.vocabulary import BPMNDI, DC, FLOW_NODES, MODEL, SUBPROCESSES, words

MOST_WAYS = 10
"""Sequence flows for each step that a process may have."""
MOST_CALLS = 20
"""Processes that call each other, one within the other."""


def load(root: Element, findings: Findings, *, most_nodes: int) -> tuple[Graph, Element]:
    """The graph of the process with the most steps, and the process; the others are named as left out.

    Raises:
        Refused: it is no BPMN 2.0, has no process that begins somewhere, names what is not there, or goes in circles.
    """
    if (root.space, root.name) != (MODEL, "definitions"):
        text = f"This is no BPMN 2.0 file: it begins with <{root.name}>. Export the diagram as BPMN 2.0 XML."
        raise Refused(Problem("BPMN-NONE", text))
    loader = _Loader(root, findings, most_nodes)
    process = loader.chosen()
    graph = loader.graph
    graph.start = loader.enter(process, "", (), (process.id,))
    graph.beginning = graph.boxes[graph.start].element
    loader.leave_out_others(process)
    return graph, process


def refused(code: str, element: Element, text: str) -> Refused:
    """A refusal about an element: with its line, its kind and what it is called."""
    shown = f"{words(element.name)} {element.get('name') or element.id}".strip()
    return Refused(Problem(code, f"Line {element.line}, {shown}: {text}", element.id or None))


def leave_out(findings: Findings, element: Element, text: str, *, severity: Severity = "warning") -> None:
    """Say that an element is left out, and so is everything within it that has an id."""
    findings.say(element, text, severity=severity)
    for each in element.all():
        if each is element or findings.is_settled(each):
            continue
        if each.id and each.is_model():
            said = f"Left out with {element.get('name') or element.id or words(element.name)}."
            findings.say(each, said, severity=severity)
        findings.settle(each)


class _Loader:
    def __init__(self, root: Element, findings: Findings, most_nodes: int) -> None:
        self.root, self.findings = root, findings
        self.graph = Graph(findings, most_nodes)
        self.ids = self._identified()
        self.places = self._places()
        self.entries: dict[str, str] = {}
        """By key of a subprocess, the key of where it begins."""
        self.called: set[str] = set()

    def _identified(self) -> dict[str, Element]:
        found: dict[str, Element] = {}
        for each in self.root.all():
            if not each.id or not each.is_model():
                continue
            if each.id in found:
                text = f"line {found[each.id].line} has the same id {each.id}. Give one of them another id."
                raise refused("BPMN-TWICE", each, text)
            found[each.id] = each
        return found

    def _places(self) -> dict[str, Bounds]:
        """Where elements are drawn; not what lies on a sheet of its own, which has other coordinates."""
        found: dict[str, Bounds] = {}
        for plane in (each for each in self.root.all() if (each.space, each.name) == (BPMNDI, "BPMNPlane")):
            shown = self.ids.get(_local(plane.get("bpmnElement")))
            if shown is not None and shown.name in SUBPROCESSES:
                continue
            for shape in (each for each in plane.children if each.name == "BPMNShape"):
                bounds = next((each for each in shape.children if (each.space, each.name) == (DC, "Bounds")), None)
                element = _local(shape.get("bpmnElement"))
                if element not in self.ids:
                    text = f"Left out: it draws {element or 'nothing'}, which is not there."
                    self.findings.say(shape, text, severity="info", kind="shape")
                elif (place := _bounds(bounds)) is None:
                    text = f"Left out: where it draws {element} cannot be read."
                    self.findings.say(shape, text, severity="info", kind="shape")
                else:
                    found.setdefault(element, place)
        return found

    def chosen(self) -> Element:
        """The process that is read: the one with the most steps, the first of several."""
        processes = list(self.root.of("process"))
        if not processes:
            text = "it has no process, so there is nothing to run. Draw a process, not a choreography."
            raise refused("BPMN-PROCESS", self.root, text)
        steps = {id(each): sum(part.name in FLOW_NODES for part in each.all()) for each in processes}
        process = max(processes, key=lambda each: steps[id(each)])
        if not steps[id(process)]:
            raise refused("BPMN-EMPTY", process, "it contains no step. Draw at least a start, a task and an end.")
        self.findings.settle(process, self.root)
        return process

    def leave_out_others(self, process: Element) -> None:
        """Name processes and pools that are not read."""
        kept = self.called | {process.id}
        for each in self.root.of("process"):
            if each.id not in kept:
                text = "Left out: one process becomes a workflow, and another one has more steps."
                leave_out(self.findings, each, text)
        for collaboration in self.root.of("collaboration"):
            self.findings.settle(collaboration)
            for pool in collaboration.of("participant"):
                if _local(pool.get("processRef")) in kept:
                    self.findings.settle(pool)
                else:
                    leave_out(self.findings, pool, "Left out: what others do in their pool is not run here.")

    def enter(self, scope: Element, prefix: str, lanes: tuple[str, ...], calls: tuple[str, ...]) -> str:
        """Put in everything of a process or subprocess; the key of where it begins."""
        swimming = self._lanes(scope)
        inside: dict[str, Box] = {}
        for each in scope.of(*FLOW_NODES):
            if not each.id:
                raise refused("BPMN-ID", each, "it has no id. Export it again from the modeller.")
            self._put(each, prefix, lanes + swimming.get(each.id, ()), calls, inside)
        for flow in scope.of("sequenceFlow"):
            self._flow(flow, inside, scope)
        for box in inside.values():
            self._ends_known(box, inside)
        return self._beginning(scope, inside, is_whole=len(calls) == 1 and scope.name == "process")

    def _lanes(self, scope: Element) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        waiting: list[tuple[Element, tuple[str, ...]]] = [(each, ()) for each in scope.of("laneSet")]
        for lanes, above in waiting:
            self.findings.settle(lanes)
            for lane in lanes.of("lane"):
                names = above + ((lane.get("name"),) if lane.get("name") else ())
                self.findings.settle(lane, *lane.of("flowNodeRef"))
                for reference in lane.of("flowNodeRef"):
                    if _local(reference.words()) in self.ids:
                        found[_local(reference.words())] = names
                    else:
                        self.findings.say(reference, "Left out: the lane names a step that is not there.")
                waiting += [(each, names) for each in lane.of("childLaneSet")]
        return found

    def _put(
        self, each: Element, prefix: str, lanes: tuple[str, ...], calls: tuple[str, ...], inside: dict[str, Box]
    ) -> None:
        bounds = self.places.get(each.id) if not prefix else None
        box = Box(prefix + each.id, each.name, each, _line(each.get("name")), lanes, bounds)
        if each.get("triggeredByEvent") == "true":
            leave_out(self.findings, each, "Left out: nothing here begins by itself beside the way of the case.")
            return
        if each.get("isForCompensation") == "true":
            leave_out(self.findings, each, "Left out: nothing is undone by compensation here; draw the way back.")
            return
        self.findings.settle(each)
        self.graph.add(box)
        inside[each.id] = box
        if each.name in SUBPROCESSES:
            self._open(box, each, prefix, calls)
        elif each.name == "callActivity":
            called = self.ids.get(_local(each.get("calledElement")))
            if called is not None and called.name.startswith("global"):
                self.findings.settle(called)
                box.kind, box.name = called.name, box.name or _line(called.get("name"))
                self.graph.merged[called.id] = box.key
            elif called is not None and called.name == "process":
                if len(calls) > MOST_CALLS:
                    raise refused("BPMN-CALLS", each, f"more than {MOST_CALLS} processes call each other. Draw fewer.")
                if called.id in calls:
                    round_ = " → ".join((*calls, called.id))
                    raise refused("BPMN-CIRCLE", each, f"processes call each other in a circle: {round_}. Break it.")
                self.findings.settle(called)
                self.called.add(called.id)
                self.graph.merged[called.id] = box.key
                self._open(box, called, f"{box.key}/", (*calls, called.id))

    def _open(self, box: Box, scope: Element, prefix: str, calls: tuple[str, ...]) -> None:
        """Put the content of a subprocess in its place: the box stays as where it ends."""
        steps = list(scope.of(*FLOW_NODES))
        ad_hoc = box.kind == "adHocSubProcess"
        if not steps or ad_hoc:
            box.kind = "task"
            why = "its tasks have no order" if ad_hoc else "nothing is drawn in it"
            leave_out(self.findings, scope, f"Made a single step: {why}.")
            return
        if box.kind == "transaction":
            self.findings.say(box.element, "Opened: its steps stand in its place; nothing undoes them together.")
        box.kind = PASS
        self.entries[box.key] = self.enter(scope, prefix, box.lanes, calls)
        for inner in [self.graph.boxes.get(prefix + each.id) for each in steps]:
            if inner is not None and inner.kind != "boundaryEvent" and not self.graph.out_of(inner):
                self._ends(inner, box)

    def _ends(self, inner: Box, outer: Box) -> None:
        """Let what ends in a subprocess go on after it; a failure at the event that catches failures there."""
        events = {each.name for each in inner.element.children}
        if inner.kind == "endEvent":
            inner.kind = PASS
            if events & {"errorEventDefinition", "escalationEventDefinition", "cancelEventDefinition"}:
                inner.kind = "failure"  # its way is known once the events at the border are
        self.graph.ways.append(Way(inner.key, outer.key))

    def _flow(self, flow: Element, inside: Mapping[str, Box], scope: Element) -> None:
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        for named in (source, target):
            if named in inside:
                continue
            known = self.ids.get(named)
            if known is not None and self.findings.is_settled(known) and known.parent is scope:
                self.findings.say(flow, f"Left out with {known.get('name') or named}.")
                return
            where = "is not there" if known is None else "is not in the same process"
            way = f"it leads from {source or 'nothing'} to {target or 'nothing'}"
            raise refused("BPMN-FLOW", flow, f"{way}, and {named or 'nothing'} {where}. Draw it again.")
        begin, end = inside[source], inside[target]
        ended = begin.kind == "endEvent" and marks.mark_of(begin.element, marks.NODE) is None
        if end.kind in ("startEvent", "boundaryEvent") or ended:
            text = "Left out: nothing leads to a start or to an event at a border, and nothing follows after an end."
            leave_out(self.findings, flow, text)
            return
        if len(self.graph.ways) >= MOST_WAYS * self.graph.most_nodes:
            raise refused("BPMN-WAYS", flow, f"there are more than {len(self.graph.ways)} ways. Split the process.")
        self.findings.settle(flow)
        condition = flow.first("conditionExpression")
        if condition is not None:
            self.findings.settle(condition)
        default = begin.element.get("default") == flow.id != ""
        said = condition.text.strip() if condition is not None else ""
        self.graph.ways.append(Way(begin.key, self._entry(end), flow, _line(flow.get("name")), said, default))

    def _ends_known(self, box: Box, inside: Mapping[str, Box]) -> None:
        """What a box refers to has to be there."""
        default = box.element.get("default")
        if default and default not in self.ids:
            raise refused("BPMN-DEFAULT", box.element, f"its default flow {default} is not there. Choose another one.")
        if box.kind == "boundaryEvent":
            host = box.element.get("attachedToRef")
            known = self.ids.get(host)
            if host not in inside and known is not None and known.parent is box.element.parent:
                leave_out(self.findings, box.element, f"Left out with {known.get('name') or host}.")
                self.graph.drop(box)
                return
            if host not in inside:
                text = f"it is attached to {host or 'nothing'}, which is not there. Attach it to a step."
                raise refused("BPMN-BORDER", box.element, text)
            box.host = inside[host].key
        for reference in box.element.of("incoming", "outgoing"):
            self.findings.settle(reference)
            if _local(reference.words()) not in self.ids:
                self.findings.say(reference, f"Left out: the flow {reference.words()} is not there.", severity="info")

    def _beginning(self, scope: Element, inside: Mapping[str, Box], *, is_whole: bool) -> str:
        starts = [box for box in inside.values() if box.kind == "startEvent"]
        if starts:
            chosen = next((box for box in starts if not _is_triggered(box.element)), starts[0])
            for box in starts:
                if box is not chosen:
                    text = "Left out: a case begins at one place. Connect what follows it."
                    leave_out(self.findings, box.element, text)
                    self.graph.drop(box)
            return chosen.key
        ends = Counter(way.end for way in self.graph.ways)
        never = ("boundaryEvent", "endEvent")
        first = [box for box in inside.values() if not ends[self._entry(box)] and box.kind not in never]
        if not first or (len(first) > 1 and is_whole):
            names = ", ".join(box.name or box.element.id for box in first) or "none"
            text = f"it has no start event, and steps that nothing leads to are: {names}. Draw a start event."
            raise refused("BPMN-START", scope, text)
        if len(first) == 1:
            text = "It begins here, since nothing leads to it and there is no start event."
            self.findings.say(first[0].element, text, severity="info")
            return self._entry(first[0])
        split = self.graph.beside(first[0], "begin", "parallelGateway", "")
        self.graph.ways += [Way(split.key, self._entry(box)) for box in first]
        self.findings.say(scope, "It has no start event: all steps that nothing leads to begin at once.")
        return split.key

    def _entry(self, box: Box) -> str:
        """Where ways to a box lead: into a subprocess, to where it begins."""
        return self.entries.get(box.key, box.key)


def _line(text: str) -> str:
    """A name in a single line, however it is wrapped in the diagram."""
    return " ".join(text.split())


def _is_triggered(event: Element) -> bool:
    return any(each.name.endswith("EventDefinition") for each in event.children)


def _bounds(element: Element | None) -> Bounds | None:
    """A place and size in numbers that a screen can show."""
    try:
        numbers = [float(element.get(name)) for name in ("x", "y", "width", "height")] if element is not None else []
    except ValueError:
        return None
    return Bounds(*numbers) if numbers and all(abs(number) < 1e6 for number in numbers) else None


def _local(reference: str) -> str:
    """The id in a reference, without the prefix of its namespace."""
    return reference.rpartition(":")[2].strip()

"""Events of a foreign diagram: beginnings, ends, timers, and what it waits for or tells others."""

from __future__ import annotations

from typing import Any

from models.engines.bpmn.conditions import asked
from models.engines.bpmn.findings import Findings
from models.engines.bpmn.graph import PASS, Box, Graph, Way
from models.engines.bpmn.markup import Element
from models.engines.bpmn.vocabulary import plain, says, term, words

_DEFINITION = "EventDefinition"
UNREAD = "1 day"
"""The span of a timer that cannot be read; the notice says so."""


def trigger(box: Box, findings: Findings) -> str:
    """What an event is about: `timer`, `message`, …; `multiple`; empty for a plain one."""
    found = [each for each in box.element.children if each.name.endswith(_DEFINITION)]
    references = list(box.element.of("eventDefinitionRef"))
    for each in (*found, *references):
        findings.settle(*each.all())
    if len(found) + len(references) > 1:
        return "multiple"
    if references:
        return "referenced"
    return found[0].name.removesuffix(_DEFINITION) if found else ""


def timer_term(box: Box, findings: Findings) -> str:
    """The span of a timer event; what cannot be read is named, and a day stands for it."""
    timer = box.element.first("timerEventDefinition")
    spans = [] if timer is None else [each for each in timer.children if each.is_model()]
    for each in spans:
        text = each.words()
        if each.name == "timeCycle":
            text = text.rpartition("/")[2]
            findings.say(box.element, f"It is taken once: nothing here comes round by a timer ({each.words()}).")
        if each.name != "timeDate" and (found := term(text)):
            return found
        said = f"Its time {each.words() or '(none)'} is no duration such as P3D: set to {UNREAD}. Choose how long."
        findings.say(box.element, said)
        return UNREAD
    findings.say(box.element, f"It has no time: set to {UNREAD}. Choose how long.")
    return UNREAD


def settle_events(graph: Graph) -> None:
    """Make nodes of events, or let them lead on; those at the border of a step are left for later."""
    _links(graph)
    for box in graph.of_kind("startEvent"):
        _start(graph, box)
    for box in graph.of_kind("endEvent"):
        _end(graph, box)
    for box in graph.of_kind("failure"):
        _failure(graph, box)
    for box in graph.of_kind("intermediateCatchEvent"):
        kind = trigger(box, graph.findings)
        if kind == "timer":
            box.node = {"wait": timer_term(box, graph.findings)}
        elif kind == "conditional" and (until := _condition(box.element)):
            box.node = {"wait": "facts", "until": until}
            graph.findings.say(box.element, f"Waits until {until}. Check that there are these facts.", severity="info")
        else:
            box.kind = "receiveTask"  # a person says that it has come
    for box in graph.of_kind("intermediateThrowEvent", "implicitThrowEvent"):
        _throw(graph, box)


def _condition(element: Element) -> str | None:
    """What a conditional event waits for, when our conditions can say it."""
    found = next((each for each in element.all() if each.name == "condition"), None)
    return asked(found.text.strip()).cel if found is not None else None


def _start(graph: Graph, box: Box) -> None:
    kind = trigger(box, graph.findings)
    if kind:
        text = f"A case begins when its form is sent, not by a {words(kind)}."
        graph.findings.say(box.element, text)
    box.kind = PASS


def _end(graph: Graph, box: Box) -> None:
    kind = trigger(box, graph.findings)
    name = box.name or "Done"
    failed = kind in ("error", "cancel")
    box.node = {"end": plain(name) or "done", "tone": "negative" if failed else says(box.name)}
    if box.node["tone"] == "neutral":
        box.node["tone"] = "positive"
    if kind in ("message", "signal", "escalation", "compensate", "multiple", "referenced"):
        graph.findings.say(box.element, f"It ends the case; the {words(kind)} is left out.")
    elif failed:
        graph.findings.say(box.element, f"Made an end without success: there is no {kind} to catch here.")
    elif kind == "terminate":
        graph.findings.say(box.element, "It ends the case, as every end does here.", severity="info")


def _failure(graph: Graph, box: Box) -> None:
    """The end of a subprocess by a failure goes where the failure is caught at its border."""
    kind = trigger(box, graph.findings)
    box.kind = PASS
    way = graph.out_of(box)[0]
    caught = [each for each in graph.at_border(graph.boxes[way.end]) if trigger(each, graph.findings) == kind]
    if caught:
        way.end = caught[0].key
        caught[0].kind, caught[0].host = PASS, ""
    else:
        text = f"The case goes on after it as after any other end: no {kind} is caught at the border of the subprocess."
        graph.findings.say(box.element, text)


def _throw(graph: Graph, box: Box) -> None:
    kind = trigger(box, graph.findings)
    if kind == "message":
        box.node = {"action": plain(box.name) or "send_message", "given": {}}
        graph.findings.say(box.element, "Made an action: choose the one that sends the message.")
        return
    box.kind = PASS
    if kind:
        graph.findings.say(box.element, f"Left out: there is no {words(kind)} here. The case goes on.")
    else:
        graph.findings.say(box.element, "Left out: it only marks a point on the way.", severity="info")


def _links(graph: Graph) -> None:
    """Join what links join."""
    catching: dict[str, Box] = {}
    for box in graph.of_kind("intermediateCatchEvent"):
        if (name := _link(box.element)) is not None:
            trigger(box, graph.findings)
            catching[name], box.kind = box, PASS
    for box in graph.of_kind("intermediateThrowEvent"):
        if (name := _link(box.element)) is None:
            continue
        trigger(box, graph.findings)
        box.kind = PASS
        if name in catching:
            graph.ways.append(Way(box.key, catching[name].key))
        else:
            box.node = {"end": plain(box.name) or "done", "tone": "positive"}
            text = f"The case ends here: no event catches the link {name or 'without a name'}. Connect it."
            graph.findings.say(box.element, text)


def _link(element: Element) -> str | None:
    found = element.first("linkEventDefinition")
    return None if found is None else found.get("name") or element.get("name")


def settle_borders(graph: Graph) -> None:
    """Make outcomes of the events at the border of steps, now that it is known what the steps are."""
    for box in graph.of_kind("boundaryEvent"):
        host = graph.boxes.get(box.host)
        kind = trigger(box, graph.findings)
        outcome = _outcome(graph, box, host, kind) if host is not None and host.node is not None else None
        ways = graph.out_of(box)
        if outcome and host is not None:
            for way in ways:
                way.begin, way.outcome = host.key, outcome
            del graph.boxes[box.key]
            graph.alias[box.key] = graph.merged[box.element.id] = host.key
            continue
        targets = [graph.boxes[way.end] for way in ways]
        targets = [graph.boxes[way.end] for each in targets if each.hint for way in graph.out_of(each)] or targets
        follows = ", ".join(target.name or target.element.id for target in targets)
        said = "Made the due time of its step." if outcome == "" else "Left out: nothing here interrupts such a step."
        then = f" No way leads from here to {follows} any more." if follows else ""
        graph.findings.say(box.element, said + then)
        graph.drop(box)


def _outcome(graph: Graph, box: Box, host: Box, kind: str) -> str | None:
    """The outcome of a step by which an event at its border is taken; None when there is none, empty for a due time."""
    node = host.node or {}
    waits = "form" in node or "review" in node
    interrupts = box.element.get("cancelActivity") != "false"
    if kind == "timer":
        wanted = "expires" if interrupts else "due"
        if not waits or wanted in node:
            return None
        node[wanted] = timer_term(box, graph.findings)
        return "expire" if interrupts else ""
    if kind == "error" and ("check" in node or ("action" in node and not host.is_ours)):
        return _failing(graph, host, node)
    if interrupts and kind in ("message", "signal", "conditional", "escalation", "error", "multiple", "referenced"):
        return _said_by_people(graph, box, node, kind)
    return None


def _failing(graph: Graph, host: Box, node: dict[str, Any]) -> str | None:
    """An error is how a check fails, once."""
    ways = graph.out_of(host)
    if any(way.outcome == "fail" for way in ways):
        return None
    if "action" in node:
        node["check"], node["by"] = node.pop("action"), "worker"
        node.pop("given")
        graph.findings.unsay(host.element)
        graph.findings.say(host.element, "Made a check, since it can fail. Choose the check.")
    for way in ways:
        way.outcome = way.outcome or "pass"
    return "fail"


def _said_by_people(graph: Graph, box: Box, node: dict[str, Any], kind: str) -> str | None:
    """What comes from outside is said by a reviewer, or by the applicant who cancels."""
    label = box.name or words(kind).capitalize()
    name = plain(label) or plain(kind)
    if "review" in node and name not in node.setdefault("decisions", {}):
        node["decisions"][name] = {"label": label}
        text = f"Made a decision of the review: nothing here receives a {words(kind)}, so a reviewer says it."
        graph.findings.say(box.element, text)
        return name
    if "form" in node and node.get("cancel", "no") == "no":
        node["cancel"] = "always"
        text = f"Made the applicant's way to cancel: nothing here receives a {words(kind)}."
        graph.findings.say(box.element, text)
        return "cancel"
    return None

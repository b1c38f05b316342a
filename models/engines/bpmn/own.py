"""Nodes of ours in a diagram: taken back by their marks, with what somebody changed about them in another modeller."""

from __future__ import annotations

import copy
from typing import Any

from models.engines.bpmn import marks
from models.engines.bpmn.drawing import node_of
from models.engines.bpmn.graph import Box, Graph, Way
from models.engines.bpmn.telling import Telling, condition_of, mapping, outcome_words
from models.engines.bpmn.vocabulary import duration, named, plain, term
from models.engines.bpmn.writing import clean, shown_name
from models.engines.workflow.schema import kind_of

_TELLING = Telling({})


def take_back(graph: Graph) -> None:
    """Make nodes of everything that bears our marks, and outcomes of the gateways and timers beside it."""
    taken: set[str] = set()
    for box in graph.boxes.values():
        mark = marks.mark_of(box.element, marks.NODE)
        if marks.is_broken(box.element):
            graph.findings.say(box.element, "Our mark in it cannot be read any more: taken as any other diagram's.")
        if mark is None or not isinstance(mark.get("name"), str) or kind_of(mark.get("node")) is None:
            continue
        name = mark["name"]
        if name in taken:
            name = named(name, "node", taken)
            graph.findings.say(box.element, f"Called {name}: it is a copy of another step.", severity="info")
        taken.add(name)
        box.slug, box.node, box.is_ours = name, copy.deepcopy(mark["node"]), True
        _changed(box)
        _drawn(box, mark)
        for each in box.element.of(
            "documentation", "potentialOwner", "timerEventDefinition", "conditionalEventDefinition"
        ):
            if each.name != "documentation" or marks.sum_of(each.text) == mark.get("told"):
                graph.findings.settle(*each.all())
    owners = {box.slug: box for box in graph.boxes.values() if box.is_ours}
    for box in list(graph.boxes.values()):
        if box.is_ours:
            for way in graph.out_of(box):
                way.outcome = _outcome(way.element, way.name, box, box.slug)
                _asked(graph, box, way)
        elif mark := marks.mark_of(box.element, marks.OUTCOMES):
            _gateway(graph, box, owners.get(str(mark.get("of"))))
        elif mark := marks.mark_of(box.element, marks.EXPIRY):
            _timer(graph, box, graph.boxes[box.host] if box.host else None)


def _gateway(graph: Graph, box: Box, owner: Box | None) -> None:
    """The gateway behind a node vanishes, as long as only that node leads to it."""
    ways = graph.into(box)
    if owner is None or [way.begin for way in ways] != [owner.key]:
        for way in graph.out_of(box):
            way.condition = ""  # they ask for the outcome of the one step that led here
        graph.findings.say(
            box.element, "Taken as any other gateway: not only the step that it was drawn for leads here."
        )
        return
    graph.ways.remove(ways[0])
    graph.forget(ways[0], owner.key)
    for way in graph.out_of(box):
        way.begin, way.outcome = owner.key, _outcome(way.element, way.name, owner, owner.slug)
    _gone(graph, box, owner)


def _timer(graph: Graph, box: Box, host: Box | None) -> None:
    if host is None or host.node is None or not host.node.get("expires"):
        return
    host.node["expires"] = _term(box, host.node["expires"])
    graph.findings.settle(*(each for part in box.element.of("timerEventDefinition") for each in part.all()))
    for way in graph.out_of(box):
        way.begin, way.outcome = host.key, "expire"
    _gone(graph, box, host)


def _gone(graph: Graph, box: Box, owner: Box) -> None:
    del graph.boxes[box.key]
    graph.alias[box.key] = owner.key
    graph.merged[box.element.id] = owner.key


def _outcome(element: Any, name: str, owner: Box, slug: str) -> str:
    """The outcome by our mark, else by what the way is called; a way without a name is taken whatever comes out."""
    mark = marks.mark_of(element, marks.EDGE) if element is not None else None
    begin = mark.get("from") if mark else None
    if isinstance(begin, str) and node_of({slug: owner}, begin) == slug:
        return begin[len(slug) + 1 :]
    node = owner.node or {}
    words = {outcome_words(node, outcome): outcome for outcome in mapping(node.get("decisions"))}
    return words.get(name) or plain(name)


def _changed(box: Box) -> None:
    """The name, the span of a wait and the roles of a review, where they are not those that we wrote."""
    node = box.node
    assert node is not None
    if box.name and box.name != shown_name(box.slug, node):
        node["label"] = box.name
    if kind_of(node) == "wait":
        node["wait"] = _term(box, node["wait"])
        waited = box.element.first("conditionalEventDefinition")
        condition = waited.first("condition") if waited is not None else None
        if condition is not None and condition.words() != " ".join(clean(str(node.get("until", ""))).split()):
            node["until"] = condition.words()
    owners = [" ".join(owner.get("name").split()) for owner in box.element.of("potentialOwner")]
    written = [" ".join(clean(role).split()) for role in _TELLING.roles(node)]
    if kind_of(node) == "review" and owners and owners != written:
        node["review"] = [plain(owner) for owner in owners if plain(owner)] or node["review"]


def _term(box: Box, was: Any) -> Any:
    """The span at a timer, when somebody wrote another one than we did."""
    timer = box.element.first("timerEventDefinition")
    written = timer.first("timeDuration") if timer is not None else None
    if written is None or written.words() == " ".join(clean(duration(str(was))).split()):
        return was
    # Instead of the name of a parameter we may have written its value: that comes back as the parameter.
    return was if str(was).startswith("$") else term(written.words()) or was


def _asked(graph: Graph, box: Box, way: Way) -> None:
    """The condition at a way of a decision, when somebody changed it there."""
    node, outcome, condition = box.node or {}, way.outcome or "", way.condition
    written = condition_of(node, outcome)
    if not condition or " ".join(condition.split()) == " ".join(clean(written).split()):
        return
    if isinstance(node.get("decision"), str) and outcome == "yes":
        node["decision"] = condition
        return
    branches = [each for each in node.get("decision") or () if isinstance(each, dict) and each.get("then") == outcome]
    if len(branches) == 1:
        branches[0]["when"] = condition
        return
    many = "several conditions" if branches else "no condition"
    text = f"Left out: {outcome or 'it'} has {many} here. Change them in the designer ({condition})."
    graph.findings.say(way.element or box.element, text, kind="condition")


def _drawn(box: Box, mark: Any) -> None:
    """Where our designer drew it, as long as nobody moved it."""
    at, drawn = mark.get("at"), mark.get("drawn")
    if box.bounds is None or not _is_place(drawn):
        return
    if all(abs(one - other) < 0.01 for one, other in zip(box.bounds[:2], drawn, strict=True)):
        box.bounds = None
        if _is_place(at):
            box.at = (at[0], at[1])


def _is_place(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(each) in (int, float) for each in value)

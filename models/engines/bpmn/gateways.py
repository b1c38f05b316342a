"""Gateways of a foreign diagram, and the splits and joins that nobody drew."""

from __future__ import annotations

from collections import Counter
from typing import Any

from models.engines.bpmn.conditions import asked
from models.engines.bpmn.graph import PASS, Box, Graph, Way
from models.engines.bpmn.vocabulary import GATEWAYS, MACHINES_TASKS, named, plain, says, words

_CHOOSING = ("exclusiveGateway", "complexGateway")


def draw_splits(graph: Graph) -> None:
    """Put a gateway where several ways leave a step: side by side, or one of them when they have conditions."""
    for box in list(graph.boxes.values()):
        ways = [way for way in graph.out_of(box) if way.outcome is None]
        if box.kind in GATEWAYS or box.is_ours or len(ways) < 2:
            continue
        chooses = any(way.condition or way.default for way in ways)
        split = graph.beside(box, "split", "exclusiveGateway" if chooses else "parallelGateway", "", 130)
        for way in ways:
            way.begin = split.key
        graph.ways.append(Way(box.key, split.key))
        what = "one of its ways is taken" if chooses else "all ways that leave it begin at once"
        graph.findings.say(box.element, f"Put a gateway behind it: {what}.", severity="info")


def settle_kinds(graph: Graph) -> None:
    """Tell splits from joins; gateways that neither split nor join lead on."""
    waits = any(len(graph.out_of(box)) > 1 for box in graph.of_kind("inclusiveGateway", "parallelGateway"))
    for box in graph.of_kind(*GATEWAYS):
        ways_in, ways_out = graph.into(box), graph.out_of(box)
        if box.kind == "inclusiveGateway":
            _inclusive(graph, box, joins=len(ways_in) > 1 and waits)
        elif box.kind == "complexGateway":
            graph.findings.say(box.element, "Taken as an exclusive gateway: its own condition cannot be run here.")
        if box.kind == "parallelGateway":
            _parallel(graph, box, ways_in, ways_out)
        elif len(ways_out) < 2:
            box.kind = PASS


def _inclusive(graph: Graph, box: Box, *, joins: bool) -> None:
    ways = graph.out_of(box)
    if len(ways) > 1:
        box.kind = "parallelGateway"
        text = "Made a parallel split: all its ways are taken, whatever their conditions say. Check that."
        graph.findings.say(box.element, text)
        for way in ways:
            if way.condition:
                text = f"Its condition is left out: {way.condition}"
                graph.findings.say(way.element or box.element, text, kind="condition")
    elif joins:
        box.kind = "parallelGateway"
        graph.findings.say(box.element, "Made a parallel join: it waits for all ways that lead to it.")


def _parallel(graph: Graph, box: Box, ways_in: list[Way], ways_out: list[Way]) -> None:
    if len(ways_out) < 2 and len(ways_in) < 2:
        box.kind = PASS
        return
    if len(ways_out) < 2 or len(ways_in) < 2:
        box.node = {"parallel": "split" if len(ways_out) > 1 else "join"}
        return
    split = graph.beside(box, "split", "parallelGateway", box.name, 130)
    split.node, box.node = {"parallel": "split"}, {"parallel": "join"}
    for way in ways_out:
        way.begin = split.key
    graph.ways.append(Way(box.key, split.key))
    graph.findings.say(box.element, "Made two: a join, then a split.", severity="info")


def dissolve(graph: Graph) -> None:
    """Take out what only leads on, but the start: what it leads to has a way more than is seen otherwise."""
    _dissolve(graph, [box for box in graph.of_kind(PASS) if box.key != graph.start])


def dissolve_start(graph: Graph) -> None:
    """Let the case begin at the first thing that happens."""
    _dissolve(graph, list(graph.of_kind(PASS)))


def _dissolve(graph: Graph, boxes: list[Box]) -> None:
    """Take boxes out; what nothing follows ends the case."""
    for box in boxes:
        ways = [way for way in graph.out_of(box) if way.end != box.key]
        if not ways:
            box.node = {"end": plain(box.name) or "done", "tone": "positive"}
            for way in graph.out_of(box):
                graph.forget(way, box.key)
                graph.ways.remove(way)
            graph.findings.say(box.element, "The case ends here: nothing follows.")
            continue
        for way in graph.into(box):
            way.name = way.name or ways[0].name
        graph.dissolve(box, ways[0].end)


def settle_choices(graph: Graph) -> None:
    """Make decisions of reviews, outcomes of checks or conditions of the gateways that choose a way."""
    for box in graph.of_kind(*_CHOOSING):
        before = graph.into(box)
        source = graph.boxes[before[0].begin] if len(before) == 1 else None
        ways = graph.out_of(box)
        conditions = [asked(way.condition) if way.condition else None for way in ways]
        answers = all(each is None or each.answer for each in conditions)
        asks = [way for way in ways if not way.default and way.condition and asked(way.condition).cel is not None]
        runs = len(asks) >= len(ways) - 1
        decides = source is not None and source.is_review and before[0].outcome in ("done", "received")
        if runs and not (decides and answers):
            _conditions(graph, box, ways)
        elif decides and source is not None:
            _decisions(graph, source, box, ways, before[0])
        elif source is not None and source.kind in MACHINES_TASKS and len(ways) == 2 and not source.is_ours:
            _checked(graph, source, box, ways, before[0])
        else:
            box.node = {"review": [plain(name) for name in box.lanes[-1:] if plain(name)], "decisions": {}}
            text = "Made a review: its ways have no condition that can be run here, so a person chooses."
            graph.findings.say(box.element, text)
            _choices(graph, box, ways)


def _conditions(graph: Graph, box: Box, ways: list[Way]) -> None:
    """A decision by the conditions at its ways, in the order in which they are drawn."""
    asks = [way for way in ways if way.condition and not way.default]
    last = next((way for way in ways if way not in asks), None)
    if last is None:
        last = next((way for way in reversed(asks) if asked(way.condition).cel is None), asks[-1])
        asks.remove(last)
        said = f"It is taken when no other way is: its own condition is not asked ({last.condition})."
        graph.findings.say(last.element or box.element, said, severity="info", kind="condition")
    elif last.condition:
        said = f"Left out: the default way has no condition ({last.condition})."
        graph.findings.say(last.element or box.element, said, severity="info", kind="condition")
    taken: dict[str, str] = {}
    for number, way in enumerate([*asks, last], start=1):
        way.outcome = named(_shown(graph, way), f"way_{number}", taken)
        taken[way.outcome] = str(asked(way.condition).cel)
        if way is not last and taken[way.outcome] != way.condition:
            said = f"Read as our condition: {taken[way.outcome]}. Check that there are these facts."
            graph.findings.say(way.element or box.element, said, severity="info", kind="condition")
    if len(asks) == 1:
        box.node = {"decision": str(asked(asks[0].condition).cel)}
        asks[0].outcome, last.outcome = "yes", "no"
        return
    branches = [{"when": taken[str(way.outcome)], "then": way.outcome} for way in asks]
    box.node = {"decision": branches, "otherwise": last.outcome}


def _shown(graph: Graph, way: Way, answer: str = "") -> str:
    """What people call a way: its name, what it asks somebody to have answered, or where it leads."""
    target = graph.boxes[way.end]
    return way.name or answer.replace("_", " ").capitalize() or f"To {target.name or words(target.kind)}"


def _decisions(graph: Graph, review: Box, box: Box, ways: list[Way], before: Way) -> None:
    """A gateway behind a review is what the reviewer decides."""
    (review.node or {})["decisions"] = {}
    graph.findings.say(box.element, "Its ways are what the reviewer decides in the step before.", severity="info")
    for way in ways:
        way.begin = review.key
    _choices(graph, review, ways)
    _fold(graph, box, review, before)


def _choices(graph: Graph, review: Box, ways: list[Way]) -> None:
    """A decision of a review for each way, named by the way, by what its condition asks, or by where it leads."""
    made: dict[str, Any] = (review.node or {})["decisions"]
    for way in ways:
        answer = asked(way.condition).answer if way.condition else ""
        label = _shown(graph, way, answer)
        way.outcome = named(label, f"way_{len(made) + 1}", made)
        made[way.outcome] = {"label": label[0].upper() + label[1:]}
        if way.condition:
            text = f"Its condition is left out, as a person decides: {way.condition}"
            graph.findings.say(way.element or review.element, text, severity="info", kind="condition")


def _checked(graph: Graph, source: Box, box: Box, ways: list[Way], before: Way) -> None:
    """A gateway with two ways behind a machine's task: the task is a check that passes or fails."""
    node = source.node or {}
    source.node = {"check": node.get("check") or node.get("action"), "by": "worker"}
    said = [says(way.name or asked(way.condition).answer) for way in ways]
    fails = 0 if said[0] == "negative" or (said[1] == "positive" and said[0] == "neutral") else 1
    for number, way in enumerate(ways):
        way.begin, way.outcome = source.key, "fail" if number == fails else "pass"
        if way.condition:
            text = f"Its condition is left out: the check says whether it {way.outcome}es ({way.condition})."
            text = text.replace("failes", "fails")
            graph.findings.say(way.element or box.element, text, severity="info", kind="condition")
    shown = ways[1 - fails].name or "the first way"
    graph.findings.unsay(source.element)
    graph.findings.say(source.element, f"Made a check, since its gateway asks how it went: {shown} is taken as passed.")
    _fold(graph, box, source, before)


def _fold(graph: Graph, box: Box, owner: Box, before: Way) -> None:
    graph.forget(before, owner.key)
    graph.ways.remove(before)
    del graph.boxes[box.key]
    graph.alias[box.key] = owner.key
    if box.element is not owner.element:
        graph.merged[box.element.id] = owner.key


def settle_first_events(graph: Graph) -> None:
    """Make a review of a gateway that waits for events: a person says what came first, or the time is over."""
    for box in graph.of_kind("eventBasedGateway"):
        _first_event(graph, box)


def _first_event(graph: Graph, box: Box) -> None:
    box.node = {"review": [plain(name) for name in box.lanes[-1:] if plain(name)], "decisions": {}}
    text = "Made a review: nothing here waits for events, so a person says which of them came first."
    graph.findings.say(box.element, text)
    others: list[Way] = []
    for way in graph.out_of(box):
        event = graph.boxes[way.end]
        alone = len(graph.into(event)) == 1
        if event.node is not None and "wait" in event.node and alone and "expires" not in box.node:
            box.node["expires"], way.outcome = event.node["wait"], "expire"
            event.node, event.kind = None, PASS
        else:
            others.append(way)
            way.name = way.name or event.name
            if event.kind == "receiveTask" and alone:
                event.kind = PASS
                graph.findings.say(event.element, "Made a decision of the review before it, since nothing receives it.")
    _choices(graph, box, others)


def draw_joins(graph: Graph) -> None:
    """Put a join where the branches of a split meet at a step without one; say where branches end apart."""
    for split in [box for box in graph.boxes.values() if box.node == {"parallel": "split"} and not box.is_ours]:
        meets = _meetings(graph, split)
        target = graph.boxes[meets[0].end]
        if len({way.end for way in meets}) == 1:
            if target.node != {"parallel": "join"}:
                _join(graph, target, meets)
        elif any("end" in (graph.boxes[way.end].node or {}) for way in meets):
            text = "Its branches end apart, and the first end ends the case. Put a join where they meet."
            graph.findings.say(split.element, text)


def _join(graph: Graph, target: Box, meets: list[Way]) -> None:
    join = graph.beside(target, "join", "parallelGateway", "", -60)
    join.node = {"parallel": "join"}
    for way in meets:
        way.end = join.key
    graph.ways.append(Way(join.key, target.key))
    text = "Put a parallel join before it: it waits for all branches that meet here."
    graph.findings.say(target.element, text, severity="info")


def _meetings(graph: Graph, split: Box) -> list[Way]:
    """The last way of each branch: to a step that other ways lead to as well, or where the branch parts or ends."""
    reached = Counter(way.end for way in graph.ways)
    after: dict[str, list[Way]] = {}
    for way in graph.ways:
        after.setdefault(way.begin, []).append(way)
    found: list[Way] = []
    for way in after[split.key]:
        while reached[way.end] == 1 and len(after.get(way.end, ())) == 1:
            way = after[way.end][0]
        found.append(way)
    return found

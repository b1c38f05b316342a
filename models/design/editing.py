"""What a change to a definition is, and what a content becomes by it. Pure: a content goes in, another one comes out.

A content is what `engines.definitions.loading` builds a type of, as it was written: `$names` of parameters stay names.
A change that does not fit (somebody removed the node meanwhile) is refused in words and changes nothing.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.core.errors import Problem, Refused
from models.design.edits import (
    AddNode,
    BeginAt,
    BringIn,
    ChangeGiven,
    ChangeNode,
    ChangeType,
    Connect,
    Disconnect,
    Edit,
    MoveNodes,
    RemoveNodes,
    RenameNode,
)
from models.engines.definitions.loading import Content
from models.engines.workflow.schema import KINDS, kind_of

SIGNALS = ("start", "pause", "resume", "stop", "reset", "cancel")
"""What a clock does, each at signals of its own."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

NEW: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "form": ("Form", {"form": "", "status": "Draft"}),
    "review": ("Review", {"review": [], "status": "Under review", "due": "3 working days"}),
    "check": ("Check", {"check": "", "by": "now"}),
    "decision": ("Decision", {"decision": ""}),
    "parallel": ("Parallel", {"parallel": "split"}),
    "wait": ("Wait", {"wait": "1 day"}),
    "action": ("Action", {"action": "", "given": {}}),
    "payment": ("Payment", {"payment": "", "given": {}}),
    "end": ("End", {"end": "done", "tone": "positive", "status": "Completed"}),
}
"""By kind: what people call a node of it, and what a new one begins with."""


ONWARD: Mapping[str, tuple[str, ...]] = {
    "form": ("submit",), "review": ("approve",), "check": ("pass",), "decision": ("yes", "no"), "end": (),
}  # fmt: skip
"""By kind: the outcomes of a new node that lead on to what came next where it was put in; else its single way does."""


def edited(content: Content, edit: Edit) -> tuple[Content, str]:
    """The content after a change, and the change in words (`Moved Finance review`).

    Raises:
        Refused: the change does not fit the content.
    """
    made: Content = copy.deepcopy(content)
    return made, _EDITS[type(edit)](made, edit)


def label_of(content: Content, name: str) -> str:
    """What people call a node."""
    node = flow(content)["nodes"].get(name, {})
    return str(node.get("label") or name.rpartition(".")[2].replace("_", " ").capitalize())


def flow(content: Content) -> dict[str, Any]:
    """The workflow of a content, as it was written."""
    made: dict[str, Any] = content["type"]["workflow"]
    return made


def slug(words: str, taken: Sequence[str] | Mapping[str, Any]) -> str:
    """A name in definitions for what people call something: short, plain, not taken yet."""
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:32] or "node"
    plain = plain if plain[0].isalpha() else f"n_{plain}"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    return name


def _add(content: Content, edit: AddNode) -> str:
    if edit.kind not in NEW:
        raise Refused(Problem("DESIGN-KIND", f"There is no node of the kind {edit.kind}.", "kind"))
    shown, values = NEW[edit.kind]
    label = edit.label.strip() or f"New {shown.lower()}"
    made = flow(content)
    name = slug(label.removeprefix("New "), made["nodes"])
    made["nodes"][name] = {**copy.deepcopy(dict(values)), "label": label}
    if edit.at is not None:
        made.setdefault("layout", {})[name] = list(edit.at)
    if edit.after is not None and edit.after[0] in made["nodes"]:
        begin = _begin(*edit.after)
        for way in [way for way in made["edges"] if way[0] == begin]:
            made["edges"] += [[_begin(name, outcome), way[1]] for outcome in ONWARD.get(edit.kind, ("",))]
        made["edges"] = [way for way in made["edges"] if way[0] != begin]
        made["edges"].append([begin, name])
    if not made.get("start"):
        made["start"] = name
    return f"Added {label}"


def _remove(content: Content, edit: RemoveNodes) -> str:
    made = flow(content)
    gone = [name for name in edit.names if name in made["nodes"]]
    if not gone:
        raise Refused(Problem("DESIGN-GONE", "This node is not there any more. Somebody removed it.", None))
    words = ", ".join(label_of(content, name) for name in gone)
    nodes = made["nodes"]
    for name in gone:
        del nodes[name]
        made.get("layout", {}).pop(name, None)
    for node in nodes.values():
        if others := node.get("not_same_person_as"):
            node["not_same_person_as"] = [each for each in others if each not in gone]
    made["edges"] = [way for way in made["edges"] if source(made, way[0]) and way[1] in nodes]
    if made["start"] in gone:
        made["start"] = next(iter(nodes), "")
    return f"Removed {words}"


def _move(content: Content, edit: MoveNodes) -> str:
    made = flow(content)
    here = {name: [round(x), round(y)] for name, (x, y) in edit.places.items() if name in made["nodes"]}
    if not here:
        raise Refused(Problem("DESIGN-GONE", "What was moved is not there any more. Somebody removed it.", None))
    made.setdefault("layout", {}).update(here)
    return f"Moved {label_of(content, next(iter(here)))}" if len(here) == 1 else f"Moved {len(here)} nodes"


def _connect(content: Content, edit: Connect) -> str:
    made = flow(content)
    _there(content, edit.source)
    _there(content, edit.target)
    begin = _begin(edit.source, edit.outcome)
    several = edit.also or made["nodes"][edit.source].get("parallel") == "split"
    if not several:
        made["edges"] = [way for way in made["edges"] if way[0] != begin]
    if [begin, edit.target] not in made["edges"]:
        made["edges"].append([begin, edit.target])
    after = f" after {edit.outcome.replace('_', ' ')}" if edit.outcome else ""
    return f"{label_of(content, edit.source)} leads to {label_of(content, edit.target)}{after}"


def _disconnect(content: Content, edit: Disconnect) -> str:
    made, way = flow(content), [_begin(edit.source, edit.outcome), edit.target]
    if way not in made["edges"]:
        raise Refused(Problem("DESIGN-GONE", "This way is not there any more. Somebody removed it.", None))
    made["edges"].remove(way)
    return f"Took away the way from {label_of(content, edit.source)} to {label_of(content, edit.target)}"


def _change_node(content: Content, edit: ChangeNode) -> str:
    node = _there(content, edit.name)
    for name, was in edit.was.items():
        _demand_unchanged(node.get(name), was, edit.values.get(name), name)
    label = label_of(content, edit.name)
    _put(node, edit.values)
    if kind_of(node) is None:
        raise Refused(Problem("DESIGN-KIND", f"{label} has to stay one of: {', '.join(KINDS)}.", edit.name))
    _carry_outcomes(flow(content), edit)
    return f"Changed {label}: {', '.join(name.replace('_', ' ') for name in edit.values)}"


def _change_given(content: Content, edit: ChangeGiven) -> str:
    given = _there(content, edit.name).setdefault("given", {})
    _demand_unchanged(given.get(edit.need), edit.was, edit.value, edit.need)
    _put(given, {edit.need: edit.value})
    return f"Changed {label_of(content, edit.name)}: {edit.label[:1].lower()}{edit.label[1:]}"


def _demand_unchanged(now: Any, was: Any, value: Any, field: str) -> None:
    if now not in (was, value):
        text = f"Somebody changed this meanwhile to {now!r}. Look at it again, then repeat your change."
        raise Refused(Problem("DESIGN-CHANGED", text, field))


def _carry_outcomes(made: dict[str, Any], edit: ChangeNode) -> None:
    """Let ways follow the outcomes that they begin at, and clocks that listen to them."""
    begins = {f"{edit.name}.{was}": f"{edit.name}.{now}" if now else "" for was, now in edit.outcomes.items()}
    if begins:
        made["edges"] = [[begins.get(begin, begin), end] for begin, end in made["edges"] if begins.get(begin, begin)]
        _tell_clocks(made, lambda place: begins.get(place) or place)


def _tell_clocks(made: dict[str, Any], renamed: Callable[[str], str]) -> None:
    """Give clocks the new names of the places that they listen to."""
    for clock in made.get("clocks", {}).values():
        for what in SIGNALS:
            if what in clock:
                pairs = (signal.partition(" ") for signal in clock[what])
                clock[what] = [verb if not place else f"{verb} {place if verb == 'submit' else renamed(place)}"
                               for verb, _, place in pairs]  # fmt: skip


def _rename(content: Content, edit: RenameNode) -> str:
    made = flow(content)
    _there(content, edit.name)
    if not _NAME.fullmatch(edit.to):
        text = "A name consists of small letters, digits and underscores, and begins with a letter."
        raise Refused(Problem("DESIGN-NAME", text, "name"))
    if edit.to in made["nodes"]:
        raise Refused(Problem("DESIGN-NAME", f"There is a node {edit.to} already. Choose another name.", "name"))
    made["nodes"] = {edit.to if name == edit.name else name: node for name, node in made["nodes"].items()}

    def renamed(begin: str) -> str:
        node, dot, outcome = begin.partition(".")
        return f"{edit.to}{dot}{outcome}" if node == edit.name else begin

    made["edges"] = [[renamed(begin), renamed(end)] for begin, end in made["edges"]]
    made["start"] = renamed(made["start"])
    if edit.name in made.get("layout", {}):
        made["layout"][edit.to] = made["layout"].pop(edit.name)
    for node in made["nodes"].values():
        if others := node.get("not_same_person_as"):
            node["not_same_person_as"] = [renamed(each) for each in others]
    _tell_clocks(made, renamed)
    return f"Called {edit.name} {edit.to}"


def _begin_at(content: Content, edit: BeginAt) -> str:
    _there(content, edit.name)
    flow(content)["start"] = edit.name
    return f"Cases begin at {label_of(content, edit.name)}"


def _change_type(content: Content, edit: ChangeType) -> str:
    place: Any = content["type"]
    *way, last = edit.path
    for step in way:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place
    if not isinstance(place, dict):
        raise Refused(Problem("DESIGN-PLACE", f"There is no {'.'.join(edit.path)} in this definition.", last))
    if edit.looked_at and place.get(last) != edit.was and place.get(last) != edit.value:
        text = f"Somebody changed {last.replace('_', ' ')} meanwhile. Look at it again, then repeat your change."
        raise Refused(Problem("DESIGN-CHANGED", text, last))
    _put(place, {last: edit.value})
    return edit.words or f"Changed {last.replace('_', ' ')}"


def _bring_in(content: Content, edit: BringIn) -> str:
    _put(content["type"], edit.parts)
    return edit.words


def _put(place: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is None:
            place.pop(name, None)
        else:
            place[name] = copy.deepcopy(value)


def _there(content: Content, name: str) -> dict[str, Any]:
    node: dict[str, Any] | None = flow(content)["nodes"].get(name)
    if node is None:
        raise Refused(Problem("DESIGN-GONE", "This node is not there any more. Somebody removed it.", name))
    return node


def source(made: Mapping[str, Any], begin: str) -> str | None:
    """The node that a way begins at, of a workflow as it was written; None when it is gone."""
    if begin in made["nodes"]:
        return begin
    node = begin.rpartition(".")[0]
    return node if node in made["nodes"] else None


def _begin(node: str, outcome: str) -> str:
    return f"{node}.{outcome}" if outcome else node


_EDITS: dict[type[Any], Callable[[Content, Any], str]] = {
    AddNode: _add, RemoveNodes: _remove, MoveNodes: _move, Connect: _connect, Disconnect: _disconnect,
    ChangeNode: _change_node, ChangeGiven: _change_given, RenameNode: _rename, BeginAt: _begin_at,
    ChangeType: _change_type, BringIn: _bring_in,
}  # fmt: skip

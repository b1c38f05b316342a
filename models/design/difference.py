"""What a draft changes, readable: the sentences that a second person agrees to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from models.design.clocks import EFFECTS, clock_words, clocks_of, label_of_clock, signals
from models.design.editing import flow, label_of, source
from models.design.judging import judged
from models.design.properties import PROPERTIES, TITLE, said
from models.design.telling import candidates_told, decision_told
from models.engines.definitions.loading import Content
from models.engines.workflow.schema import kind_of

Raw = Mapping[str, Any]
_LABELS = {each.name: each.label for properties in PROPERTIES.values() for each in properties} | {"label": TITLE.label}
_SKIPPED = {"key", "version", "workflow", "forms", "parameters", "meets"}

LONG, AROUND = 120, 24
"""Characters: what is longer is cut to where it differs, with so many around it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is new, gone or changed: what it is about, and from what to what."""

    kind: Literal["new", "gone", "changed"]
    about: str
    text: str = ""
    before: str = ""
    after: str = ""


def differences(before: Content | None, after: Content) -> list[Difference]:
    """Everything that differs in what a content means; where its nodes are drawn does not count."""
    if before is None:
        return [Difference("new", str(after["type"].get("name", "")), "A new application type")]
    return [
        *_nodes(before, after), *_ways(before, after), *_clocks(before, after), *_parameters(before, after),
        *_forms(before, after), *_rest(before, after),
    ]  # fmt: skip


def _nodes(before: Content, after: Content) -> Iterator[Difference]:
    old, new = flow(before)["nodes"], flow(after)["nodes"]
    for name in new:
        if name not in old:
            yield Difference("new", label_of(after, name), f"New {kind_of(new[name]) or 'node'}")
    for name in old:
        if name not in new:
            yield Difference("gone", label_of(before, name), f"The {kind_of(old[name]) or 'node'} is taken away")
    for name in new:
        if name in old and old[name] != new[name]:
            yield from _node(label_of(after, name), (old[name], new[name]), (before, after))
    if flow(before)["start"] != flow(after)["start"]:
        places = label_of(before, flow(before)["start"]), label_of(after, flow(after)["start"])
        yield Difference("changed", "Where cases begin", "", *places)


def _node(about: str, nodes: tuple[Raw, Raw], contents: tuple[Content, Content]) -> Iterator[Difference]:
    """What is otherwise in a node; what has words of its own is said in them."""
    old, new = (dict(node) for node in nodes)
    decisions, candidates = ([node.pop(name, None) for node in (old, new)] for name in ("decision", "candidates"))
    if decisions[0] != decisions[1]:
        for told in decision_told(decisions[0], decisions[1], contents):
            if bool(told.before) == bool(told.after):
                yield Difference("changed", about, told.about, *_where_they_differ(told.before, told.after))
            else:
                kind: Literal["new", "gone"] = "new" if told.after else "gone"
                yield Difference(kind, about, f"{told.about}: {told.after or told.before}")
    if candidates[0] != candidates[1]:
        words = (candidates_told(each, content) or "--" for each, content in zip(candidates, contents, strict=True))
        yield Difference("changed", about, "Whose turn it is first", *words)
    yield from _values(about, old, new, _LABELS)


def _clocks(before: Content, after: Content) -> Iterator[Difference]:
    old, new = clocks_of(before), clocks_of(after)
    known = [signals(content, judged(content)[0]) for content in (before, after)] if old or new else [{}, {}]
    for key in dict.fromkeys([*old, *new]):
        label = f"Clock {label_of_clock(key, new.get(key) or old[key])}"
        words = [dict(clock_words(side.get(key, {}), names)) for side, names in zip((old, new), known, strict=True)]
        if key not in old:
            yield Difference("new", label, "; ".join(f"{what} {said_}" for what, said_ in words[1].items()))
        elif key not in new:
            yield Difference("gone", label, "The clock is taken away")
        elif old[key] != new[key]:
            told = {"label", "due", "remind", *EFFECTS}
            rest = [{name: value for name, value in side[key].items() if name not in told - {"label"}}
                    for side in (old, new)]  # fmt: skip
            yield from _values(label, words[0], words[1], {name: name for each in words for name in each})
            yield from _values(label, rest[0], rest[1], {"label": "Name", "escalate": "When it is late"})
    promises = [str(flow(content).get("promised") or "--") for content in (before, after)]
    if promises[0] != promises[1]:
        yield Difference("changed", "Promised in all", "", *promises)


def _ways(before: Content, after: Content) -> Iterator[Difference]:
    old, new = ({tuple(way) for way in flow(content)["edges"]} for content in (before, after))
    for content, ways, kind in ((after, new - old, "new"), (before, old - new, "gone")):
        for begin, end in sorted(ways):
            if (node := source(flow(content), begin)) is None or (kind == "gone" and end not in flow(after)["nodes"]):
                continue
            if kind == "gone" and node not in flow(after)["nodes"]:
                continue  # went with its node
            outcome = begin[len(node) + 1 :].replace("_", " ")
            after_it = f" after {outcome}" if outcome else ""
            leads = "leads to" if kind == "new" else "no longer leads to"
            text = f"{leads} {label_of(content, end)}{after_it}"
            yield Difference("new" if kind == "new" else "gone", label_of(content, node), text)


def _parameters(before: Content, after: Content) -> Iterator[Difference]:
    old, new = (content["type"].get("parameters", {}) for content in (before, after))
    yield from _values("Numbers", old, new, {})


def _forms(before: Content, after: Content) -> Iterator[Difference]:
    old, new = (content["type"].get("forms", {}) for content in (before, after))
    for key in new:
        title = str(new[key].get("title", key))
        if key not in old:
            yield Difference("new", title, "New form")
            continue
        fields = [{each["name"]: each for each in _fields(forms[key])} for forms in (old, new)]
        for name, field in fields[1].items():
            if name not in fields[0]:
                yield Difference("new", title, f"New field {field.get('label', name)}")
            elif field != fields[0][name]:
                yield from _values(f"{title}: {field.get('label', name)}", fields[0][name], field, {})
        for name, field in fields[0].items():
            if name not in fields[1]:
                yield Difference("gone", title, f"The field {field.get('label', name)} is taken away")
        yield from _values(title, _without_steps(old[key]), _without_steps(new[key]), {})
        orders = [[each["name"] for each in _fields(forms[key])] for forms in (old, new)]
        if orders[0] != orders[1] and set(orders[0]) == set(orders[1]):
            yield Difference("changed", title, "The fields stand in another order")
    for key in old:
        if key not in new:
            yield Difference("gone", str(old[key].get("title", key)), "The form is taken away")


def _without_steps(form: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in form.items() if name != "steps"}


def _fields(form: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [field for step in form.get("steps", ()) for field in step.get("fields", ())]


def _rest(before: Content, after: Content) -> Iterator[Difference]:
    old, new = (
        {name: value for name, value in content["type"].items() if name not in _SKIPPED} for content in (before, after)
    )
    yield from _values(str(after["type"].get("name", "")), old, new, {})


def _values(
    about: str, old: Mapping[str, Any], new: Mapping[str, Any], labels: Mapping[str, str]
) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        words = labels.get(name, name.replace("_", " ").capitalize())
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _values(f"{about}: {words}", before, after, {})
        else:
            yield Difference("changed", about, words, *_where_they_differ(said(before), said(after)))


def _where_they_differ(before: str, after: str) -> tuple[str, str]:
    """Long texts cut to what differs, with a little around it."""
    if max(len(before), len(after)) <= LONG:
        return before, after
    same = _alike(before, after)
    rest = _alike(before[same:][::-1], after[same:][::-1])
    begin = max(same - AROUND, 0)

    def cut(text: str) -> str:
        return f"{'…' if begin else ''}{text[begin : len(text) - max(rest - AROUND, 0)]}{'…' if rest > AROUND else ''}"

    return cut(before), cut(after)


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
